"""Each style sheet begins with common.css, so a page with several widgets has those rules several times."""

import json

from playwright.sync_api import expect

from .every_widget import every_widget
from .static_page import stored, write_page

# The computed style of every element, by the class of its widget. It is carried as one text: value by value,
# of which there are half a million, takes 13 seconds longer.
READ = """() => JSON.stringify(Object.fromEntries(
  Array.from(document.querySelectorAll(".s2s-widget"), (root) =>
  [root.className.split(" ")[1], Array.from([root, ...root.querySelectorAll("*")], (node) => {
    const style = getComputedStyle(node);
    return Array.from(style, (name) => `${name}: ${style.getPropertyValue(name)}`).sort();
  })])))"""


def test_a_widget_looks_the_same_whatever_stands_before_and_after_it(open_page, tmp_path):
    shown = every_widget()
    looks = []
    for order in (list(shown), list(reversed(shown))):
        address = write_page(tmp_path, {key: stored(shown[key]) for key in order}, order)
        page = open_page(address, viewport={"width": 900, "height": 900}, reduced_motion="reduce")
        expect(page.locator(".s2s-widget output").first).to_be_attached()
        expect(page.locator(".s2s-widget")).to_have_count(len(shown))
        page.evaluate("() => new Promise((done) => setTimeout(done, 200))")  # tokens stand or lie
        looks.append(json.loads(page.evaluate(READ)))
    one, other = looks
    assert one.keys() == other.keys() and len(one) == len(shown)
    for name in one:
        differences = [
            (a, b)
            for old, new in zip(one[name], other[name], strict=True)
            for a, b in zip(old, new, strict=True)
            if a != b
        ]
        assert differences == [], name
