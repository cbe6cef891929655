"""The files of an export, alike whether they lie in a folder or in a zip."""

import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from s2s_course.grading.archive import Archive, ArchiveError
from s2s_course.grading.names import is_litter, readable

_DEEPEST = 12  # folders in folders


@dataclass(frozen=True)
class File:
    """A file with its path in the export. ``read(most)`` gives its bytes; ``ArchiveError`` if there are more.

    ``is_folder`` stands for a folder that holds nothing: a student who handed in nothing.
    """

    parts: tuple[str, ...]
    read: Callable[[int], bytes]
    is_folder: bool = False
    path: Path | None = None  # where it lies, if it lies in a folder


def file_at(path: Path) -> File:
    """A file that the instructor names, and which therefore may be a link."""
    return File((readable(path.name),), partial(_read, str(path.resolve())))


def files_of_folder(folder: Path) -> list[File]:
    """All files below a folder, sorted by their paths. Links are listed, and refused when they are read."""
    return sorted(_walk(folder, ()), key=lambda file: file.parts)


def files_of_archive(archive: Archive) -> list[File]:
    """All files of a zip, sorted by their paths."""
    found = [
        File(tuple(readable(part) for part in member.parts), partial(archive.read, member))
        for member in archive.members()
        if not is_litter(member.parts)
    ]
    return sorted(found, key=lambda file: file.parts)


def _walk(folder: Path, parts: tuple[str, ...]) -> Iterator[File]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        entries = []
    empty = True
    for entry in entries:
        path = (*parts, readable(entry.name))
        if is_litter(path):
            continue
        empty = False
        if entry.is_dir(follow_symlinks=False) and len(path) < _DEEPEST:
            yield from _walk(Path(entry.path), path)
        else:
            yield File(path, partial(_read, entry.path), path=Path(entry.path))
    if empty and len(parts) == 1:
        yield File(parts, lambda most: b"", is_folder=True)


def _read(path: str, most: int) -> bytes:
    """A plain file and nothing else: a link may lead anywhere, and a pipe would never end."""
    try:
        if stat.S_ISLNK(os.lstat(path).st_mode):
            raise ArchiveError("It is a link, and links are not followed.")
        opened = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        raise ArchiveError(f"It cannot be read: {error.strerror}.") from None
    with os.fdopen(opened, "rb") as file:
        found = os.fstat(opened)
        if not stat.S_ISREG(found.st_mode):
            raise ArchiveError("It is no plain file.")
        if found.st_size > most:
            raise ArchiveError(f"It is larger than {most // 1_000_000} MB.")
        content = file.read(most + 1)
    if len(content) > most:
        raise ArchiveError(f"It is larger than {most // 1_000_000} MB.")
    return content
