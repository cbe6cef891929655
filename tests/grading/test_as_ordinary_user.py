"""The sandbox holds for an ordinary user too, who makes it in another way than root."""

import json
import os
import subprocess

import pytest

from . import as_ordinary_user, bubblewrap


@pytest.fixture(scope="module")
def report() -> dict:
    """What ``s2s doctor`` says to a user who is not root."""
    if not bubblewrap.is_linux():
        pytest.skip("the sandbox that is tested is for Linux")
    if not bubblewrap.find():
        pytest.fail(bubblewrap.NO_BUBBLEWRAP)
    if os.geteuid() != 0:
        pytest.skip("all other tests are run by an ordinary user then")
    command = as_ordinary_user.command("-m", "s2s_course", "doctor", "--json")
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def test_everything_that_is_needed_holds(report):
    assert report["can_grade"] and report["sandbox"] == "bubblewrap"
    names = {finding["name"] for finding in report["findings"]}
    assert "setpriv is installed" not in names  # it was not root
    assert {"no namespace can be made", "there are no privileges", "no process survives its answer"} <= names


def test_without_control_groups_it_is_said_what_is_not_limited(report):
    (finding,) = (
        f for f in report["findings"] if f["name"].startswith("the memory of all processes together")
    )
    assert finding["passed"] or ("systemd" in finding["remedy"] and not finding["needed"])
