"""Questions on attention. tests/exercises/chapter_05/test_quiz.py computes their numbers."""

from s2s_course.widgets.quiz import Choice, Question

SUM_OF_THE_MAP = Question(
    "A decoder writes 4 words from a source of 7 real words, and looks at the source once for each word that "
    "it writes. All 28 attention weights are added up. What comes out?",
    (
        Choice(
            "1",
            right=False,
            why="That is the sum of one row. The softmax runs over the source words of one step, and each of "
            "the 4 steps has a softmax of its own.",
        ),
        Choice(
            "4",
            right=True,
            why="Each step hands out a weight of 1 over the source words, and there are 4 steps. What one "
            "source word gets over all steps is not fixed: it may be nearly 0, or more than 1.",
        ),
        Choice(
            "7",
            right=False,
            why="That would be so if each source word handed out 1 over the steps: a softmax over the wrong "
            "axis. Then every source word would be used equally much.",
        ),
        Choice(
            "That depends on the scores.",
            right=False,
            why="The scores decide how the weight of a step is divided between words. How much there is to "
            "divide they do not decide: the softmax always gives a sum of 1.",
        ),
    ),
)

QUERY = Question(
    "Bahdanau’s decoder computes its new state zₜ from zₜ₋₁, the last word, and the context cₜ, and its "
    "query is zₜ₋₁. In this decoder somebody wants to use zₜ as the query of cₜ. What happens?",
    (
        Choice(
            "It looks ahead: zₜ contains the word that step t has yet to write.",
            right=False,
            why="zₜ is computed before the word of step t is chosen. Nothing would be given away; the "
            "trouble is the order of computation.",
        ),
        Choice(
            "It works, and the map is shifted by one step.",
            right=False,
            why="It would work in a decoder whose state does not read the context, as in Luong’s, where cₜ "
            "comes after zₜ. Here it cannot even be computed.",
        ),
        Choice(
            "It cannot be computed: each of the two needs the other.",
            right=True,
            why="zₜ needs cₜ, cₜ needs the weights, and the weights would need zₜ. So the query is the "
            "newest state that exists. Luong’s decoder breaks the circle at the other place: its zₜ does "
            "without cₜ.",
        ),
        Choice(
            "It works, but no gradient reaches the encoder.",
            right=False,
            why="Wherever a context is a weighted sum of encoder states, gradient reaches them. But before "
            "there is a gradient there must be a result.",
        ),
    ),
)

COST = Question(
    "Additive scores: e(t, s) = v · tanh(W zₜ₋₁ + U hₛ). Source and target both become 3 times as long, and "
    "U hₛ is computed once for each source word. What grows by which factor?",
    (
        Choice(
            "The scores by 9, the products U hₛ by 3",
            right=True,
            why="There is a score for every pair of a step and a word, S · T of them. U hₛ does not depend "
            "on the step, so S products serve all steps.",
        ),
        Choice(
            "Both by 9",
            right=False,
            why="So it is if U hₛ is computed anew at every step. But encoder states do not change while the "
            "decoder writes. Compute U hₛ once, before the first step.",
        ),
        Choice(
            "Both by 3",
            right=False,
            why="Each of T steps scores each of S words, and both numbers grow by 3. Without attention the "
            "cost would be proportional to the length; attention pays for every pair.",
        ),
        Choice(
            "The scores by 3, the products U hₛ by 9",
            right=False,
            why="It is the other way round. hₛ belongs to one source word, a score to a pair of a step and a "
            "word.",
        ),
    ),
)

PADDING = Question(
    "A source of 3 words is padded to 10. The encoder’s states at padding are zeros, and the mask is "
    "forgotten. Suppose that all 10 scores come out equal. What is the context?",
    (
        Choice(
            "The mean of the 3 states: zeros add nothing to a sum.",
            right=False,
            why="Zeros add nothing, but they have been given weight: 7 of the 10 shares. What they take is "
            "missing at the words.",
        ),
        Choice(
            "The zero vector",
            right=False,
            why="The 3 words keep a weight of 0.1 each. Zeros dilute the context without wiping it out.",
        ),
        Choice(
            "The mean of the 3 states: a state of zeros has the weight 0.",
            right=False,
            why="U h = 0 does not make the score 0, since W z and v remain. And even a score of 0 is no "
            "weight of 0: its exponential is 1. Only −∞ has an exponential of 0.",
        ),
        Choice(
            "0.3 times the mean of the 3 states",
            right=True,
            why="Every position gets 0.1, and only 3 of them hold anything. With another sentence in the "
            "batch the padding is longer or shorter, and the same sentence has another context.",
        ),
    ),
)

BLACK_CAT = Question(
    "A trained model with a bidirectional encoder translates “the black cat”. While it writes “chat” (cat), "
    "0.9 of the weight lies on the encoder state at “black”. What can one conclude?",
    (
        Choice(
            "The model has mixed up the two words and takes “black” for “cat”.",
            right=False,
            why="The weight is on a state, not on a word. That state was computed from all words of the "
            "sentence, and it may say more about “cat” than about “black”.",
        ),
        Choice(
            "This state holds what the step needs, perhaps from “cat”.",
            right=True,
            why="A state at “black” has read “cat” as well. Which word the output depends on, one finds out "
            "by changing the words, or from gradients. Weights show where was read, not what.",
        ),
        Choice(
            "The translation is wrong, because the alignment is.",
            right=False,
            why="The alignment error rate would count a wrong link, but the word may be right all the same. "
            "Nothing in the loss asks for weights that look like an alignment.",
        ),
    ),
)

DIRECTIONS = Question(
    "A bidirectional encoder reads 9 words. Then word 4 is replaced by another, and the 9 words are read "
    "again. Which of the states h₁ … h₉ that attention looks at may have changed?",
    (
        Choice(
            "Only h₄",
            right=False,
            why="So it would be for embeddings, each of which knows its own word. States of a recurrent "
            "encoder carry on what was read before.",
        ),
        Choice(
            "h₄ to h₉",
            right=False,
            why="That is the half that reads from left to right. The other half reads word 4 before it comes "
            "to words 3, 2 and 1.",
        ),
        Choice(
            "h₁ to h₄, as the last word is read first",
            right=False,
            why="That is the half that reads from right to left. A state hₛ joins both halves, so it changes "
            "if either does.",
        ),
        Choice(
            "All nine",
            right=True,
            why="The forward half changes from h₄ on, the backward half up to h₄. So hₛ tells of the whole "
            "sentence. Which word it tells of most, training decides.",
        ),
    ),
)

QUESTIONS = (SUM_OF_THE_MAP, QUERY, COST, PADDING, BLACK_CAT, DIRECTIONS)
