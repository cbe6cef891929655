"""Telling a learner about an exception in their own code, without frames of ours."""

import linecache
import os
import re
import sysconfig
import traceback
from collections.abc import Sequence
from pathlib import Path

from torch import Tensor

_NOT_THE_LEARNERS = (
    "<frozen ",
    str(Path(__file__).parents[2]) + os.sep,
    *(sysconfig.get_path(name) + os.sep for name in ("stdlib", "purelib", "platlib")),
)
_LONGEST_TEXT = 300


def describe_crash(error: BaseException) -> str:
    """What happened and in which line, the same on every machine: without addresses and folders."""
    if isinstance(error, RecursionError):
        return f"Your function calls itself without end{_place(error)} (RecursionError)."
    if isinstance(error, SystemExit):
        return f"Your function ends Python{_place(error)}. Return the answer instead of calling exit()."
    text = re.sub(r" at 0x[0-9a-fA-F]+", "", str(error).strip())
    text = re.sub(r"(?<![\w.])(?:/[\w.+-]+)+/([\w.+-]+)", r"\1", text)
    if len(text) > _LONGEST_TEXT:
        text = text[:_LONGEST_TEXT] + " …"
    kind = type(error).__name__
    return f"Your function stopped with an error{_place(error)}. {kind}" + (f": {text}" if text else "")


def show_shapes(names: Sequence[str], values: Sequence[object]) -> str:
    """The shapes of all tensors among the arguments in one line, since most crashes are about them."""
    shapes = [
        f"{name} {tuple(value.shape)}"
        for name, value in zip(names, values, strict=True)
        if isinstance(value, Tensor)
    ]
    return f"shapes: {', '.join(shapes)}" if shapes else ""


def is_the_learners(filename: str) -> bool:
    """Whether code of this file is the learner's own: not ours, nor Python's, nor an installed package's."""
    return not filename.startswith(_NOT_THE_LEARNERS)


def _place(error: BaseException) -> str:
    """The deepest line of the learner's own code, or nothing where there is none."""
    own = [
        (frame.f_code.co_filename, line)
        for frame, line in traceback.walk_tb(error.__traceback__)
        if is_the_learners(frame.f_code.co_filename)
    ]
    if not own:
        return ""
    filename, line = own[-1]
    code = linecache.getline(filename, line).strip()
    return f" in line {line}: `{code}`" if code else f" in line {line}"
