"""HiddenStates: the states of an encoder and a decoder, units by time."""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
import traitlets

from s2s_course.trace import Trace
from s2s_course.widgets.arrays import encode_array
from s2s_course.widgets.base import CourseWidget, front_end


class HiddenStates(CourseWidget):
    """Two maps, encoder and decoder, with one time cursor and the course of one unit over time.

    ``step`` counts along both: ``0 … S-1`` are the encoder's steps and ``S … S+T-1`` the decoder's. ``unit``
    is a row of the maps. Both can be set from Python and linked to another widget with
    ``ipywidgets.jslink((a, "step"), (b, "step"))``. The data does not change once the widget is made.
    The readout counts steps from 1 and units, which are indices, from 0.
    """

    chapters: ClassVar[tuple[int, ...]] = (4,)
    _esm = front_end("hidden_states.js")
    _css = front_end("hidden_states.css")

    title = traitlets.Unicode().tag(sync=True)
    src_tokens = traitlets.List(traitlets.Unicode()).tag(sync=True)
    tgt_tokens = traitlets.List(traitlets.Unicode()).tag(sync=True)
    encoder_states = traitlets.Dict().tag(sync=True)
    decoder_states = traitlets.Dict().tag(sync=True)
    step = traitlets.Int(0).tag(sync=True)
    unit = traitlets.Int(0).tag(sync=True)

    @classmethod
    def from_trace(cls, trace: Trace, *, title: str = "", step: int = 0, unit: int = 0) -> "HiddenStates":
        """The states of one traced run of an encoder–decoder."""
        return cls.from_arrays(
            encoder_states=trace.encoder_states,
            decoder_states=trace.decoder_states,
            src_tokens=trace.src_tokens,
            tgt_tokens=trace.tgt_tokens,
            title=title,
            step=step,
            unit=unit,
        )

    @classmethod
    def from_arrays(
        cls,
        *,
        encoder_states: np.ndarray,
        decoder_states: np.ndarray,
        src_tokens: Sequence[str],
        tgt_tokens: Sequence[str],
        title: str = "",
        step: int = 0,
        unit: int = 0,
    ) -> "HiddenStates":
        """States ``(S, units)`` and ``(T, units)`` with the token that was read or written at each step.

        They are stored as float16, so what is shown is off by at most ``abs(value) / 2048``.
        """
        encoder_states = np.asarray(encoder_states, dtype=np.float64)
        decoder_states = np.asarray(decoder_states, dtype=np.float64)
        _check_states("encoder_states", encoder_states, "src_tokens", src_tokens)
        _check_states("decoder_states", decoder_states, "tgt_tokens", tgt_tokens)
        if encoder_states.shape[1] != decoder_states.shape[1]:
            raise ValueError(
                "encoder_states and decoder_states must have the same number of units, "
                f"got {encoder_states.shape[1]} and {decoder_states.shape[1]}"
            )
        return cls(
            title=title,
            src_tokens=list(src_tokens),
            tgt_tokens=list(tgt_tokens),
            encoder_states=encode_array(encoder_states, "float16"),
            decoder_states=encode_array(decoder_states, "float16"),
            step=step,
            unit=unit,
        )

    @property
    def num_steps(self) -> int:
        return len(self.src_tokens) + len(self.tgt_tokens)

    @property
    def num_units(self) -> int:
        return self.encoder_states["shape"][1]

    def describe(self) -> str:
        return (
            f"title={self.title!r}, {self.num_units} units, "
            f"encoder reads {len(self.src_tokens)} tokens: {' '.join(self.src_tokens)!r}, "
            f"decoder writes {len(self.tgt_tokens)} tokens: {' '.join(self.tgt_tokens)!r}"
        )

    @traitlets.validate("step", "unit")
    def _check_view(self, proposal: traitlets.Bunch) -> int:
        name, index = proposal["trait"].name, proposal["value"]
        last = self._last(name)
        if not 0 <= index <= last:
            raise ValueError(f"{name} must lie in 0 … {last}, got {index}")
        return index

    def _last(self, name: str) -> int:
        return (self.num_steps if name == "step" else self.num_units) - 1

    def set_state(self, sync_data: dict) -> None:
        """What the front end sends. A linked widget may be longer than this one: stay at the last step."""
        clamped = {
            name: min(max(value, 0), self._last(name)) if name in ("step", "unit") else value
            for name, value in sync_data.items()
        }
        super().set_state(clamped)


def _check_states(name: str, states: np.ndarray, tokens_name: str, tokens: Sequence[str]) -> None:
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
