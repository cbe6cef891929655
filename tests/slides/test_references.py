"""What slides refer to, in a notebook made by hand and in the course itself."""

import json
import re
from html import unescape
from statistics import mean
from xml.etree import ElementTree

import pytest

from s2s_course.claims import ledger
from s2s_course.drawings.language.drawing import WIDE
from s2s_course.drawings.registry import drawing
from s2s_course.exercises.engine.registry import find_exercise
from s2s_course.slides.chapter_parts import ChapterParts
from s2s_course.slides.excerpt import MAX_LINES, code_html, lines_of, without_docstrings
from s2s_course.slides.markup import markup_html

VIEW = "application/vnd.jupyter.widget-view+json"


def shown(text, **data):
    return {"output_type": "display_data", "data": {"text/plain": [text], **data}}


def cell(source, *outputs):
    return {"cell_type": "code", "source": source.splitlines(keepends=True), "outputs": list(outputs)}


@pytest.fixture
def parts(tmp_path):
    cells = [
        {"cell_type": "markdown", "source": "code = no code"},
        cell(
            "one = 1\nprint(one)",
            {"output_type": "stream", "name": "stdout", "text": ["first\n", "second\n"]},
        ),
        cell("plot_a()", shown("Figure: a curve that falls", **{"text/html": ["<svg>", "A</svg>"]})),
        cell("plot_b()", shown("Figure: a curve that rises", **{"text/html": ["<svg>B</svg>"]})),
        cell("show()", shown("Masks(title='', causal)", **{VIEW: {"model_id": "m1"}})),
        cell("again()", shown("Masks(title='', padding)", **{VIEW: {"model_id": "m2"}})),
    ]
    path = tmp_path / "05-made-by-hand.ipynb"
    path.write_text(json.dumps({"cells": cells, "metadata": {}}), encoding="utf-8")
    return ChapterParts(path)


def text_of(html):
    return unescape(re.sub(r"<[^>]+>", "", html))


class TestOfTheChapter:
    def test_a_figure_is_found_by_words_of_its_description(self, parts):
        assert "<svg>B</svg>" in markup_html("{figure} that rises", parts)
        assert "<svg>A</svg>" in markup_html("Text.\n\n{figure} a … falls\n\nMore.", parts)

    def test_a_widget_is_found_by_its_class_and_words(self, parts):
        assert json.loads(
            re.search(r"view\+json\">(.*?)</script>", markup_html("{widget} Masks padding", parts))[1]
        ) == {"model_id": "m2"}

    def test_code_and_what_it_printed(self, parts):
        assert text_of(markup_html("{code} one = 1", parts)) == "one = 1\nprint(one)"
        assert text_of(markup_html("{output} one = 1", parts)) == "first\nsecond"
        assert text_of(markup_html('{output} one = 1 from "sec" to "sec"', parts)) == "second"

    @pytest.mark.parametrize(
        ("reference", "message"),
        [
            ("{figure} nowhere", "figure 'nowhere' must fit one in the chapter, fits none of 2"),
            ("{figure} a curve", "figure 'a curve' must fit one in the chapter, fits 2 of 2"),
            ("{widget} Masks", "fits 2 of 2"),
            ("{widget} Decoder", "fits none of 2"),
            ("{code} two = 2", "code 'two = 2' must fit one"),
            ("{output} plot_a", "prints nothing"),
            ('{output} one = 1 from "third" to "x"', "a line of the code must contain 'third'"),
            ("{picture} of a cat", "a reference must be one of figure, widget"),
            ("{figure} …", "figure must be named by words"),
        ],
    )
    def test_a_reference_that_finds_nothing_is_an_error(self, parts, reference, message):
        with pytest.raises(ValueError, match=re.escape(message)):
            markup_html(f"Text.\n\n{reference}", parts)


class TestOfTheCourse:
    def test_a_claim_shows_statement_verdict_numbers_and_figure(self, parts):
        measured = ledger.stored("length-bottleneck")
        html = markup_html("{claim} length-bottleneck", parts)
        assert f'class="verdict {measured.verdict}"' in html
        assert "a model without attention loses more BLEU" in html
        lost = [
            [a - b for a, b in zip(*(measured.values[f"{model}_length_{n}"] for n in (3, 12)), strict=True)]
            for model in ("none", "bahdanau")
        ]
        assert f"<b>+{mean(lost[0]) - mean(lost[1]):.1f} BLEU [" in html
        assert "<svg" in html and 'aria-label="BLEU over source length' in html

    def test_a_claim_of_several_clauses_shows_the_verdict_on_each(self, parts):
        html = markup_html("{claim} sequential-time", parts)
        assert "✗</span> contradicted in 1 of 3 clauses" in html
        said = re.findall(r'role="img" aria-label="(holds|contradicted|inconclusive)"', html)
        assert said == ["holds", "holds", "contradicted"]

    def test_another_figure_of_a_claim(self, parts):
        assert 'aria-label="BLEU' in markup_html("{claim-figure} alignment-scores, figure 2", parts)
        with pytest.raises(ValueError, match="index must be below 2"):
            markup_html("{claim-figure} alignment-scores, figure 3", parts)

    def test_numbers_and_verdicts_within_a_line(self, parts):
        bleu = mean(ledger.stored("scaled-dot").values["scaled_dot_bleu"])
        html = markup_html(
            "It has {measured}`scaled-dot:scaled_dot_bleu:.2f`, so {verdict}`scaled-dot`.", parts
        )
        assert f"It has {bleu:.2f}, so" in html and "✓" in html
        with pytest.raises(ValueError, match="measured must name one of"):
            markup_html("{measured}`scaled-dot:nothing`", parts)
        with pytest.raises(ValueError, match="claim"):
            markup_html("{verdict}`no-such-claim`", parts)

    def test_an_exercise_with_a_mistake_and_what_is_said_of_it(self, parts):
        exercise = find_exercise("5.2")
        assert exercise.title in text_of(markup_html("{exercise} 5.2", parts))
        wrong = text_of(markup_html("{mistake} 5.2: no mask", parts))
        assert wrong.startswith("def _no_mask(") and "@mistake" not in wrong and "Padding" not in wrong
        assert "Padding gets weight" in markup_html("{message} 5.2: no mask", parts)
        with pytest.raises(ValueError, match=r"exercise 5\.2 knows the mistakes 'no mask'"):
            markup_html("{mistake} 5.2: nothing", parts)
        assert "masked_fill(~src_mask" in text_of(markup_html("{solution} 5.2", parts))

    def test_a_drawing_is_its_wide_composition_with_its_description_and_without_caption(self, parts):
        made = drawing("lstm-cell")
        [svg] = ElementTree.fromstring(markup_html("{drawing} lstm-cell", parts))
        assert (svg.get("class"), svg.get("role")) == ("s2s-wide", "img")
        assert svg.get("viewBox").split()[2] == str(WIDE)
        assert svg.find("{*}desc").text == made.description
        html = markup_html("{drawing} lstm-cell", parts)
        assert "figcaption" not in html and " id=" not in html
        with pytest.raises(ValueError, match=r"name must be one of whole-way, .*, got 'lstm'"):
            markup_html("{drawing} lstm", parts)

    def test_source_is_what_is_installed_without_docstrings(self, parts):
        html = text_of(markup_html("{source} s2s_course.layers.cells:LSTMCell.forward", parts))
        assert "cell = f * cell + i * g" in html and html.endswith("s2s_course/layers/cells.py")
        for name in ("os:getcwd", "s2s_course.layers.cells:Nothing", "s2s_course.layers.cells"):
            with pytest.raises(ValueError, match="source must be named like"):
                markup_html(f"{{source}} {name}", parts)


def test_docstrings_are_left_out_and_nothing_else():
    code = 'def f(x):\n    """One\n\n    two."""\n\n    y = "kept"\n    return y\n\ndef g():\n    "Alone."'
    bare = without_docstrings(code)
    assert bare == 'def f(x):\n    y = "kept"\n    return y\n\ndef g():\n    ...'


def test_a_part_is_dedented_and_code_too_long_for_a_slide_refused():
    assert lines_of("if a:\n    b\n    c\nd", "b", "c") == "b\nc"
    with pytest.raises(ValueError, match=f"at most {MAX_LINES} lines"):
        code_html("x\n" * (MAX_LINES + 1))
    with pytest.raises(ValueError, match="letters a line"):
        code_html("x" * 200)


def test_formulas_are_mathml_and_a_fence_must_end(parts):
    html = markup_html("So $a < b$ and\n\n$$\nc\n$$", parts)
    assert '<span class="math inline"><math>' in html and ">a &lt; b</annotation>" in html
    assert '<div class="math block">\n<math display="block">' in html
    with pytest.raises(ValueError, match="a fence of code must end"):
        markup_html("```python\nx", parts)
