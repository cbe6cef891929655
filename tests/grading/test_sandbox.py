"""Hostile answers, all in one sandbox: each ends as it must, and nothing of it lasts."""

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch

from s2s_course.cli.errors import line_of
from s2s_course.exercises import all_exercises
from s2s_course.exercises.engine.attempt import Attempt, Question
from s2s_course.exercises.engine.checker import judge
from s2s_course.exercises.engine.outcome import Fault
from s2s_course.grading import bubblewrap
from s2s_course.grading import sandbox as border
from s2s_course.grading.findings import Machine
from s2s_course.grading.limits import MEGABYTE, Limits
from s2s_course.grading.sandbox import Asked, SandboxError, answer, ask, find_sandbox
from s2s_course.grading.watchdog import Reply
from s2s_course.grading.wire import WireError

from .hostile import HOSTILE

LIMITS = Limits(memory=1024 * MEGABYTE, memory_for_all=1536 * MEGABYTE, processes=40, seconds_more=0.5)
INPUTS = [(torch.tensor([1.0, 2.0]),), (torch.ones(2, 3),)]
SEED = 987654321


@dataclass(frozen=True)
class Answers:
    answers: dict[str, str]
    helpers: str = ""


def question(name: str) -> Question:
    return Question(name, "double", ("x",), "def double(x):\n    raise NotImplementedError\n", False)


def asked(name: str, code: str, seconds: float = 0.5) -> Asked:
    return Asked(question(name), code, INPUTS, seconds)


def correct(chapter: int):
    exercises = [exercise for exercise in all_exercises() if exercise.chapter == chapter]
    return exercises, {e.id: e.solution.replace(e.solution_name, e.function_name) for e in exercises}


def named(comm: str) -> list[str]:
    """The processes of this machine that have a name."""
    found = []
    for path in Path("/proc").glob("[0-9]*/comm"):
        try:
            found += [path.parent.name] * (path.read_text().strip() == comm)
        except OSError:
            continue
    return found


def end_of(attempt: Attempt | Fault) -> str:
    """How an attempt ended, in the words of hostile.py."""
    if isinstance(attempt, Fault):
        return attempt.kind
    if attempt.fault:
        return attempt.fault.kind
    first = attempt.outcomes[0]
    if first.fault:
        return first.fault.kind
    if not isinstance(first.output, torch.Tensor):
        return f"type {type(first.output).__name__}"
    if first.output.isnan().any():
        return "nan"
    same = [torch.equal(o.output, 2 * x) for o, (x,) in zip(attempt.outcomes, INPUTS, strict=True)]
    return "right" if all(same) else "wrong"


def message_of(attempt: Attempt | Fault) -> str:
    fault = attempt if isinstance(attempt, Fault) else attempt.fault or attempt.outcomes[0].fault
    return fault.message if fault else ""


@pytest.fixture(scope="module")
def marker() -> str:
    return f"s2s{os.getpid()}"


@pytest.fixture(scope="module")
def outcomes(sandbox, marker):
    questions = [asked(h.name, h.code.replace("MARKER", marker), h.seconds) for h in HOSTILE]
    return ask(sandbox, "", questions, LIMITS)


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda hostile: hostile.name.replace(" ", "-"))
def test_a_hostile_answer_ends_as_it_must(outcomes, hostile):
    found = outcomes[hostile.name]
    if hostile.end == "not right":
        assert end_of(found) != "right"
    else:
        assert end_of(found) == hostile.end, message_of(found)
    assert hostile.says in message_of(found)
    assert len(message_of(found)) < 2_100


def test_nothing_of_it_lasts(outcomes, marker, sandbox):
    assert named(Path("/proc/self/comm").read_text().strip())  # so that one that is left would be seen
    assert named(marker) == []
    assert not Path("/usr/s2s-was-here").exists()
    assert (sandbox.staged / "s2s_course" / "__init__.py").exists()
    groups = [path for path in Path("/sys/fs/cgroup").rglob(f"s2s-grading-{os.getpid()}-*") if path.is_dir()]
    assert groups == []


def test_correct_answers_of_a_chapter_pass(sandbox):
    exercises, answers = correct(9)
    helpers = "import torch\nimport nowhere\nfrom s2s_course.exercises import check, quiz\n"
    found = answer(sandbox, Answers(answers, helpers), exercises, SEED)
    assert list(found) == [exercise.id for exercise in exercises]
    for exercise in exercises:
        verdict = judge(exercise, found[exercise.id], list(exercise.draws(SEED)))
        assert verdict.result.status == "passed", verdict.result.message


def test_what_was_not_answered_is_left_out_and_a_mistake_is_named(sandbox):
    exercises, _ = correct(5)
    first = exercises[0]
    empty = {first.id: first.template}
    found = answer(sandbox, Answers(empty, "import torch"), exercises, SEED)
    assert list(found) == [first.id] and found[first.id].unattempted
    assert answer(sandbox, Answers({}), exercises, SEED) == {}


class Played:
    """A sandbox that says what it is told to say, and keeps the job."""

    name = "played"

    def __init__(self, *lines: bytes, problem: str | None = None, errors: str = ""):
        self.reply, self.job = Reply(lines, problem, errors), b""

    def run(self, job, limits, *, waits, most_bytes):
        self.job, self.waits = job, waits
        return self.reply


def test_neither_seed_nor_reference_nor_solution_is_sent():
    for chapter in range(1, 11):
        exercises, _ = correct(chapter)
        played = Played(b"{}")
        answer(played, Answers({e.id: "def nothing(): ..." for e in exercises}), exercises, SEED)
        sent = played.job.decode()
        assert str(SEED) not in sent
        for exercise in exercises:
            assert exercise.id in sent and exercise.function_name in sent
            lines = [line.strip() for line in exercise.solution.splitlines() if "return " in line]
            if not exercise.broken:
                assert not [line for line in lines if line in sent]
            assert not any(hint in sent for hint in exercise.hints)


@pytest.mark.parametrize(
    "line",
    [
        b"", b"null", b"[]", b"\xff", b"[" * 99_999, b'{"id": "a"}',
        b'{"id": "b", "ended": "replied", "reply": ""}',
        b'{"id": "a", "ended": "replied", "reply": "?"}', b'{"id": "a", "ended": "replied"}',
        b'{"id": "a", "ended": "replied", "reply": 5}', b'{"id": "a", "ended": [], "code": "x"}',
        b'{"id": "a", "ended": "other"}', b'{"id": "a", "ended": "signal", "code": 1e999}',
    ],
)  # fmt: skip
def test_a_line_that_is_none_costs_that_answer_only(line):
    good = b'{"id": "c", "ended": "time"}'
    found = ask(Played(b"ready", line, good), "", [asked("a", ""), asked("c", "")], LIMITS)
    assert found["a"].kind == "lost" and found["c"].kind == "time"


def test_a_worker_that_ends_costs_the_remaining_answers():
    three = [asked(name, "") for name in "abc"]
    found = ask(Played(b"ready", b'{"id": "a", "ended": "time"}', problem="it ended"), "", three, LIMITS)
    assert [found[name].kind for name in "abc"] == ["time", "lost", "lost"]
    assert "ended while your function ran (it ended)" in found["b"].message
    assert "Not run" in found["c"].message


def test_a_sandbox_that_does_not_start_is_no_fault_of_the_student():
    with pytest.raises(SandboxError, match="the sandbox did not start: bwrap: no"):
        ask(Played(problem="it ended", errors="warning\nbwrap: no"), "", [asked("a", "")], LIMITS)


def test_inputs_that_cannot_be_sent_are_refused():
    with pytest.raises(WireError, match="an input must be made of tensors"):
        ask(Played(), "", [Asked(question("a"), "", [(object(),)], 1.0)], LIMITS)


def test_the_host_does_not_wait_for_ever(sandbox):
    start = time.monotonic()
    reply = sandbox.run(b"", LIMITS, waits=[1.0], most_bytes=100, start="import time; time.sleep(1000)")
    assert reply.problem == "its time was up" and time.monotonic() - start < 8
    reply = sandbox.run(b"", LIMITS, waits=[20.0], most_bytes=1000, start="print('x' * 10**7)")
    assert reply.problem == "it sent too much"


def test_a_path_beside_the_sandbox_is_not_seen(sandbox, tmp_path):
    (tmp_path / "secret").write_text("secret")
    code = f"def double(x):\n    return open({str(tmp_path / 'secret')!r}).read()\n"
    found = ask(sandbox, "", [asked("reads", code)], LIMITS)
    assert "No such file" in message_of(found["reads"])


def test_an_installed_course_is_covered_by_the_one_without_references(sandbox, monkeypatch):
    """Played with another package, since which one it is makes no difference to the mount."""
    import pytest as other

    installed = Path(other.__file__).parent
    monkeypatch.setattr(bubblewrap, "copies_within", lambda folders: (installed,))
    code = f"def double(x):\n    import os\n    return ' '.join(os.listdir({str(installed)!r}))\n"
    found = ask(sandbox, "", [asked("looks", code)], LIMITS)["looks"].outcomes[0].output.split()
    assert "seeds.py" in found and "claims" not in found and "fixtures.py" not in found


HOST = """
import sys
from pathlib import Path
from s2s_course.grading.bubblewrap import Bubblewrap
from s2s_course.grading.sandbox import Asked, ask
from s2s_course.grading.limits import Limits
from s2s_course.exercises.engine.attempt import Question
code = "def f():\\n import ctypes, time\\n ctypes.CDLL(None).prctl(15, b'%s', 0, 0, 0)\\n time.sleep(1000)"
asked = Asked(Question("a", "f", (), "", False), code % sys.argv[2], [()], 100.0)
ask(Bubblewrap(Path(sys.argv[1])), "", [asked], Limits())
"""


def test_nothing_is_left_when_the_host_is_killed(sandbox):
    name = f"left{os.getpid()}"
    host = subprocess.Popen([sys.executable, "-c", HOST, str(sandbox.staged), name])
    try:
        assert wait_until(lambda: named(name), 60)
    finally:
        host.kill()
        host.wait()
    assert wait_until(lambda: not named(name), 10)


def wait_until(condition, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while not condition() and time.monotonic() < until:
        time.sleep(0.05)
    return bool(condition())


def test_the_worker_does_not_run_outside():
    done = subprocess.run([sys.executable, "-m", "s2s_course.grading.worker"], capture_output=True, text=True)
    assert done.returncode == 1 and "inside the sandbox only" in done.stderr


def test_where_there_is_no_sandbox_nothing_begins_and_the_remedy_is_named(monkeypatch):
    played = Machine(bubblewrap=None, distribution="ID=debian")
    monkeypatch.setattr(border, "read_machine", lambda: played)
    with pytest.raises(SandboxError) as caught:
        find_sandbox()
    assert str(caught.value) == (
        "students' code runs in a sandbox only. Wanting here is that bubblewrap is installed: "
        "Run `sudo apt install bubblewrap`. `s2s doctor` says more."
    )
    assert line_of(caught.value) == str(caught.value)


def test_no_other_grading_process_has_its_user(sandbox):
    """Else the limit on processes, which counts those of a user, would be used up by another's fork bomb."""
    code = "import os\ndef double(x):\n    return torch.tensor(os.getuid())"
    found = ask(sandbox, "import torch", [asked("user", code)], LIMITS)["user"]
    own = 1_900_000_000 + os.getpid() if os.geteuid() == 0 else 65534  # of a namespace of its own
    assert found.outcomes[0].output == own
