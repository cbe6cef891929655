"""Runs that are stopped, gone on with, damaged, filled up and begun afresh."""

import json
import math
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from s2s_course.data.batch import collate
from s2s_course.data.text_stream import TextStream
from s2s_course.models.language_model import LanguageModel, LanguageModelConfig
from s2s_course.seeds import seed_everything
from s2s_course.training import run as run_module
from s2s_course.training import run_files
from s2s_course.training.loop import fit
from s2s_course.training.objectives import TruncatedBackpropagation
from s2s_course.training.run import Run
from s2s_course.training.run_lock import RunError
from s2s_course.training.schedule import WarmUpAndDecay
from s2s_course.training.validation import Validation

from .small_run import PAIRS, same, train


def manifests(folder):
    return sorted(path.name for path in folder.glob("state-*.json"))


@pytest.fixture
def interrupted(tmp_path, monkeypatch):
    """A run of 20 steps that was interrupted twice; two states are kept, of steps 8 and 13."""
    folder = tmp_path / "run"
    monkeypatch.setattr(run_module, "_SHARE", math.inf)  # a new best is not kept at once
    for stop, steps in ((8, 8), (5, 13)):
        _, history = train(folder, stop=stop)
        assert history.ended_by == "interrupt" and len(history.losses) == steps
    return folder


def test_a_run_that_was_interrupted_goes_on_and_ends_as_if_it_had_not_been(interrupted, capsys):
    assert same(train(interrupted), train())
    assert f"Going on with the run in {interrupted} after step 13.\n" in capsys.readouterr().err


def test_a_run_that_has_come_to_its_end_takes_no_more_steps(tmp_path):
    first = train(tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.iterdir() if path.name != "writer.json"}
    again = train(tmp_path, stop=1)
    assert same(first, again)
    assert all(path.read_bytes() == content for path, content in before.items())


def test_patience_goes_on_counting(tmp_path):
    validation = Validation([collate(PAIRS)], every=2, patience=2)
    impatient = {"validation": validation, "learning_rate": 1.0, "steps": 90}
    straight = train(**impatient)
    assert straight[1].ended_by == "patience"
    for stop in (1, 2, 1, 3):
        train(tmp_path, stop=stop, **impatient)
    assert same(train(tmp_path, **impatient), straight)
    assert train(tmp_path, **impatient)[1].ended_by == "patience"


def test_the_random_numbers_of_whoever_comes_after_are_the_same_too(tmp_path):
    train()
    expected = torch.rand(3)
    train(tmp_path, stop=11)
    train(tmp_path)
    assert torch.equal(torch.rand(3), expected)


def test_minutes_that_were_used_count(tmp_path):
    def timed(stop=None):
        schedule = WarmUpAndDecay(3, minutes=0.02)
        return train(tmp_path, stop=stop, steps=None, minutes=0.02, schedule=schedule, validation=None)[1]

    first = timed(stop=10)
    assert first.ended_by == "interrupt" and first.seconds < 1.2
    time.sleep(1.3)  # the time between does not count
    second = timed()
    assert second.ended_by == "minutes" and 1.2 <= second.seconds < 2.5
    assert second.losses[:10] == first.losses and len(second.losses) > 10


def test_a_constant_rate_can_go_on_beyond_the_steps_that_were_asked_for(tmp_path):
    train(tmp_path, steps=12, validation=None)
    assert same(train(tmp_path, validation=None), train(validation=None))


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"hidden_size": 9}, "model.hidden_size was 8 and is 9"),
        ({"learning_rate": 0.02}, "learning_rate was 0.01 and is 0.02"),
        ({"seed": 4}, "seed was 0 and is 4"),
        ({"clip_norm": 2.0}, "clip_norm was 1.0 and is 2.0"),
        ({"schedule": WarmUpAndDecay(2, steps=20)}, "schedule was"),
    ],
)
def test_another_configuration_is_refused_and_named_and_the_run_stays_as_it_was(interrupted, options, told):
    before = {path: path.read_bytes() for path in interrupted.iterdir() if path.name != "writer.json"}
    with pytest.raises(RunError, match=f"the run in {interrupted} was begun otherwise: {told}"):
        train(interrupted, **options)
    assert {path: path.read_bytes() for path in before} == before


def test_afresh_is_from_the_start_and_the_old_run_stays_until_a_new_state_is_whole(interrupted, monkeypatch):
    def full(*arguments, **manifest):
        raise OSError(28, "No space left on device", "state")

    old = manifests(interrupted)
    with monkeypatch.context() as patch:
        patch.setattr(run_files, "write_atomically", full)
        with pytest.raises(OSError, match="No space left"):
            train(Run(interrupted, fresh=True), stop=3)
    assert manifests(interrupted) == old
    _, history = train(Run(interrupted, fresh=True), stop=3)
    assert len(history.losses) == 3 and len(manifests(interrupted)) == 1
    assert same(train(interrupted), train())


def test_two_states_are_kept_and_best_weights_are_shared_by_those_that_have_the_same(tmp_path):
    train(Run(tmp_path, seconds=0.0), stop=4)
    states = [json.loads((tmp_path / name).read_text()) for name in manifests(tmp_path)]
    assert [state["step"] for state in states] == [3, 4]
    assert states[0]["best_file"] == states[1]["best_file"] != states[0]["state_file"]
    names = {state[kind] for state in states for kind in ("state_file", "best_file")}
    assert {path.name for path in tmp_path.iterdir()} == {*names, *manifests(tmp_path), "writer.json"}


def test_it_is_written_when_time_has_passed_and_at_a_new_best_and_at_the_end(tmp_path, monkeypatch):
    written = []
    write = run_files.write

    def noted(*arguments, **manifest):
        written.append(manifest["step"])
        return write(*arguments, **manifest)

    monkeypatch.setattr(run_module.run_files, "write", noted)
    train(Run(tmp_path / "seldom", seconds=3_600.0))
    assert written[-1] == 20 and set(written) <= {6, 12, 18, 20} and 6 in written
    written.clear()
    train(Run(tmp_path / "always", seconds=0.0), validation=None)
    assert written == list(range(1, 21))
    written.clear()
    now = iter(range(10_000))
    monkeypatch.setattr(run_module.time, "monotonic", lambda: 10.0 * next(now))
    train(Run(tmp_path / "now and then", seconds=100.0), validation=None)
    assert 1 < len(written) < 10 and written[-1] == 20


@pytest.mark.parametrize("bad", [b"", b"{}", b"not JSON", b"[]", b'{"format": 1}', b'{"format": "1"}'])
def test_a_newest_state_that_is_damaged_falls_back_to_the_one_before(interrupted, bad, capsys):
    newest = interrupted / manifests(interrupted)[-1]
    newest.write_bytes(bad)
    assert same(train(interrupted), train())
    said = capsys.readouterr().err
    assert f"The newest state in {interrupted} is damaged ({newest.name} cannot be read: " in said
    assert "after step 8." in said
    assert len(manifests(interrupted)) == 2 and newest.name not in manifests(interrupted)


@pytest.mark.parametrize("kind", ["state_file", "best_file"])
@pytest.mark.parametrize("damage", ["flipped", "short", "gone", "pipe"])
def test_tensors_that_are_damaged_are_noticed(interrupted, kind, damage, capsys):
    old, new = (json.loads((interrupted / name).read_text()) for name in manifests(interrupted))
    assert old[kind] != new[kind]
    path = interrupted / new[kind]
    content = bytearray(path.read_bytes())
    content[-3] ^= 1
    if damage in ("gone", "pipe"):
        path.unlink()
        if damage == "pipe":
            os.mkfifo(path)
    else:
        path.write_bytes(content if damage == "flipped" else path.read_bytes()[:-1])
    assert same(train(interrupted), train())
    told = {"gone": "missing", "pipe": "no plain file"}.get(damage, "damaged")
    assert f"{path.name} is {told}" in capsys.readouterr().err


def test_where_no_state_is_whole_that_is_said_and_nothing_is_overwritten(interrupted):
    for name in manifests(interrupted):
        (interrupted / name).write_text("{}")
    with pytest.raises(RunError, match=f"no state of the run in {interrupted} is whole: .*format is missing"):
        train(interrupted)
    assert {(interrupted / name).read_text() for name in manifests(interrupted)} == {"{}"}


def test_a_state_of_a_newer_version_is_no_damage(interrupted):
    newest = interrupted / manifests(interrupted)[-1]
    newest.write_text(json.dumps({**json.loads(newest.read_text()), "format": 2}))
    with pytest.raises(
        RunError, match=rf"{newest.name} cannot be read: it has format 2, this course reads 1"
    ):
        train(interrupted)


def changed(folder, change):
    """Change the newest manifest, and take away the one before."""
    before, newest = manifests(folder)
    (folder / before).unlink()
    (folder / newest).write_text(json.dumps({**json.loads((folder / newest).read_text()), **change}))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"state_file": "../state-000001.safetensors"}, "state_file must name a file beside it"),
        ({"best_file": "best"}, "best_file must name a file beside it, got 'best'"),
        ({"values": []}, "values must be an object"),
        ({"step": "x"}, "step must be a whole number"),
        ({"values": {"dict": []}}, "does not fit this training: 'model'"),
        ({"values": {"eval": "1"}}, "must be made of plain values and tensors"),
        ({"values": {"dict": [["model", 3]]}}, "does not fit this training"),
    ],
)
def test_a_manifest_that_says_other_things_is_refused_in_one_sentence(interrupted, change, told):
    changed(interrupted, change)
    with pytest.raises(RunError, match=told) as error:
        train(interrupted)
    assert "\n" not in str(error.value)


def test_foreign_files_are_left_alone(interrupted):
    foreign = {"notes.txt": "mine", "state.json": "{}", "state-1.json": "{}", "best-000001.txt": "x"}
    for name, text in foreign.items():
        (interrupted / name).write_text(text)
    assert same(train(interrupted), train())
    assert {name: (interrupted / name).read_text() for name in foreign} == foreign


def test_a_disk_that_is_full_for_a_while_does_not_end_the_training(tmp_path, monkeypatch, capsys):
    write, calls = run_files.write_atomically, iter(range(1_000))

    def full_for_a_while(path, content):
        if 6 < next(calls) < 12:
            raise OSError(28, "No space left on device", str(path))
        write(path, content)

    monkeypatch.setattr(run_files, "write_atomically", full_for_a_while)
    assert same(train(Run(tmp_path, seconds=0.0)), train())
    said = capsys.readouterr().err
    assert said.count("could not be kept") == said.count("No space left on device); training goes on.") == 1
    assert same(train(tmp_path), train())


def test_a_state_that_cannot_be_kept_at_the_end_is_an_error_and_the_earlier_one_is_whole(
    tmp_path, monkeypatch
):
    train(tmp_path, stop=7)
    with monkeypatch.context() as patch:
        patch.setattr(run_files.safetensors.torch, "save", no_space)
        with pytest.raises(OSError, match="No space left"):
            train(tmp_path, stop=2)
    assert same(train(tmp_path), train())


def no_space(tensors):
    raise OSError(28, "No space left on device")


def test_best_weights_are_handed_over_after_they_were_kept(tmp_path):
    heard = []

    def after_save(weights, step):
        [kept] = {json.loads((tmp_path / name).read_text())["step"] for name in manifests(tmp_path)[-1:]}
        heard.append((step, kept, {name: value.clone() for name, value in weights.items()}))

    model, history = train(Run(tmp_path, after_save=after_save))
    assert heard[-1][0] == history.best_step and all(step <= kept for step, kept, _ in heard)
    assert all(torch.equal(value, heard[-1][2][name]) for name, value in model.state_dict().items())
    heard.clear()
    train(Run(tmp_path, after_save=after_save))
    assert [step for step, _, _ in heard] == [history.best_step], "again, should it have been lost"


def test_numbers_that_are_not_finite_are_never_kept(tmp_path):
    train(tmp_path, stop=5)
    with pytest.raises(FloatingPointError):
        train(tmp_path, learning_rate=0.01, clip_norm=1.0, optimizer=torch.optim.Adam, callbacks=[spoil])
    assert same(train(tmp_path), train())


def spoil(progress):
    if progress.step == 9:
        torch.nn.init.constant_(next(progress.model.parameters()), float("nan"))


TERMINATED = """\
import signal, sys
from tests.training.small_run import train
train(sys.argv[1], stop=9, signal_number=signal.SIGTERM)
print("never")
"""


def test_sigterm_keeps_the_state_and_then_ends_the_process(tmp_path):
    code = f"import sys\nsys.path.insert(0, {str(Path(__file__).parents[2])!r})\n{TERMINATED}"
    result = subprocess.run([sys.executable, "-c", code, tmp_path / "run"], capture_output=True, text=True)
    assert result.returncode == -signal.SIGTERM and result.stdout == "", result.stderr
    [newest] = manifests(tmp_path / "run")[-1:]
    assert json.loads((tmp_path / "run" / newest).read_text())["step"] == 9
    assert same(train(tmp_path / "run"), train())


def test_a_reader_beside_a_writer_always_finds_a_whole_state(tmp_path):
    """Every read between two steps of a writer that replaces the states all the time."""
    seen = []

    def read(progress):
        stored, damaged = run_files.read_newest(tmp_path)
        seen.append((progress.step, stored.generation.step, damaged))

    train(Run(tmp_path, seconds=0.0), callbacks=[read])
    assert seen == [(step, step, []) for step in range(1, 21)]


def test_a_reader_whose_files_are_replaced_meanwhile_reads_again(interrupted, monkeypatch):
    elsewhere = interrupted.with_name("elsewhere")
    shutil.copytree(interrupted, elsewhere)
    train(Run(elsewhere, seconds=0.0))
    read, calls = run_files._read, []

    def overtaken(folder, number):
        if not calls:
            calls.append(number)
            shutil.rmtree(interrupted)
            shutil.copytree(elsewhere, interrupted)
        return read(folder, number)

    monkeypatch.setattr(run_files, "_read", overtaken)
    stored, _ = run_files.read_newest(interrupted)
    assert stored.generation.step == 20 and stored.number > calls[0]


def test_what_a_writer_left_that_was_killed_in_the_last_step_goes_when_its_run_is_read_again(tmp_path):
    train(Run(tmp_path, seconds=0.0))
    newest = {path.name: path.read_bytes() for path in tmp_path.glob("*-*.*")}
    assert len(manifests(tmp_path)) == 2
    shutil.copy(tmp_path / manifests(tmp_path)[0], tmp_path / "state-000001.json")
    (tmp_path / ".state-000021.json.99999999.writing").write_text("half")
    assert same(train(tmp_path), train())
    assert {path.name: path.read_bytes() for path in tmp_path.glob("*-*.*")} == newest
    assert not list(tmp_path.glob(".*.writing"))


def test_where_there_is_nothing_there_is_no_run(tmp_path):
    assert run_files.read_newest(tmp_path) == run_files.read_newest(tmp_path / "missing") == (None, [])


def test_a_language_model_goes_on_reading_where_it_was(tmp_path):
    """Its state between two chunks is a part of the run."""
    stream = TextStream([4, 5, 6, 7, 5, 4, 6] * 40, batch_size=3, chunk=7)

    def read(run=None, stop=None):
        config = LanguageModelConfig(vocab_size=8, cell="lstm", embed_size=4, hidden_size=6)
        seed_everything(0)
        model, loss_of = LanguageModel(config), TruncatedBackpropagation()

        def stopping_loss(model, chunk):
            if stop is not None and next(steps) == stop:
                signal.raise_signal(signal.SIGINT)
            return loss_of(model, chunk)

        steps = iter(range(1, 100))
        stopping_loss.state_dict, stopping_loss.load_state_dict = loss_of.state_dict, loss_of.load_state_dict
        return model, fit(model, stream, steps=30, loss_of=stopping_loss, run=run, progress_bar=False)

    straight = read()
    for stop in (4, 12):
        read(tmp_path, stop)
    assert same(read(tmp_path), straight)


def test_two_minutes_of_training_are_the_most_that_can_be_lost():
    assert Run("runs/mine").seconds == 120
