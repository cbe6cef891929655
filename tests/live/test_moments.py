"""What is kept of a training: when, what was written, and where the model looked."""

import base64
import json

import numpy as np
import pytest
import torch

from s2s_course.data.batch import collate_sources
from s2s_course.data.grammar import grammar_corpus
from s2s_course.decoding.translate import translate
from s2s_course.live.moments import MOMENTS_FILE, SENTENCES, Moments, moments_of
from s2s_course.live.recipes import RECIPES, live_corpus
from s2s_course.live.stored import FOLDER, load_live
from s2s_course.models.translator import Translator
from s2s_course.training.history import History, Progress

ATTEND = ("bahdanau", "luong", "transformer")


def stored():
    return json.loads((FOLDER / MOMENTS_FILE).read_text(encoding="utf-8"))


def decoded(weights):
    assert weights["dtype"] == "uint8"
    codes = np.frombuffer(base64.b64decode(weights["data"]), dtype=np.uint8)
    return codes.reshape(weights["shape"]) * weights["scale"]


def test_moments_begin_before_training_are_dense_early_and_end_with_it():
    moments = moments_of(4000)
    assert len(moments) == 16 and moments[:2] == [0, 40] and moments[-1] == 4000
    gaps = np.diff(moments)[1:]
    assert (np.diff(gaps) > 0).all()


@pytest.mark.parametrize("steps", [1, 2, 3, 15, 16, 100])
def test_short_trainings_have_fewer(steps):
    moments = moments_of(steps)
    assert moments[0] == 0 and moments[-1] == steps and len(moments) <= 16
    assert moments == sorted(set(moments))


@pytest.fixture(scope="module")
def corpus():
    return grammar_corpus(train=40, validation=0, test=0, longer=0, compositional=0, max_length=6)


def built(name, corpus, **choices):
    return Translator.build(name, *corpus.codecs(), seed=0, **choices)


def heard(moments, steps):
    for step in range(1, steps + 1):
        moments(Progress(moments.translator.model, step, 0, History(), None, False))


def test_the_last_moment_is_left_to_record(corpus):
    moments = Moments(built("bahdanau", corpus, embed_size=8, hidden_size=8), ("she runs.",), [0, 2, 5])
    heard(moments, 5)
    assert [kept["step"] for kept in moments.kept] == [0, 2]
    moments.record(5)
    assert [kept["step"] for kept in moments.kept] == [0, 2, 5]


def test_weights_are_those_of_the_steps(corpus):
    """Greedily, step by step, with the model itself."""
    translator = built("luong-general", corpus, embed_size=8, hidden_size=8)
    [output] = Moments(translator, ("she runs.",), [0]).kept[0]["outputs"]
    vocab, weights, token = translator.tgt_codec.vocab, [], translator.tgt_codec.vocab.bos_index
    state = translator.model.eval().init_state(*collate_sources([translator.src_codec.encode("she runs.")]))
    for written in output["tokens"]:
        logits, state = translator.model.step(torch.tensor([token]), state)
        token = int(logits.argmax())
        assert written == vocab.tokens[token]
        weights.append(state.weights[0].tolist())
    assert len(output["tokens"]) <= 20
    assert decoded(output["weights"]) == pytest.approx(np.array(weights), abs=1 / 509)


def test_of_a_transformer_the_mean_over_the_heads_of_the_last_layer_is_kept(corpus):
    translator = built("transformer", corpus, d_model=8, num_heads=2, d_ff=8, num_layers=2, dropout=0.0)
    [output] = Moments(translator, ("she runs.",), [0]).kept[0]["outputs"]
    src, src_mask = collate_sources([translator.src_codec.encode("she runs.")])
    vocab = translator.tgt_codec.vocab
    read = torch.tensor([vocab.encode(["<bos>", *output["tokens"][:-1]])])
    *_, cross = translator.model.eval().attentions(src, read, src_mask)  # (B, L, H, T, S)
    expected = (cross[0, 1, 0] + cross[0, 1, 1]) / 2
    assert decoded(output["weights"]) == pytest.approx(expected.detach().numpy(), abs=1 / 509)


def test_stored_moments_are_whole_and_small():
    assert (FOLDER / MOMENTS_FILE).stat().st_size <= 100_000
    document = stored()
    assert tuple(document["models"]) == ATTEND
    assert [sentence["src"] for sentence in document["sentences"]] == list(SENTENCES)
    for name, kept in document["models"].items():
        assert [moment["step"] for moment in kept] == moments_of(RECIPES[name].steps)
        for moment in kept:
            for sentence, output in zip(document["sentences"], moment["outputs"], strict=True):
                weights = decoded(output["weights"])
                assert weights.shape == (len(output["tokens"]), len(sentence["tokens"]))
                assert weights.sum(axis=1) == pytest.approx(1, abs=len(sentence["tokens"]) / 510)


@pytest.mark.parametrize("name", ATTEND)
def test_in_the_end_most_words_are_those_of_the_test_split_and_at_first_few(name):
    pairs, codec = {pair.src: pair.tgt for pair in live_corpus(train=1)["test"]}, load_live(name).tgt_codec
    wanted = [codec.tokenizer.tokenize(pairs[src]) for src in SENTENCES]

    def share(moment):
        written = [output["tokens"] for output in moment["outputs"]]
        there = [word in words for target, words in zip(wanted, written, strict=True) for word in target]
        return sum(there) / len(there)

    kept = stored()["models"][name]
    assert share(kept[0]) < 0.2 and share(kept[-1]) > 0.8


@pytest.mark.parametrize("name", ATTEND)
def test_the_last_moment_is_the_stored_model(name):
    translator, outputs = load_live(name), stored()["models"][name][-1]["outputs"]
    codec = translator.tgt_codec
    assert translate(translator, SENTENCES) == [
        codec.decode(codec.vocab.encode(output["tokens"])) for output in outputs
    ]
