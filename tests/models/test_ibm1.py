"""IBM model 1 against its equations written out with dictionaries, and on a language made of a dictionary."""

import random
from collections import defaultdict

import pytest

from s2s_course.models.ibm1 import NULL, IBMModel1

PAIRS = [
    (["la", "maison"], ["the", "house"]),
    (["la", "fleur"], ["the", "flower"]),
    (["la", "maison", "bleue"], ["the", "blue", "house"]),
    (["fleur"], ["flower", "flower"]),
]


def by_hand(pairs, iterations):
    """Brown et al. 1993 as loops."""
    t = defaultdict(lambda: 1.0)
    for _ in range(iterations):
        counts, totals = defaultdict(float), defaultdict(float)
        for src, tgt in pairs:
            for word in tgt:
                norm = sum(t[word, source] for source in [NULL, *src])
                for source in [NULL, *src]:
                    counts[word, source] += t[word, source] / norm
                    totals[source] += t[word, source] / norm
        t = {(word, source): counts[word, source] / totals[source] for word, source in counts}
    return t


@pytest.mark.parametrize("iterations", [1, 2, 7])
def test_equals_the_equations_written_as_loops(iterations):
    model = IBMModel1(PAIRS, iterations=iterations)
    expected = by_hand(PAIRS, iterations)
    for (word, source), value in expected.items():
        assert model.probability(word, source) == pytest.approx(value, abs=1e-12)


def test_probabilities_of_a_source_word_sum_to_one():
    model = IBMModel1(PAIRS)
    words = {word for _, tgt in PAIRS for word in tgt}
    for source in (NULL, "la", "maison", "fleur", "bleue"):
        assert sum(model.probability(word, source) for word in words) == pytest.approx(1)


def test_finds_the_alignment_of_a_shuffled_dictionary():
    rng = random.Random(0)
    words = [f"w{i}" for i in range(30)]
    pairs, gold = [], []
    for _ in range(500):
        src = rng.sample(words, 5)
        order = rng.sample(range(5), 5)
        pairs.append((src, [src[i].upper() for i in order]))
        gold.append({(i, j) for j, i in enumerate(order)})
    model = IBMModel1(pairs)
    assert [model.align(*pair) for pair in pairs] == gold


def test_words_that_never_met_have_no_link():
    model = IBMModel1(PAIRS)
    assert model.align(["maison"], ["sky"]) == set()
    assert model.align([], ["the"]) == set()
    assert model.align(["la"], []) == set()


def test_a_word_that_stands_beside_every_source_has_no_link():
    model = IBMModel1([([word], [word.upper(), "of"]) for word in "abcd"])
    assert model.align(["a"], ["A", "of"]) == {(0, 0)}


def test_ten_iterations_unless_asked_otherwise():
    for (word, source), value in by_hand(PAIRS, 10).items():
        assert IBMModel1(PAIRS).probability(word, source) == pytest.approx(value, abs=1e-12)


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="pairs must hold at least one sentence pair, got none"):
        IBMModel1([])
    with pytest.raises(ValueError, match="iterations must be at least 1, got 0"):
        IBMModel1(PAIRS, iterations=0)
