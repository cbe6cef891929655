"""Nothing is lost when a process is killed: the run goes on, and ends with the same bits."""

import json
import os
import subprocess
import sys
from pathlib import Path

KILLS = 25  # for each of two models


def test_a_run_that_is_killed_again_and_again_ends_with_the_bits_of_one_that_was_not():
    script = Path(__file__).with_name("killed_runs.py")
    result = subprocess.run(
        [sys.executable, script, str(KILLS)], capture_output=True, text=True, timeout=300,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    told = [json.loads(line) for line in result.stdout.splitlines()]
    assert [each["model"] for each in told] == ["gru", "transformer"]
    for each in told:
        assert each["killed"] >= KILLS
        assert each["inside a write"] > 0, "no kill has met a write"
