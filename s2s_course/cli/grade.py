"""The command that grades what a class handed in."""

import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer
from tqdm import tqdm

from s2s_course.cli.arguments import check_folder
from s2s_course.cli.errors import UsageError
from s2s_course.cli.output import print_table
from s2s_course.grading.adjustments import Adjustments, read_adjustments
from s2s_course.grading.assignment import Assignment
from s2s_course.grading.collect import collect
from s2s_course.grading.fill import Filled, fill, write_filled
from s2s_course.grading.grade import Grade, grade_class
from s2s_course.grading.gradebook import write_grades
from s2s_course.grading.gradescope_results import write_gradescope_results
from s2s_course.grading.harmless import number
from s2s_course.grading.sandbox import SandboxError
from s2s_course.grading.self_test import ready_sandbox
from s2s_course.grading.submission import Submission
from s2s_course.grading.visible import on_one_line

_MOST_NAMED = 20  # students who are named in a line


def grade(
    submissions: Annotated[
        Path,
        typer.Argument(help="A folder, a notebook, or a zip that Canvas, Moodle or Gradescope exported."),
    ],
    assignment: Annotated[
        Path, typer.Option("--assignment", help="Folder of the assignment, which `s2s assign` made.")
    ],
    out: Annotated[
        Path, typer.Option("--out", help="Folder for grades.csv, report.html, feedback/ and kept results.")
    ],
    adjust: Annotated[
        Path | None,
        typer.Option(
            "--adjust", help="CSV with penalties and manual points (student, late_days, penalty …)."
        ),
    ] = None,
    gradebook: Annotated[
        Path | None,
        typer.Option("--fill", help="CSV that Canvas or Moodle exported, to fill in as filled.csv."),
    ] = None,
    column: Annotated[
        str | None, typer.Option("--column", help="Column of that CSV. Default: called like the assignment.")
    ] = None,
    gradescope: Annotated[
        Path | None,
        typer.Option("--gradescope", help="Write the one submission's results.json for Gradescope here."),
    ] = None,
    only: Annotated[
        str | None, typer.Option("--only", help="Grade the student of this key alone, with feedback only.")
    ] = None,
) -> None:
    """Grade submissions in a sandbox: points, a feedback page for each student, a report on the class.

    What students wrote runs in the sandbox alone. Results are kept: interrupted, the same command goes on
    where it was; run again, it grades only what has changed.
    """
    made = Assignment.read(assignment)
    _check_places(submissions, assignment, out, gradebook, only)
    check_folder(out)
    handed_in = collect(submissions)
    adjustments = read_adjustments(adjust, handed_in, made.points) if adjust else Adjustments()
    chosen = _chosen(handed_in, only, gradescope)
    export = gradebook.read_bytes() if gradebook else None
    if export is not None:
        _fill(export, (), made, column)  # what is wrong with it is said before the work
    feedback = _report_modules()
    grades = _grade_all(chosen, made, out, adjustments)
    (out / "feedback").mkdir(exist_ok=True)
    for each in grades:
        feedback.write_feedback(out / "feedback", each, made)
    if gradescope:
        write_gradescope_results(gradescope, grades[0])
    print_table([_row(each) for each in grades])
    if only is not None:
        typer.echo(f"\nFeedback: {out / 'feedback' / feedback.feedback_name(only)}.")
        return
    write_grades(out / "grades.csv", grades, made.points)
    feedback.write_class_page(out / "report.html", grades, made)
    typer.echo(f"\nGrades: {out / 'grades.csv'}. Report on the class: {out / 'report.html'}.")
    typer.echo(f"A page for each student: {out / 'feedback'}.")
    if export is not None:
        filled = _fill(export, grades, made, column)
        write_filled(out / "filled.csv", filled)
        _tell_of_gradebook(filled, out / "filled.csv")


def _grade_all(
    chosen: Sequence[Submission], made: Assignment, out: Path, adjustments: Adjustments
) -> list[Grade]:
    """The grades of ``chosen``. What runs, runs in a sandbox that has passed its test."""
    grades: list[Grade] = []
    # No bar where nobody looks at it. Each result is kept as soon as it is there.
    with closing(tqdm(total=len(chosen), desc="grading", leave=False, file=sys.stderr, disable=None)) as bar:
        try:
            for each in grade_class(chosen, made, ready_sandbox, out / "results", adjustments):
                grades.append(each)
                bar.update()
        except SandboxError as error:
            raise UsageError(f"nothing more is graded, and what is graded is kept: {error}") from None
    return grades


def _report_modules():
    """The module of the pages, which needs what only graders have installed."""
    try:
        from s2s_course.grading import report
    except ModuleNotFoundError as error:
        raise UsageError(
            f'grading needs {error.name}, which `pip install "s2s-course[grade]"` installs'
        ) from None
    return report


def _check_places(
    submissions: Path, assignment: Path, out: Path, gradebook: Path | None, only: str | None
) -> None:
    """Find out before the work that what is written would stand where something else does."""
    place = out.resolve()
    if place == assignment.resolve() or place.is_relative_to(submissions.resolve()):
        raise UsageError(f"--out must be a folder of its own, not in SUBMISSIONS or --assignment, got {out}")
    if gradebook is not None and (place / "filled.csv") == gradebook.resolve():
        raise UsageError(f"--fill must not be {out / 'filled.csv'}, which is written")
    if gradebook is not None and only is not None:
        raise UsageError("--fill needs the grades of the whole class, and --only grades one student")


def _chosen(handed_in: Sequence[Submission], only: str | None, gradescope: Path | None) -> list[Submission]:
    chosen = [each for each in handed_in if only is None or each.key == only]
    if not chosen:
        keys = ", ".join(each.key for each in handed_in[:_MOST_NAMED]) or "none: nobody handed in"
        raise UsageError(f"--only must be one of the keys ({keys}), got {only!r}" if only is not None else
                         "SUBMISSIONS must hold at least one submission, and there is none")  # fmt: skip
    if gradescope is not None and len(chosen) != 1:
        raise UsageError(
            f"--gradescope needs exactly one submission, got {len(chosen)}: name one with --only"
        )
    return chosen


def _fill(export: bytes, grades: Sequence[Grade], made: Assignment, column: str | None) -> Filled:
    return fill(export, grades, names=(made.title, made.name), column=column)


def _row(each: Grade) -> dict[str, str]:
    points = {exercise.exercise_id: number(exercise.earned) for exercise in each.exercises}
    late = f"{number(each.late_days)} d" if each.late_days else ""
    note = on_one_line(each.ungraded, 60) if each.ungraded else ""
    name = on_one_line(each.student, 30)
    total = f"{number(each.total)} of {number(each.out_of)}"
    return {"student": name, "key": each.key, **points, "total": total, "late": late, "problem": note}


def _tell_of_gradebook(filled: Filled, path: Path) -> None:
    typer.echo(f"Gradebook: {path}, {filled.count} filled in under {on_one_line(filled.column, 60)}.")
    for remark in filled.remarks:
        typer.echo(f"  {remark}")
    for names, told in (
        (filled.by_name, "Found by name alone"),
        (filled.not_in_gradebook, "Handed in, and not in the gradebook"),
        (filled.not_handed_in, "In the gradebook, and handed nothing in"),
    ):
        if names:
            more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
            shown = "; ".join(on_one_line(name, 60) for name in names[:_MOST_NAMED])
            typer.echo(f"  {told}: {shown}{more}.")
