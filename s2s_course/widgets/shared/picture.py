"""Pictures for static figures: maps and lines, as an ``img`` that carries its own SVG.

On paper white in both themes, because an ``img`` cannot ask the page around it which one it has.
"""

import base64
import struct
import zlib
from collections.abc import Sequence
from html import escape

import numpy as np

INK, SOFT, LINE = "#1b1f24", "#5c6670", "#d5dae0"
# As in color.js, and colors for lines as in plots.py, each with dashes of its own.
_STOPS = {
    "diverging": ("#0b3d75", "#4a90cf", "#ffffff", "#e88b3d", "#8c3503"),
    "sequential": ("#ffffff", "#b79fd8", "#44207e"),
}
LINES = (
    ("#0072B2", ""), ("#B3470B", "7 3"), ("#00795A", "2 3"), ("#A6447C", "9 3 2 3"), ("#5C6670", "4 2"),
    ("#1B1F24", "1 3"),
)  # fmt: skip
_SHADES = 33  # of a map


Number = int | float


class Picture:
    """A sheet of ``width`` by ``height`` pixels."""

    def __init__(self, width: Number, height: Number):
        self.width, self.height = width, height
        self._parts: list[str] = []

    def text(
        self, x: Number, y: Number, words: str, *, anchor: str = "start", size: int = 12,
        turned: bool = False, color: str = INK,
    ) -> None:  # fmt: skip
        """``words`` with their foot at ``y``, or ``turned`` upwards, ending at ``y``."""
        place = f"transform='translate({x:g} {y:g}) rotate(-90)'" if turned else f"x='{x:g}' y='{y:g}'"
        self._parts.append(
            f"<text {place} text-anchor='{anchor}' font-size='{size}' fill='{color}'>{escape(words)}</text>"
        )

    def line(
        self, points: Sequence[tuple[Number, Number]], color: str = LINE, *, dash: str = "", width: Number = 1
    ) -> None:
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
        dashes = f" stroke-dasharray='{dash}'" if dash else ""
        self._parts.append(
            f"<path d='M{path}' fill='none' stroke='{color}' stroke-width='{width:g}'{dashes}/>"
        )

    def frame(self, x: Number, y: Number, width: Number, height: Number, color: str = LINE) -> None:
        corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height), (x, y)]
        self.line(corners, color)

    def map(
        self,
        x: Number,
        y: Number,
        width: Number,
        height: Number,
        values: np.ndarray,
        scale: str = "diverging",
    ) -> None:
        """``values`` (rows, columns) as cells, -1 to 1 for ``diverging`` and 0 to 1 for ``sequential``."""
        data = base64.b64encode(_png(np.asarray(values, dtype=np.float64), scale)).decode("ascii")
        self._parts.append(
            f"<image x='{x:g}' y='{y:g}' width='{width:g}' height='{height:g}' preserveAspectRatio='none' "
            f"style='image-rendering:pixelated' href='data:image/png;base64,{data}'/>"
        )
        self.frame(x, y, width, height)

    def html(self, description: str) -> str:
        """The element; ``description`` says in words what there is to see."""
        svg = (
            f"<svg xmlns='http://www.w3.org/2000/svg' width='{self.width:g}' height='{self.height:g}' "
            f"viewBox='0 0 {self.width:g} {self.height:g}' font-family='system-ui, sans-serif'>"
            f"<rect width='100%' height='100%' fill='#ffffff'/>{''.join(self._parts)}</svg>"
        )
        for letter in "%#<>&":  # what a browser would misread in such an address
            svg = svg.replace(letter, f"%{ord(letter):02X}")
        return (
            f'<div class="s2s-wide"><img alt="{escape(description)}" width="{self.width:g}" '
            f'height="{self.height:g}" src="data:image/svg+xml;charset=utf-8,{svg}" /></div>'
        )


def _palette(scale: str) -> np.ndarray:
    """``_SHADES`` colors (n, 3) along the stops of ``scale``."""
    stops = np.array([[int(stop[i : i + 2], 16) for i in (1, 3, 5)] for stop in _STOPS[scale]])
    places = np.linspace(0, len(stops) - 1, _SHADES)
    channels = [np.interp(places, range(len(stops)), channel) for channel in stops.T]
    return np.rint(np.stack(channels, axis=1)).astype(np.uint8)


def _png(values: np.ndarray, scale: str) -> bytes:
    """A cell is a pixel. Nothing is compressed, so that the bytes depend on no version of a library."""
    share = (values + 1) / 2 if scale == "diverging" else values
    indices = np.rint(np.clip(share, 0, 1) * (_SHADES - 1)).astype(np.uint8)
    rows = b"".join(b"\0" + row.tobytes() for row in indices)
    blocks = [rows[start : start + 65_535] for start in range(0, len(rows), 65_535)]
    data = b"\x78\x01" + b"".join(
        struct.pack("<BHH", block is blocks[-1], len(block), 65_535 - len(block)) + block for block in blocks
    )
    data += struct.pack(">I", zlib.adler32(rows))
    header = struct.pack(">IIBBBBB", values.shape[1], values.shape[0], 8, 3, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"PLTE", _palette(scale).tobytes()), (b"IDAT", data), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        for name, content in chunks
    )
