"""What the index takes from a page, and modules that become one script."""

import json

import pytest
from lxml import html

from s2s_course.sphinx_ext.joined import joined
from s2s_course.sphinx_ext.plain_formula import plain_formula
from s2s_course.sphinx_ext.search_index import index_of, sections_of

PAGE = """<html><body><nav><p>Contents</p></nav><article class="bd-article"><section id="attention">
<h1>5. Attention<a class="headerlink" href="#attention">#</a></h1>
<p>A weighted sum, <span class="math">\\(c_t = \\sum_s \\alpha_{ts} h_s\\)</span>, of the <b>values</b>.</p>
<div class="tag_setup"><pre>import os</pre></div>
<section id="exercise-5-1"><span id="exercise-5-1-the-score"></span><h3>Exercise 5.1: The score</h3>
<p>Write it.</p><pre>from torch import nn
class Score:
    pass</pre>
<div class="s2s-widget"><p>drawn by a script</p></div>
<table><tbody><tr id="letter-H-7"><td><p>H<a class="headerlink">#</a></p></td><td><p>heads</p></td>
<td><p>7</p></td></tr><tr><td><p>0.31</p></td><td><p>27.12</p></td></tr></tbody></table></section>
<section id="clipping"><span id="claim-clipping"></span><h3>clipping</h3><p>Holds.</p></section>
<dl><dt id="term-mask">mask<a class="headerlink">#</a></dt><dt id="term-padding-mask">padding mask</dt>
<dd><p>What may be attended to.</p><p>Twice.</p></dd></dl>
<div id="fig-5-2"><figure id="drawing-map">
<figcaption><a class="s2s-number">Figure 5.2</a>. A map.</figcaption></figure></div>
<div id="fig-5-3"><a class="s2s-number">Figure 5.3</a><svg aria-label="A curve that falls."></svg></div>
<p>Write it.</p></section></article></body></html>"""


@pytest.fixture
def sections():
    return {section[0]: section[1:] for section in sections_of(html.fromstring(PAGE), set())}


def test_each_kind_has_its_names_and_its_passages(sections):
    assert sections["attention"][:3] == ["chapter", "5. Attention", ["chapter 5", "5", "Attention"]]
    assert sections["attention"][3] == [[1, "A weighted sum, c_t = Σ_s α_ts h_s, of the values."]]
    kind, title, names, passages = sections["exercise-5-1"]
    assert (kind, title) == ("exercise", "Exercise 5.1: The score")
    assert names == ["Exercise 5.1", "5.1", "The score"]
    assert passages == [[1, "Write it."], [2, "class Score: pass"]]
    assert sections["letter-H-7"][:3] == ["letter", "H: heads", ["H", "letter H"]]
    kind, title, names, passages = sections["claim-clipping"]
    assert kind == "claim" and title.startswith("Clipping rescues") and "claim clipping" in names
    assert passages == [[1, "Holds."]]
    assert sections["term-mask"][:2] == ["term", "mask / padding mask"]
    assert sections["term-mask"][2][:2] == ["mask", "padding mask"]
    assert [text for _, text in sections["term-mask"][3]] == ["What may be attended to.", "Twice."]
    assert "drawing-map" not in sections
    assert sections["fig-5-3"][1] == "Figure 5.3. A curve that falls."
    assert sections["fig-5-2"][:3] == ["figure", "Figure 5.2. A map.", ["Figure 5.2", "5.2", "A map."]]


def test_nothing_is_taken_that_is_no_text_of_the_page(sections):
    texts = " ".join(text for section in sections.values() for _, text in section[3])
    for absent in ("Contents", "import os", "drawn by a script", "27.12", "#"):
        assert absent not in texts
    assert texts.count("Write it.") == 1  # said twice, found once


def test_a_built_page_has_its_file_and_title(tmp_path):
    (tmp_path / "a.html").write_text(PAGE)
    index = index_of(tmp_path, ["a", "missing"])
    assert index["pages"] == [["a.html", "5. Attention"]]
    assert {section[0] for section in index["sections"]} == {0}
    assert json.loads(json.dumps(index)) == index


def test_formulas_become_plain():
    assert plain_formula(r"\(h_t = \tanh(W x_t + U h_{t-1})\)") == "h_t = tanh(W x_t + U h_t-1)"
    assert plain_formula(r"d_\text{ff}") == "d_ff"
    assert plain_formula(r"v^\top \mathbf{x} \le \{1\}") == "v^ᵀ x ≤ 1"


def write(folder, **modules):
    for name, text in modules.items():
        (folder / f"{name}.js").write_text(text)
    return folder / "entry.js"


def test_modules_become_one_expression(tmp_path):
    entry = write(
        tmp_path,
        entry='import { two } from "./low.js";\n// Gives four.\nexport function four() {\n  return two;\n}\n'
        "export { two };\n",
        low="export const two = 2; // not three\n",
    )
    lines = ["const two = 2;", "function four() {", "return two;", "}", "return { four, two };"]
    assert joined(entry) == "\n".join(["(() => {", *lines, "})()"])


def test_what_cannot_be_joined_is_refused(tmp_path):
    twice = write(tmp_path, entry='import { a } from "./b.js";\nconst c = 1;\n', b="const c = 2;\n")
    with pytest.raises(ValueError, match="different names, got c twice"):
        joined(twice)
    circle = write(tmp_path, entry='import { a } from "./b.js";\n', b='import { d } from "./entry.js";\n')
    with pytest.raises(ValueError, match="circle"):
        joined(circle)
