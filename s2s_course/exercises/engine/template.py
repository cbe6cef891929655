"""The cell that a learner begins with: empty, or with the broken code in which a bug is to be found."""

import ast
import inspect
import textwrap
from collections.abc import Callable, Sequence


def empty_cell(solution: str) -> str:
    """The head of a solution, its signature and docstring, and no body."""
    return f"{_head(solution)}\n    raise NotImplementedError  # replace this line with your code\n"


def broken_cell(solution: str, broken: Sequence[Callable]) -> str:
    """The head of a solution with the body of the last of ``broken``, and the others before it."""
    *helpers, last = (textwrap.dedent(inspect.getsource(function)) for function in broken)
    definition = ast.parse(last).body[0]
    first = definition.body[1] if ast.get_docstring(definition) else definition.body[0]
    body = "\n".join(last.splitlines()[first.lineno - 1 :])
    return "\n\n".join([*helpers, f"{_head(solution)}\n{body}\n"])


def is_untouched(function: Callable, template: str) -> bool:
    """Whether a function does step by step what the one in the template does."""
    code = getattr(function, "__code__", None)
    if code is None:
        return False
    definitions = [part for part in compile(template, "<cell>", "exec").co_consts if hasattr(part, "co_code")]
    asked = next((part for part in definitions if part.co_name == code.co_name), None)
    return asked is not None and (
        (code.co_code, code.co_names, code.co_consts) == (asked.co_code, asked.co_names, asked.co_consts)
    )


def _head(solution: str) -> str:
    docstring = ast.parse(solution).body[0].body[0]
    return "\n".join(solution.splitlines()[: docstring.end_lineno])
