"""Where a call cannot be interrupted, it is made in a second process, and the learner is told the same."""

import importlib
import io
import itertools
import linecache
import os
import signal
import subprocess
import sys
import threading
import time

import pytest
import torch

from s2s_course.exercises.chapter_05.additive_score import additive_score
from s2s_course.exercises.engine import attempt, checker, second_process
from s2s_course.exercises.engine.outcome import run
from s2s_course.exercises.engine.registry import find_exercise
from s2s_course.exercises.engine.second_process import run_apart

SECONDS = 0.3


@pytest.fixture(autouse=True)
def windows(monkeypatch):
    """A platform that cannot interrupt itself."""
    monkeypatch.delattr(signal, "setitimer")


def swallows_everything(values):
    print("round and round")
    while True:
        try:
            sum(range(100))
        except:  # noqa: E722
            continue


def never_comes_back_from_compiled_code(values):
    return sum(itertools.repeat(1))


def test_an_answer_that_ends_python_ends_only_the_second_one():
    outcome = run_apart(lambda values: os.abort(), (torch.ones(2),), seconds=60.0)
    assert outcome.fault.kind == "crash" and "ended Python" in outcome.fault.message


@pytest.mark.parametrize("endless", [swallows_everything, never_comes_back_from_compiled_code])
def test_an_endless_call_is_ended_in_time_and_told_as_ever(endless):
    start = time.monotonic()
    outcome = run_apart(endless, (torch.ones(2),), seconds=SECONDS)
    assert time.monotonic() - start < 60
    assert outcome.fault.kind == "time" and outcome.fault.message.endswith("Does it have an endless loop?")
    assert outcome.printed == ("round and round" if endless is swallows_everything else "")


def test_an_interrupt_ends_the_call_and_the_next_one_gets_its_own_reply():
    run_apart(torch.neg, (torch.ones(1),), seconds=60.0)  # so that the process has started
    timer = threading.Timer(0.5, lambda: os.kill(os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        run_apart(swallows_everything, (torch.ones(2),), seconds=60.0)
    assert run_apart(torch.neg, (torch.ones(1),), seconds=60.0).output == -1


def writes_everywhere(values):
    print("shown")
    os.write(1, b"not shown")
    assert sys.stdin.read() == ""
    values += SHIFT
    return values.sin(), SHIFT


SHIFT = torch.tensor([1.0, 2.0])


def recurs(values):
    return recurs(values)


def is_empty(values):
    raise NotImplementedError


def gives_a_generator(values):
    return (value for value in values)


@pytest.mark.parametrize(
    "function", [writes_everywhere, recurs, is_empty, gives_a_generator, lambda values: values[7]]
)
def test_the_outcome_is_the_one_of_a_call_here(function, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    inputs = (torch.tensor([0.5, -0.5], dtype=torch.float64),)
    apart, here = run_apart(function, inputs, seconds=60.0), run(function, inputs)
    assert torch.equal(inputs[0], torch.tensor([0.5, -0.5], dtype=torch.float64))
    assert apart.fault == here.fault and apart.backward_fault == here.backward_fault
    assert (apart.printed, apart.modified, apart.connected) == (here.printed, here.modified, here.connected)
    assert type(apart.output).__name__ == type(here.output).__name__
    torch.testing.assert_close(apart.gradients, here.gradients, rtol=0, atol=0)
    if isinstance(here.output, tuple):
        torch.testing.assert_close(apart.output, here.output, rtol=0, atol=0)


def test_a_crash_in_a_cell_of_a_notebook_is_told_with_its_line(monkeypatch):
    source = "def answer(values):\n    return values[7]\n"
    monkeypatch.setitem(linecache.cache, "<cell 5>", (len(source), None, source.splitlines(True), "<cell 5>"))
    exec(compile(source, "<cell 5>", "exec"), cell := {"__name__": "__main__"})
    outcome = run_apart(cell["answer"], (torch.ones(2),), seconds=60.0)
    assert "in line 2: `return values[7]`" in outcome.fault.message


def test_new_tensors_have_the_default_dtype_of_here():
    torch.set_default_dtype(torch.float64)
    try:
        assert run_apart(lambda values: torch.ones(1), (0,), seconds=60.0).output.dtype == torch.float64
    finally:
        torch.set_default_dtype(torch.float32)
    assert run_apart(lambda values: torch.ones(1), (0,), seconds=60.0).output.dtype == torch.float32


def test_a_module_that_was_edited_is_called_as_it_is_now(monkeypatch, tmp_path):
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    for number in (1, 22):
        source = f"import os\n\ndef answer(values):\n    return {number}, os.getpid()\n"
        (tmp_path / "of_a_learner.py").write_text(source)
        module = importlib.import_module("of_a_learner")
        given, process = run_apart(module.answer, (torch.ones(2),), seconds=60.0).output
        assert given == number and process != os.getpid()
        monkeypatch.delitem(sys.modules, "of_a_learner")


def test_what_cannot_be_sent_is_called_here():
    lock = threading.Lock()

    def answer(values):
        with lock:
            return os.getpid()

    assert run_apart(answer, (torch.ones(2),), seconds=60.0).output == os.getpid()
    assert run_apart(lambda values: os.getpid(), (torch.ones(2),), seconds=60.0).output != os.getpid()


def test_where_no_process_can_be_started_answers_are_called_here(monkeypatch):
    def refuse(*_, **__):
        raise OSError("no processes here")

    monkeypatch.setattr(second_process, "_python", None)
    monkeypatch.setattr(subprocess, "Popen", refuse)
    assert run_apart(torch.neg, (torch.ones(1),), seconds=60.0).output == -1
    monkeypatch.setattr(subprocess, "Popen", lambda *_, **__: refuse)  # nothing that could answer
    assert run_apart(torch.neg, (torch.ones(1),), seconds=60.0).output == -1


def test_the_checker_uses_it_where_it_must(monkeypatch):
    exercise, sent = find_exercise("5.1"), []

    def remember(function, inputs, *, seconds):
        sent.append(function)
        return run_apart(function, inputs, seconds=seconds)

    monkeypatch.setattr(attempt, "run_apart", remember)
    assert checker.diagnose(exercise, additive_score).passed and len(sent) >= 3
    monkeypatch.undo()
    monkeypatch.setattr(attempt, "run_apart", None)
    assert checker.diagnose(exercise, additive_score).passed
