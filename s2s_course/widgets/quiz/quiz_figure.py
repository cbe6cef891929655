"""The static figure of Quiz: its questions, and behind all of them the answers."""

import re
from html import escape
from string import ascii_lowercase

from s2s_course.widgets.shared.figure import StaticFigure, listing


def figure(widget) -> StaticFigure:
    questions, answers = [], []
    for question in widget.questions:
        letters = list(zip(ascii_lowercase, question["choices"], strict=False))
        choices = listing(f"{letter}) {_html(choice['text'])}" for letter, choice in letters)
        questions.append(f"{_html(question['text'])}{choices}")
        whys = (f"{letter}) {'Right. ' if c['right'] else ''}{_html(c['why'])}" for letter, c in letters)
        answers.append(listing(whys))
    return StaticFigure(
        widget.title,
        (listing(questions, ordered=True), "<p><strong>Answers</strong></p>", listing(answers, ordered=True)),
        "Questions to check what has been understood; the answers stand behind the last one.",
    )


def _html(text: str) -> str:
    """``text`` with its `code` in backticks as such."""
    return re.sub(r"`([^`]*)`", r"<code>\1</code>", escape(text))
