"""The fast twin of ``Recurrent``: torch's own networks, which walk through time without Python.

On a GPU each is one kernel of cuDNN. On a processor the LSTM is one kernel of oneDNN, and the other two are a
loop in C++.
"""

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_packed_sequence

from s2s_course.devices import send
from s2s_course.layers.cells import CellWeights, State
from s2s_course.layers.recurrent import Recurrent, RecurrentNetwork
from s2s_course.masks import lengths_of

_TORCH = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}


class FusedRecurrent(RecurrentNetwork):
    """Computes what ``Recurrent`` computes, without Python between the steps; ``as_loop`` turns back."""

    def __init__(self, cell: str, **sizes):
        super().__init__(cell, **sizes)
        self.rnn = _TORCH[cell](
            self.input_size,
            self.hidden_size,
            self.num_layers,
            batch_first=True,
            bidirectional=self.bidirectional,
            dropout=self.dropout if self.num_layers > 1 else 0.0,  # torch warns of dropout without a use
        )

    def weights(self) -> Iterator[CellWeights]:
        for layer in range(self.num_layers):
            for direction in ("", "_reverse")[: self.directions]:
                names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
                yield CellWeights(*(getattr(self.rnn, f"{name}_l{layer}{direction}") for name in names))

    @torch.no_grad()
    def as_loop(self) -> Recurrent:
        """The readable network with a copy of these weights."""
        loop = Recurrent(
            self.cell,
            input_size=self.input_size,
            hidden_size=self.hidden_size,
            num_layers=self.num_layers,
            bidirectional=self.bidirectional,
            dropout=self.dropout,
        ).to(self.rnn.weight_ih_l0)
        for copies, originals in zip(loop.weights(), self.weights(), strict=True):
            for copy, original in zip(copies, originals, strict=True):
                copy.copy_(original)
        return loop.train(self.training)

    def _run(
        self, inputs: Tensor, mask: Tensor | None, state: State | None, lengths: Tensor | None
    ) -> tuple[Tensor, State]:
        if mask is None:
            return self._call(inputs, state)
        # Sorted here and not by torch, which would wait for the device to bring the order back.
        lengths, order = (lengths_of(mask) if lengths is None else lengths).sort(descending=True)
        order, back = send(order, inputs.device), send(order.argsort(), inputs.device)
        packed = pack_padded_sequence(inputs.index_select(0, order), lengths, batch_first=True)
        state = None if state is None else tuple(part.index_select(0, order) for part in state)
        packed_outputs, last = self._call(packed, state)
        outputs, _ = pad_packed_sequence(packed_outputs, batch_first=True, total_length=mask.size(1))
        return outputs.index_select(0, back), tuple(part.index_select(0, back) for part in last)

    def _call(self, inputs: Tensor | PackedSequence, state: State | None) -> tuple[Any, State]:
        """torch's network. It has the cells before the batch in a state, and a tuple in an LSTM only."""
        first = None if state is None else tuple(part.transpose(0, 1).contiguous() for part in state)
        outputs, last = self.rnn(inputs, first[0] if first and len(first) == 1 else first)
        last = (last,) if isinstance(last, Tensor) else last
        return outputs, tuple(part.transpose(0, 1) for part in last)
