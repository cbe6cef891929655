"""A cell taken apart into its statements, with the names that each binds and needs. Nothing is run."""

import ast
import re
import symtable
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from s2s_course.grading.cells import Cell
from s2s_course.grading.magics import strip_magics
from s2s_course.grading.statements import functions_of, kind_of

MOST_STATEMENTS = 2_000  # of a cell

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
# What Python raises for text that it will not read: too deep, too large, a zero character, half a pair.
_REFUSED = (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError)


@dataclass(frozen=True)
class Piece:
    """A statement. ``kind`` is import, star, future, definition, constant, block or other.

    ``binds`` has for each name that it binds a text that is the same where the same is bound. ``needs`` are
    names that it takes from other statements. ``functions`` are the plain functions that it makes, with their
    syntax trees or, for a lambda or another name for a function, None. ``elsewhere`` says of functions with
    a name why they are none of the notebook's own: "as a method of the class Net".
    """

    cell: int
    place: str
    text: str
    kind: str
    binds: dict[str, str]
    needs: frozenset[str]
    functions: dict[str, ast.FunctionDef | None]
    elsewhere: dict[str, str]


class Unreadable(Exception):
    """A cell that Python does not read. The sentence says where and why; it has no end point."""


def take_apart(cell: Cell, index: int) -> tuple[tuple[Piece, ...], tuple[str, ...]]:
    """The statements of a cell, and the lines that were no Python. Raises ``Unreadable``."""
    source, removed = cell.source, ()
    try:
        tree = ast.parse(source)
    except _REFUSED:
        source, removed = strip_magics(source)
        source = _dedented(source)
        try:
            tree = ast.parse(source)
        except _REFUSED as error:
            raise Unreadable(why_unreadable(error, source)) from None
    if len(tree.body) > MOST_STATEMENTS:
        raise Unreadable(f"It has more than {MOST_STATEMENTS:,} statements")
    try:
        cut = _Cutter(source)
        return tuple(_piece(node, cut(node), index, cell.place) for node in tree.body), removed
    except _REFUSED as error:
        raise Unreadable(why_unreadable(error, source)) from None


def why_unreadable(error: Exception, source: str) -> str:
    """What Python says of ``source``, with the line that it means."""
    if isinstance(error, RecursionError | MemoryError):
        return "It is nested too deeply for Python to read"
    if not isinstance(error, SyntaxError) or not error.lineno:
        return "It holds characters or numbers that Python does not read"
    lines = source.split("\n")
    code = lines[error.lineno - 1].strip() if error.lineno <= len(lines) else ""
    code = code if len(code) <= 100 else f"{code[:99]}…"
    place = f"line {error.lineno}, `{code}`" if code else f"line {error.lineno}"
    return f"Python does not understand {place}: {error.msg}"


def mentions(source: str, name: str) -> bool:
    """Whether a cell that cannot be read plainly tries to define a function of that name."""
    attempt = rf"^[ \t]*(?:async[ \t]+)?def[ \t]+{name}\b|^{name}[ \t]*=(?!=)"
    return re.search(attempt, source, re.MULTILINE) is not None


def _dedented(source: str) -> str:
    """IPython lets a whole cell be indented."""
    return textwrap.dedent(source) if source.lstrip("\n")[:1] in (" ", "\t") else source


class _Cutter:
    """Cuts statements out of a text. Columns of a syntax tree count bytes."""

    def __init__(self, source: str):
        self.lines = [line.encode() for line in source.split("\n")]

    def __call__(self, node: ast.stmt) -> str:
        decorators = getattr(node, "decorator_list", [])
        first = min([node.lineno, *(each.lineno for each in decorators)])
        lines = self.lines[first - 1 : node.end_lineno]
        rest = lines[-1][node.end_col_offset :].strip()
        if rest and not rest.startswith(b"#"):  # a comment belongs to the statement, after ; comes another
            lines[-1] = lines[-1][: node.end_col_offset]
        if not decorators:
            lines[0] = lines[0][node.col_offset :]
        return b"\n".join(lines).decode()


def _piece(node: ast.stmt, text: str, index: int, place: str) -> Piece:
    kind = kind_of(node)
    binds, needs = {}, frozenset()
    if kind in ("import", "future"):
        binds = dict(_imported(node))
    elif kind == "other":
        binds = {name.id: "" for name in ast.walk(node) if isinstance(name, ast.Name) and _is_store(name)}
    elif kind != "star":
        # The compiler refuses what the parser does not, such as `def f(a, a)`.
        compile(ast.Module([node], []), "<cell>", "exec", dont_inherit=True)
        table = symtable.symtable(text, "<cell>", "exec")
        bound = [s.get_name() for s in table.get_symbols() if s.is_assigned() or s.is_imported()]
        binds = dict.fromkeys(bound, text)
        needs = frozenset(_needed(table)) - (set(bound) if kind == "constant" else set())
    return Piece(index, place, text, kind, binds, needs, dict(functions_of(node)), dict(_elsewhere(node)))


def _is_store(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Store)


def _imported(node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, str]]:
    for alias in node.names:
        if isinstance(node, ast.ImportFrom):
            yield alias.asname or alias.name, f"from {node.module} import {alias.name}"
        elif alias.asname:
            yield alias.asname, f"import {alias.name}"
        else:
            name = alias.name.split(".")[0]
            yield name, f"import {name}"


def _needed(table: symtable.SymbolTable) -> Iterator[str]:
    """Names that code takes from the notebook or from Python: those that no function of it binds."""
    for symbol in table.get_symbols():
        if symbol.is_referenced() and (symbol.is_global() or table.get_type() == "module"):
            yield symbol.get_name()
    for child in table.get_children():
        yield from _needed(child)


def _elsewhere(node: ast.AST, where: str = "") -> Iterator[tuple[str, str]]:
    """Functions that the notebook itself does not have under their names, each with where it is instead."""
    for each in ast.iter_child_nodes(node):
        if isinstance(each, ast.stmt | ast.ExceptHandler | ast.match_case):
            if isinstance(each, ast.FunctionDef) and _around(node, where):
                yield each.name, _around(node, where)
            yield from _elsewhere(each, _around(node, where))
    if isinstance(node, ast.AsyncFunctionDef):
        yield node.name, "with `async def`"


def _around(node: ast.AST, where: str) -> str:
    if isinstance(node, ast.ClassDef):
        return f"as a method of the class {node.name}"
    if isinstance(node, _FUNCTIONS):
        return f"inside the function {node.name}"
    return "inside a loop" if isinstance(node, ast.For | ast.While | ast.AsyncFor) else where
