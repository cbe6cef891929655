"""Known mistakes: the wrong code with what is said to those who write it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

Answer = Callable[..., object]


@dataclass(frozen=True, eq=False)
class Misconception:
    """A known mistake: ``wrong`` makes it, and ``message`` tells the learner which one it is.

    ``variants`` make the same mistake in other ways. Called, a misconception makes its mistake.
    """

    name: str
    message: str
    wrong: Answer
    variants: list[Answer] = field(default_factory=list)

    def __call__(self, *arguments: object) -> object:
        return self.wrong(*arguments)

    def variant(self, wrong: Answer) -> Answer:
        """A decorator: ``wrong`` makes the same mistake in another way."""
        self.variants.append(wrong)
        return wrong


def mistake(name: str, message: str) -> Callable[[Answer], Misconception]:
    """A decorator that makes a wrong implementation a ``Misconception``.

    A function whose source is shown to learners must not show the message with it. It stays as it is, and
    the line below it reads ``_bug = mistake("…", "…")(shown_function)``.
    """

    def misconception(wrong: Answer) -> Misconception:
        return Misconception(name, message, wrong)

    return misconception


def mistakes_in(namespace: Mapping[str, object]) -> tuple[Misconception, ...]:
    """The misconceptions of a module, in the order in which they stand there: ``mistakes_in(globals())``."""
    return tuple(value for value in namespace.values() if isinstance(value, Misconception))
