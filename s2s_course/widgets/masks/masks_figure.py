"""The static figure of Masks: each mask as a table of who may attend to whom."""

from s2s_course.widgets.shared.figure import Cell, StaticFigure, paragraph, table


def figure(widget) -> StaticFigure:
    parts = []
    for preset in widget.presets:
        bits = iter(widget.cells.get(preset["key"], preset["bits"]))
        rows = [[row, *(_cell(next(bits)) for _ in preset["columns"])] for row in preset["rows"]]
        parts.append(table(preset["name"], ["asks", *preset["columns"]], rows))
        if preset["says"]:
            parts.append(paragraph(preset["says"]))
    return StaticFigure(
        widget.title,
        tuple(parts),
        "Masks: a tick where the word of the row may attend to that of the column.",
    )


def _cell(bit: str) -> Cell:
    return Cell("✓", 1.0) if bit == "1" else Cell("·")
