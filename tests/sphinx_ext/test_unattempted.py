"""Of an exercise that nobody has attempted the page says what it is worth; all other verdicts are shown."""

from unittest.mock import Mock

import pytest
import torch
from docutils import nodes
from docutils.utils import new_document
from sphinx.application import Sphinx

from s2s_course.exercises import check
from s2s_course.exercises.engine.registry import find_exercise
from s2s_course.sphinx_ext.unattempted import shorten_unattempted

EXERCISE = find_exercise("5.1")


def cell_with(html: str) -> tuple[list[str], str]:
    """The classes of the cell, and what it shows."""
    document = new_document("page")
    raw = nodes.raw("", f"{html}\n", format="html")
    document += nodes.container("", nodes.container("", raw, classes=["cell_output"]), classes=["cell"])
    shorten_unattempted(Mock(spec=Sphinx), document, "book/05-bahdanau-attention")
    return document[0]["classes"], "".join(raw.astext() for raw in document.findall(nodes.raw))


@pytest.fixture
def functions():
    namespace = {"torch": torch}
    exec(EXERCISE.template, namespace)
    exec(EXERCISE.solution, namespace)
    return namespace


def test_its_goal_is_not_said_again(functions):
    box = check(EXERCISE.id, functions[EXERCISE.function_name])._repr_html_()
    assert EXERCISE.goal[:20] in box
    classes, html = cell_with(box)
    assert classes == ["cell", "s2s-check-cell"]
    assert html == '<p class="s2s-effort">2 points, medium, about 10 minutes.</p>'


def test_a_verdict_is_shown(functions):
    box = check(EXERCISE.id, functions[EXERCISE.solution_name])._repr_html_()
    assert cell_with(box) == (["cell"], f"{box}\n")


def test_a_project_is_shown_with_what_was_measured():
    heading = "<p><strong>Project 1, A cell: unattempted.</strong></p>"
    box = f'<div class="s2s-check" style="">{heading}<p>5 points.</p><p>What was measured.</p></div>'
    assert cell_with(box) == (["cell"], f"{box}\n")
