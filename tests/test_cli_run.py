"""``s2s train`` that is ended in the middle, and the same command again."""

import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest
import safetensors.torch
import torch
from typer.testing import CliRunner

from s2s_course.cli import app
from s2s_course.cli import train as command
from s2s_course.training import loop, processes
from s2s_course.training import run as run_module
from s2s_course.training.checkpoint import load_checkpoint, save_checkpoint
from s2s_course.training.run_lock import only_writer

pytestmark = pytest.mark.usefixtures("small_grammar")
# A constant rate: one that falls to 0 knows its last step, and more steps are another run.
OPTIONS = ("--embed-size=8", "--hidden-size=8", "--dropout=0.3", "--warm-up=0", "--validate-every=20")


def invoke(out, *options, steps=60):
    arguments = ["train", *OPTIONS, "--steps", steps, *options, "--out", out]
    return CliRunner().invoke(app, list(map(str, arguments)))


def states(out):
    return [json.loads(path.read_text())["step"] for path in sorted((out / "run").glob("state-*.json"))]


def weights(out):
    return safetensors.torch.load_file(out / json.loads((out / "checkpoint.json").read_text())["weights"])


# The command with the small corpus of ``small_grammar``, in a process of its own.
COMMAND = """\
import sys
from s2s_course.cli import main, train
from s2s_course.data.grammar import grammar_corpus
sizes = dict(train=300, validation=500, test=20, longer=0, compositional=0)
train.load_corpus = lambda *names: grammar_corpus(**sizes)
sys.argv[0] = "s2s"
main()
"""


def in_a_process(out, number, *, after):
    """Send signal ``number`` when the command has told of step ``after``; its exit code and its output."""
    command = [sys.executable, "-c", COMMAND, "train", *OPTIONS, "--steps", "4000", "--out", str(out)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    process = subprocess.Popen(command, env=os.environ | {"OMP_NUM_THREADS": "1"}, **pipes)
    printed = []
    for line in process.stdout:
        printed.append(line)
        if f" {after} " in line:
            process.send_signal(number)
    return process.wait(), "".join(printed)


def test_a_command_that_was_killed_goes_on_and_keeps_the_best_weights(tmp_path):
    code, printed = in_a_process(tmp_path / "killed", signal.SIGKILL, after=60)
    assert code == -signal.SIGKILL, printed
    begun = states(tmp_path / "killed")[-1]
    assert begun >= 20
    code, printed = in_a_process(tmp_path / "killed", signal.SIGTERM, after=begun + 40 - begun % 20)
    assert code == -signal.SIGTERM and f"after step {begun}." in printed, printed
    ended = states(tmp_path / "killed")[-1]
    assert ended > begun
    # what was better is not replaced by what is worse: the same numbers as without an interruption
    straight = invoke(tmp_path / "straight", steps=ended)
    assert straight.exit_code == 0
    for line in printed.splitlines():
        if "validation loss" in line and int(line.split()[1]) <= ended:
            assert line in straight.stdout


@contextmanager
def interrupting_bar(step, times=1):
    """In place of the bar: an interrupt in step ``step`` is noted, and the next step is the last."""
    yield lambda progress: [signal.raise_signal(signal.SIGINT) for _ in range(times) if progress.step == step]


def test_the_same_command_again_ends_as_one_that_was_never_interrupted(tmp_path, monkeypatch):
    for step in (25, 44):
        with monkeypatch.context() as patch:
            patch.setattr(loop, "moving_bar", lambda budget, *, shown, step=step: interrupting_bar(step))
            result = invoke(tmp_path / "again")
        assert result.exit_code == 0
        assert f"\nthe same command goes on after step {step + 1}\n" in result.stdout
        assert states(tmp_path / "again")[-1] == step + 1
    ended, straight = invoke(tmp_path / "again"), invoke(tmp_path / "straight")
    assert "Going on with the run in" in ended.stderr and "Going on" not in straight.stderr
    assert ended.stdout.splitlines()[-1].split(" in ")[0] == straight.stdout.splitlines()[-1].split(" in ")[0]
    found, expected = weights(tmp_path / "again"), weights(tmp_path / "straight")
    assert all(torch.equal(found[name], expected[name]) for name in expected | found)


def disturbed(monkeypatch, disturb, *, at):
    """Let ``disturb`` come amid the ``at``-th writing of a checkpoint."""
    numbers = iter(range(1, 100))

    def save(*arguments, **named):
        if next(numbers) == at:
            disturb()
        return save_checkpoint(*arguments, **named)

    monkeypatch.setattr(command, "save_checkpoint", save)


def interrupt_twice():
    for _ in range(2):
        signal.raise_signal(signal.SIGINT)


def no_space():
    raise OSError(28, "No space left on device", "weights")


def test_a_checkpoint_whose_writing_was_interrupted_is_there_when_the_command_says_so(tmp_path, monkeypatch):
    disturbed(monkeypatch, interrupt_twice, at=1)
    result = invoke(tmp_path)
    assert result.exit_code == 0 and f"checkpoint of step 20 in {tmp_path}\n" in result.stdout
    assert load_checkpoint(tmp_path)[1]["step"] == 20
    # the tensors of ``weights`` are those that the run has for best
    best = safetensors.torch.load_file(tmp_path / "run" / "best-000001.safetensors")
    assert all(torch.equal(value, best[name]) for name, value in weights(tmp_path).items())


def test_a_checkpoint_that_found_no_space_for_a_while_is_there_at_the_end(tmp_path, monkeypatch):
    disturbed(monkeypatch, no_space, at=2)
    monkeypatch.setattr(run_module, "_SHARE", 0)  # each new best is kept at once, however slow the disk
    losses = iter([3.0, 2.0, 2.5])
    monkeypatch.setattr(processes, "mean_loss", lambda *batches, **how: next(losses))
    result = invoke(tmp_path)
    steps = [line.split()[1] for line in result.stdout.splitlines() if line.endswith("(best)")]
    assert steps == ["20", "40"], "the last best weights are not those that found no space"
    assert result.exit_code == 0 and "No space left on device); training goes on." in result.stderr
    assert load_checkpoint(tmp_path)[1]["step"] == 40


def test_an_interrupt_says_what_the_same_command_will_do(tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(loop, "moving_bar", lambda budget, *, shown: interrupting_bar(5))
        assert "the same command without --fresh goes on after step 6\n" in invoke(tmp_path, "--fresh").stdout
        patch.setattr(loop, "moving_bar", lambda budget, *, shown: interrupting_bar(5, times=2))
        stdout = invoke(tmp_path / "twice").stdout
    assert "stopped by interrupt after 5 steps" in stdout
    assert "the same command begins again: no state was kept\n" in stdout


@pytest.fixture(scope="module")
def done(tmp_path_factory, small_grammar):
    out = tmp_path_factory.mktemp("done")
    assert invoke(out).exit_code == 0
    return out


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--hidden-size", 9), "model.hidden_size was 8 and is 9"),
        (("--learning-rate", 0.5), "learning_rate was 0.002 and is 0.5"),
        (("--max-tokens", 500), "batches.max_tokens was 2000 and is 500"),
        (("--model", "lstm"), 'model.cell was "gru" and is "lstm"'),
        (("--src", "fr", "--tgt", "en"), "batches.pairs was"),
        (("--label-smoothing", 0.2), "loss_of.smoothing was 0.1 and is 0.2"),
    ],
)
def test_other_options_are_refused_and_named(done, options, told):
    before = {path: path.read_bytes() for path in done.rglob("*-*")}
    result = invoke(done, *options)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"s2s: the run in {done / 'run'} was begun otherwise: ")
    assert told in result.stderr and result.stderr.count("\n") == 1
    assert {path: path.read_bytes() for path in done.rglob("*-*")} == before


def test_a_run_that_is_complete_says_the_same_again(done):
    result = invoke(done)
    assert result.exit_code == 0
    assert "stopped by steps after 60 steps" in result.stdout and "validation loss" not in result.stdout


def test_more_steps_go_on_and_fresh_begins_anew(tmp_path):
    assert invoke(tmp_path, steps=20).exit_code == 0
    more = invoke(tmp_path, steps=40)
    assert "step     40" in more.stdout and "step     20" not in more.stdout
    fresh = invoke(tmp_path, "--fresh", steps=20)
    assert "step     20" in fresh.stdout and fresh.stderr == ""
    assert states(tmp_path)[-1] == 20


def test_a_rate_that_falls_to_0_by_the_last_step_has_no_more_steps(tmp_path):
    assert invoke(tmp_path, "--warm-up", 2, steps=3).exit_code == 0
    more = invoke(tmp_path, "--warm-up", 2, steps=4)
    assert more.exit_code == 2 and "schedule" in more.stderr and "was 3 and is 4" in more.stderr


def test_two_trainings_into_one_folder_are_kept_apart(tmp_path):
    with only_writer(tmp_path / "run"):
        result = invoke(tmp_path)
    assert result.exit_code == 2
    assert f"the run in {tmp_path / 'run'} is being written by process {os.getpid()} on" in result.stderr
    assert not (tmp_path / "checkpoint.json").exists()


def test_a_checkpoint_without_a_run_is_not_written_over_unasked(done, tmp_path):
    (tmp_path / "checkpoint.json").write_bytes((done / "checkpoint.json").read_bytes())
    result = invoke(tmp_path)
    assert result.exit_code == 2 and "has a checkpoint and no run that could go on" in result.stderr
    assert invoke(tmp_path, "--fresh", steps=2).exit_code == 0


def test_a_run_that_is_damaged_beyond_use_is_one_line(tmp_path):
    assert invoke(tmp_path, steps=2).exit_code == 0
    for path in (tmp_path / "run").glob("state-*.json"):
        path.write_text("{")
    result = invoke(tmp_path, steps=2)
    assert result.exit_code == 2 and result.stderr.count("\n") == 1
    assert result.stderr.startswith(f"s2s: no state of the run in {tmp_path / 'run'} is whole: ")
