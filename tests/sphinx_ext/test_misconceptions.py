"""The known mistakes of a chapter on a page."""

import html as markup

from s2s_course.exercises.engine.registry import all_exercises
from s2s_course.sphinx_ext.misconceptions import _text

from .small_book import build, write_book


def plain(text):
    return "".join(node.astext() for node in _text(text))


def test_it_has_every_mistake_with_what_is_said_of_it(tmp_path):
    page, warnings = build(write_book(tmp_path), "```{misconceptions} 5\n```")
    assert warnings == []
    ours = [exercise for exercise in all_exercises() if exercise.id.startswith("5.")]
    assert page.count("<dt") == sum(len(exercise.misconceptions) for exercise in ours)
    for exercise in ours:
        assert f'<p class="rubric">{exercise.id} {markup.escape(exercise.title)}</p>' in page
        for one in exercise.misconceptions:
            first = one.message.split("`")[0].split("'")[0].split('"')[0].strip()
            assert markup.escape(first) in page, one.name


def test_code_stands_out_and_markup_is_text():
    nodes = _text("Use `a * b`, not *this* or <eos>.")
    assert [node.tagname for node in nodes] == ["#text", "literal", "#text"]
    assert plain("Use `a * b`, not *this* or <eos>.") == "Use a * b, not *this* or <eos>."
