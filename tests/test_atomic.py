import os

import pytest

from s2s_course.atomic import write_atomically

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
