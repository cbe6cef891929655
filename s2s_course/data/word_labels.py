"""Aligned labeling: every English word is labeled with the French words it becomes."""

from s2s_course.data.pairs import SentencePair
from s2s_course.text.tokenize import Tokenizer

NO_PARTNER = "–"


def word_labels(
    pair: SentencePair, src_tokenizer: Tokenizer, tgt_tokenizer: Tokenizer
) -> tuple[list[str], list[str]]:
    """The source tokens and one label for each: its partners in the gold alignment, in target order.

    >>> pair = SentencePair("i sleep", "je dors", ((0, 0), (1, 1)))
    >>> word_labels(pair, WordTokenizer("en"), WordTokenizer("fr"))
    (['i', 'sleep'], ['je', 'dors'])
    """
    if pair.alignment is None:
        raise ValueError("pair must have a gold alignment, got one without")
    src, tgt = src_tokenizer.tokenize(pair.src), tgt_tokenizer.tokenize(pair.tgt)
    labels = [" ".join(tgt[j] for i, j in pair.alignment if i == k) for k in range(len(src))]
    return src, [label or NO_PARTNER for label in labels]
