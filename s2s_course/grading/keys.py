"""Short names for students that are unique in a class and safe in any path."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable

_RESERVED = re.compile(r"con|prn|aux|nul|(?:com|lpt)\d")  # no file of Windows may have these names


def keys_of(students: Iterable[tuple[str, str | None]]) -> list[str]:
    """A key for each student, given with the id that a learning-management system has for them.

    It depends on the name and the id alone, so that it stays when others join; only a clash adds a number.
    """
    given: set[str] = set()
    keys = []
    for student, lms_id in students:
        key = plain = _key(student, lms_id)
        number = 2
        while key in given:
            key, number = f"{plain}-{number}", number + 1
        given.add(key)
        keys.append(key)
    return keys


def _key(student: str, lms_id: str | None) -> str:
    letters = unicodedata.normalize("NFKD", student).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", letters)[:40].strip("-")
    if lms_id is not None:
        return f"{slug or 'student'}-{re.sub('[^a-z0-9]', '', lms_id.lower()) or _hash(lms_id)}"
    if slug and slug == student and not _RESERVED.fullmatch(slug):
        return slug
    return f"{slug or 'student'}-{_hash(student)}"


def _hash(text: str) -> str:
    """Enough of a hash that two of a class hardly ever share it."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
