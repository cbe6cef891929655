"""Stopping at the end of a step, so that nothing half-done is kept."""

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_NAMES = {signal.SIGINT: "interrupt", signal.SIGTERM: "SIGTERM"}


@contextmanager
def stopping() -> Iterator[Callable[[], str]]:
    """Inside the block a first SIGINT or SIGTERM only leaves a note; the block gives what reads it.

    SIGINT is Ctrl-C and a notebook's stop button: "interrupt". A second one raises ``KeyboardInterrupt``,
    which ends the block at once and goes no further. SIGTERM is how a system ends a program; at the end of
    the block that is what happens, and a second one ends it at once. Signals reach only the main thread: in
    another one the block is as good as none.
    """
    noted: list[int] = []
    main = threading.current_thread() is threading.main_thread()

    def note(number: int, frame: object) -> None:
        noted.append(number)
        signal.signal(number, before[number])
        if number == signal.SIGINT:
            print("Stopping after this step; once more stops at once.", file=sys.stderr)

    before = {number: signal.getsignal(number) for number in _NAMES if main}
    before = {number: handler for number, handler in before.items() if handler not in (signal.SIG_IGN, None)}
    for number in before:
        signal.signal(number, note)
    try:
        yield lambda: _NAMES[noted[0]] if noted else ""
    except KeyboardInterrupt:
        noted.insert(0, signal.SIGINT)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if signal.SIGTERM in noted:
        signal.raise_signal(signal.SIGTERM)
