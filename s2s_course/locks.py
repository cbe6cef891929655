"""Locks on open files, which the system frees when their process dies.

POSIX locks a whole file with ``flock``, and readers are not hindered. Windows locks bytes, which nobody else
may even read: there one byte, far behind any content, stands for the file. A lock belongs to the file as it
was opened: it is free when that is closed, and whoever opens the file again, here too, has no lock.
"""

import errno
import os
from typing import IO

try:
    import fcntl
except ImportError:  # Windows
    import msvcrt

    fcntl = None

_FAR_BEHIND = 2**40


def lock(file: IO) -> None:
    """Lock ``file``, waiting for whoever has it. Raises OSError on a file system without locks."""
    if fcntl:
        fcntl.flock(file, fcntl.LOCK_EX)
        return
    while True:
        try:
            return _lock_byte(file, msvcrt.LK_LOCK)
        except OSError as error:
            if error.errno != errno.EDEADLK:  # which says that somebody had it for ten seconds
                raise


def try_lock(file: IO) -> None:
    """Lock ``file`` at once.

    Raises BlockingIOError where somebody has it, and another OSError on a file system without locks.
    """
    if fcntl:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return
    try:
        _lock_byte(file, msvcrt.LK_NBLCK)
    except PermissionError as error:
        raise BlockingIOError(errno.EAGAIN, "somebody else has the lock") from error


def _lock_byte(file: IO, mode: int) -> None:
    """``msvcrt`` locks from where the file stands, which is as before afterwards."""
    place = os.lseek(file.fileno(), 0, os.SEEK_CUR)
    os.lseek(file.fileno(), _FAR_BEHIND, os.SEEK_SET)
    try:
        msvcrt.locking(file.fileno(), mode, 1)
    finally:
        os.lseek(file.fileno(), place, os.SEEK_SET)
