"""Tokenizers: a text becomes a list of tokens, and tokens become a text again."""

import json
import re
from collections.abc import Iterable, Sequence
from typing import Protocol, runtime_checkable

import tokenizers

from s2s_course.checks import check_at_least, check_one_of

LANGUAGES = ("en", "fr", "de")

# A word or a single punctuation mark. In French an elided word keeps its apostrophe ("l'", "qu'") and
# a hyphenated word stays whole ("est-ce"), because each of them is one word of the grammar.
_WORDS = re.compile(r"\w+|[^\w\s]")
_FRENCH_WORDS = re.compile(r"aujourd['’]hui|\w+(?:-\w+)*['’]?|[^\w\s]", re.IGNORECASE)
_NO_SPACE_BEFORE = {".", ",", ";", ":", "!", "?", ")", "…"}
_FRENCH_SPACE_BEFORE = {";", ":", "!", "?"}


@runtime_checkable
class Tokenizer(Protocol):
    """What every tokenizer of the course can do."""

    language: str

    def tokenize(self, text: str) -> list[str]: ...

    def detokenize(self, tokens: Sequence[str]) -> str: ...

    def to_json(self) -> dict: ...


class WordTokenizer:
    """Words and punctuation marks, found by one regular expression.

    >>> WordTokenizer("fr").tokenize("L'homme n'a pas vu le chat.")
    ["l'", 'homme', "n'", 'a', 'pas', 'vu', 'le', 'chat', '.']
    """

    def __init__(self, language: str, *, lowercase: bool = True):
        check_one_of(LANGUAGES, language=language)
        self.language = language
        self.lowercase = lowercase

    def tokenize(self, text: str) -> list[str]:
        pattern = _FRENCH_WORDS if self.language == "fr" else _WORDS
        return pattern.findall(text.lower() if self.lowercase else text)

    def detokenize(self, tokens: Sequence[str]) -> str:
        """Tokens joined by spaces as the language writes them: in French a space precedes ``? ! : ;``."""
        french = self.language == "fr"
        text = ""
        for token in tokens:
            tight = token in _NO_SPACE_BEFORE and not (french and token in _FRENCH_SPACE_BEFORE)
            elided = french and text.endswith(("'", "’"))
            text += token if not text or tight or elided else " " + token
        return text

    def to_json(self) -> dict:
        return {"kind": "word", "language": self.language, "lowercase": self.lowercase}


class BPETokenizer:
    """Subwords by byte-pair encoding (Sennrich et al. 2016), learned from texts.

    Frequent words stay whole and rare words fall into pieces, so that no word is unknown. A piece that
    begins a word carries the mark ``▁``. The merges come from the ``tokenizers`` library.
    """

    MARK = "▁"

    def __init__(self, language: str, serialized: str):
        self.language = language
        self._serialized = serialized
        self._bpe = tokenizers.Tokenizer.from_str(serialized)

    @classmethod
    def train(
        cls, texts: Iterable[str], *, language: str, num_tokens: int, lowercase: bool = True
    ) -> "BPETokenizer":
        """Learn merges until there are ``num_tokens`` different pieces (fewer if the texts run out)."""
        check_at_least(1, num_tokens=num_tokens)
        bpe = tokenizers.Tokenizer(tokenizers.models.BPE(unk_token=None))
        steps = [tokenizers.normalizers.NFC()]
        if lowercase:
            steps.append(tokenizers.normalizers.Lowercase())
        bpe.normalizer = tokenizers.normalizers.Sequence(steps)
        bpe.pre_tokenizer = tokenizers.pre_tokenizers.Sequence(
            [
                tokenizers.pre_tokenizers.Metaspace(replacement=cls.MARK),
                tokenizers.pre_tokenizers.Punctuation("isolated"),
            ]
        )
        bpe.decoder = tokenizers.decoders.Metaspace(replacement=cls.MARK)
        trainer = tokenizers.trainers.BpeTrainer(vocab_size=num_tokens, show_progress=False)
        bpe.train_from_iterator(texts, trainer)
        return cls(language, bpe.to_str())

    def tokenize(self, text: str) -> list[str]:
        return self._bpe.encode(text).tokens

    def detokenize(self, tokens: Sequence[str]) -> str:
        return "".join(tokens).replace(self.MARK, " ").strip()

    def to_json(self) -> dict:
        return {"kind": "bpe", "language": self.language, "tokenizer": json.loads(self._serialized)}


class CharacterTokenizer:
    """Every character is a token, spaces included."""

    def __init__(self, language: str):
        self.language = language

    def tokenize(self, text: str) -> list[str]:
        return list(text)

    def detokenize(self, tokens: Sequence[str]) -> str:
        return "".join(tokens)

    def to_json(self) -> dict:
        return {"kind": "character", "language": self.language}


def tokenizer_from_json(state: dict) -> Tokenizer:
    """The tokenizer whose ``to_json`` gave ``state``."""
    match state.get("kind"):
        case "word":
            return WordTokenizer(state["language"], lowercase=state["lowercase"])
        case "bpe":
            return BPETokenizer(state["language"], json.dumps(state["tokenizer"]))
        case "character":
            return CharacterTokenizer(state["language"])
        case other:
            raise ValueError(f"kind of tokenizer must be 'word', 'bpe' or 'character', got {other!r}")
