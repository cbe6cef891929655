"""The static host on pages made by hand, and with the stock ipywidgets of the tiny book."""

import gzip
import json
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest
from playwright.sync_api import expect

from s2s_course.widgets import HiddenStates, Masks, Quiz
from s2s_course.widgets.quiz import Choice, Question
from s2s_course.widgets.shared.arrays import decode_array, encode_array
from s2s_course.widgets.shared.stored import scripts, stand_in

from .static_page import HOST, stored, write_page

QUESTION = Question(
    "Where is it?",
    (
        Choice("left", True, "That is where the heart is."),
        Choice("right", False, "Look again."),
        Choice("nowhere", False, "It is somewhere."),
    ),
)

# A widget that writes down what happens to it.
RECORDER = """
const say = (model, text) => model.get("name") + " " + text;
export default {
  initialize({ model }) { (window.log ??= []).push(say(model, "initialized")); },
  render({ model, el, signal }) {
    const both = () => window.log.push(say(model, `a=${model.get("a")} b=${model.get("b")}`));
    model.on("change:a", both);
    model.on("change:b", both);
    model.on("change", () => window.log.push(say(model, "changed")));
    el.append(`rendered ${model.get("name")} ${signal.aborted}`);
    (window.models ??= {})[model.get("name")] = model;
  },
};
"""


def ours(name, esm=RECORDER, **state):
    state = {"name": name, "a": 0, "b": 0, "_esm": esm, "_css": ".x { color: rgb(1, 2, 3) }", **state}
    return {"model_name": "AnyModel", "model_module": "anywidget", "state": state}


def stock(name, **state):
    return {"model_name": f"{name}Model", "model_module": "@jupyter-widgets/controls", "state": state}


@pytest.fixture
def show(open_page, tmp_path):
    """Open a page with the state of widgets and a view for each of some ids."""
    return lambda widgets, views: open_page(write_page(tmp_path, widgets, views))


def test_a_model_announces_a_change_once_all_values_are_in_place(show):
    page = show({"1": ours("one")}, ["1", "1"])
    expect(page.locator(".s2s-view")).to_have_text(["rendered one false"] * 2)
    assert page.evaluate("log.splice(0)") == ["one initialized"], "once for a model, not for each view"
    page.evaluate("models.one.set({ a: 1, b: 2 })")
    assert set(page.evaluate("log.splice(0)")) == {"one a=1 b=2", "one changed"}
    page.evaluate("models.one.set('a', 5)")
    page.evaluate("models.one.set('a', 5)")
    page.evaluate("models.one.save_changes()")
    # two views, each with a listener; the second set changes nothing
    assert page.evaluate("log.splice(0)") == ["one a=5 b=2"] * 2 + ["one changed"] * 2


def test_listeners_can_leave(show):
    page = show({"1": ours("one")}, ["1"])
    expect(page.locator(".s2s-view")).to_contain_text("rendered")
    calls = page.evaluate("""() => {
      const calls = [], first = () => calls.push("first"), second = () => calls.push("second");
      const { one } = models;
      one.off();
      one.on("change:a change:b", first);
      one.on("change:a", second);
      one.set("a", 1); one.off("change:a", first);
      one.set({ a: 2, b: 2 }); one.off("change:a");
      one.set({ a: 3, b: 3 });
      return calls;
    }""")
    assert calls == ["first", "second", "second", "first", "first"]


def test_boxes_and_links(show):
    links = {
        "l1": stock("Link", source=["IPY_MODEL_1", "a"], target=["IPY_MODEL_2", "a"]),
        "l2": stock("DirectionalLink", source=["IPY_MODEL_1", "b"], target=["IPY_MODEL_2", "a"]),
    }
    boxes = {
        "box": stock("HBox", children=["IPY_MODEL_1", "IPY_MODEL_inner"]),
        "inner": stock("VBox", children=["IPY_MODEL_2"]),
    }
    page = show({"1": ours("one", b=4), "2": ours("two"), **boxes, **links}, ["box"])
    expect(page.locator(".s2s-view")).to_have_text("rendered one falserendered two false")
    values = "[models.one.get('a'), models.one.get('b'), models.two.get('a')]"
    assert page.evaluate(values) == [4, 4, 4], "a link carries the source's value over when it is made"
    page.evaluate("models.two.set('a', 6)")
    assert page.evaluate(values) == [6, 4, 6]
    page.evaluate("models.one.set('b', 9)")
    assert page.evaluate(values) == [9, 9, 9]
    page.evaluate("models.two.set('a', 1)")
    assert page.evaluate(values) == [1, 9, 1]


def test_two_loads_are_one_and_a_style_comes_once(show):
    page = show({"1": ours("one"), "2": ours("two")}, ["1", "2"])
    expect(page.locator(".s2s-view")).to_have_text(["rendered one false", "rendered two false"])
    page.add_script_tag(path=HOST)
    page.wait_for_timeout(50)
    expect(page.locator(".s2s-view")).to_have_count(2)
    assert page.locator("style").count() == 1


@pytest.mark.parametrize(
    ("widgets", "message"),
    [
        ({}, "its state (1) is not stored in this page"),
        ({"1": ours("one", esm="export default { render() { throw new Error('no luck') } }")}, "no luck"),
        ({"1": ours("one", esm="this is not JavaScript")}, "This widget could not start"),
    ],
)
def test_a_widget_that_fails_says_so_and_the_others_live(browser, tmp_path, widgets, message):
    page = browser.new_page()
    errors = []
    page.on("console", lambda line: line.type == "error" and errors.append(line.text))
    page.goto(write_page(tmp_path, {**widgets, "2": ours("two")}, ["1", "2"]))
    expect(page.locator(".s2s-view").nth(0)).to_contain_text(message)
    expect(page.locator(".s2s-view").nth(1)).to_have_text("rendered two false")
    assert errors, "a failure is also an error of the page, so that the crawl finds it"
    page.close()


def named(title: str, version: int) -> dict:
    """The state of a quiz as chapters have it, of this version."""
    entry = stored(Quiz.from_questions([QUESTION], title=title))
    entry["state"] |= {"_esm": stand_in(Quiz).replace("quiz 1\n", f"quiz {version}\n"), "_css": ""}
    return entry


def test_a_widget_whose_code_is_only_named_runs_with_the_code_of_the_page(open_page, tmp_path):
    widgets = {"1": named("one", 1), "2": named("two", 1)}
    page = open_page(write_page(tmp_path, widgets, ["1", "2"], code=[Quiz, Masks]))
    expect(page.locator(".s2s-quiz header p:first-child")).to_have_text(["one", "two"])
    page.get_by_label("left").first.check()
    expect(page.locator(".s2s-quiz output").first).to_contain_text("That is where the heart is.")
    style = page.locator("style").all_text_contents()
    assert len(style) == 1 and ".s2s-quiz" in style[0]
    assert page.evaluate("Object.keys(s2sWidgets)") == ["shared", "quiz", "masks"]


def test_code_and_state_wait_until_a_reader_comes_near(open_page, tmp_path):
    path = Path(urlsplit(write_page(tmp_path, {"1": named("one", 1)}, ["1"])).path)
    for file, script in scripts([Quiz]).items():
        (tmp_path / f"{file}.js").write_text(script, encoding="utf-8")
    code = json.dumps({file: (tmp_path / f"{file}.js").as_uri() for file in scripts([Quiz])})
    html = path.read_text(encoding="utf-8").replace("data-eager", f"data-code='{code}'")
    path.write_text(html.replace("<body>", '<body><p style="height: 9000px">far above</p>'), encoding="utf-8")
    page = open_page(path.as_uri())
    expect(page.locator(".s2s-view")).to_have_count(1)
    page.wait_for_timeout(300)
    assert page.evaluate("typeof s2sWidgets") == "undefined"
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    expect(page.locator(".s2s-quiz header p:first-child")).to_have_text("one")
    assert page.evaluate("Object.keys(s2sWidgets).sort()") == ["quiz", "shared"]


@pytest.mark.parametrize(("version", "code"), [(1, []), (2, [Quiz]), (1, [Masks])])
def test_a_widget_of_another_version_of_the_course_says_what_to_do(browser, tmp_path, version, code):
    page = browser.new_page()
    errors = []
    page.on("console", lambda line: line.type == "error" and errors.append(line.text))
    widgets = {"1": named("one", version), "2": ours("two")}
    page.goto(write_page(tmp_path, widgets, ["1", "2"], code=code))
    expect(page.locator(".s2s-view").nth(0)).to_have_text(
        f"This widget could not start: it (quiz {version}) was made by another version of the course: "
        "run make execute."
    )
    expect(page.locator(".s2s-view").nth(1)).to_have_text("rendered two false")
    assert len(errors) == 1, "so that the crawl finds it"
    page.close()


def test_without_a_kernel_what_stands_for_the_code_says_to_run_the_cell(open_page, tmp_path):
    """As JupyterLab shows a stored chapter: it imports the stored text as it is."""
    (tmp_path / "page.html").write_text("<!doctype html>")
    page = open_page((tmp_path / "page.html").as_uri())
    page.evaluate(
        """async (text) => {
          const url = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
          (await import(url)).default.render({ model: null, el: document.body });
        }""",
        stand_in(HiddenStates),
    )
    expect(page.locator("body")).to_have_text(
        "Run this cell to see the widget: its code comes from the package s2s_course."
    )


def test_stock_widgets_show_their_text_their_output_or_a_note(open_page, tiny_address):
    page = open_page(f"{tiny_address}/chapters/widgets.html")
    views = page.locator(".s2s-view")
    for index in range(6):  # a widget waits until it is near
        views.nth(index).scroll_into_view_if_needed()
        expect(views.nth(index)).not_to_be_empty()
    expect(views.nth(2)).to_have_text("in a boxsideby side")
    assert views.nth(2).locator("b").count() == 0, "stored HTML is shown as text"
    side, by_side = (
        views.nth(2).get_by_text(text, exact=True).bounding_box() for text in ("side", "by side")
    )
    assert side["y"] == by_side["y"] and side["x"] < by_side["x"]
    expect(views.nth(3)).to_contain_text("layers: this control needs a running kernel")
    expect(views.nth(4)).to_have_text("printed inside\n")
    expect(views.nth(5)).to_contain_text("training: 100%")
    assert views.nth(5).get_by_role("progressbar").evaluate("bar => bar.position") == 1


@pytest.mark.parametrize("dtype", ["uint8", "int8", "float16"])
def test_javascript_reads_arrays_as_python_does(open_page, tmp_path, dtype):
    values = np.array([0, 1, 0.5, 1 / 3, 2**-14, 2**-24, 3e-6, 0.999, 0.1, 0.7]).reshape(5, 2)
    if dtype != "uint8":
        values = np.concatenate([values, -values, 40 * values])
    encoded = encode_array(values, dtype)
    (tmp_path / "page.html").write_text("<!doctype html>")
    page = open_page((tmp_path / "page.html").as_uri())
    script = HiddenStates._esm.replace("export default", "const widget =")
    shape, decoded = page.evaluate(
        f"""encoded => {{
          {script};
          const {{ shape, values }} = decodeArray(encoded);
          return [shape, [...values]];
        }}""",
        encoded,
    )
    assert shape == list(values.shape)
    assert (np.array(decoded).reshape(shape) == decode_array(encoded)).all()


def test_the_host_is_small():
    text = HOST.read_bytes()
    assert len(gzip.compress(text)) <= 3.5 * 1024
    assert len(text.splitlines()) <= 190
