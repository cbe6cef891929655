"""Each style sheet begins with common.css, so a page with several widgets has those rules several times."""

import numpy as np
from playwright.sync_api import expect

from s2s_course.exercises import quiz
from s2s_course.widgets import WIDGETS, Gates, GradientFlow, HiddenStates

from .gates_page import lstm
from .gradient_flow_view import WORDS, cells
from .static_page import stored, write_page

# The computed style of every element, by the class of its widget.
READ = """() => Object.fromEntries(Array.from(document.querySelectorAll(".s2s-widget"), (root) =>
  [root.className.split(" ")[1], Array.from([root, ...root.querySelectorAll("*")], (node) =>
    Array.from(getComputedStyle(node), (name) =>
      `${name}: ${getComputedStyle(node).getPropertyValue(name)}`).sort())]))"""


def test_a_widget_looks_the_same_whatever_stands_before_and_after_it(open_page, tmp_path):
    states = {"RNN": np.linspace(-1, 1, 20).reshape(4, 5), "LSTM": np.linspace(-3, 3, 12).reshape(4, 3)}
    shown = {
        "1": HiddenStates.compare(states, tokens=WORDS[:4]),
        "2": GradientFlow.from_norms(cells(6), tokens=WORDS[:6]),
        "3": Gates.from_trace(lstm(4, 3), tokens=WORDS[:4]),
        "4": quiz(2),
    }
    assert {type(widget).__name__ for widget in shown.values()} == {widget.__name__ for widget in WIDGETS}
    looks = []
    for order in ("1234", "4321"):
        address = write_page(tmp_path, {key: stored(shown[key]) for key in order}, list(order))
        page = open_page(address, viewport={"width": 900, "height": 900}, reduced_motion="reduce")
        expect(page.locator(".s2s-widget output").first).to_be_attached()
        expect(page.locator(".s2s-widget")).to_have_count(4)
        page.evaluate("() => new Promise((done) => setTimeout(done, 200))")  # tokens stand or lie
        looks.append(page.evaluate(READ))
    one, other = looks
    assert one.keys() == other.keys() and len(one) == 4
    for name in one:
        differences = [
            (a, b)
            for old, new in zip(one[name], other[name], strict=True)
            for a, b in zip(old, new, strict=True)
            if a != b
        ]
        assert differences == [], name
