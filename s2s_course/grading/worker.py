"""Inside the sandbox: the answers of one submission, each in a child of its own.

The worker holds neither references nor seed. It is process 1 of its own process namespace, so that no signal
from below reaches it, and when it ends the kernel ends all that is left. It reads one job from its input,
and writes a line for each exercise on a descriptor that no child has. What a child sends is passed on unread.
"""

import base64
import ctypes
import gc
import json
import os
import resource
import select
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import torch

from s2s_course.exercises.engine.attempt import Attempt, attempt
from s2s_course.exercises.engine.crash import describe_crash
from s2s_course.exercises.engine.outcome import Fault
from s2s_course.grading.limits import Limits
from s2s_course.grading.program import prepare
from s2s_course.grading.wire import decode
from s2s_course.grading.wire_attempt import MOST_BYTES, decode_question, encode_attempt

READY = "ready"
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE = 1, 4
_CHUNK = 65536
_LONGEST_REASON = 200


def main() -> None:
    """Read the job, answer it, end. Only as process 1, since what is left of a child is killed by -1."""
    if os.getpid() != 1:
        sys.exit("the worker runs inside the sandbox only, as its first process")
    host, replies = _shut_in()
    torch.set_num_threads(1)
    with os.fdopen(os.dup(host), "rb") as lines:
        job = json.loads(lines.readline())
    limits = Limits(**job["limits"])
    gc.collect()
    gc.freeze()  # else every child copies the memory in which its collector keeps count
    _say(replies, {"ready": READY})
    for exercise in job["exercises"]:
        said = _in_child(exercise, job, limits, (host, replies))
        _say(replies, {"id": exercise["question"]["id"], **said})


def _shut_in() -> tuple[int, int]:
    """Close this process to those below it; the descriptors of the host, which they do not get."""
    prctl = ctypes.CDLL(None).prctl
    prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)  # /proc/1/fd and /proc/1/mem are shut
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # for process 1 this means: ignored
    host, replies = os.dup(0), os.dup(1)
    _nothing_for(0, 1, 2)
    return host, replies


def _nothing_for(*descriptors: int) -> None:
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in descriptors:
        os.dup2(nothing, descriptor)
    os.close(nothing)


def _say(replies: int, document: dict) -> None:
    _write(replies, json.dumps(document).encode() + b"\n")


def _write(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _in_child(exercise: dict, job: dict, limits: Limits, host: tuple[int, int]) -> dict:
    """How the child of an exercise ended, and what it sent. It does not get the descriptors ``host``."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        for descriptor in (reader, *host):
            os.close(descriptor)
        _be_child(exercise, job, limits, writer)
    os.close(writer)
    try:
        return _wait_for(child, reader, host[0], exercise["seconds"], limits)
    finally:
        os.close(reader)
        _end_all()


def _wait_for(child: int, reader: int, host: int, seconds: float, limits: Limits) -> dict:
    """Until the child has ended, whoever else still holds the pipe; or until its time or its room is up.

    Once the job is read, the host has nothing to say. Its pipe can be read again when it is gone, and then
    this process ends: a signal on the death of a parent that is root does not reach one that is not.
    """
    until, sent, pipe = time.monotonic() + limits.clock_seconds(seconds), bytearray(), [reader]
    ended = os.pidfd_open(child)
    try:
        while True:
            ready, _, _ = select.select([ended, host, *pipe], [], [], max(0, until - time.monotonic()))
            if host in ready:
                os._exit(1)
            if not ready or time.monotonic() > until:
                return {"ended": "time"}
            if reader in ready:
                data = os.read(reader, _CHUNK)
                sent += data
                pipe = pipe if data else []
            elif ended in ready:
                break
            if len(sent) > MOST_BYTES:
                return {"ended": "flood"}
    finally:
        os.close(ended)
    _, status, used = os.wait4(child, 0)
    code = os.waitstatus_to_exitcode(status)
    computed = used.ru_utime + used.ru_stime
    if code == -signal.SIGXCPU or (code < 0 and computed >= limits.processor_seconds(seconds)):
        return {"ended": "time"}
    if code or not sent:
        return {"ended": "signal" if code < 0 else "exit", "code": abs(code)}
    return {"ended": "replied", "reply": base64.b64encode(sent).decode()}


def _end_all() -> None:
    """Kill every process but this one, and wait until the last is gone."""
    while True:
        with suppress(ProcessLookupError):
            os.kill(-1, signal.SIGKILL)
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def _be_child(exercise: dict, job: dict, limits: Limits, writer: int) -> None:
    """What the child does; it never returns."""
    status = 1
    try:
        _limit(limits, exercise["seconds"])
        reply = encode_attempt(_attempt(exercise, job))
        _write(writer, reply)
        status = 0
    finally:
        os._exit(status)


def _limit(limits: Limits, seconds: float) -> None:
    here = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    computing = limits.processor_seconds(seconds)
    for kind, soft, hard in (
        (resource.RLIMIT_CPU, computing, computing + 1),
        (resource.RLIMIT_AS, here + limits.memory, here + limits.memory),
        (resource.RLIMIT_NPROC, limits.processes, limits.processes),
        (resource.RLIMIT_FSIZE, limits.file_size, limits.file_size),
        (resource.RLIMIT_CORE, 0, 0),
    ):
        resource.setrlimit(kind, (soft, hard))
    with suppress(OSError):  # where memory runs out it is the child that ends, not the worker
        Path("/proc/self/oom_score_adj").write_text("1000")


def _attempt(exercise: dict, job: dict) -> Attempt:
    question, failed = decode_question(exercise["question"]), ()
    try:
        program = prepare([job["helpers"], *exercise["others"]], exercise["answer"])
        failed = program.failed
        exec(program.code, program.namespace)
    except BaseException as error:
        return Attempt(fault=_with_reason(_crash(error), failed))
    if question.function_name not in program.namespace:
        return Attempt(fault=Fault("crash", f"Your cell defines no `{question.function_name}`."))
    function = program.namespace[question.function_name]
    inputs = [tuple(decode(value) for value in values) for values in exercise["inputs"]]
    try:
        done = attempt(question, function, inputs, seconds=exercise["seconds"])
    except BaseException as error:  # an interrupt of the learner's own
        return Attempt(fault=_crash(error))
    outcomes = (replace(each, fault=_with_reason(each.fault, failed)) for each in done.outcomes)
    return Attempt(tuple(outcomes), done.fault)


def _crash(error: BaseException) -> Fault:
    try:
        return Fault("crash", describe_crash(error))
    except BaseException as other:  # an error that cannot be made a text
        return Fault(
            "crash", f"Your function stopped with an error that cannot be shown, {type(other).__name__}."
        )


def _with_reason(fault: Fault | None, failed: Sequence[Exception]) -> Fault | None:
    """A crash may come from code before the answer that did not run here."""
    if not failed or fault is None or fault.kind != "crash":
        return fault
    first = f"{type(failed[0]).__name__}: {str(failed[0])[:_LONGEST_REASON]}"
    return replace(
        fault, message=f"{fault.message} Code before your function, which it needs, failed: {first}"
    )


if __name__ == "__main__":
    main()
