"""A public example for an exercise whose reference is not published: inputs to see and to try."""

import textwrap
from typing import Any

import torch
from torch import Tensor

from s2s_course.exercises.engine.example import kind_of, outputs_of
from s2s_course.exercises.engine.exercise import Case, Exercise
from s2s_course.seeds import derive

_LONGEST = 2_000  # characters
_WIDTH = 88
_COMMENT = """\
# The answer to this exercise is kept for your instructor. What can be tried here is an
# example: does the function run, and does it return what is asked for?"""


def example_of(exercise: Exercise) -> str:
    """The cell that tries an answer on the shortest example among the cases.

    It tells kinds and shapes of what the reference returns, which the task says too, and none of its numbers.
    Where no example can be written down (functions, NaN, very long ones), there is nothing to try, and the
    cell says so.
    """
    call = f'try_example("{exercise.id}", {exercise.function_name}'
    texts = [text for case in exercise.cases if (text := _text(exercise, case))]
    if not texts:
        return f"{_COMMENT.partition('.')[0]}.\n{call})"
    text = min(texts, key=len)
    kinds = [kind_of(output) for output in outputs_of(exercise.reference(*_evaluated(text)))]
    returns = ", ".join(f'"{kind}"' for kind in kinds)
    return f"{_COMMENT}\nexample = {text}\n{call}, example, returns=[{returns}])"


def _text(exercise: Exercise, case: Case) -> str | None:
    """One draw of a case as Python; None where that would not give the same values again."""
    # Anybody may compute this seed: it is not the one that answers are graded on.
    inputs = case.make(derive(0, "example", exercise.id, case.name))
    try:
        lines = "".join(f"{_literal(value)},\n" for value in inputs)
        text = f"(\n{textwrap.indent(lines, '    ')})"
        same = len(text) <= _LONGEST and all(map(_same, inputs, _evaluated(text)))
    except Exception:
        return None
    return text if same else None


def _evaluated(text: str) -> tuple:
    return eval(text, {"torch": torch})


def _literal(value: Any) -> str:
    if not isinstance(value, Tensor):
        return repr(value)
    numbers = _rows(value.tolist(), value.is_floating_point() and value.dtype == torch.float32)
    made = f"torch.tensor({numbers})"
    return (
        made
        if value.dtype in (torch.float32, torch.int64, torch.bool)
        else f"{made[:-1]}, dtype={value.dtype})"
    )


def _rows(value: Any, single: bool) -> str:
    """Nested lists, a row a line where they do not fit one. float32 needs fewer digits than float64."""
    if not isinstance(value, list):
        return f"{value:.9g}" if single and value % 1 else repr(value)
    parts = [_rows(each, single) for each in value]
    line = f"[{', '.join(parts)}]"
    if len(line) <= _WIDTH - 24 or not parts:
        return line
    if not isinstance(value[0], list):
        return "[\n" + textwrap.indent(textwrap.fill(", ".join(parts), _WIDTH - 16), "    ") + ",\n]"
    return "[\n" + textwrap.indent(",\n".join(parts), "    ") + ",\n]"


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, Tensor):
        return one.dtype == other.dtype and torch.equal(one, other)
    return type(one) is type(other) and one == other
