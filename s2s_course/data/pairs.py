"""What every parallel corpus of the course is made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from s2s_course.checks import check_one_of
from s2s_course.text.codec import TextCodec
from s2s_course.text.tokenize import BPETokenizer, WordTokenizer


@dataclass(frozen=True, slots=True)
class SentencePair:
    """A sentence and its translation, as plain text.

    ``alignment`` holds pairs ``(i, j)``: source token ``i`` and target token ``j`` translate each other,
    counted from 0 in the tokens of ``WordTokenizer``. A token without a partner is in no pair. It is
    ``None`` where no gold alignment is known.
    """

    src: str
    tgt: str
    alignment: tuple[tuple[int, int], ...] | None = None

    def reversed(self) -> "SentencePair":
        """The same pair in the other direction."""
        turned = None if self.alignment is None else tuple(sorted((j, i) for i, j in self.alignment))
        return SentencePair(self.tgt, self.src, turned)


@dataclass(frozen=True)
class ParallelCorpus:
    """Named splits of sentence pairs in two languages (ISO 639-1 codes such as ``"en"``)."""

    name: str
    src_language: str
    tgt_language: str
    splits: Mapping[str, Sequence[SentencePair]]

    def __getitem__(self, split: str) -> Sequence[SentencePair]:
        check_one_of(self.splits, split=split)
        return self.splits[split]

    def codecs(self, *, min_frequency: int = 1, subwords: int | None = None) -> tuple[TextCodec, TextCodec]:
        """The codecs of source and target, built from the split ``train`` alone.

        They know the words that occur there at least ``min_frequency`` times or, where ``subwords`` is given,
        that many byte-pair pieces.
        """
        return (
            _codec(self.src_language, [pair.src for pair in self["train"]], min_frequency, subwords),
            _codec(self.tgt_language, [pair.tgt for pair in self["train"]], min_frequency, subwords),
        )


def _codec(language: str, texts: list[str], min_frequency: int, subwords: int | None) -> TextCodec:
    if subwords is None:
        return TextCodec.build(WordTokenizer(language), texts, min_frequency=min_frequency)
    return TextCodec.build(BPETokenizer.train(texts, language=language, num_tokens=subwords), texts)


def check_languages(src: str, tgt: str, *, allowed: Sequence[str]) -> None:
    """ValueError unless both are ``allowed`` and they differ."""
    check_one_of(allowed, src=src, tgt=tgt)
    if src == tgt:
        raise ValueError(f"src and tgt must be two different languages, got {src!r} for both")
