"""The sandbox on macOS and Windows: a container that Docker makes, behind the same interface.

Untested: no machine on which the course is made runs Docker. Everything else of the border is the same as
with bubblewrap, the worker included, and the self-test must pass before anything is graded.
"""

import os
import platform
import subprocess
from collections.abc import Sequence
from itertools import count
from pathlib import Path

from s2s_course import __version__
from s2s_course.grading.limits import Limits
from s2s_course.grading.watchdog import Reply, converse

IMAGE = f"s2s-course-grading:{__version__}"
DOCKERFILE = Path(__file__).with_name("Dockerfile")
START = "from s2s_course.grading.worker import main; main()"
_COURSE, _NOBODY = "/course", "65534:65534"
_SECONDS_TO_KILL = 60
_MORE = 8  # processes beside those that are counted
_numbers = count()


def build_command() -> list[str]:
    """What makes the image, once for each version of the course. Its torch is the one that is here."""
    from importlib.metadata import version

    torch = version("torch").partition("+")[0]
    python = ".".join(platform.python_version_tuple()[:2])
    versions = ("--build-arg", f"PYTHON={python}", "--build-arg", f"TORCH={torch}")
    return ["docker", "build", "--tag", IMAGE, *versions, "--file", str(DOCKERFILE), str(DOCKERFILE.parent)]


class Docker:
    """Runs each job in a container of its own. ``staged`` is the folder with the package for the inside."""

    name = "Docker"

    def __init__(self, staged: Path):
        self.staged = staged

    def run(
        self, job: bytes, limits: Limits, *, waits: Sequence[float], most_bytes: int, start: str = START
    ) -> Reply:
        """What the worker answers to ``job``: a line for each of ``waits``. ``start`` is its program."""
        name = f"s2s-grading-{os.getpid()}-{next(_numbers)}"
        try:
            return converse(self.command(limits, name, start), job, waits=waits, most_bytes=most_bytes)
        finally:  # killing the client leaves the container running
            command = ["docker", "rm", "--force", name]
            subprocess.run(command, capture_output=True, timeout=_SECONDS_TO_KILL)

    def command(self, limits: Limits, name: str, start: str = START) -> list[str]:
        """The command line. Without ``--init`` the worker is process 1, as it must be."""
        memory = str(limits.memory_for_all)
        return [
            *("docker", "run", "--rm", "--interactive", "--name", name, "--network", "none", "--read-only"),
            *("--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--user", _NOBODY, "--ipc", "none"),
            *("--memory", memory, "--memory-swap", memory, "--pids-limit", str(limits.processes + _MORE)),
            *("--tmpfs", f"/tmp:rw,noexec,nosuid,size={limits.scratch},mode=1777", "--workdir", "/tmp"),
            *("--env", "HOME=/tmp", "--env", "OMP_NUM_THREADS=1", "--env", "PYTHONDONTWRITEBYTECODE=1"),
            *("--mount", f"type=bind,source={self.staged},target={_COURSE},readonly"),
            *(IMAGE, "python", "-I", "-c", f"import sys; sys.path[:0] = [{_COURSE!r}]; {start}"),
        ]
