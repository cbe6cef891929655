"""Every page of the site by the rules of axe-core, light and dark, on desk and phone; and planted faults."""

import contextlib

import pytest

from .accessibility import OF_COLORS, set_theme, violations, wake
from .crawl import pages_of, serve

SIZES = {"desk": {"width": 1280, "height": 900}, "phone": {"width": 360, "height": 800}}


@pytest.mark.parametrize("size", SIZES)
def test_no_page_breaks_a_rule(browser, site, size):
    found = []
    options = {"viewport": SIZES[size], "reduced_motion": "reduce"}
    with serve(site) as origin, contextlib.closing(browser.new_context(**options)) as context:
        page = context.new_page()
        for name in pages_of(site):
            page.goto(f"{origin}/{name}")
            wake(page)
            for theme, rules in (("light", None), ("dark", OF_COLORS)):
                set_theme(page, theme)
                found += [f"{name}, {theme}: {one}" for one in violations(page, rules=rules)]
    assert found == []


# What stands in a page, and the rule that it breaks.
FAULTS = {
    '<p style="color: #999">pale</p>': "color-contrast",
    '<img src="data:,">': "image-alt",
    "<table><tr><th></th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>": "empty-table-header",
    '<button aria-label="forward">next</button>': "misnamed",
    '<pre style="width: 9em; overflow: auto">much wider than its box</pre>': "scrollable-region-focusable",
    '<a href="#a" style="display: inline-block; width: 9px">a</a><a href="#b">b</a>': "target-size",
    "<h2>a</h2><h4>b</h4>": "heading-order",
}


def test_each_planted_fault_is_found(open_page, tmp_path):
    head = "<!doctype html><html lang='en'><title>faults</title><link rel='icon' href='data:,'>"
    head += "<main><h1>faults</h1>"
    for number, fault in enumerate([*FAULTS, "<p>nothing</p>"]):
        (tmp_path / f"{number}.html").write_text(f"{head}{fault}</main>", encoding="utf-8")
        page = open_page((tmp_path / f"{number}.html").as_uri())
        rules = {one.split(":")[0] for one in violations(page)}
        expected = [*FAULTS.values(), None][number]
        assert (expected in rules) if expected else rules == set(), (fault, rules)
