"""Calling a function that may never come back, or that prints without end."""

import io
import signal
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType

_REPEAT_SECONDS = 0.02
WAITING = 6  # a call may take so many times its time by the clock: another program may have the processor


class TimeIsUp(BaseException):
    """The time limit is over. Not an ``Exception``, so that ``except Exception`` does not swallow it."""


def can_interrupt() -> bool:
    """Whether this platform and thread can stop a running function: Unix, in the main thread."""
    return hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()


def call_within(seconds: float, function: Callable, *arguments: object) -> object:
    """``function(*arguments)``, interrupted by ``TimeIsUp`` after ``seconds`` of computing.

    A machine that is busy with something else does not make an answer slow, so what counts is the
    processor's time of this thread. A call that only waits ends after six times as many seconds by the clock.

    Where ``can_interrupt()`` is False (Windows, a thread) there is no limit here; ``run_apart`` sets one
    then, in a second process. Nor is there one inside a single call of compiled code, such as
    ``list(itertools.count())``: Python interrupts between its own instructions only. An alarm that was set
    before is put back afterwards, as if its clock had been stopped.
    """
    if not can_interrupt():
        return function(*arguments)
    own_frame, finished = sys._getframe(), False
    computed, waited = time.thread_time() + seconds, time.monotonic() + WAITING * seconds

    def raise_on_next_line(frame: FrameType, event: str, argument: object):
        if event == "line":
            raise TimeIsUp
        return raise_on_next_line

    def interrupt(number: int, frame: FrameType) -> None:
        if finished or frame is own_frame:
            return
        if time.thread_time() < computed and time.monotonic() < waited:
            return
        # A bare `except: pass` swallows the exception below. The tracer raises it once more, on the first
        # line of that handler, where no handler of the same loop catches it. Tracing is on while any trace
        # function is set; that one declines all new frames.
        while frame is not own_frame:
            frame.f_trace = raise_on_next_line
            frame = frame.f_back
        sys.settrace(lambda *new_frame: None)
        raise TimeIsUp

    previous_trace = sys.gettrace()
    previous_handler = signal.signal(signal.SIGALRM, interrupt)
    previous_alarm = signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.001), _REPEAT_SECONDS)
    try:
        return function(*arguments)
    finally:
        finished = True  # read by `interrupt`: an alarm on its way must not strike here
        if sys.gettrace() is not previous_trace:
            sys.settrace(previous_trace)
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous_handler)
        signal.setitimer(signal.ITIMER_REAL, *previous_alarm)


class ShortMemory(io.TextIOBase):
    """A stream that keeps the first ``limit`` characters and only counts the others."""

    def __init__(self, limit: int = 1000):
        self.limit, self.kept, self.dropped = limit, "", 0

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        room = self.limit - len(self.kept)
        self.kept += text[:room]
        self.dropped += len(text[room:])
        return len(text)

    def __str__(self) -> str:
        cut = f"\n… and {self.dropped} more characters" if self.dropped else ""
        return self.kept.rstrip("\n") + cut
