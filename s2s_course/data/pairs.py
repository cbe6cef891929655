"""What every parallel corpus of the course is made of."""

from collections.abc import Sequence
from dataclasses import dataclass

from s2s_course.checks import check_one_of


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
    splits: dict[str, Sequence[SentencePair]]

    def __getitem__(self, split: str) -> Sequence[SentencePair]:
        check_one_of(self.splits, split=split)
        return self.splits[split]


def check_languages(src: str, tgt: str, *, allowed: Sequence[str]) -> None:
    """ValueError unless both are ``allowed`` and they differ."""
    check_one_of(allowed, src=src, tgt=tgt)
    if src == tgt:
        raise ValueError(f"src and tgt must be two different languages, got {src!r} for both")
