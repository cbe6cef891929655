"""HiddenStates finds the units that follow marked tokens, and groups those that are alike."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from s2s_course.widgets import HiddenStates

from .static_page import stored, write_page

TOKENS = ["he", "said", "“", "go", "now", "”", "and", "went", "."]
QUOTED = [2, 3, 4, 5]
INSIDE = np.isin(np.arange(len(TOKENS)), QUOTED)


def states(units: int = 40, seed: int = 0) -> np.ndarray:
    """(S, units): unit 7 is high inside the quotation, unit 19 low, the others follow nothing."""
    values = np.random.default_rng(seed).uniform(-0.9, 0.9, (len(TOKENS), units))
    values[:, 7] = np.where(INSIDE, 0.85, -0.85) + 0.1 * values[:, 7]
    values[:, 19] = np.where(INSIDE, -0.85, 0.85) + 0.1 * values[:, 19]
    return values.astype(np.float16).astype(np.float64)  # as they are carried


def area(course: np.ndarray, inside: np.ndarray) -> float:
    """The area under the curve by ranks, as Mann and Whitney count it."""
    ranks = np.array([(course < value).sum() + ((course == value).sum() + 1) / 2 for value in course])
    count = inside.sum()
    return (ranks[inside].sum() - count * (count + 1) / 2) / (count * (~inside).sum())


@pytest.fixture
def show(open_page, tmp_path):
    def show(values, *, width=900, **view):
        widget = HiddenStates.compare({"RNN": values}, tokens=TOKENS, **view)
        address = write_page(tmp_path, {"a": stored(widget)}, ["a"])
        page = open_page(address, viewport={"width": width, "height": 900}, reduced_motion="reduce")
        expect(page.locator(".marks button")).to_have_count(len(TOKENS))
        return page

    return show


def found(page) -> list[tuple[int, float]]:
    texts = page.locator(".found button").all_inner_texts()
    return [(int(unit), float(value)) for unit, value in map(str.split, texts)]


@pytest.mark.parametrize("by", ["mouse", "keyboard"])
def test_units_that_follow_the_marks_are_named_with_their_area(show, by):
    values = states()
    page = show(values)
    assert found(page) == [] and "quotation" in page.locator(".found").inner_text()
    if by == "mouse":
        for step in QUOTED:
            page.locator(".marks button").nth(step).click()
    else:
        page.get_by_role("application").focus()
        for step in range(max(QUOTED) + 1):
            if step in QUOTED:
                page.keyboard.press("m")
            page.keyboard.press("ArrowRight")
    assert [b.get_attribute("aria-pressed") == "true" for b in page.locator(".marks button").all()] == [
        *INSIDE
    ]
    expect(page.locator(".tokens .marked")).to_have_text([TOKENS[step] for step in QUOTED])
    shown = found(page)
    assert {unit for unit, _ in shown[:2]} == {7, 19}
    areas = [area(course, INSIDE) for course in values.T]
    for unit, value in shown:
        assert value == pytest.approx(areas[unit], abs=0.0051)
    sure = sorted((max(one, 1 - one) for one in areas), reverse=True)
    assert [max(value, 1 - value) for _, value in shown] == pytest.approx(sure[: len(shown)], abs=0.0051)
    best = [
        max(max(one, 1 - one) for one in (area(course, np.roll(INSIDE, shift)) for course in values.T))
        for shift in range(1, len(TOKENS))
    ]
    assert f"reaches {np.mean(best):.2f} on average" in page.locator(".chance").inner_text()
    page.locator(".found button").filter(has_text="19").first.click()
    expect(page.locator("output")).to_contain_text("unit 19: ")
    page.get_by_role("button", name="clear marks").click()
    assert found(page) == []


def read_map(page) -> np.ndarray:
    """Reds and blues of the map (units, steps)."""
    pixels = page.locator(".plot .map canvas").evaluate("""canvas => Array.from(
      canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data)""")
    return np.array(pixels).reshape(40, len(TOKENS), 4)[..., [0, 2]]


def test_rows_are_ordered_by_the_marks_and_stay_true_to_their_units(show):
    values = states()
    page = show(values, marks=QUOTED)
    natural = read_map(page)
    page.get_by_label("order of the units").select_option("marked")
    order = np.argsort([-area(course, INSIDE) for course in values.T], kind="stable")
    ordered = read_map(page)
    assert (ordered[0] == natural[7]).all() and (ordered[-1] == natural[19]).all()
    assert sorted(map(bytes, ordered)) == sorted(map(bytes, natural)), "every unit once"
    page.get_by_role("application").focus()
    page.get_by_label("unit", exact=True).fill("7")
    page.get_by_label("unit", exact=True).press("Enter")
    page.get_by_role("application").focus()
    page.keyboard.press("ArrowUp")
    expect(page.locator("output")).to_contain_text("unit 7: ")  # the first row
    page.keyboard.press("ArrowDown")
    second = [unit for unit in order if unit != 7]
    assert any(f"unit {unit}: " in page.locator("output").inner_text() for unit in second[:4])
    box = page.locator(".plot .map canvas").bounding_box()
    page.mouse.click(box["x"] + 4, box["y"] + box["height"] - 2)
    expect(page.locator("output")).to_contain_text("unit 19: ")


def test_alike_units_stand_together(show):
    rng = np.random.default_rng(1)
    shapes = rng.uniform(-0.8, 0.8, (3, len(TOKENS)))
    kinds = rng.integers(0, 3, 40)
    values = shapes[kinds].T + 0.02 * rng.standard_normal((len(TOKENS), 40))
    page = show(values, arrangement="alike")
    ordered, page = read_map(page), page
    page.get_by_label("order of the units").select_option("model")
    natural = read_map(page)
    places = [int(np.abs(natural - row).sum(axis=(1, 2)).argmin()) for row in ordered]
    assert sorted(places) == list(range(40))
    seen = kinds[places]
    # Three shapes in at most six groups: neighbors differ in kind only where a group begins.
    assert (seen[1:] != seen[:-1]).sum() <= 5 < (kinds[1:] != kinds[:-1]).sum()


def in_words(page, starts: str) -> str:
    """The one line of the transcript that begins so."""
    (line,) = [text for text in page.locator(".in-words p").all_inner_texts() if text.startswith(starts)]
    return line


def test_the_transcript_says_the_marks_and_what_follows_them(show):
    values = states()
    page = show(values)
    summary = page.locator(".in-words summary")
    summary.focus()
    page.keyboard.press("Enter")
    assert in_words(page, "Your marks") == "Your marks: no token marked."
    assert "as in the model, from unit 0 at the top to unit 39" in in_words(page, "RNN, the rows")
    assert page.locator(".in-words p", has_text="follow your marks").count() == 0

    page.get_by_role("application").focus()
    for step in range(max(QUOTED) + 1):
        if step in QUOTED:
            page.keyboard.press("m")
        page.keyboard.press("ArrowRight")
    named = re.findall(r"“(.+?)” at step (\d+)", in_words(page, "Your marks: 4 of 9"))
    assert named == [(TOKENS[step], str(step + 1)) for step in QUOTED]
    line = in_words(page, "RNN, the units that follow")
    areas = [area(course, INSIDE) for course in values.T]
    told = re.findall(r"(\d+) \(AUC (\d\.\d+), (always|more often) (higher|lower) at a marked token\)", line)
    assert {("7", "always", "higher"), ("19", "always", "lower")} == {(u, o, d) for u, _, o, d in told[:2]}
    sure = sorted((max(one, 1 - one) for one in areas), reverse=True)
    assert [max(float(a), 1 - float(a)) for _, a, *_ in told] == pytest.approx(sure[:6], abs=0.0051)
    for unit, value, often, direction in told:
        truth = areas[int(unit)]
        assert float(value) == pytest.approx(truth, abs=0.0051)
        assert (often == "always", direction == "lower") == (truth in (0, 1), truth < 0.5)
    assert page.locator(".chance").inner_text().split("reaches ")[1] == line.split("reaches ")[1]

    page.get_by_label("order of the units").select_option("marked")
    assert (
        "by your marks, those that are higher at marked tokens first, from unit 7 at the top to unit 19"
        in (in_words(page, "RNN, the rows"))
    )
    page.get_by_label("order of the units").select_option("alike")
    groups = len(page.locator(".cut").all()) + 1
    assert f"alike units together, in {groups} groups" in in_words(page, "RNN, the rows")
    for step in set(range(len(TOKENS))) - {*QUOTED}:
        page.locator(".marks button").nth(step).click()
    assert in_words(page, "Your marks: 9 of 9").endswith("There is no other token to tell them from.")
    page.get_by_role("button", name="clear marks").click()
    assert in_words(page, "Your marks") == "Your marks: no token marked."


def test_the_transcript_names_the_sentence_that_a_mark_stands_in(open_page, tmp_path):
    widget = HiddenStates.from_arrays(
        encoder_states=states()[:4], decoder_states=states()[4:], src_tokens=TOKENS[:4], tgt_tokens=TOKENS[4:]
    )
    page = open_page(write_page(tmp_path, {"a": stored(widget)}, ["a"]))
    page.locator(".in-words summary").click()
    page.locator(".marks button").nth(5).click()
    assert in_words(page, "Encoder, your marks") == "Encoder, your marks: no token marked."
    assert (
        in_words(page, "Decoder, your marks") == "Decoder, your marks: 1 of 5 tokens marked, “”” at step 2."
    )
    assert in_words(page, "Decoder, the units that follow")


def test_it_fits_a_phone(show):
    page = show(states(), width=360, marks=QUOTED)
    assert page.evaluate("document.documentElement.scrollWidth") == 360
