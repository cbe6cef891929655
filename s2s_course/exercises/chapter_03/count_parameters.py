"""Exercise 3.3: how many parameters a recurrent network has."""

import torch

from s2s_course.exercises.engine.exercise import Case, Exercise, Task
from s2s_course.exercises.engine.misconception import mistake, mistakes_in
from s2s_course.seeds import python_random

TASK = Task(
    id="3.3",
    title="Counting parameters",
    goal="Compute from its sizes alone how many parameters a plain RNN, an LSTM or a GRU has, as torch "
    "counts them.",
    points=2,
    difficulty="medium",
    minutes=15,
    outputs=("count",),
    hints=(
        "Begin with one layer and one direction. How many rows do W and U have, one for each unit of each "
        "gate and of the candidate? And how many numbers stand in one row of W, of U, and of each bias?",
        "In one layer with one direction each unit of each block has a row: as many numbers as the layer "
        "reads, as many as the state has, and two biases. What does a layer above the first read if the "
        "layer below has one direction, and what if it has two? A loop over the layers adds them up.",
        "A layer with one direction has `blocks * H * (reads + H + 2)` parameters, with 1, 3 or 4 blocks. "
        "The first layer reads input_size; a layer above reads H for each direction of the layer below. "
        "Two directions double it. Return `torch.tensor(count)`.",
    ),
)


def count_parameters(
    cell: str,
    input_size: int,
    hidden_size: int,
    num_layers: int,
    bidirectional: bool,
) -> torch.Tensor:
    """The number of parameters of a recurrent network, as torch builds it.

    cell:          "rnn", "lstm" or "gru"
    input_size:    E, the size of what the first layer reads
    hidden_size:   H, for every layer and direction
    num_layers:    layers, one above the other
    bidirectional: two directions in every layer; the layer above reads both, joined
    returns:       a tensor of shape () (int64). Torch has two biases, one beside the
                   input weights and one beside the recurrent weights.
    """
    blocks = {"rnn": 1, "gru": 3, "lstm": 4}[cell]
    directions = 2 if bidirectional else 1
    count = 0
    for layer in range(num_layers):
        reads = input_size if layer == 0 else directions * hidden_size
        rows = blocks * hidden_size  # in the input weights, and in the recurrent ones
        count += directions * rows * (reads + hidden_size + 2)
    return torch.tensor(count)


def _case(cell: str, num_layers: int, bidirectional: bool) -> Case:
    """Random sizes; one direction of a layer is smaller than the input or larger, two are larger."""

    def make(seed: int) -> tuple[str, int, int, int, bool]:
        random = python_random(seed)
        hidden_size = random.randint(10, 250)
        other = random.randint(1, hidden_size - 1)
        input_size = other if num_layers == 2 else hidden_size + other
        return cell, input_size, hidden_size, num_layers, bidirectional

    layers = {1: "one layer", 2: "two layers", 3: "three layers"}[num_layers]
    return Case(f"{cell}, {layers}, {'both directions' if bidirectional else 'one direction'}", make)


CASES = tuple(
    _case(cell, num_layers, bidirectional)
    for bidirectional in (False, True)
    for num_layers in (1, 2, 3)
    for cell in ("rnn", "lstm", "gru")
)


def _rows(cell, hidden_size, num_layers, bidirectional):
    """Rows of all input weights together; the recurrent weights and each bias have as many."""
    return {"rnn": 1, "gru": 3, "lstm": 4}[cell] * hidden_size * num_layers * (2 if bidirectional else 1)


@mistake(
    "one bias",
    "You count one bias for each row. For the equations of the plain RNN and of the LSTM that is enough; "
    "but torch keeps two, `bias_ih` and `bias_hh`, and both count.",
)
def _one_bias(cell, input_size, hidden_size, num_layers, bidirectional):
    right = count_parameters(cell, input_size, hidden_size, num_layers, bidirectional)
    return right - _rows(cell, hidden_size, num_layers, bidirectional)


@mistake(
    "no bias",
    "You count the weights but no bias. Torch has two for each row, `bias_ih` and `bias_hh`.",
)
def _no_bias(cell, input_size, hidden_size, num_layers, bidirectional):
    right = count_parameters(cell, input_size, hidden_size, num_layers, bidirectional)
    return right - 2 * _rows(cell, hidden_size, num_layers, bidirectional)


@mistake(
    "biases of one block",
    "Your biases have H numbers. Every gate and the candidate has a bias of its own: 4H numbers in an LSTM, "
    "3H in a GRU, and two such biases in torch.",
)
def _biases_of_one_block(cell, input_size, hidden_size, num_layers, bidirectional):
    no_bias = _no_bias(cell, input_size, hidden_size, num_layers, bidirectional)
    return no_bias + 2 * _rows("rnn", hidden_size, num_layers, bidirectional)


@_biases_of_one_block.variant
def _bias_of_one_block(cell, input_size, hidden_size, num_layers, bidirectional):
    no_bias = _no_bias(cell, input_size, hidden_size, num_layers, bidirectional)
    return no_bias + _rows("rnn", hidden_size, num_layers, bidirectional)


@mistake(
    "no recurrent weights",
    "You count no recurrent weights. Each row reads the state of the step before too, which makes H more "
    "numbers for each row.",
)
def _no_recurrent_weights(cell, input_size, hidden_size, num_layers, bidirectional):
    right = count_parameters(cell, input_size, hidden_size, num_layers, bidirectional)
    return right - hidden_size * _rows(cell, hidden_size, num_layers, bidirectional)


@mistake(
    "only the gates",
    "You count three blocks for the LSTM or two for the GRU, so only the gates. The candidate has weights "
    "and biases of its own: four blocks in the LSTM (i, f, g, o), three in the GRU (r, z, n).",
)
def _only_the_gates(cell, input_size, hidden_size, num_layers, bidirectional):
    right = count_parameters(cell, input_size, hidden_size, num_layers, bidirectional)
    return right * {"rnn": 1, "gru": 2, "lstm": 3}[cell] // {"rnn": 1, "gru": 3, "lstm": 4}[cell]


@_only_the_gates.variant
def _only_the_gates_of_the_lstm(cell, input_size, hidden_size, num_layers, bidirectional):
    right = count_parameters(cell, input_size, hidden_size, num_layers, bidirectional)
    return right * 3 // 4 if cell == "lstm" else right


@_only_the_gates.variant
def _only_the_gates_of_the_gru(cell, input_size, hidden_size, num_layers, bidirectional):
    right = count_parameters(cell, input_size, hidden_size, num_layers, bidirectional)
    return right * 2 // 3 if cell == "gru" else right


@mistake(
    "one layer",
    "You count one layer, whatever num_layers is.",
)
def _one_layer(cell, input_size, hidden_size, num_layers, bidirectional):
    return count_parameters(cell, input_size, hidden_size, 1, bidirectional)


@mistake(
    "all layers read the input",
    "You multiply the first layer by num_layers, as if every layer read the input. Only the first one reads "
    "input_size numbers. A layer above reads the states of the layer below: H numbers, or 2H where that has "
    "two directions.",
)
def _all_layers_read_the_input(cell, input_size, hidden_size, num_layers, bidirectional):
    return num_layers * count_parameters(cell, input_size, hidden_size, 1, bidirectional)


@mistake(
    "upper layers read one direction",
    "In a bidirectional network your upper layers read H numbers. Each direction of an upper layer reads "
    "the states of both directions below, joined: 2H numbers.",
)
def _upper_layers_read_one_direction(cell, input_size, hidden_size, num_layers, bidirectional):
    one_direction = count_parameters(cell, input_size, hidden_size, num_layers, False)
    return one_direction * (2 if bidirectional else 1)


@mistake(
    "directions not counted",
    "You count one direction where there are two. Each direction of each layer is a network of its own, and "
    "they share nothing.",
)
def _directions_not_counted(cell, input_size, hidden_size, num_layers, bidirectional):
    right = count_parameters(cell, input_size, hidden_size, num_layers, bidirectional)
    return right // (2 if bidirectional else 1)


@_directions_not_counted.variant
def _bidirectional_ignored(cell, input_size, hidden_size, num_layers, bidirectional):
    return count_parameters(cell, input_size, hidden_size, num_layers, False)


EXERCISE = Exercise.from_task(TASK, count_parameters, CASES, mistakes_in(globals()))
