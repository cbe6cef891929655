import math
from dataclasses import replace

import pytest

from s2s_course.data.batch import BucketedBatches, collate, encode_pairs
from s2s_course.data.pairs import ParallelCorpus, SentencePair
from s2s_course.evaluation.alignment import attended_links
from s2s_course.evaluation.bleu import bleu
from s2s_course.evaluation.evaluate import evaluate, score_texts
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


@pytest.mark.parametrize("subwords", [None, 40])
def test_what_a_model_does_not_know_is_one_word(pairs, subwords):
    """Written perfectly but for one unknown word: as if another word stood there."""
    codecs = ParallelCorpus("made", "en", "fr", {"train": pairs}).codecs(subwords=subwords)
    translator = Translator.build("gru", *codecs, seed=0, embed_size=4, hidden_size=4)
    codec = translator.tgt_codec
    references = ["le chien mange un gâteau rond.", "le chat dort."]
    outputs = [codec.encode(text) for text in references]
    k = len(codec.encode("le chien mange un"))
    other = [*outputs[0][:k], codec.vocab.unk_index, *codec.encode(".")]

    def search(model, src, src_mask, **ends):
        return [{3: outputs[1], 6: other}[int(n)] for n in src_mask.sum(dim=1)]

    asked = [SentencePair("the dog eats a cake", references[0]), SentencePair("the cat", references[1])]
    scores = evaluate(translator, asked, search=search) if subwords is None else None
    written = [codec.words(other), codec.words(outputs[1])]
    assert written[0] == ["le", "chien", "mange", "un", "<unk>", "."]
    in_place = [["le", "chien", "mange", "un", "x", "."], ["le", "chat", "dort", "."]]
    score, exact = score_texts(in_place, references, "fr")
    assert score_texts(written, references, "fr") == (score, exact)
    assert score_texts(["le chien mange un <unk>.", "le chat dort."], references, "fr") == (score, exact)
    assert score_texts(["a <unk> ."], ["a cat ."], "en")[0] == bleu([["a", "x", "."]], [["a", "cat", "."]])
    if scores is not None:
        assert (scores.bleu, scores.exact_match) == (score.score, exact)


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
