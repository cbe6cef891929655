"""What a learner sees after ``check``, as text and as a small page that follows light and dark mode."""

import html
import re
from dataclasses import dataclass
from typing import Literal

Status = Literal["passed", "unattempted", "failed", "untested"]

# Legible on white and on black, and told apart without seeing red and green (Okabe and Ito).
_COLORS = {"passed": "#009e73", "unattempted": "#808080", "failed": "#d55e00", "untested": "#0072b2"}
_HEADINGS = {
    "passed": "passed",
    "unattempted": "unattempted",
    "failed": "not right yet",
    "untested": "not checked here",
}


@dataclass(frozen=True, repr=False)
class Result:
    """The verdict on one answer.

    ``fault`` is one word for what is wrong (``"shape"``, ``"gradient"``, …) and ``misconception`` the name
    of the known mistake that the answer behaves like; both are None where nothing is wrong or known.
    ``details`` shows one failing input with the answer's output and the expected one, ``printed`` what the
    function printed there. ``effort`` says what the exercise is worth, ``note`` why the result is not kept.
    """

    exercise_id: str
    title: str
    status: Status
    message: str
    fault: str | None = None
    misconception: str | None = None
    details: str = ""
    printed: str = ""
    hints: tuple[str, ...] = ()
    next_step: str = ""
    effort: str = ""
    note: str = ""

    @property
    def passed(self) -> bool:
        return self.status == "passed"

    @property
    def _heading(self) -> str:
        named = f"{self.exercise_id}, {self.title}" if self.title else self.exercise_id
        return f"Exercise {named}: {_HEADINGS[self.status]}."

    def _parts(self) -> list[tuple[str, bool]]:
        """Paragraphs in reading order, and whether each is shown with fixed spacing."""
        parts = [(self.effort, False)] if self.effort else []
        parts.append((self.message, False))
        if self.details:
            parts.append((self.details, True))
        if self.printed:
            parts += [("Your function printed:", False), (self.printed, True)]
        parts += [(f"Hint {number}: {hint}", False) for number, hint in enumerate(self.hints, start=1)]
        if self.next_step:
            parts.append((self.next_step, False))
        if self.note:
            parts.append((self.note, False))
        return parts

    def __repr__(self) -> str:
        paragraphs = (
            "\n".join("    " + line for line in text.splitlines()) if fixed else text
            for text, fixed in self._parts()
        )
        return "\n\n".join([self._heading, *paragraphs])

    def _repr_html_(self) -> str:
        style = f"border-left: 0.3em solid {_COLORS[self.status]}; padding: 0.1em 1em; color: inherit"
        pre = "background: none; border: none; color: inherit; padding: 0; overflow-x: auto; white-space: pre"
        body = "".join(
            f'<pre style="{pre}">{html.escape(text)}</pre>' if fixed else f"<p>{with_code(text)}</p>"
            for text, fixed in self._parts()
        )
        heading = f"<p><strong>{with_code(self._heading)}</strong></p>"
        return f'<div class="s2s-check" style="{style}">{heading}{body}</div>'


class NotRight(AssertionError):
    """What ``check(…, strict=True)`` raises for an answer that is not right, or not there.

    ``result`` says why.
    """

    def __init__(self, result: Result):
        super().__init__(f"{result._heading} {result.message}")
        self.result = result

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows: what is said of the answer, and no trace through our code."""
        return repr(self.result).splitlines()


def with_code(text: str) -> str:
    """Escaped text with `backquoted` pieces as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text))
