"""``s2s doctor`` on machines that are played: what it prints, and its exit code."""

import json

import pytest
from typer.testing import CliRunner

from s2s_course.cli import app
from s2s_course.cli import doctor as module
from s2s_course.grading.findings import Finding
from s2s_course.grading.sandbox import SandboxError

YES, NO = Finding("it is there", True), Finding("it is new", False, "Do this.\n\n  then that")
LESS = Finding("it is limited", False, "Ask for it.", needed=False)


class Played:
    name = "bubblewrap"


@pytest.fixture
def doctor(monkeypatch):
    def play(found, tested=(), sandbox=Played, *flags: str):
        def find():
            if isinstance(sandbox, Exception):
                raise sandbox
            return sandbox()

        monkeypatch.setattr(module, "read_machine", object)
        monkeypatch.setattr(module, "findings_on", lambda machine: tuple(found))
        monkeypatch.setattr(module, "find_sandbox", find)
        monkeypatch.setattr(module, "self_test", lambda sandbox: tuple(tested))
        return CliRunner().invoke(app, ["doctor", *flags])

    return play


def test_a_machine_that_can_grade(doctor):
    done = doctor([YES], [YES, LESS])
    assert done.exit_code == 0
    assert done.stdout == (
        "yes  it is there\nyes  it is there\nno   it is limited\n     Ask for it.\n\n"
        "This machine can grade safely, with bubblewrap.\n"
    )


def test_what_is_wanting_is_told_with_its_remedy_and_nothing_is_tried(doctor):
    done = doctor([YES, NO], [LESS])
    assert done.exit_code == 2
    assert "NO   it is new\n     Do this.\n\n       then that\n" in done.stdout
    assert "it is limited" not in done.stdout and "cannot grade safely yet" in done.stdout


def test_a_self_test_that_fails_decides(doctor):
    done = doctor([YES], [YES, NO])
    assert done.exit_code == 2 and "NO   it is new" in done.stdout


def test_a_sandbox_that_does_not_start_is_a_finding(doctor):
    done = doctor([YES], sandbox=SandboxError("bwrap: odd"))
    assert done.exit_code == 2 and "NO   the sandbox starts\n     bwrap: odd\n" in done.stdout


def test_docker_is_said_to_be_untested(doctor):
    class Docker:
        name = "Docker"

    assert "untested" in doctor([YES], [YES], Docker).stdout


def test_json_says_the_same(doctor):
    done = doctor([YES], [NO, LESS], Played, "--json")
    assert done.exit_code == 2
    told = json.loads(done.stdout)
    assert told["can_grade"] is False and told["sandbox"] == "bubblewrap"
    assert [finding["name"] for finding in told["findings"]] == [YES.name, NO.name, LESS.name]
    assert told["findings"][1] == {"name": NO.name, "passed": False, "remedy": NO.remedy, "needed": True}
