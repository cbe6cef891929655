"""The self-test passes on a sandbox that holds, and each of its probes fails on one that does not."""

import inspect
import sys
import tempfile
from pathlib import Path

import pytest
import torch

from s2s_course.exercises.engine.attempt import Attempt
from s2s_course.exercises.engine.outcome import Fault, Outcome
from s2s_course.grading import probes, self_test
from s2s_course.grading.bubblewrap import Bubblewrap
from s2s_course.grading.cgroups import NoGroups
from s2s_course.grading.docker import Docker
from s2s_course.grading.sandbox import SandboxError


def test_a_sandbox_that_holds_passes(sandbox):
    failed = [finding for finding in self_test.self_test(sandbox) if finding.needed and not finding.passed]
    assert failed == []


class Open(Bubblewrap):
    """A sandbox that does not hold: it has the network, the environment, and a folder of the host."""

    folder: Path

    def command(self, limits, filter_descriptor, start):
        words = super().command(limits, filter_descriptor, start)
        words = [word for word in words if word not in ("--unshare-net", "--clearenv")]
        begin, end = words.index("--seccomp"), words.index(sys.executable)
        return [*words[:begin], "--bind", str(self.folder), str(self.folder), "--", *words[end:]]


def test_what_does_not_hold_is_found(sandbox, monkeypatch, tmp_path):
    monkeypatch.setenv("SECRET_OF_THE_HOST", "1")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    opened = Open(sandbox.staged, groups=NoGroups())
    opened.folder = tmp_path
    found = {f.name: f for f in self_test.self_test(opened)}
    failed = {name for name, finding in found.items() if not finding.passed}
    assert failed >= {
        "the network cannot be opened",
        "nothing can be written outside",
        "neither home nor references can be read",
        "the environment cannot be read",
        "there are no privileges",
        "nothing outside has changed",
    }
    assert "a socket of the family" in found["the network cannot be opened"].remedy
    assert "SECRET_OF_THE_HOST" in found["the environment cannot be read"].remedy


@pytest.mark.parametrize(
    ("probe", "inputs", "told"),
    [
        (probes.open_the_network, (), "a socket"),
        (probes.read_outside, ("/usr",), "sees"),
        (probes.read_the_environment, ("PATH",), "sees PATH"),
        (probes.see_other_processes, (), "sees the processes"),
        (probes.take_memory, (1000,), "took 1,000 bytes"),
    ],
)
def test_a_probe_says_what_it_could_do(probe, inputs, told):
    """Here, where it can; what it returns where it cannot is in the test above."""
    assert told in probe(*inputs)


def test_probes_stand_alone():
    for name, probe in inspect.getmembers(probes, inspect.isfunction):
        assert not set(probe.__code__.co_names) & (set(vars(probes)) - {name} - set(__builtins__)), name


@pytest.mark.parametrize(
    ("found", "passed"),
    [
        (Attempt((Outcome(output=""),)), True),
        (Attempt((Outcome(output="could"),)), False),
        (Attempt((Outcome(output=torch.zeros(1)),)), False),
        (Attempt((Outcome(fault=Fault("crash", "odd")),)), False),
        (Attempt(fault=Fault("crash", "odd")), False),
        (Attempt(), False),
        (Fault("lost", "odd"), False),
    ],
)
def test_only_an_empty_text_passes(found, passed):
    finding = self_test._finding(self_test._Probe("a", probes.open_the_network), found)
    assert finding.passed == passed and bool(finding.remedy) != passed


def test_grading_does_not_begin_where_something_is_possible(monkeypatch, tmp_path):
    monkeypatch.setattr(self_test, "find_sandbox", lambda: Docker(tmp_path))
    findings = (
        self_test.Finding("it is warm", False, "Wait.", needed=False),
        self_test.Finding("the network cannot be opened", False, "Pull the plug."),
    )
    monkeypatch.setattr(self_test, "self_test", lambda sandbox: findings)
    with pytest.raises(SandboxError, match=r"that the network cannot be opened: Pull the plug. `s2s doctor`"):
        self_test.ready_sandbox()
    monkeypatch.setattr(self_test, "self_test", lambda sandbox: findings[:1])
    assert self_test.ready_sandbox().staged == tmp_path
