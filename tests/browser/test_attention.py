"""Attention on a published page, driven as a reader drives it; what it says is compared with the weights."""

from collections.abc import Callable
from functools import partial

import pytest
from playwright.sync_api import expect

from .attention_view import BLUNT, SHARP, SRC, TGT, TWO, View, open_views, weights
from .lifetime import check_lifetime
from .static_page import SENTENCE_LINE

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True}


@pytest.fixture
def show(open_page, tmp_path) -> Callable[..., list[View]]:
    return partial(open_views, open_page, tmp_path)


def test_in_the_map_the_keyboard_reaches_every_word(show):
    (widget,) = show(TWO)
    before = widget.page.evaluate("[scrollX, scrollY]")
    widget.stage.focus()
    assert widget.says() == ("target", 0, 0)
    for row in range(1, 13):
        assert widget.press("ArrowDown") == ("target", row, 0)
    assert widget.press("ArrowDown", "ArrowUp") == ("target", 11, 0)
    for column in range(1, 11):
        assert widget.press("ArrowRight") == ("source", 11, column)
    assert widget.press("Home", "ArrowLeft") == ("source", 11, 0)
    assert widget.press("End", "Control+ArrowLeft") == ("source", 11, 10), "a shortcut of the browser"
    assert widget.page.evaluate("[scrollX, scrollY]") == before


def test_between_lines_the_keyboard_reaches_every_word(show):
    (widget,) = show(TWO, view={"drawing": "lines"})
    widget.stage.focus()
    for row in range(1, 13):
        widget.page.keyboard.press("ArrowRight")
        assert row % 4 or widget.says() == ("target", row, 0)
    assert widget.press("ArrowUp", "ArrowUp") == ("source", 12, 0)
    assert widget.press("End") == ("source", 12, 10) and widget.press("ArrowLeft") == ("source", 12, 9)
    assert widget.press("ArrowDown", "Home") == ("target", 0, 9)


def test_a_click_chooses_and_a_hover_only_shows(show):
    (widget,) = show(TWO)
    for row, column, panel in [(0, 0, 0), (12, 10, 1), (7, 4, 0)]:
        widget.page.mouse.click(*widget.place(row, column, panel))
        assert widget.says() == ("target", row, column)
        widget.page.mouse.move(*widget.place(12 - row, 10 - column, panel))
        assert widget.says() == ("target", 12 - row, 10 - column)
        widget.page.mouse.move(5, 5)
        assert widget.says() == ("target", row, column)
    widget.root.locator(".panel").nth(1).locator(".tokens").get_by_text("look").first.click()
    widget.page.mouse.move(5, 5)
    assert widget.says() == ("source", 7, 8)
    widget.root.locator(".gutter").nth(1).get_by_text("brûlé").click()
    widget.page.mouse.move(5, 5)
    assert widget.says() == ("target", 3, 8)
    widget.stage.focus()
    widget.page.mouse.move(*widget.place(10, 2))
    assert widget.says() == ("target", 10, 2)
    assert widget.press("ArrowDown") == ("target", 4, 8), "keys go on from what is chosen"


def test_between_lines_a_click_chooses_the_nearest_word(show):
    (widget,) = show(TWO, view={"drawing": "lines"})
    fans = widget.root.locator(".fans")
    for panel, (x, y), expected in [
        (0, (4.5 / 11, 0.1), ("source", 0, 4)),
        (1, (9.5 / 13, 0.95), ("target", 9, 4)),
        (0, (0.999, 0.6), ("target", 12, 4)),
        (1, (0.001, 0.4), ("source", 12, 0)),
    ]:
        fans.nth(panel).scroll_into_view_if_needed()
        box = fans.nth(panel).bounding_box()
        widget.page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])
        assert widget.says() == expected
    widget.page.mouse.move(5, 5)
    assert widget.says() == ("source", 12, 0)


def test_native_controls_and_tab_order_with_a_visible_focus(show):
    (widget,) = show(TWO)
    button = lambda name: widget.root.get_by_role("button", name=name)  # noqa: E731
    expect(button("previous target word")).to_be_disabled()
    button("next source word").click()
    assert widget.says() == ("source", 0, 1)
    button("next target word").click()
    assert widget.says() == ("target", 1, 1)
    widget.root.get_by_role("combobox", name="source word").select_option("11  <eos>")
    assert widget.says() == ("source", 1, 10)
    expect(button("next source word")).to_be_disabled()
    widget.root.get_by_role("combobox", name="target word").select_option("5  ,")
    assert widget.says() == ("target", 4, 10)
    button("previous source word").click()
    button("read the target word").click()
    assert widget.says() == ("target", 4, 9)
    widget.root.locator("header p").click()  # start from here, without a focus
    visited = []
    for _ in range(16):
        widget.page.keyboard.press("Tab")
        name, outline = (
            widget.page.evaluate("""[document.activeElement.ariaLabel ?? document.activeElement.type,
          getComputedStyle(document.activeElement).outline]""")
        )
        visited.append(name.split(":")[0].split(",")[0])
        assert "solid 2px" in outline
    pickers = [
        f"{what} {side} word"
        for side in ("target", "source")
        for what in ("read the", "previous", "", "next")
    ]
    names = ["checkbox", "draw as map", "draw as lines", *SENTENCE_LINE, *pickers, "Bahdanau", "Luong"]
    assert visited == [name.strip() for name in names]


def test_models_may_write_different_words(show):
    other = ("la", "maison", "brûlait", ",", "<eos>")
    (widget,) = show({"A": (TGT, SHARP), "B": (other, weights(other, SRC, seed=3))}, gold=None)
    options = widget.root.get_by_role("combobox", name="target word").locator("option")
    assert options.all_text_contents()[1:7] == [
        *("2  maison", "3  a / brûlait", "4  brûlé / ,", "5  , / <eos>", "6  mais", "7  victor"),
    ]
    widget.stage.focus()
    assert widget.press("ArrowDown") == ("target", 1, 0)
    assert widget.press("ArrowDown") == ("target", 2, 0)
    assert widget.press("ArrowDown", "ArrowDown", "ArrowDown") == ("target", 5, 0)
    assert widget.press("ArrowRight") == ("source", 5, 1)
    widget.root.get_by_role("button", name="draw as lines").click()
    assert widget.says() == ("source", 5, 1)


@pytest.mark.parametrize("drawing", ["map", "lines"])
@pytest.mark.parametrize(("rows", "columns"), [(1, 1), (3, 2), (31, 40)])
def test_awkward_sizes_and_tokens_on_a_phone(show, drawing, rows, columns):
    odd = ["<b>l’œuf</b><img src=x onerror=alert(1)>", "'\"&", "a" * 60]
    src, tgt = tuple(odd[i % 3] for i in range(columns)), tuple(odd[j % 3] for j in range(rows))
    models = {name: (tgt, weights(tgt, src, seed=k)) for k, name in enumerate(("A" * 50, "<i>B"))}
    (widget,) = show(models, src=src, gold=[(0, 0)], view={"drawing": drawing}, **PHONE)
    widget.stage.focus()
    at_end = ("source", 0, columns - 1) if drawing == "map" else ("target", rows - 1, 0)
    assert widget.press("ArrowRight", "End") == at_end
    assert widget.page.evaluate("document.documentElement.scrollWidth") == 360
    mark, scroller = (".cursor", ".matrix") if drawing == "map" else (".below .now", ".fans")
    here, port = (widget.root.locator(name).first.bounding_box() for name in (mark, scroller))
    assert here["x"] >= port["x"] - 1 and here["x"] + here["width"] <= port["x"] + port["width"] + 1
    assert widget.root.locator("img, td b, th b").count() == 0
    for control in widget.root.locator("button, select, label").all():
        size = control.bounding_box()
        assert size["height"] >= 44 and size["width"] >= 44
    assert widget.root.evaluate("node => node.getAnimations({ subtree: true }).length") == 0


def test_models_stand_side_by_side_where_there_is_room_and_a_tap_chooses(show):
    (widget,) = show(TWO, **PHONE)
    for width, beside in [(1100, True), (740, True), (360, False)]:
        widget.page.set_viewport_size({"width": width, "height": 740})
        one, other = (panel.bounding_box() for panel in widget.root.locator(".panel").all())
        assert (one["y"] == other["y"]) == beside == (one["x"] < other["x"])
        assert widget.page.evaluate("document.documentElement.scrollWidth") == width
    widget.page.touchscreen.tap(*widget.place(5, 4, 1))
    assert widget.says() == ("target", 5, 4)


def test_linked_widgets_of_different_length_move_together(show):
    short = {"A": (TGT[:4], SHARP[:4])}
    one, other = show(TWO, short, gold=None, linked=("row", "column", "side", "drawing"))
    one.stage.focus()
    assert one.press("ArrowRight", "ArrowDown", "ArrowDown") == other.says() == ("target", 2, 1)
    assert one.press(*["ArrowDown"] * 9) == ("target", 11, 1) and other.says() == ("target", 3, 1)
    other.root.get_by_role("button", name="draw as lines").click()
    expect(one.root).to_have_attribute("data-drawing", "lines")


def test_after_its_life_it_listens_to_nothing(show):
    (widget,) = show({"A": (TGT, BLUNT)})
    use = """(root, own) => {
      root.querySelector(".plot").click(); // above and left of the map: the first source word
      root.querySelector("[aria-label='next source word']").click();
      const stage = root.querySelector("[role=application]");
      stage.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown" }));
      root.querySelector("[aria-label='draw as lines']").click();
      return [own.row, own.column, own.side, own.drawing];
    }"""
    traits = ["column", "drawing", "row", "show_gold", "side"]
    check_lifetime(widget.page, use, [1, 1, "target", "lines"], [f"change:{name}" for name in traits])
