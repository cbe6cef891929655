"""The static figure of Moments: what the model writes at each moment, and where it looks at one of them."""

from s2s_course.widgets.shared.arrays import decode_array
from s2s_course.widgets.shared.charts import weights_table
from s2s_course.widgets.shared.figure import Cell, StaticFigure, table


def figure(widget) -> StaticFigure:
    chosen, n = widget.moments[widget.moment], widget.sentence
    rows = [
        [Cell(str(moment["step"]), strong=index == widget.moment), *(
            " ".join(output["tokens"]) for output in moment["outputs"]
        )]
        for index, moment in enumerate(widget.moments)
    ]  # fmt: skip
    sources = [" ".join(tokens[:-1]) for tokens in widget.sources]
    output = chosen["outputs"][n]
    return StaticFigure(
        widget.title or f"{widget.label}, moments of its training",
        (
            table("What it writes after so many steps", ["step", *sources], rows),
            weights_table(
                f"Attention after {chosen['step']} steps", decode_array(output["weights"]), output["tokens"],
                widget.sources[n], corner="written",
            ),
        ),
        f"{widget.label} at {len(widget.moments)} moments of its training.",
    )  # fmt: skip
