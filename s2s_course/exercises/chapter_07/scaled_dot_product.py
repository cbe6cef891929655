"""Exercise 7.1: scaled dot-product attention."""

import torch
from torch.nn.functional import normalize

from s2s_course.exercises.engine.exercise import Case, Exercise, Task
from s2s_course.exercises.engine.misconception import mistake, mistakes_in
from s2s_course.seeds import torch_generator

TASK = Task(
    id="7.1",
    title="Scaled dot-product attention",
    goal="Let each query read from all values of its sentence: score it against every key, scale, take the "
    "softmax, and add up the values by these weights.",
    points=2,
    difficulty="medium",
    minutes=10,
    outputs=("output",),
    hints=(
        "Three steps: a score for each pair of a query and a key, (B, T, S); a softmax over the axis on "
        "which the keys stand; and a product with the values, (B, T, S) times (B, S, d).",
        "The numbers of a query must meet those of a key, so key needs its last two axes exchanged; the "
        "batch stays in front. The scale is the root of d, the size of one query, and belongs before the "
        "softmax. In the weights (B, T, S) the S numbers of a row belong to one query and sum to 1.",
        "`query @ key.transpose(1, 2)` has all scores. Divide by `query.shape[-1] ** 0.5`, take "
        "`softmax(dim=2)`, and multiply: `weights @ value`.",
    ),
)


def attention(
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
) -> torch.Tensor:
    """Scaled dot-product attention: softmax(Q Kᵀ / √d) V for each sentence.

    query:   (B, T, d) what each of T words asks for
    key:     (B, S, d) by what each of S words is found
    value:   (B, S, d) what each of S words gives
    returns: (B, T, d) for each query the weighted sum of the values
    """
    d = query.shape[-1]
    scores = query @ key.transpose(1, 2) / d**0.5  # (B, T, S)
    return scores.softmax(dim=2) @ value


def _case(name: str, B: int, T: int, S: int, d: int) -> Case:
    """Standard normal numbers."""

    def make(seed: int) -> tuple[torch.Tensor, ...]:
        generator = torch_generator(seed)
        return tuple(torch.randn(shape, generator=generator) for shape in ((B, T, d), (B, S, d), (B, S, d)))

    return Case(name, make)


CASES = (
    _case("two sentences, three queries and five keys", 2, 3, 5, 2),
    _case("as many queries as keys", 3, 4, 4, 7),
    _case("a single query, as when one translates", 2, 1, 3, 5),
    _case("all sizes the same", 3, 3, 3, 3),
    _case("more sentences than anything else", 5, 4, 2, 3),
)


def _scores(query, key):
    return query @ key.transpose(1, 2)


def _divided_by(divisor, query, key, value):
    return (_scores(query, key) / divisor).softmax(dim=2) @ value


def _softmax_over(dim, query, key, value):
    return (_scores(query, key) / query.shape[2] ** 0.5).softmax(dim=dim) @ value


@mistake(
    "no scale",
    "You leave out the division by the root of d. The dot product of two random vectors has the variance d, "
    "so for large d the softmax puts nearly all weight on one key, and hardly any gradient comes back "
    "through it.",
)
def _no_scale(query, key, value):
    return _divided_by(1, query, key, value)


@mistake(
    "divided by d",
    "You divide by d, or query and key by the root of d each, which is the same. The variance of a dot "
    "product is d, its standard deviation the root of d. Divided by d the scores are so small that all "
    "weights are nearly equal.",
)
def _divided_by_d(query, key, value):
    return _divided_by(query.shape[2], query, key, value)


@mistake(
    "multiplied instead of divided",
    "You multiply the scores by the root of d. They were too large for the softmax already; the scale has "
    "to make them smaller.",
)
def _multiplied(query, key, value):
    return _divided_by(query.shape[2] ** -0.5, query, key, value)


@mistake(
    "root of another size",
    "You divide by the root of the number of words. A score is a sum over the d numbers of one query and "
    "one key, so its size has to do with d, the last axis, and not with the length of the sentence.",
)
def _root_of_the_keys(query, key, value):
    return _divided_by(key.shape[1] ** 0.5, query, key, value)


@_root_of_the_keys.variant
def _root_of_the_queries(query, key, value):
    return _divided_by(query.shape[1] ** 0.5, query, key, value)


@mistake(
    "scaled after the softmax",
    "You divide after the softmax. Then the weights of a query no longer sum to 1. The scale is for the "
    "scores: it keeps the softmax from becoming too sharp.",
)
def _scaled_after(query, key, value):
    return _no_scale(query, key, value) / query.shape[2] ** 0.5


@_scaled_after.variant
def _scaled_before_and_after(query, key, value):
    return attention(query, key, value) / query.shape[2] ** 0.5


@mistake(
    "softmax over the queries",
    "Your softmax runs over the queries: each key hands out a sum of 1. Each query must. Its keys stand on "
    "the last axis of the scores.",
)
def _over_the_queries(query, key, value):
    return _softmax_over(1, query, key, value)


@mistake(
    "softmax over the batch",
    "Your softmax runs over the B sentences, so a result depends on what else is in the batch. (Torch's "
    "`softmax` without dim does so for three axes, with a warning.) It must run over the keys.",
)
def _over_the_batch(query, key, value):
    return _softmax_over(0, query, key, value)


@mistake(
    "keys added up in place of values",
    "Your weights are right, but they add up the keys. A key is only what a word is found by; what it gives "
    "is its value.",
)
def _sum_of_the_keys(query, key, value):
    return attention(query, key, key)


@mistake(
    "keys and values mixed up",
    "You score the queries against the values. A query is compared with the keys; the values come in only "
    "after the softmax, as what is added up.",
)
def _keys_and_values_exchanged(query, key, value):
    return attention(query, value, key)


@_keys_and_values_exchanged.variant
def _values_scored(query, key, value):
    return attention(query, value, value)


@mistake(
    "reshaped instead of transposed",
    "You got (B, d, S) out of key with `reshape` or `view`. That deals out the same numbers in another "
    "order, so a column mixes pieces of several keys. Exchange the last two axes instead.",
)
def _reshaped(query, key, value):
    B, S, d = key.shape
    return (query @ key.reshape(B, d, S) / d**0.5).softmax(dim=2) @ value


@mistake(
    "no exponential",
    "You divide the scores by their sum. Scores may be negative, and their sum may be nearly 0: such "
    "weights are of any size and sign. The softmax takes exponentials first.",
)
def _no_exponential(query, key, value):
    scores = _scores(query, key)  # a scale would cancel
    return scores / scores.sum(dim=2, keepdim=True) @ value


@mistake(
    "weights that do not sum to 1",
    "Your weights do not sum to 1 for each query: there is a sigmoid, an exponential alone, or nothing "
    "where the softmax belongs. So the output grows with the number of keys.",
)
def _sigmoid(query, key, value):
    return (_scores(query, key) / query.shape[2] ** 0.5).sigmoid() @ value


@_sigmoid.variant
def _no_softmax(query, key, value):
    return _scores(query, key) / query.shape[2] ** 0.5 @ value


@_sigmoid.variant
def _not_normalized(query, key, value):
    return (_scores(query, key) / query.shape[2] ** 0.5).exp() @ value


@mistake(
    "softmax twice",
    "You apply the softmax twice. The second one flattens the weights, since numbers between 0 and 1 differ "
    "little.",
)
def _softmax_twice(query, key, value):
    return (_scores(query, key) / query.shape[2] ** 0.5).softmax(dim=2).softmax(dim=2) @ value


@mistake(
    "cosine",
    "You bring queries and keys to length 1. Then a score lies between -1 and 1, and no softmax of such "
    "scores is ever sharp. Use the vectors as they are, and divide by the root of d.",
)
def _cosine(query, key, value):
    return _no_scale(normalize(query, dim=2), normalize(key, dim=2), value)


@mistake(
    "weights returned",
    "You return the weights, (B, T, S). Asked for is what they are good for: the weighted sums of the "
    "values, (B, T, d).",
)
def _weights_returned(query, key, value):
    return (_scores(query, key) / query.shape[2] ** 0.5).softmax(dim=2)


@mistake(
    "best value only",
    "You take the value of the best key alone. That choice has no gradient with respect to the scores, so "
    "queries and keys could not be learned. The softmax is a soft choice: a mean with weights.",
)
def _best_value(query, key, value):
    best = _scores(query, key).argmax(dim=2, keepdim=True)
    return value.gather(1, best.expand_as(query))


EXERCISE = Exercise.from_task(TASK, attention, CASES, mistakes_in(globals()))
