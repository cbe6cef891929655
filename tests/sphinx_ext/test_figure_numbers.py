"""Numbers of figures: in the order of the page, with an address, and before the caption."""

import re
from unittest.mock import Mock

import pytest
from docutils import nodes
from docutils.utils import new_document
from sphinx.application import Sphinx

from s2s_course.drawings import drawing
from s2s_course.plots import learning_curve
from s2s_course.sphinx_ext.figure_numbers import number_figures
from s2s_course.training.history import History


def page_of(*outputs: str, name: str = "book/05-bahdanau-attention") -> str:
    document = new_document("page")
    for html in outputs:
        document += nodes.container("", nodes.raw("", html, format="html"))
    number_figures(Mock(spec=Sphinx), document, name)
    return "\n".join(raw.astext() for raw in document.findall(nodes.raw))


@pytest.fixture
def curve():
    return learning_curve(History([3.0, 2.0, 1.0]), caption="The <loss>.")._repr_html_()


def test_plots_and_drawings_are_counted_together(curve):
    page = page_of(curve, "<p>no figure</p>", drawing("gru-cell").html(), f"<div>{curve}\n{curve}</div>")
    assert re.findall(r'id="(fig-[\d-]+)"', page) == ["fig-5-1", "fig-5-2", "fig-5-3", "fig-5-4"]
    for count in (1, 2, 3, 4):
        assert (
            page.count(f'<figcaption><a class="s2s-number" href="#fig-5-{count}">Figure 5.{count}</a>. ') == 1
        )
    assert "Figure 5.1</a>. The &lt;loss&gt;.</figcaption>" in page and "<p>no figure</p>" in page


def test_a_figure_without_a_caption_has_its_number_there():
    page = page_of('<figure class="s2s-plot"><svg></svg></figure>')
    assert page.endswith('<a class="s2s-number" href="#fig-5-1">Figure 5.1</a>. </figcaption></figure></div>')


def test_a_picture_on_the_card_of_a_claim_has_its_number_before_the_label(curve):
    page = page_of('<div class="s2s-claim"><div class="s2s-picture"><p>BLEU</p></div></div>', curve)
    number = '<a class="s2s-number" href="#fig-5-1">Figure 5.1</a>'
    assert f'<div class="s2s-picture s2s-numbered" id="fig-5-1">{number}<p>BLEU</p></div>' in page
    assert "Figure 5.2</a>. The" in page


def test_only_chapters_have_numbers(curve):
    assert page_of(curve, name="book/notation") == curve
    assert 'id="fig-10-1"' in page_of(curve, name="book/10-families")
