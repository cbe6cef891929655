"""How many small mistakes in the core would the tests notice?

    python tests/mutations.py                      # 120 mutations, drawn from the seed 0
    python tests/mutations.py --count 300 --seed 7 --only models layers/cells.py

A mutation changes one place of a file, in a copy of the checkout: ``<`` to ``<=``, ``+`` to ``-``, a number,
a truth value, a condition, a dropped argument, a dropped call. First the unit tests run once, and it is noted
which of them pass through which line. Then every mutation is tried by the tests that pass through its line,
nearest first, until one fails. Those that no test notices are printed; exit code 1 when fewer than 95 % are.
"""

import argparse
import functools
import importlib
import json
import math
import multiprocessing
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

from mutation_finder import Mutation, draw, mutations_of

ROOT = Path(__file__).parent.parent
CORE = (
    "seeds.py", "masks.py", "checks.py", "atomic.py", "text", "data", "layers", "models", "training",
    "decoding", "evaluation", "trace", "claims/claim.py", "claims/ledger.py", "exercises/engine",
)  # fmt: skip
TESTS = (
    "text", "data", "layers", "models", "training", "decoding", "evaluation", "trace", "claims",
    "exercises/engine", "exercises/test_progress.py", "test_seeds.py", "test_masks.py", "test_atomic.py",
    "test_checks.py",
)  # fmt: skip
GOAL = 0.95
OPTIONS = ("-p", "no:xdist")
SECONDS = 90.0  # of tests for one mutation, by what they took unchanged


def in_child(tree: Path, run: Callable[[], int], seconds: float) -> int | None:
    """The exit code of ``run`` in a process of its own, with the package of ``tree``; None if it hangs.

    It hangs when it has computed for ``seconds``, or has been there for ten times as long: other work on the
    machine makes no test fail.
    """
    child = os.fork()
    if child == 0:
        code = 3
        try:
            resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(seconds), math.ceil(seconds) + 5))
            os.chdir(tree)
            sys.path[:] = [str(tree), *(path for path in sys.path if path and Path(path) != ROOT)]
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, 1), os.dup2(null, 2)
            code = int(run())
        finally:
            os._exit(code)
    end = time.monotonic() + 10 * seconds
    while time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            code = os.waitstatus_to_exitcode(status)
            return None if code == -signal.SIGXCPU else code
        time.sleep(0.05)
    os.kill(child, 9)
    os.waitpid(child, 0)
    return None


class Recorder:
    """A plugin of pytest: how long each test takes, and which lines of the package it passes through."""

    def __init__(self, out: Path):
        import coverage

        self.seconds: dict[str, float] = defaultdict(float)
        self.coverage, self.out = coverage.Coverage(data_file=None, source_pkgs=["s2s_course"]), out

    def pytest_sessionstart(self):
        self.coverage.start()

    def pytest_runtest_protocol(self, item):
        for name in [name for name in sys.modules if name.startswith("s2s_course.")]:
            for value in vars(sys.modules[name]).values():
                if isinstance(value, functools._lru_cache_wrapper):
                    value.cache_clear()  # else only the first test passes through what is cached
        self.coverage.switch_context(item.nodeid)

    def pytest_runtest_logreport(self, report):
        self.seconds[report.nodeid] += report.duration

    def pytest_sessionfinish(self):
        self.coverage.stop()
        data, lines = self.coverage.get_data(), defaultdict(lambda: defaultdict(list))
        for file in data.measured_files():
            for line, tests in data.contexts_by_lineno(file).items():
                lines[file.split("/s2s_course/", 1)[-1]][line] = [test for test in tests if test]
        self.out.write_text(json.dumps({"seconds": self.seconds, "lines": lines}))


def record(tree: Path, out: Path, tests: list[str]) -> None:
    """Run ``tests`` unchanged and write what they pass through to ``out``."""
    import pytest

    code = in_child(
        tree, lambda: pytest.main(["-q", *OPTIONS, *tests], plugins=[Recorder(out)]), seconds=3_600
    )
    if code != 0:
        raise SystemExit(
            f"the tests do not pass without any mutation: pytest ended with {code} for {' '.join(tests)}"
        )


def tests_for(mutation: Mutation, lines: dict, seconds: dict[str, float]) -> list[str]:
    """The tests that pass through the line, those of the file's own test first, then the fastest.

    They are as many as take SECONDS together. Of what runs at import, and then never again, all tests of the
    file may take notice.
    """
    of_file, line = lines.get(mutation.file, {}), str(mutation.line)
    tests = set(of_file.get(line, ()))
    if not mutation.inside_function or (line in of_file and not tests):
        tests = {test for names in of_file.values() for test in names}
    own = f"test_{Path(mutation.file).name}"
    chosen, total = [], 0.0
    for test in sorted(tests, key=lambda test: (own not in test, seconds[test])):
        if total + seconds[test] <= SECONDS:
            chosen.append(test)
            total += seconds[test]
    return chosen


def noticed(tree: Path, mutation: Mutation, tests: list[str], seconds: float) -> bool:
    """Whether a test fails, or hangs, with the mutation in place."""
    import pytest

    path = tree / "s2s_course" / mutation.file
    source = path.read_text(encoding="utf-8")
    path.write_text(source[: mutation.start] + mutation.new + source[mutation.end :], encoding="utf-8")
    try:
        return (
            in_child(tree, lambda: pytest.main(["-x", "-q", *OPTIONS, *tests]), seconds=30 + 4 * seconds) != 0
        )
    finally:
        path.write_text(source, encoding="utf-8")


def copies(folder: Path, number: int) -> Iterator[Path]:
    """Copies of what the unit tests need of the checkout."""
    for n in range(number):
        tree = folder / str(n)
        for name in ("s2s_course", "tests", "book"):
            shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("pyproject.toml", "_config.yml", "_toc.yml", "README.md"):
            shutil.copy(ROOT / name, tree / name)
        yield tree


def shares(tree: Path, names: list[str], part: int, workers: int) -> list[str]:
    """Which test files worker ``part`` runs: one of as many shares as there are workers."""
    found = [
        file.relative_to(tree).as_posix()
        for name in names
        for file in (
            [tree / "tests" / name]
            if name.endswith(".py")
            else sorted((tree / "tests" / name).rglob("test_*.py"))
        )
        if file.is_file()
    ]
    return found[part::workers]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=120, help="how many mutations")
    parser.add_argument("--seed", type=int, default=0, help="which ones are drawn")
    parser.add_argument("--workers", type=int, default=2, help="how many are tried at a time")
    parser.add_argument("--tests", nargs="+", default=list(TESTS), help="files and folders of tests/")
    parser.add_argument("--only", nargs="+", default=list(CORE), help="files and folders of the package")
    arguments = parser.parse_args()
    package = ROOT / "s2s_course"
    parts = [part for part in arguments.only if (package / part).exists()]
    if missing := [part for part in arguments.only if part not in parts and part not in CORE]:
        parser.error(f"--only must name files and folders of s2s_course, got {', '.join(missing)}")
    for name in ("count", "workers"):
        if getattr(arguments, name) < 1:
            parser.error(f"--{name} must be at least 1, got {getattr(arguments, name)}")
    chosen = draw(mutations_of(package, parts), arguments.count, arguments.seed)
    os.environ.update(OMP_NUM_THREADS="1", PYTHONDONTWRITEBYTECODE="1")
    sys.dont_write_bytecode = True
    for name in ("hypothesis", "sacrebleu", "tokenizers", "torch"):  # once, for all that are forked from here
        importlib.import_module(name)
    with tempfile.TemporaryDirectory() as folder:
        survivors = try_all(Path(folder), chosen, arguments.tests, arguments.workers)
    rate = 1 - len(survivors) / len(chosen)
    print(f"{len(chosen) - len(survivors)} of {len(chosen)} mutations noticed: {rate:.1%}")
    raise SystemExit(0 if rate >= GOAL else 1)


def try_all(folder: Path, mutations: list[Mutation], tests: list[str], workers: int) -> list[Mutation]:
    """The mutations that no test notices."""
    fork, trees = multiprocessing.get_context("fork"), list(copies(folder, workers))
    recorders = [
        fork.Process(target=record, args=(tree, folder / f"{n}.json", shares(tree, tests, n, workers)))
        for n, tree in enumerate(trees)
    ]
    for recorder in recorders:
        recorder.start()
    for recorder in recorders:
        recorder.join()
    if any(recorder.exitcode for recorder in recorders):
        raise SystemExit(1)
    seconds, lines = {}, defaultdict(lambda: defaultdict(list))
    for n in range(workers):
        recorded = json.loads((folder / f"{n}.json").read_text())
        seconds.update(recorded["seconds"])
        for file, tests_of_line in recorded["lines"].items():
            for line, tests in tests_of_line.items():
                lines[file][line] += tests
    print(f"{len(seconds)} tests recorded, {len(mutations)} mutations to try", flush=True)
    waiting = fork.Queue()
    for number, mutation in enumerate(mutations):
        waiting.put((number, mutation, tests_for(mutation, lines, seconds)))
    for _ in trees:
        waiting.put(None)
    results = fork.Queue()

    def work(tree: Path) -> None:
        while (task := waiting.get()) is not None:
            number, mutation, near = task
            found = bool(near) and noticed(tree, mutation, near, sum(seconds[test] for test in near))
            results.put((number, found))

    processes = [fork.Process(target=work, args=(tree,)) for tree in trees]
    for process in processes:
        process.start()
    found = {}
    for _ in mutations:
        number, noticed_it = results.get()
        found[number] = noticed_it
        if not noticed_it:
            print(f"not noticed, {len(found)} tried: {mutations[number]}", flush=True)
    for process in processes:
        process.join()
    return [mutation for number, mutation in enumerate(mutations) if not found[number]]


if __name__ == "__main__":
    main()
