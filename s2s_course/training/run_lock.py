"""A run has one writer. Who it is stands in a file beside the run."""

import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from s2s_course.atomic import naming
from s2s_course.locks import try_lock

FILE = "writer.json"
STALE = 600.0  # seconds: a writer on another machine that has not been heard of for so long has gone


class RunError(Exception):
    """A run cannot be begun or gone on with; the message says which and why."""


@contextmanager
def only_writer(folder: Path) -> Iterator["Writer"]:
    """Inside the block no other process on this machine, and none elsewhere that is alive, writes ``folder``.

    The system frees the lock of a process that dies, so on one machine a lock is never stale. File systems
    that are shared by machines know little of locks; there a writer says every few minutes that it is alive.

    Raises ``RunError`` that names the other writer, and ``OSError`` where ``folder`` cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FILE
    with path.open("a+b", buffering=0) as file:
        locked = _lock(file)
        file.seek(0)
        other = _writer(file.read())
        here = other.get("host") == socket.gethostname()
        heard_of = time.time() - os.fstat(file.fileno()).st_mtime < STALE
        if locked is False or (other and heard_of and (not here or (locked is None and _is_alive(other)))):
            process, host, since = (other.get(name, "?") for name in ("process", "host", "since"))
            raise RunError(
                f"the run in {folder} is being written by process {process} on {host}, since {since}: wait "
                "for it, or take another folder"
            )
        file.truncate(0)
        since = datetime.now().astimezone().isoformat(timespec="seconds")
        writer = {"process": os.getpid(), "host": socket.gethostname(), "since": since}
        with naming(path):
            file.write(json.dumps(writer).encode())
        try:
            yield Writer(path)
        finally:
            with suppress(OSError):
                file.truncate(0)


class Writer:
    """The one that holds the lock."""

    def __init__(self, path: Path):
        self.path = path

    def says_that_it_is_alive(self) -> None:
        """To be called every few minutes."""
        with suppress(OSError):
            os.utime(self.path)


def _lock(file) -> bool | None:
    """Whether the lock of ``file`` could be had; None where the file system knows no locks."""
    try:
        try_lock(file)
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True


def _writer(content: bytes) -> dict:
    """What a writer left; nothing where it let go, or what is there is no such thing."""
    with suppress(ValueError, RecursionError):
        if isinstance(writer := json.loads(content), dict):
            return writer
    return {}


def _is_alive(writer: dict) -> bool:
    """Whether there is such a process on this machine."""
    if os.name == "nt":  # there `os.kill` would end it: it counts as alive as long as it has been heard of
        return True
    try:
        os.kill(int(writer["process"]), 0)
    except PermissionError:
        return True
    except (OSError, ValueError, LookupError, TypeError, OverflowError):
        return False
    return True
