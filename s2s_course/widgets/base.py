"""What every widget of the course shares: its front end, its size limit and its text alternative."""

import json
from pathlib import Path
from typing import ClassVar

import anywidget

MAX_STATE_BYTES = 150_000  # a page with a few widgets stays below half a megabyte
SHARED = {".js": ("common.js", "color.js"), ".css": ("common.css",)}  # stands before each widget's own


def front_end(*names: str) -> str:
    """The text of ``names`` (.js or .css, beside this file), preceded by the parts that all widgets share.

    A widget's module may not import, because on the published page it is loaded from a blob URL; so
    common.js and color.js are put in front of it.
    """
    folder = Path(__file__).parent
    parts = (*SHARED[Path(names[0]).suffix], *names)
    return "\n".join((folder / part).read_text(encoding="utf-8") for part in parts)


def check_index(name: str, index: int, last: int) -> None:
    """ValueError if ``index`` is none of ``0 … last``."""
    if not 0 <= index <= last:
        raise ValueError(f"{name} must lie in 0 … {last}, got {index}")


class CourseWidget(anywidget.AnyWidget):
    """A widget that carries its data with it and needs no kernel.

    A subclass sets ``chapters`` (where it appears), ``_esm`` and ``_css`` (with ``front_end``), holds its
    data in traits made by ``encode_array``, its view state in small integer traits, and says in
    ``describe`` what there is to see.
    """

    chapters: ClassVar[tuple[int, ...]] = ()

    def __init__(self, **traits):
        size = len(json.dumps(traits, default=str)) + len(self._esm) + len(self._css)
        if size > MAX_STATE_BYTES:
            raise ValueError(
                f"{type(self).__name__} must carry at most {MAX_STATE_BYTES:,} bytes, got {size:,}; "
                "show a shorter example, fewer units or fewer examples"
            )
        super().__init__(**traits)

    def describe(self) -> str:
        """What there is to see, in one line without addresses or other accidents of a run."""
        raise NotImplementedError

    def __repr__(self) -> str:
        """Stored as text/plain: read where widgets cannot run (GitHub, PDF, untrusted notebooks)."""
        return f"{type(self).__name__}({self.describe()})"
