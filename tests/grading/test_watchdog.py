"""A process that is talked to: it answers in time, or it is ended."""

import os
import subprocess
import sys
import time

import pytest

from s2s_course.grading.watchdog import converse

pytestmark = pytest.mark.skipif(os.name != "posix", reason="process groups are those of Unix")


def talk(code: str, job: bytes = b"", *, waits=(20.0,), most_bytes=1000):
    return converse([sys.executable, "-c", code], job, waits=waits, most_bytes=most_bytes)


def alive(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(number)], capture_output=True, text=True).stdout
    return not state.startswith("Z")


def test_a_job_goes_in_and_a_line_for_each_wait_comes_out():
    code = "line = input(); print(line[::-1]); print(len(line), flush=True)"
    reply = talk(code, b"abc" * 100_000 + b"\n", waits=(20.0, 20.0), most_bytes=400_000)
    assert reply.lines == (b"cba" * 100_000, b"300000") and reply.problem is None


def test_what_ends_early_says_why_on_standard_error():
    reply = talk("import sys; print('one'); sys.exit('no more')", waits=(20.0, 20.0))
    assert (reply.lines, reply.problem, reply.errors) == ((b"one",), "it ended", "no more")


@pytest.mark.parametrize(
    "code", ["import time; time.sleep(1000)", "while True: pass", "import sys; sys.stdin.close(); input()"]
)
def test_what_is_silent_is_ended_in_time(code):
    start = time.monotonic()
    reply = talk(code, b"x" * 10**6, waits=(1.0,))
    assert reply.lines == () and time.monotonic() - start < 8
    assert reply.problem in ("its time was up", "it ended")


def test_one_that_says_too_much_is_ended():
    reply = talk("while True: print('x' * 10**5, end='')")
    assert reply.problem == "it sent too much"
    assert len(talk("import sys; sys.stderr.write('x' * 10**6)").errors) == 4000


def test_its_children_and_its_group_end_with_it():
    code = (
        "import os, subprocess, sys, time\n"
        "sleep = [sys.executable, '-c', 'import time; time.sleep(1000)']\n"
        "one, other = subprocess.Popen(sleep), subprocess.Popen(sleep, start_new_session=True)\n"
        "print(one.pid, other.pid, flush=True); time.sleep(1000)"
    )
    reply = talk(code, waits=(20.0, 0.5))
    numbers = [int(number) for number in reply.lines[0].split()]
    assert len(numbers) == 2
    until = time.monotonic() + 5
    while any(map(alive, numbers)) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(map(alive, numbers))


def test_input_stays_open_so_that_a_worker_sees_when_the_host_has_gone():
    reply = talk("import select, sys; input(); print(select.select([0], [], [], 0.5)[0])", b"job\n")
    assert reply.lines == (b"[]",)
