"""Small slips in a formula, which nobody has to foresee: our own answer with one thing changed in it.

A sign, a term left out, one name in the place of another, an axis, a bound. An answer that gives the same
wrong numbers as such a change has most likely the same slip.
"""

import ast
import functools
import inspect
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from s2s_course.exercises.engine.slip_kinds import Change, changes_at


@dataclass(frozen=True)
class Slip:
    """A function with one thing changed; ``text`` says which: "… where `hidden` is computed"."""

    text: str
    place: int
    function: Callable
    change: Change


@functools.cache
def slips_of(function: Callable) -> tuple[Slip, ...]:
    """Everything that differs from ``function`` in one thing.

    Most of it does not run or is wrong; some is right all the same.
    """
    source, definition = _parsed(function)
    names, slips = _names(definition), []
    for place, node in enumerate(ast.walk(definition)):
        for change in changes_at(node, names):
            if changed := _changed(function, source, [(place, change)]):
                text = f"{change[1]}, where {_target(definition, node)} is computed"
                slips.append(Slip(text, place, changed, change))
    return tuple(slips)


def both_of(function: Callable, one: Slip, other: Slip) -> Callable | None:
    """``function`` with two slips at different places."""
    source, _ = _parsed(function)
    return _changed(function, source, [(slip.place, slip.change) for slip in (one, other)])


@functools.cache
def _parsed(function: Callable) -> tuple[str, ast.FunctionDef]:
    source = textwrap.dedent(inspect.getsource(inspect.unwrap(function)))
    return source, _definition(source)


def _definition(source: str) -> ast.FunctionDef:
    [definition] = ast.parse(source).body
    definition.decorator_list = []
    return definition


def _changed(function: Callable, source: str, changes: Sequence[tuple[int, Change]]) -> Callable | None:
    """``function`` made anew, with the nodes at these places of its tree changed."""
    definition, function = _definition(source), inspect.unwrap(function)
    nodes = list(ast.walk(definition))
    if not all(change(nodes[place]) for place, (change, _) in changes):
        return None
    namespace = dict(function.__globals__)
    module = ast.fix_missing_locations(ast.Module([definition], type_ignores=[]))
    try:
        exec(compile(module, "<slip>", "exec"), namespace)
    except (SyntaxError, ValueError, TypeError):  # not every change leaves a program
        return None
    return namespace[definition.name]


def _names(definition: ast.FunctionDef) -> list[str]:
    """The arguments and the variables, in order."""
    variables = [node.id for node in ast.walk(definition) if isinstance(node, ast.Name)]
    stored = {n.id for n in ast.walk(definition) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    arguments = [argument.arg for argument in definition.args.args]
    return list(dict.fromkeys([*arguments, *(name for name in variables if name in stored)]))


def _target(definition: ast.FunctionDef, node: ast.AST) -> str:
    """What the statement around ``node`` computes."""
    for statement in ast.walk(definition):
        if isinstance(statement, ast.Assign | ast.AugAssign | ast.Return) and node in ast.walk(statement):
            if isinstance(statement, ast.Return):
                return "the result"
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            return f"`{ast.unparse(targets[0]).strip('()')}`"
    return "the result"
