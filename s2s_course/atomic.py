"""Files that are replaced in one step.

A file that is being written is locked by its writer, and the system frees the lock of a process that dies. So
whoever can lock a file knows that nobody is writing it, and may remove what a killed process left.

On Windows an open file can neither be renamed nor removed. There a file is closed first, and for that
moment it has no lock: of two that write the same file at once, one may fail with an OSError. Readers of a
file that is replaced are waited for, up to a second. A file that is held cannot be removed, since it is
open.
"""

import glob
import os
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from s2s_course.locks import lock, try_lock

_OPEN_FILES_MOVE = os.name != "nt"
_PAUSES = (0.01,) * 100  # seconds


def write_atomically(path: Path, content: bytes) -> None:
    """Write ``content`` to ``path``, over an older file if there is one.

    Whoever reads ``path`` meanwhile finds the old file or the new one. A write that fails leaves the old file
    as it was; nothing half-written remains, and what killed writers of ``path`` left is removed.

    Raises OSError as any write does, and it names ``path``: FileNotFoundError for a missing folder.
    """
    _replace(path, content).close()


@contextmanager
def written_and_held(path: Path, content: bytes) -> Iterator[None]:
    """As ``write_atomically``; and inside the block ``remove_abandoned`` of any process spares ``path``."""
    file = _replace(path, content)
    if file.closed:
        file = path.open("r+b")
        lock(file)
    with file:
        yield


def remove_abandoned(paths: Iterable[Path], *, spare: Callable[[Path], bool] = lambda path: False) -> None:
    """Remove those of ``paths`` that nobody is writing or holds.

    ``spare`` is asked when that is certain: what a holder did until it let go is done by then.
    """
    for path in paths:
        with suppress(OSError), path.open("r+b") as file:  # one that is locked or gone is left
            try_lock(file)
            if not spare(path):
                if not _OPEN_FILES_MOVE:
                    file.close()
                path.unlink()


def _replace(path: Path, content: bytes) -> BinaryIO:
    """Write ``content`` to ``path``. The file is still open, if it can be, and locked until it is closed."""
    remove_abandoned(path.parent.glob(f".{glob.escape(path.name)}.*.writing"))
    with naming(path):
        temporary, file = _locked_beside(path)
        try:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())  # or a power cut could leave the new name with no content
            if _OPEN_FILES_MOVE:
                temporary.replace(path)
            else:
                file.close()
                _replace_when_nobody_reads(temporary, path)
        except BaseException:
            with suppress(OSError):  # what could not be written is tried once more
                file.close()
            temporary.unlink(missing_ok=True)
            raise
    return file


def _locked_beside(path: Path) -> tuple[Path, BinaryIO]:
    """A new file in the folder of ``path``, locked."""
    while True:
        temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.writing")
        file = temporary.open("xb")
        with suppress(OSError):  # a file system without locks: then nothing is removed there either
            lock(file)
        if temporary.exists():
            return temporary, file
        file.close()  # taken for abandoned before it was locked


def _replace_when_nobody_reads(temporary: Path, path: Path) -> None:
    for pause in _PAUSES:
        with suppress(PermissionError):
            temporary.replace(path)
            return
        time.sleep(pause)
    temporary.replace(path)


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Whatever file an error of the system is about, it names ``path``, the one that was asked for."""
    try:
        yield
    except OSError as error:
        if error.errno is not None:
            error.filename, error.filename2 = str(path), None
        raise
