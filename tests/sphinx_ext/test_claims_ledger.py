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
from s2s_course.claims.figures import Bars
from s2s_course.sphinx_ext import claims_ledger
from s2s_course.sphinx_ext.claims_ledger import ledger_page, measured_mean

FIGURES = (Bars("BLEU", {"one": "first", "two": "second"}), Bars("loss", {"one": "first"}, digits=2))
VALUES = {"one": [1.0, 2.0, 4.5], "two": [-12345.0, -12346.0, -12350.0]}
MANY = {f"number_{n}": [float(n)] for n in range(13)}
CLAIMS = {
    name: dataclasses.replace(
        context_every_step.CLAIM, id=name, chapter=chapter, statement=f"About {name}.", figures=figures
    )
    for name, chapter, figures in (
        ("first-claim", 2, FIGURES),
        ("second-claim", 2, (Bars("number", {"number_7": "seven"}),)),
        ("unmeasured", 9, ()),
    )
}


@pytest.fixture(autouse=True)
def three_claims(tmp_path, monkeypatch):
    for module in (registry, claims_ledger):
        monkeypatch.setattr(module, "CLAIMS", CLAIMS)
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
        overrides = {"extensions": extensions, "html_theme": "basic", "exclude_patterns": ["_build"]}
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
    return [[re.sub(r"<[^>]*>", "", cell).strip() for cell in row] for row in cells]


def test_the_page_shows_every_claim_with_all_that_is_known(book):
    _, warnings = book.build()
    assert warnings == []
    html = book.html("ledger")
    places = [html.index(text) for text in ("Before.", 'id="all-claims"', 'id="chapter-2"', 'id="chapter-9"')]
    assert places == sorted(places)
    for claim in CLAIMS.values():
        assert html.count(f'id="claim-{claim.id}"') == 1
        assert html.count(claim.statement) == 2 and claim.conditions[:20] in html
    table = rows(html)
    for row in (["holds", "1"], ["contradicted", "1"], ["not measured yet", "1"], ["all", "3"]):
        assert row in table
    assert "inconclusive" not in [row[0] for row in table]
    assert ["About second-claim.", "2", "contradicted"] in table
    assert ["About unmeasured.", "9", "not measured yet"] in table
    assert ["one", "2.5", "1", "4.5"] in table
    assert ["two", "−12,347", "−12,350", "−12,345"] in table
    assert "Verdict: holds." in html and "measured 2026-01-02 at commit 1234567 in 5 s with torch 9.9" in html
    assert "Seeds 0, 1, 2. " in html and "context_every_step.py" in html


def test_the_figures_are_those_of_the_claim_and_have_a_description(book):
    book.build()
    labels = re.findall(r'<svg role="img" aria-label="([^"]*)"', book.html("ledger"))
    assert [label.split(",")[0] for label in labels] == ["BLEU", "loss", "number"]
    assert "first 2.50." in labels[1]
    assert not re.search(r'<g id="', book.html("ledger"))


def test_many_numbers_are_folded_and_few_are_not(book):
    book.build()
    folded = re.findall(r"<details>(.*?)</details>", book.html("ledger"), flags=re.DOTALL)
    assert len(folded) == 1 and "<summary>All 13 numbers</summary>" in folded[0]
    assert ["number_12", "12", "12", "12"] in rows(folded[0])


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
    assert ["inconclusive", "1"] in rows(book.html("ledger"))
    store("second-claim", MANY, "holds")
    assert sorted(book.build()[0]) == ["book/02-second", "ledger", "only-verdict"]
    store("unmeasured", VALUES, "holds")
    book.build()
    assert "not measured yet" not in book.html("ledger")
    assert book.build()[0] == []


def test_the_page_is_read_again_when_what_it_is_made_of_changes(book):
    book.build()
    made_of = {"claim.py", "registry.py", "plots.py", "claims_ledger.py", "context_every_step.py", "_toc.yml"}
    assert made_of <= book.dependencies["ledger"]
    assert "context_every_step.py" in book.dependencies["book/02-second"]
    assert not book.dependencies["book/02-second"] & {"plots.py", "_toc.yml"}


WRONG = {
    "{measured}`no-such:one`": "claim must be one of first-claim, second-claim, unmeasured, got 'no-such'",
    "{measured}`first-claim:three`": "measured must name one of one, two of first-claim, got 'three'",
    "{measured}`first-claim`": "measured must name one of one, two of first-claim, got ''",
    "{measured}`first-claim:one:.2q`": (
        "measured must end in a format such as ,.0f or .2f, got 'first-claim:one:.2q'"
    ),
    "{measured}`unmeasured:one`": "claim unmeasured has not been measured: s2s claims run unmeasured",
    "{verdict}`no-such`": "claim must be one of first-claim, second-claim, unmeasured, got 'no-such'",
    "{verdict}`unmeasured`": "claim unmeasured has not been measured: s2s claims run unmeasured",
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
    page = ledger_page({})
    assert page.count("\n### ") == len(CLAIMS) and "{doc}" not in page
    result = ledger.RESULTS / "first-claim.json"
    changed = json.loads(result.read_text()) | {"verdict": "inconclusive"}
    result.write_text(json.dumps(changed))
    assert "Verdict: inconclusive." in ledger_page({}) and "Verdict: inconclusive." not in page


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("first-claim:one", "2.5"),
        ("first-claim:one:.2f", "2.50"),
        ("first-claim:two:,.1f", "−12,347.0"),
        ("second-claim:number_7:.0f", "7"),
    ],
)
def test_a_number_is_the_mean_in_the_format_asked_for(text, shown):
    assert measured_mean(text) == shown
