"""Questions and attempts as JSON: what goes into the sandbox for an exercise, and what comes back.

An ``Attempt`` that is read here can be judged whatever was sent: its faults are of the kinds that ``attempt``
gives, every gradient is like its input, and its texts can be shown. ``WireError`` says what is not so.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, replace

import torch
from torch import Tensor

from s2s_course.exercises.engine.attempt import Attempt, Question, has_no_time
from s2s_course.exercises.engine.outcome import Fault, Outcome
from s2s_course.grading.wire import MOST_NUMBERS, TooLarge, WireError, clean, decode, encode

MOST_BYTES = 4 << 20  # of a reply: far more than all answers to an exercise have, and read in no time
_CALL_FAULTS = ("unattempted", "crash", "time", "size")
_TOO_LARGE = Fault(
    "size",
    f"What your function returned is too large to be compared: more than {MOST_NUMBERS:,} numbers, or more "
    f"than 12 axes, for inputs that have a few hundred numbers at most.",
)
_MOST_SECONDS = 1e6


def encode_question(question: Question) -> dict:
    return asdict(question)


def decode_question(document: dict) -> Question:
    """What ``encode_question`` gave; it comes from the host, which is trusted."""
    return Question(**{**document, "arguments": tuple(document["arguments"])})


def encode_attempt(attempt: Attempt) -> bytes:
    """At most ``MOST_BYTES``: outputs that find no room become a fault."""
    outcomes, used = [], 0
    for outcome in attempt.outcomes:
        document = _encode_outcome(outcome)
        used += len(json.dumps(document))
        if used > MOST_BYTES // 2:
            document = _encode_outcome(_too_large(outcome))
        outcomes.append(document)
    document = {"fault": _encode_fault(attempt.fault), "outcomes": outcomes}
    return json.dumps(document, allow_nan=False).encode()


def decode_attempt(reply: bytes, inputs: Sequence[tuple]) -> Attempt:
    """The attempt of a reply, whose calls were made on ``inputs``; ``WireError`` where it is none."""
    if len(reply) > MOST_BYTES:
        raise WireError(f"a reply must have at most {MOST_BYTES:,} bytes")
    try:
        document = json.loads(reply)
    except (ValueError, RecursionError):
        raise WireError("a reply must be JSON") from None
    match document:
        case {"fault": fault, "outcomes": list(outcomes)} if len(document) == 2:
            pass
        case _:
            raise WireError("a reply must have a fault and outcomes")
    if len(outcomes) > len(inputs):
        raise WireError(f"a reply must have at most {len(inputs)} outcomes, got {len(outcomes)}")
    found = tuple(_decode_outcome(each, inputs[i]) for i, each in enumerate(outcomes))
    attempt = Attempt(found, _decode_fault(fault, ("arguments", "crash")))
    whole = attempt.fault or attempt.unattempted or has_no_time(found[-1]) or len(found) == len(inputs)
    if not whole:
        raise WireError(f"a reply must have {len(inputs)} outcomes, got {len(found)}")
    return attempt


def _too_large(outcome: Outcome) -> Outcome:
    return replace(outcome.without_gradient(), output=None, fault=_TOO_LARGE)


def _encode_outcome(outcome: Outcome) -> dict:
    try:
        output = encode(outcome.output)
        gradients = [encode(gradient) for gradient in outcome.gradients]
    except TooLarge:
        return _encode_outcome(_too_large(outcome))
    return {
        "output": output,
        "gradients": gradients,
        "connected": outcome.connected,
        "modified": list(outcome.modified),
        "modified_lists": list(outcome.modified_lists),
        "seconds": outcome.seconds,
        "printed": outcome.printed,
        "fault": _encode_fault(outcome.fault),
        "backward_fault": _encode_fault(outcome.backward_fault),
    }


def _encode_fault(fault: Fault | None) -> dict | None:
    """Without what is shown beside a fault: no call shows anything, only a comparison does."""
    return fault and {"kind": fault.kind, "message": fault.message}


def _decode_outcome(document: object, inputs: tuple) -> Outcome:
    match document:
        case {
            "output": output,
            "gradients": list(gradients),
            "connected": bool(connected),
            "modified": list(modified),
            "modified_lists": list(modified_lists),
            "seconds": int() | float() as seconds,
            "printed": printed,
            "fault": fault,
            "backward_fault": backward_fault,
        } if len(document) == 9:
            pass
        case _:
            raise WireError("an outcome lacks something, or has too much")
    if not 0 <= seconds <= _MOST_SECONDS:
        raise WireError(f"seconds must lie between 0 and {_MOST_SECONDS:g}")
    if fault := _decode_fault(fault, _CALL_FAULTS):
        return Outcome(printed=clean(printed), fault=fault, seconds=float(seconds))
    return Outcome(
        output=decode(output),
        gradients=_decode_gradients(gradients, inputs),
        connected=connected,
        modified=_places(modified, inputs),
        modified_lists=_places(modified_lists, inputs),
        seconds=float(seconds),
        printed=clean(printed),
        backward_fault=_decode_fault(backward_fault, ("gradient",)),
    )


def _decode_gradients(documents: list, inputs: tuple) -> tuple[Tensor | None, ...]:
    """As many as inputs; each is None, or like its input."""
    if len(documents) != len(inputs):
        raise WireError(f"there must be {len(inputs)} gradients, got {len(documents)}")
    gradients = tuple(decode(document) for document in documents)
    for gradient, value in zip(gradients, inputs, strict=True):
        if gradient is not None and not (
            isinstance(gradient, Tensor)
            and isinstance(value, Tensor)
            and gradient.layout == torch.strided
            and (gradient.device, gradient.dtype, gradient.shape) == (value.device, value.dtype, value.shape)
        ):
            raise WireError("a gradient must have the shape and dtype of its input")
    return gradients


def _places(numbers: list, inputs: tuple) -> tuple[int, ...]:
    if not all(type(number) is int for number in numbers) or not set(numbers) <= set(range(len(inputs))):
        raise WireError("what is modified must be numbers of inputs")
    return tuple(sorted(set(numbers)))


def _decode_fault(document: object, kinds: Sequence[str]) -> Fault | None:
    match document:
        case None:
            return None
        case {"kind": str(kind), "message": str(message)} if len(document) == 2 and kind in kinds:
            return Fault(kind, clean(message))
    raise WireError(f"a fault must be one of {', '.join(kinds)}, with a message")
