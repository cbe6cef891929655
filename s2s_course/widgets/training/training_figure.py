"""The static figure of Training: the loss curves of the carried training, and what the models then write."""

from s2s_course.widgets.shared.charts import lines
from s2s_course.widgets.shared.figure import StaticFigure, digits, paragraph, table

_WINDOW = 20  # steps whose mean loss is drawn as one point


def figure(widget) -> StaticFigure:
    shown, lesson = widget.shown, widget.lesson
    if not shown:
        return StaticFigure(widget.title, (paragraph("Nothing has been trained yet."),), "")
    of = {entry["label"]: shown["models"][entry["name"]] for entry in widget.models}
    curves = {label: _means(trained["losses"]) for label, trained in of.items()}
    top = max(value for points in curves.values() for _, value in points)
    rows = [
        [label, digits(trained["losses"][-1], 3), f"{100 * trained['rights'][-1]:.0f} %",
         _words(trained["written"], lesson["tokens"])]
        for label, trained in of.items()
    ]  # fmt: skip
    example = shown["example"]
    description = "; ".join(f"{label} ends at {points[-1][1]:.2f}" for label, points in curves.items())
    steps = lesson["steps"]
    options = ", ".join(
        f"{lesson['limits'][name]['label']} {value}" for name, value in shown["options"].items()
    )
    return StaticFigure(
        widget.title,
        (
            lines(
                curves, x="step", y="loss",
                ticks=(
                    {float(mark): str(mark) for mark in (0, steps // 2, steps)},
                    {top * share: digits(top * share, 1) for share in (0.0, 0.25, 0.5, 0.75, 1.0)},
                ),
                description=f"Training loss over {steps} steps: {description}.",
            ),
            table("After the last step", ["model", "loss", f"right {lesson['asked']}", "writes"], rows),
            paragraph(f"Read: {_words(example['input'], lesson['tokens'])}. "
                      f"Asked for: {_words(example['answer'], lesson['tokens'])}."),
        ),
        f"Small models side by side, with {options}, seed {shown['seed']}, learning rate {shown['rate']:g}. "
        f"Guessing has a loss of {digits(lesson['guessing'], 2)}.",
    )  # fmt: skip


def _means(losses: list[float]) -> list[tuple[float, float]]:
    pieces = [losses[start : start + _WINDOW] for start in range(0, len(losses), _WINDOW)]
    ends = (min(start + _WINDOW, len(losses)) for start in range(0, len(losses), _WINDOW))
    return [(float(end), sum(piece) / len(piece)) for end, piece in zip(ends, pieces, strict=True)]


def _words(indices: list[int], tokens: list[str]) -> str:
    return " ".join(tokens[index] for index in indices)
