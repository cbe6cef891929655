"""The code cells of a notebook, from bytes that may be anything.

Only JSON is read here. Ids and metadata are not: Colab and other programs lose them.
"""

import json
from dataclasses import dataclass

MOST_BYTES = 10_000_000  # of a notebook; a chapter with its outputs has a few hundred thousand
MOST_IN_A_CELL = 100_000  # characters: the parser needs about a kilobyte of memory for each
MOST_IN_A_NOTEBOOK = 300_000
MOST_CELLS = 5_000


@dataclass(frozen=True)
class Cell:
    """A code cell. ``place`` says where it stands, as in "code cell 3"."""

    place: str
    source: str


def read_cells(content: bytes, of: str = "") -> tuple[tuple[Cell, ...], tuple[str, ...]]:
    """The code cells in order, and a sentence about each that is left out. ``of`` completes their places.

    The formats 3 and 4 are read. Raises ValueError, one sentence, where this is no notebook.
    """
    cells, notes, total = [], [], 0
    found = _code_cells(_parse(content))
    if len(found) > MOST_CELLS:
        raise ValueError(f"The notebook has {len(found):,} code cells; at most {MOST_CELLS:,} are read.")
    for number, cell in enumerate(found, 1):
        place = f"code cell {number}{of}"
        source = _source(cell)
        if source is None:
            notes.append(f"The source of {place} is no text, so it was left out.")
        elif len(source) > MOST_IN_A_CELL:
            notes.append(
                f"The text of {place} has {len(source):,} characters. Cells of more than "
                f"{MOST_IN_A_CELL:,} are not read, so it was left out."
            )
        elif (total := total + len(source)) > MOST_IN_A_NOTEBOOK:
            raise ValueError(f"The code of the notebook has more than {MOST_IN_A_NOTEBOOK:,} characters.")
        else:
            cells.append(Cell(place, source))
    return tuple(cells), tuple(notes)


def _parse(content: bytes) -> dict:
    if len(content) > MOST_BYTES:
        raise ValueError(f"The notebook is larger than {MOST_BYTES // 1_000_000} MB.")
    if not content.strip():
        raise ValueError("The file is empty.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError("The file is not UTF-8, as a notebook must be.") from None
    try:
        notebook = json.loads(text)
    except RecursionError:
        raise ValueError("The file is nested too deeply for a notebook.") from None
    except ValueError:  # also a number of thousands of digits
        raise ValueError("The file is not JSON, as a notebook must be: it may have been cut off.") from None
    if not isinstance(notebook, dict) or not any(isinstance(notebook.get(k), list) for k in _LISTS):
        raise ValueError("The file is JSON, but no notebook: it has no cells.")
    return notebook


_LISTS = ("cells", "worksheets")  # of the formats 4 and 3


def _code_cells(notebook: dict) -> list[dict]:
    cells = notebook.get("cells")
    if not isinstance(cells, list):
        sheets = [sheet for sheet in notebook["worksheets"] if isinstance(sheet, dict)]
        cells = [cell for sheet in sheets for cell in _as_list(sheet.get("cells"))]
    return [cell for cell in cells if isinstance(cell, dict) and cell.get("cell_type") == "code"]


def _as_list(value: object) -> list:
    return value if isinstance(value, list) else []


def _source(cell: dict) -> str | None:
    """The text of a cell, with line ends as Python counts them; None where it is no text."""
    source = cell.get("source", cell.get("input"))  # format 3 calls it input
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str):
        return None
    return source.replace("\r\n", "\n").replace("\r", "\n")
