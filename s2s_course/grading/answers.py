"""Which of a notebook's definitions is the answer to an exercise: the last that was attempted."""

import ast
from collections.abc import Sequence
from dataclasses import dataclass

from s2s_course.grading.pieces import Piece


@dataclass(frozen=True)
class Wanted:
    """What the search for an answer has to know of an exercise. ``template`` is the cell to begin with."""

    id: str
    function_name: str
    solution_name: str
    template: str


def definitions(pieces: Sequence[Piece], name: str) -> list[Piece]:
    """All statements that give the notebook a function of that name, in order."""
    return [piece for piece in pieces if name in piece.functions]


def is_attempt(piece: Piece, wanted: Wanted) -> bool:
    """Whether a definition is more than what the learner was given, or than nothing."""
    function = piece.functions[wanted.function_name]
    if function is None:  # a lambda, or another name for a function
        return True
    steps = _steps(function)
    if all(isinstance(step, ast.Pass) or _is_ellipsis(step) or _is_not_implemented(step) for step in steps):
        return False
    return _written(steps) != _written(_steps(_template(wanted)))


def pick(pieces: Sequence[Piece], wanted: Wanted) -> Piece | None:
    """The last attempt; else the last definition, which then is the empty one; None where there is none."""
    found = [p for p in definitions(pieces, wanted.function_name) if not _is_solution(p, wanted)]
    attempts = [piece for piece in found if is_attempt(piece, wanted)]
    return (attempts or found or [None])[-1]


def _is_solution(piece: Piece, wanted: Wanted) -> bool:
    """Whether the course's own solution was only given the name of the answer."""
    return piece.functions[wanted.function_name] is None and wanted.solution_name in piece.needs


def _template(wanted: Wanted) -> ast.FunctionDef:
    body = ast.parse(wanted.template).body
    return next(node for node in body if getattr(node, "name", None) == wanted.function_name)


def _steps(function: ast.FunctionDef) -> list[ast.stmt]:
    """The body without its docstring."""
    return function.body[1:] if ast.get_docstring(function, clean=False) is not None else function.body


def _written(steps: list[ast.stmt]) -> list[str]:
    return [ast.dump(step) for step in steps]


def _is_ellipsis(step: ast.stmt) -> bool:
    return isinstance(step, ast.Expr) and isinstance(step.value, ast.Constant) and step.value.value is ...


def _is_not_implemented(step: ast.stmt) -> bool:
    if not isinstance(step, ast.Raise):
        return False
    raised = step.exc.func if isinstance(step.exc, ast.Call) else step.exc
    return isinstance(raised, ast.Name) and raised.id == "NotImplementedError"
