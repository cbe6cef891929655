"""Training on a page, driven as a reader drives it; what it shows is compared with PyTorch."""

import re
import shutil
from collections.abc import Callable
from itertools import islice, pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from s2s_course.live.assets import script
from s2s_course.live.tasks import find_task
from s2s_course.live.training import learn, stored_curves
from s2s_course.widgets import Training

from .static_page import HOST, stored, write_page

STEPS, BATCH_SIZE = 40, 8

# Renders the page's widget again, as a host that can end a view.
RENDER = """async () => {
  const [entry] = Object.values(JSON.parse(document.querySelector('script[type$="widget-state+json"]').textContent).state);
  const { shared, training } = s2sWidgets;
  const url = URL.createObjectURL(new Blob([shared.module + training.module], { type: "text/javascript" }));
  const { default: widget } = await import(url);
  const own = entry.state;
  window.listeners = 0;
  const model = {
    get: (name) => own[name], set: (name, value) => { own[name] = value; }, save_changes() {},
    on: () => { listeners += 1; }, off: () => { listeners -= 1; },
  };
  document.body.replaceChildren();
  window.endView = widget.render({ model, el: document.body });
}"""  # noqa: E501


@pytest.fixture
def show(open_page, tmp_path) -> Callable[..., Page]:
    """Open a page with a task, of so many steps if given, and the script that a reader's start loads."""

    def show(task: str = "copy_memory", *, steps: int | None = None, **context) -> Page:
        widget = Training.of(task)
        if steps is not None:
            widget.lesson = widget.lesson | {"steps": steps, "batchSize": BATCH_SIZE}
        address = write_page(tmp_path, {"a": stored(widget)}, ["a"], code=[Training])
        shutil.copy(HOST, tmp_path)  # the live folder is looked for beside it
        (tmp_path / "live").mkdir()
        (tmp_path / "live" / "training.js").write_text(script("training"), encoding="utf-8")
        page = Path(tmp_path / "page.html")
        page.write_text(page.read_text(encoding="utf-8").replace(HOST.as_uri(), HOST.name), encoding="utf-8")
        return open_page(address, **context)

    return show


def button(page: Page, name: str):
    return page.get_by_role("button", name=name, exact=True)


def field(page: Page, name: str):
    return page.get_by_role("textbox", name=name)


def said(page: Page):
    return page.locator(".s2s-training output")


def step_of(page: Page) -> int:
    return int(re.search(r"step (\d+) of", page.locator(".told").inner_text())[1])


def expect_workers(page: Page, count: int) -> None:
    for _ in range(50):  # the browser tells of an end a little later
        if len(page.workers) == count:
            return
        page.wait_for_timeout(50)
    assert len(page.workers) == count


def cells(page: Page) -> list[list[str]]:
    return [row.locator("td").all_inner_texts() for row in page.locator(".results tbody tr").all()]


def test_before_anything_is_trained_the_stored_curve_is_shown(show):
    page = show("reversal")
    of = stored_curves()["reversal"]["models"]
    shown = cells(page)
    for row, name in zip(shown, ["gru", "bahdanau"], strict=True):
        assert row[0] == f"{sum(of[name]['losses'][-10:]) / 10:.2f}"
        assert row[1] == f"{100 * of[name]['rights'][-1]:.0f} %"
    assert shown[1][2] == page.locator(".example > *").nth(1).inner_text().removeprefix("Right: ")
    expect(page.locator(".told")).to_contain_text(
        "stored, by PyTorch: letters 8, learning rate 0.005, seed 0."
    )
    assert [line.get_attribute("d").count("L") for line in page.locator(".chart .line").all()] == [299, 299]
    assert page.workers == []
    assert page.evaluate("s2sLive.assets") == {}, "nothing is loaded before a reader asks"
    looks = page.get_by_role("img", name="Attention:")
    assert looks.get_attribute("aria-label").endswith("on letters 8, 7, 6, 5, 4, 3, 2, 1, 8")


def test_a_training_from_start_to_end_is_that_of_pytorch(show):
    page = show("copy_memory", steps=STEPS)
    button(page, "Start").click()
    expect(button(page, "Start again")).to_be_visible(timeout=20_000)
    expect_workers(page, 0)
    task = find_task("copy_memory")
    for entry, (loss, right, answer) in zip(task.models, cells(page), strict=True):
        steps = learn(entry, task, options={"lag": 10}, seed=0, rate=task.rate, batch_size=BATCH_SIZE)
        last = [each for _, each in islice(steps, STEPS)][-10:]
        assert float(loss) == pytest.approx(sum(last) / 10, abs=0.0061), entry.name
        assert re.fullmatch(r"\d+ %", right)
        assert answer in list("ABCDEFGH")
    rights = [f"{entry.label} {row[1]}" for entry, row in zip(task.models, cells(page), strict=True)]
    expect(said(page)).to_have_text(f"Done. Right on fresh examples: {', '.join(rights)}.")
    assert [line.get_attribute("d").count("L") for line in page.locator(".chart .line").all()] == [
        STEPS - 1
    ] * 3


def test_pause_go_on_and_reset_by_mouse_and_keyboard(show):
    page = show("sorting", steps=5_000)
    button(page, "Start").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".told")).to_contain_text("steps a second")
    assert len(page.workers) == 1
    page.keyboard.press("Space")  # the same button, now Pause
    expect(said(page)).to_contain_text("Paused.")
    page.wait_for_timeout(600)  # a step that was begun ends
    step = step_of(page)
    page.wait_for_timeout(500)
    assert step_of(page) == step
    button(page, "Go on").click()
    expect(said(page)).to_have_text("Training goes on.")
    expect(page.locator(".told")).not_to_contain_text(f"step {step} of")
    assert step_of(page) > step
    assert len(page.workers) == 1
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # Reset
    expect(said(page)).to_have_text("Back at the start.")
    expect(button(page, "Start")).to_be_focused()
    expect(button(page, "Reset")).to_be_disabled()
    expect_workers(page, 0)
    assert cells(page)[0][1] == f"{100 * stored_curves()['sorting']['models']['none']['rights'][-1]:.0f} %"


def test_a_rate_too_high_is_stopped_with_one_sentence(show):
    page = show("copy_memory")
    field(page, "learning rate").fill("1")
    page.keyboard.press("Enter")
    button(page, "Start").click()
    expect(button(page, "Start again")).to_be_visible(timeout=20_000)
    number = r"\d+\.\d"
    models = "; ".join(rf"for {name} at step 20, with a loss of {number}" for name in ("RNN", "LSTM", "GRU"))
    sentence = (
        "The learning rate 1 is too high: every step goes far past the minimum, so training was stopped"
    )
    expect(said(page)).to_have_text(re.compile(rf"^{sentence} {models} \(guessing costs 2\.08\)\.$"))
    expect_workers(page, 0)


@pytest.mark.parametrize(
    ("name", "typed", "sentence", "kept"),
    [
        ("learning rate", "0", "The learning rate must be a number above 0, got “0”.", "0.003"),
        ("learning rate", "-1", "The learning rate must be a number above 0, got “-1”.", "0.003"),
        ("learning rate", "fast", "The learning rate must be a number above 0, got “fast”.", "0.003"),
        ("learning rate", "1e9", "The learning rate can be 0.000001 to 10: 10 is taken.", "10"),
        ("learning rate", "0,01", "Press start to train with this choice.", "0.01"),
        ("lag", "99999999999", "The lag can be 1 to 60: 60 is taken.", "60"),
        ("lag", "", "The lag must be a whole number from 1 to 60, got “”.", "10"),
        ("lag", "2.5", "The lag must be a whole number from 1 to 60, got “2.5”.", "10"),
        ("seed", "<b>&", "The seed must be a whole number from 0 to 4294967295, got “<b>&”.", "0"),
        ("seed", "7", "Press start to train with this choice.", "7"),
    ],
)
def test_bad_choices_are_brought_within_or_refused(show, name, typed, sentence, kept):
    page = show()
    field(page, name).fill(typed)
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(said(page)).to_have_text(sentence)
    expect(field(page, name)).to_have_value(kept)


def test_a_choice_ends_the_run_and_a_refused_one_does_not(show):
    page = show(steps=5_000)
    button(page, "Start").click()
    expect(page.locator(".told")).to_contain_text("steps a second")
    field(page, "lag").fill("many")
    page.keyboard.press("Tab")
    expect(said(page)).to_contain_text("must be a whole number")
    assert len(page.workers) == 1
    field(page, "lag").fill("3")
    page.keyboard.press("Tab")
    expect(button(page, "Start")).to_be_visible()
    expect_workers(page, 0)


def test_the_worker_ends_with_the_view(show):
    page = show(steps=5_000)
    page.evaluate(RENDER)
    button(page, "Start").click()
    expect(page.locator(".told")).to_contain_text("steps a second")
    assert len(page.workers) == 1
    listened = page.evaluate("listeners")
    page.evaluate("endView()")
    expect_workers(page, 0)
    assert (listened, page.evaluate("listeners")) == (3, 0)
    shown = page.locator(".told").inner_text()
    page.wait_for_timeout(500)
    assert page.locator(".told").inner_text() == shown


def test_a_browser_that_gives_no_worker_is_said(show):
    page = show()
    page.evaluate(
        "() => { window.Worker = class { constructor() { throw new Error('workers are off'); } }; }"
    )
    button(page, "Start").click()
    expect(said(page)).to_have_text("This cannot be trained here: workers are off.")
    expect(button(page, "Start again")).to_be_enabled()


@pytest.mark.parametrize("task", ["copy_memory", "reversal", "sorting"])
def test_it_fits_a_phone_in_the_dark(show, task):
    page = show(task, viewport={"width": 360, "height": 740}, color_scheme="dark")
    assert page.locator(".s2s-training").get_attribute("data-theme") == "dark"
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    boxes = [label.bounding_box() for label in page.locator(".chart .label").all()]
    for box in boxes:
        assert box["x"] + box["width"] <= 352
    boxes.sort(key=lambda box: box["y"])
    for upper, lower in pairwise(boxes):
        assert upper["y"] + upper["height"] <= lower["y"] + 1, "names of lines do not lie on each other"
