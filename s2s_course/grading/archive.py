"""Zip files of strangers, read safely: nothing is unpacked to disk, and nothing is read beyond a limit.

Names are only looked at, never opened. A member is read where it is wanted, up to a limit of bytes
whatever its header says. Refused are members that are encrypted, that are links, that swell as only a bomb
does, and those packed otherwise than by deflate: for LZMA the header decides how much memory is used.
"""

import io
import stat
import struct
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

from s2s_course.grading.cells import MOST_BYTES

MOST_MEMBERS = 20_000
MOST_ZIP_BYTES = 50_000_000  # of a student's own zip
# Of a member larger than a megabyte. Text shrinks to a tenth; deflate cannot do better than a thousandth.
_MOST_RATIO = 200
_SIGNATURE = b"PK\x01\x02"  # begins each entry of the table of contents
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, RuntimeError, ValueError, OverflowError,
    LookupError, MemoryError,
)  # fmt: skip


class ArchiveError(Exception):
    """A zip, or a member of it, that is not read. The message is one sentence."""


@dataclass(frozen=True)
class Member:
    """A file of an archive. ``parts`` is its path, which ``leads_outside`` if it has a root or goes up."""

    parts: tuple[str, ...]
    leads_outside: bool
    info: zipfile.ZipInfo


class Archive:
    """A zip on disk, or in memory. Raises ``ArchiveError`` where it cannot be read."""

    def __init__(self, source: Path | bytes):
        if isinstance(source, bytes):
            if len(source) > MOST_ZIP_BYTES:
                raise ArchiveError(f"The zip is larger than {MOST_ZIP_BYTES // 1_000_000} MB.")
            if source.count(_SIGNATURE) > MOST_MEMBERS:  # before the table of contents takes memory
                raise ArchiveError(f"The zip holds more than {MOST_MEMBERS:,} files.")
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(source) if isinstance(source, bytes) else source)
        except _DAMAGE:
            raise ArchiveError("The zip is damaged, or is no zip.") from None

    def members(self) -> tuple[Member, ...]:
        """All files; of those with one name the last, as when it is unpacked."""
        found = {}
        for info in self._zip.infolist():
            name = _name(info)
            if not name.endswith(("/", "\\")):
                member = _member(name, info)
                found[member.parts, member.leads_outside] = member
        return tuple(found.values())

    def read(self, member: Member, most: int = MOST_BYTES) -> bytes:
        """The content of a member. Raises ``ArchiveError`` with a sentence that does not name it."""
        info = member.info
        if member.leads_outside:
            raise ArchiveError("Its name in the zip leads outside the zip's folder.")
        if stat.S_ISLNK(info.external_attr >> 16):
            raise ArchiveError("It is a link in the zip, and links are not followed.")
        if info.flag_bits & 0x1:
            raise ArchiveError("The zip is encrypted.")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise ArchiveError("The zip is packed by another method than deflate.")
        if info.file_size > most:
            raise ArchiveError(f"It is larger than {most // 1_000_000} MB.")
        if info.file_size > 1_000_000 and info.file_size > _MOST_RATIO * max(1, info.compress_size):
            raise ArchiveError("It swells when unpacked as only a zip bomb does.")
        try:
            with self._zip.open(info) as file:
                content = file.read(most + 1)
        except _DAMAGE:
            raise ArchiveError("The zip is damaged.") from None
        if len(content) > most:
            raise ArchiveError(f"It is larger than {most // 1_000_000} MB.")
        return content

    def __enter__(self) -> "Archive":
        return self

    def __exit__(self, *_) -> None:
        self._zip.close()


def _member(name: str, info: zipfile.ZipInfo) -> Member:
    path = name.replace("\\", "/")
    has_root = path.startswith("/") or path[1:2] == ":"
    parts = [part for part in path.split("/") if part not in ("", ".")]
    kept = tuple(part for part in parts if part != "..") or ("",)
    return Member(kept, has_root or ".." in parts, info)


def _name(info: zipfile.ZipInfo) -> str:
    """The name of a member. Many programs write UTF-8 without saying so, which is read as cp437.

    `zipfile` ends a name at a zero character, and turns the separators of the machine it runs on.
    """
    name = info.filename
    if info.flag_bits & 0x800:
        return name
    try:
        return name.encode("cp437").decode("utf-8")
    except ValueError:
        return name
