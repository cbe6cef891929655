"""The self-test passes on a sandbox that holds, and each of its probes fails on one that does not."""

import inspect

import pytest
import torch

from s2s_course.exercises.engine.attempt import Attempt
from s2s_course.exercises.engine.outcome import Fault, Outcome
from s2s_course.grading import probes, self_test
from s2s_course.grading.bubblewrap import Bubblewrap
from s2s_course.grading.cgroups import NoGroups
from s2s_course.grading.sandbox import SandboxError


def test_a_sandbox_that_holds_passes(sandbox):
    failed = [finding for finding in self_test.self_test(sandbox) if finding.needed and not finding.passed]
    assert failed == []


class Open(Bubblewrap):
    """A sandbox in which the machine can be seen and written: without namespaces but those that the worker needs."""

    def command(self, limits, filter_descriptor, start):
        words = super().command(limits, filter_descriptor, start)
        for gone in ("--unshare-net", "--remount-ro", "--clearenv"):
            while gone in words:
                place = words.index(gone)
                del words[place : place + (2 if gone == "--remount-ro" else 1)]
        place = words.index("--seccomp")
        del words[place : place + 2]
        place = words.index("--tmpfs")
        words[place : place + 2] = ["--bind", "/tmp", "/tmp"]
        return [word for word in words if word not in ("--perms", "--size", "1777", str(limits.scratch))]


def test_what_does_not_hold_is_found(sandbox, monkeypatch):
    monkeypatch.setenv("SECRET_OF_THE_HOST", "1")
    found = {f.name: f for f in self_test.self_test(Open(sandbox.staged, groups=NoGroups()))}
    failed = {name for name, finding in found.items() if not finding.passed}
    assert failed >= {
        "the network cannot be opened",
        "neither home nor references can be read",
        "the environment cannot be read",
        "there are no privileges",
        "nothing can be written outside",
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


def test_grading_does_not_begin_where_something_is_possible(monkeypatch):
    monkeypatch.setattr(self_test, "find_sandbox", object)
    findings = (
        self_test.Finding("it is warm", False, "Wait.", needed=False),
        self_test.Finding("the network cannot be opened", False, "Pull the plug."),
    )
    monkeypatch.setattr(self_test, "self_test", lambda sandbox: findings)
    with pytest.raises(SandboxError, match=r"not so that the network cannot be opened. Pull the plug."):
        self_test.ready_sandbox()
    monkeypatch.setattr(self_test, "self_test", lambda sandbox: findings[:1])
    assert self_test.ready_sandbox() is not None
