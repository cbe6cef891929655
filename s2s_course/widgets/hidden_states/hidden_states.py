"""HiddenStates: the states of an encoder and a decoder, or of several cells, units by time."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np
import traitlets

from s2s_course.trace import Trace
from s2s_course.widgets.hidden_states import hidden_states_figure
from s2s_course.widgets.shared.arrays import encode_array
from s2s_course.widgets.shared.base import front_end
from s2s_course.widgets.shared.figure import StaticFigure
from s2s_course.widgets.shared.live import LiveWidget
from s2s_course.widgets.shared.step_and_unit import StepAndUnit
from s2s_course.widgets.shared.view import OneOf, ViewTrait, check_index

_PANEL = {
    "name": traitlets.Unicode(),
    "note": traitlets.Unicode(),  # stands behind the name
    "tokens": traitlets.List(traitlets.Unicode()),
    "states": traitlets.Dict(),  # (steps, units), encoded
    "first": traitlets.Int(),  # the time of its first step
}


class Marks(ViewTrait, traitlets.List):
    """Steps that the reader marks, in order, each once."""

    def __init__(self):
        super().__init__([])

    def check(self, widget: "HiddenStates", value: list) -> None:
        for step in value:
            check_index("marks", step, widget.num_steps - 1)
        if sorted(set(value)) != list(value):
            raise ValueError(f"marks must be steps in order, each once, got {list(value)}")

    def nearest(self, widget: "HiddenStates", value: object) -> list[int]:
        steps = value if isinstance(value, list) else []
        return sorted({step for step in steps if isinstance(step, int) and 0 <= step < widget.num_steps})


class HiddenStates(StepAndUnit, LiveWidget):
    """Maps of hidden states with one time cursor and the course of one unit over time.

    ``from_trace`` and ``from_arrays`` show an encoder and a decoder, one after the other: ``step`` counts
    along both, ``0 … S-1`` are the encoder's steps and ``S … S+T-1`` the decoder's. ``compare`` shows cells
    that read the same tokens at the same time.

    ``unit`` is a row of the maps; a map with fewer rows shows its last one instead. All maps share one scale,
    symmetric about zero. It is linear, but where one map stays within ±1 and another goes beyond ±2, as the
    cell state of an LSTM may, ±1 takes half of the scale.

    ``arrangement`` says in which order a map has its units: ``model``, ``alike`` (in groups of units whose
    courses are alike) or ``marked``. ``marks`` are steps that the reader marks; the units that tell them from
    the others are found, with their AUC, the share of pairs of a marked and another step in which the unit is
    higher at the marked one.

    ``step`` and ``unit`` can be set from Python and linked to another widget with
    ``ipywidgets.jslink((a, "step"), (b, "step"))``. The data does not change once the widget is made: it is
    stored as float16, so what is shown is off by at most ``abs(value) / 2048``. The readout counts steps from
    1 and units, which are indices, from 0.
    """

    chapters: ClassVar[tuple[int, ...]] = (2, 3, 4)
    _esm = front_end(__file__, "hidden_states_patterns.js", "own_hidden_states.js", "hidden_states.js")
    _css = front_end(__file__, "hidden_states.css")

    title = traitlets.Unicode().tag(sync=True)
    panels = traitlets.List(traitlets.Dict(per_key_traits=_PANEL)).tag(sync=True)
    arrangement = OneOf(("model", "alike", "marked"))
    marks = Marks()

    @classmethod
    def from_trace(
        cls,
        trace: Trace,
        *,
        title: str = "",
        step: int = 0,
        unit: int = 0,
        marks: Sequence[int] = (),
        arrangement: str = "model",
    ) -> "HiddenStates":
        """The states of one traced run of an encoder–decoder."""
        return cls.from_arrays(
            encoder_states=trace.encoder_states,
            decoder_states=trace.decoder_states,
            src_tokens=trace.src_tokens,
            tgt_tokens=trace.tgt_tokens,
            title=title,
            step=step,
            unit=unit,
            marks=marks,
            arrangement=arrangement,
        )

    @classmethod
    def from_arrays(
        cls,
        *,
        encoder_states: np.ndarray,
        decoder_states: np.ndarray,
        src_tokens: Sequence,
        tgt_tokens: Sequence,
        title: str = "",
        step: int = 0,
        unit: int = 0,
        marks: Sequence[int] = (),
        arrangement: str = "model",
    ) -> "HiddenStates":
        """States ``(S, units)`` and ``(T, units)`` with the token that was read or written at each step."""
        encoder_states = _checked("encoder_states", encoder_states, "src_tokens", src_tokens)
        decoder_states = _checked("decoder_states", decoder_states, "tgt_tokens", tgt_tokens)
        if encoder_states.shape[1] != decoder_states.shape[1]:
            raise ValueError(
                "encoder_states and decoder_states must have the same number of units, "
                f"got {encoder_states.shape[1]} and {decoder_states.shape[1]}"
            )
        encoder = _panel("Encoder", "reads", src_tokens, encoder_states)
        decoder = _panel("Decoder", "writes", tgt_tokens, decoder_states, first=len(src_tokens))
        view = {"step": step, "unit": unit, "marks": list(marks), "arrangement": arrangement}
        return cls(title=title, panels=[encoder, decoder], **view)

    @classmethod
    def compare(
        cls,
        states: Mapping,
        *,
        tokens: Sequence,
        title: str = "",
        step: int = 0,
        unit: int = 0,
        marks: Sequence[int] = (),
        arrangement: str = "model",
    ) -> "HiddenStates":
        """The states ``(S, units)`` of each cell, by its name, while all of them read the same ``tokens``.

        The cells may have different numbers of units. The cell state of an LSTM can be one more entry.
        """
        if not states:
            raise ValueError("states must have the states of at least one cell, got none")
        panels = []
        for name, array in states.items():
            if not isinstance(name, str) or not name.strip():
                raise ValueError(f"each name in states must be a string that is not empty, got {name!r}")
            array = _checked(f"states[{name!r}]", array, "tokens", tokens)
            panels.append(_panel(name, _count_units(array.shape[1]), tokens, array))
        view = {"step": step, "unit": unit, "marks": list(marks), "arrangement": arrangement}
        return cls(title=title, panels=panels, **view)

    @property
    def num_steps(self) -> int:
        return max(panel["first"] + len(panel["tokens"]) for panel in self.panels)

    @property
    def num_units(self) -> int:
        """Of the largest map."""
        return max(panel["states"]["shape"][1] for panel in self.panels)

    def figure(self) -> StaticFigure:
        return hidden_states_figure.figure(self)

    def describe(self) -> str:
        tokens = [f"{len(panel['tokens'])} tokens: {' '.join(panel['tokens'])!r}" for panel in self.panels]
        if any(panel["first"] for panel in self.panels):
            runs = [
                f"{panel['name'].lower()} {panel['note']} {words}"
                for panel, words in zip(self.panels, tokens, strict=True)
            ]
            return f"title={self.title!r}, {_count_units(self.num_units)}, {', '.join(runs)}"
        cells = ", ".join(f"{panel['name']} ({panel['note']})" for panel in self.panels)
        return f"title={self.title!r}, compares {cells} on the same {tokens[0]}"


def _count_units(count: int) -> str:
    return f"{count} unit" if count == 1 else f"{count} units"


def _panel(name: str, note: str, tokens: Sequence, states: np.ndarray, first: int = 0) -> dict:
    encoded = encode_array(states, "float16")
    return {"name": name, "note": note, "tokens": list(tokens), "states": encoded, "first": first}


def _checked(name: str, states: np.ndarray, tokens_name: str, tokens: Sequence) -> np.ndarray:
    """``states`` as float64, or a ValueError that says what is wrong with them."""
    states = np.asarray(states, dtype=np.float64)
    if states.ndim != 2 or 0 in states.shape:
        raise ValueError(
            f"{name} must have shape (steps, units) with at least one of each, got {states.shape}"
        )
    if not np.isfinite(states).all():
        raise ValueError(
            f"{name} must be finite, got {np.sum(~np.isfinite(states))} values of NaN or infinity"
        )
    if len(tokens) != len(states):
        raise ValueError(
            f"{tokens_name} must have one token for each of the {len(states)} steps of {name}, "
            f"got {len(tokens)}"
        )
    for token in tokens:
        if not isinstance(token, str):
            raise ValueError(f"{tokens_name} must be strings, got {token!r}")
    return states
