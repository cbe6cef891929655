"""Links of each head, against a loop over single sentences and against hand-made weights."""

import numpy as np
import pytest
import torch

from s2s_course.data.pairs import SentencePair
from s2s_course.evaluation.alignment import alignment_error_rate, links_of
from s2s_course.evaluation.head_alignment import head_errors, head_links
from s2s_course.models.translator import Translator
from s2s_course.trace import trace_heads

SIZES = {"d_model": 12, "num_heads": 3, "d_ff": 19, "num_layers": 2, "dropout": 0.5}


@pytest.fixture
def transformer(translator):
    return Translator.build("transformer", translator.src_codec, translator.tgt_codec, seed=0, **SIZES)


def test_links_that_come_out_are_those_of_the_trace_of_each_sentence(transformer, pairs):
    links = head_links(transformer, pairs, reading="out", batch_size=3)
    assert [len(heads) for heads in links] == [3, 3, 3]
    for i, pair in enumerate(pairs):
        cross = trace_heads(transformer, pair.src, forced=pair.tgt).cross
        for layer in range(2):
            for head in range(3):
                assert links[layer][head][i] == links_of(cross[layer, head])
        for layer in range(2):
            assert links[2][layer][i] == links_of(cross[layer].mean(axis=0))
        assert links[2][2][i] == links_of(cross.mean(axis=(0, 1)))


def test_links_that_went_in_are_read_one_row_later(transformer, pairs):
    links = head_links(transformer, pairs, reading="in")
    for i, pair in enumerate(pairs):
        cross = trace_heads(transformer, pair.src, forced=pair.tgt).cross[1, 2]
        last = cross.shape[1] - 1
        by_hand = set()
        for t in range(1, len(cross)):  # row t reads the word at t - 1
            most = int(cross[t].argmax())
            if most != last:
                by_hand.add((most, t - 1))
        assert links[1][2][i] == by_hand


def test_errors_are_those_of_the_links(transformer, pairs):
    gold = [SentencePair(pair.src, pair.tgt, ((0, 0), (1, 1))) for pair in pairs]
    errors, means = head_errors(transformer, gold, reading="out")
    links = head_links(transformer, gold, reading="out")
    assert errors.shape == (2, 3)
    expected = [
        [alignment_error_rate(of_head, [pair.alignment for pair in gold]) for of_head in heads]
        for heads in links
    ]
    assert np.allclose(errors, expected[:2]) and np.allclose(means, expected[2])


def test_a_head_that_looks_at_the_right_words_has_no_error(transformer, pairs, monkeypatch):
    pair = pairs[0]  # four words each, aligned one by one

    def attentions(src, tgt_in, src_mask):
        out, into = torch.eye(5), torch.eye(5).roll(1, dims=0)
        return None, None, torch.stack([out, into])[None, None].expand(len(src), 1, -1, -1, -1)

    monkeypatch.setattr(transformer.model, "attentions", attentions)
    for reading, expected in (("out", [0, 1]), ("in", [1, 0])):
        errors, _ = head_errors(transformer, [pair], reading=reading)
        assert errors[0].tolist() == expected


def test_another_reading_is_refused(transformer, pairs):
    with pytest.raises(ValueError, match="reading must be one of out, in, got 'both'"):
        head_links(transformer, pairs, reading="both")
