"""The icons of the pages: Font Awesome, which the theme brings, cut to those that the pages show.

The style sheets name an icon by its character. The two cut fonts, some thousand bytes, stand in the style
sheet itself, so that an icon is there with the text and also in a page that is opened as a file.
"""

import base64
import io
import re
from functools import cache
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

# The families as the theme's style sheet names them, with weight and file.
FAMILIES = {
    "Font Awesome 6 Free": (900, "fa-solid-900.ttf"),
    "Font Awesome 6 Brands": (400, "fa-brands-400.ttf"),
}
FONTS = Path("vendor") / "fontawesome" / "webfonts"  # below _static
_NAMED = re.compile(r"\\([ef][0-9a-f]{3})\b|([\ue000-\uf8ff])", re.IGNORECASE)


def named_icons(style: str) -> frozenset[int]:
    """The code points of all icons that a style sheet names."""
    return frozenset(int(code, 16) if code else ord(character) for code, character in _NAMED.findall(style))


def icon_fonts(static: Path, icons: frozenset[int]) -> str:
    """Rules ``@font-face`` with fonts that hold ``icons``; a family that has none of them is left out."""
    rules = []
    for family, (weight, file) in FAMILIES.items():
        font = static / FONTS / file  # a theme without Font Awesome has no such icons
        data = _cut(font, icons) if font.is_file() else b""
        if data:
            rules.append(
                f'@font-face{{font-family:"{family}";font-weight:{weight};font-display:block;'
                f"src:url(data:font/woff2;base64,{base64.b64encode(data).decode()})}}"
            )
    return "".join(rules)


@cache
def _cut(path: Path, icons: frozenset[int]) -> bytes:
    font = TTFont(path)
    here = icons & set(font.getBestCmap())
    if not here:
        return b""
    options = subset.Options(flavor="woff2", layout_features=[], hinting=False)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=here)
    cutter.subset(font)
    buffer = io.BytesIO()
    subset.save_font(font, buffer, options)
    return buffer.getvalue()
