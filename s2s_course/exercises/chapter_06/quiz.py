"""Questions on Luong's attention. tests/exercises/chapter_06/test_quiz.py computes their numbers."""

from s2s_course.widgets.quiz import Choice, Question

WITHOUT_ITS_CONTEXT = Question(
    "A Luong decoder without input feeding reads the right words (teacher forcing). In step 3, and nowhere "
    "else, its context is set to 0. Which predictions can change?",
    (
        Choice(
            "Those of step 3 and of all later steps",
            right=False,
            why="So it is in Bahdanau’s decoder: there the context is an input of the recurrent network and "
            "changes the state that all later steps build on. With input feeding it would be so here too.",
        ),
        Choice(
            "That of step 3",
            right=True,
            why="The recurrent network reads words and its own state, no context. c₃ joins the new state z₃ "
            "behind it, in the attentional vector. So all states can be computed first, in one fused call, "
            "and all contexts after them.",
        ),
        Choice(
            "Those of the steps after step 3",
            right=False,
            why="The context of a step is joined with the state of the same step, aₜ = tanh(W [cₜ; zₜ]), and "
            "the word of that step is predicted from aₜ.",
        ),
        Choice(
            "All of them: the weights of all steps sum to 1",
            right=False,
            why="The weights of one step sum to 1, over the words of the source. Nothing is shared out among "
            "the steps.",
        ),
    ),
)

INPUT_FEEDING = Question(
    "A decoder is one LSTM layer of 512 units that reads embeddings of 256 numbers. Now it gets input "
    "feeding, with attentional vectors of 512 numbers. What is the price in training?",
    (
        Choice(
            "262,144 more weights, and a loop over the steps",
            right=False,
            why="512 · 512 = 262,144 is one block of weights. An LSTM has four blocks, and each of them "
            "reads the wider input. The loop is right.",
        ),
        Choice(
            "1,048,576 more weights, but no loop: all words are known in training",
            right=False,
            why="The words are known, but aₜ₋₁ is not: it is made from the state of step t − 1. Step t has "
            "to wait for it, with or without teacher forcing.",
        ),
        Choice(
            "No more weights, but a loop over the steps",
            right=False,
            why="The loop is right. But each input number needs a weight to each unit of each block, and "
            "there are 512 more input numbers.",
        ),
        Choice(
            "1,048,576 more weights, and a loop over the steps",
            right=True,
            why="4 · 512 · 512 = 1,048,576: four blocks read 512 more numbers. Between two steps of the LSTM "
            "attention has to be computed, so one fused call over all steps is no longer possible.",
        ),
    ),
)

SIZES = Question(
    "An encoder is bidirectional with 256 units in each direction, and its states are the two joined. The "
    "decoder has 256 units. Which score fits these states as they are?",
    (
        Choice(
            "general, with 131,072 parameters",
            right=True,
            why="W stands between the two states, so it need not be square: 256 · 512 = 131,072. Only the "
            "dot score needs states of the same size.",
        ),
        Choice(
            "general, with 65,536 parameters",
            right=False,
            why="256 · 256 = 65,536 would do for one direction. An encoder state holds both, 512 numbers.",
        ),
        Choice(
            "dot, with no parameters",
            right=False,
            why="zₜ has 256 numbers and hₛ has 512, and a dot product needs as many on both sides. One of "
            "them would have to be projected first, and that is the general score.",
        ),
        Choice(
            "concat with 256 units inside, with 131,328 parameters",
            right=False,
            why="concat would fit, but with more: W reads zₜ as well, which makes 256 · 768, and 256 for v. "
            "That is 196,864. The 131,328 leave out zₜ.",
        ),
    ),
)

SCALE = Question(
    "Before training let all numbers in zₜ and hₛ be independent, with mean 0 and variance 1, and D = 400. "
    "Someone divides the dot scores by D instead of √D. What are the weights of 10 words?",
    (
        Choice(
            "As with √D, since the softmax ignores a common factor",
            right=False,
            why="It ignores a common summand. A factor makes it sharper or flatter: where scores are "
            "doubled, the ratio of any two weights is squared.",
        ),
        Choice(
            "Nearly 1 for one word, and nearly 0 for the others",
            right=False,
            why="That is what scores without any scaling give: their standard deviation is √400 = 20. Then "
            "the softmax picks one word and lets hardly any gradient through.",
        ),
        Choice(
            "All of them near 0.1",
            right=True,
            why="The scores have a standard deviation of √400 / 400 = 0.05, so the exponentials hardly "
            "differ, and the context is nearly the mean of all states. Divided by √D, scores have the "
            "deviation 1.",
        ),
        Choice(
            "A twentieth of what they are with √D",
            right=False,
            why="The scores are a twentieth of what they are with √D. The weights always sum to 1; smaller "
            "scores make them more alike.",
        ),
    ),
)

END_OF_SENTENCE = Question(
    "Local attention looks 2 words to each side of position 5.5, and the last word stands at position 6. All "
    "scores are equal. As in the paper, the Gaussian (σ = 1) multiplies the weights after the softmax over "
    "the window. What comes out?",
    (
        Choice(
            "Three weights above 0, with the sum 1",
            right=False,
            why="The three words are right, 4, 5 and 6, and after the softmax each has ⅓. But a Gaussian is "
            "below 1 everywhere but in its center, and nothing is normalized after it.",
        ),
        Choice(
            "Three weights above 0, with the sum 0.70",
            right=True,
            why="Words 4, 5 and 6 are 1.5, 0.5 and 0.5 away, where the Gaussian is 0.32, 0.88 and 0.88. A "
            "third of their sum is 0.70: the context shrinks. Added to the scores as a logarithm, the "
            "Gaussian would leave the sum at 1.",
        ),
        Choice(
            "Four weights above 0, with the sum 0.60",
            right=False,
            why="Position 7 is within reach, but no word stands there. Where sentences are padded it must be "
            "masked before the softmax; otherwise padding takes a share.",
        ),
        Choice(
            "Five weights above 0, with the sum 1",
            right=False,
            why="2 + 1 + 2 = 5 is right around a whole position, far from both ends. From 3.5 to 7.5 there "
            "are four positions, and the sentence ends before the last of them.",
        ),
    ),
)

LOCATION = Question(
    "The location score makes the weights from the decoder state alone, as softmax(W zₜ). Two words of the "
    "source change places, and zₜ is what it was. What happens to the weights?",
    (
        Choice(
            "The two weights change places: every word keeps its own",
            right=False,
            why="With dot, general and concat a weight follows its hₛ, wherever it stands. The location "
            "score never looks at hₛ.",
        ),
        Choice(
            "All weights become equal: the score cannot choose any more",
            right=False,
            why="It chooses as before, by position. zₜ and W are what they were, and nothing else goes into "
            "the scores.",
        ),
        Choice(
            "They stay: each of the two words gets the weight of the other",
            right=True,
            why="Row s of W scores position s, whatever word stands there. Such a score can learn to go from "
            "left to right, but not to look for the verb. And W needs a row for every position of the "
            "longest sentence.",
        ),
    ),
)

QUESTIONS = (WITHOUT_ITS_CONTEXT, INPUT_FEEDING, SIZES, SCALE, END_OF_SENTENCE, LOCATION)
