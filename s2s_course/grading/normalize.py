"""A submission made into programs, in a process of its own that may fail.

Only Python's parser touches the text of a student here. Its limits hold for every text that is known, but a
parser is a large program: the process has its own limits of time and memory, and takes nobody with it.
"""

import base64
import json
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from s2s_course.exercises.engine.exercise import Exercise
from s2s_course.grading.answers import Wanted
from s2s_course.grading.programs import Normalized
from s2s_course.grading.submission import Submission

SECONDS = 30  # a chapter takes a twentieth of one
_ROOT = Path(__file__).parents[2]
_START = "import sys; sys.path.insert(0, sys.argv[1]); from s2s_course.grading.parsing import main; main()"
_LOST = "The notebook cannot be read: taking it apart needs more time or memory than any chapter does."


def normalize(submission: Submission, exercises: Sequence[Exercise]) -> Normalized:
    """The answers to ``exercises`` in ``submission``. Whatever the student wrote, nothing is raised."""
    if submission.problem:
        return Normalized("", {}, (), {exercise.id: submission.problem for exercise in exercises})
    wanted = [Wanted(e.id, e.function_name, e.solution_name, e.template) for e in exercises]
    job = {
        "notebooks": [(name, base64.b64encode(content).decode()) for name, content in submission.notebooks],
        "wanted": [asdict(each) for each in wanted],
    }
    with suppress(subprocess.TimeoutExpired, ValueError):  # a process that died has written no whole JSON
        ended = subprocess.run(
            [sys.executable, "-I", "-S", "-c", _START, str(_ROOT)],
            input=json.dumps(job).encode(),
            capture_output=True,
            timeout=SECONDS,
        )
        found = json.loads(ended.stdout)
        return Normalized(found["helpers"], found["answers"], tuple(found["notes"]), found["problems"])
    return Normalized("", {}, (), {exercise.id: _LOST for exercise in exercises})
