"""Lines of a piece of code, named by what stands in them: an excerpt outlives a change of the rest."""

import re

GAP = " … "
_HEADER = re.compile(r"\s*(?:def|class) ")


def lines_between(code: str, first: str, last: str, *, begin: int = 0) -> range:
    """From the line of ``code`` that contains ``first`` to the next that contains ``last``.

    Lines are counted from 0, and those before ``begin`` passed over. Raises ``ValueError`` where no line
    contains one of the two.
    """
    lines = code.splitlines()
    start = next((n for n, line in enumerate(lines) if n >= begin and first in line), None)
    if start is None:
        raise ValueError(f"a line of the code must contain {first!r}, none does")
    stop = next((n for n, line in enumerate(lines) if n >= start and last in line), None)
    if stop is None:
        raise ValueError(f"a line of the code must contain {last!r} behind {first!r}, none does")
    return range(start, stop + 1)


def excerpt(code: str, *pieces: str) -> str:
    """The ``pieces`` of ``code``, each ``"first … last"`` or what stands in one line, in their order there.

    What a piece stands in, a function or a class, is named by the line with which it begins. A comment stands
    for what is left out between two lines, an empty line for what is left out before a function or a class.
    Raises ``ValueError`` for a piece that is not there, or not behind the one before it.
    """
    lines, kept, begin = code.splitlines(), set(), 0
    for piece in pieces:
        first, gap, last = piece.partition(GAP)
        place = lines_between(code, first, last if gap else first, begin=begin)
        kept |= {*_headers(lines, place.start), *place}
        begin = place.stop
    shown, before = [], -1
    for number in sorted(kept):
        line, left_out = lines[number], lines[before + 1 : number]
        if shown and left_out:
            if _HEADER.match(line):
                shown += [] if _HEADER.match(shown[-1]) else [""]
            else:
                shown.append(f"{line[: _indent(line)]}# …" if any(map(str.strip, left_out)) else "")
        shown.append(line)
        before = number
    return "\n".join(shown)


def _headers(lines: list[str], number: int) -> list[int]:
    """The numbers of the lines with which the functions and classes begin that a line stands in."""
    found, indent = [], _indent(lines[number])
    for above in range(number - 1, -1, -1):
        line = lines[above]
        if _HEADER.match(line) and _indent(line) < indent:
            found.append(above)
            indent = _indent(line)
    return found


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
