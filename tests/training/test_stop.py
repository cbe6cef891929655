"""Real signals, sent to this process or to a child."""

import signal
import subprocess
import sys
import threading

import pytest

from s2s_course.training.stop import stopping


@pytest.fixture(autouse=True)
def handlers_are_put_back():
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    yield
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


def test_a_first_interrupt_is_only_noted(capsys):
    with stopping() as stop:
        assert stop() == ""
        signal.raise_signal(signal.SIGINT)
        assert stop() == "interrupt"
    assert capsys.readouterr().err == "Stopping after this step; once more stops at once.\n"


def test_a_second_interrupt_ends_the_block_at_once_and_goes_no_further():
    reached = False
    with stopping() as stop:
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
        reached = True
    assert stop() == "interrupt" and not reached


def test_an_interrupt_that_was_raised_otherwise_is_noted_too():
    with stopping() as stop:
        raise KeyboardInterrupt
    assert stop() == "interrupt"


def test_another_error_goes_on():
    with pytest.raises(ZeroDivisionError), stopping():
        raise ZeroDivisionError


def test_sigterm_takes_effect_at_the_end_of_the_block():
    heard = []
    before = signal.signal(signal.SIGTERM, lambda number, frame: heard.append(number))
    with stopping() as stop:
        signal.raise_signal(signal.SIGTERM)
        assert stop() == "SIGTERM" and heard == []
        signal.raise_signal(signal.SIGTERM)
        assert heard == [signal.SIGTERM], "the second one acts at once"
    assert heard == [signal.SIGTERM] * 2
    signal.signal(signal.SIGTERM, before)


def test_a_process_dies_of_sigterm_when_the_block_is_done():
    code = (
        "import os, signal\nfrom s2s_course.training.stop import stopping\n"
        "with stopping() as stop:\n    os.kill(os.getpid(), signal.SIGTERM)\n    print('done', flush=True)\n"
        "print('never')"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.returncode == -signal.SIGTERM and result.stdout == "done\n"


def test_a_signal_that_was_ignored_stays_ignored():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    with stopping() as stop:
        signal.raise_signal(signal.SIGINT)
        assert stop() == ""
    signal.signal(signal.SIGINT, before)


def test_in_another_thread_it_is_as_good_as_none():
    said = []

    def block():
        with stopping() as stop:
            said.append((stop(), signal.getsignal(signal.SIGINT)))

    expected = signal.getsignal(signal.SIGINT)
    thread = threading.Thread(target=block)
    thread.start()
    thread.join()
    assert said == [("", expected)]
