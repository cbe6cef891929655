"""The command line, run as a user runs it: in a process of its own where exit codes and streams matter."""

import json
import re
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from s2s_course.cli import app
from s2s_course.exercises.registry import all_exercises

runner = CliRunner()


def s2s(*arguments, code=0):
    result = runner.invoke(app, [str(argument) for argument in arguments])
    assert result.exit_code == code, result.output + result.stderr
    return result


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    out = tmp_path_factory.mktemp("run") / "model"
    result = s2s(
        "train", "--steps", 12, "--validate-every", 5, "--embed-size", 16, "--hidden-size", 24, "--seed", 3,
        "--context", "every_step", "--out", out,
    )  # fmt: skip
    assert "stopped by steps after 12 steps" in result.output
    return out


def test_train_translate_evaluate(checkpoint):
    translation = json.loads(
        s2s("translate", checkpoint, "the cat sleeps .", "a dog eats .", "--json").output
    )
    assert [row["source"] for row in translation] == ["the cat sleeps .", "a dog eats ."]
    lines = s2s("translate", checkpoint, "the cat sleeps .", "a dog eats .").output.splitlines()
    assert lines == [row["translation"] for row in translation]
    result = json.loads(
        s2s("evaluate", checkpoint, "--split", "validation", "--json", "--max-length", 20).output
    )
    assert (
        result["data"] == "grammar"
        and result["split"] == "validation"
        and (result["src"], result["tgt"]) == ("en", "fr")
    )
    assert result["sentences"] == 500 and 0 <= result["bleu"] <= 100 and 0 <= result["exact_match"] <= 1
    assert "tok:none" in result["signature"]
    table = s2s("evaluate", checkpoint, "--split", "validation", "--max-length", 20).output
    assert "bleu" in table and result["signature"] in table


def test_subwords_need_no_unknown_token(tmp_path):
    s2s(
        "train",
        "--steps",
        2,
        "--subwords",
        300,
        "--embed-size",
        8,
        "--hidden-size",
        8,
        "--out",
        tmp_path / "bpe",
    )
    manifest = json.loads((tmp_path / "bpe" / "checkpoint.json").read_text())
    assert manifest["src"]["tokenizer"]["kind"] == manifest["tgt"]["tokenizer"]["kind"] == "bpe"
    assert len(manifest["src"]["tokens"]) <= 300
    assert s2s("translate", tmp_path / "bpe", "an unseen zebra", "--max-length", 5).output.count("\n") == 1


def test_lists_print_one_json_document():
    claims = json.loads(s2s("claims", "list", "--json").output)
    assert set(claims[0]) == {"id", "chapter", "statement", "source", "verdict", "values"}
    assert claims[0]["verdict"] in ("holds", "contradicted", "inconclusive")
    exercises = json.loads(s2s("exercises", "list", "--json").output)
    assert [row["id"] for row in exercises] == [exercise.id for exercise in all_exercises()]
    assert all(len(row["misconceptions"]) >= 3 for row in exercises)
    assert set(exercises[0]) == {"id", "chapter", "title", "points", "misconceptions"}
    widgets = json.loads(s2s("widgets", "list", "--json").output)
    assert {"name": "HiddenStates", "chapters": [2, 3, 4]} in widgets
    for topic in ("claims", "exercises", "widgets"):
        assert len(s2s(topic, "list").output.splitlines()) >= 2


def test_help_names_every_option():
    text = s2s("train", "--help").output
    for option in (
        "--model",
        "--data",
        "--src",
        "--tgt",
        "--steps",
        "--minutes",
        "--seed",
        "--device",
        "--out",
    ):
        assert option in text
    for command in ("train", "translate", "evaluate", "claims", "exercises", "widgets"):
        assert command in s2s("--help").output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["train"], "give --steps or --minutes"),
        (["train", "--steps", 0], "steps must be more than 0, got 0"),
        (["train", "--steps", 1, "--model", "oracle"], r"model must be one of .*gru.*, got 'oracle'"),
        (
            ["train", "--steps", 1, "--data", "bible"],
            "--data must be one of grammar, multi30k, tatoeba, got 'bible'",
        ),
        (["train", "--steps", 1, "--src", "xx"], "src must be .* got 'xx'"),
        (["train", "--steps", 1, "--src", "fr"], "src and tgt must be two different languages"),
        (["train", "--steps", 1, "--hidden-size", 0], "hidden_size must be at least 1, got 0"),
        (["train", "--steps", 1, "--context", "never"], "context must be one of first_step, every_step"),
        (["train", "--steps", 1, "--device", "tpu"], "--device must be cpu or cuda, got 'tpu'"),
        (["train", "--steps", 1, "--max-tokens", 2], "max_tokens must be at least"),
        (["train", "--steps", 1, "--seed", -1], "seed must be 0 or more, got -1"),
    ],
)
def test_a_mistake_in_training_gets_one_line_and_leaves_nothing(tmp_path, arguments, message):
    result = s2s(*arguments, "--out", tmp_path / "out", code=2)
    assert len(result.stderr.splitlines()) == 1
    assert_matches(message, result.stderr)
    assert not (tmp_path / "out").exists()


def assert_matches(pattern, text):
    assert re.search(pattern, text), text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["translate", "no/such", "a"], "no checkpoint in no/such"),
        (["evaluate", "no/such"], "no checkpoint in no/such"),
        (["claims", "run", "no-such"], "claim must be one of"),
        (["claims", "run", "--scale", "huge"], "--scale must be one of smoke, quick, full, got 'huge'"),
    ],
)
def test_other_mistakes_get_one_line(arguments, message):
    result = s2s(*arguments, code=2)
    assert_matches(message, result.stderr)
    assert len(result.stderr.splitlines()) == 1


def test_bad_values_for_a_checkpoint_get_one_line(checkpoint):
    assert_matches("split must be one of", s2s("evaluate", checkpoint, "--split", "exam", code=2).stderr)
    assert_matches(
        "max_length must be at least 1", s2s("translate", checkpoint, "a", "--max-length", 0, code=2).stderr
    )
    assert s2s("translate", checkpoint, "", "zzz zzz").output.count("\n") == 2


def test_a_full_folder_name_that_is_a_file_is_refused(tmp_path):
    (tmp_path / "file").write_text("here")
    result = s2s("train", "--steps", 1, "--out", tmp_path / "file", code=2)
    assert "--out must be a folder" in result.stderr
    result = s2s("train", "--steps", 1, "--out", tmp_path / "file" / "below", code=2)
    assert "is not a folder that you may write to" in result.stderr


def test_a_missing_corpus_gets_one_line_in_a_real_process(tmp_path):
    arguments = ["train", "--data", "multi30k", "--steps", "1", "--out", "out"]
    result = subprocess.run(
        [sys.executable, "-m", "s2s_course.cli", *arguments],
        cwd=tmp_path,
        env={"S2S_DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 2
    assert "Traceback" not in result.stderr and len(result.stderr.splitlines()) == 1
    assert "multi30k" in result.stderr
