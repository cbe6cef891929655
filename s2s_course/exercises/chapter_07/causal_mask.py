"""Exercise 7.2: the mask of a decoder that must not see what it has yet to write."""

import torch

from s2s_course.exercises.engine.exercise import Case, Exercise, Task
from s2s_course.exercises.engine.misconception import mistake, mistakes_in
from s2s_course.seeds import torch_generator

TASK = Task(
    id="7.2",
    title="The causal mask",
    goal="Make the mask with which a decoder is trained on all positions at once: each position may attend "
    "to itself and to those before it, and to none after it.",
    points=1,
    difficulty="easy",
    minutes=5,
    outputs=("mask",),
    hints=(
        "Draw it for T = 3: who may see what in row 0, in row 1, in row 2? How many are True in each?",
        "From the left, row 0 has one True, row 1 has two, and so on: a triangle with its diagonal. The "
        "tokens do not matter, only how many there are in a row of tgt_in; the result has no axis for the "
        "batch.",
        "`torch.ones(T, T, dtype=torch.bool)` allows everything, and `tril()` keeps the diagonal and what "
        "is below it.",
    ),
)


def causal_mask(tgt_in: torch.Tensor) -> torch.Tensor:
    """Which position of the target may attend to which.

    tgt_in:  (B, T) int64, what the decoder reads; the mask depends on T alone
    returns: (T, T) bool, True at row t, column u = position t may attend to position u:
             to itself and to all before it
    """
    T = tgt_in.shape[1]
    return torch.ones(T, T, dtype=torch.bool, device=tgt_in.device).tril()


def _case(name: str, B: int, T: int) -> Case:
    def make(seed: int) -> tuple[torch.Tensor]:
        return (torch.randint(1000, (B, T), generator=torch_generator(seed)),)

    return Case(name, make)


CASES = (
    _case("two sentences of five words", 2, 5),
    _case("more sentences than words", 7, 3),
    _case("as many sentences as words", 4, 4),
    _case("a single word each", 3, 1),
)


def _ones(tgt_in):
    return torch.ones(tgt_in.shape[1], tgt_in.shape[1], dtype=torch.bool)


@mistake(
    "a word may not see itself",
    "Your mask is off by one: a position sees those before it, but not itself. The first row is all False, "
    "and the softmax over nothing gives NaN. The input at position t is known when word t is predicted, "
    "since tgt_in is shifted already. The diagonal must be True.",
)
def _not_even_itself(tgt_in):
    return _ones(tgt_in).tril(-1)


@mistake(
    "sees the next word",
    "Your mask is off by one: each position also sees the next. The input at position t + 1 is just the "
    "word that position t has to predict. The loss falls to almost nothing, and the model has learned to "
    "copy. The diagonal is the last True of a row.",
)
def _sees_the_next(tgt_in):
    return _ones(tgt_in).tril(1)


@mistake(
    "True means forbidden",
    "Your True says what is hidden. `nn.MultiheadAttention` wants it so, but in this course, as in "
    "`F.scaled_dot_product_attention`, True means: may attend. A mask with the wrong meaning raises no "
    "error.",
)
def _true_is_forbidden(tgt_in):
    return _ones(tgt_in).triu(1)


@mistake(
    "transposed",
    "Your mask lies on its other side: each position sees itself and what comes after it. The row says who "
    "looks, the column what is looked at; the True ones belong to the left of the diagonal.",
)
def _transposed(tgt_in):
    return _ones(tgt_in).triu()


@mistake(
    "nothing is hidden",
    "Your mask hides nothing. That is right for an encoder, which has its whole sentence. A decoder would "
    "read the word that it has to predict.",
)
def _everything(tgt_in):
    return _ones(tgt_in)


@mistake(
    "the past is lost",
    "Your positions see themselves, or the one before them too, and nothing further back. The whole past "
    "may be seen: that is what attention is better at than a recurrent network.",
)
def _only_itself(tgt_in):
    return torch.eye(tgt_in.shape[1], dtype=torch.bool)


@_only_itself.variant
def _only_the_one_before(tgt_in):
    return _ones(tgt_in).tril() & _ones(tgt_in).triu(-1)


@mistake(
    "numbers to be added",
    "You made a mask of 0 and -inf, to be added to the scores. That works too, but it is another kind of "
    "mask. Here a mask is bool, with True for what may be attended to.",
)
def _to_be_added(tgt_in):
    return torch.zeros(_ones(tgt_in).shape).masked_fill(~causal_mask(tgt_in), float("-inf"))


@_to_be_added.variant
def _to_be_added_strictly(tgt_in):
    return torch.zeros(_ones(tgt_in).shape).masked_fill(~_not_even_itself(tgt_in), float("-inf"))


@mistake(
    "numbers in place of bool",
    "The pattern is right, but it is made of the numbers 1 and 0. `~` and `masked_fill` want bool, and "
    "`F.scaled_dot_product_attention` would add a float mask to the scores, so that nothing is hidden at "
    "all. Let it be of dtype bool.",
)
def _as_floats(tgt_in):
    return causal_mask(tgt_in).float()


@_as_floats.variant
def _as_integers(tgt_in):
    return causal_mask(tgt_in).long()


@mistake(
    "as wide as the batch",
    "Your mask has a row for each sentence: you took the first axis of tgt_in for its length. The batch "
    "comes first; T is on axis 1. Where B equals T nobody would notice.",
)
def _as_wide_as_the_batch(tgt_in):
    return torch.ones(len(tgt_in), len(tgt_in), dtype=torch.bool).tril()


@mistake(
    "too many axes",
    "The pattern is right, but you give it axes for the batch or the heads. All sentences and heads share "
    "one causal mask; (T, T) is matched with (B, H, T, T) from the right by itself.",
)
def _one_for_each_sentence(tgt_in):
    return causal_mask(tgt_in).expand(len(tgt_in), -1, -1)


@_one_for_each_sentence.variant
def _ready_for_heads(tgt_in):
    return causal_mask(tgt_in)[None, None]


@mistake(
    "one row for all positions",
    "You return a single row. Every position has a row of its own, since each sees one more than the one "
    "before it.",
)
def _one_row(tgt_in):
    return _ones(tgt_in)[-1]


EXERCISE = Exercise.from_task(TASK, causal_mask, CASES, mistakes_in(globals()))
