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
    """A translated sentence, as text; ``length`` counts the words and punctuation marks of the source."""

    src: str
    reference: str
    hypothesis: str
    length: int


@dataclass(frozen=True)
class Bucket:
    """Sentences with ``shortest`` to ``longest`` words, both included, and how well they are translated.

    ``bleu`` is the corpus BLEU of the bucket, from 0 to 100; ``exact_match`` runs from 0 to 1. Both are over
    words. BLEU is of effective order, so that sentences too short for four words in a row can have a score;
    ``signature`` says so.
    """

    shortest: int
    longest: int
    bleu: float
    exact_match: float
    signature: str
    sentences: tuple[Translated, ...]


def by_length(
    pairs: Sequence[SentencePair],
    hypotheses: Sequence[str | list[str]],
    *,
    src_language: str,
    tgt_language: str,
    edges: Sequence[int],
) -> list[Bucket]:
    """Quality of ``hypotheses`` for each range of source lengths, shortest first.

    A hypothesis is a text, or the words that a model wrote, ``TextCodec.words``: these are not cut again.
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
    src, tgt = WordTokenizer(src_language), WordTokenizer(tgt_language)
    lengths = [len(src.tokenize(pair.src)) for pair in pairs]
    buckets = []
    for low, high in pairwise(edges):
        inside = [n for n, length in enumerate(lengths) if low <= length < high]
        if not inside:
            continue
        written, wanted, sentences = [], [], []
        for n in inside:
            pair, words = pairs[n], hypotheses[n]
            text = words if isinstance(words, str) else tgt.detokenize(words)
            written.append(tgt.tokenize(words) if isinstance(words, str) else words)
            wanted.append(tgt.tokenize(pair.tgt))
            sentences.append(Translated(pair.src, pair.tgt, text, lengths[n]))
        score = bleu(written, wanted, effective_order=True)
        exact = exact_match(written, wanted)
        buckets.append(Bucket(low, high - 1, score.score, exact, score.signature, tuple(sentences)))
    return buckets
