"""Talking to a worker that may be slow, silent, or gone, and ending it in time whatever it does."""

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_CHUNK = 65536
_MOST_ERRORS = 4000
_SECONDS_TO_END = 10.0


@dataclass(frozen=True)
class Reply:
    """The lines that came, and why there are no more of them; ``errors`` is what stood on standard error."""

    lines: tuple[bytes, ...]
    problem: str | None
    errors: str


def converse(
    command: Sequence[str],
    job: bytes,
    *,
    waits: Sequence[float],
    most_bytes: int,
    descriptors: Sequence[int] = (),
) -> Reply:
    """Start ``command``, give it ``job``, and read one line for each of ``waits``: seconds by the clock.

    A line must come within its seconds after the one before, and have at most ``most_bytes``. When the last
    has come it may end by itself; where one has not, the process and its group are killed, and what it
    started dies with it.
    """
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        pass_fds=descriptors,
        start_new_session=True,
    )
    talk = _Talk(process, job, most_bytes)
    lines, problem = [], None
    try:
        for wait in waits:
            line, problem = talk.next_line(time.monotonic() + wait)
            if problem:
                break
            lines.append(line)
        if not problem:  # nothing is left to do, so it ends by itself, and what it used is counted
            with suppress(subprocess.TimeoutExpired):
                process.wait(_SECONDS_TO_END)
    finally:
        _end(process)
        errors = talk.close()
    return Reply(tuple(lines), problem, errors)


class _Talk:
    """The three pipes of a process, none of which is waited for alone."""

    def __init__(self, process: subprocess.Popen, job: bytes, most_bytes: int):
        self.process, self.job, self.most_bytes = process, memoryview(job), most_bytes
        self.received, self.errors = bytearray(), bytearray()
        self.selector = selectors.DefaultSelector()
        self.open = {process.stdin, process.stdout, process.stderr}
        for stream in self.open:
            os.set_blocking(stream.fileno(), False)
            writes = stream is process.stdin
            self.selector.register(stream, selectors.EVENT_WRITE if writes else selectors.EVENT_READ)

    def next_line(self, until: float) -> tuple[bytes, str | None]:
        """The next line, or why there is none."""
        searched = 0
        while True:
            end = self.received.find(b"\n", searched)
            if end >= 0:
                line = bytes(self.received[:end])
                del self.received[: end + 1]
                return line, None
            searched = len(self.received)
            if searched > self.most_bytes:
                return b"", "it sent too much"
            if self.process.stdout not in self.open:
                return b"", "it ended"
            remaining = until - time.monotonic()
            events = self.selector.select(max(0, remaining))
            if not events or remaining < 0:
                return b"", "its time was up"
            for key, _ in events:
                self._serve(key.fileobj)

    def _serve(self, stream: object) -> None:
        if stream is self.process.stdin:
            try:
                self.job = self.job[os.write(stream.fileno(), self.job[:_CHUNK]) :]
            except BrokenPipeError:
                self.job = self.job[:0]
            if not self.job:  # it stays open: who reads it sees when this process is gone
                self.selector.unregister(stream)
            return
        data = os.read(stream.fileno(), _CHUNK)
        if not data:
            self._shut(stream)
        elif stream is self.process.stdout:
            self.received += data
        else:
            self.errors += data[: _MOST_ERRORS - len(self.errors)]

    def _shut(self, stream: object) -> None:
        if stream.fileno() in self.selector.get_map():
            self.selector.unregister(stream)
        self.open.discard(stream)
        with suppress(OSError):
            stream.close()

    def close(self) -> str:
        """What stood on standard error. It waits for the end of the output: then the last process is gone."""
        until = time.monotonic() + _SECONDS_TO_END
        if self.process.stdin in self.open:
            self._shut(self.process.stdin)
        while self.open and time.monotonic() < until:
            for key, _ in self.selector.select(until - time.monotonic()):
                self._serve(key.fileobj)
                self.received.clear()
        for stream in [*self.open]:
            self._shut(stream)
        self.selector.close()
        return self.errors.decode("utf-8", "replace")[:_MOST_ERRORS].strip()


def _end(process: subprocess.Popen) -> None:
    """Kill the process with its group and its children, the first process of a namespace too; wait for it."""
    for child in _children(process.pid):
        with suppress(ProcessLookupError, PermissionError):
            os.kill(child, signal.SIGKILL)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    with suppress(subprocess.TimeoutExpired):
        process.wait(_SECONDS_TO_END)


def _children(parent: int) -> list[int]:
    """Where Linux tells them; a child that was not waited for keeps its number."""
    try:
        return [int(child) for child in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]
    except OSError:
        return []
