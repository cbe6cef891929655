"""How long a class on a chapter takes: the minutes that its guide for instructors gives, added up.

In a guide each part of a class says how long it takes, in the words ``*8 min*``. The directive
``class-times`` shows the sums of the guide it stands in: of each of the three parts, and of all.
"""

import re
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

PARTS = ("Board plan", "Demonstration", "Discussion")
_MINUTES = re.compile(r"\*(\d+) min\*")
_SECTION = re.compile(r"^## (.+?)\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)


def guide_path(root: Path, number: int) -> Path:
    return root / "book" / "teaching" / f"guide-{number:02d}.md"


def class_minutes(text: str) -> dict[str, int]:
    """The minutes of each of ``PARTS`` in the text of a guide. Raises ValueError where one has none."""
    found = {title: sum(map(int, _MINUTES.findall(body))) for title, body in _SECTION.findall(text)}
    for part in PARTS:
        if not found.get(part):
            raise ValueError(
                f"a guide must have a section {part!r} that says how long it takes, such as *8 min*"
            )
    return {part: found[part] for part in PARTS}


def minutes_in_class(root: Path, number: int) -> int:
    """How long the guide of a chapter keeps a class. Raises ValueError where there is no such guide."""
    path = guide_path(root, number)
    if not path.is_file():
        raise ValueError(f"chapter {number} has no guide {path.name}")
    try:
        return sum(class_minutes(path.read_text(encoding="utf-8")).values())
    except ValueError as error:
        raise ValueError(f"{path.name}: {error}") from error


class ClassTimes(SphinxDirective):
    """Writes one sentence."""

    def run(self) -> list[nodes.Node]:
        text = Path(self.env.doc2path(self.env.docname)).read_text(encoding="utf-8")
        try:
            minutes = class_minutes(text)
        except ValueError as error:
            raise self.error(str(error)) from error
        parts = ", ".join(f"{part.lower()} {time}" for part, time in minutes.items())
        sentence = f"In class: {sum(minutes.values())} minutes ({parts})."
        return [nodes.paragraph("", sentence)]


def connect(app: Sphinx) -> None:
    app.add_directive("class-times", ClassTimes)
