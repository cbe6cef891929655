"""A tokenizer with its vocabulary: everything between a text and the indices that a model reads."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from s2s_course.text.tokenize import Tokenizer, tokenizer_from_json
from s2s_course.text.vocab import SPECIALS, Vocab


@dataclass(frozen=True)
class TextCodec:
    """Encodes the texts of one language to indices and decodes them back."""

    tokenizer: Tokenizer
    vocab: Vocab

    @classmethod
    def build(cls, tokenizer: Tokenizer, texts: Iterable[str], *, min_frequency: int = 1) -> "TextCodec":
        """A codec whose vocabulary holds the tokens of ``texts``."""
        sentences = (tokenizer.tokenize(text) for text in texts)
        return cls(tokenizer, Vocab.build(sentences, min_frequency=min_frequency))

    def encode(self, text: str) -> list[int]:
        return self.vocab.encode(self.tokenizer.tokenize(text))

    def decode(self, indices: Sequence[int]) -> str:
        """The text of ``indices`` up to ``<eos>``, without special tokens other than ``<unk>``."""
        tokens = self.tokens(indices)
        return self.tokenizer.detokenize([token for token in tokens if token not in SPECIALS[:3]])

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
