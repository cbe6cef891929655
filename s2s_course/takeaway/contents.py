"""The book's parts and pages in their order, and what the book says of itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from s2s_course import __version__


@dataclass(frozen=True)
class Part:
    """Pages under one caption; the first part has none and holds the landing page."""

    caption: str
    pages: tuple[str, ...]  # as _toc.yml names them: "book/05-bahdanau-attention"


@dataclass(frozen=True)
class Contents:
    """What ``_config.yml`` and ``_toc.yml`` say of a book."""

    title: str
    author: str
    address: str  # of the repository, or ""
    parts: tuple[Part, ...]
    version: str = __version__

    @property
    def pages(self) -> list[str]:
        """All pages, in the order of the book."""
        return [page for part in self.parts for page in part.pages]


def read_contents(root: Path) -> Contents:
    """The book whose configuration lies in ``root``. Raises OSError where it has none."""
    config = yaml.safe_load((root / "_config.yml").read_text(encoding="utf-8"))
    toc = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    parts = [Part("", (toc["root"],))]
    for entry in toc.get("parts") or [{"chapters": toc.get("chapters", [])}]:
        parts.append(Part(entry.get("caption", ""), tuple(_files(entry["chapters"]))))
    repository = config.get("repository") or {}
    return Contents(
        title=config["title"],
        author=config.get("author", ""),
        address=repository.get("url", ""),
        parts=tuple(parts),
    )


def _files(entries: list[dict]) -> Iterator[str]:
    for entry in entries:
        yield entry["file"]
        yield from _files(entry.get("sections", []))
