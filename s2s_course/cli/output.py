"""Two ways to print what a command found: as one JSON document, or as a table."""

import json
import math
from typing import Annotated, Any

import typer

JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text.")]


def print_json(document: Any) -> None:
    """UTF-8 whatever the terminal's encoding is. JSON has no infinity and no NaN: they become null."""
    text = json.dumps(_finite(document), ensure_ascii=False, indent=1, allow_nan=False)
    typer.echo(text.encode("utf-8", "replace"))


def print_table(rows: list[dict[str, Any]]) -> None:
    """Columns under their names, separated by two spaces."""

    def text(value: Any) -> str:
        if isinstance(value, float):
            return f"{value:.4g}"
        return ", ".join(map(text, value)) if isinstance(value, list) else str(value)

    if not rows:
        return
    cells = [list(rows[0])] + [[text(value) for value in row.values()] for row in rows]
    widths = [max(len(row[i]) for row in cells) for i in range(len(cells[0]))]
    for row in cells:
        typer.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _finite(value: Any) -> Any:
    """``value`` with None in place of every number that is not finite."""
    if isinstance(value, dict):
        return {key: _finite(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
