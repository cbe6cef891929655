"""The stored models: their files, their scores, what they share, and a damaged file. None is trained."""

import hashlib
import shutil
from functools import cache

import pytest
import sacrebleu
import torch

from s2s_course.decoding.translate import translate
from s2s_course.live.moments import SENTENCES
from s2s_course.live.recipes import FIRST_PAIRS, LARGEST_FILE, LONGEST, RECIPES, TEST_PAIRS, live_corpus
from s2s_course.live.stored import (
    CATALOG,
    FOLDER,
    StoredModelError,
    catalog,
    live_examples,
    live_models,
    load_live,
    weights_file,
)
from s2s_course.models.registry import model_config
from s2s_course.text.codec import TextCodec

ATTEND = ("bahdanau", "luong", "transformer")
NAMES = pytest.mark.parametrize("name", RECIPES)


@cache
def pairs_of_test():
    """The test split is drawn before training's, so one pair of that is enough."""
    return live_corpus(train=1)["test"]


def test_all_seven_are_stored():
    assert list(live_models()) == list(RECIPES)
    there = {path.name for path in FOLDER.glob("*.safetensors")}
    assert there == {weights_file(name).name for name in RECIPES}


@NAMES
def test_files_are_whole_and_small(name):
    content, entry = weights_file(name).read_bytes(), live_models()[name]
    assert hashlib.sha256(content).hexdigest() == entry["sha256"]
    assert len(content) == entry["bytes"] <= LARGEST_FILE == 400_000


@NAMES
def test_models_are_those_of_their_recipes(name):
    recipe, entry = RECIPES[name], live_models()[name]
    translator = load_live(name)
    config = translator.model.config
    assert config == model_config(
        recipe.registry,
        src_vocab_size=len(translator.src_codec.vocab),
        tgt_vocab_size=len(translator.tgt_codec.vocab),
        **recipe.choices,
    )
    assert [entry[key] for key in ("registry", "seed", "steps", "rate")] == [
        recipe.registry, recipe.seed, recipe.steps, recipe.rate,
    ]  # fmt: skip
    assert translator.name == recipe.registry
    assert translator.num_parameters == entry["parameters"]
    assert not translator.model.training


def test_the_six_of_the_course_are_here():
    names = {recipe.registry for recipe in RECIPES.values()}
    assert names >= {"rnn", "lstm", "gru", "bahdanau", "transformer", "decoder-only"}
    assert live_models()["transformer"]["config"]["positions"] == "sinusoidal"
    for name in ("rnn", "lstm", "gru"):
        assert live_models()[name]["config"]["context"] == "every_step"


@pytest.mark.parametrize("name", ATTEND)
def test_models_with_attention_translate_right(name):
    assert live_models()[name]["bleu"] >= 95


@NAMES
def test_scores_are_those_of_the_files(name):
    """Measured again on the first pairs; another processor may decide a close word otherwise."""
    pairs, translator = pairs_of_test()[:FIRST_PAIRS], load_live(name)
    tokenize = translator.tgt_codec.tokenizer.tokenize
    written = translate(translator, [pair.src for pair in pairs])
    score = sacrebleu.corpus_bleu(
        [" ".join(tokenize(text)) for text in written],
        [[" ".join(tokenize(pair.tgt)) for pair in pairs]],
        tokenize="none", lowercase=True, force=True,
    ).score  # fmt: skip
    assert score == pytest.approx(live_models()[name]["bleu_first"], abs=1.0)
    assert live_models()[name]["signature"].startswith("nrefs:1|case:lc|eff:no|tok:none|")


@NAMES
def test_tied_weights_are_one_matrix_after_loading(name):
    translator = load_live(name)
    assert translator.model.config.tied
    embedding = translator.model.tgt_embedding
    assert translator.model.to_logits.weight is getattr(embedding, "words", embedding).weight


def test_all_share_the_codecs_and_these_know_every_example():
    document, translators = catalog(), [load_live(name) for name in RECIPES]
    for side in ("src", "tgt"):
        shared = TextCodec.from_json(document["codecs"][side])
        for translator in translators:
            assert getattr(translator, f"{side}_codec").to_json() == document["codecs"][side]
        texts = [pair[side] for pair in document["examples"]] + list(SENTENCES if side == "src" else ())
        for text in texts:
            assert shared.vocab.unk_index not in shared.encode(text), text


def test_codecs_know_the_test_split():
    translator, pairs = load_live("rnn"), pairs_of_test()
    assert len(pairs) == TEST_PAIRS
    unknown = [
        pair.src
        for pair in pairs
        if translator.src_codec.vocab.unk_index in translator.src_codec.encode(pair.src)
        or translator.tgt_codec.vocab.unk_index in translator.tgt_codec.encode(pair.tgt)
    ]
    assert unknown == []


def test_examples_are_of_the_test_split():
    examples = live_examples()
    assert len(examples) == 50 == len({pair.src for pair in examples})
    assert {(pair.src, pair.tgt) for pair in examples} <= {(pair.src, pair.tgt) for pair in pairs_of_test()}
    tokenize = load_live("rnn").src_codec.tokenizer.tokenize
    lengths = {len(tokenize(pair.src)) for pair in examples}
    assert min(lengths) == 3 and max(lengths) == LONGEST == 14


@pytest.fixture
def copied(tmp_path):
    for path in (weights_file("rnn"), FOLDER / CATALOG):
        shutil.copy(path, tmp_path)
    return tmp_path


def test_a_copy_loads(copied):
    assert torch.equal(load_live("rnn", copied).model.to_logits.bias, load_live("rnn").model.to_logits.bias)


def test_a_damaged_file_gets_one_sentence(copied):
    path = weights_file("rnn", copied)
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(StoredModelError) as error:
        load_live("rnn", copied)
    assert str(error.value) == f"{path} is damaged: its SHA-256 is not the one in live.json"


def test_a_missing_file_is_named(copied):
    with pytest.raises(StoredModelError, match=r"gru\.safetensors cannot be read: No such file or directory"):
        load_live("gru", copied)


@pytest.mark.parametrize("text", [None, "{", "\udcff"])
def test_a_catalog_that_cannot_be_read_is_named(copied, text):
    path = copied / CATALOG
    path.unlink()
    if text is not None:
        path.write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(StoredModelError) as error:
        live_models(copied)
    assert str(error.value) == f"{path} cannot be read: make it again with `make live`"


def test_unknown_names_are_refused():
    with pytest.raises(ValueError, match=r"name must be one of rnn, lstm, .*, got 'gpt'"):
        load_live("gpt")
