"""Questions on the LSTM and the GRU. tests/exercises/chapter_03/test_quiz.py computes their numbers."""

from s2s_course.widgets.quiz import Choice, Question

CONVEYOR = Question(
    "One unit of an LSTM: cₜ = f cₜ₋₁ + i g and hₜ = o tanh(cₜ), from c₀ = 0. Take an open gate as 1 and a "
    "closed one as 0. For 5 steps f and i are open and g = 1; then for 100 steps f is open and i is closed. "
    "All the time o is closed. What are c and h at the end?",
    (
        Choice(
            "c = 1 and h = 0",
            right=False,
            why="No tanh stands on the way from cₜ₋₁ to cₜ, and f and i are two gates that need not add up "
            "to 1 (z and 1 − z of a GRU do). So c counts on past 1. What stays between −1 and 1 is h.",
        ),
        Choice(
            "c = 0 and h = 0",
            right=False,
            why="Only the forget gate erases. A closed input gate keeps new values out, and a closed output "
            "gate hides c without changing it.",
        ),
        Choice(
            "c = 5 and h = 0.9999",
            right=False,
            why="tanh(5) ≈ 0.9999 is what an open output gate would show. It is closed, so h = 0, and the "
            "rest of the network sees nothing of c.",
        ),
        Choice(
            "c = 5 and h = 0",
            right=True,
            why="Five times 1 is added, then c is carried for 100 steps without change: f = 1 multiplies by "
            "1, i = 0 adds nothing. It is there, hidden, until o opens and shows tanh(5) ≈ 0.9999.",
        ),
    ),
)

GRU_STEP = Question(
    "One unit of a GRU, as PyTorch computes it: n = tanh(a + r u) is the candidate, where a comes from the "
    "input and u from the state before; h = (1 − z) n + z h′. In a step r = 0, z = 0.9, n = −0.5 and h′ = "
    "0.5. What is h?",
    (
        Choice(
            "−0.40",
            right=False,
            why="That is z n + (1 − z) h′: the two shares are swapped. Here z is the share of the old "
            "state. (Papers differ: some write it the other way round.)",
        ),
        Choice(
            "−0.05",
            right=False,
            why="That is (1 − z) n alone, as if r = 0 had erased the old state. The reset gate only keeps "
            "the old state out of the candidate; z still carries it over.",
        ),
        Choice(
            "0.40",
            right=True,
            why="0.1 · (−0.5) + 0.9 · 0.5 = 0.40, nine tenths of the way from the candidate to the old "
            "state. The reset gate has done its work inside the candidate, which here comes from the input "
            "alone.",
        ),
        Choice(
            "0.45",
            right=False,
            why="That is z h′ alone, as if r = 0 had switched the candidate off. With r = 0 the candidate "
            "does not see the state, but it still has the input: n = tanh(a).",
        ),
    ),
)

PARAMETERS = Question(
    "An LSTM layer is replaced by a GRU layer with the same input size and the same hidden size. How many "
    "parameters has the GRU layer in comparison?",
    (
        Choice(
            "As many: the sizes are the same.",
            right=False,
            why="The sizes fix one block of weights, W, U and b. How many blocks there are depends on the "
            "cell: one in a plain RNN, four in an LSTM.",
        ),
        Choice(
            "Three quarters",
            right=True,
            why="An LSTM has four blocks (i, f, g, o), a GRU three (r, z, n), all of the same size. So to "
            "compare the two with equal numbers of parameters one has to make the GRU wider.",
        ),
        Choice(
            "Two thirds: it has two gates, and an LSTM has three.",
            right=False,
            why="The candidate has weights as well, g in the LSTM and n in the GRU. That makes three blocks "
            "against four.",
        ),
        Choice(
            "Half: it has one state, and an LSTM has two, h and c.",
            right=False,
            why="States are not parameters, and c has no weights of its own: gates and candidate are "
            "computed from xₜ and hₜ₋₁. What counts are the blocks of weights.",
        ),
    ),
)

FORGET_BIAS = Question(
    "An LSTM is initialized so that the biases of its forget gate add up to 1. Suppose that all else in the "
    "gate is close to 0, so f = σ(1) ≈ 0.73. How much of the cell state is still there after 10 steps?",
    (
        Choice(
            "All of it: a forget bias of 1 means f = 1.",
            right=False,
            why="The bias goes through the sigmoid, and σ(1) ≈ 0.73. No finite bias gives f = 1; a bias of "
            "5 gives about 0.993.",
        ),
        Choice(
            "About 73 %: that is what the gate lets through.",
            right=False,
            why="0.73 is what one step lets through. The gate multiplies at every step, so after 10 steps "
            "its tenth power is left.",
        ),
        Choice(
            "About 4 %",
            right=True,
            why="0.73¹⁰ ≈ 0.04; half is gone after little more than two steps. This is the memory that "
            "training starts from. For half to be left after 10 steps, f must be 0.93, a bias of about 2.6.",
        ),
        Choice(
            "About 0.1 %",
            right=False,
            why="That is 0.5¹⁰, for a bias of 0. A bias of 1 keeps about 45 times as much, which is what it "
            "is set for.",
        ),
    ),
)

GRADIENT_CURVE = Question(
    "A curve shows how large the gradient of the loss at the last step is with respect to the state k steps "
    "back, relative to k = 0. It reads 1 at k = 0, 0.67 at k = 20 and 0.45 at k = 40. Which network fits?",
    (
        Choice(
            "An LSTM whose forget gates are near 0.98",
            right=True,
            why="From 1 to 0.45 in 40 steps is a factor of 0.98 per step, the same in both halves. Along "
            "the cell state the factor of a step is f, so gates near 0.98 give this curve.",
        ),
        Choice(
            "A plain RNN whose U has 0.8 as its largest singular value",
            right=False,
            why="It would be far below: a step leaves at most 0.8 of the gradient, so at most 0.012 is left "
            "at k = 20. No input and no state can raise that.",
        ),
        Choice(
            "An LSTM whose forget gates are still near 0.73",
            right=False,
            why="Being an LSTM is not enough. Along the cell state 0.73²⁰ ≈ 0.002 would be left at k = 20. "
            "A cell remembers as far as its gates are open.",
        ),
        Choice(
            "A plain RNN whose gradient grows by 2 % per step",
            right=False,
            why="Then the curve would rise, to 1.02⁴⁰ ≈ 2.2 at k = 40. Read it from left to right: k counts "
            "steps back from the loss.",
        ),
    ),
)

DIRECTIONS = Question(
    "A bidirectional LSTM gives one output for each of the tokens it reads. For which task can these "
    "outputs be the answers?",
    (
        Choice(
            "Predicting the next word at every position of a text",
            right=False,
            why="The direction from right to left has already read the next word. The network learns to "
            "copy it, and is useless where that word does not exist yet.",
        ),
        Choice(
            "Finding the part of speech of every word of a given sentence",
            right=True,
            why="The sentence is complete, so both directions can read it, and there is one label for each "
            "word: input and output are aligned.",
        ),
        Choice(
            "Writing a French sentence for a given English one, left to right",
            right=False,
            why="The two are not aligned: number and order of words differ. As an encoder of the English it "
            "would do well. But the French needs a decoder, and to its right nothing is written yet.",
        ),
        Choice(
            "Labeling each sound of live speech the moment it is heard",
            right=False,
            why="Input and output are aligned here too, but the direction from right to left has to begin "
            "at the end, and the end has not been heard.",
        ),
    ),
)

QUESTIONS = (CONVEYOR, GRU_STEP, PARAMETERS, FORGET_BIAS, GRADIENT_CURVE, DIRECTIONS)
