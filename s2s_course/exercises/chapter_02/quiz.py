"""Questions on the plain RNN. tests/exercises/chapter_02/test_quiz.py computes their numbers."""

from s2s_course.widgets.quiz import Choice, Question

WHAT_GROWS = Question(
    "A plain RNN, hₜ = tanh(W xₜ + U hₜ₋₁ + b), reads 1000 tokens instead of 10. What grows with the length?",
    (
        Choice(
            "The hidden state, since it has more to remember.",
            right=False,
            why="The state is not a list of what was read. It has H numbers after 10 tokens and H numbers "
            "after 1000, and all that the next step knows of the past must fit in them.",
        ),
        Choice(
            "The number of steps that are computed one after the other.",
            right=True,
            why="Step t needs hₜ₋₁, so 1000 tokens are 1000 steps, in the usual way one after the other. "
            "More cores help inside a step and across the sequences of a batch, but not along time.",
        ),
        Choice(
            "The number of weights: the unrolled network has a U for every step.",
            right=False,
            why="Unrolling draws one copy of the cell for every step, but all copies use the same W, U and "
            "b. That is why one network can read any length.",
        ),
        Choice(
            "The work in each step: step t looks at all t tokens.",
            right=False,
            why="Step t reads one token, xₜ, and one state, hₜ₋₁. Every step costs the same, so the work as "
            "a whole grows in proportion to the length, and not with its square.",
        ),
    ),
)

SUM_OVER_PATHS = Question(
    "From a state h₀ that is not zero an RNN reads three tokens, with a loss after each: L₁ + L₂ + L₃ is "
    "minimized. Take one term for each way from a loss back through the states to a use of U. How many "
    "terms has the gradient of U?",
    (
        Choice(
            "1, since there is one U.",
            right=False,
            why="There is one U, but it is used at every step. Each use contributes to the gradient, and "
            "the contributions are added.",
        ),
        Choice(
            "3, one for each step.",
            right=False,
            why="That counts the uses of U, or the losses, alone. But the U of step 1 changes h₁, and "
            "through h₂ and h₃ it also changes L₂ and L₃.",
        ),
        Choice(
            "6, one for each loss and each step up to it.",
            right=True,
            why="L₁ reaches one use of U, L₂ two, L₃ three: 1 + 2 + 3 = 6. The term from Lₜ to step s is "
            "multiplied by t − s Jacobians on its way, so terms that come from far are the ones that can "
            "vanish.",
        ),
        Choice(
            "9, one for each loss and each step.",
            right=False,
            why="That also counts ways from L₁ to steps 2 and 3 and from L₂ to step 3. A later step cannot "
            "change an earlier loss, so these terms are zero.",
        ),
    ),
)

JACOBIANS = Question(
    "A gradient that goes back k steps is multiplied by k Jacobians. Each is diag(1 − hₜ²) U, where 1 − hₜ² "
    "is the slope of tanh. Which is certain?",
    (
        Choice(
            "With 0.9 as the largest singular value of U, 50 steps leave less than 1 % of the gradient.",
            right=True,
            why="The slope of tanh is at most 1, so one step leaves at most 0.9 of the length, in whichever "
            "direction the gradient points, and 50 steps leave at most 0.9⁵⁰ ≈ 0.005. No unit has to "
            "saturate for this.",
        ),
        Choice(
            "With 1.1 as the largest singular value of U, the gradient grows more than 100 times in 50 "
            "steps.",
            right=False,
            why="1.1⁵⁰ ≈ 117 is a bound from above, not a forecast. Other directions may be shrunk, and a "
            "unit with h = 0.9 multiplies by 1 − 0.9² = 0.19. A value above 1 allows a gradient to explode; "
            "it does not force it to.",
        ),
        Choice(
            "It cannot explode, because tanh keeps all states between −1 and 1.",
            right=False,
            why="That bounds the states, not their derivatives. Near h = 0 the slope is almost 1, and where "
            "U stretches, a tiny change of an early state becomes a large change of a later one.",
        ),
        Choice(
            "It can explode even if all singular values of U are below 1, where tanh is steep enough.",
            right=False,
            why="tanh is steepest at 0, and its slope there is 1. It never makes up for a U that shrinks; "
            "it shrinks further.",
        ),
    ),
)

ORTHOGONAL = Question(
    "U starts as a random orthogonal matrix. What does that do for the gradient?",
    (
        Choice(
            "It neither vanishes nor explodes, as a product of orthogonal matrices is orthogonal.",
            right=False,
            why="The product has the slopes 1 − hₜ² in it too, and they are below 1 wherever a state is not "
            "0. At the start the gradient cannot explode, but it can still vanish.",
        ),
        Choice(
            "U stays orthogonal, so the gradient is safe for the whole training.",
            right=False,
            why="Initialization sets the start only. The first update already moves U away, unless training "
            "is constrained to keep it orthogonal.",
        ),
        Choice(
            "U is close to the identity, so each unit keeps its value.",
            right=False,
            why="Orthogonal means that U keeps lengths and angles. It may rotate or mirror the state in any "
            "way, so a single unit can change completely in one step.",
        ),
        Choice(
            "At the start U itself keeps its length; only the slope of tanh changes it.",
            right=True,
            why="All singular values of U are 1, so U keeps the length of every vector. What remains are "
            "the slopes 1 − hₜ² ≤ 1, which can only shrink it.",
        ),
    ),
)

CLIPPING = Question(
    "The gradient of all parameters together has norm 40 and is clipped to norm 1. What happens?",
    (
        Choice(
            "Each number in it above 1 becomes 1.",
            right=False,
            why="That is clipping by value. It changes large entries and leaves small ones, so the gradient "
            "points elsewhere afterwards. Clipping by norm treats all entries alike.",
        ),
        Choice(
            "All its numbers are divided by 40.",
            right=True,
            why="The length becomes 1 and the direction stays. With plain SGD no step is then longer than "
            "the learning rate, however bad the batch.",
        ),
        Choice(
            "The share of steps far back, which had vanished, is restored.",
            right=False,
            why="Shares stay as they are, since every part is divided by the same number. Clipping is a "
            "remedy for explosion only; a vanished part is now even smaller.",
        ),
        Choice(
            "It gets norm 1, as every gradient does, also one with norm 0.01.",
            right=False,
            why="That would be normalizing. Clipping sets an upper limit; a gradient below it is left alone.",
        ),
    ),
)

TRUNCATION = Question(
    "Truncated backpropagation with chunks of 20 steps: before steps 21, 41, … the state is detached and "
    "carried on. What is true of the loss at step 50?",
    (
        Choice(
            "It cannot depend on token 1: the memory begins anew at step 41.",
            right=False,
            why="`detach` keeps the value of the state and cuts only the gradient. What h₅₀ knows of token "
            "1 came through h₂₀ and h₄₀. Memory would begin anew if the state were set to zero.",
        ),
        Choice(
            "Its gradient is that of full backpropagation, computed with less memory.",
            right=False,
            why="The terms from step 50 back to steps 1 to 40 are missing, so it is another gradient in "
            "general. To save memory without changing the gradient one recomputes states (checkpointing).",
        ),
        Choice(
            "It can depend on tokens 1 to 50, and its gradient reaches steps 41 to 50.",
            right=True,
            why="The state carries the past across the cut; the gradient stops there. So the network is not "
            "taught, by this loss, what to keep from before step 41.",
        ),
        Choice(
            "Its gradient reaches 20 steps back, to steps 31 to 50.",
            right=False,
            why="The cuts stand at fixed places. The loss at step 50 meets one after 10 steps; the loss at "
            "step 41 reaches a single step, and that at step 60 all 20 of its chunk.",
        ),
    ),
)

QUESTIONS = (WHAT_GROWS, SUM_OVER_PATHS, JACOBIANS, ORTHOGONAL, CLIPPING, TRUNCATION)
