"""Positions: what each way of bringing in positions does to a position and to a pair of them."""

from typing import ClassVar

import numpy as np
import torch
import traitlets
from torch import Tensor

from s2s_course.layers import positions as ways
from s2s_course.seeds import torch_generator
from s2s_course.widgets.positions import positions_figure
from s2s_course.widgets.positions.trained_tables import trained_tables
from s2s_course.widgets.shared.arrays import encode_array
from s2s_course.widgets.shared.base import CourseWidget, front_end
from s2s_course.widgets.shared.figure import StaticFigure
from s2s_course.widgets.shared.view import OneOf, Whole

MAX_SIZE, MAX_COUNT, MAX_HEADS = 64, 128, 16


class Positions(CourseWidget):
    """The ways of ``s2s_course.layers.positions``: what a position gets, and what a pair of them.

    The page computes them from ``size`` (numbers a position, even), ``count`` (positions), ``base`` (of the
    frequencies; the layers have 10,000) and ``heads``. ``way`` is a name in ``POSITIONS``; ``position`` and
    ``other`` are the two positions to compare, and ``unit`` is the dimension, pair or head to look at, all
    counted from 0. What a way has fewer of, it shows its last. All of them can be set from Python and
    linked with ``ipywidgets.jslink((a, "position"), (b, "position"))``.

    Learned tables cannot be computed: they are carried, as float16. ``trained`` shows those of two
    Transformers that are stored with the course (trained_tables.py). Without them these ways say that
    nothing has been learned. ``origin`` says by way where its table is from.
    """

    chapters: ClassVar[tuple[int, ...]] = (8,)
    _esm = front_end(__file__, "position_ways.js", "position_drawings.js", "positions.js")
    _css = front_end(__file__, "positions.css")

    title = traitlets.Unicode().tag(sync=True)
    learned = traitlets.Dict(allow_none=True, default_value=None).tag(sync=True)  # (P, D), encoded
    relative = traitlets.Dict(allow_none=True, default_value=None).tag(sync=True)  # (32, H), encoded
    origin = traitlets.Dict().tag(sync=True)  # of the tables, a sentence each
    content = traitlets.Dict().tag(sync=True)  # (2, MAX_SIZE): the query and the key that rotary turns
    # The front end has the same limits.
    way = OneOf(tuple(ways.POSITIONS), default_value="sinusoidal")
    size = Whole(32, first=8, last=MAX_SIZE, even="sines and cosines come in pairs")
    count = Whole(48, first=8, last=MAX_COUNT)
    base = Whole(10_000, first=10, last=10_000)
    heads = Whole(8, first=1, last=MAX_HEADS)
    position = Whole(last=MAX_COUNT - 1)
    other = Whole(last=MAX_COUNT - 1)
    unit = Whole(last=2 * MAX_SIZE - 1)

    @classmethod
    def trained(cls, **view) -> "Positions":
        """``show`` with the tables of trained models; ``view`` is what else ``show`` takes."""
        tables = trained_tables()
        shown = cls.show(learned=tables.learned, relative=tables.relative, **view)
        shown.origin = {
            way: f"The table is from the encoder of a Transformer that was trained for {tables.steps:,} "
            f"steps to translate up to {len(tables.learned) - 1} words at a time; it has {bleu:.1f} BLEU."
            for way, bleu in tables.bleu.items()
        }
        return shown

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

    def figure(self) -> StaticFigure:
        return positions_figure.figure(self)

    def describe(self) -> str:
        tables = [
            f"{name} {' × '.join(map(str, table['shape']))}"
            for name, table in (("learned", self.learned), ("relative", self.relative))
            if table
        ]
        return f"title={self.title!r}, {', '.join(ways.POSITIONS)}, tables: {', '.join(tables) or 'none'}"


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
