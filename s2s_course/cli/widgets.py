"""The command that lists the widgets of the course."""

from s2s_course.cli.output import JsonOption, print_json, print_table
from s2s_course.widgets import WIDGETS


def list_widgets(as_json: JsonOption = False) -> None:
    """Every widget and the chapters it appears in."""
    rows = [{"name": widget.__name__, "chapters": list(widget.chapters)} for widget in WIDGETS]
    print_json(rows) if as_json else print_table(rows)
