"""Masks on a page, driven as a reader drives it; what it shows is compared with matrix powers in numpy."""

from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
from playwright.sync_api import expect

from s2s_course.widgets.masks import Masks

from .lifetime import check_lifetime
from .masks_view import CONTRASTS, TGT, WARNINGS, View, examples, open_views

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True}
PRESETS = [each["key"] for each in examples().presets]


@pytest.fixture
def show(open_page, tmp_path) -> Callable[..., list[View]]:
    return partial(open_views, open_page, tmp_path)


def own(mask: np.ndarray, **options) -> Masks:
    return Masks.from_array(mask, row_tokens=[f"w{i}" for i in range(len(mask))], **options)


def random_mask(size: int, share: float, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).random((size, size)) < share


def test_every_preset_is_drawn_and_its_rows_are_what_is_said(show):
    (widget,) = show(examples())
    assert widget.says(examples().mask) == ("causal", 0, 0, 1)
    for key in PRESETS:
        widget.choose("mask", key)
        truth = examples(preset=key).mask
        for row in range(len(truth)):
            widget.choose("asks", str(row))
            assert widget.says(truth)[:2] == (key, row)
        expect(widget.root.locator("li")).to_have_count(1)
        expect(widget.root.locator("li")).to_contain_text("✓ No row is empty")
        expect(widget.root.locator(".says")).not_to_be_empty()


def test_information_travels_one_step_further_with_each_layer(show):
    size = 11
    band = np.abs(np.subtract.outer(range(size), range(size))) <= 1
    for mask in (band, random_mask(size, 0.15), random_mask(7, 0.2, seed=1)):
        (widget,) = show(own(mask))
        for layers in range(1, 7):
            assert widget.says(mask) == ("own", 0, 0, layers)
            if layers < 6:
                widget.root.get_by_role("button", name="more layers").click()
        assert widget.root.get_by_label("mask", exact=True).count() == 0, "one mask is no choice"


def test_the_encoder_has_finished_before_the_decoder_starts(show):
    """With windows in the encoder and the decoder, as matrix powers say."""
    (widget,) = show(examples(preset="encoder_decoder"))
    mask = examples(preset="encoder_decoder").mask
    for row, column in [
        (0, 2),
        (0, 3),
        (0, 4),
        (1, 3),
        (1, 4),
        (5, 1),
        (5, 2),
        (5, 3),
        (5, 4),
        (8, 5),
        (8, 6),
    ]:
        widget.page.mouse.click(*widget.place(row, column))
        mask[row, column] = False
    widget.page.mouse.move(5, 5)
    for layers in (1, 2, 3):
        assert widget.says(mask)[1:] == (8, 6, layers)
        widget.root.get_by_role("button", name="more layers").click()
    widget.page.mouse.click(*widget.place(2, 8))  # the source cannot ask the target
    assert widget.says(mask)[1:3] == (2, 8)
    widget.stage.focus()
    widget.press("Space", "Enter")
    widget.says(mask)


def test_what_is_wrong_is_said_and_its_rows_are_marked(show):
    widgets, masks = [], []
    for key, layers, turned, _ in WARNINGS:
        mask = examples(preset=key).mask
        for place in turned:
            mask[place] ^= True
        widget = examples(preset=key, layers=layers)
        widget.cells = {key: "".join("1" if cell else "0" for cell in mask.flatten())}
        widgets.append(widget)
        masks.append(mask)
    views = show(*widgets)
    for view, mask, (_, _, _, said) in zip(views, masks, WARNINGS, strict=True):
        view.says(mask)
        seen = view.seen()
        assert seen["warnings"] == said or (not said and seen["warnings"][0].startswith("✓ No row is empty"))
        named = {row for row in seen["rows"] for text in said if f"“{row}”" in text.split(" see")[0]}
        assert named <= set(seen["bad_rows"]) and (named == set()) == (seen["bad_rows"] == [])


def test_the_keyboard_reaches_and_turns_every_cell(show):
    (widget,) = show(examples(preset="cross"))
    mask = examples(preset="cross").mask
    before = widget.page.evaluate("[scrollX, scrollY]")
    widget.stage.focus()
    for row, column in [(r, c) for r in range(6) for c in range(7)]:
        assert widget.says(mask)[1:3] == (row, column)
        widget.press("Space" if column % 2 else "Enter")
        mask[row, column] ^= True
        widget.press(*(["ArrowRight"] if column < 6 else ["Home", "ArrowDown"]))
    assert widget.says(mask)[1:3] == (5, 0)
    widget.press("End", "ArrowUp", "ArrowLeft", "Control+ArrowLeft")
    assert widget.says(mask)[1:3] == (4, 5), "a shortcut of the browser is left alone"
    assert widget.page.evaluate("[scrollX, scrollY]") == before
    widget.root.get_by_role("button", name="reset the mask").click()
    assert widget.says(examples(preset="cross").mask)[1:3] == (4, 5)


def test_a_click_turns_a_cell_a_hover_only_shows_and_a_word_only_chooses(show):
    (widget,) = show(examples(preset="prefix"))
    mask = examples(preset="prefix").mask
    for row, column in [(0, 0), (10, 10), (4, 7)]:
        widget.page.mouse.click(*widget.place(row, column))
        mask[row, column] ^= True
        assert widget.says(mask)[1:3] == (row, column)
        widget.page.mouse.move(*widget.place(10 - row, 10 - column))
        assert widget.says(mask)[1:3] == (10 - row, 10 - column)
        widget.page.mouse.move(5, 5)
        assert widget.says(mask)[1:3] == (row, column)
    widget.root.locator(".names").get_by_text("chat").click()
    widget.page.mouse.move(5, 5)
    assert widget.says(mask)[1:3] == (7, 7)
    widget.root.locator(".tokens").get_by_text("black").click()
    widget.page.mouse.move(5, 5)
    assert widget.says(mask)[1:3] == (7, 1)
    button = widget.root.get_by_role("button", name="forbid this cell")
    button.click()
    mask[7, 1] = False
    assert widget.says(mask)[1:3] == (7, 1)
    widget.choose("mask", "causal")
    assert widget.says(examples(preset="causal").mask)[0] == "causal", "a change belongs to its preset"
    widget.choose("mask", "prefix")
    widget.says(mask)


def test_controls_and_tab_order_with_a_visible_focus(show):
    (widget,) = show(examples(layers=2, preset="prefix"))
    mask = examples(preset="prefix").mask
    number = widget.root.get_by_role("spinbutton")
    for typed, shown in [("5", 5), ("99", 6), ("-3", 1), ("", 1), ("2.5", 1), ("3", 3)]:
        number.fill(typed)
        number.press("Enter")
        assert widget.says(mask)[3] == shown
    widget.root.get_by_role("button", name="fewer layers").click()
    widget.choose("looks at", "9")
    assert widget.says(mask) == ("prefix", 0, 9, 2)
    widget.root.get_by_role("button", name="allow this cell").click()
    widget.root.locator("header p").click()  # start from here, without a focus
    visited = []
    for _ in range(9):
        widget.press("Tab")
        name, outline = widget.page.evaluate("""() => [
          document.activeElement.ariaLabel ?? document.activeElement.textContent,
          getComputedStyle(document.activeElement).outline]""")
        visited.append(name.split(":")[0])
        assert "solid 2px" in outline
    layers = ["fewer layers", "layers", "more layers"]
    assert visited == [
        *["mask", "A mask", *layers, "asks", "looks at", "forbid this cell", "reset the mask"],
    ]


def test_linked_widgets_of_different_size_move_together(show):
    linked = ("preset", "row", "layers", "cells")
    long, short = show(
        examples(preset="prefix"), examples(tgt_tokens=TGT[:3], preset="prefix"), linked=linked
    )
    short_mask = examples(tgt_tokens=TGT[:3], preset="prefix").mask
    long.root.get_by_role("button", name="more layers").click()
    long.choose("asks", "10")
    assert long.says(examples(preset="prefix").mask) == ("prefix", 10, 0, 2)
    assert short.says(short_mask) == ("prefix", 7, 0, 2)
    long.root.get_by_role("button", name="forbid this cell").click()
    short.says(short_mask)  # a mask of another size is not for it
    long.choose("mask", "padding")
    assert short.says(examples(preset="padding").mask)[0] == "padding"
    short.stage.focus()
    short.press("ArrowRight", "Space")
    mask = examples(preset="padding").mask
    mask[6, 1] = False
    short.says(mask)
    long.says(mask)  # the same size: the same mask


@pytest.mark.parametrize("size", [1, 3, 32])
def test_awkward_tokens_and_sizes_on_a_phone(show, size):
    tokens = [["<b>l’œuf</b><img src=x onerror=alert(1)>", "'\"&", "a" * 60][i % 3] for i in range(size)]
    mask = random_mask(size, 0.5)
    (widget,) = show(Masks.from_array(mask, row_tokens=tokens, first_target=0), **PHONE)
    widget.stage.focus()
    widget.press("End", "ArrowRight", *["ArrowDown"] * size)
    assert widget.says(mask)[1:3] == (size - 1, size - 1)
    assert widget.page.evaluate("document.documentElement.scrollWidth") == 360
    cursor, scroller = (widget.root.locator(name).bounding_box() for name in (".cursor", ".scroller"))
    assert cursor["x"] >= scroller["x"]
    assert cursor["x"] + cursor["width"] <= scroller["x"] + scroller["width"] + 1
    assert widget.root.locator("img").count() == 0
    for control in widget.root.locator("button, input, select").all():
        box = control.bounding_box()
        assert box["height"] >= 44 and box["width"] >= 44
    widget.press("Home")
    widget.page.touchscreen.tap(*widget.place(0, 0))
    mask[0, 0] ^= True
    assert widget.says(mask)[1:3] == (0, 0)


def test_a_change_of_theme_keeps_the_choice_and_text_stands_out(show):
    (widget,) = show(examples(preset="encoder_decoder"), view={"row": 7}, color_scheme="light")
    widget.page.mouse.click(*widget.place(6, 9))
    for theme in ("light", "dark"):
        widget.page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
        expect(widget.root).to_have_attribute("data-theme", theme)
        contrasts = widget.root.evaluate(CONTRASTS)
        assert min(contrasts) >= 4.5 and len(contrasts) > 30
    mask = examples(preset="encoder_decoder").mask
    mask[6, 9] = True
    assert widget.says(mask)[1:3] == (6, 9)


USE = """(root, own) => {
  root.querySelector("[aria-label='more layers']").click();
  const stage = root.querySelector("[role=application]");
  for (const key of ["ArrowDown", "ArrowRight", " "]) {
    stage.dispatchEvent(new KeyboardEvent("keydown", { key }));
  }
  return [own.row, own.column, own.layers, own.cells.causal];
}"""


def test_after_its_life_it_listens_to_nothing(show):
    (widget,) = show(examples())
    bits = "100000" + "100000" + examples().presets[1]["bits"][12:]
    listened = ["cells", "column", "layers", "preset", "row"]
    check_lifetime(widget.page, USE, [1, 1, 2, bits], [f"change:{name}" for name in listened])
