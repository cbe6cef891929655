"""Comparing an answer with what was expected: which kind of fault is it?

The checks run from the outside in, so that the first one that objects is the one to mend first: type,
shape, dtype, device, numbers that are not finite, values, changed inputs, gradient.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from s2s_course.exercises.engine.close import is_close
from s2s_course.exercises.engine.display import dtype_name, show_number
from s2s_course.exercises.engine.gradients import compare_gradients
from s2s_course.exercises.engine.outcome import Fault, Outcome


def compare(
    answer: Outcome,
    expected: Outcome,
    *,
    outputs: Sequence[str],
    arguments: Sequence[str],
    exact_zeros: bool = False,
) -> Fault | None:
    """The first fault of ``answer``, or None. Both outcomes come from the same inputs.

    With ``exact_zeros`` what is 0 must be 0 exactly, as where padding must not count.
    """
    if answer.fault:
        return answer.fault
    return compare_outputs(answer, expected, outputs, exact_zeros=exact_zeros) or (
        _modified(answer, expected, arguments) or compare_gradients(answer, expected, arguments)
    )


def compare_outputs(
    answer: Outcome, expected: Outcome, outputs: Sequence[str], *, exact_zeros: bool = False
) -> Fault | None:
    """``compare`` without the changed inputs and the gradient."""
    got, wanted = answer.output, expected.output
    if isinstance(wanted, tuple):
        fault = _container(got, outputs)
    else:
        got, wanted, fault = (got,), (wanted,), _single(got, wanted, expected.connected)
    if fault:
        return fault
    checks = (_type, _shape, _dtype, _device, _finite, _values, *([_zeros] if exact_zeros else []))
    for check in checks:
        for name, mine, theirs in zip(outputs, got, wanted, strict=True):
            if fault := check(name, mine, theirs):
                return fault
    return None


def _container(got: object, outputs: Sequence[str]) -> Fault | None:
    must = f"must return {len(outputs)} tensors: {', '.join(outputs)}"
    if got is None:
        return _returned_none()
    if not isinstance(got, tuple | list):
        return Fault("type", f"Your function {must}. It returned one {_type_name(got)}.")
    if len(got) != len(outputs):
        return Fault("type", f"Your function {must}. It returned {len(got)}.")
    return None


def _single(got: object, wanted: Tensor, has_gradient: bool) -> Fault | None:
    if got is None:
        return _returned_none()
    if isinstance(got, int | float) and wanted.ndim == 0:
        remedy = (
            "Leave out `.item()` or `float()`. A number carries no gradient, so nothing could be trained "
            "with it."
            if has_gradient
            else "`torch.tensor(…)` makes one."
        )
        must = "must return a tensor of shape ()"
        return Fault("type", f"Your function returned a Python {_type_name(got)}, but {must}. {remedy}")
    if isinstance(got, tuple) and len(got) == 1:
        must = "must return the tensor alone"
        return Fault(
            "type", f"Your function returned a tuple, but {must}. Is there a comma too many behind `return`?"
        )
    return None


def _returned_none() -> Fault:
    return Fault("type", "Your function returned None. Did you forget `return`?")


def _type(name: str, got: object, wanted: Tensor) -> Fault | None:
    if not isinstance(got, Tensor):
        return Fault("type", f"{name} must be a tensor, but yours is a {_type_name(got)}.{_remedy(got)}")
    if got.layout != torch.strided or got.is_nested:
        return Fault("type", f"{name} must be an ordinary dense tensor, not a sparse or nested one.")
    return None


def _remedy(value: object) -> str:
    """What makes a tensor of it."""
    if type(value).__module__.partition(".")[0] == "numpy":
        return " `torch.as_tensor(…)` makes one; no gradient goes back through NumPy, so stay in torch."
    if isinstance(value, list | tuple) and value and all(isinstance(part, Tensor) for part in value):
        return " `torch.stack(…)` makes one of tensors of the same shape, `torch.cat(…)` joins them."
    if isinstance(value, list | tuple | int | float):
        return " `torch.tensor(…)` makes one."
    return ""


def _shape(name: str, got: Tensor, wanted: Tensor) -> Fault | None:
    if got.shape == wanted.shape:
        return None
    return Fault(
        "shape",
        f"{name} has the shape {tuple(got.shape)}, but must have {tuple(wanted.shape)} for this input.",
        (name, got, wanted),
    )


def _dtype(name: str, got: Tensor, wanted: Tensor) -> Fault | None:
    if got.dtype == wanted.dtype:
        return None
    return Fault("dtype", f"{name} is of dtype {dtype_name(got)}, but must be {dtype_name(wanted)}.")


def _device(name: str, got: Tensor, wanted: Tensor) -> Fault | None:
    if got.device == wanted.device:
        return None
    return Fault(
        "device", f"{name} is on the device {got.device}, but must be where the inputs are: {wanted.device}."
    )


def _finite(name: str, got: Tensor, wanted: Tensor) -> Fault | None:
    bad = ~torch.isfinite(got) & torch.isfinite(wanted)
    if not bad.any():
        return None
    what = "NaN" if got[bad].isnan().any() else "infinity"
    where = "is" if got.ndim == 0 else "contains"
    return Fault(
        "nan",
        f"{name} {where} {what}. Look for the logarithm of 0, a division by 0, an exponential that "
        f"overflows, or a softmax over scores that are all -inf.",
        (name, got, wanted),
    )


def _values(name: str, got: Tensor, wanted: Tensor) -> Fault | None:
    if is_close(got, wanted):
        return None
    shown = (name, got, wanted)
    if wanted.dtype != torch.bool:
        return Fault("value", f"{name} has wrong values.", shown)
    too_many, too_few = int((got & ~wanted).sum()), int((~got & wanted).sum())
    return Fault(
        "mask",
        f"{name} is wrong: True at {too_many} places that must be False, "
        f"and False at {too_few} places that must be True.",
        shown,
    )


def _zeros(name: str, got: Tensor, wanted: Tensor) -> Fault | None:
    wrong = (wanted == 0) & (got != 0)
    if not wrong.any():
        return None
    size = show_number(got[wrong].abs().max())
    return Fault(
        "zero",
        f"{name} must be exactly 0 at {int(wrong.sum())} places where yours is not (up to {size}). Small is "
        f"not 0: a very negative score leaves a small weight, and where all scores are lower still, a large "
        f"one. Before a softmax fill with `float('-inf')`; elsewhere `masked_fill` or `torch.where` gives 0.",
        (name, got, wanted),
    )


def _modified(answer: Outcome, expected: Outcome, arguments: Sequence[str]) -> Fault | None:
    changed = [i for i in answer.modified if i not in expected.modified]
    if not changed:
        return None
    names = " and ".join(arguments[i] for i in changed)
    advice = (
        f"Work on a copy, such as `list({arguments[changed[0]]})`, or take what you need by its index: "
        f"`pop`, `append`, `insert`, `sort` and `+=` change the list itself."
        if all(i in answer.modified_lists for i in changed)
        else "Work on a copy, or use operations without a trailing underscore."
    )
    return Fault(
        "modified",
        f"Your function changes its input {names} in place, so the caller's data are spoiled. {advice}",
    )


def _type_name(value: object) -> str:
    return type(value).__name__
