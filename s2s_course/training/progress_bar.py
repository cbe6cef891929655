"""What a run shows while it goes on: a bar in a terminal; in a notebook a bar and, if it is long, a curve."""

import math
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from tqdm import tqdm

from s2s_course.training.budget import Budget
from s2s_course.training.history import History, Progress
from s2s_course.training.live_curve import BLUE, Means, curve_svg
from s2s_course.training.pace import Pace, Standing

EVERY = 0.5  # seconds between two positions of the bar
CURVE_AFTER, CURVE_EVERY = 5.0, 2.0  # seconds


@contextmanager
def moving_bar(budget: Budget, *, shown: bool) -> Iterator[Callable[[Progress], None]]:
    """A callback that shows how far training is, and takes away at the end of the block what it has shown.

    Where there is neither a terminal nor a notebook it shows nothing. An error in showing ends the showing,
    not the training.
    """
    views: list[TerminalBar | NotebookBar] = []
    if shown and "TQDM_DISABLE" not in os.environ:  # tqdm's own switch
        with suppress(Exception):
            views += _views_here()
    pace, due = Pace(budget), EVERY

    def show(progress: Progress) -> None:
        nonlocal due
        if views and progress.history.seconds >= due:
            due = progress.history.seconds + EVERY
            try:
                views[0].draw(pace.standing(progress), progress.history)
            except Exception:
                _close(views)

    try:
        yield show
    finally:
        _close(views)


def _views_here() -> "list[TerminalBar | NotebookBar]":
    if sys.stderr.isatty():
        return [TerminalBar()]
    from IPython import get_ipython  # takes a third of a second, which a terminal need not wait for

    return [NotebookBar()] if hasattr(get_ipython(), "kernel") else []


def _close(views: "list[TerminalBar | NotebookBar]") -> None:
    while views:
        with suppress(Exception):
            views.pop().close()


class TerminalBar:
    """A line on the standard error stream."""

    def __init__(self):
        form = "{percentage:3.0f}%|{bar}| {desc}"
        self._bar = tqdm(total=1.0, desc="training", bar_format=form, leave=False, dynamic_ncols=True)

    def draw(self, standing: Standing, history: History) -> None:
        self._bar.n = standing.used
        self._bar.set_description_str(standing.line)

    def close(self) -> None:
        self._bar.close()


class NotebookBar:
    """One output of the cell, replaced in place: the bar, its line and, after some seconds, the loss curve.

    It is plain HTML, not a widget: a widget that is closed leaves an error in the notebook that is saved.
    """

    def __init__(self):
        from IPython.display import DisplayHandle

        self._handle = DisplayHandle()
        self._means = Means()
        self._drawn = False
        self._begun, self._due = math.inf, 0.0

    def draw(self, standing: Standing, history: History) -> None:
        """Nothing happens while a curve is shown that is younger than two seconds."""
        if history.seconds < self._due:
            return
        self._begun = min(self._begun, history.seconds)
        curve = ""
        if history.seconds - self._begun >= CURVE_AFTER:
            self._due = history.seconds + CURVE_EVERY
            self._means.follow(history.losses)
            curve = curve_svg(self._means, history)
        self._put(_html(standing, curve), f"training {standing.used:.0%}: {standing.line}")

    def close(self) -> None:
        if self._drawn:
            self._put("", "")

    def _put(self, html: str, plain: str) -> None:
        put = self._handle.update if self._drawn else self._handle.display
        self._drawn = True  # before it is: whoever is interrupted in between must take it away as well
        put({"text/html": html, "text/plain": plain}, raw=True)


def _html(standing: Standing, curve: str) -> str:
    return (
        f'<div style="max-width:640px;font-variant-numeric:tabular-nums">'
        f'<progress value="{standing.used:.4f}" aria-label="training" '
        f'style="width:100%;accent-color:{BLUE}"></progress>'
        f"<div>{standing.used:.0%}: {standing.line}</div>{curve}</div>"
    )
