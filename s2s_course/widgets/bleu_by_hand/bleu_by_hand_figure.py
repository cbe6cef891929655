"""The static figure of BleuByHand: what matches in each of its outputs, by words in a row, and the scores."""

from collections import Counter

from s2s_course.evaluation.bleu import bleu
from s2s_course.widgets.shared.figure import StaticFigure, digits, paragraph, table

LENGTHS = ("single words", "two in a row", "three in a row", "four in a row")


def figure(widget) -> StaticFigure:
    reference = widget.reference
    rows = [
        [
            text,
            *(_matches(text.split(), reference, n + 1) for n in range(len(LENGTHS))),
            _score(text, reference),
        ]
        for text in widget.examples
    ]
    return StaticFigure(
        widget.title,
        (
            paragraph(f"Reference: {' '.join(reference)}"),
            table("What matches in each output", ["output", *LENGTHS, "BLEU"], rows),
        ),
        "BLEU by hand: of the words in a row that an output has, how many the reference has too, each counted "
        "at most as often as there.",
    )


def _matches(words: list[str], reference: list[str], n: int) -> str:
    written, there = (_runs(text, n) for text in (words, reference))
    return f"{(written & there).total()} of {written.total()}"


def _runs(words: list[str], n: int) -> Counter[str]:
    return Counter(" ".join(words[i : i + n]).lower() for i in range(len(words) - n + 1))


def _score(text: str, reference: list[str]) -> str:
    return digits(bleu([text.split()], [reference]).score, 1)
