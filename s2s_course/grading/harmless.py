"""Cells of a CSV that a spreadsheet cannot take for a formula."""

import re

from s2s_course.grading.visible import on_one_line

# What a formula begins with, in full width too; after a separator or a quote as well, since a spreadsheet
# that expects another separator splits there.
_BEGINNING = re.compile(r"""(^|[;,|\t"'])(\s*)(?=[=+\-@\t\r＝＋－＠])""")


def harmless(text: str) -> str:
    """``text`` on one line, with an apostrophe before whatever could begin a formula."""
    return _BEGINNING.sub(r"\1\2'", on_one_line(text))


def number(value: float | None) -> str:
    """``value`` with at most two decimals and no needless zeros; nothing for None."""
    if value is None:
        return ""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
