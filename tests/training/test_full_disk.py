"""A disk that is really full, and one that is really read-only: the earlier state stays whole."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ALONE = ("unshare", "--mount", "--map-root-user")  # whoever runs the tests may mount in there


def can_mount(folder):
    try:
        command = [*ALONE, "mount", "-t", "tmpfs", "tmpfs", folder]
        return subprocess.run(command, capture_output=True).returncode == 0
    except FileNotFoundError:
        return False


def test_a_run_outlives_a_full_disk_and_a_read_only_one(tmp_path):
    if not can_mount(tmp_path):
        pytest.skip("no folder can be mounted here")
    command = [*ALONE, sys.executable, "-m", "tests.training.full_disk", tmp_path]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    result = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert result.stdout == "as if nothing had been\n"
