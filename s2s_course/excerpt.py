"""Lines of a piece of code, named by what stands in them: an excerpt outlives a change of the rest."""

import textwrap

GAP = " … "


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

    A comment stands for what is left out between them. Raises ``ValueError`` for a piece that is not there,
    or not behind the one before it.
    """
    lines, kept, begin = code.splitlines(), [], 0
    for piece in pieces:
        first, gap, last = piece.partition(GAP)
        place = lines_between(code, first, last if gap else first, begin=begin)
        if kept:
            between = lines[begin : place.start]
            indent = lines[place.start][: -len(lines[place.start].lstrip())]
            kept += [f"{indent}# …"] if any(line.strip() for line in between) else between
        kept += lines[place.start : place.stop]
        begin = place.stop
    return textwrap.dedent("\n".join(kept))
