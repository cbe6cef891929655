"""One sequence on its way through one recurrent cell: states and gates at every step, as plain arrays."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from s2s_course.layers.fused import FusedRecurrent
from s2s_course.layers.recurrent import Recurrent


@dataclass(frozen=True)
class RecurrenceTrace:
    """``S`` steps of a cell with ``H`` units. Arrays are float32 or as precise as the network.

    ``gates`` holds what the cell computes on its way, by name. LSTM: input, forget, candidate, output. GRU:
    reset, update, candidate, and the two parts of which candidate = tanh(candidate_from_input + reset ·
    candidate_from_hidden) is made. A plain RNN has none.
    """

    cell: str  # "rnn", "lstm" or "gru"
    initial: dict[str, np.ndarray]  # "hidden" and, for an LSTM, "cell": (H,) before the first step
    hidden: np.ndarray  # (S, H)
    memory_cell: np.ndarray | None  # (S, H), the cell state of an LSTM
    gates: dict[str, np.ndarray]  # each (S, H)


@torch.no_grad()
def trace_recurrence(network: Recurrent | FusedRecurrent, inputs: Float[Tensor, "S E"]) -> RecurrenceTrace:
    """Read ``inputs`` from left to right with the lowest layer of ``network``, starting from zero."""
    loop = network.as_loop() if isinstance(network, FusedRecurrent) else network
    cell = loop.cells[0]
    state = tuple(inputs.new_zeros(1, cell.hidden_size) for _ in cell.state_names)
    initial = {
        name: part[0].float().cpu().numpy() for name, part in zip(cell.state_names, state, strict=True)
    }
    states, gates = [], []
    for step in inputs:
        gates.append({name: gate[0] for name, gate in cell.gates(step[None], state[0]).items()})
        state = cell(step[None], state)
        states.append(torch.cat(state))
    over_time = torch.stack(states, dim=1).float().cpu().numpy()  # (1 or 2, S, H)
    return RecurrenceTrace(
        cell=loop.cell,
        initial=initial,
        hidden=over_time[0],
        memory_cell=over_time[1] if len(over_time) == 2 else None,
        gates={name: torch.stack([step[name] for step in gates]).float().cpu().numpy() for name in gates[0]},
    )
