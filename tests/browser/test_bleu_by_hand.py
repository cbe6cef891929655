"""BleuByHand on a page: what it counts and scores, compared with sacrebleu and with counts made here."""

import random
from collections import Counter

import pytest
from playwright.sync_api import expect

from s2s_course.evaluation.bleu import bleu
from s2s_course.widgets.bleu_by_hand import BleuByHand

from .lifetime import check_lifetime
from .masks_view import CONTRASTS
from .static_page import stored, write_page

REFERENCE = "la petite fille mange la pomme rouge ."
OUTPUTS = ("la petite fille mange une pomme rouge .", "la la la la", "petite la fille pomme mange rouge la .")

READ = """root => {
  const all = (selector, read) => Array.from(root.querySelectorAll(selector), read);
  const named = (node) => [node.textContent, node.className];
  return {
    there: all(".line:first-child > span", named),
    here: all(".line > button", named),
    chosen: root.querySelector(".line > [aria-pressed=true]")?.textContent ?? null,
    rows: all("tbody tr", (row) => Array.from(row.cells, (cell) => cell.textContent)),
    runs: all(".runs span", (node) => [node.textContent.slice(2), node.className]),
    says: root.querySelector("output").textContent,
  };
}"""


@pytest.fixture
def show(open_page, tmp_path):
    def show(text=OUTPUTS[0], *, n=1, reference=REFERENCE, **options):
        widget = BleuByHand.of(reference, [text, *OUTPUTS], n=n)
        page = open_page(
            write_page(tmp_path, {"1": stored(widget)}, ["1"]),
            **{"viewport": {"width": 800, "height": 900}} | options,
        )
        root = page.locator(".s2s-bleu-by-hand")
        expect(root.locator("output")).to_contain_text("BLEU")
        return page, root

    return show


def runs(words, n):
    return [" ".join(words[i : i + n]).lower() for i in range(len(words) - n + 1)]


def compare(root, output: str, n: int, reference: str = REFERENCE) -> None:
    """All that is shown of ``output``, with ``n`` words in a row."""
    seen, words = root.evaluate(READ), output.split()
    assert [word for word, _ in seen["here"]] == words and [w for w, _ in seen["there"]] == reference.split()
    score = bleu([words], [reference.split()]).score
    assert seen["says"].startswith(f"BLEU {score:.1f} ")
    for size, (_, total, matches, share) in enumerate(seen["rows"], start=1):
        here, there = (Counter(runs(text.split(), size)) for text in (output, reference))
        assert (int(total), int(matches)) == (here.total(), (here & there).total())
        if int(matches):
            assert share == f"{int(matches) / int(total):.3f}"
    there = Counter(runs(reference.split(), n))
    met, used = set(), Counter()
    for i, (run, kind) in enumerate(seen["runs"]):
        used[run.lower()] += 1
        known = there[run.lower()]
        expected = "none" if not known else "match" if used[run.lower()] <= known else "clipped"
        assert kind == expected, run
        if expected == "match":
            met |= set(range(i, i + n))
    assert [run.lower() for run, _ in seen["runs"]] == runs(words, n)
    assert {i for i, (_, kind) in enumerate(seen["here"]) if kind == "match"} == met
    lit = {i for i, (_, kind) in enumerate(seen["there"]) if kind == "match"}
    shared = Counter(runs(words, n)) & there
    expected = set()
    for i, run in enumerate(runs(reference.split(), n)):
        if shared[run] > 0:
            shared[run] -= 1
            expected |= set(range(i, i + n))
    assert lit == expected


def test_it_counts_and_scores_as_sacrebleu_does_for_many_outputs(show):
    _, root = show()
    draw, words = random.Random(0), [*REFERENCE.split(), "La", "une", "elle"]
    texts = [*OUTPUTS, REFERENCE, "la", "elle", "une pomme rouge", "La Petite fille"]
    texts += [" ".join(draw.choices(words, k=draw.randint(1, 14))) for _ in range(12)]
    for i, text in enumerate(texts):
        root.locator("input").fill(text)
        root.get_by_role("button", name="in a row").or_(root.get_by_role("button", name="single words")).nth(
            i % 4
        ).click()
        compare(root, text, i % 4 + 1)


def test_a_reference_with_doubled_runs_is_met_from_the_left(show):
    reference = "le chat le chat le chat dort"
    _, root = show("un chat le chat", n=2, reference=reference)
    compare(root, "un chat le chat", 2, reference)


def test_words_are_changed_by_mouse(show):
    page, root = show(OUTPUTS[0])
    word = lambda text: root.locator(".line > button", has_text=text).first  # noqa: E731
    word("une").click()
    root.get_by_role("button", name="drop").click()
    compare(root, "la petite fille mange pomme rouge .", 1)
    root.get_by_role("button", name="double").click()
    compare(root, "la petite fille mange pomme pomme rouge .", 1)
    root.get_by_role("button", name="later").click()
    compare(root, "la petite fille mange pomme rouge pomme .", 1)
    word("la").click()
    root.get_by_role("button", name="later").click()
    root.get_by_role("button", name="earlier").click()
    expect(root.get_by_role("button", name="earlier")).to_be_disabled()
    root.get_by_label("examples").select_option(OUTPUTS[1])
    compare(root, OUTPUTS[1], 1)
    assert "clipped" in root.evaluate(READ)["says"]
    assert page.evaluate("document.querySelectorAll('.runs .clipped').length") == 2


def test_words_are_changed_by_keyboard_and_the_focus_stays_with_them(show):
    page, root = show(OUTPUTS[0])
    root.locator(".line > button").first.focus()
    for key, output in (
        ("ArrowRight", OUTPUTS[0]),
        ("Delete", "la fille mange une pomme rouge ."),
        ("+", "la fille fille mange une pomme rouge ."),
        ("Shift+ArrowRight", "la fille mange fille une pomme rouge ."),
        ("Shift+ArrowLeft", "la fille fille mange une pomme rouge ."),
        ("Backspace", "la fille mange une pomme rouge ."),
    ):
        page.keyboard.press(key)
        compare(root, output, 1)
        assert page.evaluate("document.activeElement.getAttribute('aria-pressed')") == "true"
    for _ in range(9):
        page.keyboard.press("Delete")
    assert root.evaluate(READ)["says"].startswith("BLEU 0.0 ")
    assert root.evaluate(READ)["chosen"] is None


def test_it_fits_a_phone_and_stands_out_in_light_and_dark(show):
    page, root = show(
        "la la petite fille mange une une pomme rouge .",
        viewport={"width": 360, "height": 740},
        has_touch=True,
    )
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    for control in root.locator("button, input, select").all():
        assert control.bounding_box()["height"] >= 44
    for theme in ("light", "dark"):
        page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
        expect(root).to_have_attribute("data-theme", theme)
        contrasts = root.evaluate(CONTRASTS)
        assert min(contrasts) >= 4.5 and len(contrasts) > 20


USE = """(root, own) => {
  const line = root.querySelector(".line:last-child");
  const key = (name) => line.dispatchEvent(new KeyboardEvent("keydown", { key: name }));
  key("Delete");
  root.querySelectorAll("th button")[1].click();
  return [own.output.split(" ").length, own.n];
}"""


def test_after_its_life_it_listens_to_nothing(show):
    page, _ = show()
    first = len(OUTPUTS[0].split()) - 1
    during = [first, 2]
    check_lifetime(
        page,
        f"""(root, own) => {{
      own.output = own.output || {OUTPUTS[0]!r};
      return ({USE})(root, own);
    }}""",
        during,
        ["change:n", "change:output"],
    )
