"""The command line ``s2s``: train, translate, evaluate, and list what the course has."""

import os

from s2s_course.cli.app import app

# What a thread of torch does while it waits for the others: "passive" sleeps, "active" spins.
# benchmarks/waiting.py measures both, alone and beside another process.
WAITING = "passive"


def main() -> None:
    os.environ.setdefault("OMP_WAIT_POLICY", WAITING)  # read when torch is loaded, which is later
    app()
