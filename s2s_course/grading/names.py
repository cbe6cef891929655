"""Whose file is it? How learning-management systems name what they export.

- Canvas: one zip of loose files, ``doejane_12345_678901_hw.ipynb`` or
  ``doejane_LATE_12345_678901_hw.ipynb``: the sortable name in small letters without spaces, the user's id,
  the attachment's id, the file's own name. What is handed in again gets ``-1``, ``-2`` before its ending.
  Anonymous: ``anon_Xy1z2_678901_hw.ipynb``, with LATE before or behind the id that stands for the user's.
  (Canvas instructors' guide, "How do I download all student submissions for an assignment?")
- Moodle: ``Jane Doe_123456_assignsubmission_file_/hw.ipynb`` with folders, else the same in one name. The
  number is the participant's, in the grading worksheet "Participant 123456". Texts that were typed in are
  ``…_assignsubmission_onlinetext_…``.
  (MoodleDocs, "Assignment activity", "Downloading submissions"; mod/assign/locallib.php)
- Gradescope: ``submission_123456/hw.ipynb``, and beside the folders ``submission_metadata.yml`` with names
  and times.
  (Gradescope help, "Exporting submissions")

Elsewhere the student is the folder, or the file where there is none.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

NOTEBOOK = (".ipynb", ".ipynb.json", ".ipynb.txt")  # browsers add an ending of their own
_CANVAS = re.compile(
    r"(?P<name>.+?)(?P<late>_LATE)?_(?P<id>\d{1,20})_(?P<order>\d{1,20})_(?P<file>.+)", re.DOTALL
)
_ANONYMOUS = re.compile(
    r"anon_(?P<late>LATE_)?(?P<id>[A-Za-z0-9]{5})(?P<behind>_LATE)?_(?P<order>\d{1,20})_(?P<file>.+)",
    re.DOTALL,
)
_MOODLE = re.compile(r"(?P<name>.+?)_(?P<id>\d{1,20})_assignsubmission_[a-z]+(?:_(?P<file>.*))?", re.DOTALL)
_GRADESCOPE = re.compile(r"submission_(?P<id>\d{1,20})")
METADATA = "submission_metadata.yml"


@dataclass(frozen=True)
class Owner:
    """Who handed in a file, and as what. ``order`` is higher for what came later, where a name tells it."""

    student: str
    lms_id: str | None
    late: bool | None
    file: str
    order: int = 0
    scheme: str = "plain"


def owner_of(parts: Sequence[str]) -> Owner | None:
    """Whose file this is, by its path in an export; None where no system has such names.

    Only the first part counts, which the system writes: what follows it is the student's choice.
    """
    first, rest = parts[0], "/".join(parts[1:])
    if match := _MOODLE.fullmatch(first):
        return Owner(match["name"], match["id"], None, rest or match["file"] or "", scheme="moodle")
    if len(parts) > 1:
        match = _GRADESCOPE.fullmatch(first)
        return Owner(first, match["id"], None, rest, scheme="gradescope") if match else None
    if match := _ANONYMOUS.fullmatch(first):
        late = bool(match["late"] or match["behind"])
        student = f"anon_{match['id']}"
        return Owner(student, match["id"], late, match["file"], int(match["order"]), "canvas")
    if match := _CANVAS.fullmatch(first):
        late = bool(match["late"])
        return Owner(match["name"], match["id"], late, match["file"], int(match["order"]), "canvas")
    return None


def plain_owner(parts: Sequence[str]) -> Owner:
    """The first folder is the student; without folders, the file's name without its ending is."""
    if len(parts) > 1:
        return Owner(parts[0], None, None, "/".join(parts[1:]))
    return Owner(stem(parts[0]), None, None, parts[0])


def is_notebook(name: str) -> bool:
    return name.lower().endswith(NOTEBOOK) and not name.startswith(".")


def is_zip(name: str) -> bool:
    return name.lower().endswith(".zip") and not name.startswith(".")


def is_litter(parts: Sequence[str]) -> bool:
    """What programs leave behind and nobody hands in: checkpoints, hidden files, forks of a Mac."""
    return any((part.startswith(".") and part not in (".", "..")) or part == "__MACOSX" for part in parts)


def stem(name: str) -> str:
    """A file's name without the ending of a notebook or a zip."""
    return re.sub(r"(?i)\.(ipynb(\.json|\.txt)?|zip)$", "", name) or name


def without_number(name: str) -> str:
    """What a file was called when first handed in: ``hw.ipynb`` for ``hw-1.ipynb`` and ``hw (1).ipynb``."""
    return re.sub(r"(?:-\d{1,3}| \(\d{1,3}\))(?=\.[^/]*$)", "", name)


def readable(name: str) -> str:
    """A name that can be written anywhere: composed, without halves of characters, not endless."""
    whole = "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in name[:1_000])
    return unicodedata.normalize("NFC", whole)


def short(text: str) -> str:
    """At most the first 80 characters of what a student wrote, for a sentence."""
    return text if len(text) <= 80 else f"{text[:79]}…"
