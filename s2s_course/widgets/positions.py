"""Positions: what each way of bringing in positions does to a position and to a pair of them."""

from typing import ClassVar

import numpy as np
import torch
import traitlets
from torch import Tensor

from s2s_course.layers import positions as ways
from s2s_course.seeds import torch_generator
from s2s_course.widgets.arrays import encode_array
from s2s_course.widgets.base import CourseWidget, check_index, front_end

MAX_SIZE, MAX_COUNT, MAX_HEADS = 64, 128, 16
# The least and the greatest value of each choice. The front end has the same.
_RANGES = {
    "size": (8, MAX_SIZE),
    "count": (8, MAX_COUNT),
    "base": (10, 10_000),
    "heads": (1, MAX_HEADS),
    "position": (0, MAX_COUNT - 1),
    "other": (0, MAX_COUNT - 1),
    "unit": (0, 2 * MAX_SIZE - 1),
}


class Positions(CourseWidget):
    """The ways of ``s2s_course.layers.positions``: what a position gets, and what a pair of them.

    The page computes them from ``size`` (numbers a position, even), ``count`` (positions), ``base`` (of the
    frequencies; the layers have 10,000) and ``heads``. ``way`` is a name in ``POSITIONS``; ``position`` and
    ``other`` are the two positions to compare, and ``unit`` is the dimension, pair or head to look at, all
    counted from 0. What a way has fewer of, it shows its last. All of them can be set from Python and
    linked with ``ipywidgets.jslink((a, "position"), (b, "position"))``.

    Learned tables cannot be computed: they are carried, as float16. Without them these ways say that nothing
    has been learned.
    """

    chapters: ClassVar[tuple[int, ...]] = (8,)
    _esm = front_end("position_ways.js", "position_drawings.js", "positions.js")
    _css = front_end("positions.css")

    title = traitlets.Unicode().tag(sync=True)
    learned = traitlets.Dict(allow_none=True, default_value=None).tag(sync=True)  # (P, D), encoded
    relative = traitlets.Dict(allow_none=True, default_value=None).tag(sync=True)  # (32, H), encoded
    content = traitlets.Dict().tag(sync=True)  # (2, MAX_SIZE): the query and the key that rotary turns
    way = traitlets.Unicode("sinusoidal").tag(sync=True)
    size = traitlets.Int(32).tag(sync=True)
    count = traitlets.Int(48).tag(sync=True)
    base = traitlets.Int(10_000).tag(sync=True)
    heads = traitlets.Int(8).tag(sync=True)
    position = traitlets.Int(0).tag(sync=True)
    other = traitlets.Int(0).tag(sync=True)
    unit = traitlets.Int(0).tag(sync=True)

    @classmethod
    def show(
        cls,
        *,
        learned: np.ndarray | Tensor | None = None,
        relative: np.ndarray | Tensor | None = None,
        title: str = "",
        way: str = "sinusoidal",
        size: int = 32,
        count: int = 48,
        base: int = 10_000,
        heads: int = 8,
        position: int = 10,
        other: int = 16,
        unit: int = 2,
    ) -> "Positions":
        """All ways; ``learned`` is a table ``(positions, size)``, ``relative`` one of ``(32, heads)``.

        Raises ValueError for tables of another shape or that are not finite, for an unknown way, and for
        choices outside of their ranges.
        """
        buckets = ways.RelativeBias.BUCKETS
        return cls(
            title=title,
            learned=_carried("learned", learned, "(positions, size)", (MAX_COUNT, 2 * MAX_SIZE)),
            relative=_carried("relative", relative, f"({buckets}, heads)", (buckets, MAX_HEADS), exact=True),
            content=encode_array(_content(), "float16"),
            way=way,
            size=size,
            count=count,
            base=base,
            heads=heads,
            position=position,
            other=other,
            unit=unit,
        )

    def describe(self) -> str:
        tables = [
            f"{name} {' × '.join(map(str, table['shape']))}"
            for name, table in (("learned", self.learned), ("relative", self.relative))
            if table
        ]
        return f"title={self.title!r}, {', '.join(ways.POSITIONS)}, tables: {', '.join(tables) or 'none'}"

    @traitlets.validate("way")
    def _check_way(self, proposal: traitlets.Bunch) -> str:
        if proposal["value"] not in ways.POSITIONS:
            raise ValueError(f"way must be one of {', '.join(ways.POSITIONS)}, got {proposal['value']!r}")
        return proposal["value"]

    @traitlets.validate(*_RANGES)
    def _check_choice(self, proposal: traitlets.Bunch) -> int:
        name, value = proposal["trait"].name, proposal["value"]
        low, high = _RANGES[name]
        if low == 0:
            check_index(name, value, high)
        elif not low <= value <= high:
            raise ValueError(f"{name} must lie in {low} … {high}, got {value}")
        if name == "size" and value % 2:
            raise ValueError(f"size must be even, because sines and cosines come in pairs, got {value}")
        return value

    def set_state(self, sync_data: dict) -> None:
        """What the front end sends. A linked widget may have other ranges: stay within one's own."""
        super().set_state({name: _within(name, value) for name, value in sync_data.items()})


def _within(name: str, value: object) -> object:
    if name not in _RANGES:
        return value
    low, high = _RANGES[name]
    value = min(max(value, low), high)
    return value - value % 2 if name == "size" else value


def _content() -> np.ndarray:
    """A query and a key that have much in common, so that their score is largest where they are near."""
    query, noise = torch.randn(2, MAX_SIZE, generator=torch_generator(0, "positions")).numpy()
    return np.stack([query, 0.8 * query + 0.6 * noise])


def _carried(
    name: str, table: np.ndarray | Tensor | None, shape: str, most: tuple[int, int], *, exact: bool = False
) -> dict | None:
    """``table`` encoded, or a ValueError that says what is wrong with it."""
    if table is None:
        return None
    if isinstance(table, Tensor):
        table = table.detach().cpu()  # the weight of an embedding
    table = np.asarray(table, dtype=np.float64)
    fits = (
        table.ndim == 2
        and 0 not in table.shape
        and all(a <= b for a, b in zip(table.shape, most, strict=True))
    )
    if not fits or (exact and len(table) != most[0]):
        raise ValueError(f"{name} must have shape {shape}, at most {most}, got {table.shape}")
    if not np.isfinite(table).all():
        raise ValueError(
            f"{name} must be finite, got {np.sum(~np.isfinite(table))} values of NaN or infinity"
        )
    return encode_array(table, "float16")
