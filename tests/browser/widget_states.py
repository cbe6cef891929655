"""Five and more states of each widget, which a reader brings about one after the other."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from .every_widget import every_widget
from .live_page import live_folder, write_live_page

Step = Callable[[Locator], object]
LONG = 30_000  # milliseconds in which a busy machine loads and runs a model


def keys(*names: str, on: str = "[role=application]") -> Step:
    def press(root: Locator) -> None:
        for name in names:
            root.locator(on).first.press(name)

    return press


def click(name: str, role: str = "button") -> Step:
    return lambda root: root.get_by_role(role, name=name).first.click()


def select(name: str, option: str) -> Step:
    return lambda root: root.get_by_label(name, exact=True).select_option(option)


def check(name: str) -> Step:
    return lambda root: root.get_by_label(name).first.click()


def open_transcript(root: Locator) -> None:
    root.locator(".in-words summary").click()


def load_switches(root: Locator) -> None:
    root.get_by_role("button", name="Load the model and its switches").click()
    expect(root.locator(".boxes input").first).to_be_focused(timeout=LONG)


def break_all(root: Locator) -> None:
    for box in root.locator(".boxes input").all():
        box.check()
    expect(root.locator("output")).to_contain_text("in place of", timeout=LONG)


def make_whole(root: Locator) -> None:
    root.get_by_role("button", name="whole again").click()
    expect(root.locator("output")).to_contain_text("Whole:", timeout=LONG)


def write(text: str) -> Step:
    def type_it(root: Locator) -> None:
        root.get_by_label("your sentence, in English").fill(text)
        expect(root.locator(".words button").first).to_be_attached(timeout=LONG)
        expect(root.locator("output")).not_to_contain_text("Loading", timeout=LONG)

    return type_it


def pause(root: Locator) -> None:
    expect(root.locator(".told")).to_contain_text("steps a second", timeout=LONG)
    root.get_by_role("button", name="Pause").click()
    expect(root.get_by_role("button", name="Go on")).to_be_visible()


# What is done after what, by widget. The transcript is open from the first step on.
STEPS: dict[str, list[Step]] = {
    "s2s-bleu-by-hand": [
        keys("ArrowRight", on=".lines button[tabindex='0']"),
        click("two in a row"),
        click("double"),
        select("examples", "le le le"),
    ],
    "s2s-hidden-states": [
        keys("ArrowRight"),
        keys("ArrowDown", "End"),
        keys("Home"),
        keys("ArrowRight", "ArrowDown"),
    ],
    "s2s-gradient-flow": [keys("ArrowRight"), keys("End"), keys("ArrowDown", "ArrowDown"), keys("Home")],
    "s2s-gates": [
        keys("ArrowRight"),
        select("quantity in the map", "f"),
        keys("End", "ArrowDown"),
        keys("Home"),
    ],
    "s2s-quiz": [
        *(
            lambda root, n=n: root.locator("fieldset").nth(n % 2).get_by_role("radio").nth(n).check()
            for n in range(4)
        )
    ],
    "s2s-attention": [
        keys("ArrowDown"),
        click("draw as lines"),
        click("read the source word"),
        check("gold links"),
        click("draw as map"),
    ],
    "s2s-beam-tree": [
        keys("ArrowLeft"),
        keys("ArrowDown"),
        check("show pruned"),
        click("previous step"),
        keys("End"),
    ],
    "s2s-decoder": [keys("PageDown"), keys("ArrowRight", "ArrowRight"), keys("ArrowDown"), keys("End")],
    "s2s-length-curve": [
        keys("ArrowRight"),
        click("exact match"),
        keys("ArrowDown", "End"),
        check("only wrong ones"),
        keys("Home", "ArrowUp"),
    ],
    "s2s-query-key-value": [
        *(lambda root, n=n: root.get_by_role("radio").nth(n).check(force=True) for n in (1, 2)),
        *(lambda root, n=n: root.get_by_role("checkbox").nth(n).click() for n in (0, 1)),
    ],
    "s2s-masks": [
        keys("ArrowRight", "Space"),
        click("more layers"),
        select("mask", "padding"),
        keys("ArrowDown", "Enter"),
    ],
    "s2s-positions": [select("way", way) for way in ("learned", "relative", "rotary", "alibi")],
    "s2s-transformer-steps": [
        keys("ArrowRight", "ArrowRight"),
        lambda root: root.locator("details:not(.in-words) summary").locator("visible=true").first.click(),
        keys("PageDown"),
        keys(*["ArrowRight"] * 3),
        keys("End"),
    ],
    "s2s-translator": [
        write("the old woman sees a zebra"),
        lambda root: root.locator(".words button").nth(1).click(),
        write("the black c"),
        lambda root: root.locator(".own-model summary").click(),
    ],
    "s2s-switches": [
        load_switches,
        break_all,
        make_whole,
        lambda root: root.locator(".boxes input").first.check(),
    ],
    "s2s-moments": [
        click("earlier moment"),
        select("sentence", "1"),
        keys("Home", on="[type=range]"),
        click("later moment"),
    ],
    "s2s-training": [click("Start"), pause, click("Go on"), click("Reset")],
}


def pages(folder: Path) -> Path:
    """``folder`` with the page ``all``, which has one of each widget and the models beside it."""
    return live_folder(folder, lambda: write_live_page(folder, "all", list(every_widget().values())))


def walk(page: Page, place: int) -> None:
    """Do the step of number ``place`` of each widget that has so many; each must change what is there."""
    for name, steps in STEPS.items():
        if place >= len(steps):
            continue
        root = page.locator(f".{name}")
        before = root.evaluate("(node) => node.outerHTML")
        steps[place](root)
        assert root.evaluate("(node) => node.outerHTML") != before, f"step {place} of {name} changed nothing"
