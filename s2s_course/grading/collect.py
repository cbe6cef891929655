"""Submissions from whatever an instructor has: a notebook, a folder, a zip that a system exports.

- a folder of notebooks or zips, one for each student;
- a folder with a folder for each student;
- a zip as Canvas, Moodle or Gradescope exports it, or the same unpacked, or a folder with several such zips;
- one notebook.

A student's own zip is opened, a zip in it is not. Whatever is wrong with the files of one student is a
sentence in that student's submission, and touches nobody else's.
"""

import re
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from s2s_course.grading.archive import MOST_ZIP_BYTES, Archive, ArchiveError
from s2s_course.grading.cells import MOST_BYTES
from s2s_course.grading.files import File, file_at, files_of_archive, files_of_folder
from s2s_course.grading.keys import keys_of
from s2s_course.grading.names import (
    METADATA,
    Owner,
    is_notebook,
    is_zip,
    owner_of,
    plain_owner,
    readable,
    short,
    stem,
    without_number,
)
from s2s_course.grading.submission import Submission
from s2s_course.grading.submitters import Submitters, read_submitters

MOST_BYTES_OF_A_STUDENT = 20_000_000
_MOST_METADATA = 100_000_000  # Gradescope writes every program's output into it


@dataclass
class _Student:
    """What belongs to one student, in the order in which it was handed in."""

    owner: Owner
    files: list[tuple[Owner, File]] = field(default_factory=list)
    submitters: Submitters = field(default_factory=Submitters)


def collect(path: Path) -> tuple[Submission, ...]:
    """All submissions below ``path``, sorted by name. ValueError where it is no folder, notebook or zip."""
    path = Path(path)
    with ExitStack() as opened:
        if path.is_dir():
            sources = _sources_of_folder(path, opened)
        elif path.is_file() and is_zip(path.name):
            sources = [_inside_wrapper(_files_of_zip(path, opened))]
        elif path.is_file() and is_notebook(path.name):
            sources = [[file_at(path)]]
        else:
            allowed = "a folder, a notebook (.ipynb) or a .zip"
            raise ValueError(f"submissions must be {allowed}, got {str(path)!r}")
        students: dict[tuple[str, str], _Student] = {}
        for files in sources:
            _sort(files, students)
        found = sorted(
            (submission for student in students.values() for submission in _submissions(student)),
            key=lambda submission: (submission.student, submission.lms_id or ""),
        )
    keys = keys_of((submission.student, submission.lms_id) for submission in found)
    return tuple(replace(submission, key=key) for submission, key in zip(found, keys, strict=True))


def _sources_of_folder(folder: Path, opened: ExitStack) -> list[list[File]]:
    """The files of each export in a folder, and first those that lie there themselves."""
    files = files_of_folder(folder)
    if _is_system(_inside_wrapper(files)):
        files = _inside_wrapper(files)
    loose, exports = list(files), []
    for file in files:
        may_be_one = len(file.parts) == 1 and is_zip(file.parts[0]) and not owner_of(file.parts)
        if not may_be_one or file.path is None or file.path.is_symlink():
            continue
        try:
            inside = _inside_wrapper(_files_of_zip(file.path, opened))
        except ValueError:
            continue  # as a student's own it gets its sentence
        if _is_system(inside) or len(files) == 1:
            loose.remove(file)
            exports.append(inside)
    return [loose, *exports]


def _files_of_zip(path: Path, opened: ExitStack) -> list[File]:
    try:
        return files_of_archive(opened.enter_context(Archive(path)))
    except ArchiveError as error:
        raise ValueError(f"{path.name}: {error}") from None


def _inside_wrapper(files: list[File]) -> list[File]:
    """Without the folders that hold everything: what one gets who packs a folder."""
    while len({file.parts[0] for file in files}) == 1 and all(len(file.parts) > 1 for file in files):
        if owner_of(files[0].parts):
            break
        files = [replace(file, parts=file.parts[1:]) for file in files]
    return files


def _is_system(files: Sequence[File]) -> bool:
    """Whether most names are those of a learning-management system."""
    named = [file for file in files if file.parts != (METADATA,)]
    return 2 * sum(owner_of(file.parts) is not None for file in named) > len(named)


def _sort(files: Sequence[File], students: dict[tuple[str, str], _Student]) -> None:
    """Gives each file to its student."""
    has_system = _is_system([file for file in files if len(file.parts) == 1 and not file.is_folder])
    listed = _listed(files)
    for file in files:
        parts = (*file.parts, "") if file.is_folder else file.parts
        owner = owner_of(parts) if len(parts) > 1 or has_system else None
        if owner is None:
            if len(parts) == 1 and not _counts(parts[0]):
                continue  # a list of names, say, that lies beside the submissions
            owner = plain_owner(parts)
        identity = (owner.scheme, owner.lms_id or owner.student)
        student = students.setdefault(identity, _Student(owner))
        student.files.append((owner, file))
        if owner.scheme == "gradescope" and owner.lms_id in listed:
            student.submitters = listed[owner.lms_id]


def _listed(files: Iterable[File]) -> dict[str, Submitters]:
    for file in files:
        if file.parts == (METADATA,):
            try:
                return read_submitters(file.read(_MOST_METADATA).decode("utf-8", "replace"))
            except ArchiveError:
                return {}
    return {}


def _counts(name: str) -> bool:
    return is_notebook(name) or is_zip(name)


def _submissions(student: _Student) -> list[Submission]:
    """One submission, or the same for each of several who handed it in together."""
    problem, notebooks = None, ()
    try:
        notebooks = _notebooks(student)
    except ArchiveError as error:
        problem = str(error)
    late = [owner.late for owner, _ in student.files if owner.late is not None]
    return [
        Submission(
            student=readable(name),
            key="",
            lms_id=student.owner.lms_id,
            notebooks=notebooks,
            submitted=student.submitters.submitted,
            late=any(late) if late else None,
            problem=problem,
        )
        for name in dict.fromkeys(student.submitters.names or [student.owner.student])
    ]


def _notebooks(student: _Student) -> tuple[tuple[str, bytes], ...]:
    """Names and contents of what counts. ``ArchiveError`` says why there is nothing to grade."""
    latest = _latest([(owner, file) for owner, file in student.files if _counts(owner.file)])
    found = []
    for name, file in latest:
        if is_zip(name):
            found += _in_zip(name, file)
        else:
            found.append((name, _named(name, file, MOST_BYTES)))
        if sum(len(content) for _, content in found) > MOST_BYTES_OF_A_STUDENT:
            raise ArchiveError(
                f"The notebooks have more than {MOST_BYTES_OF_A_STUDENT // 1_000_000} MB in all."
            )
    if not found:
        others = sorted(owner.file for owner, _ in student.files if owner.file)
        only = f": there is only {short(others[0])}" if others else ""
        raise ArchiveError(f"No notebook (.ipynb) was handed in{only}.")
    return tuple(found)


def _latest(files: Sequence[tuple[Owner, File]]) -> list[tuple[str, File]]:
    """Of what was handed in several times the last: the same name, or with ``-1``, ``-2`` beside it.

    Canvas' ids say what is later; elsewhere the numbers at the names do, then the order of the exports.
    """
    names = {owner.file for owner, _ in files}
    kept: dict[str, tuple[tuple[int, int, int], str, File]] = {}
    for number, (owner, file) in enumerate(files):
        first = without_number(owner.file)
        first = first if first in names else owner.file
        again = re.search(r"\d+", owner.file[len(stem(first)) :])
        rank = (owner.order, int(again[0]) if again else 0, number)
        if first not in kept or rank > kept[first][0]:
            kept[first] = (rank, owner.file, file)
    in_order = sorted(kept.values(), key=lambda each: (each[0][0], each[0][2]))
    return [(name, file) for _, name, file in in_order]


def _in_zip(name: str, file: File) -> list[tuple[str, bytes]]:
    """The notebooks of a student's own zip."""
    content = _named(name, file, MOST_ZIP_BYTES)
    try:
        with Archive(content) as archive:
            inside = files_of_archive(archive)
            found, total = [], 0
            for each in inside:
                if is_notebook(each.parts[-1]):
                    path = "/".join(each.parts)
                    found.append((path, _named(path, each, MOST_BYTES)))
                    total += len(found[-1][1])
                    if total > MOST_BYTES_OF_A_STUDENT:
                        raise ArchiveError("It swells to more than notebooks need.")
            if not found and any(is_zip(each.parts[-1]) for each in inside):
                raise ArchiveError("It holds another zip, which is not opened: hand in the notebook itself.")
            return found
    except ArchiveError as error:
        raise ArchiveError(f"{short(name)}: {error}") from None


def _named(name: str, file: File, most: int) -> bytes:
    try:
        return file.read(most)
    except ArchiveError as error:
        raise ArchiveError(f"{short(name)}: {error}") from None
