"""``results.json`` as Gradescope's autograder reads it: https://gradescope-autograders.readthedocs.io/en/latest/specs/."""

import json
from pathlib import Path

from s2s_course.atomic import write_atomically
from s2s_course.grading.grade import Grade
from s2s_course.grading.judge import ExerciseGrade
from s2s_course.grading.visible import visible

_STATUS = {
    "passed": "passed",
    "partly": "failed",
    "failed": "failed",
    "unattempted": "failed",
    "missing": "failed",
}


def gradescope_results(grade: Grade) -> dict[str, object]:
    """The document for one submission. All output is plain text: nothing in it is taken for markup."""
    said = [grade.problem, *grade.notes, grade.comment]
    return {
        "score": grade.total,
        "output": visible("\n".join(filter(None, said))),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": [_test(exercise) for exercise in grade.exercises],
    }


def write_gradescope_results(path: Path, grade: Grade) -> None:
    """Write the document to ``path``, in one step. Raises OSError as any write does."""
    write_atomically(path, json.dumps(gradescope_results(grade), indent=1, allow_nan=False).encode())


def _test(exercise: ExerciseGrade) -> dict[str, object]:
    parts = [f"Known mistake: {exercise.misconception}" if exercise.misconception else "", exercise.message]
    if exercise.attempted and exercise.status != "passed":
        parts.append("\n".join(f"{'right' if right else 'wrong'}: {name}" for name, right in exercise.cases))
    parts += [exercise.details, exercise.printed and f"Your function printed:\n{exercise.printed}"]
    return {
        "name": f"{exercise.exercise_id} {exercise.title}",
        "score": exercise.earned,
        "max_score": exercise.out_of,
        "status": _STATUS[exercise.status],
        "output": visible("\n\n".join(filter(None, parts))),
        "output_format": "text",
        "visibility": "visible",
    }
