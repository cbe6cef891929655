"""The corpora to the byte: trained models, measured claims and stored pages depend on each sentence.

Whoever changes the grammar on purpose pins anew, measures the claims again and executes the chapters again.
"""

import hashlib
import itertools

import pytest

from s2s_course.data.grammar import CONSTRUCTIONS, generate, grammar_corpus, sentences
from s2s_course.data.pairs import SentencePair

SIZES = {"train": 300, "validation": 30, "test": 30, "longer": 20, "compositional": 5}


def fingerprint(pairs) -> str:
    """The start of the SHA-256 of sentences and alignments."""
    lines = (f"{pair.src}\t{pair.tgt}\t{pair.alignment}\n" for pair in pairs)
    return hashlib.sha256("".join(lines).encode()).hexdigest()[:16]


def test_sentences_in_full():
    _, _, pair = generate(3, seed=4, max_length=12)
    assert pair == SentencePair(
        "we arrived at the modern theater.",
        "nous sommes arrivés au théâtre moderne.",
        ((0, 0), (1, 1), (1, 2), (2, 3), (3, 3), (4, 5), (5, 4), (6, 6)),
    )
    (longer,) = generate(1, seed=0, min_length=36, max_length=40)
    assert longer.src == (
        "nathalie and olivier are going to take a taxi because an old hero sometimes eats a bean behind a "
        "church and he sometimes brings it when he invites this tired teacher who sells the armchair."
    )
    assert longer.tgt == (
        "nathalie et olivier vont prendre un taxi parce qu'un vieux héros mange parfois un haricot derrière "
        "une église et il l'apporte parfois quand il invite ce professeur fatigué qui vend le fauteuil."
    )


PINNED = [
    (
        {"seed": 0},
        "87486017fd0c96b1 25e5e21e7dc53d46 bba48476370e8e36 f9c0a7adb9ba3e2c 705ee1b767998408",
    ),
    (
        {"seed": 3, "max_length": 14},
        "54f40f6d40ab53a9 f6e7f1e436e77809 da967034f44f783d 58eed177c3d17a65 d887018ac90807c7",
    ),
    (
        {"seed": 0, "max_length": 30, "src": "fr", "tgt": "en"},
        "1ede0ec2d98ea3f0 3e7192d448bea645 24f8497a1b235f27 896637c61dd385c2 8875266baf65cc26",
    ),
]


@pytest.mark.parametrize(("arguments", "pinned"), PINNED, ids=["default", "another seed", "French first"])
def test_splits_of_the_corpus(arguments, pinned):
    corpus = grammar_corpus(**SIZES, **arguments)
    found = {name: fingerprint(split) for name, split in corpus.splits.items()}
    assert found == dict(zip(SIZES, pinned.split(), strict=True))


def test_every_construction_with_what_is_noted_of_it():
    """Constructions and combinations, too, since these decide which sentence goes into which split."""
    noted = hashlib.sha256()
    for left_out in CONSTRUCTIONS:
        for allowed in ({left_out}, set(CONSTRUCTIONS) - {left_out}):
            found = itertools.islice(sentences(seed=11, max_length=25, constructions=allowed), 20)
            for sentence in found:
                notes = (sorted(sentence.constructions), sorted(sentence.combinations), sentence.length)
                noted.update(f"{fingerprint([sentence.pair])} {notes}\n".encode())
    assert noted.hexdigest()[:16] == "90d9b31f39d18317"
