"""What stands in a stored chapter instead of a widget's code, and the script that has the code."""

import copy
import json
import re

import pytest

from s2s_course.widgets import WIDGETS, HiddenStates, Quiz
from s2s_course.widgets.shared.base import CourseWidget
from s2s_course.widgets.shared.stored import name_front_ends, named_front_ends, scripts, stand_in


def model(widget: type[CourseWidget], **state) -> dict:
    entry = {"_esm": widget._esm, "_css": widget._css, "title": "T", **state}
    entry["_anywidget_id"] = f"{widget.__module__}.{widget.__qualname__}"
    return {"model_name": "AnyModel", "model_module": "anywidget", "state": entry}


@pytest.mark.parametrize("widget", WIDGETS, ids=lambda widget: widget.__name__)
def test_the_code_is_replaced_by_its_name_and_nothing_else_changes(widget):
    models = {"a": model(widget), "b": {"model_name": "LayoutModel", "state": {"width": None}}}
    before = copy.deepcopy(models)
    name_front_ends(models, WIDGETS)
    state = models["a"]["state"]
    assert state["_esm"] == stand_in(widget) and state["_css"] == "" and len(stand_in(widget)) < 250
    assert named_front_ends(json.dumps(models)) == [(widget.module_name(), 1)]
    models["a"]["state"] = state | {"_esm": widget._esm, "_css": widget._css}
    assert models == before


def test_doing_it_again_changes_nothing():
    models = {"a": model(Quiz), "b": model(HiddenStates)}
    name_front_ends(models, WIDGETS)
    once = copy.deepcopy(models)
    name_front_ends(models, WIDGETS)
    assert models == once


def test_what_is_not_ours_keeps_its_code():
    class Quiz(CourseWidget):
        _esm, _css = "export default {}", ""

    own = model(Quiz)
    own["state"]["_anywidget_id"] = "somebody.widgets.quiz.Quiz"
    models = {"a": copy.deepcopy(own), "b": {"model_name": "HBoxModel", "state": {"children": []}}}
    name_front_ends(models, WIDGETS)
    assert models["a"] == own and named_front_ends(json.dumps(models)) == []


def test_the_version_is_that_of_the_state_s_format_and_no_edit_of_a_front_end_changes_it(monkeypatch):
    before = stand_in(Quiz)
    monkeypatch.setattr(Quiz, "_esm", Quiz._esm + "\n// edited")
    assert stand_in(Quiz) == before
    monkeypatch.setattr(Quiz, "state_version", 2)
    assert stand_in(Quiz).startswith("// s2s_course widget: quiz 2\n")
    assert named_front_ends(json.dumps({"_esm": stand_in(Quiz)})) == [("quiz", 2)]


def test_names_come_once_and_text_that_only_looks_like_one_is_none():
    models = {str(i): model(widget) for i, widget in enumerate((Quiz, HiddenStates, Quiz))}
    models["0"]["state"]["title"] = stand_in(HiddenStates)
    name_front_ends(models, WIDGETS)
    assert named_front_ends(json.dumps({"0": models["0"]})) == [("quiz", 1)]
    assert named_front_ends(json.dumps(models)) == [("quiz", 1), ("hidden_states", 1)]


def test_scripts_have_what_is_shared_once_and_each_widget_s_own():
    """tests/browser runs them."""
    codes = {}
    for name, script in scripts(WIDGETS).items():
        assert re.fullmatch(r"\w+", name), "static-host.js looks for such a name"
        start, text = script.split(" = ", 1)
        assert start == f"(window.s2sWidgets ??= {{}}).{name}"
        codes[name] = json.loads(text.removesuffix(";\n"))
    shared = codes.pop("shared")
    assert list(codes) == [widget.module_name() for widget in WIDGETS]
    for widget, code in zip(WIDGETS, codes.values(), strict=True):
        assert code["version"] == widget.state_version
        assert shared["module"] + code["module"] == widget._esm and len(code["module"]) < len(widget._esm)
        assert shared["style"] + code["style"] == widget._css and len(code["style"]) < len(widget._css)
