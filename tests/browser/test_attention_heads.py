"""All heads of an Attention on a page, driven as a reader drives it, and compared with the weights."""

import re
from collections.abc import Callable

import numpy as np
import pytest
from playwright.sync_api import expect

from s2s_course.evaluation.alignment import alignment_error_rate
from s2s_course.widgets.attention import Attention

from .attention_heads_view import ARRAYS, SEEN, TRACE, View
from .attention_view import GOLD, SRC, TGT, links_by_hand, weights
from .gates_page import READ_PIXELS
from .gradient_flow_view import contrast, rgb
from .lifetime import check_lifetime
from .static_page import stored, write_page
from .test_attention_drawing import COLORS

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True}


@pytest.fixture
def show(open_page, tmp_path) -> Callable[..., list[View]]:
    def show(*widgets: Attention, linked=(), **options) -> list[View]:
        widgets = widgets or (Attention.from_heads(TRACE, gold=GOLD),)
        models = {str(i): stored(widget) for i, widget in enumerate(widgets)}
        links = {
            name: {"model_name": "LinkModel", "state": {"source": ["0", name], "target": ["1", name]}}
            for name in linked
        }
        page = open_page(
            write_page(tmp_path, models | links, list(models)),
            **{"viewport": {"width": 900, "height": 900}} | options,
        )
        roots = page.locator(".s2s-attention")
        expect(roots).to_have_count(len(widgets))
        return [View(roots.nth(i)) for i in range(len(widgets))]

    return show


def test_the_keyboard_reaches_every_head_with_one_tab_stop(show):
    (widget,) = show()
    widget.select.focus()
    before = widget.page.evaluate("[scrollX, scrollY]")
    widget.page.keyboard.press("Tab")
    outline = "[document.activeElement.role, getComputedStyle(document.activeElement).outline]"
    role, style = widget.page.evaluate(outline)
    assert role == "gridcell" and "solid 2px" in style
    walk = [("ArrowRight", (0, 1)), ("ArrowDown", (1, 1)), ("ArrowDown", (1, 1)), ("End", (1, 2))]
    walk += [("ArrowRight", (1, 2)), ("ArrowUp", (0, 2)), ("Home", (0, 0)), ("ArrowLeft", (0, 0))]
    for key, place in walk:
        assert widget.press(key) == place
        assert widget.cell(*place).evaluate("cell => cell === document.activeElement")
    assert widget.press("End", "Control+ArrowLeft") == (0, 2), "a shortcut of the browser"
    assert widget.page.evaluate("[scrollX, scrollY]") == before
    widget.page.keyboard.press("Tab")
    assert widget.page.evaluate("document.activeElement.ariaLabel") == "read the target word"


def test_a_click_chooses_a_head_and_a_hover_only_shows_it(show):
    (widget,) = show(Attention.from_heads(TRACE, gold=GOLD, row=3, column=2))
    widget.cell(1, 2).click()
    assert widget.says() == ("cross", 1, 2, "target", 3, 2)
    widget.cell(0, 1).hover()
    seen = widget.root.evaluate(SEEN)
    assert (widget.says()[1:3], seen["selected"]) == ((0, 1), [5])
    widget.page.mouse.move(5, 5)
    assert widget.says() == ("cross", 1, 2, "target", 3, 2)
    widget.root.get_by_role("columnheader").last.click()
    assert widget.says()[1:3] == (1, 2), "a heading is no head"


def test_kinds_have_their_own_words_layers_and_marks(show):
    (widget,) = show(Attention.from_heads(TRACE, gold=GOLD, layer=1, head=2, row=12, column=10))
    gold = widget.root.get_by_role("checkbox", name="gold links")
    expect(gold).to_have_count(1)
    widget.select.select_option("encoder")
    assert widget.says() == ("encoder", 1, 2, "target", 10, 10)
    expect(gold).to_have_count(0)
    assert widget.root.locator(".score, .gold, .link, .rate").count() == 0
    widget.cell(2, 3).click()
    widget.select.select_option("decoder")
    assert widget.says() == ("decoder", 1, 3, "target", 10, 10)
    expect(widget.root.get_by_text("no word may attend to a later one")).to_be_visible()
    widget.select.select_option("cross")
    assert widget.says() == ("cross", 1, 2, "target", 10, 10)
    expect(gold).to_be_checked()
    assert widget.root.locator(".map .gold").count() == len(GOLD)
    expect(widget.root.get_by_text("no word may attend to a later one")).to_have_count(0)


def test_every_head_has_its_error_rate_and_the_lowest_is_marked(show):
    (widget,) = show()
    rates = [
        alignment_error_rate([links_by_hand(TGT, head, SRC)], [GOLD])
        for head in ARRAYS["cross"].reshape(6, 13, 11)
    ]
    seen = widget.root.evaluate(SEEN)
    best = [k for k, rate in enumerate(rates) if rate == min(rates)]
    assert seen["best"] == best and len(set(rates)) > 3
    assert seen["rates"] == [f"{100 * rate:.0f} %" for rate in rates]
    for k, label in enumerate(seen["labels"]):
        lowest = ", the lowest" if k in best else ""
        place = f"layer {k // 3 + 1}, head {k % 3 + 1}"
        assert label.replace("\u00a0", " ") == f"{place}, error rate {100 * rates[k]:.0f} %{lowest}"
        widget.cell(*divmod(k, 3)).click()
        assert widget.root.evaluate(SEEN)["score"][0] == f"{rates[k]:.3f}"
        marked = widget.root.locator(".map .link")
        assert marked.count() == len(links_by_hand(TGT, ARRAYS["cross"].reshape(6, 13, 11)[k], SRC))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_maps_are_shaded_by_weight_and_what_is_masked_is_not(show, scheme):
    (widget,) = show(Attention.from_heads(TRACE, kind="decoder", layer=1, head=2), color_scheme=scheme)
    canvases = widget.root.locator("canvas").all()
    arrays = [*ARRAYS["decoder"].reshape(8, 13, 13), ARRAYS["decoder"][1, 2]]
    paper = rgb(widget.root.evaluate("node => getComputedStyle(node).backgroundColor"))
    for canvas, array in zip(canvases, arrays, strict=True):
        size, pixels = canvas.evaluate(READ_PIXELS)
        pixels = np.array(pixels).reshape(*size, 4)
        above = np.triu(np.ones(array.shape, bool), 1)
        assert (pixels[..., 3] == np.where(above, 0, 255)).all(), "the hatching shows through"
        order = np.argsort(array[~above])
        change = np.diff((pixels[~above][:, :3] @ [0.2126, 0.7152, 0.0722])[order])
        assert (change <= 0.5).all() if scheme == "light" else (change >= -0.5).all()
        behind = canvas.evaluate("node => getComputedStyle(node.parentElement).backgroundImage")
        stripe = re.search(r"rgb\([\d, ]+\)", behind)
        assert contrast(rgb(stripe[0]), paper) > 1.5
    texts = "p, caption, th, td, output, .control *:enabled, [role$=header], .rate, .gutter span"
    for kind in ("decoder", "cross"):
        widget.select.select_option(kind)
        for color, ground in widget.root.locator(texts).evaluate_all(COLORS):
            assert contrast(rgb(color), rgb(ground)) >= 4.5
    widget.page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", "light")
    expect(widget.root).to_have_attribute("data-theme", "light")
    _, pixels = widget.root.locator("canvas").first.evaluate(READ_PIXELS)
    assert np.abs(np.array(pixels).reshape(-1, 4)[:, :3] - 255).min() < 10, "drawn again, on white"


def test_masked_words_are_said_and_have_no_line(show):
    (widget,) = show(Attention.from_heads(TRACE, kind="decoder", layer=1, head=2))
    widget.root.get_by_role("application").focus()
    keys = [*["ArrowDown"] * 3, *["ArrowRight"] * 7]
    for key in keys:
        widget.page.keyboard.press(key)
    assert widget.says() == ("decoder", 1, 2, "source", 3, 7)
    widget.page.keyboard.press("ArrowDown")
    assert widget.says() == ("decoder", 1, 2, "target", 4, 7)
    assert widget.root.locator("td .hatched").count() == 8, "the bars of later words"
    widget.root.get_by_role("button", name="draw as lines").click()
    courses = widget.root.locator("path.weight").evaluate_all(
        "nodes => nodes.map((n) => n.getAttribute('d'))"
    )
    ends = [re.match(r"M([\d.]+) 0C.* ([\d.]+) 100$", course).groups() for course in courses]
    assert all(float(start) <= float(end) + 1e-9 for start, end in ends)
    assert len(ends) == (ARRAYS["decoder"][1, 2].astype(np.float16) >= 0.005).sum()


def test_many_weights_are_shown_with_two_digits(show):
    src = (*(f"word{i}" for i in range(23)), "<eos>")
    array = np.stack([[weights(src, src, seed=10 * j + h) for h in range(12)] for j in range(5)])
    (widget,) = show(
        Attention.from_layers({"self-attention": (src, array)}, layer=4, head=11, row=5), **PHONE
    )
    seen = widget.root.evaluate(SEEN)
    assert seen["kind"] is None and seen["readout"].startswith(
        "“word5” attends to “word0” in layer 5, head 12: "
    )
    numbers = [number for _, number in seen["table"]]
    assert all(re.fullmatch(r"[01]\.\d\d", number) for number in numbers) and seen["sum"].endswith("1.00")
    assert [float(number) for number in numbers] == pytest.approx(array[4, 11, 5], abs=0.01)
    assert widget.page.evaluate("document.documentElement.scrollWidth") == 360
    here, port = (
        node.bounding_box() for node in (widget.cell(4, 11), widget.root.locator(".heads .scroller"))
    )
    assert here["x"] >= port["x"] and here["x"] + here["width"] <= port["x"] + port["width"] + 1
    widget.cell(4, 11).focus()
    for key in ["Home", "ArrowUp"]:
        widget.page.keyboard.press(key)
    here, heading = (
        node.bounding_box() for node in (widget.cell(3, 0), widget.root.get_by_role("rowheader").first)
    )
    assert here["x"] >= heading["x"] + heading["width"] - 1, "not under the sticky headings"
    scroller = widget.root.locator(".heads .scroller")
    scroller.evaluate("node => { node.scrollLeft = 1000; }")
    box = widget.cell(2, 11).bounding_box()
    widget.page.mouse.move(box["x"] + 9, box["y"] + 9)
    expect(widget.root.locator("figcaption")).to_contain_text("layer 3, head 12")
    assert widget.cell(2, 11).bounding_box() == box, "what lies under the mouse stays there"


def test_on_a_phone_all_fits_and_a_tap_chooses(show):
    odd = ("<b>l’œuf</b><img src=x onerror=alert(1)>", "'\"&", "a" * 60, "<eos>")
    stack = np.tile(np.eye(4), (2, 8, 1, 1))
    layers = {"<i>a": (odd, stack), "cross": (odd[:2], odd, stack[:, :3, :2])}
    (widget,) = show(Attention.from_layers(layers, gold=[(0, 0)]), **PHONE)
    widget.cell(1, 6).tap()
    expect(widget.root.locator("figcaption")).to_have_text("<i>a, layer 2, head 7")
    for kind in layers:
        widget.select.select_option(kind)
        assert widget.page.evaluate("document.documentElement.scrollWidth") == 360
        assert widget.root.locator("img, i i, td b, th b").count() == 0
        for cell in widget.root.get_by_role("gridcell").all():
            assert min(cell.bounding_box()[side] for side in ("width", "height")) >= 30
        for control in widget.root.locator("button, select, label").all():
            assert min(control.bounding_box()[side] for side in ("width", "height")) >= 44
    assert widget.root.evaluate("node => node.getAnimations({ subtree: true }).length") == 0


def test_linked_widgets_with_other_layers_move_together(show):
    small = Attention.from_layers({"cross": (TGT, SRC, ARRAYS["cross"][:1, :2])})
    one, other = show(Attention.from_heads(TRACE), small, linked=("layer", "head", "row"))
    other.arrays = {"cross": ARRAYS["cross"][:1, :2]}
    one.cell(0, 0).focus()
    assert one.press("ArrowRight", "ArrowRight", "ArrowDown") == (1, 2)
    assert other.says()[1:3] == (0, 1)
    other.root.get_by_role("application").focus()
    one.cell(0, 1).hover()
    other.page.keyboard.press("ArrowDown")
    assert other.says()[4] == 1
    one.page.mouse.move(5, 5)
    assert one.says()[4] == 1


def test_the_map_keeps_the_focus_while_another_head_is_shown(show):
    (widget,) = show()
    widget.root.get_by_role("application").focus()
    widget.cell(1, 1).hover()
    widget.page.keyboard.press("ArrowDown")
    assert widget.says()[4] == 1
    assert widget.page.evaluate("document.activeElement.role") == "application"


def test_after_its_life_it_listens_to_nothing(show):
    (widget,) = show()
    use = """(root, own) => {
      root.querySelectorAll("[role=gridcell]")[4].click();
      root.querySelector(".stage .plot").click(); // left of and above the map: the first source word
      const select = root.querySelector(".heads select");
      select.value = "encoder";
      select.dispatchEvent(new Event("change"));
      root.querySelectorAll("[role=gridcell]")[2].click();
      const down = () => new KeyboardEvent("keydown", { key: "ArrowDown" });
      for (const role of ["grid", "application"]) {
        root.querySelector(`[role=${role}]`).dispatchEvent(down());
      }
      root.querySelector("[aria-label='draw as lines']").click();
      return [own.kind, own.layer, own.head, own.row, own.drawing];
    }"""
    traits = ["column", "drawing", "head", "kind", "layer", "row", "show_gold", "side"]
    listened = [f"change:{name}" for name in traits]
    check_lifetime(widget.page, use, ["encoder", 1, 2, 1, "lines"], listened)
