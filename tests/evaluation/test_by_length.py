import re

import pytest

from s2s_course.data.pairs import SentencePair
from s2s_course.evaluation.bleu import bleu
from s2s_course.evaluation.by_length import Bucket, Translated, by_length

# Lengths in words: 3, 4, 5, 9 and 4 (in English "don't" is three tokens, and each "," or "." is one).
PAIRS = [
    SentencePair("He sleeps.", "Il dort."),
    SentencePair("She eats well.", "Elle mange bien."),
    SentencePair("I don't.", "Je n'aime pas."),
    SentencePair("The black dog sleeps, and he runs.", "Le chien noir dort, et il court."),
    SentencePair("The man sings.", "L'homme chante."),
]
GUESSES = [
    "il DORT .",
    "elle boit bien.",
    "Je n'aime pas.",
    "le chien noir dort, et elle court.",
    "l'homme chante.",
]
LANGUAGES = {"src_language": "en", "tgt_language": "fr"}


def french(text: str) -> list[str]:
    return re.findall(r"\w+'?|[.,]", text.lower())


def test_each_sentence_is_in_the_bucket_of_its_length():
    buckets = by_length(PAIRS, GUESSES, **LANGUAGES, edges=[3, 5, 10])
    assert [(b.shortest, b.longest) for b in buckets] == [(3, 4), (5, 9)]
    assert [[s.length for s in b.sentences] for b in buckets] == [[3, 4, 4], [5, 9]]
    assert buckets[0].sentences[0] == Translated("He sleeps.", "Il dort.", "il DORT .", 3)
    assert [s.src for b in buckets for s in b.sentences] == [PAIRS[i].src for i in (0, 1, 4, 2, 3)]


def test_the_scores_are_those_of_the_sentences_in_the_bucket():
    """Tokenized, scored and counted here once more, by other means."""
    buckets = by_length(PAIRS, GUESSES, **LANGUAGES, edges=[3, 5, 10])
    for bucket, members, right in zip(buckets, [(0, 1, 4), (2, 3)], [2 / 3, 1 / 2], strict=True):
        hypotheses = [french(GUESSES[i]) for i in members]
        references = [french(PAIRS[i].tgt) for i in members]
        assert bucket.bleu == pytest.approx(bleu(hypotheses, references).score)
        assert 0 < bucket.bleu < 100
        assert bucket.exact_match == pytest.approx(right)


def test_scores_do_not_depend_on_other_buckets():
    together = by_length(PAIRS, GUESSES, **LANGUAGES, edges=[3, 5, 10])
    assert by_length(PAIRS, GUESSES, **LANGUAGES, edges=(3, 5)) == together[:1]
    assert by_length(PAIRS[:3], GUESSES[:3], **LANGUAGES, edges=[5, 10])[0].exact_match == 1


def test_empty_buckets_and_sentences_outside_the_edges_are_left_out():
    buckets = by_length(PAIRS, GUESSES, **LANGUAGES, edges=[4, 5, 6, 7, 9])
    assert [(b.shortest, b.longest, len(b.sentences)) for b in buckets] == [(4, 4, 2), (5, 5, 1)]
    assert by_length(PAIRS, GUESSES, **LANGUAGES, edges=range(20, 40, 5)) == []


def test_perfect_translations_score_full_marks():
    (bucket,) = by_length(PAIRS, [pair.tgt for pair in PAIRS], **LANGUAGES, edges=[0, 100])
    assert bucket == Bucket(0, 99, bucket.bleu, 1.0, bucket.signature, bucket.sentences)
    assert bucket.bleu == pytest.approx(100)


@pytest.mark.parametrize("words", [1, 2, 3, 4])
def test_short_sentences_have_a_score_too(words):
    """A perfect translation scores 100 however short it is; what is half right lies between."""
    text = " ".join(["va", "il", "dort", "bien"][:words])
    pairs = [SentencePair("go", text)] * 5
    (perfect,) = by_length(pairs, [text] * 5, **LANGUAGES, edges=[1, 9])
    assert perfect.bleu == pytest.approx(100) and perfect.exact_match == 1
    (half,) = by_length(pairs, [text] * 3 + ["non"] * 2, **LANGUAGES, edges=[1, 9])
    assert 0 < half.bleu < 99 and half.exact_match == 0.6
    assert "eff:yes" in perfect.signature and perfect.signature == half.signature


def test_words_that_a_model_wrote_are_not_cut_again():
    pairs = [SentencePair("a b", "il voit un rat dort ."), SentencePair("c", "oui .")]
    written = [["il", "voit", "un", "<unk>", "dort", "."], ["oui", "."]]
    (bucket,) = by_length(pairs, written, **LANGUAGES, edges=[1, 9])
    references = [["il", "voit", "un", "rat", "dort", "."], ["oui", "."]]
    assert bucket.bleu == pytest.approx(bleu(written, references, effective_order=True).score)
    assert bucket.exact_match == 0.5
    assert [s.hypothesis for s in bucket.sentences] == ["il voit un <unk> dort.", "oui."]
    assert by_length(pairs, ["il voit un <unk> dort.", "oui."], **LANGUAGES, edges=[1, 9]) == [bucket]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"pairs": [], "hypotheses": []}, "pairs must hold at least one sentence pair, got none"),
        ({"hypotheses": GUESSES[:2]}, "hypotheses must be as many as pairs, got 2 and 5"),
        ({"edges": [3]}, r"edges must be at least two increasing lengths, got \[3\]"),
        ({"edges": []}, r"edges must be at least two increasing lengths, got \[\]"),
        ({"edges": (3, 5, 5)}, r"edges must be at least two increasing lengths, got \[3, 5, 5\]"),
        ({"edges": [3, 9, 5]}, r"edges must be at least two increasing lengths, got \[3, 9, 5\]"),
        ({"src_language": "xx"}, "language must be one of en, fr, de, got 'xx'"),
        ({"tgt_language": "xx"}, "language must be one of en, fr, de, got 'xx'"),
    ],
)
def test_bad_arguments_are_refused(changes, message):
    arguments = {"pairs": PAIRS, "hypotheses": GUESSES, "edges": [3, 10], **LANGUAGES, **changes}
    pairs, hypotheses = arguments.pop("pairs"), arguments.pop("hypotheses")
    with pytest.raises(ValueError, match=message) as caught:
        by_length(pairs, hypotheses, **arguments)
    assert "\n" not in str(caught.value)
