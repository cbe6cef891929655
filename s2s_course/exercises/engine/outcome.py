"""One call of an answer, and everything about it that is compared: outputs, gradients, untouched inputs."""

import contextlib
import copy
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from s2s_course.exercises.engine.crash import describe_crash
from s2s_course.exercises.engine.limits import ShortMemory, TimeIsUp, call_within
from s2s_course.seeds import torch_generator


@dataclass(frozen=True)
class Fault:
    """What is wrong with an answer. ``kind`` is one word for programs, ``message`` is for the learner.

    ``shown`` is what to show beside it: a name, the answer's tensor and the expected one.
    """

    kind: str
    message: str
    shown: tuple[str, Tensor, Tensor] | None = None


@dataclass(frozen=True)
class Outcome:
    """What a call gave. ``output`` means nothing where ``fault`` says that the call did not end well.

    ``modified`` numbers the inputs that the call changed, ``modified_lists`` those of them that are lists,
    and ``seconds`` is the processor time that it took.
    """

    output: object = None
    gradients: tuple[Tensor | None, ...] = ()
    connected: bool = False
    modified: tuple[int, ...] = ()
    modified_lists: tuple[int, ...] = ()
    seconds: float = 0.0
    printed: str = ""
    fault: Fault | None = None
    backward_fault: Fault | None = None

    def without_gradient(self) -> "Outcome":
        """The same, as if no gradient had been recorded."""
        return replace(self, gradients=(None,) * len(self.gradients), connected=False, backward_fault=None)


@torch.enable_grad()  # whatever the notebook has switched off
def run(function: Callable, inputs: tuple, *, seconds: float | None = None) -> Outcome:
    """Call ``function`` on a copy of ``inputs``, for at most ``seconds`` (None: as long as it takes).

    ``gradients`` has one entry for each input (None for what is not a float tensor): the gradient of a
    fixed random sum of the float outputs. ``connected`` says whether any output had a gradient.
    """
    leaves = [value.clone().requires_grad_() if _is_float(value) else None for value in inputs]
    # A copy of the leaf, because torch refuses to change a leaf in place and we want to see that it happened.
    arguments = [
        copy.deepcopy(v) if leaf is None else leaf.clone() for v, leaf in zip(inputs, leaves, strict=True)
    ]
    printed, start = ShortMemory(), time.thread_time()
    try:
        # An answer may draw random numbers: the same ones each time, and none are taken from the notebook's.
        with contextlib.redirect_stdout(printed), torch.random.fork_rng(devices=[]):
            torch.default_generator.manual_seed(0)
            output = function(*arguments) if seconds is None else call_within(seconds, function, *arguments)
    except TimeIsUp:
        return out_of_time(str(printed), time.thread_time() - start)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        # torch raises NotImplementedError too, always with a text; the empty cell raises it without one.
        empty = isinstance(error, NotImplementedError) and not error.args
        fault = Fault("unattempted" if empty else "crash", describe_crash(error))
        return Outcome(printed=str(printed), fault=fault, seconds=time.thread_time() - start)

    seconds = time.thread_time() - start
    modified = tuple(i for i, (v, a) in enumerate(zip(inputs, arguments, strict=True)) if not _same(v, a))
    total = _random_sum(output)
    gradients, backward_fault = [None] * len(inputs), None
    if total is not None:
        try:
            gradients = _gradients(total, leaves)
        except RuntimeError as error:
            reason = str(error).split(". ")[0].split(": [")[0]
            backward_fault = Fault("gradient", f"No gradient can be computed through your answer: {reason}.")
    return Outcome(
        output=output,
        gradients=tuple(gradients),
        connected=total is not None,
        modified=modified,
        modified_lists=tuple(i for i in modified if isinstance(inputs[i], list)),
        seconds=seconds,
        printed=str(printed),
        backward_fault=backward_fault,
    )


def out_of_time(printed: str, seconds: float) -> Outcome:
    """The outcome of a call that was ended after ``seconds``."""
    message = "Your function was still running when its time was up. Does it have an endless loop?"
    return Outcome(printed=printed, fault=Fault("time", message), seconds=seconds)


def _is_float(value: object) -> bool:
    return isinstance(value, Tensor) and value.is_floating_point()


def _same(before: object, after: object) -> bool:
    if isinstance(before, Tensor):
        return before.shape == after.shape and torch.allclose(before, after, rtol=0, atol=0, equal_nan=True)
    return before == after


def _random_sum(output: object) -> Tensor | None:
    """The float outputs, weighted and added up; None where none of them has a gradient."""
    tensors = output if isinstance(output, tuple | list) else (output,)
    terms = []
    for i, tensor in enumerate(tensors):
        if _is_float(tensor) and tensor.requires_grad:
            weights = torch.rand(tensor.shape, generator=torch_generator(0, "weights", i), dtype=tensor.dtype)
            terms.append((tensor * (0.5 + weights).to(tensor.device)).sum())
    return sum(terms) if terms else None


def _gradients(total: Tensor, leaves: list[Tensor | None]) -> list[Tensor | None]:
    wanted = [leaf for leaf in leaves if leaf is not None]
    found = iter(
        torch.autograd.grad(total, wanted, allow_unused=True, materialize_grads=True) if wanted else ()
    )
    return [None if leaf is None else next(found) for leaf in leaves]
