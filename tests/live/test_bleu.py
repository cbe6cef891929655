"""BLEU as the page counts it is that of sacrebleu."""

import pytest

from s2s_course.evaluation.bleu import bleu
from s2s_course.seeds import python_random

SCORE = """async ([written, right]) => (await import("/bleu.js")).bleu(written, right)"""


@pytest.mark.parametrize("case", range(40))
def test_it_counts_as_sacrebleu(engine, case):
    random = python_random(case, "bleu")
    words = "le la chat Chat chien mange dort . ? n' pas"
    vocabulary = words.split()[: random.randint(2, 11)]

    def sentence(shortest: int) -> list[str]:
        return random.choices(vocabulary, k=random.randint(shortest, 9))

    right = [sentence(1) for _ in range(random.randint(1, 6))]
    written = [[*one] if random.random() < 0.3 else sentence(0) for one in right]
    assert engine.evaluate(SCORE, [written, right]) == pytest.approx(bleu(written, right).score, abs=1e-9)


def test_nothing_written_scores_nothing(engine):
    assert engine.evaluate(SCORE, [[[]], [["le", "chat"]]]) == 0
