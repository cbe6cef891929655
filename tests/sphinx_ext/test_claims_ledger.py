"""The page of claims and the two roles, in a small book of their own with three claims made up here."""

import dataclasses
import io
import json
import re
from pathlib import Path

import pytest
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils

from s2s_course.claims import context_every_step, ledger, registry
from s2s_course.claims.claim import Measured
from s2s_course.claims.clause import More, Within
from s2s_course.claims.figures import Bars
from s2s_course.sphinx_ext import claims_ledger, finished_pages
from s2s_course.sphinx_ext import ledger_page as page_module
from s2s_course.sphinx_ext.claims_ledger import measured_mean
from s2s_course.sphinx_ext.ledger_page import Addresses, ledger_page

FIGURES = (Bars("BLEU", {"one": "first", "two": "second"}), Bars("loss", {"one": "first"}, digits=2))
VALUES = {"one": [1.0, 2.0, 4.5], "two": [-12345.0, -12346.0, -12350.0]}
MANY = {f"number_{n}": [float(n), float(n), n + 3.0] for n in range(13)}
CLAIMS = {
    name: dataclasses.replace(
        context_every_step.CLAIM,
        id=name,
        chapter=chapter,
        title=f"Title of {name}",
        statement=f"About {name}.",
        figures=figures,
        clauses=clauses,
        names={"number_": "number {}", "one": "the one", "two": "the two"},
        family="gru",
    )
    for name, chapter, figures, clauses in (
        ("first-claim", 2, FIGURES, (More("", "one", "two", unit="BLEU"),)),
        (
            "second-claim",
            2,
            (Bars("number", {"number_7": "seven"}),),
            (Within("Seven is.", "number_7", 7.0), More("It is not.", "number_1", 9.0)),
        ),
        ("unmeasured", 9, (), (More("", "one", "two"),)),
    )
}


@pytest.fixture(autouse=True)
def three_claims(tmp_path, monkeypatch):
    for module in (registry, claims_ledger, page_module):
        monkeypatch.setattr(module, "CLAIMS", CLAIMS)
    monkeypatch.setattr(finished_pages, "finish_pages", lambda app, error: None)  # slow, and changes no text
    monkeypatch.setattr(ledger, "RESULTS", tmp_path / "results")
    ledger.RESULTS.mkdir()
    store("first-claim", VALUES, "holds")
    store("second-claim", MANY, "contradicted")


def store(claim_id, values, verdict):
    seeds = tuple(range(3))[: len(next(iter(values.values())))]
    circumstances = ("1234567", {"torch": "9.9"}, "2026-01-02", 5.0)
    ledger.store(Measured(claim_id, "quick", seeds, values, verdict, "", *circumstances))


class Book:
    """A book whose pages are built in this process, the second time only what has changed."""

    def __init__(self, folder, **pages):
        self.folder, self.pages = folder, {}
        self.write(index="# A book\n", **pages)

    def write(self, **pages):
        self.pages |= pages
        (self.folder / "book").mkdir(parents=True, exist_ok=True)
        for name, text in pages.items():
            (self.folder / f"{name.replace('_', '-')}.md").write_text(text)
        chapters = "".join(f"  - file: {name.replace('_', '-')}\n" for name in self.pages if name != "index")
        (self.folder / "_toc.yml").write_text(f"format: jb-book\nroot: index\nchapters:\n{chapters}")

    def build(self):
        """The names of the pages that were read, and the warnings."""
        read, warnings, out = [], io.StringIO(), str(self.folder / "_build")
        extensions = ["myst_parser", "sphinx_external_toc", "s2s_course.sphinx_ext"]
        overrides = {
            "extensions": extensions,
            "html_theme": "sphinx_book_theme",
            "exclude_patterns": ["_build"],
        }
        with patch_docutils(), docutils_namespace():
            app = Sphinx(str(self.folder), None, out, f"{out}/.doctrees", "html", overrides, None, warnings)
            app.connect("source-read", lambda app, name, source: read.append(name))
            app.build()
            self.dependencies = {
                name: {Path(path).name for path in app.env.dependencies[name]} for name in read
            }
        return read, re.sub(r"\x1b\[[\d;]*m", "", warnings.getvalue()).splitlines()

    def html(self, name):
        return (self.folder / "_build" / f"{name}.html").read_text(encoding="utf-8")


LEDGER = "# The ledger\n\nBefore.\n\n```{claims-ledger}\n```\n"


@pytest.fixture
def book(tmp_path):
    roles = (
        "# The second chapter\n\nMean {measured}`first-claim:one`, two {measured}`first-claim:two:,.0f`, "
        "it {verdict}`first-claim`, it is {verdict}`second-claim`.\n"
    )
    return Book(tmp_path / "book", ledger=LEDGER, **{"book/02_second": roles}, other="# Nothing measured\n")


def rows(html):
    """The cells of every row, as text."""
    found = re.findall(r"<tr[^>]*>(.*?)</tr>", html, flags=re.DOTALL)
    cells = [re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, flags=re.DOTALL) for row in found]
    return [[" ".join(re.sub(r"<[^>]*>", " ", cell).split()) for cell in row] for row in cells]


def test_the_page_shows_every_claim_with_all_that_is_known(book):
    _, warnings = book.build()
    assert warnings == []
    html = book.html("ledger")
    places = [html.index(text) for text in ("Before.", 'id="all-claims"', 'id="chapter-2"', 'id="chapter-9"')]
    assert places == sorted(places)
    for claim in CLAIMS.values():
        assert html.count(f'id="claim-{claim.id}"') == html.count(f'id="{claim.id}"') == 1
        assert claim.statement in html and claim.conditions[:20] in html
        assert f'<a href="#{claim.id}">{claim.title}</a>' in html
    assert "3 claims: holds 1, contradicted 1, not measured yet 1." in html
    table = rows(html)
    assert [
        "Title of first-claim",
        "chapter 2",
        "✓ holds",
        "+12,349.5 BLEU [+12,338.5 to +12,360.5]",
    ] in table
    assert [
        "Title of second-claim",
        "chapter 2",
        "✗ contradicted",
        "contradicted in 1 of 2 clauses, inconclusive in 1",
    ] in table
    assert ["Title of unmeasured", "chapter 9", "not measured yet", ""] in table
    assert ["first", "2.5", "−1.979 to 6.979"] in table and ["number 12", "13", "8.697 to 17.3"] in table
    assert [row for row in table if len(row) == 1] == [["BLEU"], ["number"], ["measured besides"]]
    assert "2026-01-02 at commit 1234567, in 5 s" in html and "torch 9.9" in html
    assert "<dd>0, 1, 2</dd>" in html and "context_every_step.py" in html


def test_a_clause_has_a_verdict_of_its_own(book):
    book.build()
    html = book.html("ledger")
    clauses = re.findall(r'<li class="s2s-clause">.*?</li>', html, flags=re.DOTALL)
    assert [re.findall(r'class="s2s-badge (\w+)"', clause) for clause in clauses] == [
        ["inconclusive"],
        ["contradicted"],
    ]
    assert "Seven is." in clauses[0] and "number 1: <b>2.0</b>" in clauses[1]


def test_figures_have_a_description(book):
    book.build()
    labels = re.findall(r'role="img" aria-label="([^"]*)"', book.html("ledger"))
    assert [label.split(",")[0] for label in labels] == ["BLEU", "loss", "number"]
    assert "first 2.50 (" in labels[1]


def test_files_have_links_where_the_repository_is_known():
    page = ledger_page(Addresses("book/ledger", {2: "book/02-second"}, "https://example.org/blob/main"))
    assert 'href="https://example.org/blob/main/s2s_course/claims/results/first-claim.json"' in page
    assert 'href="https://example.org/blob/main/s2s_course/claims/context_every_step.py"' in page
    assert '<a href="02-second.html#claim-first-claim">in chapter 2</a>' in page
    assert '<a href="book/02-second.html#claim' in ledger_page(Addresses("ledger", {2: "book/02-second"}))


def test_the_roles_give_numbers_and_linked_verdicts(book):
    book.build()
    html = book.html("book/02-second")
    text = re.sub(r"<[^>]*>", "", html)
    assert "Mean 2.5, two −12,347, it holds, it is contradicted." in text
    assert re.search(
        r'<span class="s2s-verdict s2s-holds"><a[^>]* href="../ledger.html#claim-first-claim"', html
    )
    assert re.search(r'href="../ledger.html#claim-second-claim"[^>]*>(<[^>]*>)*contradicted', html)


def test_a_chapter_is_linked_once_it_is_in_the_book(book):
    store("unmeasured", VALUES, "holds")
    book.build()
    assert 'href="book/02-second.html"' in book.html("ledger")
    assert "not in the book yet" in book.html("ledger")
    book.write(**{"book/09_ninth": "# The ninth chapter\n"})
    read, warnings = book.build()
    assert warnings == [] and "ledger" in read
    assert 'href="book/09-ninth.html"' in book.html("ledger") and "The ninth chapter" in book.html("ledger")
    assert "not in the book yet" not in book.html("ledger")


def test_what_shows_a_result_is_read_again_when_the_result_changes(book):
    verdict, number = "# One\n\nIt is {verdict}`second-claim`.\n", "# Two\n\n{measured}`first-claim:one`.\n"
    book.write(only_verdict=verdict, only_number=number)
    book.build()
    assert book.build()[0] == ["ledger"]  # it waits for the claim that has not been measured
    store("first-claim", VALUES | {"one": [3.0, 3.0, 3.0]}, "inconclusive")
    read, warnings = book.build()
    assert sorted(read) == ["book/02-second", "ledger", "only-number"] and warnings == []
    assert "Mean 3.0" in re.sub(r"<[^>]*>", "", book.html("book/02-second"))
    assert "inconclusive 1" in book.html("ledger")
    store("second-claim", MANY, "holds")
    assert sorted(book.build()[0]) == ["book/02-second", "ledger", "only-verdict"]
    store("unmeasured", VALUES, "holds")
    book.build()
    assert "not measured yet" not in book.html("ledger")
    assert book.build()[0] == []


def test_the_page_is_read_again_when_what_it_is_made_of_changes(book):
    book.build()
    made_of = {"claim.py", "registry.py", "bars.py", "ledger_page.py", "context_every_step.py", "_toc.yml"}
    assert made_of <= book.dependencies["ledger"]
    assert "context_every_step.py" in book.dependencies["book/02-second"]
    assert not book.dependencies["book/02-second"] & {"bars.py", "_toc.yml"}


WRONG = {
    "{measured}`no-such:one`": "claim must be one of first-claim, second-claim, unmeasured, got 'no-such'",
    "{measured}`first-claim:three`": "measured must name one of one, two of first-claim, got 'three'",
    "{measured}`first-claim`": "measured must name one of one, two of first-claim, got ''",
    "{measured}`first-claim:one:.2q`": (
        "measured must end in a format such as ,.0f or .2f, got 'first-claim:one:.2q'"
    ),
    "{measured}`unmeasured:one`": "claim must be measured, 'unmeasured' is not: s2s claims run unmeasured",
    "{verdict}`no-such`": "claim must be one of first-claim, second-claim, unmeasured, got 'no-such'",
    "{verdict}`unmeasured`": "claim must be measured, 'unmeasured' is not: s2s claims run unmeasured",
}


def test_what_is_not_there_is_a_warning_at_its_line(tmp_path):
    text = "# Wrong\n\n" + "\n\n".join(WRONG) + "\n"
    _, warnings = Book(tmp_path / "book", wrong=text, ledger=LEDGER).build()
    expected = [
        f"wrong.md:{3 + 2 * number}: WARNING: {message}" for number, message in enumerate(WRONG.values())
    ]
    assert [line.rpartition("/")[2] for line in warnings] == expected


def test_a_verdict_without_the_page_is_a_warning(tmp_path):
    _, warnings = Book(tmp_path / "book", page="# Page\n\n{verdict}`first-claim`\n").build()
    assert len(warnings) == 1 and "claim-first-claim" in warnings[0]


def test_the_page_is_made_of_what_is_stored():
    page = ledger_page(Addresses("ledger", {}))
    assert page.count("\n### ") == len(CLAIMS) and "{doc}" not in page
    result = ledger.RESULTS / "first-claim.json"
    changed = json.loads(result.read_text()) | {"verdict": "inconclusive"}
    result.write_text(json.dumps(changed))
    changed = ledger_page(Addresses("ledger", {}))
    assert "inconclusive 1" in changed and "inconclusive 1" not in page


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("first-claim:one", "2.5"),
        ("first-claim:one:.2f", "2.50"),
        ("first-claim:two:,.1f", "−12,347.0"),
        ("second-claim:number_7:.0f", "8"),
    ],
)
def test_a_number_is_the_mean_in_the_format_asked_for(text, shown):
    assert measured_mean(text) == shown
