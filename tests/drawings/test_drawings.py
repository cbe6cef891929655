"""Every drawing: well formed, described, in the language's colors only, and the same in every run."""

import re
import subprocess
import sys
import xml.etree.ElementTree as ET

import pytest

from s2s_course.drawings.language.drawing import NARROW, WIDE
from s2s_course.drawings.language.palette import PALETTE
from s2s_course.drawings.registry import drawing, names

SVG = "{http://www.w3.org/2000/svg}"
BOTH = [(name, form) for name in names() for form in ("wide", "narrow")]
ROLE = rf"var\(--s2s-({'|'.join(PALETTE)})\)"
COLOR = re.compile(rf"none|{ROLE}|color-mix\(in srgb, {ROLE} \d+%, var\(--s2s-paper\)\)")


def parts(name, form):
    return list(ET.fromstring(drawing(name).svg(form)).iter())


def test_the_issue_s_drawings_are_there():
    assert set(names()) == {
        "whole-way", "visual-language", "sequence-to-sequence",
        "rnn-unrolled", "rnn-cell", "backpropagation-through-time", "lstm-cell", "gru-cell",
        "encoder-decoder", "context-steps", "beam-search", "bahdanau-step", "attention-orders",
        "self-attention", "attention-masks", "attention-heads", "position-clocks",
        "encoder-layer", "decoder-layer", "transformer", "key-value-cache", "three-families",
    }  # fmt: skip


@pytest.mark.parametrize(("name", "form"), BOTH)
class TestComposition:
    def test_it_is_an_image_with_a_title_and_a_description(self, name, form):
        root = ET.fromstring(drawing(name).svg(form))
        assert root.get("role") == "img" and len(root.get("aria-label")) >= 20
        title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
        assert [root[0], root[1]] == [title, description]
        assert title.text == root.get("aria-label")
        assert len(description.text.split()) >= 40 and "$" not in description.text + title.text

    def test_it_is_made_for_its_column(self, name, form):
        root = ET.fromstring(drawing(name).svg(form))
        assert float(root.get("viewBox").split()[2]) == {"wide": WIDE, "narrow": NARROW}[form]

    def test_every_color_is_a_role_of_the_language(self, name, form):
        for part in parts(name, form):
            colors = [
                part.get("fill"),
                part.get("stroke"),
                *re.findall(r"fill:([^;]+)", part.get("style", "")),
            ]
            for color in filter(None, colors):
                assert COLOR.fullmatch(color), color

    def test_it_refers_to_nothing_by_id(self, name, form):
        assert not [part for part in parts(name, form) if part.get("id")]
        assert "url(" not in drawing(name).svg(form) and "href" not in drawing(name).svg(form)


@pytest.mark.parametrize("name", names())
class TestDrawing:
    def test_the_narrow_composition_is_its_own(self, name):
        made = drawing(name)
        wide, narrow = (re.findall(r'd="[^"]+"', made.svg(form)) for form in ("wide", "narrow"))
        assert len(set(narrow) & set(wide)) <= len(set(narrow)) / 2

    def test_it_shows_title_and_caption(self, name):
        made = drawing(name)
        html = made.html()
        assert html.count("<svg") == html.count("</svg>") == 2
        assert f'id="drawing-{name}"' in html and html.count(" id=") == 1
        assert html.endswith("</figcaption></figure>")
        assert "$" not in re.sub("<style>.*?</style>", "", html, flags=re.DOTALL)
        assert repr(made) == f"Drawing: {made.description}" and made._repr_html_() == html


def test_an_unknown_name_is_refused():
    with pytest.raises(ValueError, match=r"name must be one of whole-way, .*, got 'lstm'"):
        drawing("lstm")


def test_another_run_gives_the_same_bytes_and_needs_no_torch():
    code = (
        "import sys; from s2s_course.drawings.registry import drawing, names;"
        "sys.stdout.reconfigure(encoding='utf-8');"
        "print(''.join(drawing(n).html() for n in names()), end='');"
        "assert 'torch' not in sys.modules"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8")
    assert run.returncode == 0, run.stderr
    assert run.stdout == "".join(drawing(name).html() for name in names())
