"""A book of pages with two chapters, built in this process with our extension, for tests of directives."""

import io
import re
from pathlib import Path

import nbformat
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils

FIRST_CELL = """# {number}. {title}

**The question:** Why do we need a [mask](glossary.md#term-mask) in {title}?

**After this chapter you can**

- say what a [mask](glossary.md#term-mask) is;
- write $h_t$ by hand.

**Time:** about {minutes} minutes to read, one minute to run. **You need:** [chapter 1](01-first.ipynb)."""
GUIDE = """# Guide

## Board plan

1. *10 min* **One.** Text.
2. *15 min* **Two.** Text.

## Demonstration

*20 min* Text.

## Discussion

1. *5 min* **Question?** Text.
"""


def write_chapter(folder: Path, number: int, name: str, minutes: int) -> None:
    """The notebook that facts are read from, and a page of that name to link to."""
    text = FIRST_CELL.format(number=number, title=f"Title {number}", minutes=minutes)
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(text)])
    path = folder / "book" / f"{number:02d}-{name}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)
    path.with_suffix(".md").write_text(f"# Title {number}\n")


def write_guide(folder: Path, number: int, text: str = GUIDE) -> None:
    path = folder / "book" / "teaching" / f"guide-{number:02d}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def write_book(folder: Path) -> Path:
    """Chapters 1 and 5 of 30 and 75 minutes, each with its guide, and the address of a repository."""
    for number, name, minutes in ((1, "first", 30), (5, "fifth", 75)):
        write_chapter(folder, number, name, minutes)
        write_guide(folder, number)
    (folder / "_config.yml").write_text("repository:\n  url: https://example.org/fork\n")
    return folder


def build(folder: Path, text: str) -> tuple[str, list[str]]:
    """The HTML of a page with ``text``, and the warnings of the build."""
    (folder / "index.md").write_text("# A book\n")
    (folder / "book" / "page.md").write_text(f"# Page\n\n{text}\n", encoding="utf-8")
    pages = sorted(path.relative_to(folder).with_suffix("") for path in (folder / "book").rglob("*.md"))
    chapters = "".join(f"  - file: {page}\n" for page in pages)
    (folder / "_toc.yml").write_text(f"format: jb-book\nroot: index\nchapters:\n{chapters}")
    warnings, out = io.StringIO(), str(folder / "_build")
    overrides = {
        "extensions": ["myst_parser", "sphinx_external_toc", "s2s_course.sphinx_ext"],
        "html_theme": "basic",
        "exclude_patterns": ["_build", "**.ipynb"],
        "myst_enable_extensions": ["dollarmath"],
    }
    with patch_docutils(), docutils_namespace():
        app = Sphinx(str(folder), None, out, f"{out}/.doctrees", "html", overrides, None, warnings)
        app.build()
    html = (folder / "_build" / "book" / "page.html").read_text(encoding="utf-8")
    return html, re.sub(r"\x1b\[[\d;]*m", "", warnings.getvalue()).splitlines()
