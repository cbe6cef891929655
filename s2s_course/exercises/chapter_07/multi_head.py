"""Exercise 7.5: multi-head self-attention from its matrices."""

import torch

from s2s_course.exercises.engine.exercise import Case, Exercise, Task
from s2s_course.exercises.engine.misconception import mistake, mistakes_in
from s2s_course.seeds import torch_generator

TASK = Task(
    id="7.5",
    title="Multi-head self-attention",
    goal="Let the words of a sentence attend to each other in several heads: project, split, attend in each "
    "head, join, and project once more.",
    points=3,
    difficulty="hard",
    minutes=25,
    outputs=("output",),
    hints=(
        "Three projections of shape (B, T, D). To split: cut D into (H, d), which gives (B, T, H, d), then "
        "exchange two axes, so that `@` works on the last two for each sentence and head.",
        "There: (B, T, D), then (B, T, H, d), then (B, H, T, d). In each head the weights are (B, H, T, T), "
        "and the scale is the root of d, the size of one head, not of D. Back, it is the same way in "
        "reverse: exchange the two axes again, merge H and d, and project.",
        "`(vectors @ W.T).unflatten(2, (num_heads, -1)).transpose(1, 2)` is (B, H, T, d). Attend as in "
        "exercise 7.1, on the last two axes, then `transpose(1, 2).flatten(2)` joins, and `@ W_o.T` is last.",
    ),
)


def multi_head(
    vectors: torch.Tensor,
    W_q: torch.Tensor,
    W_k: torch.Tensor,
    W_v: torch.Tensor,
    W_o: torch.Tensor,
    num_heads: int,
) -> torch.Tensor:
    """Multi-head self-attention of all words of a sentence, without a mask.

    vectors:       (B, T, D) the words
    W_q, W_k, W_v: (D, D) each, applied as nn.Linear does: vectors @ W.T. Of the D
                   numbers the first d = D / H belong to the first head, and so on.
    W_o:           (D, D), applied likewise to the heads, put side by side again
    num_heads:     H
    returns:       (B, T, D)
    """
    queries, keys, values = (
        (vectors @ W.T).unflatten(2, (num_heads, -1)).transpose(1, 2)  # (B, H, T, d)
        for W in (W_q, W_k, W_v)
    )
    scores = queries @ keys.transpose(2, 3) / queries.shape[-1] ** 0.5  # (B, H, T, T)
    heads = scores.softmax(dim=-1) @ values  # (B, H, T, d)
    return heads.transpose(1, 2).flatten(2) @ W_o.T


def _case(name: str, B: int, T: int, D: int, num_heads: int) -> Case:
    """Standard normal numbers; each number of a projection has about the variance 2."""

    def make(seed: int) -> tuple:
        generator = torch_generator(seed)
        vectors = torch.randn(B, T, D, generator=generator)
        matrices = (2 / D) ** 0.5 * torch.randn(4, D, D, generator=generator)
        return vectors, *matrices, num_heads

    return Case(name, make)


CASES = (
    _case("one sentence of three words, two heads", 1, 3, 4, 2),
    _case("two sentences, three heads", 2, 5, 6, 3),
    _case("as many heads as words", 2, 3, 12, 3),
    _case("a single head", 2, 4, 5, 1),
    _case("more words than numbers", 3, 7, 4, 2),
    _case("more sentences than words and numbers", 7, 2, 6, 3),
)


def _split(vectors, num_heads):
    return vectors.unflatten(2, (num_heads, -1)).transpose(1, 2)


def _join(heads):
    return heads.transpose(1, 2).flatten(2)


def _heads(queries, keys, values, *, divisor=None, dim=-1):
    divisor = queries.shape[-1] ** 0.5 if divisor is None else divisor
    return (queries @ keys.transpose(2, 3) / divisor).softmax(dim=dim) @ values


def _projected(vectors, W_q, W_k, W_v, num_heads, split=_split):
    return [split(vectors @ W.T, num_heads) for W in (W_q, W_k, W_v)]


@mistake(
    "scaled by the root of D",
    "You divide by the root of D. A score is the dot product of d = D / H numbers, those of one head, so "
    "its deviation is the root of d. Divided by more, the weights of all heads are too even.",
)
def _scaled_by_all(vectors, W_q, W_k, W_v, W_o, num_heads):
    projected = _projected(vectors, W_q, W_k, W_v, num_heads)
    return _join(_heads(*projected, divisor=vectors.shape[2] ** 0.5)) @ W_o.T


@mistake(
    "no scale",
    "You do not divide the scores by the root of d. For large heads the softmax then puts nearly all weight "
    "on one word.",
)
def _no_scale(vectors, W_q, W_k, W_v, W_o, num_heads):
    return _join(_heads(*_projected(vectors, W_q, W_k, W_v, num_heads), divisor=1)) @ W_o.T


def _split_by_reshape(vectors, num_heads):
    B, T, D = vectors.shape
    return vectors.reshape(B, num_heads, T, D // num_heads)


@mistake(
    "split by reshape",
    "You got from (B, T, D) to (B, H, T, d) with `view` or `reshape` alone. That deals out the numbers in "
    "the order in which they lie, so a head gets some whole words and never sees the others. Cut the last "
    "axis in two, then exchange the axes of words and heads.",
)
def _reshaped_to_heads(vectors, W_q, W_k, W_v, W_o, num_heads):
    return _join(_heads(*_projected(vectors, W_q, W_k, W_v, num_heads, _split_by_reshape))) @ W_o.T


@_reshaped_to_heads.variant
def _reshaped_there_and_back(vectors, W_q, W_k, W_v, W_o, num_heads):
    heads = _heads(*_projected(vectors, W_q, W_k, W_v, num_heads, _split_by_reshape))
    return heads.reshape(vectors.shape) @ W_o.T


@mistake(
    "joined by reshape",
    "You split rightly, but join the heads by `reshape` alone. So a word gets pieces of other words. "
    "Exchange the axes of heads and words before you merge the last two.",
)
def _reshaped_back(vectors, W_q, W_k, W_v, W_o, num_heads):
    return _heads(*_projected(vectors, W_q, W_k, W_v, num_heads)).reshape(vectors.shape) @ W_o.T


def _split_in_turns(vectors, num_heads):
    return vectors.unflatten(2, (-1, num_heads)).permute(0, 3, 1, 2)


@mistake(
    "numbers dealt out to the heads in turns",
    "Your heads take the numbers in turns, or give them back so. The first d numbers belong to the first "
    "head, the next d to the second. In `unflatten` or `view` the heads come before the numbers in a head.",
)
def _dealt_out(vectors, W_q, W_k, W_v, W_o, num_heads):
    return _join(_heads(*_projected(vectors, W_q, W_k, W_v, num_heads, _split_in_turns))) @ W_o.T


@_dealt_out.variant
def _dealt_out_and_collected(vectors, W_q, W_k, W_v, W_o, num_heads):
    heads = _heads(*_projected(vectors, W_q, W_k, W_v, num_heads, _split_in_turns))
    return heads.permute(0, 2, 3, 1).flatten(2) @ W_o.T


@_dealt_out.variant
def _collected_in_turns(vectors, W_q, W_k, W_v, W_o, num_heads):
    heads = _heads(*_projected(vectors, W_q, W_k, W_v, num_heads))
    return heads.permute(0, 2, 3, 1).flatten(2) @ W_o.T


@mistake(
    "matrix not transposed",
    "You multiply by W where it should be W.T, in some of the projections or all. `nn.Linear` keeps a row "
    "for each output. A square matrix fits either way round, so no error tells you.",
)
def _not_transposed(vectors, W_q, W_k, W_v, W_o, num_heads):
    return multi_head(vectors, W_q.T, W_k.T, W_v.T, W_o.T, num_heads)


@_not_transposed.variant
def _projections_not_transposed(vectors, W_q, W_k, W_v, W_o, num_heads):
    return multi_head(vectors, W_q.T, W_k.T, W_v.T, W_o, num_heads)


@_not_transposed.variant
def _output_not_transposed(vectors, W_q, W_k, W_v, W_o, num_heads):
    return multi_head(vectors, W_q, W_k, W_v, W_o.T, num_heads)


@mistake(
    "W_o forgotten",
    "You return the heads side by side. The last projection, W_o, is missing: only there can the findings "
    "of different heads be combined.",
)
def _no_output_matrix(vectors, W_q, W_k, W_v, W_o, num_heads):
    return _join(_heads(*_projected(vectors, W_q, W_k, W_v, num_heads)))


@mistake(
    "values not projected",
    "You use the vectors themselves as values. W_v decides what a word gives, just as W_q and W_k decide "
    "what it asks for and by what it is found.",
)
def _values_not_projected(vectors, W_q, W_k, W_v, W_o, num_heads):
    queries, keys, _ = _projected(vectors, W_q, W_k, W_v, num_heads)
    return _join(_heads(queries, keys, _split(vectors, num_heads))) @ W_o.T


@mistake(
    "one matrix for several roles",
    "You use W_q for the keys too, or for everything. Then the score of two words is the same both ways, "
    "and one cannot look at the other without being looked at. Queries, keys and values have a matrix each.",
)
def _same_matrix(vectors, W_q, W_k, W_v, W_o, num_heads):
    return multi_head(vectors, W_q, W_q, W_v, W_o, num_heads)


@_same_matrix.variant
def _one_matrix_for_all(vectors, W_q, W_k, W_v, W_o, num_heads):
    return multi_head(vectors, W_q, W_q, W_q, W_o, num_heads)


@mistake(
    "queries and keys exchanged",
    "Your queries come from W_k and your keys from W_q, or the scores lie on their side. Row t of the "
    "scores belongs to the word that asks, and W_q makes its question.",
)
def _queries_and_keys_exchanged(vectors, W_q, W_k, W_v, W_o, num_heads):
    return multi_head(vectors, W_k, W_q, W_v, W_o, num_heads)


@mistake(
    "softmax over another axis",
    "Your softmax runs over the heads or over the words that ask. Each word in each head has a weight of 1 "
    "to give to the words that it looks at; they stand on the last axis of the scores, (B, H, T, T).",
)
def _over_the_heads(vectors, W_q, W_k, W_v, W_o, num_heads):
    return _join(_heads(*_projected(vectors, W_q, W_k, W_v, num_heads), dim=1)) @ W_o.T


@_over_the_heads.variant
def _over_the_queries(vectors, W_q, W_k, W_v, W_o, num_heads):
    return _join(_heads(*_projected(vectors, W_q, W_k, W_v, num_heads), dim=2)) @ W_o.T


@mistake(
    "heads ignored",
    "You compute a single head over all D numbers. Then each word has one set of weights, and a layer can "
    "look for one thing at a time. Split queries, keys and values into H heads.",
)
def _one_head(vectors, W_q, W_k, W_v, W_o, num_heads):
    return multi_head(vectors, W_q, W_k, W_v, W_o, 1)


@_one_head.variant
def _one_head_scaled_as_many(vectors, W_q, W_k, W_v, W_o, num_heads):
    divisor = (vectors.shape[2] / num_heads) ** 0.5
    return _join(_heads(*_projected(vectors, W_q, W_k, W_v, 1), divisor=divisor)) @ W_o.T


def _weights_of(reduce, vectors, W_q, W_k, W_v, W_o, num_heads):
    queries, keys, values = _projected(vectors, W_q, W_k, W_v, num_heads)
    weights = (queries @ keys.transpose(2, 3) / queries.shape[-1] ** 0.5).softmax(dim=-1)
    return _join(reduce(weights) @ values) @ W_o.T


@mistake(
    "same weights in all heads",
    "All your heads use the same weights, those of the first head or the mean of all. The heads exist to "
    "look at different words at the same time: each needs its own.",
)
def _weights_of_the_first(vectors, W_q, W_k, W_v, W_o, num_heads):
    return _weights_of(lambda weights: weights[:, :1], vectors, W_q, W_k, W_v, W_o, num_heads)


@_weights_of_the_first.variant
def _weights_averaged(vectors, W_q, W_k, W_v, W_o, num_heads):
    return _weights_of(lambda weights: weights.mean(1, True), vectors, W_q, W_k, W_v, W_o, num_heads)


@mistake(
    "input added",
    "You add the vectors to the result. The layer around it does so, in its residual connection; added "
    "twice, the change that attention makes would count for less. Return the change alone.",
)
def _residual(vectors, W_q, W_k, W_v, W_o, num_heads):
    return vectors + multi_head(vectors, W_q, W_k, W_v, W_o, num_heads)


EXERCISE = Exercise.from_task(TASK, multi_head, CASES, mistakes_in(globals()))
