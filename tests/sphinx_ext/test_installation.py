"""The line that installs the course: it names the repository of the book that is built."""

import html as markup
import re

from s2s_course import __version__
from s2s_course.notebook import setup_cell

from .small_book import build, write_book


def test_it_installs_what_setup_cells_install(tmp_path):
    page, warnings = build(write_book(tmp_path), "```{installation} grade\n```")
    assert warnings == []
    address = (
        f"https://example.org/fork/releases/download/v{__version__}/s2s_course-{__version__}-py3-none-any.whl"
    )
    text = markup.unescape(re.sub(r"<[^>]*>", "", page))
    assert f'pip install "s2s-course[grade] @ {address}"' in text
    cell = setup_cell("https://example.org/fork")
    assert "https://example.org/fork/releases/download/v{version}" in cell
    assert "s2s_course-{version}-py3-none-any.whl" in cell
