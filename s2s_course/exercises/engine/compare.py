"""Comparing an answer with what was expected: which kind of fault is it?

The checks run from the outside in, so that the first one that objects is the one to mend first: type,
shape, dtype, device, numbers that are not finite, values, changed inputs, gradient.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from s2s_course.exercises.engine.display import dtype_name, show_named
from s2s_course.exercises.engine.outcome import Fault, Outcome

# Wide enough for float32 sums in another order, far too narrow for any mistake.
RELATIVE_TOLERANCE = 1e-4
ABSOLUTE_TOLERANCE = 1e-5


def compare(
    answer: Outcome, expected: Outcome, *, outputs: Sequence[str], arguments: Sequence[str]
) -> Fault | None:
    """The first fault of ``answer``, or None. Both outcomes come from the same inputs."""
    return compare_outputs(answer, expected, outputs) or (
        _modified(answer, expected, arguments) or _gradient(answer, expected, arguments)
    )


def compare_outputs(answer: Outcome, expected: Outcome, outputs: Sequence[str]) -> Fault | None:
    """``compare`` without the changed inputs and the gradient."""
    got, wanted = answer.output, expected.output
    if isinstance(wanted, tuple):
        fault = _container(got, outputs)
    else:
        got, wanted, fault = (got,), (wanted,), _single(got, wanted, expected.connected)
    if fault:
        return fault
    for check in (_type, _shape, _dtype, _device, _finite, _values):
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
    return None


def _returned_none() -> Fault:
    return Fault("type", "Your function returned None. Did you forget `return`?")


def _type(name: str, got: object, wanted: Tensor) -> Fault | None:
    if not isinstance(got, Tensor):
        remedy = " `torch.tensor(…)` makes one." if isinstance(got, list | int | float) else ""
        return Fault("type", f"{name} must be a tensor, but yours is a {_type_name(got)}.{remedy}")
    if got.layout != torch.strided or got.is_nested:
        return Fault("type", f"{name} must be an ordinary dense tensor, not a sparse or nested one.")
    return None


def _shape(name: str, got: Tensor, wanted: Tensor) -> Fault | None:
    if got.shape == wanted.shape:
        return None
    return Fault(
        "shape",
        f"{name} has the shape {tuple(got.shape)}, but must have {tuple(wanted.shape)} for this input.",
        _side_by_side(name, got, wanted),
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
        _side_by_side(name, got, wanted),
    )


def _values(name: str, got: Tensor, wanted: Tensor) -> Fault | None:
    if _close(got, wanted):
        return None
    details = _side_by_side(name, got, wanted)
    if wanted.dtype != torch.bool:
        return Fault("value", f"{name} has wrong values.", details)
    too_many, too_few = int((got & ~wanted).sum()), int((~got & wanted).sum())
    return Fault(
        "mask",
        f"{name} is wrong: True at {too_many} places that must be False, "
        f"and False at {too_few} places that must be True.",
        details,
    )


def _modified(answer: Outcome, expected: Outcome, arguments: Sequence[str]) -> Fault | None:
    changed = [arguments[i] for i in answer.modified if i not in expected.modified]
    if not changed:
        return None
    names = " and ".join(changed)
    return Fault(
        "modified",
        f"Your function changes its input {names} in place, so the caller's data are spoiled. Work on a "
        f"copy, or use operations without a trailing underscore.",
    )


def _gradient(answer: Outcome, expected: Outcome, arguments: Sequence[str]) -> Fault | None:
    if answer.backward_fault and not expected.backward_fault:
        return answer.backward_fault
    if expected.connected and not answer.connected:
        return Fault(
            "detached",
            "The values are right, but no gradient flows back from your answer, so nothing could be trained "
            "with it. Look for `.detach()`, `.item()`, `.numpy()`, `torch.tensor(…)` or `torch.no_grad()`.",
        )
    for name, got, wanted in zip(arguments, answer.gradients, expected.gradients, strict=True):
        if got is None and wanted is None:
            continue
        got = torch.zeros_like(wanted) if got is None else got
        wanted = torch.zeros_like(got) if wanted is None else wanted
        if not _close(got, wanted):
            return Fault(
                "gradient",
                f"The values are right, but the gradient with respect to {name} is not.",
                _side_by_side(f"gradient of {name}", got, wanted),
            )
    return None


def _close(got: Tensor, wanted: Tensor) -> bool:
    if not wanted.is_floating_point():
        return torch.equal(got, wanted)
    return torch.allclose(got, wanted, rtol=RELATIVE_TOLERANCE, atol=ABSOLUTE_TOLERANCE, equal_nan=True)


def _side_by_side(name: str, got: Tensor, wanted: Tensor) -> str:
    return show_named(f"{name}, yours   ", got) + "\n" + show_named(f"{name}, expected", wanted)


def _type_name(value: object) -> str:
    return type(value).__name__
