"""Time limits and short memories."""

import itertools
import signal
import threading
import time

import pytest

from s2s_course.exercises.engine.limits import ShortMemory, TimeIsUp, call_within, can_interrupt


def spins():
    while True:
        pass


def sleeps_and_swallows_exceptions():
    while True:
        try:
            time.sleep(10)
        except Exception:
            continue


def sleeps_and_swallows_everything():
    while True:
        try:
            time.sleep(10)
        except:  # noqa: E722
            continue


def calls_and_swallows_everything():
    while True:
        try:
            sum(range(100))
        except BaseException:
            continue


def swallows_exceptions_twice():
    while True:
        try:
            sleeps_and_swallows_exceptions()
        except Exception:
            continue


@pytest.mark.parametrize(
    "endless",
    [
        spins,
        swallows_exceptions_twice,
        sleeps_and_swallows_exceptions,
        sleeps_and_swallows_everything,
        calls_and_swallows_everything,
    ],
)
def test_an_endless_loop_is_ended_in_time(endless):
    start = time.monotonic()
    with pytest.raises(TimeIsUp):
        call_within(0.1, endless)
    assert 0.1 <= time.monotonic() - start < 5


def test_what_ends_in_time_gives_its_value_and_its_exceptions():
    assert call_within(5.0, divmod, 17, 5) == (3, 2)
    with pytest.raises(ZeroDivisionError):
        call_within(5.0, divmod, 17, 0)


def test_no_alarm_strikes_afterwards():
    for _ in range(20):
        with pytest.raises(TimeIsUp):
            call_within(0.005, spins)
    time.sleep(0.1)
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_a_time_that_is_already_over_still_interrupts():
    with pytest.raises(TimeIsUp):
        call_within(-1.0, spins)


def test_an_alarm_that_strikes_in_compiled_code_is_repeated():
    """The first one comes while ``list`` waits in ``sleep``, where no line of Python can be interrupted."""

    def run_for(seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            pass

    waits_then_runs = itertools.chain(map(time.sleep, [0.2]), map(run_for, [3.0]))
    with pytest.raises(TimeIsUp):
        call_within(0.05, list, waits_then_runs)


def test_an_alarm_that_was_set_before_is_put_back():
    struck = []
    previous = signal.signal(signal.SIGALRM, lambda number, frame: struck.append(number))
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.5)
        with pytest.raises(TimeIsUp):
            call_within(0.05, spins)
        assert not struck and 0 < signal.getitimer(signal.ITIMER_REAL)[0] <= 0.5
        end = time.monotonic() + 5
        while not struck and time.monotonic() < end:
            time.sleep(0.02)
        assert struck == [signal.SIGALRM]
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


def test_in_a_thread_there_is_no_limit_but_the_function_runs():
    values = []
    thread = threading.Thread(target=lambda: values.append((can_interrupt(), call_within(0.01, abs, -3))))
    thread.start()
    thread.join()
    assert values == [(False, 3)] and can_interrupt()


def test_a_short_memory_keeps_the_beginning_and_counts_the_rest():
    memory = ShortMemory(limit=5)
    print("abc", file=memory)
    assert str(memory) == "abc"
    print("defg", file=memory)
    assert memory.kept == "abc\nd" and str(memory) == "abc\nd\n… and 4 more characters"
