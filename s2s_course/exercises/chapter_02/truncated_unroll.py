"""Exercise 2.5: truncated backpropagation through time."""

import torch

from s2s_course.exercises.engine.exercise import Case, Exercise, Task
from s2s_course.exercises.engine.misconception import mistake, mistakes_in
from s2s_course.seeds import torch_generator

TASK = Task(
    id="2.5",
    title="Fix a detached hidden state",
    goal="Unroll an RNN so that every state is carried on to the next step, but the gradient is cut in "
    "front of each chunk except the first.",
    points=2,
    difficulty="medium",
    minutes=10,
    outputs=("states",),
    hints=(
        "`hidden.detach()` has the same numbers, but no gradient goes back through it. In front of which "
        "steps is it wanted? Write down t for S = 6 and chunk = 3.",
        "Only the way back is cut; the numbers stay. So one line in front of the step is all that differs "
        "from an ordinary loop. It must act at t = chunk, 2 chunk and so on, and not at t = 0: the first "
        "chunk sends its gradient on to the state before it.",
        "Loop over t and start with `if t > 0 and t % chunk == 0: hidden = hidden.detach()`. Then make the "
        "step as always, and collect the states without detaching them.",
    ),
)


def truncated_unroll(
    inputs: torch.Tensor,
    hidden: torch.Tensor,
    W: torch.Tensor,
    U: torch.Tensor,
    b: torch.Tensor,
    chunk: int,
) -> torch.Tensor:
    """All states of a plain RNN whose gradient goes back to the start of a chunk only.

    inputs:  (B, S, E)
    hidden:  (B, H), the state before the first step; gradient flows back into it from
             the first chunk
    W, U, b: (H, E), (H, H) and (H,)
    chunk:   number of steps in a chunk; the last one may be shorter
    returns: (B, S, H), the same numbers as without chunks
    """
    states = []
    for t in range(inputs.shape[1]):
        if t > 0 and t % chunk == 0:
            hidden = hidden.detach()
        hidden = torch.tanh(inputs[:, t] @ W.T + hidden @ U.T + b)
        states.append(hidden)
    return torch.stack(states, dim=1)


def _case(name: str, S: int, chunk: int, B: int, E: int, H: int) -> Case:
    def make(seed: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor, int]:
        generator = torch_generator(seed)
        shapes = ((B, S, E), (B, H), (H, E), (H, H), (H,))
        inputs, before, W, U, b = (torch.randn(shape, generator=generator) for shape in shapes)
        # Half the weights keep tanh from saturating, so that a gradient that should be cut is seen.
        return inputs, torch.tanh(before), W / 2, U / 2, b / 2, chunk

    return Case(name, make)


CASES = (
    _case("two chunks of three steps", 6, 3, 2, 2, 3),
    _case("a last chunk that is shorter", 7, 2, 3, 4, 2),
    _case("chunks of a single step", 4, 1, 5, 3, 5),
    _case("one chunk for all steps", 4, 5, 2, 5, 3),
    _case("a chunk as long as the sequence", 3, 3, 2, 2, 3),
)


def _unroll(inputs, hidden, W, U, b, *, carry):
    """States where ``carry(t, hidden)`` is what step t takes over from the step before."""
    states = []
    for t, x in enumerate(inputs.unbind(1)):
        hidden = torch.tanh(x @ W.T + carry(t, hidden) @ U.T + b)
        states.append(hidden)
    return torch.stack(states, 1)


def _cut(*arguments, where):
    """The gradient is cut in front of step t where ``where(t)``."""
    return _unroll(*arguments, carry=lambda t, h: h.detach() if where(t) else h)


def broken_unroll(inputs, hidden, W, U, b, chunk):
    """The right numbers, and yet the network cannot learn to remember."""
    states = []
    for t in range(inputs.shape[1]):
        hidden = hidden.detach()
        hidden = torch.tanh(inputs[:, t] @ W.T + hidden @ U.T + b)
        states.append(hidden)
    return torch.stack(states, dim=1)


_detached_at_every_step = mistake(
    "detached at every step",
    "Your states are right, but you detach at every step. No gradient ever goes back through time, so no "
    "step learns to store what a later one needs: the network has a memory and cannot learn what to put "
    "into it. Detach where a new chunk begins, and nowhere else.",
)(broken_unroll)


@_detached_at_every_step.variant
def _detached_after_every_step(inputs, hidden, W, U, b, chunk):
    return _cut(inputs, hidden, W, U, b, where=lambda t: t > 0)


@mistake(
    "state reset at a boundary",
    "You start each chunk from the state 0, so the network forgets everything there. Only the gradient is "
    "to be cut; the numbers of the state go on: `hidden.detach()` keeps them.",
)
def _reset(inputs, hidden, W, U, b, chunk):
    zeroed = {True: torch.zeros_like(hidden)}
    return _unroll(inputs, hidden, W, U, b, carry=lambda t, h: zeroed.get(t > 0 and t % chunk == 0, h))


@_reset.variant
def _reset_at_first_too(inputs, hidden, W, U, b, chunk):
    return _reset(inputs, torch.zeros_like(hidden), W, U, b, chunk)


@mistake(
    "chunks restart from the first state",
    "You start each chunk from the state that was given for the first one. A chunk goes on from the last "
    "state of the chunk before, detached.",
)
def _restarted_from_hidden(inputs, hidden, W, U, b, chunk):
    return _unroll(inputs, hidden, W, U, b, carry=lambda t, h: hidden if t % chunk == 0 else h)


@mistake(
    "never detached",
    "Your states are right, but the gradient is never cut between chunks: this is full backpropagation "
    "through time, and it needs memory for the whole sequence. If you call `hidden.detach()` at the "
    "boundary, keep what it returns: it leaves hidden as it was.",
)
def _never_detached(inputs, hidden, W, U, b, chunk):
    return _cut(inputs, hidden, W, U, b, where=lambda t: False)


@_never_detached.variant
def _only_hidden_detached(inputs, hidden, W, U, b, chunk):
    return _never_detached(inputs, hidden.detach(), W, U, b, chunk)


@mistake(
    "nothing is trained",
    "The states that you return carry no gradient at all, so nothing is trained. Detach the state that a "
    "new chunk takes over, not the states that you return.",
)
def _outputs_detached(inputs, hidden, W, U, b, chunk):
    return truncated_unroll(inputs, hidden, W, U, b, chunk).detach()


@mistake(
    "a returned state is detached",
    "At a boundary you detach a state that you also return, so a loss on it trains nothing. `detach_()` "
    "does so, because it changes the stored tensor too, and so does detaching after the step instead of "
    "before it. Take over `hidden.detach()` and leave the returned states as they are.",
)
def _detached_in_place(inputs, hidden, W, U, b, chunk):
    return _unroll(inputs, hidden, W, U, b, carry=lambda t, h: h.detach_() if t > 0 and t % chunk == 0 else h)


@_detached_in_place.variant
def _boundary_output_detached(inputs, hidden, W, U, b, chunk):
    states = truncated_unroll(inputs, hidden, W, U, b, chunk).unbind(1)
    return torch.stack([h.detach() if t > 0 and t % chunk == 0 else h for t, h in enumerate(states)], 1)


@mistake(
    "the first chunk is cut too",
    "Your cuts between chunks are right, but you also detach in front of the very first step (0 is a "
    "multiple of chunk). Then nothing flows back into hidden, and an encoder or an initial state that gave "
    "it would learn nothing.",
)
def _first_chunk_cut_too(inputs, hidden, W, U, b, chunk):
    return _cut(inputs, hidden, W, U, b, where=lambda t: t % chunk == 0)


@mistake(
    "cut one step late",
    "You cut one step too late: the first step of a chunk still sends its gradient into the chunk before. "
    "Counting from 0, a chunk starts where t is a multiple of chunk; detach before that step.",
)
def _one_step_late(inputs, hidden, W, U, b, chunk):
    return _cut(inputs, hidden, W, U, b, where=lambda t: t > 1 and t % chunk == 1 % chunk)


@_one_step_late.variant
def _one_step_late_also_at_first(inputs, hidden, W, U, b, chunk):
    return _cut(inputs, hidden, W, U, b, where=lambda t: t > 0 and t % chunk == 1 % chunk)


@mistake(
    "cut one step early",
    "You cut one step too early: the last step of each chunk learns nothing from the steps before it. "
    "Counting from 0, a chunk starts where t is a multiple of chunk; detach before that step.",
)
def _one_step_early(inputs, hidden, W, U, b, chunk):
    return _cut(inputs, hidden, W, U, b, where=lambda t: (t + 1) % chunk == 0)


@_one_step_early.variant
def _one_step_early_but_not_at_first(inputs, hidden, W, U, b, chunk):
    return _cut(inputs, hidden, W, U, b, where=lambda t: t > 0 and (t + 1) % chunk == 0)


@mistake(
    "chunks one step too long",
    "Your chunks are one step too long: each has chunk + 1 steps.",
)
def _chunk_one_step_longer(inputs, hidden, W, U, b, chunk):
    return truncated_unroll(inputs, hidden, W, U, b, chunk + 1)


@mistake(
    "only the first boundary is cut",
    "You cut the gradient once, after the first chunk. It must be cut in front of every chunk but the "
    "first: wherever t is a multiple of chunk.",
)
def _first_boundary_only(inputs, hidden, W, U, b, chunk):
    return _cut(inputs, hidden, W, U, b, where=lambda t: t == chunk)


@mistake(
    "chunk taken for the number of chunks",
    "You divide the sequence into as many chunks as chunk says. chunk is the number of steps in each.",
)
def _number_of_chunks(inputs, hidden, W, U, b, chunk):
    """Takes ``chunk`` for the number of chunks."""
    return truncated_unroll(inputs, hidden, W, U, b, -(-inputs.shape[1] // chunk))


EXERCISE = Exercise.from_task(TASK, truncated_unroll, CASES, mistakes_in(globals()))
