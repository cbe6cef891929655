"""The word-by-word dictionary: a baseline for every translator of the course."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from s2s_course.data.pairs import SentencePair
from s2s_course.text.tokenize import Tokenizer


class DictionaryTranslator:
    """Translates each word by the partner it has most often in aligned sentence pairs, in source order.

    It is a generous baseline: it is given the gold alignments of its training pairs. A word without a
    partner is left out, and a word it has never seen is copied.
    """

    def __init__(self, pairs: Sequence[SentencePair], src_tokenizer: Tokenizer, tgt_tokenizer: Tokenizer):
        self.src_tokenizer, self.tgt_tokenizer = src_tokenizer, tgt_tokenizer
        partners: defaultdict[str, Counter[str | None]] = defaultdict(Counter)
        for pair in pairs:
            if pair.alignment is None:
                raise ValueError("pairs must have gold alignments, got a pair without one")
            src, tgt = src_tokenizer.tokenize(pair.src), tgt_tokenizer.tokenize(pair.tgt)
            aligned = defaultdict(list)
            for i, j in pair.alignment:
                aligned[i].append(tgt[j])
            for i, word in enumerate(src):
                partners[word].update(aligned[i] or [None])
        self.entries = {word: counts.most_common(1)[0][0] for word, counts in partners.items()}

    def translate(self, texts: Sequence[str]) -> list[str]:
        """One translation for each of ``texts``."""
        translations = []
        for text in texts:
            words = (self.entries.get(word, word) for word in self.src_tokenizer.tokenize(text))
            translations.append(self.tgt_tokenizer.detokenize([word for word in words if word]))
        return translations
