"""Locks by POSIX, and by a stand-in for the module of Windows that behaves as its documentation says."""

import errno
import os
import types

import pytest

from s2s_course import locks
from s2s_course.locks import lock, try_lock


@pytest.fixture
def windows(monkeypatch):
    """``msvcrt`` locks bytes from where a file stands, also behind its end."""
    taken, waited = {}, []

    def locking(descriptor, mode, count):
        assert count == 1
        place = os.fstat(descriptor).st_ino, os.lseek(descriptor, 0, os.SEEK_CUR)
        if taken.setdefault(place, descriptor) != descriptor:
            if mode == 1 and waited:
                taken[place] = descriptor
                return
            waited.append(mode)
            number = errno.EDEADLK if mode == 1 else errno.EACCES
            raise OSError(number, os.strerror(number))

    stand_in = types.SimpleNamespace(locking=locking, LK_LOCK=1, LK_NBLCK=2)
    monkeypatch.setattr(locks, "fcntl", None)
    monkeypatch.setattr(locks, "msvcrt", stand_in, raising=False)
    return types.SimpleNamespace(taken=taken, waited=waited)


def check_that_a_second_is_refused(path):
    with path.open("wb") as first, path.open("r+b") as second:
        lock(first)
        with pytest.raises(BlockingIOError):
            try_lock(second)


def test_who_opens_a_locked_file_again_is_refused_until_it_is_closed(tmp_path):
    check_that_a_second_is_refused(tmp_path / "file")
    with (tmp_path / "file").open("r+b") as file:
        try_lock(file)


def test_a_second_is_refused_on_windows(tmp_path, windows):
    check_that_a_second_is_refused(tmp_path / "file")


def test_on_windows_no_content_is_locked_and_the_file_stands_where_it_stood(tmp_path, windows):
    with (tmp_path / "file").open("w+b") as file:
        file.write(b"abc")
        file.flush()
        lock(file)
        file.write(b"def")
        file.seek(0)
        assert file.read() == b"abcdef"
        [(_, byte)] = windows.taken
        assert byte > 2**39


def test_on_windows_who_waits_does_so_longer_than_ten_seconds(tmp_path, windows):
    with (tmp_path / "file").open("wb") as first, (tmp_path / "file").open("r+b") as second:
        lock(first)
        lock(second)
        assert windows.waited == [1] and list(windows.taken.values()) == [second.fileno()]


@pytest.mark.parametrize("take", [lock, try_lock])
def test_a_file_system_without_locks_is_told_from_a_lock_that_is_taken(tmp_path, windows, monkeypatch, take):
    def none(*_):
        raise OSError(errno.EINVAL, "Invalid argument")

    monkeypatch.setattr(locks.msvcrt, "locking", none)
    with (tmp_path / "file").open("wb") as file, pytest.raises(OSError, match="Invalid") as caught:
        take(file)
    assert not isinstance(caught.value, BlockingIOError)
