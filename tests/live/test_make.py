"""Making a model at a tiny scale: two steps show all that a real training stores."""

import hashlib
import json
from dataclasses import replace

import pytest
import torch

from s2s_course.data.grammar import grammar_corpus
from s2s_course.evaluation.evaluate import evaluate
from s2s_course.live import make as making
from s2s_course.live.make import main, make
from s2s_course.live.recipes import RECIPES, Recipe
from s2s_course.live.stored import catalog, live_models, load_live, weights_file

STACK = {"d_model": 8, "num_heads": 2, "d_ff": 8, "num_layers": 1, "dropout": 0.0}
SIZES = {"embed_size": 8, "hidden_size": 8, "tied": True}
TINY = {
    "rnn": Recipe("rnn", SIZES, rate=1e-2, steps=2),
    "bahdanau": Recipe("bahdanau", SIZES, rate=1e-2, steps=2),
    "transformer": Recipe("transformer", STACK, rate=1e-2, steps=2),
}


def small_corpus(train):
    return grammar_corpus(train=train, validation=0, test=120, longer=0, compositional=0, max_length=6)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("stored")
    return folder, {name: make(name, recipe, small_corpus(60), folder) for name, recipe in TINY.items()}


@pytest.mark.parametrize("name", TINY)
def test_what_is_stored_is_what_was_measured(name, made):
    folder, entries = made
    translator, entry = load_live(name, folder), live_models(folder)[name]
    assert entry == json.loads(json.dumps(entries[name]))
    whole = evaluate(translator, small_corpus(60)["test"])
    first = evaluate(translator, small_corpus(60)["test"][:100])
    assert entry["bleu"] == round(whole.bleu, 2) and entry["signature"] == whole.signature
    assert entry["bleu_first"] == round(first.bleu, 2)
    assert entry["exact"] == round(whole.exact_match, 3)
    assert entry["sha256"] == hashlib.sha256(weights_file(name, folder).read_bytes()).hexdigest()
    assert (entry["steps"], entry["seed"], entry["rate"]) == (2, 0, 1e-2)


def test_the_order_is_that_of_the_recipes(made):
    folder, _ = made
    again = make("rnn", TINY["rnn"], small_corpus(60), folder)
    assert again == made[1]["rnn"]  # the same seed gives the same bytes
    assert list(live_models(folder)) == ["rnn", "bahdanau", "transformer"]
    assert list(json.loads((folder / "moments.json").read_text())["models"]) == ["bahdanau", "transformer"]


def test_another_seed_gives_another_model(made, tmp_path):
    other = make("rnn", replace(TINY["rnn"], seed=1), small_corpus(60), tmp_path)
    assert other["sha256"] != made[1]["rnn"]["sha256"]


def test_a_new_vocabulary_forgets_the_models_of_the_old_one(tmp_path):
    make("rnn", TINY["rnn"], small_corpus(60), tmp_path)
    make("bahdanau", TINY["bahdanau"], small_corpus(80), tmp_path)
    assert list(live_models(tmp_path)) == ["bahdanau"]
    assert (
        len(catalog(tmp_path)["codecs"]["tgt"]["tokens"]) + 4
        == load_live("bahdanau", tmp_path).model.to_logits.out_features
    )


def test_weights_that_are_too_large_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(making, "LARGEST_FILE", 1000)
    with pytest.raises(ValueError, match="the weights of rnn must take at most 1000 bytes, got"):
        make("rnn", TINY["rnn"], small_corpus(60), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_an_interrupted_training_is_not_stored(tmp_path, monkeypatch):
    fit = making.fit

    def interrupted(*args, **kwargs):
        history = fit(*args, **kwargs)
        history.ended_by = "interrupt"
        return history

    monkeypatch.setattr(making, "fit", interrupted)
    with pytest.raises(KeyboardInterrupt):
        make("rnn", TINY["rnn"], small_corpus(60), tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def calls(monkeypatch):
    calls = []

    def record(name, recipe, corpus):
        calls.append((name, recipe, corpus))
        return {"bleu": 1.0, "bytes": 2}

    monkeypatch.setattr(making, "make", record)
    monkeypatch.setattr(making, "live_corpus", lambda: "corpus")
    return calls


def test_the_command_makes_those_named_or_all(calls, capsys):
    main(["gru", "rnn"])
    assert calls == [(name, RECIPES[name], "corpus") for name in ("gru", "rnn")]
    assert capsys.readouterr().out == "gru: BLEU 1.0, 2 bytes\nrnn: BLEU 1.0, 2 bytes\n"
    assert torch.get_num_threads() == 1
    calls.clear()
    main([])
    assert [name for name, *_ in calls] == list(RECIPES)


def test_the_command_tries_another_budget(calls):
    main(["gru", "--steps", "7"])
    assert calls == [("gru", replace(RECIPES["gru"], steps=7), "corpus")]


def test_unknown_names_are_refused_before_anything_is_made(calls, capsys):
    with pytest.raises(SystemExit):
        main(["gru", "gpt"])
    assert "NAME must be one of rnn, lstm" in capsys.readouterr().err
    assert calls == []
