"""What students hand in, made in memory."""

import io
import json
import zipfile

from s2s_course.exercises.engine.registry import find_exercise
from s2s_course.grading.submission import Submission

FIVE = [find_exercise(f"5.{number}") for number in range(1, 8)]


def notebook(*sources: str, **more) -> bytes:
    """A notebook of code cells."""
    cells = [
        {
            "cell_type": "code",
            "id": f"c{i}",
            "metadata": {},
            "outputs": [],
            "execution_count": None,
            "source": s,
        }
        for i, s in enumerate(sources)
    ]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5} | more).encode()


def handed_in(*sources: str) -> Submission:
    return of_bytes(notebook(*sources))


def of_bytes(*contents: bytes) -> Submission:
    named = tuple((f"hw{i}.ipynb", content) for i, content in enumerate(contents))
    return Submission("Ada", "ada", None, named, None, None, None)


def zip_of(files: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The files as a zip, the same bytes whenever it is made."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in files.items():
            # Without a ZipInfo the zip holds the time at which it was made.
            archive.writestr(zipfile.ZipInfo(name), content, compress_type=compression)
    return buffer.getvalue()


def right(exercise) -> str:
    """The right answer under the learner's name."""
    return exercise.solution.replace(exercise.solution_name, exercise.function_name)


def defined(found, exercise_id: str) -> dict:
    """The names after ``helpers`` and the answer were run: for code of these tests only."""
    namespace: dict = {"__name__": "__main__"}
    futures = [line for line in found.helpers.split("\n") if "__future__" in line]
    exec(found.helpers, namespace)
    exec("\n".join([*futures, found.answers[exercise_id]]), namespace)
    return namespace
