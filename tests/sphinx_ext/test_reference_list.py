"""The list of references is valid, and linked both ways; every entry of the book's own can be found."""

import io
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from pybtex.database import parse_file
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils

BIB = """
@misc{one2001, title={On one}, author={One, Ann}, year={2001}, eprint={2001.00001}}
@article{two2002, title={On two}, author={Two, Bo}, year={2002}, journal={J}, doi={10.1000/two}}
"""
PAGES = {
    "index": "# A book\n",
    "second": "# The second\n\nAs {cite:t}`one2001` say, and {cite:t}`one2001` again.\n",
    "first": "# The first\n\nSee {cite:t}`two2002,one2001`.\n",
    "references": "# References\n\n```{bibliography}\n```\n",
}
BOOK = Path(__file__).parents[2] / "book" / "references.bib"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cited")
    for name, text in PAGES.items():
        (folder / f"{name}.md").write_text(text)
    (folder / "all.bib").write_text(BIB)
    chapters = "".join(f"  - file: {name}\n" for name in PAGES if name != "index")
    (folder / "_toc.yml").write_text(f"format: jb-book\nroot: index\nchapters:\n{chapters}")
    overrides = {
        "extensions": ["myst_parser", "sphinx_external_toc", "sphinxcontrib.bibtex", "s2s_course.sphinx_ext"],
        "html_theme": "basic",
        "exclude_patterns": ["_build"],
        "bibtex_bibfiles": ["all.bib"],
        "bibtex_reference_style": "author_year",
        "bibtex_default_style": "plain",
    }
    warnings, out = io.StringIO(), folder / "_build"
    with patch_docutils(), docutils_namespace():
        app = Sphinx(str(folder), None, str(out), f"{out}/.d", "html", overrides, None, warnings)
        app.build()
    assert warnings.getvalue() == ""
    return out


class Structure(HTMLParser):
    """The parent's tag of every list item, and the tag, id and role of every element."""

    def __init__(self, html):
        super().__init__()
        self.open, self.items, self.elements = [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        parent = self.open[-1] if self.open else None
        self.items += [(parent, attributes.get("id"))] if tag == "li" else []
        self.elements.append((tag, parent, attributes.get("id"), attributes.get("role")))
        if tag not in ("meta", "link", "input", "br", "img", "hr"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        while self.open and self.open.pop() != tag:
            pass


def test_entries_are_items_of_an_ordered_list(site):
    """axe: aria-required-children (a list holds list items), aria-deprecated-role (doc-biblioentry), list."""
    html = (site / "references.html").read_text(encoding="utf-8")
    body = re.search(r'<section id="references">.*?</section>', html, re.DOTALL)[0]
    structure = Structure(body)
    assert "doc-biblioentry" not in html
    assert [role for *_, role in structure.elements if role] == []
    assert {tag for tag, parent, *_ in structure.elements if parent == "ol"} == {"li"}
    assert [parent for parent, _ in structure.items] == ["ol", "ol"]
    ids = [identifier for *_, identifier, _ in structure.elements if identifier]
    assert len(ids) == len(set(ids))


def test_entries_have_links_and_lead_to_the_places_that_cite_them(site):
    html = (site / "references.html").read_text(encoding="utf-8")
    one, two = re.findall(r"<li id=.*?</li>", html, re.DOTALL)
    assert 'href="https://arxiv.org/abs/2001.00001"' in one and 'href="https://doi.org/10.1000/two"' in two
    for entry, pages in ((one, ["second", "first"]), (two, ["first"])):
        back = re.findall(r'href="(\w+)\.html#(id\d+)"', entry)
        assert [page for page, _ in back] == pages
        for page, anchor in back:
            cited = (site / f"{page}.html").read_text(encoding="utf-8")
            place = cited[cited.index(f'id="{anchor}"') :]
            number = re.search(r'<li id="(id\d+)"', entry)[1]
            assert f'href="references.html#{number}"' in place[:600]


@pytest.mark.parametrize("key", list(parse_file(BOOK).entries))
def test_every_entry_of_the_book_says_where_to_read_it(key):
    fields = parse_file(BOOK).entries[key].fields
    where = {name: fields[name] for name in ("doi", "eprint", "url") if name in fields}
    forms = {"doi": r"10\.\d{4,}/\S+", "eprint": r"\d{4}\.\d{4,5}", "url": r"https://\S+"}
    assert where and all(re.fullmatch(forms[name], text) for name, text in where.items())


def test_no_identifier_is_given_twice():
    found = [
        (name, entry.fields[name])
        for entry in parse_file(BOOK).entries.values()
        for name in ("doi", "eprint", "url")
        if name in entry.fields
    ]
    assert len(found) == len(set(found)) > 60
