"""The border: questions go in, and attempts come out that can be judged whatever the answers did.

The inputs are drawn here, from a seed that stays here, as do the references. What comes back is bytes until
``wire_attempt.py`` has read them.
"""

import base64
import binascii
import json
import shutil
import tempfile
import weakref
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from s2s_course.exercises.engine.attempt import Attempt, Question
from s2s_course.exercises.engine.checker import SECONDS, seconds_for
from s2s_course.exercises.engine.exercise import Exercise
from s2s_course.exercises.engine.outcome import Fault, out_of_time
from s2s_course.exercises.engine.recognition import outcome_of
from s2s_course.grading.bubblewrap import Bubblewrap
from s2s_course.grading.docker import Docker
from s2s_course.grading.findings import Finding, findings_on, read_machine
from s2s_course.grading.limits import MEGABYTE, Limits
from s2s_course.grading.staging import stage
from s2s_course.grading.watchdog import Reply
from s2s_course.grading.wire import WireError, encode
from s2s_course.grading.wire_attempt import MOST_BYTES, decode_attempt, encode_question

_MOST_BYTES_OF_LINE = 2 * MOST_BYTES
_SECONDS_MORE = 20.0  # the host waits so much longer than the worker does
_GONE = "The grading process of this notebook ended while your function ran ({problem})."
_NOT_RUN = "Not run: the grading process of this notebook ended in the exercise before."


class SandboxError(Exception):
    """There is no sandbox in which answers can be run, or it does not hold; the message names the remedy."""


@runtime_checkable
class Sandbox(Protocol):
    """A place where hostile code can run. Each job gets one of its own, which is gone afterwards."""

    name: str

    def run(self, job: bytes, limits: Limits, *, waits: Sequence[float], most_bytes: int) -> Reply:
        """The lines that the worker gives for ``job``, each within its seconds of ``waits``."""


@runtime_checkable
class Answers(Protocol):
    """What ``normalize`` makes of a submission: the code before the answers, and each answer by exercise."""

    helpers: str
    answers: dict[str, str]


@dataclass(frozen=True)
class Asked:
    """One question to the worker: the answer's code, that of the others, which it may call, and the inputs.

    ``seconds`` of processor time are for the calls on all inputs.
    """

    question: Question
    code: str
    inputs: Sequence[tuple]
    seconds: float
    others: Sequence[str] = ()


def refusal(finding: Finding) -> str:
    """What is wanting and how to mend it, in one line."""
    first = (finding.remedy.splitlines() or [""])[0]
    return f"Wanting here is that {finding.name}: {first} `s2s doctor` says more."


def find_sandbox() -> Sandbox:
    """The sandbox of this machine: bubblewrap on Linux, else Docker. ``SandboxError`` where there is neither.

    That there is one does not say that it holds: ``ready_sandbox`` in self_test.py does.
    """
    machine = read_machine()
    for finding in findings_on(machine):
        if finding.needed and not finding.passed:
            raise SandboxError(f"students' code runs in a sandbox only. {refusal(finding)}")
    folder = tempfile.mkdtemp(prefix="s2s-grading-")
    try:
        stage(Path(folder))
        sandbox = Bubblewrap(Path(folder)) if machine.bubblewrap else Docker(Path(folder))
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    weakref.finalize(sandbox, shutil.rmtree, folder, ignore_errors=True)
    return sandbox


def answer(
    sandbox: Sandbox,
    normalized: Answers,
    exercises: Sequence[Exercise],
    seed: int,
    *,
    limits: Limits | None = None,
    seconds: float = SECONDS,
) -> dict[str, Attempt | Fault]:
    """What the answers of one submission do on inputs that ``seed`` draws, by the exercises' ids.

    Exercises without an answer are left out. A fault stands where there is no attempt that could be judged.
    ``seconds`` are as in ``seconds_for``. Raises ``SandboxError`` where the sandbox did not start, and
    ``WireError`` for an exercise whose inputs cannot be sent.
    """
    asked = []
    for exercise in exercises:
        if exercise.id not in normalized.answers:
            continue
        draws = list(exercise.draws(seed))
        asked.append(
            Asked(
                exercise.question,
                normalized.answers[exercise.id],
                [case.make(case_seed) for case, case_seed in draws],
                seconds_for([outcome_of(exercise.reference, *draw) for draw in draws], seconds),
                [text for other, text in normalized.answers.items() if other != exercise.id],
            )
        )
    return ask(sandbox, normalized.helpers, asked, limits or Limits()) if asked else {}


def ask(sandbox: Sandbox, helpers: str, asked: Sequence[Asked], limits: Limits) -> dict[str, Attempt | Fault]:
    """What comes of each question, by its id. ``helpers`` is the code of the other cells."""
    job = {"limits": asdict(limits), "helpers": helpers, "exercises": [_written(each) for each in asked]}
    waits = [limits.clock_seconds(each.seconds) + _SECONDS_MORE for each in asked]
    reply = sandbox.run(
        json.dumps(job).encode() + b"\n",
        limits,
        waits=[limits.seconds_to_start, *waits],
        most_bytes=_MOST_BYTES_OF_LINE,
    )
    if not reply.lines:
        last = (reply.errors.splitlines() or [reply.problem])[-1]
        raise SandboxError(f"the sandbox did not start: {last}")
    found = {each.question.id: Fault("lost", _NOT_RUN) for each in asked}
    for i, each in enumerate(asked):
        if i + 1 == len(reply.lines):
            found[each.question.id] = Fault("lost", _GONE.format(problem=reply.problem))
            break
        found[each.question.id] = _read(reply.lines[i + 1], each, limits)
    return found


def _written(asked: Asked) -> dict:
    return {
        "question": encode_question(asked.question),
        "answer": asked.code,
        "others": list(asked.others),
        "inputs": [[encode(value, exact=True) for value in values] for values in asked.inputs],
        "seconds": asked.seconds,
    }


def _read(line: bytes, asked: Asked, limits: Limits) -> Attempt | Fault:
    """The attempt in a line of the worker; what is no attempt becomes a fault."""
    try:
        said = json.loads(line)
        if said["id"] != asked.question.id:
            raise WireError("a reply must be about the exercise that was asked")
        if said["ended"] == "replied":
            return decode_attempt(base64.b64decode(said["reply"], validate=True), asked.inputs)
        return _lost(str(said["ended"]), int(said.get("code", 0)), limits)
    except (
        WireError,
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
        RecursionError,
        ArithmeticError,
        binascii.Error,
    ) as error:
        reason = f" ({error})" if isinstance(error, WireError) else ""
        return Fault("lost", f"What came back from your function cannot be read{reason}.")


def _lost(ended: str, code: int, limits: Limits) -> Fault:
    memory = f"{limits.memory // MEGABYTE:,} MB"
    match ended, code:
        case "time", _:
            return out_of_time("", 0).fault
        case "flood", _:
            return Fault("lost", "Your function sent much more than an answer, so it was ended.")
        case "signal", 9 | 15:
            return Fault(
                "lost",
                f"Your function was ended by the system. Most likely it took more memory than its {memory}.",
            )
        case "signal", _:
            return Fault("lost", f"Your function crashed Python itself, all of it (signal {code}).")
        case "exit", _:
            return Fault("lost", "Your function ended Python, all of it, without an error.")
    return Fault("lost", "Your function ended without an answer.")
