"""QueryKeyValue on a page, driven as a reader drives it; every number is compared with numpy and torch."""

import numpy as np
import pytest
from playwright.sync_api import expect

from s2s_course.widgets.query_key_value import QueryKeyValue

from .lifetime import check_lifetime
from .query_key_value_view import View
from .static_page import SENTENCE_LINE, stored, write_page

TOKENS = ("the", "black", "cat", "sleeps", ".", "<pad>")
PADDING = np.array([[True] * 5 + [False]] * 6)
SIDEWAYS = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"
TRAITS = ["causal", "column", "masked", "row", "scaled"]


def make(
    queries: int = 6, keys: int | None = None, size: int = 4, *, scale: float = 1.5, seed: int = 0, **options
) -> QueryKeyValue:
    """Random vectors; with ``keys``, these have tokens of their own."""
    rng = np.random.default_rng(seed)
    draw = lambda count: scale * rng.normal(size=(count, size))  # noqa: E731
    names = [*TOKENS, *(f"word{i}" for i in range(10))]
    own = {} if keys is None else {"key_tokens": names[:keys]}
    arrays = {"query": draw(queries), "key": draw(keys or queries), "value": draw(keys or queries)}
    return QueryKeyValue.from_arrays(**{"tokens": names[:queries], **own, **arrays} | options)


@pytest.fixture
def show(open_page, tmp_path):
    """Show these widgets on one page and return the views; ``linked`` traits are those of the first two."""

    def show(*widgets: QueryKeyValue, width=900, linked=(), **options) -> list[View]:
        models = {str(i): stored(widget) for i, widget in enumerate(widgets)}
        links = {
            name: {"model_name": "LinkModel", "state": {"source": ["0", name], "target": ["1", name]}}
            for name in linked
        }
        address = write_page(tmp_path, models | links, list(models))
        options = {"color_scheme": "light", "reduced_motion": "reduce"} | options
        page = open_page(address, viewport={"width": width, "height": 900}, **options)
        roots = page.locator(".s2s-query-key-value")
        expect(roots).to_have_count(len(widgets))
        return [View(roots.nth(i), widget) for i, widget in enumerate(widgets)]

    return show


def query(view: View, row: int):
    return view.root.locator(".queries input").nth(row)


def key(view: View, column: int):
    return view.root.locator("thead input").nth(column)


def switch(view: View, name: str):
    return view.root.get_by_role("checkbox", name=name)


def test_every_number_of_every_query_and_key_with_every_mask(show):
    (view,) = show(make(mask=PADDING))
    assert view.says() == (0, 0, {"divide", "padding"})
    names = ("causal", "padding", "causal", "divide") * 4  # twice through all eight combinations
    seen = []
    for i, name in enumerate(names):
        query(view, i % 6).check()
        key(view, 5 * i % 6).check()
        switch(view, name).click()
        seen.append(view.says())
    assert [place[:2] for place in seen] == [(i % 6, 5 * i % 6) for i in range(16)]
    assert len({frozenset(on) for *_, on in seen}) == 8


@pytest.mark.parametrize(
    "widget",
    [
        make(3, 5, 7, seed=1),
        make(1, size=1, scale=0.05),
        make(16, size=16, scale=2, seed=2, causal=True),
        make(4, size=8, scale=0.3, mask=np.eye(4, dtype=bool)),
        make(3, size=2, value=np.array([[300.0, -0.5], [-90.0, 0.0], [1.0, 2.0]]), seed=4),
    ],
    ids=["cross", "smallest", "largest", "itself", "large values"],
)
def test_other_sizes_and_scales(show, widget):
    (view,) = show(widget)
    last = (len(widget.tokens) - 1, len(widget.key_tokens) - 1)
    assert view.says()[:2] == (0, 0)
    query(view, last[0]).check()
    key(view, last[1]).check()
    assert view.says()[:2] == last
    names = view.root.locator(".switch").all_text_contents()
    own = [] if widget.key_tokens != widget.tokens or len(widget.tokens) == 1 else ["causal mask"]
    own += ["given mask"] if widget.allowed else []
    assert names == [f"divide by √{view.size}", *own]


def test_without_the_scale_the_weights_are_sharper_and_the_order_stays(show):
    (view,) = show(make(size=8, scale=1))
    before = view.says() and view.weights
    switch(view, "divide").uncheck()
    after = view.says() and view.weights
    assert after.max() > before.max() and (np.argsort(after) == np.argsort(before)).all()


def test_scores_whose_exponentials_no_computer_holds(show):
    (view,) = show(make(3, size=2, scale=60, seed=4))
    text = view.root.inner_text()
    assert "NaN" not in text and "Infinity" not in text
    view.compute(0, {"divide by √2"})
    shown = view.root.locator("tr.weight [data-column]").all_text_contents()
    assert [float(weight) for weight in shown] == pytest.approx(view.weights, abs=0.000501)


def test_arrow_keys_alone_choose_query_and_key(show):
    (view,) = show(make(mask=PADDING))
    view.root.locator("header p").click()  # start from here, without a focus
    press, visited = view.page.keyboard.press, []
    for _ in range(8):
        press("Tab")
        name, outline = view.page.evaluate("""() => { const node = document.activeElement;
          return [node.ariaLabel ?? node.parentNode.textContent, getComputedStyle(node).outline]; }""")
        visited.append(name.split(",")[0])
        assert "solid 2px" in outline
    own = ["query 1: the", "divide by √4", "causal mask", "padding mask", "key 1: the"]
    assert visited == [*SENTENCE_LINE, *own]
    for _ in range(2):
        press("ArrowRight")
    press("ArrowDown")
    press("ArrowLeft")
    assert view.says() == (0, 2, {"divide", "padding"})
    for _ in range(3):
        press("Shift+Tab")
    press("Space")
    press("Shift+Tab")
    press("ArrowDown")
    press("ArrowRight")
    press("ArrowUp")
    assert view.says() == (1, 2, {"padding"})


def test_a_click_chooses_and_a_hover_only_shows(show):
    (view,) = show(make(row=1, column=1))
    cell = lambda row, column: view.root.locator("tbody tr").nth(row).locator(f"[data-column='{column}']")  # noqa: E731
    cell(5, 4).click()
    assert view.says()[:2] == (1, 4)
    cell(9, 2).hover()
    assert view.says()[:2] == (1, 2)
    view.root.locator(".queries .token").nth(3).hover()
    assert view.says()[:2] == (3, 4)
    view.page.mouse.move(1, 1)
    assert view.says()[:2] == (1, 4)
    view.root.locator("tbody th").nth(3).click()
    assert view.says()[:2] == (1, 4)
    view.root.locator(".queries .token").nth(5).click()
    view.page.mouse.move(1, 1)
    assert view.says()[:2] == (5, 4)


def test_a_hover_does_not_scroll_the_table_away_under_the_mouse(show):
    (view,) = show(make(), width=360)
    scroller = view.root.locator(".scroller")
    box = scroller.bounding_box()
    view.page.mouse.move(box["x"] + box["width"] - 4, box["y"] + 100)
    assert view.says()[1] > 0 and scroller.evaluate("node => node.scrollLeft") == 0


def test_the_text_on_the_colors_can_be_read_in_the_dark_too(show):
    (view,) = show(make(scale=2, row=2), color_scheme="dark")
    assert view.root.get_attribute("data-theme") == "dark"
    assert view.says()[:2] == (2, 0)
    view.page.evaluate("document.documentElement.dataset.theme = 'light'")
    expect(view.root).to_have_attribute("data-theme", "light")
    assert view.says()[:2] == (2, 0)


def test_awkward_tokens_on_a_phone(show):
    tokens = ["<b>l’œuf</b><img src=x onerror=alert(1)>", "'\"&", "a" * 60, "", "aujourd’hui", "."]
    (view,) = show(make(6, size=8, tokens=tokens), width=360, has_touch=True)
    scroller = view.root.locator(".scroller")
    assert "standing" in view.root.get_attribute("class")
    for column in (0, 5, 2):
        key(view, column).focus()
        key(view, column).check()
        assert view.says()[:2] == (0, column)
        cursor, box, own = (
            node.bounding_box()
            for node in (view.root.locator(".cursor"), scroller, view.root.locator("thead .own"))
        )
        assert cursor["x"] >= own["x"] + own["width"] - 2 and own["x"] == pytest.approx(box["x"], abs=1)
        assert cursor["x"] + cursor["width"] <= box["x"] + box["width"] + 1
    assert not view.page.evaluate(SIDEWAYS)
    cut = "nodes => nodes.filter((n) => n.scrollWidth > n.clientWidth + 1).map((n) => n.textContent)"
    assert view.root.locator("tbody td, dd, output").evaluate_all(cut) == []
    assert view.root.locator("img").count() == 0
    for control in view.root.locator("input[type=radio], label").all():
        size = control.bounding_box()
        assert size["height"] >= 43.5 and size["width"] >= 43.5
    view.root.locator(".queries .token").nth(4).tap()
    switch(view, "causal").tap()
    assert view.says() == (4, 2, {"divide", "causal"})
    assert view.root.evaluate("node => node.getAnimations({ subtree: true }).length") == 0


def test_the_written_arithmetic_stands_beside_a_narrow_table_and_below_a_wide_one(show):
    small, large = show(make(4), make(16, size=16), width=1000)
    for view, beside in [(small, True), (large, False)]:
        table, written = (view.root.locator(name).bounding_box() for name in (".scroller", ".written"))
        assert (written["x"] > table["x"] + table["width"]) == beside
        assert (written["y"] > table["y"] + table["height"]) == (not beside)


def test_the_columns_keep_their_places_whatever_is_chosen(show):
    (view,) = show(make(6, size=16, scale=1.2))
    place = lambda: key(view, 3).bounding_box()["x"]  # noqa: E731
    first = place()
    for row in (5, 2, 4):
        query(view, row).check()
        switch(view, "divide").click()
        assert place() == first
    wide = "nodes => nodes.filter((n) => n.scrollWidth > n.clientWidth + 1).map((n) => n.textContent)"
    assert view.root.locator("tbody td, .own span").evaluate_all(wide) == []


def test_linked_widgets_of_different_length_move_together(show):
    long, short = show(make(mask=PADDING), make(3, 2), linked=TRAITS)
    query(long, 5).check()
    key(long, 1).check()
    switch(long, "causal").check()
    switch(long, "divide").uncheck()
    assert long.says() == (5, 1, {"causal", "padding"}) and short.says() == (2, 1, set())
    switch(short, "divide").check()
    assert long.says()[2] == {"causal", "padding", "divide"}, "what the other has not stays on here"
    query(long, 0).check()
    assert short.says() == (0, 1, {"divide"}), "and hides nothing there"


def test_after_its_life_it_listens_to_nothing(show):
    (view,) = show(make(mask=PADDING))
    use = """(root, own) => {
      root.querySelectorAll(".queries input")[2].click();
      root.querySelectorAll("thead input")[3].click();
      root.querySelector("td[data-column='1']").click();
      root.querySelectorAll(".switch input").forEach((input) => {
        if (input.checked !== input.parentNode.textContent.startsWith("causal")) input.click();
      });
      return [own.row, own.column, own.scaled, own.causal, own.masked];
    }"""
    listened = [f"change:{name}" for name in TRAITS]
    check_lifetime(view.page, use, [2, 1, False, True, False], listened)


def test_the_last_key_is_seen_or_the_widget_says_how_many_are_hidden(show):
    (view,) = show(make(7), width=704)
    assert view.root.locator(".scroller").evaluate("node => node.scrollWidth <= node.clientWidth")
    expect(view.root.locator(".more")).to_be_hidden()
    (view,) = show(make(12), width=360)
    on = view.root.locator(".more button").last
    seen = view.root.locator("thead th[data-column]").evaluate_all("""(cells) => {
      const box = cells[0].closest(".scroller").getBoundingClientRect();
      return cells.filter((cell) => cell.getBoundingClientRect().right <= box.right + 2).length;
    }""")
    assert 0 < seen < 12
    expect(on).to_have_text(f"{12 - seen} more keys →")
    for _ in range(8):
        if on.is_enabled():
            on.click()
            view.page.evaluate(
                "() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50)))"
            )
    expect(on).to_have_text("0 more keys →")
    expect(view.root.locator(".more button").first).to_be_enabled()
