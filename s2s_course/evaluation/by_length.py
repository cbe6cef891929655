"""Quality of translation by the length of the source: where does a model begin to fail?"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from s2s_course.data.pairs import SentencePair
from s2s_course.evaluation.accuracy import exact_match
from s2s_course.evaluation.bleu import bleu
from s2s_course.text.tokenize import WordTokenizer


@dataclass(frozen=True)
class Translated:
    """A translated sentence; ``length`` counts the source's words and punctuation marks, not ``<eos>``."""

    src: str
    reference: str
    hypothesis: str
    length: int


@dataclass(frozen=True)
class Bucket:
    """Sentences with ``shortest`` to ``longest`` words, both included, and how well they are translated.

    ``bleu`` is the corpus BLEU of the bucket, from 0 to 100; ``exact_match`` runs from 0 to 1. Both are over
    words.
    """

    shortest: int
    longest: int
    bleu: float
    exact_match: float
    sentences: tuple[Translated, ...]


def by_length(
    pairs: Sequence[SentencePair],
    hypotheses: Sequence[str],
    *,
    src_language: str,
    tgt_language: str,
    edges: Sequence[int],
) -> list[Bucket]:
    """Quality of ``hypotheses`` for each range of source lengths, shortest first.

    Bucket k holds the sentences with ``edges[k] <= length < edges[k + 1]``. Sentences outside the edges
    and buckets without a sentence are left out. Raises ValueError unless there is one hypothesis for each
    of at least one pair and the edges, at least two, increase.
    """
    if not pairs:
        raise ValueError("pairs must hold at least one sentence pair, got none")
    if len(hypotheses) != len(pairs):
        raise ValueError(f"hypotheses must be as many as pairs, got {len(hypotheses)} and {len(pairs)}")
    if len(edges) < 2 or any(low >= high for low, high in pairwise(edges)):
        raise ValueError(f"edges must be at least two increasing lengths, got {list(edges)}")
    count = WordTokenizer(src_language).tokenize
    translated = [
        Translated(pair.src, pair.tgt, hypothesis, len(count(pair.src)))
        for pair, hypothesis in zip(pairs, hypotheses, strict=True)
    ]
    tokenize = WordTokenizer(tgt_language).tokenize
    buckets = []
    for low, high in pairwise(edges):
        inside = tuple(sentence for sentence in translated if low <= sentence.length < high)
        if inside:
            words = [[tokenize(s.hypothesis) for s in inside], [tokenize(s.reference) for s in inside]]
            buckets.append(Bucket(low, high - 1, bleu(*words).score, exact_match(*words), inside))
    return buckets
