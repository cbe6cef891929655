"""Making an assignment: which exercises, worth how much, in a folder that is there wholly or not at all."""

import secrets
import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from s2s_course.exercises.engine.exercise import Exercise
from s2s_course.exercises.engine.registry import all_exercises
from s2s_course.grading.assignment import FILE, INSTRUCTOR, PRIVATE, STUDENT, Assignment, new_seed
from s2s_course.grading.chapter_names import CHAPTERS, file_name, heading
from s2s_course.grading.gradescope import autograder_zip
from s2s_course.grading.nbgrader import mark, refuse_private, source_version
from s2s_course.grading.notebook import as_bytes
from s2s_course.grading.points import read_points
from s2s_course.grading.private import check_exercise, private_files, read_exercise, read_exercises
from s2s_course.grading.release import by_chapter, release

NBGRADER = f"{INSTRUCTOR}/nbgrader/source"
GRADESCOPE = f"{INSTRUCTOR}/gradescope.zip"


def assign(
    chapters: Sequence[int],
    out: Path,
    *,
    only: Sequence[str] = (),
    points: Path | None = None,
    exercises: Path | None = None,
    name: str | None = None,
    title: str | None = None,
    due: datetime | None = None,
    nbgrader: bool = False,
    gradescope: bool = False,
    force: bool = False,
) -> Assignment:
    """Write the assignment of ``chapters`` into the folder ``out``, and return it.

    ``only`` are the ids of the exercises to take, ``points`` a file for ``read_points`` and ``exercises`` a
    folder with the instructor's own. ``name`` and ``title`` follow from the chapters where they are not
    given. With ``nbgrader`` and ``gradescope`` it can be graded there, too. Raises ValueError with one
    sentence for what does not go together; FileExistsError where something is at ``out``, unless ``force`` is
    given and it is an assignment.
    """
    check_place(out, force=force)
    files = private_files(exercises) if exercises else ()
    own = read_exercises(files)
    for path in files:
        check_exercise(read_exercise(path), path)
    taken = _taken(chapters, own, only)
    own_taken = {exercise.id for exercise in own} & {exercise.id for exercise in taken}
    values = {exercise.id: float(exercise.points) for exercise in taken}
    values |= read_points(points, values) if points else {}
    numbers = sorted({exercise.chapter for exercise in taken})
    with _made_beside(out) as folder:
        (folder / INSTRUCTOR).mkdir(mode=0o700)  # others of this machine may be students
        kept = [path for path in files if read_exercise(path).id in own_taken]
        for path in kept:
            (folder / PRIVATE).mkdir(parents=True, exist_ok=True)
            (folder / PRIVATE / path.name).write_bytes(path.read_bytes())
        made = Assignment(
            name=name or _name(numbers),
            title=title or _title(numbers),
            due=due,
            notebooks=tuple(f"{file_name(number)}.ipynb" for number in numbers),
            points=values,
            seed=new_seed(),
            folder=folder,
            private=tuple(path.name for path in kept),
        )
        if nbgrader:
            refuse_private(made)
        made.write()
        _write_notebooks(made, nbgrader)
        if gradescope:
            (folder / GRADESCOPE).write_bytes(autograder_zip(made))
        Assignment.read(folder)  # what cannot be read again does not get to its place
    return Assignment.read(out)


def check_place(out: Path, *, force: bool) -> None:
    """FileExistsError, one sentence, where ``out`` may not be written: ``force`` replaces an assignment."""
    if not (out.exists() or out.is_symlink()) or (
        out.is_dir() and not out.is_symlink() and not any(out.iterdir())
    ):
        return
    is_assignment = (out / FILE).is_file()
    if not is_assignment:
        hint = ", so --force does not replace it" if force else ""
        raise FileExistsError(f"{out} exists and is no assignment{hint}; name another folder")
    if not force:
        raise FileExistsError(f"{out} holds an assignment; --force replaces it, its secret seed included")


def _taken(chapters: Sequence[int], own: Sequence[Exercise], only: Collection[str]) -> list[Exercise]:
    """The exercises of the chapters and the instructor's own, in order, or those of ``only`` among them."""
    for number in chapters:
        if number not in CHAPTERS:
            raise ValueError(f"chapters must be among 1 to {len(CHAPTERS)}, got {number}")
    if not chapters and not own:
        raise ValueError("name a chapter, such as 05, or a folder with exercises of your own by --exercises")
    course = [exercise for exercise in all_exercises() if exercise.chapter in chapters]
    offered = [each for group in by_chapter([*course, *own]).values() for each in group]
    ids = [exercise.id for exercise in offered]
    for wanted in only:
        if wanted not in ids:
            raise ValueError(f"--only must name exercises among {', '.join(ids)}, got {wanted!r}")
    return [exercise for exercise in offered if not only or exercise.id in only]


def _name(chapters: Sequence[int]) -> str:
    if len(chapters) == 1:
        return file_name(chapters[0])
    return f"chapters-{'-'.join(f'{number:02d}' for number in chapters)}"


def _title(chapters: Sequence[int]) -> str:
    if len(chapters) == 1:
        return heading(chapters[0])
    return f"Exercises of chapters {', '.join(map(str, chapters[:-1]))} and {chapters[-1]}"


def _write_notebooks(assignment: Assignment, nbgrader: bool) -> None:
    student = assignment.folder / STUDENT
    student.mkdir()
    for file, notebook in release(assignment).items():
        if nbgrader:
            source = assignment.folder / NBGRADER / assignment.name / file
            source.parent.mkdir(parents=True, exist_ok=True)
            source.write_bytes(as_bytes(source_version(notebook, assignment)))
            notebook = mark(notebook, assignment)
        (student / file).write_bytes(as_bytes(notebook))


@contextmanager
def _made_beside(out: Path) -> Iterator[Path]:
    """A new folder that becomes ``out`` when the block ends well, and is removed when it does not.

    Of an assignment that is replaced, only the folders that an assignment has are: what else lies there
    stays.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    folder = out.parent / f".{out.name[:100]}.{secrets.token_hex(4)}.writing"
    folder.mkdir()
    try:
        yield folder
        if not out.exists():
            folder.rename(out)
        else:
            _exchange(folder, out, (STUDENT, INSTRUCTOR))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _exchange(new: Path, out: Path, names: Sequence[str]) -> None:
    """Move the folders ``names`` from ``new`` to ``out``; where one cannot be moved, all is as before."""
    done: list[Mapping[str, Path]] = []
    try:
        for name in names:
            if (out / name).exists():
                (out / name).rename(new / f"{name}.old")
                done.append({"here": new / f"{name}.old", "there": out / name})
            (new / name).rename(out / name)
            done.append({"here": out / name, "there": new / name})
    except OSError:
        for step in reversed(done):
            with suppress(OSError):
                step["here"].rename(step["there"])
        raise
