"""Trying inside the sandbox what must be impossible there. Nothing is graded where one of it is possible."""

import inspect
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from s2s_course.exercises.engine.attempt import Attempt, Question
from s2s_course.exercises.engine.outcome import Fault
from s2s_course.grading import probes
from s2s_course.grading.findings import Finding
from s2s_course.grading.limits import MEGABYTE, Limits
from s2s_course.grading.sandbox import Asked, Sandbox, SandboxError, ask, find_sandbox, refusal
from s2s_course.grading.staging import PACKAGE, bound_folders

# Small, so that it takes seconds and finds room everywhere.
LIMITS = Limits(
    memory=512 * MEGABYTE,
    memory_for_all=1024 * MEGABYTE,
    scratch=16 * MEGABYTE,
    file_size=16 * MEGABYTE,
    processes=32,
    seconds_more=1.0,
)
_SECONDS = 4.0
_SECONDS_OF_LOOP = 0.5
_MOST_PLACES = 50
_EXPECTED_INSIDE = {"HOME", "LANG", "LC_CTYPE", "OMP_NUM_THREADS", "PATH", "PWD", "PYTHONDONTWRITEBYTECODE"}
_ELSEWHERE = (
    "Grade on another machine, or with Docker, and report this with the output of `s2s doctor --json`."
)
_GROUPS = (
    "Limits hold for each process alone here. Run as a user whom systemd gives control groups (log in anew, "
    "or `loginctl enable-linger`), or as root."
)


@dataclass(frozen=True)
class _Probe:
    """``ends`` is how the answer ends where all is well: with an empty text, or with a fault of that kind."""

    name: str
    function: Callable
    inputs: tuple = ()
    ends: str = ""
    seconds: float = _SECONDS
    remedy: str = _ELSEWHERE
    needed: bool = True


def ready_sandbox() -> Sandbox:
    """A sandbox that has passed its self-test; ``SandboxError`` with the remedy where none does."""
    sandbox = find_sandbox()
    for finding in self_test(sandbox):
        if finding.needed and not finding.passed:
            raise SandboxError(f"the sandbox does not hold. {refusal(finding)}")
    return sandbox


def self_test(sandbox: Sandbox) -> tuple[Finding, ...]:
    """What was tried, and whether it was impossible. Takes some seconds."""
    with tempfile.TemporaryDirectory(prefix="s2s-self-test-") as folder:
        place = Path(folder)
        (place / "secret").write_text("not to be read", encoding="utf-8")
        tried = _probes(place)
        asked = [_asked(i, probe) for i, probe in enumerate(tried)]
        found = ask(sandbox, "", asked, LIMITS)
        findings = [
            _finding(probe, found[each.question.id]) for probe, each in zip(tried, asked, strict=True)
        ]
        unchanged = [path.name for path in place.iterdir()] == ["secret"]
    return (*findings, Finding("nothing outside has changed", unchanged, _ELSEWHERE))


def _probes(place: Path) -> list[_Probe]:
    home = Path.home()
    references = [PACKAGE / "claims", *PACKAGE.glob("exercises/chapter_*")]
    outside = [*_not_bound(home), *_not_bound(Path.cwd()), place / "secret", *references]
    here = [str(folder) for folder in (home, Path.cwd(), place, PACKAGE, *bound_folders())]
    names = sorted(name for name in os.environ if name.isascii() and name not in _EXPECTED_INSIDE)
    together = "the memory of all processes together is limited"
    return [
        _Probe("the network cannot be opened", probes.open_the_network),
        _Probe("nothing can be written outside", probes.write_outside, tuple(here)),
        _Probe("neither home nor references can be read", probes.read_outside, tuple(map(str, outside))),
        _Probe("the environment cannot be read", probes.read_the_environment, tuple(names)),
        _Probe("other processes cannot be seen", probes.see_other_processes),
        _Probe("the worker cannot be reached", probes.reach_the_worker),
        _Probe("no namespace can be made", probes.make_a_namespace),
        _Probe("there are no privileges", probes.have_privileges),
        _Probe("memory is limited", probes.take_memory, (2 * LIMITS.memory,)),
        _Probe("the scratch folder is limited", probes.fill_the_scratch, (LIMITS.scratch,)),
        _Probe("the number of processes is limited", probes.fork_without_end, (LIMITS.processes,)),
        _Probe("an answer that leaves a process behind ends", probes.leave_a_process_behind),
        _Probe("no process survives its answer", probes.see_other_processes),
        _Probe("output is limited", probes.write_without_end, ends="lost"),
        _Probe("a loop in C is ended", probes.compute_without_end, ends="time", seconds=_SECONDS_OF_LOOP),
        _Probe(together, probes.take_memory_together, (LIMITS.memory // 2,), remedy=_GROUPS, needed=False),
    ]


def _not_bound(folder: Path) -> list[Path]:
    """What lies in a folder outside and must not be seen inside: not what Python lies in."""
    bound = bound_folders()
    try:
        inside = sorted(folder.iterdir())
    except OSError:
        return []
    related = {path for path in inside for b in bound if path in (b, *b.parents) or b in path.parents}
    return [path for path in inside if path not in related and str(path).isascii()][:_MOST_PLACES]


def _asked(number: int, probe: _Probe) -> Asked:
    arguments = tuple(f"argument_{i}" for i in range(len(probe.inputs)))
    question = Question(f"probe {number}", probe.function.__name__, arguments, template="", broken=False)
    return Asked(question, inspect.getsource(probe.function), [probe.inputs], probe.seconds)


def _finding(probe: _Probe, found: Attempt | Fault) -> Finding:
    if isinstance(found, Fault):
        ended, told = found.kind, found.message
    elif found.fault or not found.outcomes:
        ended, told = "fault", found.fault.message if found.fault else "it did not run"
    else:
        outcome = found.outcomes[0]
        ended = outcome.fault.kind if outcome.fault else str(outcome.output)
        told = outcome.fault.message if outcome.fault else ended
    memory_ran_out = probe.function is probes.take_memory_together and ended == "lost"
    passed = ended == probe.ends or memory_ran_out
    return Finding(probe.name, passed, "" if passed else f"{told} {probe.remedy}", probe.needed)
