"""Gates: one LSTM or GRU at work, with the arithmetic of a chosen unit and step."""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
import traitlets

from s2s_course.trace.recurrence import RecurrenceTrace
from s2s_course.widgets.gates import gates_figure
from s2s_course.widgets.shared.arrays import decode_array, encode_array
from s2s_course.widgets.shared.base import front_end
from s2s_course.widgets.shared.figure import StaticFigure
from s2s_course.widgets.shared.live import LiveWidget
from s2s_course.widgets.shared.step_and_unit import StepAndUnit

# What the front end needs of a trace. It computes an LSTM's hidden state and a GRU's candidate itself.
_GATES = {
    "lstm": ("forget", "input", "candidate", "output"),
    "gru": ("reset", "update", "candidate_from_input", "candidate_from_hidden"),
}
_TOLERANCE = 1e-4  # of the equations: below the three digits that are shown


class Gates(StepAndUnit, LiveWidget):
    """A map of all units, the course of one unit's gates, and its equations with their numbers.

    ``step`` is an index of ``tokens`` and ``unit`` a row of the map. Both can be set from Python and linked
    to another widget with ``ipywidgets.jslink((a, "step"), (b, "step"))``. The data does not change once
    the widget is made. The readout counts steps from 1 and units, which are indices, from 0.
    """

    chapters: ClassVar[tuple[int, ...]] = (3,)
    _esm = front_end(__file__, "own_gates.js", "gates.js")
    _css = front_end(__file__, "gates.css")

    title = traitlets.Unicode().tag(sync=True)
    cell = traitlets.Unicode().tag(sync=True)
    tokens = traitlets.List(traitlets.Unicode()).tag(sync=True)
    gates = traitlets.Dict().tag(sync=True)  # each (S, H)
    states = traitlets.Dict().tag(sync=True)  # c of an LSTM, h of a GRU: (1 + S, H), the initial one first

    @classmethod
    def from_trace(
        cls,
        traced: RecurrenceTrace,
        *,
        tokens: Sequence[str],
        title: str = "",
        step: int = 0,
        unit: int = 0,
    ) -> "Gates":
        """The gates and states of an LSTM or a GRU while it read ``tokens``, one for each step.

        Values are carried with an error below ``2e-6`` of the largest, so that the digits shown are right.

        Raises ValueError for a plain RNN, arrays that are not finite, of the wrong shape or do not fulfill
        the cell's equations, the wrong number of tokens, and a step or a unit that does not exist.
        """
        if traced.cell not in _GATES:
            missing = ": an RNN has no gates" if traced.cell == "rnn" else ""
            raise ValueError(f"cell must be 'lstm' or 'gru'{missing}, got {traced.cell!r}")
        _check_arrays(traced)
        if len(tokens) != len(traced.hidden):
            raise ValueError(
                f"tokens must have one token for each of the {len(traced.hidden)} steps, got {len(tokens)}"
            )
        check_equations = _check_lstm if traced.cell == "lstm" else _check_gru
        states = check_equations(traced)
        return cls(
            title=title,
            cell=traced.cell,
            tokens=list(tokens),
            gates={name: _carry(traced.gates[name]) for name in _GATES[traced.cell]},
            states=_carry(states),
            step=step,
            unit=unit,
        )

    @property
    def num_steps(self) -> int:
        return len(self.tokens)

    @property
    def num_units(self) -> int:
        return self.states["coarse"]["shape"][1]

    def figure(self) -> StaticFigure:
        return gates_figure.figure(self)

    def describe(self) -> str:
        return (
            f"title={self.title!r}, {self.cell.upper()} with {self.num_units} units, "
            f"reads {self.num_steps} tokens: {' '.join(self.tokens)!r}"
        )


def _carry(values: np.ndarray) -> dict:
    """``values`` as float16 and, in a second array, what float16 drops: the third digit would show it."""
    values = np.asarray(values, dtype=np.float64)
    coarse = encode_array(values, "float16")
    return {"coarse": coarse, "rest": encode_array(values - decode_array(coarse), "int8")}


def _check_arrays(traced: RecurrenceTrace) -> None:
    shape = traced.hidden.shape
    if len(shape) != 2 or 0 in shape:
        raise ValueError(f"hidden must have shape (steps, units) with at least one of each, got {shape}")
    lstm = traced.cell == "lstm"
    arrays = {name: (traced.gates.get(name), shape) for name in (*_GATES[traced.cell], "candidate")}
    arrays |= {"hidden": (traced.hidden, shape), "memory_cell": (traced.memory_cell, shape)}
    initial = "cell" if lstm else "hidden"
    arrays[f"initial {initial}"] = (traced.initial.get(initial), shape[1:])
    if not lstm:
        del arrays["memory_cell"]
    for name, (array, expected) in arrays.items():
        got = None if array is None else array.shape
        if got != expected:
            raise ValueError(f"{name} must have shape {expected}, got {got}")
        if not np.isfinite(array).all():
            count = np.sum(~np.isfinite(array))
            raise ValueError(f"{name} must be finite, got {count} values of NaN or infinity")


def _check_lstm(traced: RecurrenceTrace) -> np.ndarray:
    """The memory cell, its initial value first, if the trace is one of an LSTM."""
    gates = {name: np.asarray(gate, dtype=np.float64) for name, gate in traced.gates.items()}
    states = np.concatenate([traced.initial["cell"][None], traced.memory_cell]).astype(np.float64)
    memory_cell = gates["forget"] * states[:-1] + gates["input"] * gates["candidate"]
    _check_equation("memory_cell", "forget * memory_cell before + input * candidate", states[1:], memory_cell)
    _check_equation(
        "hidden", "output * tanh(memory_cell)", traced.hidden, gates["output"] * np.tanh(states[1:])
    )
    return states


def _check_gru(traced: RecurrenceTrace) -> np.ndarray:
    """The hidden state, its initial value first, if the trace is one of a GRU."""
    gates = {name: np.asarray(gate, dtype=np.float64) for name, gate in traced.gates.items()}
    states = np.concatenate([traced.initial["hidden"][None], traced.hidden]).astype(np.float64)
    candidate = np.tanh(gates["candidate_from_input"] + gates["reset"] * gates["candidate_from_hidden"])
    _check_equation(
        "candidate",
        "tanh(candidate_from_input + reset * candidate_from_hidden)",
        gates["candidate"],
        candidate,
    )
    hidden = (1 - gates["update"]) * candidate + gates["update"] * states[:-1]
    _check_equation("hidden", "(1 - update) * candidate + update * hidden before", states[1:], hidden)
    return states


def _check_equation(name: str, equation: str, left: np.ndarray, right: np.ndarray) -> None:
    """What the widget writes out must be so."""
    error = np.abs(left - right)
    if (error > _TOLERANCE * np.maximum(1, np.abs(left))).any():
        raise ValueError(f"{name} must be {equation}, got a difference of {error.max():.2g}")
