"""A tokenizer with its vocabulary: everything between a text and the indices that a model reads."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from s2s_course.text.tokenize import BPETokenizer, Tokenizer, WordTokenizer, tokenizer_from_json
from s2s_course.text.vocab import SPECIALS, Vocab


@dataclass(frozen=True)
class TextCodec:
    """Encodes the texts of one language to indices and decodes them back."""

    tokenizer: Tokenizer
    vocab: Vocab

    @classmethod
    def build(cls, tokenizer: Tokenizer, texts: Iterable[str], *, min_frequency: int = 1) -> "TextCodec":
        """A codec whose vocabulary holds the tokens of ``texts``, and every piece that a BPE has."""
        sentences = (tokenizer.tokenize(text) for text in texts)
        pieces = tokenizer.pieces if isinstance(tokenizer, BPETokenizer) else ()
        return cls(tokenizer, Vocab.build(sentences, min_frequency=min_frequency, always=pieces))

    def encode(self, text: str) -> list[int]:
        return self.vocab.encode(self.tokenizer.tokenize(text))

    def decode(self, indices: Sequence[int]) -> str:
        """The text of ``indices`` up to ``<eos>``, without special tokens other than ``<unk>``."""
        return self.tokenizer.detokenize(self._written(indices))

    def words(self, indices: Sequence[int]) -> list[str]:
        """The words of the same text, in lower case: what scores count. An unknown one is ``<unk>``."""
        if isinstance(self.tokenizer, WordTokenizer):
            return [token.lower() for token in self._written(indices)]
        return WordTokenizer(self.tokenizer.language).tokenize(self.decode(indices))

    def _written(self, indices: Sequence[int]) -> list[str]:
        return [token for token in self.tokens(indices) if token not in SPECIALS[:3]]

    def tokens(self, indices: Sequence[int]) -> list[str]:
        """The tokens of ``indices`` up to and including the first ``<eos>``."""
        indices = list(indices)
        if self.vocab.eos_index in indices:
            indices = indices[: indices.index(self.vocab.eos_index) + 1]
        return self.vocab.decode(indices)

    def to_json(self) -> dict:
        return {"tokenizer": self.tokenizer.to_json(), "tokens": list(self.vocab.tokens[len(SPECIALS) :])}

    @classmethod
    def from_json(cls, state: dict) -> "TextCodec":
        """The codec whose ``to_json`` gave ``state``."""
        return cls(tokenizer_from_json(state["tokenizer"]), Vocab(state["tokens"]))
