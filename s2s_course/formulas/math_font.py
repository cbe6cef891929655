"""The font of the formulas: STIX Two Math, cut to the characters that the pages use.

The whole font has 1.5 MB; what a page loads has some tens of thousands of bytes. It comes with the package
ziamath, and is under the SIL Open Font License 1.1, whose notice stays inside the file.
"""

import re
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

NAME = "math.woff2"
NOTICES = [0, 1, 2, 3, 4, 5, 6, 7, 13, 14]  # of the table of names: copyright, names, trademark, license
_MATH = re.compile(r"<math\b.*?</math>", re.DOTALL)
_TAG_OR_SOURCE = re.compile(r"<annotation.*?</annotation>|<[^>]*>", re.DOTALL)
_ASCII = {chr(code) for code in range(0x20, 0x7F)}
# A browser draws a single letter as its italic form, which is a character of its own.
_HOLE = chr(0x1D455)  # where h would stand, had Unicode not had it before, as Planck's constant
_ITALIC = {chr(code) for code in (*range(0x1D434, 0x1D468), *range(0x1D6E2, 0x1D71C), 0x210E)} - {_HOLE}
_INVISIBLE = {chr(code) for code in (0x2061, 0x2062, 0x2063, 0xA0, 0x200B)}


def math_characters(pages: Iterable[str]) -> set[str]:
    """All characters that the formulas of ``pages`` (HTML) are drawn with."""
    formulas = (formula for page in pages for formula in _MATH.findall(page))
    return set().union(*(_TAG_OR_SOURCE.sub("", formula) for formula in formulas)) - {"\n"}


def write_math_font(folder: Path, pages: Iterable[str]) -> Path:
    """Write the font for the formulas of ``pages`` into ``folder``; gives the file.

    Raises ``ValueError`` for a character that the font does not have.
    """
    wanted = math_characters(pages) | _ASCII | _ITALIC
    font = TTFont(_whole_font())
    missing = {one for one in wanted if ord(one) not in font.getBestCmap()} - _INVISIBLE
    if missing:
        raise ValueError(f"formulas must use characters of STIX Two Math, got {sorted(missing)}")
    options = subset.Options(flavor="woff2", layout_features=[], name_IDs=NOTICES, notdef_outline=True)
    options.hinting = False
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=[ord(one) for one in wanted])
    cutter.subset(font)
    folder.mkdir(parents=True, exist_ok=True)
    subset.save_font(font, str(folder / NAME), options)
    return folder / NAME


def _whole_font() -> Path:
    package = find_spec("ziamath")  # found, and not imported: it would read the font itself
    if package is None:
        raise ValueError("formulas need the package ziamath, which holds their font: pip install ziamath")
    return Path(package.submodule_search_locations[0]) / "fonts" / "STIXTwoMath-Regular.ttf"
