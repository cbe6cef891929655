import pytest

from s2s_course.data.batch import BucketedBatches, encode_pairs
from s2s_course.decoding.translate import translate
from s2s_course.training.loop import fit


def test_what_was_learned_by_heart_comes_back_in_order(translator, pairs):
    batches = BucketedBatches(encode_pairs(pairs, translator.src_codec, translator.tgt_codec), max_tokens=40)
    fit(translator.model, batches, steps=120, learning_rate=0.02, progress_bar=False)
    for batch_size in (1, 3, 100):
        texts = [pair.src for pair in pairs]
        assert translate(translator, texts, batch_size=batch_size) == [pair.tgt for pair in pairs]


def test_awkward_texts_give_text(translator):
    outputs = translate(translator, ["", "zzz qqq", "the " * 200], max_length=5)
    assert len(outputs) == 3 and all(isinstance(output, str) for output in outputs)
    assert translate(translator, []) == []


def test_batch_size_zero_is_refused(translator):
    with pytest.raises(ValueError, match="batch_size must be at least 1, got 0"):
        translate(translator, ["a"], batch_size=0)
