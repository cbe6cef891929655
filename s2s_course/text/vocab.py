"""A vocabulary: the numbered list of tokens that a model knows."""

from collections import Counter
from collections.abc import Iterable, Sequence

from s2s_course.checks import check_at_least

PAD, BOS, EOS, UNK = "<pad>", "<bos>", "<eos>", "<unk>"
SPECIALS = (PAD, BOS, EOS, UNK)


class Vocab:
    """Tokens and their indices. The four special tokens come first, always in the same order.

    Build it from training data only: a test sentence may not decide which tokens are known.

    >>> vocab = Vocab.build([["the", "cat"], ["the", "dog"]])
    >>> vocab.encode(["the", "bird"])
    [4, 3]
    """

    pad_index, bos_index, eos_index, unk_index = range(4)

    def __init__(self, tokens: Sequence[str]):
        """``tokens`` are the tokens after the special ones, in the order of their indices."""
        self.tokens = (*SPECIALS, *tokens)
        self._index = {token: index for index, token in enumerate(self.tokens)}
        if len(self._index) != len(self.tokens):
            repeated = next(token for token, count in Counter(self.tokens).items() if count > 1)
            raise ValueError(f"tokens must be distinct and none may be special, got {repeated!r} twice")

    @classmethod
    def build(
        cls, sentences: Iterable[Sequence[str]], *, min_frequency: int = 1, always: Iterable[str] = ()
    ) -> "Vocab":
        """All tokens that occur at least ``min_frequency`` times, the most frequent first.

        Those of ``always`` are in it even where they never occur.
        """
        check_at_least(1, min_frequency=min_frequency)
        counts = Counter(token for sentence in sentences for token in sentence)
        kept = {token for token, n in counts.items() if n >= min_frequency}.union(always) - set(SPECIALS)
        return cls(sorted(kept, key=lambda token: (-counts[token], token)))

    def __len__(self) -> int:
        return len(self.tokens)

    def __contains__(self, token: str) -> bool:
        return token in self._index

    def encode(self, tokens: Iterable[str]) -> list[int]:
        """Indices of ``tokens``; a token that is not in the vocabulary becomes ``unk_index``."""
        return [self._index.get(token, self.unk_index) for token in tokens]

    def decode(self, indices: Iterable[int]) -> list[str]:
        """Tokens of ``indices``, special ones included."""
        tokens = []
        for index in indices:
            if not 0 <= index < len(self.tokens):
                raise ValueError(f"indices must lie in [0, {len(self.tokens)}), got {index}")
            tokens.append(self.tokens[index])
        return tokens
