"""Exercise 2.2: an RNN over a padded batch."""

import torch

from s2s_course.exercises.engine.exercise import Case, Exercise, Task
from s2s_course.exercises.engine.misconception import mistake, mistakes_in
from s2s_course.seeds import torch_generator

TASK = Task(
    id="2.2",
    title="Mask a padded step",
    goal="Run a plain RNN over a padded batch so that padding changes nothing: at padding the states are "
    "0, and every row ends with the state after its last real token.",
    points=2,
    difficulty="medium",
    minutes=15,
    outputs=("states", "last"),
    hints=(
        "Loop over the S steps. At each step compute the new state for all rows first. Then ask, for each "
        "row: which state goes on to the next step, and which one is stored?",
        "Keep two things apart: the state that is carried on, and the states that are given back. Where a "
        "row is padded, the carried state stays the old one, and the one given back is 0. A column of the "
        "mask, made (B, 1), decides for all H numbers of a row at once.",
        "With `real = mask[:, t].unsqueeze(1)`, `torch.where(real, new, old)` goes on, and "
        "`torch.where(real, new, 0.0)` is stored. After the loop the state that went on is last.",
    ),
)


def rnn_over_time(
    inputs: torch.Tensor,
    mask: torch.Tensor,
    W: torch.Tensor,
    U: torch.Tensor,
    b: torch.Tensor,
):
    """All states of a plain RNN that starts at 0 and ignores padding.

    inputs:  (B, S, E); what stands at padding is arbitrary, and may even be NaN
    mask:    (B, S) bool, True = real token; in each row the real tokens come first,
             and there is at least one
    W, U, b: (H, E), (H, H) and (H,)
    returns: states (B, S, H), exactly 0 at padding, and last (B, H), the state after
             the last real token of each row
    """
    inputs = inputs.masked_fill(~mask.unsqueeze(2), 0.0)  # NaN times 0 would be NaN
    last = inputs.new_zeros(inputs.shape[0], U.shape[0])
    states = []
    for t in range(inputs.shape[1]):
        real = mask[:, t].unsqueeze(1)  # (B, 1)
        hidden = torch.tanh(inputs[:, t] @ W.T + last @ U.T + b)  # (B, H)
        last = torch.where(real, hidden, last)
        states.append(hidden * real)
    return torch.stack(states, dim=1), last


def _case(name: str, lengths: tuple[int, ...], S: int, E: int, H: int, *, nan: bool = False) -> Case:
    """Rows of ``lengths`` real steps, padded to ``S`` with numbers like any other, or with NaN."""

    def make(seed: int) -> tuple[torch.Tensor, ...]:
        generator = torch_generator(seed)
        inputs = torch.randn(len(lengths), S, E, generator=generator)
        mask = torch.arange(S) < torch.tensor(lengths).unsqueeze(1)
        weights = (torch.randn(shape, generator=generator) for shape in ((H, E), (H, H), (H,)))
        if nan:
            inputs[~mask] = float("nan")
        return inputs, mask, *weights

    return Case(name, make, gradient=not nan)


CASES = (
    _case("a padded row below a longer one", (3, 1), 3, 2, 2),
    _case("rows of different length", (2, 5, 1, 4), 5, 3, 4),
    _case("padding behind all rows", (2, 1), 4, 3, 2),
    _case("no padding at all", (3, 3), 3, 2, 5),
    _case("NaN at padding", (3, 1, 2, 2, 1), 3, 4, 2, nan=True),
)


def _unmasked(inputs, mask, W, U, b):
    """The states of an RNN that knows no padding."""
    hidden, states = inputs.new_zeros(len(inputs), len(U)), []
    for x in inputs.unbind(1):
        hidden = torch.tanh(x @ W.T + hidden @ U.T + b)
        states.append(hidden)
    return torch.stack(states, 1)


@mistake(
    "no mask",
    "You do not use the mask. The network goes on reading padding, so the last state of a short row depends "
    "on how far the batch was padded.",
)
def _no_mask(inputs, mask, W, U, b):
    states = _unmasked(inputs, mask, W, U, b)
    return states, states[:, -1]


@mistake(
    "last runs on over padding",
    "Your states are right, but last went on over the padding: you mask what is stored, not the recurrence. "
    "At a padded step the running state must stay as it was.",
)
def _last_runs_on(inputs, mask, W, U, b):
    states = _unmasked(inputs, mask, W, U, b)
    return states * mask.unsqueeze(2), states[:, -1]


@mistake(
    "last is 0 in padded rows",
    "Your states are right, but last is 0 in every padded row. Either you take the last column of states, "
    "which is padding there, or you set the running state to 0 at padding, which forgets the sentence. A "
    "padded step must keep the state: `torch.where(real, new, old)`.",
)
def _last_column(inputs, mask, W, U, b):
    states, _ = rnn_over_time(inputs, mask, W, U, b)
    return states, states[:, -1]


@_last_column.variant
def _state_zeroed(inputs, mask, W, U, b):
    hidden, states = inputs.new_zeros(len(inputs), len(U)), []
    for x, real in zip(inputs.unbind(1), mask.unbind(1), strict=True):
        hidden = torch.tanh(x @ W.T + hidden @ U.T + b) * real.unsqueeze(1)
        states.append(hidden)
    return torch.stack(states, 1), hidden


@mistake(
    "last is taken one step too late",
    "Your states are right, but last is one step too late: it has read one step of padding. Counting from "
    "0, the last of n real tokens is at n - 1.",
)
def _one_too_late(inputs, mask, W, U, b):
    """Takes the state at ``length``, which has read one padded step; in a full row there is none."""
    states = _unmasked(inputs, mask, W, U, b)
    index = mask.sum(1).clamp(max=states.shape[1] - 1)
    return states * mask.unsqueeze(2), states[torch.arange(len(states)), index]


@mistake(
    "last is taken one step too early",
    "Your states are right, but last is one step too early: it has not yet seen the last real token. "
    "Counting from 0, the last of n real tokens is at n - 1.",
)
def _one_too_early(inputs, mask, W, U, b):
    """Takes the state at ``length - 2``, and in a row of one token the last column."""
    states, _ = rnn_over_time(inputs, mask, W, U, b)
    return states, states[torch.arange(len(states)), mask.sum(1) - 2]


@mistake(
    "last is the mean of the states",
    "Your last is the mean of the real states. That is a pooling that classifiers may use; asked for is the "
    "one state after the last real token.",
)
def _mean_of_states(inputs, mask, W, U, b):
    states, _ = rnn_over_time(inputs, mask, W, U, b)
    return states, states.sum(1) / mask.sum(1, keepdim=True)


@mistake(
    "mask inverted",
    "You step over the padding and keep the state at real tokens. In this course True means a real token.",
)
def _mask_inverted(inputs, mask, W, U, b):
    return rnn_over_time(inputs, ~mask, W, U, b)


@mistake(
    "states keep the old value at padding",
    "Your last is right, but at padding your states repeat it. Whoever adds up or averages the states would "
    "count it again and again. Write 0 there.",
)
def _states_keep_the_old_value(inputs, mask, W, U, b):
    states, last = rnn_over_time(inputs, mask, W, U, b)
    return torch.where(mask.unsqueeze(2), states, last.unsqueeze(1)), last


@mistake(
    "states are not 0 at padding",
    "Your last is right, but at padding your states hold what the network made of meaningless inputs. Write "
    "0 there, so that nothing can read them by mistake.",
)
def _states_run_on(inputs, mask, W, U, b):
    return _unmasked(inputs, mask, W, U, b), rnn_over_time(inputs, mask, W, U, b)[1]


@_states_run_on.variant
def _states_restart_from_last(inputs, mask, W, U, b):
    states, last = rnn_over_time(inputs, mask, W, U, b)
    step = torch.tanh(inputs @ W.T + (last @ U.T).unsqueeze(1) + b)
    return torch.where(mask.unsqueeze(2), states, step), last


@mistake(
    "only the inputs are masked",
    "You set the inputs to 0 at padding. That does not stop the recurrence: tanh(U h' + b) still changes "
    "the state at every padded step. Mask the state, not the input.",
)
def _inputs_masked(inputs, mask, W, U, b):
    return _no_mask(inputs * mask.unsqueeze(2), mask, W, U, b)


@_inputs_masked.variant
def _inputs_masked_and_states_too(inputs, mask, W, U, b):
    return _last_runs_on(inputs * mask.unsqueeze(2), mask, W, U, b)


@mistake(
    "the state is not carried on",
    "Every step of yours starts from the state 0 again, so nothing is remembered. The state of one step is "
    "the old state of the next.",
)
def _not_carried_on(inputs, mask, W, U, b):
    return rnn_over_time(inputs, mask, W, torch.zeros_like(U), b)


@mistake(
    "padding multiplied by 0",
    "You multiply what belongs to padding by 0 or by the mask. NaN times 0 is NaN, and it spreads. A product "
    "does not choose: `torch.where(real, new, old)` does, and so does `masked_fill`.",
)
def _multiplied(inputs, mask, W, U, b):
    hidden, states, real = inputs.new_zeros(len(inputs), len(U)), [], mask.to(inputs)
    for t, x in enumerate(inputs.unbind(1)):
        keep = real[:, t, None]
        hidden = keep * torch.tanh(x @ W.T + hidden @ U.T + b) + (1 - keep) * hidden
        states.append(keep * hidden)
    return torch.stack(states, 1), hidden


@_multiplied.variant
def _stored_states_multiplied(inputs, mask, W, U, b):
    _, last = rnn_over_time(inputs, mask, W, U, b)
    hidden, states = inputs.new_zeros(len(inputs), len(U)), []
    for t, x in enumerate(inputs.unbind(1)):
        new = torch.tanh(x @ W.T + hidden @ U.T + b)
        hidden = torch.where(mask[:, t, None], new, hidden)
        states.append(new * mask[:, t, None])
    return torch.stack(states, 1), last


EXERCISE = Exercise.from_task(TASK, rnn_over_time, CASES, mistakes_in(globals()), exact_zeros=True)
