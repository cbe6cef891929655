"""Two real processes want to write one run; and locks that were left, on this machine and on another."""

import json
import os
import socket
import subprocess
import sys
import time

import pytest

from s2s_course.training import run_lock
from s2s_course.training.run_lock import FILE, STALE, RunError, only_writer

HOLDS = (
    "import sys, time\nfrom pathlib import Path\nfrom s2s_course.training.run_lock import only_writer\n"
    "with only_writer(Path(sys.argv[1])):\n    print('holds', flush=True)\n    time.sleep(60)\n"
)


@pytest.fixture
def other(tmp_path):
    """A process that writes the run in ``tmp_path``."""
    process = subprocess.Popen([sys.executable, "-c", HOLDS, tmp_path], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "holds\n"
    yield process
    process.kill()
    process.wait()


def left(folder, age=0.0, **writer):
    """What a writer left: it did not let go of the file."""
    path = folder / FILE
    path.write_text(json.dumps({"process": 1, "host": socket.gethostname(), "since": "noon", **writer}))
    os.utime(path, (time.time() - age,) * 2)


def test_a_second_writer_is_told_of_the_first_and_killing_that_one_frees_the_run(tmp_path, other):
    place = rf"{tmp_path} is being written by process {other.pid} on {socket.gethostname()}, since 20\d\d-"
    with pytest.raises(RunError, match=place), only_writer(tmp_path):
        raise AssertionError("two writers")
    other.kill()
    other.wait()
    with only_writer(tmp_path):
        pass


def test_a_writer_in_the_same_process_is_one_too(tmp_path):
    here = f"process {os.getpid()} "
    with only_writer(tmp_path), pytest.raises(RunError, match=here), only_writer(tmp_path):
        raise AssertionError("two writers")
    with only_writer(tmp_path):
        pass


def test_the_folder_is_made_and_nothing_is_left_in_the_lock(tmp_path):
    with only_writer(tmp_path / "new" / "run"):
        assert json.loads((tmp_path / "new" / "run" / FILE).read_text())["process"] == os.getpid()
    assert (tmp_path / "new" / "run" / FILE).read_text() == ""


def test_what_a_dead_process_of_this_machine_left_is_no_lock(tmp_path):
    left(tmp_path, process=1)  # it lives; but if it wrote here, it would hold the lock
    with only_writer(tmp_path):
        pass


def test_a_writer_on_another_machine_counts_while_it_is_heard_of(tmp_path):
    left(tmp_path, age=STALE - 60, host="elsewhere")
    with pytest.raises(RunError, match="by process 1 on elsewhere, since noon"), only_writer(tmp_path):
        raise AssertionError("two writers")
    left(tmp_path, age=STALE + 60, host="elsewhere")
    with only_writer(tmp_path) as writer:
        os.utime(tmp_path / FILE, (0, 0))
        writer.says_that_it_is_alive()
        assert time.time() - (tmp_path / FILE).stat().st_mtime < 5


def test_without_locks_a_living_process_counts_and_a_dead_one_does_not(tmp_path, monkeypatch):
    def no_locks(file):
        raise OSError("not supported")

    monkeypatch.setattr(run_lock, "try_lock", no_locks)
    left(tmp_path, process=os.getppid())
    with pytest.raises(RunError, match=f"process {os.getppid()}"), only_writer(tmp_path):
        raise AssertionError("two writers")
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    left(tmp_path, process=dead.pid)
    with only_writer(tmp_path):
        pass


@pytest.mark.parametrize("content", ["no JSON", "[1]", "[" * 100_000, '{"process": "x"}', "\udcff"])
def test_a_lock_that_cannot_be_read_is_none(tmp_path, content):
    (tmp_path / FILE).write_bytes(content.encode(errors="surrogateescape"))
    os.utime(tmp_path / FILE, (0, 0))
    with only_writer(tmp_path):
        pass


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"), only_writer(tmp_path / "file" / "run"):
        raise AssertionError("written")


def test_on_windows_nobody_is_asked_whether_it_lives_since_that_would_end_it(monkeypatch):
    monkeypatch.setattr(run_lock.os, "name", "nt")
    monkeypatch.setattr(run_lock.os, "kill", None)
    assert run_lock._is_alive({"process": 1})
