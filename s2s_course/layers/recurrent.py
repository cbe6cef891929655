"""Recurrent networks over padded batches: layers of cells, one or both directions, a loop over time."""

from abc import ABC, abstractmethod
from collections.abc import Iterator

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from s2s_course.checks import check_at_least
from s2s_course.layers.cells import Cell, CellWeights, State, find_cell


class RecurrentNetwork(nn.Module, ABC):
    """What the readable loop (``Recurrent``) and its fused twin (``FusedRecurrent``) have in common.

    ``L`` layers, each reading the outputs of the one below; with ``bidirectional`` every layer has two
    cells, one for each direction, whose outputs are joined. ``cells`` is L, or 2 L with both directions.
    Dropout falls on the outputs of every layer but the last.
    """

    def __init__(
        self,
        cell: str,
        *,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bidirectional: bool = False,
        dropout: float = 0.0,
    ):
        super().__init__()
        self.state_names = find_cell(cell).state_names
        check_at_least(1, input_size=input_size, hidden_size=hidden_size, num_layers=num_layers)
        self.cell, self.input_size, self.hidden_size = cell, input_size, hidden_size
        self.num_layers, self.bidirectional, self.dropout = num_layers, bidirectional, dropout
        self.directions = 2 if bidirectional else 1
        self.output_size = self.directions * hidden_size

    @abstractmethod
    def weights(self) -> Iterator[CellWeights]:
        """The parameters of each cell: layer by layer, left to right before right to left."""

    @abstractmethod
    def _run(
        self, inputs: Tensor, mask: Tensor | None, state: State | None, lengths: Tensor | None
    ) -> tuple[Tensor, State]:
        """``forward`` after its arguments have been checked."""

    def forward(
        self,
        inputs: Float[Tensor, "B S E"],
        mask: Bool[Tensor, "B S"] | None = None,
        state: State | None = None,
        lengths: Int[Tensor, " B"] | None = None,
    ) -> tuple[Float[Tensor, "B S D"], State]:
        """The top layer's hidden states, zero at padding, and every cell's state after its last real step.

        ``mask`` is True at real steps, which come first in each row; there is at least one. Without it all
        are real. Each tensor of a state is (B, cells, H); without ``state`` all begin at zero.
        ``lengths`` are ``lengths_of(mask)``: with them the fused twin need not ask the device.
        """
        if inputs.size(1) == 0:
            raise ValueError("inputs must have at least one step, got a sequence of length 0")
        if state is not None:
            self._check_state(state, inputs.size(0))
        return self._run(inputs, mask, state, lengths)

    def _check_state(self, state: State, batch_size: int) -> None:
        shape = (batch_size, self.num_layers * self.directions, self.hidden_size)
        if [tuple(part.shape) for part in state] != [shape] * len(self.state_names):
            got = ", ".join(str(tuple(part.shape)) for part in state)
            names = " and ".join(self.state_names)
            raise ValueError(f"state must hold {names} of shape (B, cells, H) = {shape}, got {got}")


class Recurrent(RecurrentNetwork):
    """The readable network: Python code walks through time, one call of a cell for each step."""

    def __init__(self, cell: str, **sizes):
        super().__init__(cell, **sizes)
        self.cells = nn.ModuleList(
            find_cell(cell)(input_size=size, hidden_size=self.hidden_size)
            for size in [self.input_size] + [self.output_size] * (self.num_layers - 1)
            for _ in range(self.directions)
        )
        self.between_layers = nn.Dropout(self.dropout)

    def weights(self) -> Iterator[CellWeights]:
        return (cell.weights for cell in self.cells)

    def _run(
        self, inputs: Tensor, mask: Tensor | None, state: State | None, lengths: Tensor | None
    ) -> tuple[Tensor, State]:
        if mask is None:
            mask = torch.ones(inputs.shape[:2], dtype=torch.bool, device=inputs.device)
        if state is None:
            zeros = inputs.new_zeros(inputs.size(0), len(self.cells), self.hidden_size)
            state = (zeros,) * len(self.state_names)
        last_states = []
        for layer in range(self.num_layers):
            if layer > 0:
                inputs = self.between_layers(inputs)
            outputs = []
            for direction in range(self.directions):
                k = layer * self.directions + direction
                first = tuple(part[:, k] for part in state)
                hidden, last = unroll(self.cells[k], inputs, mask, first, backwards=direction == 1)
                outputs.append(hidden)
                last_states.append(last)
            inputs = torch.cat(outputs, dim=-1)
        return inputs, tuple(torch.stack(parts, dim=1) for parts in zip(*last_states, strict=True))


def unroll(
    cell: Cell,
    inputs: Float[Tensor, "B S E"],
    mask: Bool[Tensor, "B S"],
    state: State,
    *,
    backwards: bool = False,
) -> tuple[Float[Tensor, "B S H"], State]:
    """Read ``inputs`` step by step: the hidden state after every step, and the last state.

    Where ``mask`` is False the state stays as it is and the output is zero, so that padding changes
    nothing, in either direction.
    """
    steps = range(inputs.size(1))
    outputs: dict[int, Tensor] = {}
    for t in reversed(steps) if backwards else steps:
        real = mask[:, t, None]
        after = cell(inputs[:, t], state)
        state = tuple(torch.where(real, new, old) for new, old in zip(after, state, strict=True))
        outputs[t] = state[0] * real
    return torch.stack([outputs[t] for t in steps], dim=1), state
