"""Training: small models that the reader trains in the page, side by side, and their loss curves."""

from typing import ClassVar

import traitlets

from s2s_course.checks import check_more_than_0
from s2s_course.live.tasks import find_task
from s2s_course.live.training import shown_curve
from s2s_course.widgets.shared.base import front_end
from s2s_course.widgets.shared.figure import StaticFigure
from s2s_course.widgets.shared.live import LiveWidget
from s2s_course.widgets.shared.view import ViewTrait, Whole, check_index
from s2s_course.widgets.training import training_figure

LARGEST_SEED = 2**32 - 1
SMALLEST_RATE, LARGEST_RATE = 1e-6, 10.0  # what the front end offers


class Rate(ViewTrait, traitlets.Float):
    """A learning rate: more than 0, and at most one at which nothing learns any more."""

    def check(self, widget: traitlets.HasTraits, value: float) -> None:
        check_more_than_0(**{self.name: value})
        if value > LARGEST_RATE:
            raise ValueError(f"{self.name} must be at most {LARGEST_RATE:g}, got {value:g}")

    def nearest(self, widget: traitlets.HasTraits, value: object) -> float:
        is_number = isinstance(value, int | float) and not isinstance(value, bool) and value == value
        return min(max(float(value), SMALLEST_RATE), LARGEST_RATE) if is_number else SMALLEST_RATE


class Options(ViewTrait, traitlets.Dict):
    """The task's own whole numbers, each within its limits."""

    def check(self, widget: traitlets.HasTraits, value: dict) -> None:
        limits = find_task(widget.task).options
        if value.keys() != limits.keys():
            raise ValueError(f"{self.name} must be {', '.join(limits)}, got {', '.join(value) or 'none'}")
        for name, chosen in value.items():
            if not isinstance(chosen, int):
                raise ValueError(f"{name} must be a whole number, got {chosen!r}")
            check_index(name, chosen, limits[name].last, limits[name].first)

    def nearest(self, widget: traitlets.HasTraits, value: object) -> dict[str, int]:
        sent = value if isinstance(value, dict) else {}
        return {
            name: min(max(chosen, option.first), option.last)
            if isinstance(chosen := sent.get(name), int)
            else option.default
            for name, option in find_task(widget.task).options.items()
        }


class Training(LiveWidget):
    """The reader presses start, and the models of a task learn it in the page, in a worker beside it.

    ``Training.of("copy_memory")`` compares an RNN, an LSTM and a GRU; ``"reversal"`` an encoder–decoder
    without attention and one with; ``"sorting"`` a stack of Transformer layers without positions and one
    with, and a Transformer that writes one letter after the other. All begin with weights of the same
    ``seed`` and read the same batches. What a training with the first choices gives is computed by PyTorch
    and carried, so that it can be seen before anything is trained.

    ``seed``, ``rate`` (the learning rate of Adam) and ``options`` are what the reader chooses.
    """

    chapters: ClassVar[tuple[int, ...]] = (3, 5, 8)
    _esm = front_end(__file__, "training_curves.js", "training_run.js", "training.js")
    _css = front_end(__file__, "training.css")

    title = traitlets.Unicode().tag(sync=True)
    task = traitlets.Unicode("copy_memory").tag(sync=True)
    # Each {"name", "label", "kind", "config"}: what the worker builds.
    models = traitlets.List(traitlets.Dict()).tag(sync=True)
    # Of the task: {"tokens", "asked", "guessing", "steps", "batchSize",
    # "limits": {name: {"label", "first", "last"}}}
    lesson = traitlets.Dict().tag(sync=True)
    seed = Whole(0, last=LARGEST_SEED)
    rate = Rate(0.001)
    options = Options({})
    # A training with PyTorch: its choices, an example, and for each model losses, shares and what it writes.
    shown = traitlets.Dict().tag(sync=True)

    @classmethod
    def of(
        cls,
        task: str = "copy_memory",
        *,
        title: str = "",
        seed: int = 0,
        rate: float | None = None,
        **options: int,
    ) -> "Training":
        """The task as it is stored, or with other choices: these are trained here first, in about a minute.

        ``options`` are those of the task: ``lag`` for copy-memory, ``length`` for the other two. Raises
        ``ValueError`` for a task that is not there, and for choices that the widget cannot show.
        """
        found = find_task(task)
        lesson = {
            "tokens": list(found.tokens), "asked": found.asked, "guessing": found.guessing,
            "steps": found.steps, "batchSize": found.batch_size,
            "limits": {
                name: {"label": option.label, "first": option.first, "last": option.last}
                for name, option in found.options.items()
            },
        }  # fmt: skip
        chosen = {
            "seed": seed,
            "rate": found.rate if rate is None else rate,
            "options": found.defaults() | options,
        }
        widget = cls(
            title=title or found.title,
            task=task,
            models=[entry.to_json() for entry in found.models],
            lesson=lesson,
            **chosen,
        )
        widget.shown = shown_curve(task, **chosen)
        return widget

    def figure(self) -> StaticFigure:
        return training_figure.figure(self)

    def describe(self) -> str:
        of = self.shown.get("models", {})
        shares = [
            f"{entry['label']}: {100 * of[entry['name']]['rights'][-1]:.0f} % of {self.lesson['asked']} right"
            for entry in self.models
            if entry["name"] in of
        ]
        chosen = ", ".join(f"{name} {value}" for name, value in self.shown.get("options", {}).items())
        return f"title={self.title!r}, {chosen}, after {self.lesson.get('steps')} steps {'; '.join(shares)}"
