"""What a command does differently as one of several processes; here they are played by the environment."""

import sys

import pytest
import typer

from s2s_course.cli import launched
from s2s_course.cli.errors import UsageError, line_of, run_plainly
from s2s_course.cli.train import join_processes
from s2s_course.training.processes import ONE_PROCESS

GONE = RuntimeError("[gloo/transport/tcp/pair.cc:1] Connection closed by peer [127.0.0.1]:6789")


@pytest.fixture
def as_process(monkeypatch):
    """Become process ``rank`` of ``world``, the ``local`` one of its machine; gives how long it waited."""
    waited = []
    monkeypatch.setattr(launched.time, "sleep", waited.append)

    def become(rank, local, world):
        for name, value in (("RANK", rank), ("LOCAL_RANK", local), ("WORLD_SIZE", world)):
            monkeypatch.setenv(name, str(value))
        return waited

    return become


def speak(error=None):
    with launched.only_the_first_speaks():
        typer.echo("said")
        print("complained", file=sys.stderr)
        if error:
            raise error


@pytest.mark.parametrize("process", [None, (0, 0, 1), (0, 0, 4)])
def test_the_first_speaks(as_process, capsys, process):
    if process:
        as_process(*process)
    assert run_plainly(speak, []) == 0
    assert capsys.readouterr() == ("said\n", "complained\n")


@pytest.mark.parametrize("process", [(1, 1, 4), (2, 0, 4)])
def test_the_others_do_not(as_process, capsys, process):
    as_process(*process)
    assert run_plainly(speak, []) == 0
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("process", "waits"), [((0, 0, 1), False), ((0, 0, 4), False), ((2, 0, 4), False), ((1, 1, 4), True)]
)
def test_an_error_is_told_at_once_by_the_first_of_a_machine(as_process, capsys, process, waits):
    """The others give the launcher time to end them: then they have said nothing."""
    waited = as_process(*process)
    assert run_plainly(lambda: speak(UsageError("no such data")), []) == 2
    assert bool(waited) == waits
    assert capsys.readouterr().err.endswith("s2s: no such data\n")


def test_who_only_misses_another_process_lets_it_speak(as_process, capsys):
    waited = as_process(0, 0, 2)
    assert run_plainly(lambda: speak(GONE), []) == 2
    assert waited == [10]
    assert capsys.readouterr().err.endswith(
        "s2s: another process has ended, and this one cannot go on alone\n"
    )


def test_a_fault_keeps_its_traceback_and_waits_too(as_process):
    waited = as_process(1, 1, 2)
    with pytest.raises(KeyError):
        run_plainly(lambda: speak(KeyError("fault")), [])
    assert waited == [10]


def test_alone_a_closed_connection_is_a_fault_of_the_course():
    assert line_of(GONE) is None


def test_who_is_alone_joins_nobody():
    assert join_processes("cpu") is ONE_PROCESS
