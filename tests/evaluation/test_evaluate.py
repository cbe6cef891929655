import math

import pytest

from s2s_course.data.batch import BucketedBatches, collate, encode_pairs
from s2s_course.evaluation.evaluate import evaluate
from s2s_course.training.loop import fit, mean_loss


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
