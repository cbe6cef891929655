"""The command line, run as a user runs it: in a process of its own where exit codes and streams matter."""

import json
import re
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from s2s_course.claims.carry import Outcome
from s2s_course.claims.registry import CLAIMS
from s2s_course.cli import app, claims
from s2s_course.exercises.engine.registry import all_exercises

pytestmark = pytest.mark.usefixtures("small_grammar")

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
    assert set(exercises[0]) == {
        "id", "chapter", "title", "points", "difficulty", "minutes", "misconceptions"
    }  # fmt: skip
    widgets = json.loads(s2s("widgets", "list", "--json").output)
    assert {"name": "HiddenStates", "chapters": [2, 3, 4]} in widgets
    for topic in ("claims", "exercises", "widgets"):
        assert len(s2s(topic, "list").output.splitlines()) >= 2


@pytest.mark.parametrize(("last", "code"), [("carried", 0), ("measure again", 1)])
def test_carrying_lists_every_claim_and_its_exit_code_says_whether_all_are_done(monkeypatch, last, code):
    def carry(claims, source):
        assert source == "13bcc01" and [claim.id for claim in claims] == ["clipping", "forget-bias"]
        return [Outcome("clipping", "up to date"), Outcome("forget-bias", last, "because" * (code == 1))]

    monkeypatch.setattr(claims, "carry", carry)
    arguments = ("claims", "carry", "clipping", "forget-bias", "--from", "13bcc01")
    lines = s2s(*arguments, code=code).output.splitlines()
    assert lines[0].split() == ["claim_id", "outcome", "why"]
    assert lines[1].split(maxsplit=1) == ["clipping", "up to date"]
    assert lines[2].split()[:2] == ["forget-bias", last.split()[0]] and ("because" in lines[2]) == (code == 1)
    rows = json.loads(s2s(*arguments, "--json", code=code).output)
    assert [row["outcome"] for row in rows] == ["up to date", last]


def test_carrying_takes_all_claims_where_none_is_named(monkeypatch):
    asked = []
    monkeypatch.setattr(claims, "carry", lambda claims, source: asked.extend([*claims, source]) or [])
    s2s("claims", "carry")
    assert asked == [*CLAIMS.values(), None]


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
        (["train", "--steps", 0], "steps must be at least 1, got 0"),
        (["train", "--steps", 1, "--model", "oracle"], r"model must be one of .*gru.*, got 'oracle'"),
        (
            ["train", "--steps", 1, "--data", "bible"],
            "--data must be one of grammar, multi30k, tatoeba, got 'bible'",
        ),
        (["train", "--steps", 1, "--src", "xx"], "src must be .* got 'xx'"),
        (["train", "--steps", 1, "--src", "fr"], "src and tgt must be two different languages"),
        (["train", "--steps", 1, "--hidden-size", 0], "hidden_size must be at least 1, got 0"),
        (["train", "--steps", 1, "--context", "never"], "context must be one of first_step, every_step"),
        (
            ["train", "--steps", 1, "--device", "tpu"],
            "--device must be auto or what torch can use here, .*cpu, got 'tpu'",
        ),
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
        (["claims", "carry", "no-such", "--from", "HEAD"], "claim must be one of"),
        (
            ["claims", "carry", "clipping", "--from", "no-such"],
            "the older version must be a folder or a commit that has s2s_course, got no-such",
        ),
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
        [sys.executable, "-m", "s2s_course", *arguments],
        cwd=tmp_path,
        env={"S2S_DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 2
    assert "Traceback" not in result.stderr and len(result.stderr.splitlines()) == 1
    assert "multi30k" in result.stderr


@pytest.fixture(scope="module")
def attending(tmp_path_factory):
    """A checkpoint of a model with attention."""
    out = tmp_path_factory.mktemp("attending") / "model"
    s2s(
        "train", "--model", "luong-general", "--input-feeding", "--tied", "--bf16", "--steps", 3,
        "--embed-size", 8, "--hidden-size", 12, "--out", out,
    )  # fmt: skip
    config = json.loads((out / "checkpoint.json").read_text())["config"]
    assert config["score"] == "general" and config["input_feeding"] and config["tied"]
    return out


def test_a_beam_and_a_page_that_shows_the_attention(attending, tmp_path):
    page = tmp_path / "attention.html"
    sentences = ["the cat <b>sleeps</b> .", "", "zzz"]
    options = ["--beam", 3, "--max-length", 6, "--json"]
    rows = json.loads(s2s("translate", attending, *sentences, *options, "--show-attention", page).output)
    assert [row["source"] for row in rows] == sentences
    html = page.read_text(encoding="utf-8")
    assert html.count('<script type="application/vnd.jupyter.widget-view+json">') == 3
    assert "the cat &lt;b&gt;sleeps" in html and "the cat <b>sleeps" not in html


def test_evaluate_tells_the_alignment_error_rate_where_there_is_gold(attending, checkpoint):
    options = ["--split", "validation", "--json", "--max-length", 5]
    result = json.loads(s2s("evaluate", attending, *options, "--beam", 2).output)
    assert 0 <= result["alignment_error_rate"] <= 1
    assert "alignment_error_rate" not in json.loads(s2s("evaluate", checkpoint, *options).output)


@pytest.fixture(scope="module")
def transformer(tmp_path_factory):
    """A checkpoint of a Transformer, whose sizes are given by options."""
    out = tmp_path_factory.mktemp("transformer") / "model"
    s2s(
        "train", "--model", "transformer", "--d-model", 12, "--num-heads", 3, "--d-ff", 16, "--num-layers", 2,
        "--positions", "learned", "--post-norm", "--untied", "--no-bf16", "--steps", 3, "--out", out,
    )  # fmt: skip
    config = json.loads((out / "checkpoint.json").read_text())["config"]
    sizes = {name: config[name] for name in ("d_model", "num_heads", "d_ff", "num_layers", "positions")}
    assert list(sizes.values()) == [12, 3, 16, 2, "learned"]
    assert not config["norm_first"] and not config["tied"]
    return out


def test_a_transformer_translates_and_shows_its_heads(transformer, tmp_path):
    page = tmp_path / "heads.html"
    s2s("translate", transformer, "the cat sleeps .", "--max-length", 5, "--show-attention", page)
    assert "Where transformer looks" in page.read_text(encoding="utf-8")
    options = ["--split", "validation", "--json", "--max-length", 5]
    result = json.loads(s2s("evaluate", transformer, *options).output)
    assert 0 <= result["bleu"] <= 100 and "alignment_error_rate" not in result


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--beam", 0], "beam_size must be at least 1, got 0"),
        (
            ["--beam", 2, "--length-penalty", -1],
            "length_penalty must be a number that is at least 0, got -1.0",
        ),
        (["--max-length", 0], "max_length must be at least 1, got 0"),
        (["--show-attention", "no/such/folder/a.html"], "--show-attention must name a file in a folder"),
    ],
)
def test_a_search_that_cannot_be_is_one_line(attending, options, message):
    assert message in s2s("translate", attending, "a cat .", *options, code=2).stderr


def test_a_beam_wider_than_the_vocabulary_is_no_error(attending):
    s2s("translate", attending, "a cat .", "--beam", 3_000, "--max-length", 2)


def test_a_model_without_attention_has_none_to_show(checkpoint, tmp_path):
    page = tmp_path / "a.html"
    error = s2s("translate", checkpoint, "a cat .", "--show-attention", page, code=2).stderr
    assert error == "s2s: --show-attention needs a model with attention, and gru has none\n"
    assert not page.exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--model", "gru", "--input-feeding"], "choices of model 'gru' must be among"),
        (
            ["--model", "transformer", "--num-heads", 7],
            "d_model must be a multiple of num_heads, got 256 and 7",
        ),
        (["--model", "transformer", "--positions", "sine"], "positions must be one of none, sinusoidal"),
        (["--model", "transformer", "--hidden-size", 8], "choices of model 'transformer' must be among"),
        (["--model", "transformer", "--label-smoothing", 1], "label_smoothing must lie in [0, 1), got 1.0"),
        (["--model", "transformer", "--warm-up", -1], "warm_up must be at least 0, got -1"),
        (["--model", "bahdanau", "--context", "every_step"], "choices of model 'bahdanau' must be among"),
        (
            ["--model", "luong-dot", "--window", "near"],
            "window must be one of global, local_m, local_p, got 'near'",
        ),
    ],
)
def test_choices_that_exclude_each_other_are_one_line(tmp_path, options, message):
    error = s2s("train", *options, "--steps", 1, "--out", tmp_path / "x", code=2).stderr
    assert message in error and error.count("\n") == 1
    assert not (tmp_path / "x").exists()
