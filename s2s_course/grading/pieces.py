"""A cell taken apart into its statements, with the names that each binds and needs. Nothing is run."""

import ast
import re
import symtable
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from s2s_course.grading.cells import Cell
from s2s_course.grading.magics import strip_magics

MOST_STATEMENTS = 2_000  # of a cell

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_BLOCKS = (ast.If, ast.Try, ast.With)
_MAKERS = ("partial", "compile", "vmap", "no_grad", "inference_mode", "cache", "lru_cache", "script", "jit")
_PLAIN_CALLS = ("float", "int", "bool", "complex", "str", "tuple", "list", "set", "dict", "range")
_PLAIN_TORCH = ("tensor", "finfo", "iinfo", "zeros", "ones", "arange", "device", "float32", "sqrt")
_PLAIN = (
    ast.Constant, ast.Name, ast.Attribute, ast.List, ast.Tuple, ast.Set, ast.Dict, ast.UnaryOp, ast.BinOp,
    ast.Subscript, ast.Slice, ast.Lambda, ast.JoinedStr, ast.Compare, ast.BoolOp, ast.IfExp, ast.Starred,
)  # fmt: skip
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
    return (
        f"Python does not understand line {error.lineno}" + (f", `{code}`" if code else "") + f": {error.msg}"
    )


def mentions(source: str, name: str) -> bool:
    """Whether a cell that cannot be read plainly tries to define a function of that name."""
    return bool(
        re.search(rf"^[ \t]*(?:async[ \t]+)?def[ \t]+{name}\b|^{name}[ \t]*=(?!=)", source, re.MULTILINE)
    )


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
    kind = _kind(node)
    binds, needs = {}, frozenset()
    if kind in ("import", "future"):
        binds = dict(_imported(node))
    elif kind == "other":
        binds = {name.id: "" for name in ast.walk(node) if isinstance(name, ast.Name) and _is_store(name)}
    elif kind != "star":
        compile(
            text, "<cell>", "exec", dont_inherit=True
        )  # says what the parser does not, such as `def f(a, a)`
        table = symtable.symtable(text, "<cell>", "exec")
        bound = [s.get_name() for s in table.get_symbols() if s.is_assigned() or s.is_imported()]
        binds = dict.fromkeys(bound, text)
        needs = frozenset(_needed(table)) - (set(bound) if kind == "constant" else set())
    return Piece(index, place, text, kind, binds, needs, dict(_functions(node)), dict(_elsewhere(node)))


def _kind(node: ast.stmt) -> str:
    if isinstance(node, ast.ImportFrom):
        if node.module == "__future__":
            return "future"
        return "other" if node.level else "star" if node.names[0].name == "*" else "import"
    if isinstance(node, ast.Import):
        return "import"
    if isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
        return "definition"
    if isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        named = all(_is_names(target) for target in targets)
        return "constant" if named and node.value is not None and _is_plain(node.value) else "other"
    if isinstance(node, _BLOCKS):
        inside = list(_inside(node))
        if any(isinstance(each, ast.FunctionDef) for each in inside) or all(map(_may_stand_inside, inside)):
            return "block"
    return "other"


def _may_stand_inside(node: ast.stmt) -> bool:
    return isinstance(node, ast.Pass | ast.Raise) or _kind(node) in (
        "import",
        "definition",
        "constant",
        "block",
    )


def _inside(node: ast.stmt | ast.ExceptHandler) -> Iterator[ast.stmt]:
    """The statements of a block, and of blocks in it."""
    for part in ("body", "orelse", "finalbody"):
        for each in getattr(node, part, []):
            yield each
            if isinstance(each, _BLOCKS):
                yield from _inside(each)
    for handler in getattr(node, "handlers", []):
        yield from _inside(handler)


def _is_names(target: ast.expr) -> bool:
    if isinstance(target, ast.Tuple | ast.List):
        return all(_is_names(each) for each in target.elts)
    return isinstance(target, ast.Name)


def _is_store(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Store)


def _is_plain(value: ast.expr) -> bool:
    """Whether a value is a constant in the wide sense: nothing is computed but numbers and small tensors."""
    if isinstance(value, ast.Lambda):
        return True
    if isinstance(value, ast.Call):
        made = ast.unparse(value.func) if isinstance(value.func, ast.Name | ast.Attribute) else ""
        module, _, last = made.rpartition(".")
        known = made in _PLAIN_CALLS or last in _MAKERS or module == "math"
        known = known or (module in ("torch", "np", "numpy") and last in _PLAIN_TORCH)
        inside = [*value.args, *(keyword.value for keyword in value.keywords)]
        return known and all(_is_plain(each) for each in inside)
    if not isinstance(value, _PLAIN):
        return False
    return all(_is_plain(each) for each in ast.iter_child_nodes(value) if isinstance(each, ast.expr))


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


def _functions(node: ast.stmt) -> Iterator[tuple[str, ast.FunctionDef | None]]:
    if isinstance(node, ast.FunctionDef):
        yield node.name, node
    elif isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
        if _makes_function(node.value):
            yield node.targets[0].id, None
    elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
        if _makes_function(node.value):
            yield node.target.id, None
    elif isinstance(node, _BLOCKS):
        for each in _inside(node):
            if not isinstance(each, _BLOCKS):
                yield from _functions(each)


def _makes_function(value: ast.expr) -> bool:
    """Whether a value may be a function: a lambda, another name, or what wraps a function."""
    if isinstance(value, ast.Call):
        return isinstance(value.func, ast.Call | ast.Name | ast.Attribute) and (
            ast.unparse(value.func).split("(")[0].split(".")[-1] in _MAKERS
        )
    return isinstance(value, ast.Lambda | ast.Name | ast.Attribute)


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
