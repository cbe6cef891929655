"""The head of a chapter on its page, and links to Colab: what they show, and where they lead."""

import re

import nbformat
import pytest
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils

from s2s_course.chapters import chapter_paths
from s2s_course.drawings.stored import shown

from .small_book import FIRST_CELL

OPTIONS = {
    "repository_url": "https://github.com/a-fork/of-it",
    "repository_branch": "trunk",
    "launch_buttons": {"colab_url": "https://colab.example.org/"},
}
COLAB = "https://colab.example.org/github/a-fork/of-it/blob/trunk"


def build(folder, text="", options=OPTIONS, **config):
    """A book of a page with ``text`` and one chapter; the HTML of both."""
    (folder / "book").mkdir()
    cell = FIRST_CELL.format(number=1, title="First", minutes=30).replace("glossary.md#term-mask", "#x")
    cells = [nbformat.v4.new_markdown_cell(cell.replace("(01-first.ipynb)", "(https://example.org)"))]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / "book" / "01-first.ipynb")
    (folder / "index.md").write_text(f"# A book\n\n{text}\n")
    (folder / "_config.yml").write_text("title: A book\n")
    (folder / "_toc.yml").write_text("format: jb-book\nroot: index\nchapters:\n  - file: book/01-first\n")
    overrides = {
        "extensions": ["myst_nb", "sphinx_external_toc", "s2s_course.sphinx_ext"],
        "html_theme": "sphinx_book_theme",
        "nb_execution_mode": "off",
        "source_suffix": {".md": "myst-nb", ".ipynb": "myst-nb"},  # else that of a book built before stays
        "myst_enable_extensions": ["dollarmath"],
        "suppress_warnings": ["myst.xref_missing"],
        **{f"html_theme_options.{name}": value for name, value in options.items()},
        **config,
    }
    out = str(folder / "_build")
    with patch_docutils(), docutils_namespace():
        Sphinx(str(folder), None, out, f"{out}/.doctrees", "html", overrides, None, None).build()
    return [(folder / "_build" / f"{page}.html").read_text("utf-8") for page in ("index", "book/01-first")]


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    text = "Or {colab}`open it in Colab <book/01-first>`."
    return build(tmp_path_factory.mktemp("book"), text)


def test_the_parts_of_the_head_are_marked_in_order(pages):
    article = pages[1].split("<article")[1]
    found = re.findall(r'<p class="(s2s-chapter-[a-z]+)">', article)
    assert found == [f"s2s-chapter-{name}" for name in ("question", "goals", "facts", "links")]
    assert article.index("s2s-chapter-question") < article.index("<ul")


def test_colab_is_a_word_whose_address_is_that_of_the_theme_s_own_button(pages):
    [link] = re.findall(r'<a class="s2s-colab" href="([^"]*)">Open in Colab</a>', pages[1])
    assert link == f"{COLAB}/book/01-first.ipynb"
    assert link in re.findall(r'href="([^"]*)"[^>]*\s+class="btn[^"]*dropdown-item"', pages[1])


def test_the_notebook_can_be_downloaded_from_the_head(pages, tmp_path):
    [link] = re.findall(r'<a href="([^"]*)" download>Download the notebook</a>', pages[1])
    assert link == "../_sources/book/01-first.ipynb"


def test_the_role_leads_to_colab_from_any_page(pages):
    assert re.search(
        rf'<a class="s2s-colab[^"]*" href="{COLAB}/book/01-first.ipynb">open it in Colab</a>', pages[0]
    )


def test_a_folder_of_the_book_in_the_repository_is_part_of_the_address(tmp_path):
    _, chapter = build(tmp_path, options=OPTIONS | {"path_to_docs": "docs"})
    assert f"{COLAB}/docs/book/01-first.ipynb" in chapter


def test_without_colab_in_the_configuration_there_is_no_link(tmp_path):
    index, chapter = build(tmp_path, "{colab}`Here <book/01-first>`.", {})
    assert "s2s-colab" not in index + chapter and "Here." in index
    assert "Download the notebook" in chapter


def test_every_chapter_of_the_book_begins_with_its_question_and_shows_its_drawing_near():
    for path in chapter_paths():
        notebook = nbformat.read(path, as_version=4)
        head = notebook.cells[0].source
        assert re.match(r"# \d+\. .+\n\n\*\*The question:\*\* .+\?\n\n\*\*After", head), path.stem
        _, cell = shown(notebook)[0]
        assert notebook.cells.index(cell) <= 6, path.stem
