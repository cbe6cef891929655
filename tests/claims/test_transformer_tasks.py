"""The parts that the experiments of part III share."""

import pytest

from s2s_course.claims import transformer_tasks, translation_tasks
from s2s_course.claims.transformer_tasks import RATES, best_rate, trained, validation_loss
from s2s_course.claims.translation_tasks import corpus_of
from s2s_course.data.pairs import ParallelCorpus
from s2s_course.training.label_smoothing import SmoothedTranslationLoss


@pytest.fixture(autouse=True)
def corpus(monkeypatch, pairs):
    """Four sentences in place of the grammar corpus, and nothing kept from one test to the next."""
    made = ParallelCorpus("made", "en", "fr", {"train": pairs, "validation": pairs[:2], "test": pairs})
    monkeypatch.setattr(translation_tasks, "grammar_corpus", lambda **_: made)
    kept = (corpus_of, trained, best_rate)
    for each in kept:
        each.cache_clear()
    yield
    for each in kept:
        each.cache_clear()


@pytest.fixture
def calls(monkeypatch):
    """What ``fit`` is asked for."""
    asked = []
    fit = transformer_tasks.fit

    def watched(model, batches, **choices):
        asked.append(choices)
        return fit(model, batches, **choices)

    monkeypatch.setattr(transformer_tasks, "fit", watched)
    return asked


def test_the_rate_is_the_one_with_the_least_validation_loss(monkeypatch):
    losses = dict(zip(RATES, (3.0, 1.0, 2.0, 4.0), strict=True))
    monkeypatch.setattr(transformer_tasks, "trained", lambda scale, seed, name, rate: (seed, rate))
    monkeypatch.setattr(transformer_tasks, "validation_loss", lambda scale, run: losses[run[1]])
    assert best_rate("smoke", "transformer") == RATES[1]


def test_each_model_is_trained_at_its_best_rate_once(monkeypatch, calls):
    monkeypatch.setattr(transformer_tasks, "best_rate", lambda scale, name: 0.25)
    first = trained("smoke", 3, "gru")
    assert trained("smoke", 3, "gru") is first and len(calls) == 1
    assert calls[0]["learning_rate"] == 0.25 and calls[0]["seed"] == 3
    trained("smoke", 3, "gru", rate=0.5)
    assert calls[1]["learning_rate"] == 0.5


def test_sizes_fit_the_kind_of_model_and_choices_replace_them(monkeypatch, calls):
    monkeypatch.setattr(transformer_tasks, "best_rate", lambda scale, name: 0.01)
    transformer = trained("smoke", 0, "transformer", num_heads=2, smoothing=0.3)
    assert (transformer.model.config.d_model, transformer.model.config.num_heads) == (8, 2)
    assert calls[0]["loss_of"] == SmoothedTranslationLoss(smoothing=0.3)
    gru = trained("smoke", 0, "gru")
    assert gru.model.config.hidden_size == translation_tasks.BUDGETS["smoke"].hidden_size


def test_validation_loss_is_measured_on_the_validation_split(monkeypatch):
    monkeypatch.setattr(transformer_tasks, "best_rate", lambda scale, name: 0.01)
    translator, seen = trained("smoke", 0, "gru"), []
    encode = transformer_tasks.encode_pairs
    monkeypatch.setattr(
        transformer_tasks, "encode_pairs", lambda pairs, *codecs: seen.append(pairs) or encode(pairs, *codecs)
    )
    assert validation_loss("smoke", translator) > 0
    assert seen == [corpus_of("smoke")["validation"]]
