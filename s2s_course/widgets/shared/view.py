"""View state: the small traits that say what a widget shows, each declared with what it may be.

Python is told of anything else with a ValueError. What the front end sends is brought within instead, because
a linked widget may be larger than this one, and an exception in the kernel would help nobody. A limit that
depends on a widget's data is a function of the widget.

>>> step = Whole(last=lambda widget: len(widget.tokens) - 1)
>>> lag = Whole(last=lambda widget, step: step, after=step)  # a smaller step takes the lag along
>>> drawing = OneOf(("map", "lines"))
"""

from collections.abc import Callable, Collection

import traitlets

from s2s_course.checks import check_one_of


def check_index(name: str, index: int, last: int, first: int = 0) -> None:
    """ValueError if ``index`` is none of ``first … last``."""
    if not first <= index <= last:
        raise ValueError(f"{name} must lie in {first} … {last}, got {index}")


class ViewTrait(traitlets.TraitType):
    """One trait of the view: synced, checked, and brought within what its widget has.

    Where what it may be depends on another trait of the view, that one is ``after``, and its value is passed
    behind the widget, in ``before``.
    """

    def __init__(self, default_value: object, *, after: "ViewTrait | None" = None):
        super().__init__(default_value=default_value)
        self.after = after
        self.tag(sync=True)

    def check(self, widget: traitlets.HasTraits, value: object, *before: object) -> None:
        """ValueError, in one sentence, if ``widget`` cannot show ``value``."""
        raise NotImplementedError

    def nearest(self, widget: traitlets.HasTraits, value: object, *before: object) -> object:
        """What ``widget`` shows instead of ``value``, which may be anything that JSON can say."""
        raise NotImplementedError

    def _cross_validate(self, obj: traitlets.HasTraits, value: object) -> object:
        """What traitlets asks once all traits of a change are in place, in any order."""
        before = ()
        if self.after is not None:
            before = (getattr(obj, self.after.name),)
            self.after.check(obj, *before)
        self.check(obj, value, *before)
        return value


class Whole(ViewTrait, traitlets.Int):
    """A whole number from ``first`` to ``last``; ``even`` says why it must be even, if it must."""

    def __init__(
        self,
        default_value: int = 0,
        *,
        last: int | Callable[..., int],
        first: int = 0,
        even: str = "",
        after: ViewTrait | None = None,
    ):
        super().__init__(default_value, after=after)
        self.first, self.last, self.even = first, last, even

    def check(self, widget: traitlets.HasTraits, value: int, *before: int) -> None:
        check_index(self.name, value, self._last(widget, *before), self.first)
        if self.even and value % 2:
            raise ValueError(f"{self.name} must be even, because {self.even}, got {value}")

    def nearest(self, widget: traitlets.HasTraits, value: object, *before: int) -> int:
        if not isinstance(value, int):
            return self.first
        value = min(max(value, self.first), self._last(widget, *before))
        return value - value % 2 if self.even else value

    def _last(self, widget: traitlets.HasTraits, *before: int) -> int:
        return self.last(widget, *before) if callable(self.last) else self.last


class OneOf(ViewTrait, traitlets.Unicode):
    """One of a few names. The first stands for an unknown one, as in the front end."""

    def __init__(self, choices: tuple[str, ...] | Callable[..., list[str]], *, default_value: str = ""):
        super().__init__(default_value or (choices[0] if isinstance(choices, tuple) else ""))
        self.choices = choices

    def check(self, widget: traitlets.HasTraits, value: str) -> None:
        check_one_of(self._choices(widget), **{self.name: value})

    def nearest(self, widget: traitlets.HasTraits, value: object) -> str:
        choices = self._choices(widget)
        return value if value in choices else choices[0]

    def _choices(self, widget: traitlets.HasTraits) -> Collection[str]:
        return self.choices(widget) if callable(self.choices) else self.choices


class Switch(ViewTrait, traitlets.Bool):
    """True only where it is ``possible``; ``unless`` says when it is not."""

    def __init__(self, *, possible: Callable[..., bool], unless: str):
        super().__init__(False)
        self.possible, self.unless = possible, unless

    def check(self, widget: traitlets.HasTraits, value: bool) -> None:
        if value and not self.possible(widget):
            raise ValueError(f"{self.name} must be False where {self.unless}, got True")

    def nearest(self, widget: traitlets.HasTraits, value: object) -> bool:
        return value is True and self.possible(widget)
