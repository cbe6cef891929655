"""Exercise 3.1: one step of the LSTM."""

import itertools

import torch

from s2s_course.exercises.engine.exercise import Case, Exercise, Task
from s2s_course.exercises.engine.misconception import mistake, mistakes_in
from s2s_course.seeds import torch_generator

TASK = Task(
    id="3.1",
    title="One step of the LSTM",
    goal="Compute the new hidden state and the new cell state of an LSTM from one input and the states "
    "before it.",
    points=2,
    difficulty="medium",
    minutes=10,
    outputs=("hidden", "cell"),
    hints=(
        "All four blocks read the same two things. Compute `inputs @ W.T + hidden @ U.T + b`, of shape "
        "(B, 4H), once, and cut it into four pieces of shape (B, H).",
        "The order of the blocks says which piece is which: i, f, g, o. Three of them are gates and must lie "
        "between 0 and 1; one is what could be written, between -1 and 1. The new cell state has one term "
        "that keeps and one that writes, and what is shown is made from the new cell state, not from the old "
        "one.",
        "`i, f, g, o = sums.chunk(4, dim=1)`. Three of them take `sigmoid()`, the candidate g takes "
        "`tanh()`. Then the new cell state is `f * cell + i * g`, and hidden is `o * cell.tanh()` with the "
        "new cell.",
    ),
)


def lstm_step(
    inputs: torch.Tensor,
    hidden: torch.Tensor,
    cell: torch.Tensor,
    W: torch.Tensor,
    U: torch.Tensor,
    b: torch.Tensor,
) -> tuple[torch.Tensor, torch.Tensor]:
    """One step of an LSTM: the new hidden state and the new cell state.

    inputs:  (B, E) the inputs of this step
    hidden:  (B, H) the hidden states after the step before
    cell:    (B, H) the cell states after the step before
    W:       (4H, E) input weights, H rows each for i, f, g, o in this order
    U:       (4H, H) recurrent weights, rows in the same order
    b:       (4H,) bias, in the same order
    returns: hidden and cell after this step, both (B, H)
    """
    i, f, g, o = (inputs @ W.T + hidden @ U.T + b).chunk(4, dim=1)  # each (B, H)
    cell = f.sigmoid() * cell + i.sigmoid() * g.tanh()
    hidden = o.sigmoid() * cell.tanh()
    return hidden, cell


def _case(name: str, B: int, E: int, H: int, *, scale: float = 1.0) -> Case:
    """Standard normal numbers; ``scale`` multiplies the cell state."""

    def make(seed: int) -> tuple[torch.Tensor, ...]:
        generator = torch_generator(seed)
        shapes = (B, E), (B, H), (B, H), (4 * H, E), (4 * H, H), (4 * H,)
        inputs, hidden, cell, W, U, b = (torch.randn(shape, generator=generator) for shape in shapes)
        return inputs, hidden.tanh(), scale * cell, W, U, b

    return Case(name, make)


CASES = (
    _case("two sequences, three inputs and two units", 2, 3, 2),
    _case("a single sequence", 1, 2, 3),
    _case("as many inputs as units", 3, 4, 4),
    _case("a cell state far from 0", 5, 2, 3, scale=4.0),
)


def _sums(inputs, hidden, W, U, b):
    return (inputs @ W.T + hidden @ U.T + b).chunk(4, dim=1)


def _gates(inputs, hidden, W, U, b):
    i, f, g, o = _sums(inputs, hidden, W, U, b)
    return i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()


def _update(i, f, g, o, cell):
    cell = f * cell + i * g
    return o * cell.tanh(), cell


@mistake(
    "no tanh of the cell state",
    "Your hidden is the output gate times the cell state itself. The cell state may grow without bound as "
    "it adds up candidates, and then so does hidden; it must be `o * cell.tanh()`, which stays between -1 "
    "and 1.",
)
def _no_tanh_of_the_cell(inputs, hidden, cell, W, U, b):
    i, f, g, o = _gates(inputs, hidden, W, U, b)
    cell = f * cell + i * g
    return o * cell, cell


@mistake(
    "input gate and forget gate exchanged",
    "You have exchanged the input gate and the forget gate: the old cell state is multiplied by i and the "
    "candidate by f. The forget gate f says how much of the old cell state stays, the input gate i how much "
    "of the candidate comes in. The rows are in the order i, f, g, o.",
)
def _input_and_forget_exchanged(inputs, hidden, cell, W, U, b):
    i, f, g, o = _gates(inputs, hidden, W, U, b)
    return _update(f, i, g, o, cell)


@mistake(
    "candidate and output gate exchanged",
    "You read the rows in the order i, f, o, g. Torch keeps them in the order i, f, g, o, so your candidate "
    "is made from the weights of the output gate and the other way round. Other programs and papers have "
    "other orders: look it up whenever you copy weights.",
)
def _candidate_and_output_exchanged(inputs, hidden, cell, W, U, b):
    i, f, o, g = _sums(inputs, hidden, W, U, b)
    return _update(i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid(), cell)


def _in_order(names):
    """An LSTM that reads its blocks in the order of ``names``."""

    def wrong(inputs, hidden, cell, W, U, b):
        blocks = dict(zip(names, _sums(inputs, hidden, W, U, b), strict=True))
        i, f, g, o = (blocks[name] for name in "ifgo")
        return _update(i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid(), cell)

    return wrong


_another_order = mistake(
    "gates in another order",
    "Your four blocks are the right ones in another order. Here, as in torch, the rows of W, U and b are in "
    "the order i, f, g, o: input gate, forget gate, candidate, output gate. Papers list them as i, f, o, g "
    "or f, i, o, g, and TensorFlow keeps i, g, f, o.",
)(_in_order("igfo"))
for _names in itertools.permutations("ifgo"):
    if "".join(_names) not in ("ifgo", "ifog", "figo", "igfo"):  # the right one, and those named by now
        _another_order.variant(_in_order(_names))


@mistake(
    "rows dealt out one by one",
    "You deal out the rows to the gates in turn, every fourth one to the same gate. They lie in four "
    "blocks: the first H rows are all of i, the next H all of f. `chunk(4, dim=1)` of the sums cuts them so.",
)
def _rows_dealt_out(inputs, hidden, cell, W, U, b):
    W, U, b = (torch.cat([rows[k::4] for k in range(4)]) for rows in (W, U, b))
    return lstm_step(inputs, hidden, cell, W, U, b)


@mistake(
    "candidate with a sigmoid",
    "Your candidate g goes through a sigmoid, like the gates. It is not a gate, but what is to be stored. "
    "With a sigmoid it is never negative, and the cell state could only be raised. It needs tanh.",
)
def _candidate_with_sigmoid(inputs, hidden, cell, W, U, b):
    i, f, g, o = (x.sigmoid() for x in _sums(inputs, hidden, W, U, b))
    return _update(i, f, g, o, cell)


@mistake(
    "gates with a tanh",
    "Your gates go through tanh, so they may be negative: such a forget gate flips the sign of the memory. "
    "A gate says how much passes, from 0 to 1, and that is the sigmoid. Only the candidate g takes tanh.",
)
def _gates_with_tanh(inputs, hidden, cell, W, U, b):
    i, f, g, o = (x.tanh() for x in _sums(inputs, hidden, W, U, b))
    return _update(i, f, g, o, cell)


@mistake(
    "gates without a sigmoid",
    "You multiply by the sums of the gates without a sigmoid. They are numbers of any size: a forget gate "
    "above 1 would let the memory grow from step to step. The sigmoid makes them lie between 0 and 1.",
)
def _gates_without_sigmoid(inputs, hidden, cell, W, U, b):
    i, f, g, o = _sums(inputs, hidden, W, U, b)
    return _update(i, f, g.tanh(), o, cell)


@mistake(
    "candidate without a tanh",
    "Your candidate g is the sum without tanh, so one large input can flood the cell state. tanh keeps what "
    "is added in one step between -1 and 1.",
)
def _candidate_without_tanh(inputs, hidden, cell, W, U, b):
    i, f, g, o = _sums(inputs, hidden, W, U, b)
    return _update(i.sigmoid(), f.sigmoid(), g, o.sigmoid(), cell)


@mistake(
    "cell state overwritten",
    "Your new cell state is i * g alone, and the old one is lost. Without `f * cell` there is no memory "
    "across steps, and no short way back for the gradient either.",
)
def _cell_overwritten(inputs, hidden, cell, W, U, b):
    i, _, g, o = _gates(inputs, hidden, W, U, b)
    return _update(i, 0, g, o, cell)


@mistake(
    "nothing is forgotten",
    "You add to the old cell state without the forget gate. So it was in the first LSTM of 1997; but then "
    "nothing old can be dropped, and the cell state grows with the sequence. It must be `f * cell + i * g`.",
)
def _nothing_forgotten(inputs, hidden, cell, W, U, b):
    i, _, g, o = _gates(inputs, hidden, W, U, b)
    return _update(i, 1, g, o, cell)


@mistake(
    "forget gate on the sum",
    "You add the candidate first and multiply the sum by the forget gate. Then a closed forget gate also "
    "throws away what has just come in. Only the old cell state is multiplied by f.",
)
def _forget_gate_on_the_sum(inputs, hidden, cell, W, U, b):
    i, f, g, o = _gates(inputs, hidden, W, U, b)
    return _update(f * i, f, g, o, cell)


@mistake(
    "hidden from the old cell state",
    "Your hidden is made from the cell state of the step before, so this step's input is seen one step "
    "late. Compute the new cell state first, then hidden from it.",
)
def _hidden_from_the_old_cell(inputs, hidden, cell, W, U, b):
    i, f, g, o = _gates(inputs, hidden, W, U, b)
    return o * cell.tanh(), f * cell + i * g


@mistake(
    "cell state squashed",
    "You put tanh around the whole new cell state. The cell state itself is a plain sum: a tanh at every "
    "step shrinks the memory and its gradient again and again, as in the plain RNN. tanh stands around the "
    "candidate, and around the cell state only where hidden is made.",
)
def _cell_squashed(inputs, hidden, cell, W, U, b):
    i, f, g, o = _gates(inputs, hidden, W, U, b)
    cell = (f * cell + i * g).tanh()
    return o * cell, cell


@_cell_squashed.variant
def _cell_squashed_twice(inputs, hidden, cell, W, U, b):
    i, f, g, o = _gates(inputs, hidden, W, U, b)
    cell = (f * cell + i * g).tanh()
    return o * cell.tanh(), cell


@mistake(
    "gates read the cell state",
    "You multiply U by the cell state. The gates and the candidate read the input and the hidden state; the "
    "cell state is only multiplied and added to.",
)
def _gates_read_the_cell(inputs, hidden, cell, W, U, b):
    return lstm_step(inputs, cell, cell, W, U, b)


@mistake(
    "no bias",
    "You leave out the bias b. It is added to all four sums; with the forget gate's part of it one decides "
    "how much an untrained network remembers.",
)
def _no_bias(inputs, hidden, cell, W, U, b):
    return lstm_step(inputs, hidden, cell, W, U, torch.zeros_like(b))


@mistake(
    "outputs exchanged",
    "You return cell first and hidden second. The order is hidden, cell.",
)
def _outputs_exchanged(inputs, hidden, cell, W, U, b):
    return lstm_step(inputs, hidden, cell, W, U, b)[::-1]


EXERCISE = Exercise.from_task(TASK, lstm_step, CASES, mistakes_in(globals()))
