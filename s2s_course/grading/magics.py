"""IPython's commands in a cell, which are no Python and are not run when grading."""

import re

# What these do with the rest of the cell is to run it as Python, and to measure or catch something.
_TRANSPARENT = ("time", "timeit", "capture", "prun", "memit", "mprun", "lprun")
_COMMAND = re.compile(
    r"""[%!]                            # %magic, !command
    |   \?{1,2}\s*[\w.%*]               # ?help
    |   [%\w.*\[\]()'"]+\?{1,2}\s*$     # help?
    |   \w[\w.\s,]*=\s*(?:!|%\w)        # files = !ls
    """,
    re.VERBOSE,
)
_TOKEN = re.compile(r"""#.*|'''|\"""|'(?:\\.|[^'\\])*'?|"(?:\\.|[^"\\])*"?|[()\[\]{}]""", re.DOTALL)


def strip_magics(source: str) -> tuple[str, tuple[str, ...]]:
    """Python with as many lines as before, and the lines that were taken out.

    A command becomes ``pass``, so that a block which holds nothing else stays one. Inside brackets, strings
    and continued lines nothing is a command: there ``% 2`` at the beginning of a line is Python.
    """
    lines = source.split("\n")
    removed: list[str] = []
    first = next((i for i, line in enumerate(lines) if line.strip()), 0)
    if lines[first].startswith("%%"):
        removed.append(lines[first].strip())
        lines[first] = ""
        if removed[0][2:].split(" ")[0] not in _TRANSPARENT:
            return "\n" * (len(lines) - 1), tuple(removed)
    quote, depth, goes_on, command = "", 0, False, False
    for i, line in enumerate(lines):
        text = line.lstrip()
        if command and goes_on:
            lines[i] = ""
        elif not (quote or depth or goes_on) and _COMMAND.match(text):
            removed.append(text.strip())
            lines[i] = f"{line[: len(line) - len(text)]}pass"
            command = True
        else:
            command = False
            quote, depth = _after(line, quote, depth)
        goes_on = line.endswith("\\")
    return "\n".join(lines), tuple(removed)


def _after(line: str, quote: str, depth: int) -> tuple[str, int]:
    """The quotation marks of an open long string and the number of open brackets after ``line``."""
    at = 0
    while True:
        if quote:
            end = _end_of_string(line, quote, at)
            if end is None:
                return quote, depth
            quote, at = "", end
        token = _TOKEN.search(line, at)
        if token is None:
            return quote, depth
        at = token.end()
        if token[0] in ("'''", '"""'):
            quote = token[0]
        elif token[0] in "([{":
            depth += 1
        elif token[0] in ")]}":
            depth = max(0, depth - 1)


def _end_of_string(line: str, quote: str, at: int) -> int | None:
    """The place behind the closing ``quote``; a backslash protects what follows it."""
    while at < len(line):
        if line[at] == "\\":
            at += 2
        elif line.startswith(quote, at):
            return at + len(quote)
        else:
            at += 1
    return None
