"""Where a file can be changed in one place: what ``tests/mutations.py`` tries."""

import ast
import random
from dataclasses import dataclass
from pathlib import Path

SWAPS = {
    ast.Lt: ("<", "<="), ast.LtE: ("<=", "<"), ast.Gt: (">", ">="), ast.GtE: (">=", ">"),
    ast.Eq: ("==", "!="), ast.NotEq: ("!=", "=="), ast.Is: ("is", "is not"), ast.IsNot: ("is not", "is"),
    ast.In: ("in", "not in"), ast.NotIn: ("not in", "in"), ast.Add: ("+", "-"), ast.Sub: ("-", "+"),
    ast.Mult: ("*", "/"), ast.Div: ("/", "*"), ast.FloorDiv: ("//", "*"), ast.Mod: ("%", "+"),
    ast.Pow: ("**", "*"), ast.BitAnd: ("&", "|"), ast.BitOr: ("|", "&"), ast.And: ("and", "or"),
    ast.Or: ("or", "and"),
}  # fmt: skip


@dataclass(frozen=True)
class Mutation:
    """``old`` between two offsets of ``file`` (relative to the package) becomes ``new``."""

    file: str
    line: int
    start: int
    end: int
    old: str
    new: str
    inside_function: bool

    def __str__(self) -> str:
        return f"{self.file}:{self.line}  {' '.join(self.old.split())}  →  {self.new or '(nothing)'}"


class Finder(ast.NodeVisitor):
    """All mutations of one file. Annotations, docstrings, messages of errors and f-strings are left alone."""

    def __init__(self, file: str, source: str):
        self.file, self.source, self.found, self.functions = file, source, [], 0
        starts = [0]
        for line in source.splitlines(keepends=True):
            starts.append(starts[-1] + len(line))
        lines = source.splitlines()
        self.offset = lambda line, byte: starts[line - 1] + len(lines[line - 1].encode()[:byte].decode())

    def span(self, node: ast.AST) -> tuple[int, int]:
        return (
            self.offset(node.lineno, node.col_offset),
            self.offset(node.end_lineno, node.end_col_offset),
        )

    def add(self, start: int, end: int, new: str) -> None:
        line = self.source.count("\n", 0, start) + 1
        self.found.append(
            Mutation(self.file, line, start, end, self.source[start:end], new, self.functions > 0)
        )

    def swap(self, left: ast.AST, right: ast.AST, operator: ast.AST) -> None:
        if type(operator) in SWAPS:
            old, new = SWAPS[type(operator)]
            (_, start), (end, _) = self.span(left), self.span(right)
            at = self.source.find(old, start, end)
            if at >= 0 and "#" not in self.source[start:end]:
                self.add(at, at + len(old), new)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        if node.name == "__repr__":
            return
        for default in [*node.args.defaults, *filter(None, node.args.kw_defaults)]:
            self.visit(default)
        self.functions += 1
        for statement in node.body:
            self.visit(statement)
        self.functions -= 1

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)

    def visit_Raise(self, node: ast.Raise) -> None:
        pass

    visit_JoinedStr = visit_Assert = visit_Raise

    def visit_Compare(self, node: ast.Compare) -> None:
        for left, operator, right in zip(
            [node.left, *node.comparators], node.ops, node.comparators, strict=False
        ):
            self.swap(left, right, operator)
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        self.swap(node.left, node.right, node.op)
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        self.swap(node.values[0], node.values[1], node.op)
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        if not isinstance(node.operand, ast.Constant):
            (start, end), (inner, _) = self.span(node), self.span(node.operand)
            self.add(start, end, self.source[inner:end])
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, bool):
            self.add(*self.span(node), str(not node.value))
        elif isinstance(node.value, int):
            self.add(*self.span(node), str(node.value + 1))
        elif isinstance(node.value, float):
            self.add(*self.span(node), repr(node.value * 1.5 if node.value else 1.0))

    def visit_If(self, node: ast.If | ast.IfExp) -> None:
        start, end = self.span(node.test)
        self.add(start, end, f"not ({self.source[start:end]})")
        self.generic_visit(node)

    visit_IfExp = visit_If

    def visit_Expr(self, node: ast.Expr) -> None:
        if isinstance(node.value, ast.Call):
            self.add(*self.span(node), "pass")
        if not isinstance(node.value, ast.Constant):
            self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        if len(node.args) == 1 and not node.keywords:
            self.add(*self.span(node.args[0]), "")
        before = node.args[-1] if node.args else None
        for keyword in node.keywords:
            if before is not None and keyword.arg:
                self.add(self.span(before)[1], self.span(keyword)[1], "")
            before = keyword
        self.generic_visit(node)


def mutations_of(package: Path, only: list[str]) -> list[Mutation]:
    """Every mutation of the files in ``only``, at most one a line and kind of change."""
    files = [
        f
        for part in only
        for f in ([package / part] if part.endswith(".py") else (package / part).rglob("*.py"))
    ]
    found = []
    for file in sorted(set(files)):
        source = file.read_text(encoding="utf-8")
        finder = Finder(file.relative_to(package).as_posix(), source)
        finder.visit(ast.parse(source))
        found.extend(finder.found)
    return found


def draw(mutations: list[Mutation], count: int, seed: int) -> list[Mutation]:
    """``count`` of them, no two in one line, every file as likely as its number of places."""
    order = random.Random(seed).sample(mutations, len(mutations))
    of_line = {(mutation.file, mutation.line): mutation for mutation in reversed(order)}
    return [m for m in order if of_line[m.file, m.line] is m][:count]
