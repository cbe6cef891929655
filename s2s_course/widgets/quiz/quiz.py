"""Quiz: a few questions with immediate, explained answers."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import ClassVar

import traitlets

from s2s_course.widgets.quiz import quiz_figure
from s2s_course.widgets.shared.base import CourseWidget, front_end
from s2s_course.widgets.shared.figure import StaticFigure


@dataclass(frozen=True)
class Choice:
    """One answer that a question offers. ``why`` says why it is right, or which mistake leads to it."""

    text: str
    right: bool
    why: str

    def __post_init__(self) -> None:
        _check_text("text", self.text)
        _check_text("why", self.why)


@dataclass(frozen=True)
class Question:
    """A question with three or four choices, one of them right. They are shown in the order given."""

    text: str
    choices: tuple[Choice, ...]

    def __post_init__(self) -> None:
        _check_text("text", self.text)
        if len(self.choices) not in (3, 4):
            raise ValueError(f"choices must be three or four, got {len(self.choices)}")
        if (right := sum(choice.right for choice in self.choices)) != 1:
            raise ValueError(f"choices must have exactly one right answer, got {right}")
        for name in ("text", "why"):
            if len({getattr(choice, name) for choice in self.choices}) < len(self.choices):
                raise ValueError(f"choices must differ in {name}, got two that are the same")


class Quiz(CourseWidget):
    """Questions with radio buttons. Whoever chooses is told at once whether it is right, and why.

    Nothing is graded, sent or stored: answers live in the page and are gone when it is. Texts are plain, with
    `code` in backticks. A quiz of the course is made by ``s2s_course.exercises.quiz(chapter)``.
    """

    chapters: ClassVar[tuple[int, ...]] = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
    _esm = front_end(__file__, "quiz.js")
    _css = front_end(__file__, "quiz.css")

    title = traitlets.Unicode().tag(sync=True)
    questions = traitlets.List(traitlets.Dict()).tag(sync=True)

    @classmethod
    def from_questions(cls, questions: Sequence[Question], *, title: str = "Quiz") -> "Quiz":
        """A quiz of at least one question."""
        if not questions:
            raise ValueError("questions must hold at least one question, got none")
        return cls(title=title, questions=[_as_lists(question) for question in questions])

    def figure(self) -> StaticFigure:
        return quiz_figure.figure(self)

    def describe(self) -> str:
        texts = " ".join(f"({number}) {one['text']}" for number, one in enumerate(self.questions, start=1))
        return f"title={self.title!r}, {len(self.questions)} questions: {texts}"


def _as_lists(question: Question) -> dict:
    """As JSON has it: a tuple would come back as a list."""
    return asdict(question) | {"choices": [asdict(choice) for choice in question.choices]}


def _check_text(name: str, text: str) -> None:
    if not text.strip():
        raise ValueError(f"{name} must not be empty, got {text!r}")
    if text.count("`") % 2:
        raise ValueError(f"{name} must close every backtick it opens, got {text!r}")
