"""A copy on another disk, which here is a folder that fails on demand."""

import json
import shutil
import threading

import pytest

from s2s_course.training import run_copy
from s2s_course.training.run import Run
from s2s_course.training.run_copy import Copier, fetch
from s2s_course.training.run_lock import RunError

from .small_run import same, train


@pytest.fixture
def places(tmp_path):
    return tmp_path / "run", tmp_path / "drive" / "run"


def names(folder):
    return sorted(path.name for path in folder.iterdir() if path.name != "writer.json")


def test_a_machine_that_is_taken_away_loses_nothing(places, capsys):
    folder, drive = places
    train(Run(folder, copy_to=drive), stop=13)
    assert names(folder) == names(drive)
    assert all((folder / name).read_bytes() == (drive / name).read_bytes() for name in names(drive))
    shutil.rmtree(folder)
    capsys.readouterr()
    assert same(train(Run(folder, copy_to=drive)), train())
    said = capsys.readouterr().err
    assert f"The run was fetched from {drive}.\nGoing on with the run in {folder} after step 13." in said
    assert f"The last copy in {drive} is of step 20 at " in said


def test_the_first_copy_is_told_and_the_others_are_not(places, capsys):
    folder, drive = places
    train(Run(folder, copy_to=drive, seconds=0.0))
    said = capsys.readouterr().err.splitlines()
    assert sum("was copied to" in line for line in said) == 1
    assert said[-1].startswith(f"The last copy in {drive} is of step 20 at ")
    assert names(folder)[-1:] == names(drive)[-1:] and len(names(drive)) <= 6


def test_a_copy_that_fails_stops_nothing_and_is_told_once(places, monkeypatch, capsys):
    folder, drive = places

    def dropped(path, content):
        raise OSError(107, "Transport endpoint is not connected", str(path))

    monkeypatch.setattr(run_copy, "write_atomically", dropped)
    assert same(train(Run(folder, copy_to=drive, seconds=0.0)), train())
    said = capsys.readouterr().err
    assert said.count(f"did not arrive in {drive} (Transport endpoint is not connected).") == 1
    assert said.endswith(f"There is no copy in {drive}: Transport endpoint is not connected.\n")


def test_a_copy_that_reads_back_as_something_else_has_not_arrived(places, monkeypatch, capsys):
    folder, drive = places
    write = run_copy.write_atomically
    monkeypatch.setattr(run_copy, "write_atomically", lambda path, content: write(path, content[:-1]))
    train(Run(folder, copy_to=drive))
    assert "reads back as is not what was written" in capsys.readouterr().err
    assert not list(drive.glob("*.json"))


def test_after_a_failure_the_next_copy_is_told(places, monkeypatch):
    folder, drive = places
    train(folder, stop=9)
    [(number, generation), *_] = run_copy.run_files.generations(folder).items()
    said = []
    copier = Copier(folder, drive, said.append, fresh=False)
    with monkeypatch.context() as patch:
        patch.setattr(run_copy, "_holds", lambda path, content: False)
        for _ in range(2):
            copier._try(number, generation)
    for _ in range(2):
        copier._try(number, generation)
    copier.finish()
    assert [sentence.split(" to ")[0].split(" in ")[0] for sentence in said] == [
        "The copy of step 9 did not arrive", "The state of step 9 was copied", "The last copy",
    ]  # fmt: skip


def test_a_write_that_hangs_is_not_waited_for_for_ever(places, monkeypatch):
    folder, drive = places
    train(folder, stop=9)
    [(number, generation), *_] = run_copy.run_files.generations(folder).items()
    said, gone = [], threading.Event()
    monkeypatch.setattr(run_copy, "write_atomically", lambda path, content: gone.wait(60))
    copier = Copier(folder, drive, said.append, fresh=False)
    copier.add(number, generation)
    copier.finish(seconds=0.1)
    assert said == [f"There is no copy in {drive}: none has been made (the newest is still on its way)."]
    gone.set()


def test_another_run_in_the_copy_is_neither_fetched_nor_replaced_unless_asked_for(places, capsys):
    folder, drive = places
    train(Run(folder, copy_to=drive), stop=13)
    shutil.rmtree(folder)
    train(folder, stop=2)
    before = {name: (drive / name).read_bytes() for name in names(drive)}
    with pytest.raises(RunError, match=f"{drive} is no copy of the run in {folder}: .*after step 13"):
        train(Run(folder, copy_to=drive))
    assert {name: (drive / name).read_bytes() for name in names(drive)} == before
    train(Run(folder, copy_to=drive, fresh=True), stop=5)
    assert names(drive) == names(folder)


def test_a_copy_that_could_not_be_read_at_the_start_is_left_alone(places, monkeypatch, capsys):
    folder, drive = places
    train(Run(folder, copy_to=drive), stop=13)
    before = names(drive)
    shutil.rmtree(folder)

    def dropped(copy, folder, say):
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr("s2s_course.training.run.fetch", dropped)
        train(Run(folder, copy_to=drive), stop=3)
    said = capsys.readouterr().err
    assert f"{drive} cannot be read (Input/output error); what is there is left alone." in said
    assert "(there is another run)" in said and names(drive) == before


def test_only_what_is_newer_is_fetched(places):
    folder, drive = places
    assert not fetch(drive, folder, print)
    train(Run(folder, copy_to=drive), stop=8)
    assert not fetch(drive, folder, print), "they are the same"
    before = folder.with_name("before")
    shutil.copytree(folder, before)
    train(Run(folder, copy_to=drive), stop=2)
    assert fetch(drive, before, print) and not fetch(before, drive, print)
    assert same(train(before), train())


def spoil(folder):
    """Leave no state whole."""
    for path in folder.glob("state-*.json"):
        path.write_bytes(path.read_bytes()[:40])


def test_a_copy_without_a_whole_state_does_not_stop_a_run_that_has_one(places, capsys):
    folder, drive = places
    train(Run(folder, copy_to=drive), stop=13)
    spoil(drive)
    assert same(train(Run(folder, copy_to=drive)), train())
    said = capsys.readouterr().err
    assert f"The copy cannot be used: no state of the run in {drive} is whole: " in said
    shutil.rmtree(folder)
    assert same(train(Run(folder, copy_to=drive)), train()), "what was spoiled was not replaced"


def test_a_copy_whose_newest_state_is_damaged_gives_the_one_before_and_says_so(places, capsys):
    folder, drive = places
    train(Run(folder, copy_to=drive, seconds=3_600.0), stop=8)
    train(Run(folder, copy_to=drive, seconds=3_600.0), stop=5)
    newest = sorted(drive.glob("state-*.json"))[-1]
    newest.write_bytes(newest.read_bytes()[:40])
    shutil.rmtree(folder)
    assert same(train(Run(folder, copy_to=drive)), train())
    said = capsys.readouterr().err
    assert f"The newest state in {drive} is damaged ({newest.name} cannot be read: " in said


def test_a_whole_copy_makes_up_for_a_run_that_is_damaged(places, capsys):
    folder, drive = places
    train(Run(folder, copy_to=drive), stop=13)
    spoil(folder)
    assert same(train(Run(folder, copy_to=drive)), train())
    said = capsys.readouterr().err
    assert f"What is here cannot be used: no state of the run in {folder} is whole: " in said
    assert f"The run was fetched from {drive}.\nGoing on with the run in {folder} after step 13." in said


def test_where_neither_is_whole_nothing_is_begun(places):
    folder, drive = places
    train(Run(folder, copy_to=drive), stop=13)
    spoil(folder)
    spoil(drive)
    with pytest.raises(RunError, match=f"no state of the run in {drive} is whole"):
        train(Run(folder, copy_to=drive))


def test_a_copy_of_a_newer_version_is_no_damage_and_is_not_replaced(places):
    folder, drive = places
    train(Run(folder, copy_to=drive), stop=13)
    newest = sorted(drive.glob("state-*.json"))[-1]
    newest.write_text(json.dumps({**json.loads(newest.read_text()), "format": 2}))
    before = newest.read_bytes()
    with pytest.raises(RunError, match="it has format 2, this course reads 1"):
        train(Run(folder, copy_to=drive))
    assert newest.read_bytes() == before
