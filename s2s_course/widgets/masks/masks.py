"""Masks: which position may attend to which, and what it can know of after several layers."""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
import torch
import traitlets
from torch import Tensor

from s2s_course.checks import check_at_least
from s2s_course.masks import causal_mask, padding_mask
from s2s_course.text.vocab import PAD
from s2s_course.widgets.masks import masks_figure
from s2s_course.widgets.shared.base import CourseWidget, front_end
from s2s_course.widgets.shared.figure import StaticFigure
from s2s_course.widgets.shared.view import OneOf, ViewTrait, Whole, check_index

MAX_TOKENS = 32  # a side: more cells are no picture
MAX_LAYERS = 6

_PRESET = {
    "key": traitlets.Unicode(),
    "name": traitlets.Unicode(),
    "says": traitlets.Unicode(),
    # self: rows and columns are the same positions. cross: the columns are others and stay the same in every
    # layer. towers: an encoder, and a decoder whose rows have two masks and two softmaxes.
    "kind": traitlets.Unicode(),
    "rows": traitlets.List(traitlets.Unicode()),  # who asks
    "columns": traitlets.List(traitlets.Unicode()),  # who is looked at
    "first_target": traitlets.Int(),  # from this row on, a position must predict the token after its own
    "padding": traitlets.List(traitlets.Int()),  # columns
    "bits": traitlets.Unicode(),  # "1" may attend, "0" may not, row by row
}
# Each preset's name and what is said of it.
_TEXTS = {
    "own": ("your mask", ""),
    "padding": (
        "padding",
        "A sentence with padding, read by an encoder. Nobody attends to a padded column. Rows of padding "
        "still ask: what they get is thrown away.",
    ),
    "causal": (
        "causal",
        "What a decoder reads. Each position attends to the past and to itself, because it must predict the "
        "token after its own.",
    ),
    "padding_causal": ("padding and causal", "A padded target. A cell is True where both masks are."),
    "cross": (
        "cross-attention",
        "Target positions ask, source positions are looked at: the whole source without its padding.",
    ),
    "encoder_only": (
        "encoder-only",
        "Every position attends to every other, before and after it: made to read, not to write.",
    ),
    "decoder_only": (
        "decoder-only",
        "Source and target are one sequence under one causal mask. A source word does not see what comes "
        "later in the source.",
    ),
    "prefix": (
        "prefix",
        "One sequence again, but the source sees all of itself. The target sees the source and its own past.",
    ),
    "encoder_decoder": (
        "encoder–decoder",
        "Three masks in one picture, with the same cells as the prefix. A target row asks twice, each time "
        "with a softmax of its own: the source (cross-attention) and its own past. The encoder has finished "
        "before the decoder starts, so the source cannot ask the target.",
    ),
}


class Cells(ViewTrait, traitlets.Dict):
    """Presets that were changed: by key ``"1"`` and ``"0"``, as many as that preset has cells."""

    def __init__(self):
        super().__init__({})

    def check(self, widget: "Masks", value: dict) -> None:
        for key, bits in value.items():
            if not self._fits(widget, key, bits):
                raise ValueError(
                    f"cells must have '0' or '1' for each cell of a preset, got {key!r}: {bits!r}"
                )

    def nearest(self, widget: "Masks", value: object) -> dict:
        entries = value.items() if isinstance(value, dict) else ()
        return {key: bits for key, bits in entries if self._fits(widget, key, bits)}

    def _fits(self, widget: "Masks", key: object, bits: object) -> bool:
        sizes = {preset["key"]: len(preset["bits"]) for preset in widget.presets}
        return isinstance(bits, str) and sizes.get(key) == len(bits) and set(bits) <= set("01")


class Masks(CourseWidget):
    """A mask as cells to be changed: rows ask, columns are looked at, filled is True, may attend.

    ``examples`` shows the masks of this course by name (``preset``), ``from_array`` one of your own. ``row``
    and ``column`` are the chosen cell, counted from 0. ``layers`` says over how many layers to follow
    what a position can know of. ``cells`` holds the masks that were changed: by preset, ``"1"`` and ``"0"``
    row by row; without an entry a preset is as it was made. All of them can be set from Python and linked to
    another widget with ``ipywidgets.jslink((a, "layers"), (b, "layers"))``; ``mask`` is what is shown.

    With self-attention a position knows of itself, because every layer adds to what it had: after n
    layers it knows of what ``(mask or identity)`` to the power n reaches. In cross-attention the columns are
    the encoder's outputs, the same for every layer.
    """

    chapters: ClassVar[tuple[int, ...]] = (7, 10)
    _esm = front_end(__file__, "mask_meaning.js", "masks.js")
    _css = front_end(__file__, "masks.css")

    title = traitlets.Unicode().tag(sync=True)
    presets = traitlets.List(traitlets.Dict(per_key_traits=_PRESET)).tag(sync=True)
    preset = OneOf(lambda widget: [preset["key"] for preset in widget.presets])
    # Of the largest preset; a smaller one shows its own last.
    row = Whole(last=lambda widget: max(len(preset["rows"]) for preset in widget.presets) - 1)
    column = Whole(last=lambda widget: max(len(preset["columns"]) for preset in widget.presets) - 1)
    layers = Whole(1, first=1, last=MAX_LAYERS)
    cells = Cells()

    @classmethod
    def examples(
        cls,
        *,
        src_tokens: Sequence,
        tgt_tokens: Sequence,
        padding: int = 2,
        preset: str = "causal",
        title: str = "",
        layers: int = 1,
    ) -> "Masks":
        """All masks of the course on one sentence pair.

        ``tgt_tokens`` are what the decoder reads: they begin with ``<bos>``, and each position predicts the
        token after its own. Where a preset is about padding, ``padding`` tokens follow the sentence. The
        presets are padding, causal, padding_causal, cross, encoder_only, decoder_only, prefix and
        encoder_decoder.

        Raises ValueError for tokens that are no strings, none or too many of them, a padding of less than
        0, an unknown preset, and layers outside of 1 … 6.
        """
        check_at_least(0, padding=padding)
        _check_tokens("src_tokens", src_tokens)
        _check_tokens("tgt_tokens", tgt_tokens)
        most = max(len(src_tokens) + len(tgt_tokens), *(len(t) + padding for t in (src_tokens, tgt_tokens)))
        if most > MAX_TOKENS:
            raise ValueError(
                f"src_tokens and tgt_tokens must have at most {MAX_TOKENS} tokens together, "
                f"and each with its padding, got {most}"
            )
        presets = _examples(list(src_tokens), list(tgt_tokens), padding)
        return cls(presets=presets, preset=preset, title=title, layers=layers)

    @classmethod
    def from_array(
        cls,
        mask: np.ndarray | Tensor,
        *,
        row_tokens: Sequence,
        column_tokens: Sequence | None = None,
        first_target: int | None = None,
        title: str = "",
        layers: int = 1,
    ) -> "Masks":
        """One mask ``(T, S)`` of your own, True = may attend.

        Without ``column_tokens`` the columns are the same positions as the rows (self-attention). With them
        they are others (cross-attention). ``first_target`` says from which row on positions must predict
        the token after their own, so that a look ahead is reported; None: they predict nothing.

        Raises ValueError for a mask that is not bool or of another shape than the tokens say.
        """
        mask = np.asarray(mask)
        columns = row_tokens if column_tokens is None else column_tokens
        for name, tokens in (("row_tokens", row_tokens), ("column_tokens", columns)):
            _check_tokens(name, tokens)
            if len(tokens) > MAX_TOKENS:
                raise ValueError(f"{name} must have at most {MAX_TOKENS} tokens, got {len(tokens)}")
        if mask.dtype != bool:
            raise ValueError(f"mask must be bool, True where a row may attend, got {mask.dtype}")
        expected = (len(row_tokens), len(columns))
        if mask.shape != expected:
            raise ValueError(
                f"mask must have a row for each of {expected[0]} row_tokens and a column for each of "
                f"{expected[1]} column_tokens, got shape {mask.shape}"
            )
        if first_target is not None:
            if column_tokens is not None:
                raise ValueError(
                    "first_target must be None with column_tokens: only self-attention looks ahead"
                )
            check_index("first_target", first_target, len(mask) - 1)
        kind = "self" if column_tokens is None else "cross"
        own = _preset("own", mask, row_tokens, columns, kind=kind, first_target=first_target)
        return cls(presets=[own], preset="own", title=title, layers=layers)

    @property
    def mask(self) -> np.ndarray:
        """The mask that is shown, with its changes: bool ``(T, S)``."""
        shown = self._shown
        bits = self.cells.get(self.preset, shown["bits"])
        return np.array([bit == "1" for bit in bits]).reshape(len(shown["rows"]), len(shown["columns"]))

    def figure(self) -> StaticFigure:
        return masks_figure.figure(self)

    def describe(self) -> str:
        """Of what it was made, whatever was changed or chosen since."""
        sizes = [f"{each['key']} {len(each['rows'])} × {len(each['columns'])}" for each in self.presets]
        return f"title={self.title!r}, {', '.join(sizes)}, tokens {' '.join(self.presets[-1]['rows'])!r}"

    @property
    def _shown(self) -> dict:
        return next(each for each in self.presets if each["key"] == self.preset)


def _check_tokens(name: str, tokens: Sequence) -> None:
    if not tokens:
        raise ValueError(f"{name} must hold at least one token, got none")
    for token in tokens:
        if not isinstance(token, str):
            raise ValueError(f"{name} must be strings, got {token!r}")


def _preset(
    key: str,
    mask: np.ndarray | Tensor,
    rows: Sequence[str],
    columns: Sequence[str] | None = None,
    *,
    kind: str = "self",
    first_target: int | None = None,
) -> dict:
    columns = rows if columns is None else columns
    name, says = _TEXTS[key]
    return {
        "key": key,
        "name": name,
        "says": says,
        "kind": kind,
        "rows": list(rows),
        "columns": list(columns),
        "first_target": len(rows) if first_target is None else first_target,
        "padding": [index for index, token in enumerate(columns) if token == PAD],
        "bits": "".join("1" if cell else "0" for cell in np.asarray(mask).flatten()),
    }


def _examples(src: list[str], tgt: list[str], padding: int) -> list[dict]:
    """The masks of the course, made as a model makes them."""
    padded_src, padded_tgt = src + [PAD] * padding, tgt + [PAD] * padding
    real_src, real_tgt = (_is_real(tokens) for tokens in (padded_src, padded_tgt))
    both, first = src + tgt, len(src)
    sequence = causal_mask(len(both))
    prefix = sequence.clone()
    prefix[:first, :first] = True
    everything = torch.ones(first, first, dtype=torch.bool)
    return [
        _preset("padding", real_src.expand(len(padded_src), -1), padded_src),
        _preset("causal", causal_mask(len(tgt)), tgt, first_target=0),
        _preset("padding_causal", causal_mask(len(padded_tgt)) & real_tgt, padded_tgt, first_target=0),
        _preset("cross", real_src.expand(len(tgt), -1), tgt, padded_src, kind="cross"),
        _preset("encoder_only", everything, src),
        _preset("decoder_only", sequence, both, first_target=first),
        _preset("prefix", prefix, both, first_target=first),
        _preset("encoder_decoder", prefix, both, kind="towers", first_target=first),
    ]


def _is_real(tokens: list[str]) -> Tensor:
    return padding_mask(torch.tensor([[int(token != PAD) for token in tokens]]), 0)[0]
