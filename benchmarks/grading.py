"""What grading takes: processor and clock for a correct submission of a chapter, and memory on the host.

    python benchmarks/grading.py --submissions 100 --chapter 5

Each submission answers every exercise of the chapter with our solution. It goes through the sandbox and the
judge, one after the other. The goal is at most 4 processor seconds a submission, and less than 500 MB on the
host. What the processes in the sandbox take is counted when they end; what this process takes is the judge.
"""

import argparse
import json
import resource
import statistics
import time
from dataclasses import dataclass

from s2s_course.exercises import all_exercises
from s2s_course.exercises.engine.checker import judge
from s2s_course.grading.sandbox import answer
from s2s_course.grading.self_test import ready_sandbox

SEED = 0
HELPERS = "import torch\nimport torch.nn.functional as F\nfrom s2s_course.exercises import check\n"
MOST_SECONDS, MOST_MEGABYTES = 4.0, 500


@dataclass(frozen=True)
class Answers:
    """A submission as the normalizer leaves it."""

    helpers: str
    answers: dict[str, str]


def spent(who: int) -> float:
    """Processor seconds, of a program and of the kernel for it, until now."""
    usage = resource.getrusage(who)
    return usage.ru_utime + usage.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--submissions", type=int, default=100)
    parser.add_argument("--chapter", type=int, default=5)
    options = parser.parse_args()
    exercises = [exercise for exercise in all_exercises() if exercise.chapter == options.chapter]
    solutions = {e.id: e.solution.replace(e.solution_name, e.function_name) for e in exercises}
    sandbox = ready_sandbox()
    inside, outside, clock = [], [], []
    for _ in range(options.submissions):
        before = spent(resource.RUSAGE_CHILDREN), spent(resource.RUSAGE_SELF), time.perf_counter()
        found = answer(sandbox, Answers(HELPERS, solutions), exercises, SEED)
        for exercise in exercises:
            result = judge(exercise, found[exercise.id], list(exercise.draws(SEED))).result
            assert result.passed, f"{exercise.id}: {result.message}"
        inside.append(spent(resource.RUSAGE_CHILDREN) - before[0])
        outside.append(spent(resource.RUSAGE_SELF) - before[1])
        clock.append(time.perf_counter() - before[2])
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    measured = {
        "submissions": options.submissions,
        "exercises": len(exercises),
        "sandbox": sandbox.name,
        "processor seconds in the sandbox": round(statistics.mean(inside), 2),
        "processor seconds of the judge": round(statistics.mean(outside), 2),
        "most processor seconds": round(max(map(sum, zip(inside, outside, strict=True))), 2),
        "seconds by the clock": round(statistics.mean(clock), 2),
        "megabytes on the host": round(megabytes),
    }
    print(json.dumps(measured, indent=1))
    if measured["most processor seconds"] > MOST_SECONDS or megabytes >= MOST_MEGABYTES:
        raise SystemExit("more than the goal")


if __name__ == "__main__":
    main()
