"""Questions on self-attention. tests/exercises/chapter_07/test_quiz.py computes their numbers."""

from s2s_course.widgets.quiz import Choice, Question

PERMUTED = Question(
    "Five word vectors go through a layer of self-attention, without positions and without a mask. Now the "
    "vectors at places 2 and 4 are exchanged. What comes out, compared with before?",
    (
        Choice(
            "The same at all five places: a weighted sum has no order",
            right=False,
            why="The keys and values of one query have no order, that is true. But places 2 and 4 now ask "
            "other questions: the queries have been exchanged as well.",
        ),
        Choice(
            "The same at places 1, 3 and 5; new vectors at places 2 and 4",
            right=False,
            why="Places 1, 3 and 5 are right. At 2 and 4 stands nothing new: each query meets the same keys "
            "as before, so each word gets what it got at its old place.",
        ),
        Choice(
            "The same five vectors, with those at places 2 and 4 exchanged",
            right=True,
            why="Each query meets the same set of keys and values as before. Self-attention sees a set: what "
            "a word gets depends on which words there are, and not on where. Positions are chapter 8.",
        ),
        Choice(
            "Five new vectors: each word has other neighbors now",
            right=False,
            why="Nothing in the layer knows who stands beside whom. All words are equally near to each "
            "other.",
        ),
    ),
)

HEADS = Question(
    "A layer with D = 512 gets 32 heads in place of 2. What happens to its parameters, and to the number "
    "that its scores are divided by?",
    (
        Choice(
            "As many parameters; 4 in place of 16",
            right=True,
            why="The four matrices stay 512 × 512; only the cuts change. A score is a sum of d = 512 / H "
            "products. Of such random products it has the variance d, so the root of d: √256 = 16 before, "
            "√16 = 4 now.",
        ),
        Choice(
            "16 times as many parameters; 4 in place of 16",
            right=False,
            why="A head has three matrices of 512 × d. There are 16 times as many heads, and each d is a "
            "16th of what it was.",
        ),
        Choice(
            "As many parameters; √512 ≈ 22.6 as before",
            right=False,
            why="That would be the root of D. But a score compares d numbers of one head, and its deviation "
            "is √d. Divided by too much, all weights become even.",
        ),
        Choice(
            "As many parameters; 64 in place of 16",
            right=False,
            why="√256 = 16 was right for 2 heads. With more heads, each has fewer numbers and smaller "
            "scores, so the divisor falls.",
        ),
    ),
)

ZEROED = Question(
    "A decoder’s causal mask sets weights to 0 after the softmax, where it should set scores to −∞ before. "
    "Which is true of the first of four positions, if all of its four scores are equal?",
    (
        Choice(
            "It gets its own value: the other three weights are 0.",
            right=False,
            why="They are, but its own weight is ¼: the softmax had divided 1 among four before three were "
            "wiped out. Masked before, it would be 1.",
        ),
        Choice(
            "It gets the mean of all four values: the mask came too late.",
            right=False,
            why="The weights that are wiped out multiply nothing. What stays of them is their share: it is "
            "missing.",
        ),
        Choice(
            "It gets NaN: its row has nothing to attend to.",
            right=False,
            why="That happens when a whole row of scores is −∞. The first position may attend to itself, so "
            "its row is never empty.",
        ),
        Choice(
            "It gets ¼ of its own value, and later words can change that ¼.",
            right=True,
            why="Their scores stand in the denominator of the softmax. So the future leaks, as a number, "
            "although no later value is read. With −∞ before the softmax it is out of the denominator too.",
        ),
    ),
)

COST = Question(
    "With D = 500 and T = 1,000 tokens, one layer of self-attention takes 2 billion multiplications: half in "
    "its four projections, half in scores and weighted sums. How many does it take for 2,000 tokens?",
    (
        Choice(
            "3 billion",
            right=False,
            why="That doubles one half and leaves the other. Everything grows here: each of the new tokens "
            "needs its projections, and there are four times as many pairs.",
        ),
        Choice(
            "6 billion",
            right=True,
            why="Projections treat each token by itself: 2 billion now. Scores and sums are about pairs: 4 "
            "billion. At T = 2D both halves are the same; far beyond it the square rules.",
        ),
        Choice(
            "4 billion",
            right=False,
            why="Then all of it would be proportional to the length, as in a recurrent network. Pairs are "
            "not: twice as many tokens make four times as many pairs.",
        ),
        Choice(
            "8 billion",
            right=False,
            why="Then all of it would grow with the square. The projections do not: a token is multiplied "
            "by the matrices once, however many others there are.",
        ),
    ),
)

OFF_BY_ONE = Question(
    "By mistake, the causal mask of a decoder lets position t attend to all positions up to t + 1. The "
    "decoder has 3 layers. Which inputs can change what it predicts at position 5?",
    (
        Choice(
            "1 to 5",
            right=False,
            why="So it would be with the right mask, and with any number of layers: what the positions up to "
            "5 know comes from the positions up to 5.",
        ),
        Choice(
            "1 to 6",
            right=False,
            why="That is one layer. In the second, position 6 hands on what it has seen in the first, and "
            "that includes position 7.",
        ),
        Choice(
            "1 to 8",
            right=True,
            why="Each layer reaches one position further: 6, 7, 8. And the first step ahead is bad enough: "
            "the input at position 6 is the very word that position 5 has to predict.",
        ),
        Choice(
            "All of them, however long the text is",
            right=False,
            why="It would take as many layers as there are positions to come. Three layers are three steps.",
        ),
    ),
)

CROSS = Question(
    "A Transformer translates word by word and keeps whatever it can use again. It is about to write word 5. "
    "What does the cross-attention of a layer have to project anew?",
    (
        Choice(
            "A query, a key and a value, all for the newest word",
            right=False,
            why="So does self-attention, where all three are made from the words of the target. In cross "
            "attention the target only asks.",
        ),
        Choice(
            "A query for the newest word",
            right=True,
            why="Keys and values come from the source, which does not change: projected once, they serve all "
            "steps. What is new at step 5 is one question.",
        ),
        Choice(
            "Queries for all words so far",
            right=False,
            why="What the earlier words asked has been answered, and with a causal mask nothing that comes "
            "later changes their vectors. Only the newest has a question left.",
        ),
        Choice(
            "Keys and values of the source: the query has changed",
            right=False,
            why="They are made from the encoder’s output alone. Another query gives other weights for the "
            "same keys and values.",
        ),
    ),
)

QUESTIONS = (PERMUTED, HEADS, ZEROED, COST, OFF_BY_ONE, CROSS)
