"""Exercise 6.3: Luong's concat score, for all pairs without a loop."""

import torch

from s2s_course.exercises.engine.exercise import Case, Exercise, Task
from s2s_course.exercises.engine.misconception import mistake, mistakes_in
from s2s_course.seeds import torch_generator

TASK = Task(
    id="6.3",
    title="The concat score",
    goal="Score every decoder state against every encoder state with a small network that reads the two "
    "joined, all pairs of the batch at once.",
    points=2,
    difficulty="hard",
    minutes=20,
    outputs=("scores",),
    hints=(
        "Multiplying W by a joined vector is a sum of two products: the first D columns of W times z, and "
        "the other M columns times h. So each state can be projected by itself, before there are any pairs. "
        "With the names W and U for the two blocks this is Bahdanau's score.",
        "Project first, pair later. Cut W into its two blocks of columns. The projected queries are (B, T, "
        "A), the projected memory (B, S, A). To add each of T to each of S, both need the four axes (B, T, "
        "S, A), with size 1 where they are the same for all.",
        "`queries @ W[:, :D].T` is (B, T, A) and `memory @ W[:, D:].T` is (B, S, A). Give the first an axis "
        "of size 1 for the words and the second one for the steps, with `unsqueeze`: their sum is "
        "(B, T, S, A). Then tanh, then `@ v`.",
    ),
)


def concat_scores(
    queries: torch.Tensor,
    memory: torch.Tensor,
    W: torch.Tensor,
    v: torch.Tensor,
) -> torch.Tensor:
    """Luong's concat score, v' tanh(W [z_t; h_s]), of every decoder and encoder state.

    queries: (B, T, D) the decoder states z_1 … z_T
    memory:  (B, S, M) the encoder states h_1 … h_S
    W:       (A, D + M) weights; the first D columns belong to the decoder state
    v:       (A,) weights
    returns: (B, T, S): row t, column s holds the score of z_t and h_s, as it is before
             any mask or softmax; computed without a loop
    """
    D = queries.shape[-1]
    from_queries = (queries @ W[:, :D].T).unsqueeze(2)  # (B, T, 1, A)
    from_memory = (memory @ W[:, D:].T).unsqueeze(1)  # (B, 1, S, A)
    return (from_queries + from_memory).tanh() @ v


def _case(name: str, B: int, T: int, S: int, D: int, M: int, A: int) -> Case:
    """Standard normal states, and weights that keep tanh from saturating."""

    def make(seed: int) -> tuple[torch.Tensor, ...]:
        generator = torch_generator(seed)
        shapes = (B, T, D), (B, S, M), (A, D + M), (A,)
        queries, memory, W, v = (torch.randn(shape, generator=generator) for shape in shapes)
        return queries, memory, W / 2, v

    return Case(name, make)


CASES = (
    _case("two sentences, two steps and three words", 2, 2, 3, 2, 3, 5),
    _case("as many steps as words", 3, 4, 4, 3, 2, 2),
    _case("a single sentence, states of the same size", 1, 5, 2, 3, 3, 4),
    _case("a single unit in between", 2, 3, 5, 2, 2, 1),
    _case("more sentences than anything else", 6, 3, 2, 5, 4, 1),
    _case("more units than anything else", 2, 3, 4, 5, 6, 7),
)


def _pairs(queries, memory):
    """All pairs: two tensors of shape (B, T, S, D) and (B, T, S, M)."""
    T, S = queries.shape[1], memory.shape[1]
    return queries.unsqueeze(2).expand(-1, -1, S, -1), memory.unsqueeze(1).expand(-1, T, -1, -1)


def _sums(queries, memory, W):
    return torch.cat(_pairs(queries, memory), dim=-1) @ W.T  # (B, T, S, A)


@mistake(
    "encoder state first",
    "You join the two states in the order [h; z], so the columns of W meet the wrong state. Nothing "
    "crashes, because the joined vector is as long in either order. Here it is [z; h]: the decoder state "
    "comes first.",
)
def _memory_first(queries, memory, W, v):
    queries, memory = _pairs(queries, memory)
    return (torch.cat([memory, queries], dim=-1) @ W.T).tanh() @ v


@mistake(
    "no tanh",
    "You leave out tanh. Then the score is a sum of a part that depends on z alone and one that depends on "
    "h alone. The first is the same for all words and the softmax cancels it, so the weights would not "
    "depend on the decoder state at all.",
)
def _no_tanh(queries, memory, W, v):
    return _sums(queries, memory, W) @ v


@mistake(
    "tanh of each part",
    "You apply tanh to the two parts before adding them up, or to the states themselves. Then z and h never "
    "meet inside a nonlinear function: what comes from z is the same for all words and cancels in the "
    "softmax. Add the two parts first, then take tanh.",
)
def _tanh_of_each_part(queries, memory, W, v):
    D = queries.shape[-1]
    from_queries, from_memory = queries @ W[:, :D].T, memory @ W[:, D:].T
    return (from_queries.tanh().unsqueeze(2) + from_memory.tanh().unsqueeze(1)) @ v


@_tanh_of_each_part.variant
def _tanh_before_w(queries, memory, W, v):
    return _no_tanh(queries.tanh(), memory.tanh(), W, v)


@mistake(
    "another function than tanh",
    "You use another function than tanh. Such a network can learn as well, but it is not the score asked "
    "for: with trained weights of the one the other gives nonsense.",
)
def _sigmoid(queries, memory, W, v):
    return _sums(queries, memory, W).sigmoid() @ v


@_sigmoid.variant
def _relu(queries, memory, W, v):
    return _sums(queries, memory, W).relu() @ v


@mistake(
    "tanh around the score",
    "You apply tanh last, to the finished score, so no score leaves the range from -1 to 1, and inside "
    "there is only a linear map. tanh stands between W and v, on A numbers for each pair.",
)
def _tanh_of_the_score(queries, memory, W, v):
    return (_sums(queries, memory, W) @ v).tanh()


@mistake(
    "v inside tanh",
    "You multiply by v inside tanh and add up afterwards. v weights what tanh has given, so that one unit "
    "can count more than another, and for or against a word.",
)
def _v_inside(queries, memory, W, v):
    return (_sums(queries, memory, W) * v).tanh().sum(dim=-1)


@mistake(
    "v left out",
    "You add up the A numbers without v. Then every unit counts the same, and none can count against a word.",
)
def _without_v(queries, memory, W, v):
    return _sums(queries, memory, W).tanh().sum(dim=-1)


@mistake(
    "joined along the sequence",
    "You put the steps and the words one after the other, so there are T + S scores, and no state ever "
    "meets another. Join within each pair, along the last axis: first bring both to the shape (B, T, S, …).",
)
def _along_the_sequence(queries, memory, W, v):
    D = queries.shape[-1]
    return torch.cat([queries @ W[:, :D].T, memory @ W[:, D:].T], dim=1).tanh() @ v


@mistake(
    "pairs mixed up",
    "You repeat the states until there are T times S of them, but in an order that puts other pairs at "
    "place (t, s). `repeat` goes through all states again and again, `repeat_interleave` repeats each one "
    "in place. With `unsqueeze` and broadcasting there is no order to get wrong.",
)
def _queries_in_turn(queries, memory, W, v):
    B, T, S = *queries.shape[:2], memory.shape[1]
    left, right = queries.repeat(1, S, 1).reshape(B, T, S, -1), _pairs(queries, memory)[1]
    return (torch.cat([left, right], dim=-1) @ W.T).tanh() @ v


@_queries_in_turn.variant
def _words_repeated_one_by_one(queries, memory, W, v):
    B, T, S = *queries.shape[:2], memory.shape[1]
    left, right = _pairs(queries, memory)[0], memory.repeat_interleave(T, dim=1).reshape(B, T, S, -1)
    return (torch.cat([left, right], dim=-1) @ W.T).tanh() @ v


@_queries_in_turn.variant
def _both_repeated_wrongly(queries, memory, W, v):
    B, T, S = *queries.shape[:2], memory.shape[1]
    left = queries.repeat(1, S, 1).reshape(B, T, S, -1)
    right = memory.repeat_interleave(T, dim=1).reshape(B, T, S, -1)
    return (torch.cat([left, right], dim=-1) @ W.T).tanh() @ v


@mistake(
    "transposed",
    "Your scores stand on their side: (B, S, T) instead of (B, T, S). A row belongs to a decoder step, a "
    "column to a word of the source.",
)
def _transposed(queries, memory, W, v):
    return concat_scores(queries, memory, W, v).transpose(1, 2)


@mistake(
    "weights instead of scores",
    "You return attention weights: the softmax is done already. Keep it apart. Padding must be masked "
    "between the two, and a second softmax would flatten the weights.",
)
def _weights(queries, memory, W, v):
    return concat_scores(queries, memory, W, v).softmax(dim=-1)


@_weights.variant
def _weights_over_steps(queries, memory, W, v):
    return concat_scores(queries, memory, W, v).softmax(dim=1)


@mistake(
    "one decoder state only",
    "You use a single decoder state, as in a loop over the steps. Here all T states are given, and each "
    "needs its own row of scores.",
)
def _last_query(queries, memory, W, v):
    return concat_scores(queries[:, -1:], memory, W, v)


@_last_query.variant
def _last_query_without_axis(queries, memory, W, v):
    return _last_query(queries, memory, W, v).squeeze(1)


@_last_query.variant
def _first_query(queries, memory, W, v):
    return concat_scores(queries[:, :1], memory, W, v)


@_last_query.variant
def _first_query_without_axis(queries, memory, W, v):
    return _first_query(queries, memory, W, v).squeeze(1)


EXERCISE = Exercise.from_task(TASK, concat_scores, CASES, mistakes_in(globals()))
