import errno
import fcntl
import os
import threading
from pathlib import Path

import pytest

from s2s_course import atomic
from s2s_course.atomic import remove_abandoned, write_atomically, written_and_held

CONTENT = bytes(range(256)) * 1000  # more than one buffer, with every line ending


def test_content_arrives_and_nothing_else(tmp_path):
    path = tmp_path / "file"
    for content in (CONTENT, b"short", b""):
        write_atomically(path, content)
        assert path.read_bytes() == content
        assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("content", [CONTENT, b"short"], ids=["long", "short"])
def test_a_reader_finds_the_old_file_until_the_new_one_is_whole_and_on_the_disk(
    tmp_path, monkeypatch, content
):
    path = tmp_path / "file"
    path.write_bytes(b"old")
    fsync, replace, seen = os.fsync, os.replace, []

    def look_at_fsync(descriptor):
        seen.append(("fsync", path.read_bytes(), os.fstat(descriptor).st_size))
        fsync(descriptor)

    def look_at_replace(source, target):
        seen.append(("replace", path.read_bytes(), source.stat().st_size))
        assert source.parent == target.parent, "only within a folder is it one step"
        replace(source, target)

    monkeypatch.setattr(os, "fsync", look_at_fsync)
    monkeypatch.setattr(os, "replace", look_at_replace)
    write_atomically(path, content)
    assert seen == [("fsync", b"old", len(content)), ("replace", b"old", len(content))]
    assert path.read_bytes() == content


def test_what_a_killed_process_left_is_written_over(tmp_path, monkeypatch):
    path = tmp_path / "file"
    replace = os.replace
    sources = []
    monkeypatch.setattr(os, "replace", lambda *names: [sources.append(names[0]), replace(*names)])
    write_atomically(path, b"old")
    sources[0].write_bytes(CONTENT)  # it had the same process number
    write_atomically(path, b"new")
    assert path.read_bytes() == b"new" and list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("interruption", [OSError("no space left"), KeyboardInterrupt("stop")], ids=repr)
@pytest.mark.parametrize("at", ["fsync", "replace"])
@pytest.mark.parametrize("old", [b"old", None])
def test_an_interrupted_write_leaves_the_old_file_and_no_other(tmp_path, monkeypatch, interruption, at, old):
    path = tmp_path / "file"
    if old is not None:
        path.write_bytes(old)

    def interrupt(*_):
        raise interruption

    monkeypatch.setattr(os, at, interrupt)
    with pytest.raises(type(interruption), match=str(interruption)):
        write_atomically(path, CONTENT)
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == ({"file": old} if old else {})


def test_a_missing_folder_is_a_plain_error(tmp_path):
    with pytest.raises(FileNotFoundError) as caught:
        write_atomically(tmp_path / "missing" / "file", CONTENT)
    assert caught.value.__context__ is None
    assert list(tmp_path.iterdir()) == []


def test_the_rest_of_killed_writers_is_removed_and_nothing_else(tmp_path):
    path = tmp_path / "file[1]*"  # no pattern
    for rest in (".file[1]*.77.writing", ".file[1]*.a1b2.writing"):
        (tmp_path / rest).write_bytes(b"half")
    others = [".file1x.77.writing", ".other.77.writing", "file[1]*.77.writing", ".file[1]*.77"]
    for other in others:
        (tmp_path / other).write_bytes(b"of somebody else")
    write_atomically(path, b"new")
    assert sorted(file.name for file in tmp_path.iterdir()) == sorted([path.name, *others])


@pytest.mark.parametrize("at", ["fsync", "replace"])
def test_a_writer_that_lives_is_not_taken_for_a_killed_one(tmp_path, monkeypatch, at):
    """Another writes the same file, all of it, while the first is not done; the last to be done stays."""
    path, real, others = tmp_path / "file", getattr(os, at), [b"second"]

    def meanwhile(*arguments):
        if others:
            write_atomically(path, others.pop())
            assert path.read_bytes() == b"second"
        return real(*arguments)

    monkeypatch.setattr(os, at, meanwhile)
    write_atomically(path, b"first")
    assert path.read_bytes() == b"first" and list(tmp_path.iterdir()) == [path]


def test_a_file_that_is_removed_before_it_is_locked_is_begun_again(tmp_path, monkeypatch):
    path, real, removals = tmp_path / "file", fcntl.flock, []

    def too_late(file, operation):
        if operation == fcntl.LOCK_EX and not removals:
            removals.append(file.name)
            Path(file.name).unlink()
        real(file, operation)

    monkeypatch.setattr(fcntl, "flock", too_late)
    write_atomically(path, b"new")
    assert removals and path.read_bytes() == b"new" and list(tmp_path.iterdir()) == [path]


def test_where_the_file_system_has_no_locks_files_are_written_and_nothing_is_removed(tmp_path, monkeypatch):
    def no_locks(*_):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", no_locks)
    (tmp_path / ".file.77.writing").write_bytes(b"half")
    write_atomically(tmp_path / "file", b"new")
    assert sorted(file.name for file in tmp_path.iterdir()) == [".file.77.writing", "file"]


def test_what_is_held_is_spared_until_it_is_let_go(tmp_path):
    path, asked = tmp_path / "file", []
    with written_and_held(path, b"new"):
        remove_abandoned([path], spare=lambda held: asked.append(held) or False)
        assert path.read_bytes() == b"new" and asked == []
    remove_abandoned([path, tmp_path / "missing"], spare=lambda held: asked.append(held) or True)
    assert path.exists() and asked == [path]
    remove_abandoned([path])
    assert not path.exists()


@pytest.mark.parametrize("at", ["fsync", "replace"])
def test_an_error_of_the_system_names_the_file_that_was_asked_for(tmp_path, monkeypatch, at):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device", "/somewhere/else")

    monkeypatch.setattr(os, at, full)
    with pytest.raises(OSError) as caught:
        write_atomically(tmp_path / "file", CONTENT)
    assert (caught.value.errno, caught.value.filename) == (errno.ENOSPC, str(tmp_path / "file"))
    with pytest.raises(OSError, match="File name too long") as caught:
        write_atomically(tmp_path / ("x" * 300), CONTENT)
    assert caught.value.filename == str(tmp_path / ("x" * 300))


@pytest.fixture
def windows(monkeypatch):
    """Whatever is open can neither be renamed, nor replaced, nor removed."""
    opened, real_open = [], Path.open

    def remember(path, *arguments, **options):
        opened.append(real_open(path, *arguments, **options))
        return opened[-1]

    def refuse_open_files(function):
        def checked(*paths, **options):
            for path in filter(os.path.exists, paths):
                if any(
                    not file.closed and os.path.samestat(os.fstat(file.fileno()), path.stat())
                    for file in opened
                ):
                    raise PermissionError(errno.EACCES, "The process cannot access the file")
            return function(*paths, **options)

        return checked

    monkeypatch.setattr(Path, "open", remember)
    for name in ("replace", "unlink"):
        monkeypatch.setattr(os, name, refuse_open_files(getattr(os, name)))
    monkeypatch.setattr(atomic, "_OPEN_FILES_MOVE", False)


def test_the_windows_of_these_tests_refuses_as_windows_does(tmp_path, windows, monkeypatch):
    monkeypatch.setattr(atomic, "_OPEN_FILES_MOVE", True)
    with pytest.raises(PermissionError):
        write_atomically(tmp_path / "file", b"new")


def test_on_windows_files_are_replaced_held_and_removed(tmp_path, windows):
    path = tmp_path / "file"
    (tmp_path / ".file.77.writing").write_bytes(b"half")
    for content in (b"old", CONTENT):
        write_atomically(path, content)
        assert path.read_bytes() == content and list(tmp_path.iterdir()) == [path]
    with written_and_held(path, b"new"):
        asked = []
        remove_abandoned([path], spare=lambda held: asked.append(held) or False)
        assert path.read_bytes() == b"new" and asked == []
    remove_abandoned([path], spare=lambda held: True)
    assert path.exists()
    remove_abandoned([path])
    assert list(tmp_path.iterdir()) == []


def test_on_windows_a_reader_is_waited_for(tmp_path, windows):
    path = tmp_path / "file"
    path.write_bytes(b"old")
    reader = path.open("rb")
    closing = threading.Timer(0.05, reader.close)
    closing.start()
    write_atomically(path, b"new")
    closing.join()
    assert path.read_bytes() == b"new" and list(tmp_path.iterdir()) == [path]


def test_on_windows_a_reader_that_stays_is_an_error_and_the_old_file_is_whole(tmp_path, windows, monkeypatch):
    path = tmp_path / "file"
    path.write_bytes(b"old")
    monkeypatch.setattr(atomic, "_PAUSES", (0.001,) * 3)
    with path.open("rb") as reader, pytest.raises(PermissionError) as caught:
        write_atomically(path, b"new")
    assert reader.closed and caught.value.filename == str(path)
    assert path.read_bytes() == b"old" and list(tmp_path.iterdir()) == [path]
