import re
import xml.etree.ElementTree as ET

import matplotlib.pyplot as plt
import pytest

from s2s_course.drawings.language.palette import PALETTE
from s2s_course.plots import as_figure, learning_curve, role, style, word_alignment
from s2s_course.training.history import History

SVG = "{http://www.w3.org/2000/svg}"


def figures():
    history = History([3.0, 2.0, 1.0] * 40, validation_steps=[60, 120], validation_losses=[2.5, 2.0])
    return [
        learning_curve(history),
        learning_curve(History([1.0])),
        word_alignment(["black", "cat"], ["chat", "noir"], [(0, 1), (1, 0)]),
    ]


def test_figures_are_images_with_a_description():
    for figure in figures():
        root = ET.fromstring(figure.svg)
        assert root.get("role") == "img"
        assert root.get("aria-label") == figure.description
        assert repr(figure) == f"Figure: {figure.description}"
        assert figure.svg.removeprefix("<svg ") in figure._repr_html_()


def width(svg: str) -> float:
    """In pixels."""
    return float(ET.fromstring(svg).get("width").removesuffix("pt")) * 4 / 3


def test_a_wide_figure_has_a_narrow_form_with_the_same_words_and_no_name_in_common():
    narrow = [figure for figure in figures() if figure.narrow]
    assert len(narrow) == 2 < len(figures())  # two words and their links are narrow as they are
    for figure in narrow:
        assert width(figure.narrow) < 0.75 * width(figure.svg) and width(figure.narrow) < 1.25 * 328
        wide_names, narrow_names = (
            set(re.findall(r' id="([mp][0-9a-f]{10})"', svg)) for svg in (figure.svg, figure.narrow)
        )
        assert wide_names and wide_names.isdisjoint(narrow_names)
        labels = [
            [text.text for text in ET.fromstring(svg).iter(f"{SVG}text")][-1]
            for svg in (figure.svg, figure.narrow)
        ]
        assert labels[0] == labels[1]
        html = figure._repr_html_()
        assert html.count('class="s2s-wide"') == html.count('class="s2s-narrow"') == 1


def colors(svg: str, tag: str) -> list[tuple[str, str]]:
    """The text or identity of each element of a kind and the style that it has."""
    return [(node.text, node.get("style")) for node in ET.fromstring(svg).iter(f"{SVG}{tag}")]


def test_words_and_links_have_the_colors_of_the_drawings_on_light_and_dark_pages():
    figure = word_alignment(["the", "black", "cat"], ["le", "chat", "noir"], [(0, 0), (1, 2), (2, 1)])
    told = dict(colors(figure.svg, "text"))
    for words, name in ((("the", "black", "cat"), "source"), (("le", "chat", "noir"), "target")):
        for word in words:
            assert f"var(--s2s-{name},{PALETTE[name][0]})" in told[word]
    links = [style for _, style in colors(figure.svg, "path") if style and "stroke: var(" in style]
    assert [re.search(r"--s2s-(\w+)", link)[1] for link in links] == ["quiet", "weight", "weight"]
    widths = [float(re.search(r"stroke-width: ([\d.]+)", link)[1]) for link in links]
    assert widths[1] == widths[2] > widths[0]  # not by color alone
    light, dark = re.findall(r"--s2s-source:(#\w+);", figure._repr_html_())
    assert (light, dark) == PALETTE["source"]


def test_a_figure_without_roles_carries_none_and_a_role_that_is_none_is_refused():
    assert "--s2s-" not in learning_curve(History([3.0, 2.0, 1.0]))._repr_html_()
    with pytest.raises(ValueError, match=r"role must be one of .*source.*got 'sauce'"):
        role("sauce")
    for name, (light, _) in PALETTE.items():
        with style():
            drawn, axes = plt.subplots()
            axes.plot([0, 1], color=role(name))
        assert f"var(--s2s-{name},{light})" in as_figure(drawn, "A line.").svg


def test_a_caption_is_shown_below():
    history = History([3.0, 2.0, 1.0])
    assert "<figcaption>" not in learning_curve(history)._repr_html_()
    html = learning_curve(history, caption="Loss < 1.")._repr_html_()
    assert html.endswith("<figcaption>Loss &lt; 1.</figcaption></figure>")


def test_the_description_has_the_numbers():
    assert "from 3.0 to" in figures()[0].description


def test_an_alignment_draws_every_word_and_every_link():
    figure = figures()[2]
    assert figure.description == "Word alignment: black–noir, cat–chat."
    for word in ("black", "cat", "chat", "noir"):
        assert f">{word}</text>" in figure.svg


def test_text_and_axes_take_the_color_of_the_page():
    for figure in figures():
        assert "currentColor" in figure.svg or "var(--s2s-" in figure.svg
        assert not re.search(r"(fill|stroke): ?#(000000|ffffff|010203)", figure.svg)


def test_the_same_figure_gives_the_same_bytes():
    assert [f.svg for f in figures()] == [f.svg for f in figures()]


def test_a_figure_without_description_is_refused():
    with pytest.raises(ValueError, match="description must say what the figure shows"):
        as_figure(plt.figure(), " ")
