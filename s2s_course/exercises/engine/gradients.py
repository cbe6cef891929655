"""What goes back from an answer to its arguments: a gradient that is cut off, or a wrong one."""

from collections.abc import Sequence

import torch

from s2s_course.exercises.engine.close import is_close
from s2s_course.exercises.engine.outcome import Fault, Outcome


def compare_gradients(answer: Outcome, expected: Outcome, arguments: Sequence[str]) -> Fault | None:
    """The first fault in the gradients of an answer whose values are right, or None."""
    if answer.backward_fault and not expected.backward_fault:
        return answer.backward_fault
    if expected.connected and not answer.connected:
        return Fault(
            "detached",
            "The values are right, but no gradient flows back from your answer, so nothing could be trained "
            "with it. Look for `.detach()`, `.item()`, `.numpy()`, `torch.tensor(…)` or `torch.no_grad()`.",
        )
    if unreached := find_unreached(answer, expected):
        names = " and ".join(arguments[i] for i in unreached)
        return Fault(
            "gradient",
            f"The values are right, but no gradient reaches {names}. Copies of the numbers cut it off: "
            f"`.data`, `.detach()`, `nn.Parameter(…)`, `load_state_dict`, and `copy_` into the weights of a "
            f"module. Compute with the arguments themselves; "
            f"`torch.func.functional_call(module, {{'weight': …}}, x)` runs a module with them.",
        )
    for name, got, wanted in zip(arguments, answer.gradients, expected.gradients, strict=True):
        if got is None and wanted is None:
            continue
        got = torch.zeros_like(wanted) if got is None else got
        wanted = torch.zeros_like(got) if wanted is None else wanted
        if not is_close(got, wanted):
            return Fault(
                "gradient",
                f"The values are right, but the gradient with respect to {name} is not.",
                (f"gradient of {name}", got, wanted),
            )
    return None


def find_unreached(answer: Outcome, expected: Outcome) -> list[int]:
    """The arguments whose gradient is 0 everywhere, or none, and must not be."""
    return [
        i
        for i, (got, wanted) in enumerate(zip(answer.gradients, expected.gradients, strict=True))
        if wanted is not None and not is_close(torch.zeros_like(wanted), wanted)
        if got is None or not got.any()
    ]
