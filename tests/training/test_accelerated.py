"""Two real processes on the CPU, started by ``accelerate launch``, against the same training in one."""

import importlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from several_processes import HELD_OUT, SIZES, trained

from s2s_course.models.registry import MODELS, build_model, model_config
from s2s_course.training.accelerated import AcceleratedProcesses
from s2s_course.training.recipe import recipe_of

TESTS = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def launched(tmp_path_factory):
    """Two processes that ran ``several_processes.py``: their folder, exit code, output and errors."""
    folder = tmp_path_factory.mktemp("several")
    command = [
        sys.executable, "-m", "accelerate.commands.launch", "--multi_gpu", "--num_processes", 2,
        "--num_machines", 1, "--mixed_precision", "no", "--dynamo_backend", "no", "--main_process_port", 0,
        TESTS / "several_processes.py", folder,
    ]  # fmt: skip
    environment = {**os.environ, "PYTHONPATH": str(TESTS.parent), "HF_HOME": str(folder)}
    launcher = subprocess.Popen(
        list(map(str, command)), cwd=folder, env=environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        said, errors = launcher.communicate(timeout=120)
    except subprocess.TimeoutExpired:  # they wait for each other
        launcher.terminate()  # not killed: it ends the processes
        said, errors = launcher.communicate()
    return folder, launcher.returncode, said, errors


@pytest.fixture(scope="module")
def found(launched):
    """What each of the two processes found."""
    folder, _, _, errors = launched
    assert (folder / "0.json").exists() and (folder / "1.json").exists(), errors
    return [json.loads((folder / f"{rank}.json").read_text()) for rank in (0, 1)]


@pytest.mark.parametrize("name", SIZES)
def test_two_processes_train_as_one_does(found, name):
    alone, first = trained(name, steps=20), found[0][name]
    for what in ("losses", "norms"):
        assert first[what] == pytest.approx(alone[what], rel=0, abs=1e-5)
    assert first["validation"][0] == alone["validation"][0] == [6, 12, 18, 20]
    assert first["validation"][1] == pytest.approx(alone["validation"][1], rel=0, abs=1e-5)
    assert (first["targets"], first["ended_by"]) == (alone["targets"], "steps")
    assert first["losses"][0] - first["losses"][-1] > 0.1


@pytest.mark.parametrize("name", [*SIZES, "patience", "minutes", "interrupt", "resumed"])
def test_both_processes_see_and_decide_the_same(found, name):
    first, second = (each[name] for each in found)
    for what in ("losses", "norms", "validation", "targets", "ended_by", "weights"):
        assert first[what] == second[what], what


def test_they_end_for_the_same_reason(found):
    first = found[0]
    assert first["patience"]["ended_by"] == "patience" and len(first["patience"]["losses"]) < 200
    assert first["minutes"]["ended_by"] == "minutes"
    assert first["interrupt"]["ended_by"] == "interrupt" and len(first["interrupt"]["losses"]) == 4


def test_an_interrupted_run_goes_on_as_if_it_had_not_been(launched, found):
    """The first has the state of the run, and the other gets it from there."""
    first = found[0]
    for what in ("losses", "norms", "validation", "targets", "ended_by", "weights"):
        assert first["resumed"][what] == first["gru"][what], what
    assert len(first["interrupt"]["losses"]) == 4 and (launched[0] / "run-0").exists()
    assert not (launched[0] / "run-1").exists()


def test_each_batch_is_measured_by_one_of_them(found):
    targets = [batch.num_targets for batch in HELD_OUT]
    assert [each["gru"]["measured"] for each in found] == [targets[0::2] * 4, targets[1::2] * 4]


def test_each_drops_units_of_its_own(found):
    assert found[0]["dropout"]["seed"] == 7 != found[1]["dropout"]["seed"]
    assert found[0]["dropout"]["losses"] == found[1]["dropout"]["losses"]


def test_only_the_first_prints_and_writes(found):
    first, second = (each["command"] for each in found)
    assert (first["code"], first["wrote"]) == (0, True)
    assert [line for line in first["said"].splitlines() if line.startswith(("step", "checkpoint"))][-1:] == [
        next(line for line in first["said"].splitlines() if line.startswith("checkpoint of step"))
    ]
    assert second == {"code": 0, "said": "", "wrote": False}


def test_when_one_fails_the_other_is_ended_and_one_sentence_says_why(launched):
    _, code, said, errors = launched
    assert code != 0
    assert errors.count("s2s: ") == errors.count("s2s: not enough memory") == 1
    assert said.count("step      2  validation loss") == 1


@pytest.mark.parametrize(
    ("device", "message"),
    [
        ("mps", "device must be cpu or cuda where several processes train, got mps"),
        ("cuda:1", "device must be cpu or cuda where several processes train, got cuda:1"),
        ("cuda", "each process needs a GPU of its own, and this machine has 3"),
    ],
)
def test_devices_that_processes_cannot_share_are_refused(monkeypatch, device, message):
    module = importlib.import_module("s2s_course.training.accelerated")
    monkeypatch.setattr(module.torch.cuda, "device_count", lambda: 3)
    monkeypatch.setenv("LOCAL_RANK", "3")
    with pytest.raises(ValueError, match=message):
        AcceleratedProcesses(device)


@pytest.mark.parametrize("name", MODELS)
def test_every_weight_of_a_model_gets_a_gradient_from_every_batch(name):
    """The processes wait for the gradient of each."""
    model = build_model(name, model_config(name, src_vocab_size=12, tgt_vocab_size=12), seed=0)
    recipe_of(name, device="cpu", tokens=1e6, bfloat16=False).loss_of(model, HELD_OUT[1]).backward()
    assert [weight for weight, value in model.named_parameters() if value.grad is None] == []
