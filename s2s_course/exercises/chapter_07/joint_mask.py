"""Exercise 7.3: padding and the future, hidden by one mask."""

import torch

from s2s_course.exercises.engine.exercise import Case, Exercise, Task
from s2s_course.exercises.engine.misconception import mistake, mistakes_in
from s2s_course.seeds import python_random

TASK = Task(
    id="7.3",
    title="Padding and the future",
    goal="Make the one mask of a decoder's self-attention: no position attends to padding, and none to what "
    "comes after it. It has to fit scores of the shape (B, H, T, T).",
    points=2,
    difficulty="medium",
    minutes=10,
    outputs=("mask",),
    hints=(
        "Two masks, and both must say yes. The causal one is (T, T) and the same for all sentences. The "
        "other says of each *key* whether it is real: on which of the axes (B, H, T, T) do B and T of "
        "tgt_mask belong?",
        "Keys stand on the last axis. So the mask of padding keeps B in front and T at the end, and needs "
        "two axes of size 1 between them, for heads and for queries. The causal mask fits from the right as "
        "it is. A place is True where both of them are.",
        "`tgt_mask[:, None, None, :]` has the shape (B, 1, 1, T): the same for all heads and queries. Join "
        "it by `&` with `torch.ones(T, T, dtype=torch.bool).tril()`.",
    ),
)


def joint_mask(tgt_mask: torch.Tensor) -> torch.Tensor:
    """What each position of each target may attend to.

    tgt_mask: (B, T) bool, True = real token; the first of each row, <bos>, is real, and
              padding may stand anywhere behind it
    returns:  (B, 1, T, T) bool, True at [b, 0, t, u] = in sentence b position t may
              attend to position u: a real token that is not after t. The axis of size 1
              stands for all heads. Padding itself may look, as all positions.
    """
    T = tgt_mask.shape[1]
    causal = tgt_mask.new_ones(T, T).tril()
    return causal & tgt_mask[:, None, None, :]


def _case(name: str, B: int, T: int, *, gaps: bool, full: bool = False) -> Case:
    """At least one position of padding at the end; with ``gaps`` more of it, as word dropout makes it.

    With ``full`` the first sentence has no padding.
    """

    def make(seed: int) -> tuple[torch.Tensor]:
        random = python_random(seed)
        lengths = torch.tensor([random.randint(1, T - 1) for _ in range(B)])
        tgt_mask = torch.arange(T) < lengths.unsqueeze(1)
        if gaps:
            tgt_mask &= torch.tensor([[random.random() < 0.7 for _ in range(T)] for _ in range(B)])
            tgt_mask[:, 0] = True
        if full:
            tgt_mask[0] = True
        return (tgt_mask,)

    return Case(name, make)


CASES = (
    _case("three sentences, padded at the end", 3, 7, gaps=False),
    _case("a single sentence with gaps", 1, 13, gaps=True),
    _case("as many sentences as positions", 5, 5, gaps=True),
    _case("more sentences than positions, one of them without padding", 6, 4, gaps=True, full=True),
)


def _causal(tgt_mask):
    return tgt_mask.new_ones(tgt_mask.shape[1], tgt_mask.shape[1]).tril()


def _keys(tgt_mask):
    return tgt_mask[:, None, None, :]


def _queries(tgt_mask):
    return tgt_mask[:, None, :, None]


def _square(mask, tgt_mask):
    """``mask`` with every axis of full size."""
    B, T = tgt_mask.shape
    return mask.expand(B, 1, T, T)


@mistake(
    "or in place of and",
    "You joined the two masks with `|`: a position may be seen if it is real or in the past. So each "
    "position sees later words, and padding as soon as that lies behind it. True means may attend, and both "
    "must allow it.",
)
def _or(tgt_mask):
    return _causal(tgt_mask) | _keys(tgt_mask)


@mistake(
    "padding switches off queries",
    "Your padding lies along the rows. The words still attend to padding that stands before them, and the "
    "rows of padding are all False, so that their softmax is NaN. What must not be looked at are columns: "
    "the keys are on the last axis.",
)
def _rows_of_padding(tgt_mask):
    return _causal(tgt_mask) & _queries(tgt_mask)


@mistake(
    "padding switches off queries as well",
    "No one attends to padding, which is right; but you also forbid padding itself to look at anything. Its "
    "rows are all False, the softmax over nothing is NaN, and NaN spreads through the next layer. Leave "
    "these rows alone: the loss ignores what padding predicts.",
)
def _rows_and_columns(tgt_mask):
    return joint_mask(tgt_mask) & _queries(tgt_mask)


@mistake(
    "True means forbidden",
    "Your True says what is hidden. `nn.MultiheadAttention` wants it so, but in this course True means: may "
    "attend. A mask with the wrong meaning raises no error.",
)
def _true_is_forbidden(tgt_mask):
    return ~joint_mask(tgt_mask)


@mistake(
    "one of the two inverted",
    "One of your two masks is turned round, so that only padding may be seen, or only the future. tgt_mask "
    "is True at real tokens already, and the causal mask must be True at the past. Invert neither.",
)
def _padding_inverted(tgt_mask):
    return _causal(tgt_mask) & ~_keys(tgt_mask)


@_padding_inverted.variant
def _padding_or_future_forbidden(tgt_mask):
    return ~_causal(tgt_mask) | _keys(tgt_mask)


@_padding_inverted.variant
def _causal_inverted(tgt_mask):
    return ~_causal(tgt_mask) & _keys(tgt_mask)


@mistake(
    "head axis missing",
    "Your mask has the shape (B, T, T). Beside scores of (B, H, T, T) its B falls on the H, as shapes are "
    "matched from the right: an error, or, where B equals H, masks of other sentences. Put an axis of size "
    "1 behind the batch.",
)
def _no_head_axis(tgt_mask):
    return joint_mask(tgt_mask).squeeze(1)


@mistake(
    "head axis at a wrong place",
    "Your axis of size 1 is not where the heads are. Scores have the shape (B, H, T, T), so the 1 is "
    "second, behind the batch.",
)
def _head_axis_first(tgt_mask):
    return joint_mask(tgt_mask).transpose(0, 1)


@_head_axis_first.variant
def _head_axis_third(tgt_mask):
    return joint_mask(tgt_mask).transpose(1, 2)


@_head_axis_first.variant
def _head_axis_last(tgt_mask):
    return joint_mask(tgt_mask).squeeze(1).unsqueeze(-1)


@mistake(
    "causal mask forgotten",
    "You hide padding, but not the future. That is the mask of an encoder; a decoder would read the word "
    "that it has to predict.",
)
def _no_causal(tgt_mask):
    return _square(_keys(tgt_mask), tgt_mask)


@_no_causal.variant
def _no_causal_in_a_row(tgt_mask):
    return _keys(tgt_mask).clone()


@_no_causal.variant
def _no_causal_but_pairs(tgt_mask):
    return _keys(tgt_mask) & _queries(tgt_mask)


@mistake(
    "padding forgotten",
    "You hide the future, but not padding. Where all padding stands at the end no word would see it anyway, "
    "and nobody notices. But it may stand elsewhere, and a mask must hold then too.",
)
def _no_padding(tgt_mask):
    return _square(_causal(tgt_mask), tgt_mask)


@_no_padding.variant
def _no_padding_for_all(tgt_mask):
    return _causal(tgt_mask)[None, None]


@_no_padding.variant
def _no_padding_and_no_axes(tgt_mask):
    return _causal(tgt_mask)


@mistake(
    "one padding for all sentences",
    "You use the padding of one sentence for the whole batch. Each sentence keeps its own row of tgt_mask.",
)
def _first_for_all(tgt_mask):
    return _square(_causal(tgt_mask) & tgt_mask[0], tgt_mask)


@_first_for_all.variant
def _shortest_for_all(tgt_mask):
    return _square(_causal(tgt_mask) & tgt_mask.all(dim=0), tgt_mask)


@mistake(
    "causal mask off by one",
    "Your causal part is off by one. Without the diagonal the first position sees nothing, and its softmax "
    "is NaN; with one diagonal more each position sees the word that it has to predict. A row goes up to "
    "the diagonal, and it is included.",
)
def _not_even_itself(tgt_mask):
    return _causal(tgt_mask).tril(-1) & _keys(tgt_mask)


@_not_even_itself.variant
def _sees_the_next(tgt_mask):
    return tgt_mask.new_ones(_causal(tgt_mask).shape).tril(1) & _keys(tgt_mask)


@mistake(
    "causal mask transposed",
    "Your causal part lies on its other side: each position sees what comes after it. The row says who "
    "looks, the column what is looked at. Keep what is below the diagonal.",
)
def _transposed(tgt_mask):
    return _causal(tgt_mask).T & _keys(tgt_mask)


@mistake(
    "numbers in place of bool",
    "The pattern is right, but it is made of numbers: 1 and 0, or 0 and -inf. In this course a mask is "
    "bool, with True for what may be attended to.",
)
def _as_floats(tgt_mask):
    return joint_mask(tgt_mask).float()


@_as_floats.variant
def _to_be_added(tgt_mask):
    return torch.zeros(_no_causal(tgt_mask).shape).masked_fill(~joint_mask(tgt_mask), float("-inf"))


@mistake(
    "padded queries see everything",
    "In the rows of padding you allow everything, perhaps so that no softmax has nothing to sum over. None "
    "has: the first token is real, and every row sees it. Padding that looks into the future does no harm "
    "to the words, but asked for is one rule for all rows.",
)
def _padded_rows_see_everything(tgt_mask):
    return joint_mask(tgt_mask) | ~_queries(tgt_mask)


@_padded_rows_see_everything.variant
def _padded_rows_see_all_words(tgt_mask):
    return joint_mask(tgt_mask) | (~_queries(tgt_mask) & _keys(tgt_mask))


@_padded_rows_see_everything.variant
def _padded_rows_see_themselves(tgt_mask):
    T = tgt_mask.shape[1]
    return joint_mask(tgt_mask) | torch.eye(T, dtype=torch.bool)


@_padded_rows_see_everything.variant
def _padded_rows_see_all_before(tgt_mask):
    return _causal(tgt_mask) & (_keys(tgt_mask) | ~_queries(tgt_mask))


EXERCISE = Exercise.from_task(TASK, joint_mask, CASES, mistakes_in(globals()))
