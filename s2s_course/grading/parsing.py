"""What runs in the process that takes notebooks apart: JSON comes in and JSON goes out."""

import base64
import json
import sys
from contextlib import suppress
from dataclasses import asdict

from s2s_course.grading.answers import Wanted
from s2s_course.grading.programs import programs_of

_MEMORY = 1 << 30
_SECONDS = 20


def main() -> None:
    """Reads a job from standard input, as normalize.py writes it, and writes what was found."""
    with suppress(ImportError, ValueError, OSError):  # no such limits on Windows, and not all on a Mac
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    job = json.load(sys.stdin)
    notebooks = [(name, base64.b64decode(content)) for name, content in job["notebooks"]]
    found = programs_of(notebooks, [Wanted(**wanted) for wanted in job["wanted"]])
    json.dump(asdict(found), sys.stdout)
