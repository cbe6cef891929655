"""A page of the book with what computes in it beside it, and the line “your sentence” as a reader uses it."""

import re
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from made_once import made_once
from playwright.sync_api import Locator, Page, expect

from s2s_course.live.assets import asset_names, script
from s2s_course.widgets import WIDGETS, CourseWidget

from .static_page import HOST, stored, write_page


def live_folder(folder: Path, write_pages: Callable[[], object]) -> Path:
    """``folder`` with the static host, beside it the engine and the stored models, and pages, made once."""

    def make() -> None:
        (folder / "live").mkdir(parents=True)
        for name in asset_names():
            (folder / "live" / f"{name}.js").write_text(script(name), encoding="utf-8")
        shutil.copy(HOST, folder / HOST.name)
        write_pages()

    return made_once(folder, make)


def write_live_page(folder: Path, name: str, widgets: Sequence[CourseWidget]) -> None:
    """A page ``name`` in a folder that ``live_folder`` fills."""
    code = [each for each in WIDGETS if any(isinstance(widget, each) for widget in widgets)]
    states = {str(n): stored(widget) for n, widget in enumerate(widgets)}
    write_page(folder, states, list(states), code=code, host=HOST.name, name=name)


class Line:
    """The line of one widget on a page."""

    def __init__(self, page: Page, place: int = 0):
        self.page = page
        self.root = page.locator(".s2s-widget").nth(place)
        self.line = self.root.locator(".own-sentence")
        self.field = self.line.get_by_role("textbox", name="your sentence, in English")
        self.models = self.line.get_by_role("combobox")
        self.status = self.line.locator("[aria-live]")
        self.back = self.line.get_by_role("button", name="back to the example that is stored here")

    def show(self, text: str, model: str | None = None) -> None:
        """Type ``text``, press Enter, and wait until it is shown."""
        if model is not None:
            self.models.select_option(model)
        self.field.fill(text)
        self.field.press("Enter")
        expect(self.status).to_contain_text("Shown is your sentence", timeout=20_000)

    def says(self) -> str:
        return self.status.inner_text()

    def set(self, label: str, value: int) -> None:
        """Move a slider or fill in a number of the widget itself."""
        control = self.root.get_by_label(label, exact=True)
        control.fill(str(value))
        control.dispatch_event("change")

    def texts(self, selector: str) -> list[str]:
        return self.root.locator(selector).all_text_contents()


def number(text: str) -> float:
    """A printed number: "−0.231", "2.5 × 10⁻⁷"."""
    text = text.replace("\u00a0", " ").replace("−", "-").strip()
    if (found := re.fullmatch(r"(-?[\d.]+) × 10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", text)) is None:
        return float(text)
    exponent = found[2].translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
    return float(found[1]) * 10.0 ** int(exponent)


def numbers(line: Line, selector: str) -> list[float]:
    return [number(text) for text in line.texts(selector)]


def said(read: Callable[[], str], pattern: str) -> list[float]:
    """The numbers in a readout."""
    text = read().replace("\u00a0", " ")
    found = re.search(pattern, text)
    assert found, text
    return [number(each) for each in found.groups()]


def unchanged(root: Locator) -> str:
    """What a widget shows, but for the line."""
    return root.evaluate("""root => {
      const copy = root.cloneNode(true);
      copy.querySelector(".own-sentence").remove();
      for (const node of copy.querySelectorAll("[name]")) node.removeAttribute("name");
      return copy.outerHTML;
    }""")
