"""What holds for every widget of the course."""

import re
from pathlib import Path

import pytest

from s2s_course.widgets import WIDGETS, CourseWidget, HiddenStates
from s2s_course.widgets.shared import base as base_module
from s2s_course.widgets.shared.base import MAX_STATE_BYTES

SHARED = Path(base_module.__file__).parent
ROOMS = sorted(SHARED.parent.iterdir())
RESERVED = {"keys", "comm", "layout", "open", "close", "send"}  # ipywidgets' own attributes


def own_traits(widget: type[CourseWidget]) -> set[str]:
    return set(widget.class_trait_names()) - set(CourseWidget.class_trait_names())


@pytest.mark.parametrize("widget", WIDGETS, ids=lambda widget: widget.__name__)
class TestEveryWidget:
    def test_says_where_it_appears_and_what_it_is(self, widget):
        assert widget.chapters and all(isinstance(chapter, int) for chapter in widget.chapters)
        assert widget.__doc__ and widget.describe is not CourseWidget.describe

    def test_front_end_is_one_module_without_imports_or_addresses(self, widget):
        assert len(re.findall(r"^export\b", widget._esm, re.MULTILINE)) == 1
        # one import: of a blob with the engine, which the page or the kernel has given (shared/live.js)
        imports = re.findall(r"^\s*import\b.*|\bimport\(.*?\)", widget._esm, re.MULTILINE)
        assert imports == ["import(address)"]
        addresses = re.findall(r"https?://[^\s\"'`)]+", widget._esm + widget._css)
        assert [address for address in addresses if not address.startswith("http://www.w3.org/")] == []
        assert "@import" not in widget._css and "url(" not in widget._css

    def test_style_is_nested_in_the_widget_s_class(self, widget):
        css = re.sub(r"/\*.*?\*/", "", widget._css, flags=re.DOTALL)
        depth = 0
        for text, brace in re.findall(r"([^{}]*)([{}])", css):
            if brace == "{" and depth == 0:
                assert re.fullmatch(r"\.s2s-widget(\.s2s-[a-z-]+)?", text.strip()), text
            depth += 1 if brace == "{" else -1
        assert depth == 0

    def test_no_trait_hides_an_attribute_of_ipywidgets(self, widget):
        assert not own_traits(widget) & RESERVED

    def test_every_trait_of_its_own_is_synced(self, widget):
        assert all(widget.class_traits()[name].metadata.get("sync") for name in own_traits(widget))


def test_every_room_is_a_listed_widget_and_all_of_its_front_end_is_used():
    assert {path.name for path in ROOMS if path.is_dir() and not path.name.startswith("__")} == {
        "shared",
        *(widget.module_name() for widget in WIDGETS),
    }
    for widget in WIDGETS:
        room = SHARED.parent / widget.module_name()
        assert {f"{room.name}{suffix}" for suffix in (".py", ".js", ".css")} <= {
            p.name for p in room.iterdir()
        }
        for path in [*room.glob("*.js"), *room.glob("*.css")]:
            text = path.read_text(encoding="utf-8")
            assert [w for w in WIDGETS if text in w._esm + w._css] == [widget], path


def test_the_common_part_comes_first():
    text = HiddenStates._esm
    assert text.startswith((SHARED / "common.js").read_text(encoding="utf-8"))
    assert text.count((SHARED / "color.js").read_text(encoding="utf-8")) == 1
    assert text.endswith((SHARED.parent / "hidden_states/hidden_states.js").read_text(encoding="utf-8"))


class Plain(CourseWidget):
    _esm, _css = "export default {}", ""

    def describe(self):
        return "nothing"


def test_too_much_state_is_refused_before_anything_reaches_the_page():
    assert repr(Plain(tooltip="x" * (MAX_STATE_BYTES - 100))) == "Plain(nothing)"
    message = (
        r"Plain must carry at most 155,000 bytes, got 155,0\d\d; "
        "show a shorter example, fewer units or fewer examples"
    )
    with pytest.raises(ValueError, match=f"^{message}$"):
        Plain(tooltip="x" * MAX_STATE_BYTES)
