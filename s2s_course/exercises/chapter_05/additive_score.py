"""Exercise 5.1: the additive score of Bahdanau et al. (2015)."""

import torch

from s2s_course.exercises.engine.exercise import Case, Exercise, Task
from s2s_course.exercises.engine.misconception import mistake, mistakes_in
from s2s_course.seeds import torch_generator

TASK = Task(
    id="5.1",
    title="The additive score",
    goal="Score every encoder state against the decoder's state with a small network of A hidden units: "
    "both are mapped to A numbers, added, squashed by tanh and weighed by v.",
    points=2,
    difficulty="medium",
    minutes=10,
    outputs=("scores",),
    hints=(
        "Compute `query @ W.T`, of shape (B, A), and `memory @ U.T`, of shape (B, S, A). The same first part "
        "is added to all S words of its sentence: which axis does it lack?",
        "Both products end in an axis of A numbers, and these must meet. The one of memory has an axis for "
        "the words too; give the other one such an axis of size 1 between batch and units, so that it is "
        "repeated for all words. After the tanh a weighted sum over the A units leaves one number for each "
        "word.",
        "`(query @ W.T).unsqueeze(1)` has the shape (B, 1, A) and can be added to (B, S, A). Take the tanh "
        "of the sum, then `@ v` weighs the A units and adds them up.",
    ),
)


def additive_score(
    query: torch.Tensor,
    memory: torch.Tensor,
    W: torch.Tensor,
    U: torch.Tensor,
    v: torch.Tensor,
) -> torch.Tensor:
    """How well the decoder's state fits each encoder state, by a small network.

    query:   (B, D) the decoder's states z before this step
    memory:  (B, S, M) the encoder's states h
    W:       (A, D) weights for the decoder's state
    U:       (A, M) weights for an encoder state
    v:       (A,) weights of the A hidden units
    returns: (B, S), at b, s: v times the tanh of W z + U h
    """
    units = torch.tanh((query @ W.T).unsqueeze(1) + memory @ U.T)  # (B, S, A)
    return units @ v


def _case(name: str, B: int, S: int, D: int, M: int, A: int) -> Case:
    """Where D = M an exchange of W and U gives numbers, and can be named; elsewhere it is an error."""

    def make(seed: int) -> tuple[torch.Tensor, ...]:
        generator = torch_generator(seed)
        shapes = (B, D), (B, S, M), (A, D), (A, M), (A,)
        return tuple(torch.randn(shape, generator=generator) for shape in shapes)

    return Case(name, make)


CASES = (
    _case("two sentences of three words", 2, 3, 2, 2, 5),
    _case("a single sentence", 1, 5, 3, 3, 2),
    _case("a source of one word", 3, 1, 2, 2, 7),
    _case("more words than hidden units", 2, 7, 5, 5, 3),
    _case("the decoder's state is larger than an encoder's", 6, 5, 4, 3, 2),
    _case("an encoder's state is larger than the decoder's", 2, 3, 4, 5, 6),
)


def _sums(query, memory, W, U):
    return (query @ W.T).unsqueeze(1) + memory @ U.T


@mistake(
    "no tanh",
    "You leave out the tanh. Then the score is one sum of a part that depends on the decoder and a part "
    "that depends on the word. The first part is the same for all words, and the softmax cancels it: the "
    "decoder has no say in where it looks.",
)
def _no_tanh(query, memory, W, U, v):
    return _sums(query, memory, W, U) @ v


@mistake(
    "another squashing function",
    "Your hidden units go through relu or sigmoid. The network of the paper uses tanh; weights that were "
    "trained with one function mean nothing with another.",
)
def _relu(query, memory, W, U, v):
    return _sums(query, memory, W, U).relu() @ v


@_relu.variant
def _sigmoid(query, memory, W, U, v):
    return _sums(query, memory, W, U).sigmoid() @ v


@mistake(
    "tanh of the score",
    "You squash the score. A score between -1 and 1 cannot be decisive: after the softmax no word could get "
    "more than about 7 times the weight of another. tanh is for the A hidden units; v comes after it, and "
    "nothing after v.",
)
def _tanh_of_the_score(query, memory, W, U, v):
    return (_sums(query, memory, W, U) @ v).tanh()


@_tanh_of_the_score.variant
def _tanh_twice(query, memory, W, U, v):
    return additive_score(query, memory, W, U, v).tanh()


@mistake(
    "tanh of each part",
    "You squash the two parts one by one and then add them. The parts never meet inside the tanh, so the "
    "decoder's part is again the same for all words, and the softmax cancels it. Add first.",
)
def _tanh_of_each(query, memory, W, U, v):
    return ((query @ W.T).tanh().unsqueeze(1) + (memory @ U.T).tanh()) @ v


@mistake(
    "multiplied, not added",
    "You multiply the two parts. That is another kind of score. This one is called additive because the "
    "parts are added.",
)
def _multiplied(query, memory, W, U, v):
    return ((query @ W.T).unsqueeze(1) * (memory @ U.T)).tanh() @ v


@_multiplied.variant
def _multiplied_without_tanh(query, memory, W, U, v):
    return ((query @ W.T).unsqueeze(1) * (memory @ U.T)) @ v


@mistake(
    "v left out",
    "You add up or average the hidden units without v. Then all units count alike and none can lower the "
    "score of a word that it recognizes. Unit a counts with the weight v[a], which may be negative.",
)
def _no_v(query, memory, W, U, v):
    return _sums(query, memory, W, U).tanh().sum(dim=2)


@_no_v.variant
def _no_v_mean(query, memory, W, U, v):
    return _sums(query, memory, W, U).tanh().mean(dim=2)


@mistake(
    "a dot product",
    "Your score is a dot product of the two states, or of their images under W and U. That is the family of "
    "Luong et al. (2015), with no hidden layer. Here the two are added, squashed and weighed by v.",
)
def _dot_product(query, memory, W, U, v):
    return (memory @ query.unsqueeze(2)).squeeze(2)


@_dot_product.variant
def _dot_product_of_projections(query, memory, W, U, v):
    return (memory @ U.T @ (query @ W.T).unsqueeze(2)).squeeze(2)


@mistake(
    "W and U exchanged",
    "You multiply the decoder's state by U and the encoder's states by W. It runs only because the two "
    "states happen to be of one size. W belongs to the query, U to the memory.",
)
def _W_and_U_exchanged(query, memory, W, U, v):
    return additive_score(query, memory, U, W, v)


@mistake(
    "query left out",
    "Your scores depend on the words alone. The decoder would then look at the same words at every step, "
    "whatever it has written. Add the part that comes from the query.",
)
def _query_forgotten(query, memory, W, U, v):
    return (memory @ U.T).tanh() @ v


@mistake(
    "encoder left out",
    "All words of a sentence get the same score, because your score looks at the decoder's state alone. "
    "After the softmax all weights are equal. Every encoder state must enter its own score.",
)
def _encoder_forgotten(query, memory, W, U, v):
    return ((query @ W.T).tanh() @ v).unsqueeze(1).expand(memory.shape[:2])


@_encoder_forgotten.variant
def _query_in_place_of_the_encoder(query, memory, W, U, v):
    return additive_score(query, query.unsqueeze(1).expand_as(memory), W, U, v)


@mistake(
    "one encoder state for all words",
    "You score one encoder state, the first or the last, and give its score to all words. Each of the S "
    "states has a score of its own.",
)
def _last_state_only(query, memory, W, U, v):
    return additive_score(query, memory[:, -1:].expand_as(memory), W, U, v)


@_last_state_only.variant
def _first_state_only(query, memory, W, U, v):
    return additive_score(query, memory[:, :1].expand_as(memory), W, U, v)


@mistake(
    "softmax already applied",
    "You return weights that sum to 1. Asked for are the scores before the softmax: padding still has to be "
    "masked, and that must happen before it.",
)
def _softmax_already(query, memory, W, U, v):
    return additive_score(query, memory, W, U, v).softmax(dim=1)


@mistake(
    "scaled",
    "You divide the scores by the square root of a size. That is done to dot products, in the Transformer. "
    "The additive score is not scaled; v can make it as large or small as needed.",
)
def _scaled(query, memory, W, U, v):
    return additive_score(query, memory, W, U, v) / len(v) ** 0.5


@_scaled.variant
def _scaled_by_the_state(query, memory, W, U, v):
    return additive_score(query, memory, W, U, v) / query.shape[1] ** 0.5


EXERCISE = Exercise.from_task(TASK, additive_score, CASES, mistakes_in(globals()))
