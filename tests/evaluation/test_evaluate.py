import math
from dataclasses import replace

import pytest

from s2s_course.data.batch import BucketedBatches, collate, encode_pairs
from s2s_course.evaluation.alignment import attended_links
from s2s_course.evaluation.evaluate import evaluate
from s2s_course.models.translator import Translator
from s2s_course.training.loop import fit
from s2s_course.training.validation import mean_loss


def test_a_translator_that_knows_the_split_by_heart_is_perfect(translator, pairs):
    encoded = encode_pairs(pairs, translator.src_codec, translator.tgt_codec)
    fit(
        translator.model,
        BucketedBatches(encoded, max_tokens=40),
        steps=150,
        learning_rate=0.02,
        progress_bar=False,
    )
    scores = evaluate(translator, pairs, batch_size=3)
    assert scores.bleu == pytest.approx(100)
    assert scores.exact_match == scores.token_accuracy == 1
    assert scores.sentences == 4
    assert scores.perplexity == pytest.approx(
        math.exp(mean_loss(translator.model, [collate(encoded)])), rel=1e-4
    )


def test_an_untrained_translator_is_bad(translator, pairs):
    scores = evaluate(translator, pairs)
    assert scores.exact_match == 0 and scores.bleu < 20
    assert scores.perplexity == pytest.approx(len(translator.tgt_codec.vocab), rel=0.3)


def test_the_search_and_its_longest_output_are_the_callers(translator, pairs):
    asked = []

    def search(model, src, src_mask, *, max_length, bos_index, eos_index):
        asked.append((len(src), max_length))
        return [translator.tgt_codec.encode("le chien dort.")] * len(src)

    scores = evaluate(translator, pairs, search=search, max_length=7, batch_size=3)
    assert asked == [(3, 7), (1, 7)]
    assert scores.exact_match == 0.25


def test_attention_is_compared_with_the_gold_of_its_own_pair(translator, pairs):
    codecs = translator.src_codec, translator.tgt_codec
    attentive = Translator.build("luong-location", *codecs, seed=0, embed_size=16, hidden_size=32)
    links = attended_links(attentive, pairs)
    assert len({frozenset(those) for those in links}) > 1
    gold = [replace(pair, alignment=tuple(those)) for pair, those in zip(pairs, links, strict=True)]
    assert evaluate(attentive, gold, batch_size=3).alignment_error_rate == 0
    turned = [replace(pair, alignment=tuple((i, j + 9) for i, j in pair.alignment)) for pair in gold]
    assert evaluate(attentive, turned).alignment_error_rate == 1
    assert evaluate(attentive, pairs).alignment_error_rate is None  # the second pair has no gold
    assert evaluate(translator, gold).alignment_error_rate is None  # does not attend
