"""The parts that the experiments on attention share, and the rules that judge them."""

import pytest
import torch

from s2s_course.claims import (
    alignment_scores,
    length_bottleneck,
    source_reversal,
    translation_tasks,
    unmasked_attention,
)
from s2s_course.claims.alignment_scores import diagonal
from s2s_course.claims.translation_tasks import bleu_by_length, bleu_on_test, corpus_of, trained
from s2s_course.claims.unmasked_attention import attending_to_padding, changed
from s2s_course.data.batch import collate
from s2s_course.data.pairs import ParallelCorpus, SentencePair
from s2s_course.models.translator import Translator


def of_length(n: int) -> SentencePair:
    return SentencePair(" ".join(["cat"] * n), " ".join(["le", "chat"] * n))


@pytest.fixture
def corpus(monkeypatch, pairs):
    """Four sentences in place of the grammar corpus, and nothing kept from one test to the next."""
    lengths = [*map(of_length, (2, 3, 5, 6, 14))], [*map(of_length, (15, 19, 29, 30))]
    splits = {"train": pairs, "test": lengths[0], "longer": lengths[1]}
    monkeypatch.setattr(
        translation_tasks, "grammar_corpus", lambda **sizes: ParallelCorpus("made", "en", "fr", splits)
    )
    for kept in (corpus_of, trained):
        kept.cache_clear()
    yield splits
    for kept in (corpus_of, trained):
        kept.cache_clear()


def test_backwards_turns_the_words_of_every_source_and_no_target(corpus, pairs):
    forwards, backwards = corpus_of("smoke"), corpus_of("smoke", backwards=True)
    assert [pair.src for pair in backwards["train"]] == [
        ". sleeps cat the", ". cake a eats dog the", ". eats cat a", ". sleeps dog the"
    ]  # fmt: skip
    for split, turned in backwards.splits.items():
        assert [pair.tgt for pair in turned] == [pair.tgt for pair in forwards[split]]
        assert all(pair.alignment is None for pair in turned)  # gold counts from the other end
    assert forwards["train"] == pairs


def test_a_model_is_trained_once_for_all_who_ask_for_the_same(corpus):
    first = trained("smoke", 0, "gru", context="every_step")
    assert trained("smoke", 0, "gru", context="every_step") is first
    others = [
        trained("smoke", 1, "gru", context="every_step"),
        trained("smoke", 0, "gru", context="first_step"),
        trained("smoke", 0, "gru", context="every_step", backwards=True),
        trained("smoke", 0, "gru", context="every_step", wider=2),
    ]
    assert first.model.config.hidden_size == 12 and others[-1].model.config.hidden_size == 24
    assert others[1].model.config.context == "first_step"
    for other in (others[0], others[2]):  # another seed; other sentences
        weights = zip(first.model.parameters(), other.model.parameters(), strict=True)
        assert not all(torch.equal(mine, its) for mine, its in weights)


def test_bleu_by_length_names_each_bucket_after_its_shortest_sentence(corpus, monkeypatch):
    made = {pair.src: pair.tgt for split in corpus.values() for pair in split} | {of_length(6).src: "oui"}
    asked = []
    monkeypatch.setattr(
        translation_tasks, "translate", lambda _, texts: asked.extend(texts) or [made[text] for text in texts]
    )
    values = bleu_by_length("smoke", trained("smoke", 0, "gru"), "gru")
    assert [len(text.split()) for text in asked] == [3, 5, 6, 14, 15, 19, 29]  # 2 and 30 are outside
    assert set(values) == {f"gru_length_{shortest}" for shortest in (3, 6, 12, 15, 25)}
    assert values.pop("gru_length_6") == 0
    assert all(bleu == pytest.approx(100) for bleu in values.values())


def test_bleu_on_test_reads_the_sources_in_the_direction_asked_for(corpus, monkeypatch):
    corpus["test"] = corpus["train"]
    asked = []
    monkeypatch.setattr(
        translation_tasks,
        "translate",
        lambda _, texts, search: asked.append(texts[0]) or ["le chat dort."] * 4,
    )
    translator = trained("smoke", 0, "gru")
    bleu_on_test("smoke", translator), bleu_on_test("smoke", translator, backwards=True)
    assert asked == ["the cat sleeps.", ". sleeps cat the"]


def test_reversal_is_measured_on_sources_turned_as_in_training(monkeypatch):
    monkeypatch.setattr(
        source_reversal, "trained", lambda scale, seed, name, *, backwards, **_: (name, backwards)
    )
    monkeypatch.setattr(
        source_reversal, "bleu_on_test", lambda scale, model, *, backwards: (*model, backwards)
    )
    assert source_reversal.experiment("smoke", 0) == {
        "none_forwards": ("gru", False, False), "none_backwards": ("gru", True, True),
        "bahdanau_forwards": ("bahdanau", False, False), "bahdanau_backwards": ("bahdanau", True, True),
    }  # fmt: skip


def test_the_diagonal_goes_from_corner_to_corner():
    assert diagonal(SentencePair("a b c", "d e f")) == {(0, 0), (1, 1), (2, 2)}
    assert diagonal(SentencePair("a b", "c d e f")) == {(0, 0), (0, 1), (1, 2), (1, 3)}
    assert diagonal(SentencePair("a b c d", "e f")) == {(1, 0), (3, 1)}
    assert diagonal(SentencePair("a", "b c.")) == {(0, 0), (0, 1), (0, 2)}


def test_padding_has_weight_inside_the_block_and_not_after_it(translator):
    codecs = translator.src_codec, translator.tgt_codec
    model = Translator.build("bahdanau", *codecs, seed=0, embed_size=8, hidden_size=8).model
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
        return [text + "!" if batch_size > 1 and text == "b" else text for text in texts]

    monkeypatch.setattr(unmasked_attention, "translate", translate)
    assert changed(translator, ["a", "b", "c", "d"], "neighbor") == 25


HIGH, LOW, SPREAD = [30.0, 31.0, 32.0], [10.0, 12.0, 11.0], [0.0, 60.0, 5.0]
ZERO, ERRORS = [0.0] * 3, [f"{score}_error" for score in ("dot", "scaled_dot", "general", "concat")]


def lengths(none, bahdanau):
    """BLEU of short and of long sentences, for both models."""
    names = [f"{model}_length_{shortest}" for model in ("none", "bahdanau") for shortest in (3, 12)]
    return dict(zip(names, (*none, *bahdanau), strict=True))


def directions(none, bahdanau):
    """BLEU forwards and backwards, for both models."""
    names = [f"{model}_{way}" for model in ("none", "bahdanau") for way in ("forwards", "backwards")]
    return dict(zip(names, (*none, *bahdanau), strict=True))


@pytest.mark.parametrize(
    ("claim", "values", "verdict"),
    [
        (length_bottleneck, lengths((HIGH, LOW), (HIGH, HIGH)), "holds"),
        (length_bottleneck, lengths((HIGH, HIGH), (HIGH, LOW)), "contradicted"),
        (length_bottleneck, lengths((HIGH, SPREAD), (HIGH, HIGH)), "inconclusive"),
        (source_reversal, directions((LOW, HIGH), (HIGH, HIGH)), "holds"),
        (source_reversal, directions((HIGH, LOW), (HIGH, HIGH)), "contradicted"),
        (source_reversal, directions((LOW, HIGH), (ZERO, HIGH)), "contradicted"),  # helps attention more
        (source_reversal, directions((LOW, HIGH), (HIGH, SPREAD)), "inconclusive"),
        (unmasked_attention, {"masked_changed": ZERO, "unmasked_changed": LOW}, "holds"),
        (unmasked_attention, {"masked_changed": [0.0, 0.5, 0.0], "unmasked_changed": LOW}, "contradicted"),
        (unmasked_attention, {"masked_changed": ZERO, "unmasked_changed": SPREAD}, "inconclusive"),
        (alignment_scores, dict.fromkeys(ERRORS, LOW) | {"diagonal_error": HIGH}, "holds"),
        (alignment_scores, dict.fromkeys(ERRORS, HIGH) | {"diagonal_error": LOW}, "contradicted"),
        *(
            (
                alignment_scores,
                dict.fromkeys(ERRORS, LOW) | {"diagonal_error": HIGH, one: SPREAD},
                "inconclusive",
            )
            for one in ERRORS
        ),
    ],
)
def test_the_verdict_on_made_up_numbers(claim, values, verdict):
    assert claim.holds(values) == verdict
