"""Tokenizers: a text becomes a list of tokens, and tokens become a text again."""

import json
import re
from collections.abc import Iterable, Sequence
from typing import Protocol, runtime_checkable

import tokenizers

from s2s_course.checks import check_at_least, check_one_of
from s2s_course.text.clean import clean, visible
from s2s_course.text.join import join_words
from s2s_course.text.vocab import UNK

LANGUAGES = ("en", "fr", "de")

# A word, with the marks of letters that no single character has, or one punctuation mark. In French an
# elided word keeps its apostrophe ("l'", "qu'") and a hyphenated word stays whole ("est-ce"), because each of
# them is one word of the grammar. An unknown word stays one token when what a model wrote is read again.
_WORD = r"[\w\u0300-\u036f]+"
_WORDS = re.compile(rf"{UNK}|{_WORD}|[^\w\s]")
_FRENCH_WORDS = re.compile(rf"{UNK}|aujourd['’]hui|{_WORD}(?:-{_WORD})*['’]?|[^\w\s]", re.IGNORECASE)


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
        return pattern.findall(clean(text.lower() if self.lowercase else text))

    def detokenize(self, tokens: Sequence[str]) -> str:
        """Words and punctuation marks as the language writes them: see ``text/join.py``."""
        return join_words(tokens, self.language)

    def to_json(self) -> dict:
        return {"kind": "word", "language": self.language, "lowercase": self.lowercase}


class BPETokenizer:
    """Subwords by byte-pair encoding (Sennrich et al. 2016), learned from texts.

    Frequent words stay whole and rare words fall into pieces, so that a word is unknown only where it has a
    character that the texts have not: that character becomes ``<unk>``. A piece that begins a word carries
    the mark ``▁``. The merges come from the ``tokenizers`` library.
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
        bpe = tokenizers.Tokenizer(tokenizers.models.BPE(unk_token=UNK))
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
        trainer = tokenizers.trainers.BpeTrainer(  # UNK is no piece, but stands among them
            vocab_size=num_tokens + 1, special_tokens=[UNK], show_progress=False
        )
        bpe.train_from_iterator(map(clean, texts), trainer)
        return cls(language, bpe.to_str())

    @property
    def pieces(self) -> tuple[str, ...]:
        """All pieces that a text may fall into, single characters included."""
        numbers = self._bpe.get_vocab()
        return tuple(piece for piece in sorted(numbers, key=numbers.get) if piece != UNK)

    def tokenize(self, text: str) -> list[str]:
        return self._bpe.encode(clean(text), add_special_tokens=False).tokens

    def detokenize(self, tokens: Sequence[str]) -> str:
        return "".join(tokens).replace(self.MARK, " ").strip()

    def to_json(self) -> dict:
        return {"kind": "bpe", "language": self.language, "tokenizer": json.loads(self._serialized)}


class CharacterTokenizer:
    """Every character is a token, spaces included."""

    def __init__(self, language: str):
        self.language = language

    def tokenize(self, text: str) -> list[str]:
        return list(visible(text))

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
