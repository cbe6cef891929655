"""The figures in the place of widgets: what chapters store of them, and that they say what widgets say."""

import json
import re
from functools import cache
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest

from s2s_course.chapters import chapter_paths
from s2s_course.widgets import WIDGETS, CourseWidget
from s2s_course.widgets.shared.stored import from_stored

STATE = "application/vnd.jupyter.widget-state+json"
VIEW = "application/vnd.jupyter.widget-view+json"


ALLOWED = frozenset(
    [
        "figure",
        "figcaption",
        "p",
        "strong",
        "div",
        "table",
        "caption",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "img",
        "ul",
        "ol",
        "li",
        "code",
    ]
)


@cache
def stored() -> list[tuple[str, CourseWidget, str]]:
    """Of each widget that a chapter shows: where, the widget again, and its stored figure."""
    found = []
    for path in chapter_paths():
        notebook = json.loads(path.read_text(encoding="utf-8"))
        models = notebook["metadata"].get("widgets", {}).get(STATE, {}).get("state", {})
        for number, cell in enumerate(notebook["cells"]):
            for data in (output.get("data", {}) for output in cell.get("outputs", [])):
                if VIEW in data:
                    widget = from_stored(models[data[VIEW]["model_id"]]["state"], WIDGETS)
                    found.append((f"{path.stem}, cell {number}", widget, "".join(data.get("text/html", ""))))
    return found


def examples(name: str) -> list[tuple[CourseWidget, ElementTree.Element]]:
    return [
        (widget, ElementTree.fromstring(html))
        for _, widget, html in stored()
        if type(widget).__name__ == name
    ]


def cells(row: ElementTree.Element) -> list[str]:
    return ["".join(cell.itertext()).removeprefix("→ ") for cell in row]


def rows(table: ElementTree.Element) -> list[list[str]]:
    return [cells(row) for row in table.iter("tr")]


def number(text: str) -> float:
    return float(re.sub(r"[*% ]", "", text).replace("−", "-"))


def test_each_stored_widget_has_today_s_figure_beside_it():
    """``python -m s2s_course.widgets store`` renews them."""
    shown = {type(widget).__name__ for _, widget, _ in stored()}
    assert len(stored()) > 40 and shown == {widget.__name__ for widget in WIDGETS}
    for place, widget, html in stored():
        assert html == widget.figure().html(), f"{place}: run python -m s2s_course.widgets store"


def test_a_figure_is_well_formed_needs_nothing_and_says_what_it_shows():
    for place, widget, html in stored():
        figure = ElementTree.fromstring(html)
        assert figure.tag == "figure" and (figure.findtext("figcaption") or "").endswith("."), place
        assert {element.tag for element in figure.iter()} <= ALLOWED, "what sanitizers let through"
        for image in figure.iter("img"):
            assert len(image.get("alt", "")) > 30 and image.get("src", "").startswith("data:image/svg+xml;")
            ElementTree.fromstring(unquote(image.get("src").partition(",")[2]))
        for table in figure.iter("table"):
            assert table.findtext("caption") and len({len(row) for row in rows(table)}) == 1, place
        assert type(widget).figure is not CourseWidget.figure
        assert len(html) < 60_000, f"{place} is heavy: {len(html)}"


def test_no_tabular_weights_that_do_not_sum_to_one():
    seen = 0
    for name in ("Attention", "Decoder", "Moments", "QueryKeyValue"):
        for _, figure in examples(name):
            for table in figure.iter("table"):
                if re.match(r"Likeliest|The |What", table.findtext("caption")):
                    continue
                for row in rows(table)[1:]:
                    assert abs(sum(map(number, row[1:])) - 1) < 0.005 * len(row), (name, row)
                    seen += 1
    assert seen > 60


def test_the_quiz_asks_all_and_marks_one_right_answer_each():
    for widget, figure in examples("Quiz"):
        questions, answers = figure.findall("ol")
        assert len(questions) == len(answers) == len(widget.questions)
        for asked, question, answer in zip(widget.questions, questions, answers, strict=True):
            text = "".join(question.itertext())
            assert asked["text"].replace("`", "") in text
            assert all(choice["text"].replace("`", "") in text for choice in asked["choices"])
            right = [
                line
                for line in ("".join(item.itertext()) for item in answer.iterfind("ul/li"))
                if ") Right. " in line
            ]
            whys = [choice["why"].replace("`", "") for choice in asked["choices"] if choice["right"]]
            assert len(right) == 1 and whys[0] in right[0]


@pytest.mark.parametrize("bundle_text", ["text/html", "text/plain", VIEW])
def test_a_shown_widget_offers_its_figure_to_who_has_no_widgets(bundle_text):
    widget = stored()[0][1]
    data, metadata = widget._repr_mimebundle_()
    assert bundle_text in data and isinstance(metadata, dict)
    assert data["text/html"] == widget.figure().html() and data["text/plain"] == repr(widget)


def test_beams_add_up():
    for widget, figure in examples("BeamTree"):
        tables = list(figure.iter("table"))
        assert len(tables) == widget.num_steps and sum(len(rows(t)) - 1 for t in tables) == len(widget.nodes)
        totals = {row[0]: number(row[2]) for table in tables for row in rows(table)[1:]}
        for table in tables[1:]:
            for words, log_p, total, *_ in rows(table)[1:]:
                before = totals[words.rpartition(" ")[0]]
                assert abs(before + number(log_p) - number(total)) < 0.011
