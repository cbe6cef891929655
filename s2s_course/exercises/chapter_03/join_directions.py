"""Exercise 3.6: the two directions of a bidirectional network, side by side."""

import torch

from s2s_course.exercises.engine.exercise import Case, Exercise, Task
from s2s_course.exercises.engine.misconception import mistake, mistakes_in
from s2s_course.seeds import torch_generator

TASK = Task(
    id="3.6",
    title="Joining two directions",
    goal="Put the states of both directions of a bidirectional network at the position of their token and "
    "join them, with zeros at padding.",
    points=2,
    difficulty="medium",
    minutes=15,
    outputs=("joined",),
    hints=(
        "Do it on paper for a row of two real tokens and one of padding. At which step did the backward "
        "network read the first token, and at which the second?",
        "To turn the whole row over would bring padding to the front. For each row take only as many steps "
        "as it has real tokens, and turn these over: the last of them belongs to the first token. The "
        "forward states stay in their order, and what you never write stays 0.",
        "`mask.sum(dim=1)` gives the lengths. Begin with zeros of shape (B, S, 2H). For each row, copy "
        "`forward_states[row, :length]` into the first half and `backward_states[row, :length].flip(0)` "
        "into the second.",
    ),
)


def join_directions(
    forward_states: torch.Tensor,
    backward_states: torch.Tensor,
    mask: torch.Tensor,
) -> torch.Tensor:
    """What both directions know at each token.

    forward_states:  (B, S, H) the states of a network that read from left to right
    backward_states: (B, S, H) the states of a network that read the real tokens of each
                     row from the last to the first: step 0 belongs to the last of them
    mask:            (B, S) bool, True = real token; padding stands behind them, and
                     what the states hold there means nothing
    returns:         (B, S, 2H): at each real token its forward state, then its backward
                     state; exactly 0 at padding
    """
    B, S, H = forward_states.shape
    joined = forward_states.new_zeros(B, S, 2 * H)
    for row, length in enumerate(mask.sum(dim=1)):
        joined[row, :length, :H] = forward_states[row, :length]
        joined[row, :length, H:] = backward_states[row, :length].flip(0)
    return joined


def _case(name: str, lengths: tuple[int, ...], S: int, H: int) -> Case:
    """Rows of ``lengths``, padded to ``S``; the states at padding are not zero."""

    def make(seed: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        generator = torch_generator(seed)
        shape = (2, len(lengths), S, H)
        mask = torch.arange(S) < torch.tensor(lengths).unsqueeze(1)
        return *torch.randn(shape, generator=generator).tanh(), mask

    return Case(name, make)


CASES = (
    _case("a padded row below a longer one", (3, 2), 3, 2),
    _case("two rows of equal length", (4, 4), 4, 2),
    _case("rows of many lengths", (1, 5, 3, 4), 6, 3),
    _case("one unit in each direction", (2, 4), 5, 1),
    _case("more rows than steps", (1, 2, 2, 1, 3), 3, 6),
)


def _turned(states, mask):
    """Every row turned back at its real tokens, the padding left behind them."""
    states = states.clone()
    for row, length in enumerate(mask.sum(dim=1)):
        states[row, :length] = states[row, :length].flip(0)
    return states


def _join(forward_states, backward_states, mask):
    joined = torch.cat([forward_states, backward_states], dim=-1)
    return joined.masked_fill(~mask.unsqueeze(-1), 0.0)


def _all(mask):
    return torch.ones_like(mask)


@mistake(
    "not turned back",
    "You join step t of one network with step t of the other. Step 0 of the backward network belongs to the "
    "last token, so the first token gets what was known at the last one. Turn the backward states round "
    "first.",
)
def _not_turned(forward_states, backward_states, mask):
    return _join(forward_states, backward_states, mask)


@_not_turned.variant
def _not_turned_not_zeroed(forward_states, backward_states, mask):
    return _join(forward_states, backward_states, _all(mask))


@mistake(
    "padded row flipped",
    "You flip the whole row, padding included. In a row of `length` real tokens out of S, each backward "
    "state lands S - length places too far to the right, and padding comes first. Flip the real part of "
    "each row alone.",
)
def _padded_row_flipped(forward_states, backward_states, mask):
    return _join(forward_states, backward_states.flip(1), mask)


@_padded_row_flipped.variant
def _padded_row_flipped_not_zeroed(forward_states, backward_states, mask):
    return _join(forward_states, backward_states.flip(1), _all(mask))


@mistake(
    "forward states turned",
    "You have turned round the forward states. They are already in the order of the tokens; the backward "
    "states are the ones to turn.",
)
def _forward_turned(forward_states, backward_states, mask):
    return _join(_turned(forward_states, mask), backward_states, mask)


@_forward_turned.variant
def _forward_turned_not_zeroed(forward_states, backward_states, mask):
    return _join(_turned(forward_states, mask), backward_states, _all(mask))


@_forward_turned.variant
def _both_turned(forward_states, backward_states, mask):
    return _join(_turned(forward_states, mask), _turned(backward_states, mask), mask)


@mistake(
    "summed, not joined",
    "You add the two states. That has H numbers in place of 2H, and the next layer cannot tell any more "
    "which direction knew what. Join them, `torch.cat([…], dim=-1)`.",
)
def _summed(forward_states, backward_states, mask):
    return (forward_states + _turned(backward_states, mask)) * mask.unsqueeze(-1)


@_summed.variant
def _summed_not_turned(forward_states, backward_states, mask):
    return (forward_states + backward_states) * mask.unsqueeze(-1)


@_summed.variant
def _summed_not_zeroed(forward_states, backward_states, mask):
    return forward_states + _turned(backward_states, mask)


@_summed.variant
def _summed_as_they_are(forward_states, backward_states, mask):
    return forward_states + backward_states


@mistake(
    "padding not zeroed",
    "At the real tokens you are right, but padding is not zero. What stands there was computed from padding "
    "and means nothing; whoever sums or averages over time would take it in.",
)
def _not_zeroed(forward_states, backward_states, mask):
    return _join(forward_states, _turned(backward_states, mask), _all(mask))


@_not_zeroed.variant
def _forward_not_zeroed(forward_states, backward_states, mask):
    backward_states = _turned(backward_states, mask) * mask.unsqueeze(-1)
    return _join(forward_states, backward_states, _all(mask))


@_not_zeroed.variant
def _backward_not_zeroed(forward_states, backward_states, mask):
    forward_states = forward_states * mask.unsqueeze(-1)
    return _join(forward_states, _turned(backward_states, mask), _all(mask))


@mistake(
    "mask inverted",
    "You keep the padding and set the real tokens to zero, or count padding as length. In mask True means a "
    "real token.",
)
def _mask_inverted(forward_states, backward_states, mask):
    return _join(forward_states, _turned(backward_states, mask), ~mask)


@_mask_inverted.variant
def _lengths_inverted(forward_states, backward_states, mask):
    lengths = (~mask).sum(dim=1, keepdim=True)
    return join_directions(forward_states, backward_states, torch.arange(mask.shape[1]) < lengths)


@mistake(
    "backward states first",
    "You put the backward state before the forward state. As in torch, the forward state comes first.",
)
def _backward_first(forward_states, backward_states, mask):
    return _join(_turned(backward_states, mask), forward_states, mask)


@mistake(
    "joined along time",
    "You put the directions one after the other along time, so that there are 2S steps. Each token must get "
    "both states side by side: join along the last axis, `dim=-1`.",
)
def _along_time(forward_states, backward_states, mask):
    zeroed = mask.unsqueeze(-1)
    return torch.cat([forward_states * zeroed, _turned(backward_states, mask) * zeroed], dim=1)


EXERCISE = Exercise.from_task(TASK, join_directions, CASES, mistakes_in(globals()), exact_zeros=True)
