"""Calling an answer in a second Python process, which can be ended whatever the answer does.

It stands in where a call cannot be interrupted from within (``can_interrupt``): on Windows, and in a thread.
The function is sent by value, as ``cloudpickle`` does it, since another process cannot import what a notebook
defines. Gradients are computed over there, because no tensor keeps its graph on the way. The process is kept
for the next call, since starting it takes seconds; it ends with this one, or when an answer's time is up.
"""

import atexit
import faulthandler
import io
import linecache
import marshal
import os
import pickle
import subprocess
import sys
import threading
import time
from collections import ChainMap
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import CodeType, FunctionType
from typing import ClassVar

import cloudpickle
import torch

from s2s_course.exercises.engine.crash import is_the_learners
from s2s_course.exercises.engine.limits import WAITING, ShortMemory
from s2s_course.exercises.engine.outcome import Fault, Outcome, out_of_time, run

_SERVE = "from s2s_course.exercises.engine.second_process import serve; serve()"
_TICK = 0.05
_python: subprocess.Popen | None = None
_turn = threading.Lock()


def run_apart(function: Callable, inputs: tuple, *, seconds: float) -> Outcome:
    """As ``run``, in the second process, where any call can be ended, one of compiled code too.

    What cannot be sent, such as a function that uses an open file, runs here without a limit, as does
    everything where no process can be started: neither is the learner's fault.
    """
    with _turn:
        try:
            task, process = _packed(function, inputs, seconds), _second_process()
        except Exception:
            return run(function, inputs)
        outcome = _reply(process, task, seconds)
    return outcome or run(function, inputs)


def _reply(process: subprocess.Popen, task: bytes, seconds: float) -> Outcome | None:
    """What comes back, or None where the task could not be read over there."""
    start = time.monotonic()
    try:
        pickle.dump(task, process.stdin)
        process.stdin.flush()
        outcome = pickle.loads(pickle.load(process.stdout))
    except (EOFError, OSError, pickle.UnpicklingError):  # it has ended
        _end()
        if time.monotonic() - start > seconds:
            return out_of_time("", seconds)
        return Outcome(fault=Fault("crash", "Your function ended Python, all of it, without an error."))
    except BaseException:  # an interrupt: the reply would be taken for that of the next call
        _end()
        raise
    if outcome and outcome.fault and outcome.fault.kind == "time":
        _end()
    return outcome


def serve() -> None:
    """What the second process does: it calls answers as long as there is somebody who sends them."""
    tasks, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1):  # an answer may read and print what it likes
        os.dup2(nothing, stream)
    torch.set_num_threads(1)  # the time of a process is that of all its threads

    def send(outcome: Outcome | None) -> None:
        pickle.dump(_packed_outcome(outcome), replies)
        replies.flush()

    send(None)  # ready
    while True:
        try:
            task = pickle.load(tasks)
        except EOFError:
            return
        try:
            function, inputs, seconds, cells, dtype = pickle.loads(task)
        except Exception:
            send(None)
            continue
        linecache.cache.update(cells)
        torch.set_default_dtype(dtype)
        # Compiled code may let no thread of Python run, and then one that is not Python's ends the process.
        arm = partial(faulthandler.dump_traceback_later, max(seconds, 0) + 1, exit=True, file=nothing)
        arm()
        done = threading.Event()
        watch = threading.Thread(target=_end_in_time, args=(seconds, done, arm, send))
        watch.start()
        outcome = run(function, inputs)
        done.set()
        watch.join()
        send(outcome)


def _end_in_time(seconds: float, done: threading.Event, arm: Callable, send: Callable) -> None:
    """End this process when ``seconds`` of computing are over, by the rules of ``call_within``."""
    start, waited = time.process_time(), time.monotonic() + WAITING * seconds
    while not done.wait(_TICK):
        arm()
        computed = time.process_time() - start
        if computed >= seconds or time.monotonic() >= waited:
            printed = str(sys.stdout) if isinstance(sys.stdout, ShortMemory) else ""
            send(out_of_time(printed, computed))
            os._exit(0)
    faulthandler.cancel_dump_traceback_later()


def _second_process() -> subprocess.Popen:
    """The one that is kept, or a new one. Raises OSError where none can be started."""
    global _python
    if _python is None:
        paths = os.pathsep.join(path or str(Path.cwd()) for path in sys.path)
        _python = subprocess.Popen(
            [sys.executable, "-c", _SERVE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": paths},
        )
        atexit.register(_end)
        try:
            pickle.load(_python.stdout)  # the first reply says that it is ready
        except (EOFError, pickle.UnpicklingError) as error:
            _end()
            raise OSError("the second process did not start") from error
        except BaseException:
            _end()
            raise
    return _python


def _end() -> None:
    global _python
    process, _python = _python, None
    if process is not None:
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            with suppress(OSError):
                stream.close()
        atexit.unregister(_end)


class _Pickler(cloudpickle.Pickler):
    """One that keeps the name of the file that code comes from, since a crash is told with its line."""

    dispatch_table: ClassVar = ChainMap(
        {CodeType: lambda code: (marshal.loads, (marshal.dumps(code),))}, cloudpickle.Pickler.dispatch_table
    )


def _packed(function: Callable, inputs: tuple, seconds: float) -> bytes:
    """``function`` and all it uses, with what the second process must know of this one.

    A module of the learner's own goes by value too: by name it would be found as it was before an edit.
    """
    cells = {name: entry for name, entry in linecache.cache.items() if len(entry) == 4 and entry[1] is None}
    own = isinstance(function, FunctionType) and is_the_learners(function.__code__.co_filename)
    module = sys.modules.get(function.__module__) if own else None
    if module:
        cloudpickle.register_pickle_by_value(module)
    try:
        task = io.BytesIO()
        _Pickler(task).dump((function, inputs, seconds, cells, torch.get_default_dtype()))
        return task.getvalue()
    finally:
        if module:
            cloudpickle.unregister_pickle_by_value(module)


def _packed_outcome(outcome: Outcome | None) -> bytes:
    """An output that cannot be sent is wrong whatever it holds; only the name of its type is told."""
    try:
        return cloudpickle.dumps(outcome)
    except Exception:
        stand_in = type(type(outcome.output).__name__, (), {})()
        return cloudpickle.dumps(replace(outcome, output=stand_in))
