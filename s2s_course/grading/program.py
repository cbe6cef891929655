"""The program of one answer: the learner's code, and those of the other cells that it needs.

A notebook imports much for its figures and widgets that no answer uses, and one import that fails here must
not spoil what does not need it. So of the helpers only those statements run that an answer leads to by name.
This file runs inside the sandbox.
"""

import __future__

import ast
import linecache
from collections.abc import Sequence
from dataclasses import dataclass
from types import CodeType

HELPERS, ANSWER = "<a cell before>", "<your cell>"


@dataclass(frozen=True)
class Program:
    """An answer compiled, the names that it finds, and the errors of what was to run before it."""

    code: CodeType
    namespace: dict[str, object]
    failed: tuple[Exception, ...]


def prepare(helpers: Sequence[str], answer: str) -> Program:
    """``answer``, after what it needs of ``helpers`` has run. Raises SyntaxError where it is no Python."""
    namespace, failed = {"__name__": "__main__"}, []
    wanted = _names_in(ast.parse(answer))
    statements = []
    for i, text in enumerate(helpers):
        filename = f"{HELPERS[:-1]} {i}>"
        _show_lines(filename, text)
        statements += [(filename, statement) for statement in ast.parse(text).body]
    needed, flags = _needed([statement for _, statement in statements], wanted), 0
    for filename, statement in statements:
        flags |= _future(statement)
        if statement not in needed:
            continue
        try:
            code = compile(ast.Module([statement], []), filename, "exec", flags=flags, dont_inherit=True)
            exec(code, namespace)
        except Exception as error:
            failed.append(error)
    _show_lines(ANSWER, answer)
    code = compile(answer, ANSWER, "exec", flags=flags, dont_inherit=True)
    return Program(code, namespace, tuple(failed))


def _show_lines(filename: str, text: str) -> None:
    """Let a traceback find the lines of code that stands in no file, as a notebook does for its cells."""
    linecache.cache[filename] = (len(text), None, [line + "\n" for line in text.split("\n")], filename)


def _needed(statements: Sequence[ast.stmt], wanted: set[str]) -> set[ast.stmt]:
    """Those that bind a name that is wanted, or that another one of these wants."""
    needed, before = set(), -1
    while len(needed) != before:
        before = len(needed)
        for statement in statements:
            if statement not in needed and (_bound_by(statement) & wanted):
                needed.add(statement)
                wanted = wanted | _names_in(statement)
    return needed | {statement for statement in statements if "*" in _bound_by(statement)}


def _bound_by(statement: ast.stmt) -> set[str]:
    names = set()
    for node in ast.walk(statement):
        match node:
            case ast.alias():
                names.add(node.asname or node.name.partition(".")[0])
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                names.add(node.name)
            case ast.Name(ctx=ast.Store()):
                names.add(node.id)
    return names


def _names_in(tree: ast.AST) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def _future(statement: ast.stmt) -> int:
    """The flags of ``from __future__ import …``, which hold for every cell below."""
    if not isinstance(statement, ast.ImportFrom) or statement.module != "__future__":
        return 0
    features = (getattr(__future__, alias.name, None) for alias in statement.names)
    return sum(feature.compiler_flag for feature in features if feature)
