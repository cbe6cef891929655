"""Cards, figures and tables of claims: what stands in them, computed here from the stored results."""

import math
import re
from html.parser import HTMLParser
from statistics import mean, stdev

import nbformat
import pytest

from s2s_course.chapters import chapter_paths
from s2s_course.claim_cards import claim, claim_figure, claim_numbers
from s2s_course.claim_cards.colors import FAMILIES, family
from s2s_course.claim_cards.marks import FORMS
from s2s_course.claim_cards.stored import renew, shown
from s2s_course.claims import ledger
from s2s_course.claims.figures import Bars
from s2s_course.claims.registry import CLAIMS
from s2s_course.drawings.language.palette import PALETTE, channels, contrast

each_claim = pytest.mark.parametrize("claim_id", CLAIMS)


def text_of(html):
    html = re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("&amp;", "&").split())


def half_width(values):
    return 2.776 * stdev(values) / math.sqrt(5)


class Tags(HTMLParser):
    """Fails where a tag is closed that is not open, or left open."""

    def __init__(self, html):
        super().__init__()
        self.open = []
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        if tag != "br":
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        pass

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@each_claim
def test_a_card_says_all_that_is_known(claim_id):
    card, known = claim(claim_id), CLAIMS[claim_id]
    html = card._repr_html_()
    Tags(html)
    for text in (text_of(html), repr(card)):
        assert known.statement in text and known.source in text and known.conditions in text
        assert all(clause.text in text for clause in known.clauses)
        assert all(clause.verdict(card.measured.values) in text for clause in known.clauses)
        assert card.measured.date in text
    assert f"s2s claims run {claim_id}" in html and f"claims-ledger.html#{claim_id}" in html
    assert html.count('role="img"') == len(known.figures)
    assert "http" not in html, "a card needs nothing else"
    assert claim(claim_id)._repr_html_() == html


def test_a_comparison_shows_its_difference_with_the_interval():
    values = ledger.stored("attention-aligns").values
    difference = [a - b for a, b in zip(values["ibm1_error"], values["bahdanau_error"], strict=True)]
    center, half = mean(difference), half_width(difference)
    shown = f"{center:.1f} percentage points [{center - half:.1f} to {center + half:.1f}]".replace("-", "−")
    text = text_of(claim("attention-aligns")._repr_html_())
    assert f"✗ contradicted IBM model 1 − attention: {shown}, claimed: more than 0" in text.replace(" ,", ",")
    assert f"IBM model 1 − attention {shown}" in repr(claim("attention-aligns"))


def test_a_bundle_has_no_verdict_of_its_own():
    text = text_of(claim("transformer-or-bahdanau")._repr_html_())
    assert "✗ contradicted in 1 of 4 clauses holds in 2, inconclusive in 1" in text
    assert "It translates better on sentences of 15 to 19 words. ✗ contradicted" in text
    assert "holds in all 10 clauses" in repr(claim("position-extrapolation"))
    assert "holds in both clauses" in repr(claim("beam-width"))


def places(html, pattern):
    return [float(place) for place in re.findall(pattern, html)]


def test_in_a_bar_the_number_stands_at_the_mean_and_dots_are_seeds():
    """Places are percent of the width, on an axis that is the same for all rows."""
    measured = ledger.stored("gru-accuracy")
    rows = re.findall(r'<div class="s2s-row s2s-of-.*?</div>', claim_figure("gru-accuracy").html, re.DOTALL)
    names = list(CLAIMS["gru-accuracy"].figures[0].values)
    assert len(rows) == len(names)
    ticks = re.findall(r'<text x="([\d.]+)%" y="13"[^>]*>([\d.]+)</text>', claim_figure("gru-accuracy").html)
    (x0, t0), (x1, t1) = [(float(x), float(t)) for x, t in (ticks[0], ticks[-1])]
    place = lambda value: x0 + (value - t0) * (x1 - x0) / (t1 - t0)  # noqa: E731
    for row, name in zip(rows, names, strict=True):
        values = measured.values[name]
        assert places(row, r'<circle cx="([\d.]+)%"') == pytest.approx([place(v) for v in values], abs=0.02)
        [(x, number)] = re.findall(r'<text x="([\d.]+)%"[^>]*>([\d.]+)</text>', row)
        assert float(x) == pytest.approx(place(mean(values)), abs=0.02) and number == f"{mean(values):.1f}"
        low, high = (
            places(row, r'<line x1="([\d.]+)%" x2="(?!\1)')[0],
            places(row, r'x1="[\d.]+%" x2="([\d.]+)%" y1="23"')[0],
        )
        ends = [place(mean(values) + sign * half_width(values)) for sign in (-1, 1)]
        assert (low, high) == pytest.approx(ends, abs=0.02)


def test_a_curve_has_a_mean_an_interval_and_a_dot_for_each_seed():
    figure = claim_figure("length-bottleneck")
    assert figure.html.count("<circle") == 2 * 7 * 5
    assert figure.html.count('stroke-width="1.5"') == 2 * 7
    assert sum(figure.html.count(FORMS[n]) for n in (0, 1)) == 2 * (7 + 1)  # and the legend
    assert figure.description.startswith("BLEU over source length, from this many words")
    last = mean(ledger.stored("length-bottleneck").values["bahdanau_length_25"])
    assert f"Bahdanau attention from 94.3 at 3 to {last:.3g} at 25." in figure.description


@each_claim
def test_every_label_has_the_color_of_its_family(claim_id):
    known = CLAIMS[claim_id]
    for index, figure in enumerate(known.figures):
        html = claim_figure(claim_id, index).html
        for label in figure.values.values():
            assert f"s2s-of-{family(label, known.family)}" in html
        if isinstance(figure, Bars):
            assert html.count("s2s-row s2s-of-") == len(figure.values)


def test_a_color_means_the_same_family_everywhere():
    assert {family(label) for label in ("Bahdanau attention", "Bahdanau's order, additive", "attention")} == {
        "bahdanau"
    }
    assert {family(label) for label in ("GRU", "no attention, 256 units")} == {"gru"}
    assert {family(label) for label in ("Luong's order, additive", "Luong, scaled dot")} == {"luong"}
    assert family("Transformer, rotary positions") == family("rotary") == "rotary"
    assert family("with", "luong") == "luong"
    with pytest.raises(ValueError, match=r"family must be one of rnn, .* for 'with', got ''"):
        family("with")


@pytest.mark.parametrize("shade", [0, 1])
def test_colors_can_be_told_from_the_paper_and_from_each_other(shade):
    paper = channels(PALETTE["paper"][shade])
    assert all(contrast(channels(pair[shade]), paper) >= 4.5 for pair in FAMILIES.values())
    assert len({pair[shade] for pair in FAMILIES.values()}) == len(FAMILIES)


def test_numbers_have_plain_names_and_intervals():
    values = ledger.stored("cache-time").values["saved"]
    table = claim_numbers("cache-time", "saved")
    shown = f"time for 400 words, without the cache over with it: {mean(values):.4g} ["
    assert repr(table).startswith(shown) and text_of(table._repr_html_()).startswith(
        "value mean 95 % interval"
    )
    with pytest.raises(ValueError, match=r"names must be of .*saved of cache-time, got 'nothing'"):
        claim_numbers("cache-time", "nothing")


def test_what_is_not_there_is_refused(monkeypatch):
    with pytest.raises(ValueError, match=r"claim must be one of .*, got 'no-such'"):
        claim("no-such")
    for index in (2, -1):
        with pytest.raises(ValueError, match=f"index must be below 2 for alignment-scores, got {index}"):
            claim_figure("alignment-scores", index)
    monkeypatch.setattr(ledger, "stored", lambda claim_id: None)
    with pytest.raises(
        ValueError, match="claim must be measured, 'cache-time' is not: s2s claims run cache-time"
    ):
        claim("cache-time")


@pytest.mark.parametrize("path", chapter_paths(), ids=lambda path: path.stem)
def test_stored_cards_are_today_s_and_the_call_is_hidden(path, tmp_path):
    notebook = nbformat.read(path, as_version=4)
    for made, cell in shown(notebook):
        assert "remove-input" in cell.metadata.tags
        [output] = cell.outputs
        stale = f"{cell.source} in {path.name} is stale: python -m s2s_course.claim_cards"
        assert output.data == {"text/html": made._repr_html_(), "text/plain": repr(made)}, stale
    copy = tmp_path / path.name
    copy.write_bytes(path.read_bytes())
    assert not renew(copy)
    sources = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    calls = re.findall(r"^(?:claim|claim_figure|claim_numbers)\(", sources, re.MULTILINE)
    assert len(calls) == len(shown(notebook)), "a call that is no cell's last line"


def test_a_stale_card_is_renewed(tmp_path):
    cells = [
        nbformat.v4.new_code_cell('from s2s_course.claim_cards import claim\n\nclaim("gru-time")', id="a"),
        nbformat.v4.new_code_cell('claim = 1\nclaim("gru-time")', id="b"),
    ]
    path = tmp_path / "x.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    assert renew(path) and not renew(path)
    first, second = nbformat.read(path, as_version=4).cells
    assert first.outputs[0].data["text/plain"] == repr(claim("gru-time")) and second.outputs == []
