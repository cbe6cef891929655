"""The static figure of BleuByHand: what BLEU counts in each output, and the score."""

from collections import Counter

from s2s_course.evaluation.bleu import bleu
from s2s_course.widgets.shared.figure import StaticFigure, digits, paragraph, table


def figure(widget, *, longest: int) -> StaticFigure:
    rows = []
    for text in dict.fromkeys([widget.output, *widget.examples]):
        words = text.split()
        counts = [_matches(words, widget.reference, n) for n in range(1, longest + 1)]
        rows.append([text, *counts, digits(bleu([words], [widget.reference]).score, 1) if words else "0.0"])
    head = ["output", *(f"{n} word{'s' * (n > 1)} in a row" for n in range(1, longest + 1)), "BLEU"]
    return StaticFigure(
        widget.title,
        (
            paragraph(f"Reference: {' '.join(widget.reference)}"),
            table("What matches, of how many", head, rows),
        ),
        "How many runs of words an output shares with the reference, each counted at most as often as there.",
    )


def _matches(words: list[str], reference: list[str], n: int) -> str:
    own, there = (
        Counter(tuple(text[i : i + n]) for i in range(len(text) - n + 1))
        for text in ([word.lower() for word in words], [word.lower() for word in reference])
    )
    return f"{(own & there).total()} of {own.total()}"
