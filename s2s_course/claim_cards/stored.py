"""Claims in the stored chapters: cells that end with a call of ``claim_cards``, and their outputs.

A card depends on nothing that a chapter computes, so its stored output can be renewed without running it.
"""

import ast
from pathlib import Path

import nbformat

from s2s_course import stored_chapters
from s2s_course.claim_cards import claim, claim_figure, claim_numbers
from s2s_course.stored_chapters import output_of

_CALLS = {function.__name__: function for function in (claim, claim_figure, claim_numbers)}


def shown(notebook: nbformat.NotebookNode) -> list[tuple[object, nbformat.NotebookNode]]:
    """What each such cell of a chapter shows today, and the cell, in order."""
    found = []
    for cell in notebook.cells:
        call = _call(cell.source) if cell.cell_type == "code" else None
        if call is not None:
            arguments = [ast.literal_eval(argument) for argument in call.args]
            named = {keyword.arg: ast.literal_eval(keyword.value) for keyword in call.keywords}
            found.append((_CALLS[call.func.id](*arguments, **named), cell))
    return found


def renew(path: Path) -> bool:
    """Store today's cards in the chapter at ``path``; whether anything was to be changed."""
    return stored_chapters.renew(path, _renew_cards)


def _renew_cards(notebook: nbformat.NotebookNode) -> None:
    for made, cell in shown(notebook):
        cell.outputs = [output_of(made, cell.execution_count)]


def _call(source: str) -> ast.Call | None:
    """The call with which a cell of imports ends."""
    lines = [line for line in source.splitlines() if line.strip() and not line.startswith(("%", "!"))]
    if not lines or not any(f"{name}(" in source for name in _CALLS):
        return None
    *before, last = ast.parse("\n".join(lines)).body
    call = last.value if isinstance(last, ast.Expr) else None
    if not isinstance(call, ast.Call) or not all(isinstance(one, ast.ImportFrom) for one in before):
        return None
    return call if isinstance(call.func, ast.Name) and call.func.id in _CALLS else None
