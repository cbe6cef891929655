"""Exercise 6.2: Luong's general score."""

import torch

from s2s_course.exercises.engine.exercise import Case, Exercise, Task
from s2s_course.exercises.engine.misconception import mistake, mistakes_in
from s2s_course.seeds import torch_generator

TASK = Task(
    id="6.2",
    title="The general score",
    goal="Score every decoder state against every encoder state with a matrix of weights between them, all "
    "steps of the batch at once.",
    points=1,
    difficulty="easy",
    minutes=10,
    outputs=("scores",),
    hints=(
        "Bring one of the two to the size of the other with W; what is left is the dot score of exercise "
        "6.1. Pretend that D and M differ: then only one way of multiplying fits the shapes.",
        "W has D rows and M columns. So either queries are multiplied by W and get the size M, or memory is "
        "multiplied by W transposed and gets the size D. Do it for all steps, or all words, at once, and "
        "compare as in exercise 6.1. Where D equals M the wrong way runs too, and gives other scores.",
        "`queries @ W` is (B, T, M), to be compared with memory; `memory @ W.T` is (B, S, D), to be compared "
        "with queries. Both give the same scores. When decoding word by word the second is the faster order: "
        "memory does not change, so it is projected once, in front of the loop.",
    ),
)


def general_scores(
    queries: torch.Tensor,
    memory: torch.Tensor,
    W: torch.Tensor,
) -> torch.Tensor:
    """Luong's general score, z_t' W h_s, of every decoder state and encoder state.

    queries: (B, T, D) the decoder states z_1 … z_T
    memory:  (B, S, M) the encoder states h_1 … h_S
    W:       (D, M) weights; M may be as large as D, and still W is not symmetric
    returns: (B, T, S): row t, column s holds the score of z_t and h_s, as it is before
             any scaling, mask or softmax
    """
    projected = memory @ W.T  # (B, S, D)
    return queries @ projected.transpose(1, 2)


def _case(name: str, B: int, T: int, S: int, D: int, M: int) -> Case:
    """Standard normal numbers. Where M = D a transposed W gives numbers, elsewhere an error."""

    def make(seed: int) -> tuple[torch.Tensor, ...]:
        generator = torch_generator(seed)
        shapes = (B, T, D), (B, S, M), (D, M)
        return tuple(torch.randn(shape, generator=generator) for shape in shapes)

    return Case(name, make)


CASES = (
    _case("two sentences, three steps and five words", 2, 3, 5, 2, 2),
    _case("as many steps as words", 3, 4, 4, 2, 2),
    _case("a single sentence", 1, 5, 2, 3, 3),
    _case("all sizes the same", 3, 3, 3, 3, 3),
    _case("the decoder's state is larger than an encoder's", 6, 3, 2, 5, 4),
    _case("an encoder's state is larger than the decoder's", 2, 5, 6, 3, 4),
)


def _dot(queries, memory):
    return queries @ memory.transpose(1, 2)


@mistake(
    "W transposed",
    "You use W the wrong way round: your score is h' W z. Here D equals M, so nothing crashes. Trained from "
    "scratch such a score does as well, but weights of another program give nonsense with it. The rows of W "
    "belong to the decoder state, its columns to the encoder state.",
)
def _w_transposed(queries, memory, W):
    return _dot(queries @ W.T, memory)


@mistake(
    "transposed",
    "Your scores stand on their side: (B, S, T) instead of (B, T, S). Where T equals S nothing would crash, "
    "and a softmax over the last axis would share each word out among the steps. A row belongs to a decoder "
    "step.",
)
def _scores_transposed(queries, memory, W):
    return general_scores(queries, memory, W).transpose(1, 2)


@_scores_transposed.variant
def _roles_exchanged(queries, memory, W):
    return general_scores(memory, queries, W)


@mistake(
    "tanh added",
    "Your score has a tanh. The general score is a plain product of three factors; a tanh belongs to the "
    "concat score. Between W and the other state it limits every number to 1, and around the score it makes "
    "all good matches look alike.",
)
def _tanh_of_the_query(queries, memory, W):
    return _dot((queries @ W).tanh(), memory)


@_tanh_of_the_query.variant
def _tanh_of_the_memory(queries, memory, W):
    return _dot(queries, (memory @ W.T).tanh())


@_tanh_of_the_query.variant
def _tanh_of_the_score(queries, memory, W):
    return general_scores(queries, memory, W).tanh()


@mistake(
    "W left out",
    "Your score is the dot score: W is not used. It works here because D equals M. W is there so that "
    "number i of one state can be compared with number j of the other, and so that D and M may differ.",
)
def _without_w(queries, memory, W):
    return _dot(queries, memory)


@mistake(
    "only the diagonal of W",
    "You use only the diagonal of W, so number i of z meets only number i of h. All pairs count: the score "
    "is the sum of z_i W_ij h_j over i and over j. In an einsum the two axes of W need two letters.",
)
def _diagonal(queries, memory, W):
    return _dot(queries * W.diagonal(), memory)


@mistake(
    "W applied to both states",
    "You multiply both states by W and then take the dot product, so W is in the score twice. Such a score "
    "cannot express every W: its matrix is always symmetric. Apply W to one of the two.",
)
def _both_projected(queries, memory, W):
    return _dot(queries @ W, memory @ W)


@_both_projected.variant
def _both_projected_as_a_layer_does(queries, memory, W):
    return _dot(queries @ W.T, memory @ W.T)


@mistake(
    "scaled",
    "You divide by the root of D. The general score is not scaled: W learns a fitting size by itself.",
)
def _scaled(queries, memory, W):
    return general_scores(queries, memory, W) / queries.shape[-1] ** 0.5


@mistake(
    "weights instead of scores",
    "You return attention weights: the softmax is done already. Keep it apart. Padding must be masked "
    "between the two, and a second softmax would flatten the weights.",
)
def _weights(queries, memory, W):
    return general_scores(queries, memory, W).softmax(dim=-1)


@_weights.variant
def _weights_over_steps(queries, memory, W):
    return general_scores(queries, memory, W).softmax(dim=1)


@mistake(
    "one decoder state only",
    "You use a single decoder state, as in a loop over the steps. Here all T states are given, and each "
    "needs its own row of scores.",
)
def _last_query(queries, memory, W):
    return general_scores(queries[:, -1:], memory, W)


@_last_query.variant
def _last_query_without_axis(queries, memory, W):
    return _last_query(queries, memory, W).squeeze(1)


@_last_query.variant
def _first_query(queries, memory, W):
    return general_scores(queries[:, :1], memory, W)


@_last_query.variant
def _first_query_without_axis(queries, memory, W):
    return _first_query(queries, memory, W).squeeze(1)


EXERCISE = Exercise.from_task(TASK, general_scores, CASES, mistakes_in(globals()))
