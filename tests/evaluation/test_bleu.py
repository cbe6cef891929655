import math
from collections import Counter

import pytest

from s2s_course.evaluation.bleu import bleu

HYPOTHESES = [
    ["the", "cat", "sat", "on", "the", "mat", "today", "."],
    ["a", "dog", "barks", "at", "the", "black", "cat", "in", "the", "garden", "."],
]
REFERENCES = [
    ["the", "cat", "is", "sitting", "on", "the", "mat", "today", "."],
    ["a", "dog", "barks", "at", "a", "black", "cat", "in", "the", "big", "garden", "."],
]


def bleu_by_definition(hypotheses, references):
    """Papineni et al. 2002, eq. in section 2.3, written out."""
    log_precisions = []
    for n in range(1, 5):
        matched = total = 0
        for hypothesis, reference in zip(hypotheses, references, strict=True):
            grams = [
                Counter(tuple(s[i : i + n]) for i in range(len(s) - n + 1)) for s in (hypothesis, reference)
            ]
            matched += sum((grams[0] & grams[1]).values())
            total += sum(grams[0].values())
        log_precisions.append(math.log(matched / total))
    lengths = [sum(map(len, side)) for side in (hypotheses, references)]
    brevity = min(0.0, 1 - lengths[1] / lengths[0])
    return 100 * math.exp(brevity + sum(log_precisions) / 4)


def test_equals_the_definition():
    assert bleu(HYPOTHESES, REFERENCES).score == pytest.approx(bleu_by_definition(HYPOTHESES, REFERENCES))


def test_a_perfect_translation_scores_100_whatever_its_case():
    assert bleu([[word.upper() for word in s] for s in REFERENCES], REFERENCES).score == pytest.approx(100)


def test_the_signature_says_how():
    score = bleu(HYPOTHESES, REFERENCES)
    assert score.signature.startswith("nrefs:1|case:lc|eff:no|tok:none|smooth:exp|version:")
    assert str(score) == f"BLEU {score.score:.1f} ({score.signature})"


def test_unequal_sides_are_refused():
    with pytest.raises(ValueError, match="hypotheses must be as many as references"):
        bleu(HYPOTHESES, REFERENCES[:1])
