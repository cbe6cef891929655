"""The parts that the experiments on attention share, and the rules that judge them."""

from functools import partial

import pytest
import torch

from s2s_course.claims import alignment_scores, length_bottleneck, source_reversal, translation_tasks
from s2s_course.claims.alignment_scores import diagonal
from s2s_course.claims.translation_tasks import bleu_by_length, corpus_of, trained
from s2s_course.claims.unmasked_attention import CLAIM as UNMASKED
from s2s_course.claims.unmasked_attention import attending_to_padding, changed
from s2s_course.data.batch import collate
from s2s_course.data.pairs import ParallelCorpus, SentencePair
from s2s_course.models.registry import build_model, model_config


def of_length(n: int) -> SentencePair:
    return SentencePair(" ".join(["cat"] * n), " ".join(["le", "chat"] * n))


@pytest.fixture
def corpus(monkeypatch, pairs):
    """Four sentences in place of the grammar corpus, and nothing kept from one test to the next."""
    test, longer = ([*map(of_length, lengths)] for lengths in ((2, 3, 5, 6, 14), (15, 19, 29, 30)))
    splits = {"train": pairs, "test": test, "longer": longer}
    made = ParallelCorpus("made", "en", "fr", splits)
    monkeypatch.setattr(translation_tasks, "grammar_corpus", lambda **_: made)
    corpus_of.cache_clear(), trained.cache_clear()
    yield splits
    corpus_of.cache_clear(), trained.cache_clear()


def test_backwards_turns_the_words_of_every_source_and_no_target(corpus):
    forwards, backwards = corpus_of("smoke"), corpus_of("smoke", backwards=True)
    assert [pair.src for pair in backwards["train"][:2]] == [". sleeps cat the", ". cake a eats dog the"]
    for split, turned in backwards.splits.items():
        assert [pair.tgt for pair in turned] == [pair.tgt for pair in forwards[split]]
        assert all(pair.alignment is None for pair in turned)  # gold counts from the other end


def test_a_model_is_trained_once_for_all_who_ask_for_the_same(corpus):
    first = trained("smoke", 0, "gru", context="every_step")
    assert trained("smoke", 0, "gru", context="every_step") is first
    wide = trained("smoke", 0, "gru", context="first_step", wider=2)
    configs = [translator.model.config for translator in (first, wide)]
    assert [(c.hidden_size, c.context) for c in configs] == [(12, "every_step"), (24, "first_step")]
    # Three steps at a learning rate of 0.004 go less far than 0.1.
    for seed, backwards, apart in ((1, False, 0.1), (0, True, 0)):
        other = trained("smoke", seed, "gru", context="every_step", backwards=backwards)
        weights = zip(first.model.parameters(), other.model.parameters(), strict=True)
        assert max((mine - its).abs().max() for mine, its in weights) > apart


def test_bleu_by_length_names_each_bucket_after_its_shortest_sentence(corpus, monkeypatch):
    made = {pair.src: pair.tgt for split in corpus.values() for pair in split} | {of_length(6).src: "oui"}
    asked = []

    def translate_to_indices(translator, texts, *, search):
        asked.extend(texts)
        return [translator.tgt_codec.encode(made[text]) for text in texts]

    monkeypatch.setattr(translation_tasks, "translate_to_indices", translate_to_indices)
    values = bleu_by_length("smoke", trained("smoke", 0, "gru"), "gru")
    assert [len(text.split()) for text in asked] == [3, 5, 6, 14, 15, 19, 29]  # 2 and 30 are outside
    assert set(values) == {f"gru_length_{shortest}" for shortest in (3, 6, 12, 15, 25)}
    assert values.pop("gru_length_6") < 0.01 and list(values.values()) == pytest.approx([100] * 4)


def test_the_models_of_both_directions_are_measured_on_sources_turned_as_theirs(corpus, monkeypatch):
    corpus["test"] = corpus["train"]
    asked = []

    def translate_to_indices(translator, texts, *, search):
        asked.append((translator, texts[0]))
        return [translator.tgt_codec.encode("le chat dort.")] * len(texts)

    monkeypatch.setattr(translation_tasks, "translate_to_indices", translate_to_indices)
    source_reversal.experiment("smoke", 0)
    assert asked == [
        (trained("smoke", 0, name, backwards=backwards, **choices), text)
        for name, choices in (("gru", {"context": "first_step"}), ("bahdanau", {"bidirectional": False}))
        for backwards, text in ((False, "the cat sleeps."), (True, ". sleeps cat the"))
    ]


def test_the_diagonal_goes_from_corner_to_corner():
    assert diagonal(SentencePair("a b", "c d e f")) == {(0, 0), (0, 1), (1, 2), (1, 3)}
    assert diagonal(SentencePair("a b c d", "e f")) == {(1, 0), (3, 1)}
    assert diagonal(SentencePair("a", "b c.")) == {(0, 0), (0, 1), (0, 2)}


def test_padding_has_weight_inside_the_block_and_not_after_it():
    model = build_model("bahdanau", model_config("bahdanau", src_vocab_size=9, tgt_vocab_size=9), seed=0)
    batch = collate([([4, 5, 6], [4]), ([4], [4])])

    def padding_weight():
        _, state = model.step(batch.tgt_in[:, 0], model.init_state(batch.src, batch.src_mask))
        assert torch.allclose(state.weights.sum(dim=1), torch.ones(2))
        return state.weights[~batch.src_mask]

    with pytest.raises(RuntimeError), attending_to_padding(model):
        assert padding_weight().shape == (2,) and (padding_weight() > 0).all()
        raise RuntimeError
    assert (padding_weight() == 0).all()


def test_changed_is_the_percentage_translated_otherwise_beside_the_neighbor(translator, monkeypatch):
    def translate(_, texts, batch_size=100):
        assert batch_size == 1 or texts[1:] == ["neighbor"]
        return [text + "!" * (batch_size > 1 and text == "b") for text in texts]

    monkeypatch.setattr("s2s_course.claims.unmasked_attention.translate", translate)
    assert changed(translator, ["a", "b", "c", "d"], "neighbor") == 25


ZERO, LOW, HIGH, SPREAD = [0.0] * 3, [10.0, 12.0, 11.0], [30.0, 31.0, 32.0], [0.0, 60.0, 5.0]
SCORES = ("dot", "scaled_dot", "general", "concat")


def both(first, second, none, bahdanau):
    names = [f"{model}_{name}" for model in ("none", "bahdanau") for name in (first, second)]
    return dict(zip(names, (*none, *bahdanau), strict=True))


def errors(diagonal, scores, **one):
    values = {"diagonal": diagonal, **dict.fromkeys(SCORES, scores), **one}
    return {f"{name}_error": numbers for name, numbers in values.items()}


lengths, directions = partial(both, "length_3", "length_12"), partial(both, "forwards", "backwards")


@pytest.mark.parametrize(
    ("claim", "values", "verdict"),
    [
        (length_bottleneck.CLAIM, lengths((HIGH, LOW), (HIGH, HIGH)), "holds"),
        (length_bottleneck.CLAIM, lengths((HIGH, HIGH), (HIGH, LOW)), "contradicted"),
        (length_bottleneck.CLAIM, lengths((HIGH, SPREAD), (HIGH, HIGH)), "inconclusive"),
        (source_reversal.CLAIM, directions((LOW, HIGH), (HIGH, HIGH)), "holds"),
        (source_reversal.CLAIM, directions((HIGH, LOW), (HIGH, HIGH)), "contradicted"),
        (
            source_reversal.CLAIM,
            directions((LOW, HIGH), (ZERO, HIGH)),
            "contradicted",
        ),  # helps attention more
        (source_reversal.CLAIM, directions((LOW, HIGH), (HIGH, SPREAD)), "inconclusive"),
        (UNMASKED, {"masked_changed": ZERO, "unmasked_changed": LOW}, "holds"),
        (UNMASKED, {"masked_changed": [0.0, 0.5, 0.0], "unmasked_changed": LOW}, "contradicted"),
        (UNMASKED, {"masked_changed": ZERO, "unmasked_changed": SPREAD}, "inconclusive"),
        (alignment_scores.CLAIM, errors(HIGH, LOW), "holds"),
        (alignment_scores.CLAIM, errors(LOW, HIGH), "contradicted"),
        *((alignment_scores.CLAIM, errors(HIGH, LOW, **{score: SPREAD}), "inconclusive") for score in SCORES),
    ],
)
def test_the_verdict_on_made_up_numbers(claim, values, verdict):
    assert claim.holds(values) == verdict
