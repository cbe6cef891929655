"""The directive ``translator``: what it puts on a page, and what it refuses."""

import json
import re
from types import SimpleNamespace
from unittest.mock import Mock

import pytest
from docutils.core import publish_doctree
from docutils.parsers.rst import directives
from docutils.utils import SystemMessage

from s2s_course.sphinx_ext.translator_directive import TranslatorDirective
from s2s_course.widgets import Translator
from s2s_course.widgets.shared.stored import named_front_ends

TEXT = "</script><script>the cat sleeps."


@pytest.fixture
def publish(monkeypatch):
    """The HTML that a text with the directive gives, and the metadata of its page."""
    env = SimpleNamespace(docname="first", metadata={"first": {}}, new_serialno=Mock(return_value=0))
    monkeypatch.setattr(TranslatorDirective, "env", env, raising=False)
    directives.register_directive("translator", TranslatorDirective)

    def publish(text: str) -> str:
        quiet = {"report_level": 5, "halt_level": 3, "raw_enabled": True}
        return "".join(node.astext() for node in publish_doctree(text, settings_overrides=quiet).children)

    yield publish, env
    directives._directives.pop("translator")


def test_it_carries_the_widget_and_names_its_code(publish):
    run, env = publish
    html = run(f".. translator:: gru bahdanau\n   :title: Yours\n\n   {TEXT}\n")
    assert env.metadata["first"] == {"s2s_widgets": "translator"}
    view, state = re.findall(r"<script type=[^>]*>(.*?)</script>", html)
    [(name, entry)] = json.loads(state)["state"].items()
    assert json.loads(view) == {"model_id": name}
    widget = Translator.of(["gru", "bahdanau"], text=TEXT, title="Yours")
    assert entry["state"]["shown"] == json.loads(json.dumps(widget.shown))
    assert (entry["state"]["title"], entry["state"]["text"]) == ("Yours", TEXT)
    assert named_front_ends(state) == [("translator", Translator.state_version)]
    assert html.startswith(f'<div class="s2s-place">{widget.figure().html()}<script'), "without scripts"


def test_a_model_that_is_not_there_stops_the_build_in_one_sentence(publish):
    run, _ = publish
    with pytest.raises(SystemMessage, match=r"name must be one of .*, got 'gpt'"):
        run(".. translator:: gpt\n\n   the cat sleeps.\n")
