"""Submissions whose code means harm: four attacks in each, beside a right answer that must stay right."""

from itertools import islice

from grading.regression import attacks_on_the_judge, attacks_on_the_machine  # noqa: F401  (they fill ATTACKS)
from grading.regression.attack import ATTACKS, HEADS, as_answer
from grading.regression.entry import RIGHT, Entry, handed_in

_HEAD = HEADS["5.3"]
_RIGHT_LINE = RIGHT["5.3"].split("return ")[1]


def _packed() -> tuple[Entry, ...]:
    """All attacks, four to a submission."""
    entries, attacks = [], iter(ATTACKS.items())
    while four := list(islice(attacks, len(HEADS))):
        changed, expected = {}, {}
        for exercise, (function, fault) in zip(HEADS, four, strict=False):
            changed[exercise] = as_answer(function, exercise)
            expected[exercise] = ("failed", *fault)
        name = ", ".join(function.__name__.replace("_", " ") for function, _ in four)
        entries.append(handed_in(name, changed, expected=expected))
    return tuple(entries)


def _against_the_worker(name: str, call: str) -> Entry:
    """What harms the process that started it may cost this answer and those after it, and no other."""
    code = f"{_HEAD}    import os, signal\n    os.kill({call})\n    return {_RIGHT_LINE}"
    lost = {exercise: ("any",) for exercise in ("5.3", "7.2", "7.3")}
    return handed_in(name, {"5.3": code}, expected=lost)


PROCESSES = (
    _against_the_worker("kills its parent", "os.getppid(), signal.SIGKILL"),
    _against_the_worker("stops its parent", "os.getppid(), signal.SIGSTOP"),
    _against_the_worker("kills everything", "-1, signal.SIGKILL"),
    *(
        handed_in(name, {"5.3": f"{_HEAD}{body}    return {_RIGHT_LINE}"}, expected={"5.3": ("any",)})
        for name, body in {
            "a grandchild holds the pipe": """\
    import os, time
    if os.fork() == 0:
        os.setsid()
        time.sleep(3600)
""",
            "a daemon": """\
    import subprocess, sys
    sleep = "import time; time.sleep(3600)  # s2s-left-over"
    subprocess.Popen([sys.executable, "-c", sleep], start_new_session=True)
""",
        }.items()
    ),
)
CHEATS = (
    handed_in(
        "the published solution under its name",
        {"5.3": RIGHT["5.3"].replace("context_vector", "context_vector_solution")},
        expected={"5.3": ("missing",)},
    ),
    handed_in(
        "asks the course for the answer",
        {
            "5.3": f"""{_HEAD}    from s2s_course.exercises.engine.registry import find_exercise
    return find_exercise("5.3").reference(weights, memory)
"""
        },
        expected={"5.3": ("failed", "crash")},
    ),
    handed_in(
        "changes torch before anything runs",
        {"5.3": f"{_HEAD}    return memory[:, 0]\n"},
        before=("torch.allclose = torch.equal = lambda *a, **k: True", "check = print"),
        expected={"5.3": ("failed",)},
    ),
)
ENTRIES = (*_packed(), *PROCESSES, *CHEATS)
