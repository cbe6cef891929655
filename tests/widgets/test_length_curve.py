"""The Python half of LengthCurve; tests/browser/test_length_curve.py drives the other half."""

import json
from dataclasses import replace

import pytest

from s2s_course.data.pairs import SentencePair
from s2s_course.evaluation.by_length import Bucket, by_length
from s2s_course.widgets import CourseWidget
from s2s_course.widgets.length_curve import LengthCurve

SUBJECTS = ["the cat", "my old dog", "the man who sings", "a very small black bird"]
PAIRS = [
    SentencePair(f"{subject} sleeps {i}.", f"il n'aime pas l'ami no {i}, {subject}.")
    for i in range(5)
    for subject in SUBJECTS
]
LENGTHS = {"src_language": "en", "tgt_language": "fr", "edges": [1, 6, 8, 9]}  # 5 of each, 10 in the middle


def buckets(guess=lambda i, text: text, pairs=PAIRS, **changes) -> list[Bucket]:
    hypotheses = [guess(i, pair.tgt) for i, pair in enumerate(pairs)]
    return by_length(pairs, hypotheses, **{**LENGTHS, **changes})


def sometimes(i: int, text: str) -> str:
    return text if i % 3 else text.replace("aime", "a")


def two() -> dict[str, list[Bucket]]:
    return {"GRU": buckets(sometimes), "Bahdanau": buckets()}


def state(widget: LengthCurve) -> dict:
    names = set(LengthCurve.class_trait_names()) - set(CourseWidget.class_trait_names())
    return json.loads(json.dumps(widget.get_state(names)))


def test_scores_and_counts_travel_as_they_are():
    models = two()
    carried = state(LengthCurve.from_buckets(models, trained=(3, 6), title="By length"))
    assert carried["models"] == ["GRU", "Bahdanau"] and carried["trained"] == [3, 6]
    assert (carried["title"], carried["measure"]) == ("By length", "bleu")
    assert [(b["shortest"], b["longest"], b["count"]) for b in carried["buckets"]] == [
        (1, 5, 5),
        (6, 7, 10),
        (8, 8, 5),
    ]
    for i, own in enumerate(models.values()):
        for bucket, there in zip(own, carried["buckets"], strict=True):
            assert there["bleu"][i] == pytest.approx(bucket.bleu, abs=1e-9) and there["bleu"][i] <= 100
            assert there["exact_match"][i] == bucket.exact_match
    assert state(LengthCurve.from_buckets(models))["trained"] == []


def test_words_are_kept_apart_and_the_text_can_be_read_back():
    sentence = LengthCurve.from_buckets(two()).buckets[0]["sentences"][0]
    assert sentence["src"] == "the cat sleeps 0." and sentence["length"] == 5
    assert sentence["reference"] == "il n'\taime pas l'\tami no 0\t, the cat\t."
    assert sentence["reference"].replace("\t", "") == PAIRS[0].tgt
    assert sentence["hypotheses"] == [sentence["reference"].replace("aime", "a"), None]


def test_every_sentence_keeps_its_own_translations():
    models = two()
    carried = LengthCurve.from_buckets(models, examples=100).buckets
    for k, bucket in enumerate(carried):
        for i, sentence in enumerate(bucket["sentences"]):
            for own, hypothesis in zip(models.values(), sentence["hypotheses"], strict=True):
                truth = own[k].sentences[i]
                assert sentence["src"] == truth.src
                assert (hypothesis or sentence["reference"]).replace("\t", "") == truth.hypothesis


@pytest.mark.parametrize(
    ("examples", "chosen"), [(1, [5]), (2, [2, 7]), (3, [1, 5, 8]), (12, list(range(10)))]
)
def test_at_most_that_many_sentences_evenly_chosen(examples, chosen):
    models = two()
    bucket = LengthCurve.from_buckets(models, examples=examples).buckets[1]
    assert [s["src"] for s in bucket["sentences"]] == [models["GRU"][1].sentences[i].src for i in chosen]
    assert bucket["count"] == 10


def test_words_are_those_of_the_target_language():
    pairs = [SentencePair("l'ami dort.", "Don't wait.")]
    english = by_length(pairs, ["don ' t wait."], src_language="fr", tgt_language="en", edges=[1, 9])
    widget = LengthCurve.from_buckets({"GRU": english}, tgt_language="en")
    sentence = widget.buckets[0]["sentences"][0]
    assert sentence["reference"] == "Don\t'\tt wait\t."
    assert sentence["hypotheses"] == ["don ' t wait\t."]


def test_the_text_alternative_says_what_there_is_and_never_changes():
    expected = (
        "LengthCurve(title='By length', BLEU and exact match of GRU, Bahdanau on 20 sentences of 1 to 8 "
        "words, trained on 3 to 6)"
    )
    made = [LengthCurve.from_buckets(two(), trained=(3, 6), title="By length", bucket=k) for k in (0, 2)]
    assert [repr(widget) for widget in made] == [expected, expected]
    assert made[0]._repr_mimebundle_()[0]["text/plain"] == expected
    assert "trained" not in repr(LengthCurve.from_buckets(two()))


def test_a_perfect_score_that_is_off_in_its_last_digit_is_taken():
    first, *others = buckets()
    widget = LengthCurve.from_buckets({"GRU": [replace(first, bleu=100.00000000000004), *others]})
    assert widget.buckets[0]["bleu"] == [100.0]


def test_a_usual_evaluation_fits_and_a_huge_one_is_refused():
    text = "les vieux amis de ma voisine n'aiment pas que le chien noir dorme dans la cuisine ."
    pairs = [SentencePair("a " * (3 + i % 20) + ".", f"{text} {i}") for i in range(1000)]

    def models(count):
        made = buckets(lambda i, text: text.replace("e", "é", i % 3), pairs, edges=range(3, 25, 2))
        return {f"model {i}": made for i in range(count)}

    usual = LengthCurve.from_buckets(models(4))
    assert len(json.dumps(usual.get_state(), default=str)) <= 155_000
    with pytest.raises(ValueError, match="LengthCurve must carry at most 155,000 bytes"):
        LengthCurve.from_buckets(models(5), examples=60)


def test_what_the_front_end_sends_is_clamped():
    """It may be linked to a widget with more lengths, models and sentences."""
    widget = LengthCurve.from_buckets(two(), bucket=1, sentence=9)
    for sent, kept in [
        ({"bucket": 7, "sentence": 7}, (2, 0, 4)),
        ({"sentence": 90}, (2, 0, 4)),
        ({"bucket": -1, "model": 5, "sentence": -2}, (0, 1, 0)),
        ({"model": -3, "measure": "exact_match"}, (0, 0, 0)),
        ({"bucket": 1}, (1, 0, 0)),
        ({"sentence": 9}, (1, 0, 9)),
        ({"bucket": 0}, (0, 0, 4)),
    ]:
        widget.set_state(sent)
        assert (widget.bucket, widget.model, widget.sentence) == kept
    assert widget.measure == "exact_match"


def test_the_view_can_be_set_from_python():
    widget = LengthCurve.from_buckets(two(), bucket=1, model=1, sentence=9, measure="exact_match")
    assert (widget.bucket, widget.model, widget.sentence, widget.measure) == (1, 1, 9, "exact_match")
    widget.bucket = 2
    assert widget.sentence == 4, "there are five sentences here"
    with pytest.raises(ValueError, match="sentence must lie in 0 … 4, got 5"):
        widget.sentence = 5


def changed(k: int, **changes) -> dict[str, list[Bucket]]:
    """Both models, with bucket k of the second changed."""
    models = two()
    models["Bahdanau"][k] = replace(models["Bahdanau"][k], **changes)
    return models


OTHER = buckets(pairs=[SentencePair(pair.src.replace("cat", "cow"), pair.tgt) for pair in PAIRS])
FEWER = buckets(edges=[1, 6, 8])


@pytest.mark.parametrize(
    ("models", "options", "message"),
    [
        ({}, {}, "models must hold 1 to 5 models, got 0"),
        ({str(i): buckets() for i in range(6)}, {}, "models must hold 1 to 5 models, got 6"),
        ({" ": buckets()}, {}, "each name in models must not be empty, got ' '"),
        ({"GRU": []}, {}, r"models\['GRU'\] must have at least one bucket, got none"),
        (
            {"GRU": buckets()[::-1]},
            {},
            r"models\['GRU'\] at lengths 6 to 7 must be longer than the bucket be",
        ),
        ({"GRU": buckets()[:1] * 2}, {}, r"models\['GRU'\] at lengths 1 to 5 must be longer than the bucket"),
        (changed(0, shortest=6), {}, r"models\['Bahdanau'\] at lengths 6 to 5 must be longer"),
        (changed(2, sentences=()), {}, r"models\['Bahdanau'\] at lengths 8 to 8 must have at least one sent"),
        (changed(1, bleu=101.0), {}, r"models\['Bahdanau'\] at lengths 6 to 7 must have a BLEU of 0 to 100"),
        (changed(1, bleu=-1.0), {}, "must have a BLEU of 0 to 100, got -1.0"),
        (changed(1, bleu=float("nan")), {}, "must have a BLEU of 0 to 100, got nan"),
        (
            changed(1, exact_match=0.5),
            {},
            "must have the exact match of its sentences, 1 over words of 'fr', ",
        ),
        (
            changed(1, exact_match=float("nan")),
            {},
            "must have the exact match of its sentences, 1 over .* nan",
        ),
        (
            {"GRU": buckets(), "LSTM": FEWER},
            {},
            "models must have the same buckets, got lengths 1–5, 6–7, 8–8 for 'GRU' and 1–5, 6–7 for 'LSTM'",
        ),
        (
            {"GRU": buckets(), "LSTM": OTHER},
            {},
            "must have translated the same sentences, got others for 'GRU' than for 'LSTM' at lengths 1 to 5",
        ),
        (two(), {"examples": 0}, "examples must be at least 1, got 0"),
        (two(), {"trained": (8, 3)}, r"trained must be the shortest and the longest length, got \(8, 3\)"),
        (two(), {"trained": (0, 3)}, "trained must be the shortest and the longest length"),
        (two(), {"tgt_language": "xx"}, "language must be one of en, fr, de, got 'xx'"),
        (two(), {"measure": "ter"}, "measure must be one of bleu, exact_match, got 'ter'"),
        (two(), {"bucket": 3}, "bucket must lie in 0 … 2, got 3"),
        (two(), {"model": -1}, "model must lie in 0 … 1, got -1"),
        (two(), {"bucket": 0, "sentence": 5}, "sentence must lie in 0 … 4, got 5"),
    ],
)
def test_bad_input_is_refused_with_one_sentence(models, options, message):
    with pytest.raises(ValueError, match=message) as caught:
        LengthCurve.from_buckets(models, **options)
    assert "\n" not in str(caught.value)
