"""The three recurrent cells, written out: one step in time.

A cell reads the input of one step and the state before it, and gives the state after it. A state is a
tuple whose first tensor is the hidden state h; an LSTM adds its cell state c. Letters: x input, h hidden
state (h' the one before), W the weights on the input, U the weights on the hidden state, b the biases.

Weights are stored as torch stores them: the blocks of all gates below one another, and two biases, one
with each matrix product. Except in the GRU's candidate one would do; with two, weights can be copied.
"""

import math
from abc import ABC, abstractmethod
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn

from s2s_course.checks import check_one_of

State = tuple[Tensor, ...]


class CellWeights(NamedTuple):
    """The parameters of one cell; ``G`` is its number of blocks, 1 (RNN), 4 (LSTM) or 3 (GRU)."""

    W: Float[Tensor, "G*H E"]
    U: Float[Tensor, "G*H H"]
    b_input: Float[Tensor, "G*H"]
    b_hidden: Float[Tensor, "G*H"]


class Cell(nn.Module, ABC):
    """What the three cells have in common. Weights are drawn as torch draws them."""

    blocks: int
    state_names: tuple[str, ...] = ("hidden",)

    def __init__(self, *, input_size: int, hidden_size: int):
        super().__init__()
        self.input_size, self.hidden_size = input_size, hidden_size
        self.from_input = nn.Linear(input_size, self.blocks * hidden_size)  # W x + b_input
        self.from_hidden = nn.Linear(hidden_size, self.blocks * hidden_size)  # U h' + b_hidden
        for parameter in self.parameters():
            nn.init.uniform_(parameter, -1 / math.sqrt(hidden_size), 1 / math.sqrt(hidden_size))

    @property
    def weights(self) -> CellWeights:
        return CellWeights(
            self.from_input.weight, self.from_hidden.weight, self.from_input.bias, self.from_hidden.bias
        )

    @abstractmethod
    def gates(self, inputs: Float[Tensor, "B E"], hidden: Float[Tensor, "B H"]) -> dict[str, Tensor]:
        """Everything that the step computes on the way to its new state, by name, each (B, H)."""

    @abstractmethod
    def forward(self, inputs: Float[Tensor, "B E"], state: State) -> State:
        """The state after the step."""


class RNNCell(Cell):
    """The plain recurrent cell of Elman (1990), with tanh: h = tanh(W x + U h' + b)."""

    blocks = 1

    def gates(self, inputs: Float[Tensor, "B E"], hidden: Float[Tensor, "B H"]) -> dict[str, Tensor]:
        return {}

    def forward(self, inputs: Float[Tensor, "B E"], state: State) -> State:
        (hidden,) = state
        return (torch.tanh(self.from_input(inputs) + self.from_hidden(hidden)),)


class LSTMCell(Cell):
    """Long short-term memory (Hochreiter and Schmidhuber 1997) with the forget gate of Gers et al. (2000).

    i, f, o = sigmoid(W x + U h' + b) each with its own block, g = tanh(W x + U h' + b);
    c = f · c' + i · g, and h = o · tanh(c). Blocks are stored in the order i, f, g, o.
    """

    blocks = 4
    state_names = ("hidden", "cell")

    def gates(self, inputs: Float[Tensor, "B E"], hidden: Float[Tensor, "B H"]) -> dict[str, Tensor]:
        i, f, g, o = (self.from_input(inputs) + self.from_hidden(hidden)).chunk(4, dim=-1)
        return {"input": i.sigmoid(), "forget": f.sigmoid(), "candidate": g.tanh(), "output": o.sigmoid()}

    def forward(self, inputs: Float[Tensor, "B E"], state: State) -> State:
        hidden, cell = state
        i, f, g, o = self.gates(inputs, hidden).values()
        cell = f * cell + i * g
        return o * torch.tanh(cell), cell


class GRUCell(Cell):
    """The gated recurrent unit (Cho et al. 2014, section 2.3), in the form that torch and cuDNN compute.

    r, z = sigmoid(W x + U h' + b) each with its own block, n = tanh(W x + b + r · (U h' + b));
    h = (1 − z) · n + z · h'. In the paper r multiplies h' before U does; here it multiplies after, so that
    one matrix product serves all three blocks. Blocks are stored in the order r, z, n.
    """

    blocks = 3

    def gates(self, inputs: Float[Tensor, "B E"], hidden: Float[Tensor, "B H"]) -> dict[str, Tensor]:
        r_input, z_input, n_input = self.from_input(inputs).chunk(3, dim=-1)
        r_hidden, z_hidden, n_hidden = self.from_hidden(hidden).chunk(3, dim=-1)
        reset = torch.sigmoid(r_input + r_hidden)
        return {
            "reset": reset,
            "update": torch.sigmoid(z_input + z_hidden),
            "candidate": torch.tanh(n_input + reset * n_hidden),
            "candidate_from_input": n_input,
            "candidate_from_hidden": n_hidden,
        }

    def forward(self, inputs: Float[Tensor, "B E"], state: State) -> State:
        (hidden,) = state
        _, z, n, *_ = self.gates(inputs, hidden).values()
        return ((1 - z) * n + z * hidden,)


CELLS: dict[str, type[Cell]] = {"rnn": RNNCell, "lstm": LSTMCell, "gru": GRUCell}


def find_cell(name: str) -> type[Cell]:
    """The cell called ``rnn``, ``lstm`` or ``gru``."""
    check_one_of(CELLS, cell=name)
    return CELLS[name]
