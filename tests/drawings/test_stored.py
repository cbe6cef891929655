"""Where drawings stand: each in one chapter or on one page, stored as it is drawn today."""

import re

import nbformat
import pytest
from docutils.core import publish_doctree
from docutils.parsers.rst import directives
from docutils.utils import SystemMessage
from IPython.core.formatters import DisplayFormatter

from s2s_course.chapters import ROOT, chapter_paths
from s2s_course.drawings.registry import CHAPTERS, PAGES, drawing
from s2s_course.drawings.stored import output, renew, shown
from s2s_course.sphinx_ext.drawing_directive import DrawingDirective


def read(path):
    return nbformat.read(path, as_version=4)


@pytest.mark.parametrize("path", chapter_paths(), ids=lambda path: path.stem)
def test_a_chapter_shows_its_drawings_in_order_and_hides_the_call(path):
    calls = shown(read(path))
    assert tuple(name for name, _ in calls) == CHAPTERS.get(int(path.stem[:2]), ())
    for _, cell in calls:
        assert "remove-input" in cell.metadata.tags
    mentioned = re.findall(r'drawing\(\\"([^)]*)\\"\)', path.read_text(encoding="utf-8"))
    assert mentioned == [name for name, _ in calls], "a call that is no cell's last line"


@pytest.mark.parametrize("path", chapter_paths(), ids=lambda path: path.stem)
def test_stored_drawings_are_today_s(path):
    for name, cell in shown(read(path)):
        assert cell.outputs == [output(name, cell.execution_count)], (
            f"{name} in {path.name} is stale: python -m s2s_course.drawings store"
        )


def test_pages_show_the_drawings_that_they_are_said_to_show():
    found = {
        path.stem: tuple(names)
        for path in sorted((ROOT / "book").glob("*.md"))
        if (names := re.findall(r"^```\{drawing\} (\S+)$", path.read_text(encoding="utf-8"), re.MULTILINE))
    }
    assert found == PAGES


def test_renewing_changes_what_is_stale_and_nothing_else(tmp_path):
    fresh = nbformat.v4.new_code_cell('drawing("gru-cell")', execution_count=1)
    fresh.outputs = [nbformat.v4.new_output("execute_result", {"text/plain": "old"}, execution_count=1)]
    other = nbformat.v4.new_code_cell('print(drawing("gru-cell").title)', execution_count=2)
    other.outputs = [nbformat.v4.new_output("stream", text="kept\n")]
    path = tmp_path / "a.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[fresh, other]), path)
    assert renew(path) and not renew(path)
    first, second = read(path).cells
    assert first.outputs == [output("gru-cell", 1)] and second.outputs == other.outputs


def test_the_output_is_what_running_the_cell_gives():
    data, _ = DisplayFormatter().format(drawing("lstm-cell"))
    assert data == output("lstm-cell", 1).data


@pytest.fixture
def directive():
    directives.register_directive("drawing", DrawingDirective)
    yield {"report_level": 5, "halt_level": 3, "raw_enabled": True}
    directives._directives.pop("drawing")


def test_the_directive_puts_a_drawing_on_a_page(directive):
    tree = publish_doctree(".. drawing:: whole-way\n", settings_overrides=directive)
    assert tree.children[0].astext() == drawing("whole-way").html()


def test_the_directive_refuses_an_unknown_name(directive):
    with pytest.raises(SystemMessage, match="name must be one of whole-way"):
        publish_doctree(".. drawing:: hole-way\n", settings_overrides=directive)
