"""The command line ``s2s``: train, translate, evaluate, and list what the course has."""

import os
import sys

from s2s_course.cli.app import app

# How often a thread of torch looks whether the others are ready, before it sleeps. By itself it looks far
# more often: faster by a tenth alone, slower by two fifths beside another program (benchmarks/waiting.py).
SPINS = 1_000


def main() -> None:
    # Read when torch is loaded, which is later. Claims on time are measured as in a notebook.
    if "OMP_WAIT_POLICY" not in os.environ and sys.argv[1:2] != ["claims"]:
        os.environ.setdefault("GOMP_SPINCOUNT", str(SPINS))
    app()
