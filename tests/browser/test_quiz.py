"""Quiz on a published page, answered as a reader answers it; what it says is compared with the questions."""

import pytest
from playwright.sync_api import Locator, expect

from s2s_course.exercises import quiz
from s2s_course.widgets import Quiz
from s2s_course.widgets.quiz import Choice, Question

from .lifetime import check_lifetime
from .static_page import stored, write_page

QUIZZES = (quiz(2), quiz(3))
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True}
HTML = '<img src=x onerror="boom()"> &amp; <b>bold</b> `</code><i>` ${1}'


class Widget:
    """One Quiz on a page, and what it was made from."""

    def __init__(self, root: Locator, truth: Quiz):
        self.root, self.questions, self.page = root, truth.questions, root.page
        self.score = root.get_by_role("status").last
        expect(self.score).to_contain_text("answered right")

    def question(self, number: int) -> Locator:
        return self.root.get_by_role("group").nth(number)

    def radio(self, number: int, choice: int) -> Locator:
        return self.question(number).get_by_role("radio").nth(choice)

    def says(self, number: int) -> int | None:
        """The choice that is marked and explained, after comparing all that is said with the truth."""
        choices = self.questions[number]["choices"]
        output = self.question(number).locator("output")
        checked = [i for i in range(len(choices)) if self.radio(number, i).is_checked()]
        marks = [
            label.get_attribute("data-verdict") for label in self.question(number).locator("label").all()
        ]
        if not checked:
            expect(output).to_be_empty()
            assert set(marks) == {None}
            return None
        [chosen] = checked
        right = choices[chosen]["right"]
        verdict = "Right." if right else "Not right."
        expect(output).to_have_text(f"{verdict} {choices[chosen]['why'].replace('`', '')}")
        assert marks == [
            ("right" if right else "wrong") if i == chosen else None for i in range(len(choices))
        ]
        return chosen

    def answered_right(self) -> int:
        text = self.score.inner_text()
        number = int(text.split()[0])
        assert text == f"{number} of {len(self.questions)} answered right"
        return number

    def right(self, number: int) -> int:
        [index] = [i for i, choice in enumerate(self.questions[number]["choices"]) if choice["right"]]
        return index


@pytest.fixture
def widgets(open_page, tmp_path):
    """Open a page with the quizzes of chapters 2 and 3 and, third, another view of that of chapter 2."""

    def widgets(**context_options) -> list[Widget]:
        context_options = {"viewport": {"width": 900, "height": 900}} | context_options
        models = {str(i): stored(one) for i, one in enumerate(QUIZZES)}
        page = open_page(write_page(tmp_path, models, ["0", "1", "0"]), **context_options)
        roots = page.locator(".s2s-quiz")
        expect(roots).to_have_count(3)
        return [Widget(roots.nth(i), QUIZZES[i % 2]) for i in range(3)]

    return widgets


def test_it_shows_all_questions_in_the_order_written_and_gives_nothing_away(widgets):
    for widget in widgets():
        expect(widget.root.locator("legend")).to_have_text(
            [
                f"{i}. {question['text']}".replace("`", "")
                for i, question in enumerate(widget.questions, start=1)
            ]
        )
        for number, question in enumerate(widget.questions):
            texts = [choice["text"].replace("`", "") for choice in question["choices"]]
            expect(widget.question(number).locator("label")).to_have_text(texts)
            assert widget.says(number) is None
        assert widget.answered_right() == 0
        inside = widget.root.inner_text()
        assert not any(c["why"] in inside for q in widget.questions for c in q["choices"])


def test_a_click_on_any_choice_explains_that_choice(widgets):
    for widget in widgets()[:2]:
        for number, question in enumerate(widget.questions):
            for choice in range(len(question["choices"])):
                widget.question(number).locator("label").nth(choice).click()
                assert widget.says(number) == choice
                assert widget.answered_right() == number + (choice == widget.right(number))
            widget.question(number).locator("label").nth(widget.right(number)).click()
            assert widget.says(number) == widget.right(number), "one may try again"
        assert widget.answered_right() == len(widget.questions)
        widget.radio(0, (widget.right(0) + 1) % 3).click()
        assert widget.answered_right() == len(widget.questions) - 1, "what is given up no longer counts"


def test_arrows_move_without_choosing_and_space_or_enter_chooses(widgets):
    widget, *_ = widgets()
    press, address = widget.page.keyboard.press, widget.page.url
    widget.radio(0, 0).focus()
    for key, place in [("ArrowDown", 1), ("ArrowRight", 2), ("ArrowUp", 1), ("ArrowLeft", 0), ("ArrowUp", 3)]:
        press(key)
        expect(widget.radio(0, place)).to_be_focused()
        assert widget.says(0) is None
    press("ArrowDown")
    press("Space")
    assert widget.says(0) == 0
    press("ArrowDown")
    assert widget.says(0) == 0
    press("Enter")
    assert widget.says(0) == 1
    press("Control+ArrowRight")
    expect(widget.radio(0, 1)).to_be_focused()
    assert widget.page.url == address


def test_tab_goes_from_question_to_question_with_a_visible_focus(widgets):
    widget, other, _ = widgets()
    widget.radio(0, 0).focus()
    for number in range(len(widget.questions)):
        chosen = widget.right(number)
        for _ in range(chosen):
            widget.page.keyboard.press("ArrowDown")
        expect(widget.radio(number, chosen)).to_be_focused()
        label = widget.question(number).locator("label").nth(chosen)
        assert "solid 2px" in label.evaluate("node => getComputedStyle(node).outline")
        widget.page.keyboard.press("Space")
        assert widget.says(number) == chosen
        widget.page.keyboard.press("Tab")
    assert widget.answered_right() == len(widget.questions)
    expect(widget.root.locator("summary")).to_be_focused()  # what is shown, in words
    widget.page.keyboard.press("Tab")
    expect(other.radio(0, 0)).to_be_focused()
    widget.page.keyboard.press("Shift+Tab")
    widget.page.keyboard.press("Shift+Tab")
    last = len(widget.questions) - 1
    expect(widget.radio(last, widget.right(last))).to_be_focused()  # back to what was chosen


def test_keys_do_not_scroll_or_turn_the_page(widgets):
    widget, *_ = widgets(viewport={"width": 900, "height": 400})
    widget.page.evaluate("heard = []; addEventListener('keydown', (event) => heard.push(event.key))")
    widget.radio(0, 0).focus()
    before = widget.page.evaluate("[scrollX, scrollY]")
    for key in ("ArrowDown", "ArrowRight", "ArrowUp", "ArrowLeft", "Enter"):
        widget.page.keyboard.press(key)
    assert widget.page.evaluate("[scrollX, scrollY]") == before
    assert widget.page.evaluate("heard") == []
    attribute = "data-lm-suppress-shortcuts"
    assert {radio.get_attribute(attribute) for radio in widget.root.get_by_role("radio").all()} == {"true"}


def test_questions_and_views_are_independent(widgets):
    two, three, again = widgets()
    for widget, choice in [(two, 0), (three, 1), (again, 2)]:
        for number in (0, 1):
            widget.radio(number, choice).click()
    for widget, choice in [(two, 0), (three, 1), (again, 2)]:
        assert [widget.says(number) for number in (0, 1, 2)] == [choice, choice, None]


def test_assistive_technology_is_told(widgets):
    widget, *_ = widgets()
    expect(widget.root).to_have_attribute("aria-label", "Quiz on chapter 2")
    assert widget.score.get_attribute("aria-live") == "polite"
    for number, question in enumerate(widget.questions):
        expect(widget.question(number)).to_have_accessible_name(f"{number + 1}. {question['text']}")
        assert widget.question(number).locator("output").get_attribute("aria-live") == "polite"
        name = question["choices"][0]["text"]
        expect(widget.radio(number, 0)).to_have_accessible_name(name.replace("`", ""))


def test_texts_are_text_and_backticks_are_code(open_page, tmp_path):
    choices = [Choice(f"{i} {HTML}", right=i == 1, why=f"why {i} {HTML}") for i in range(3)]
    widget = Quiz.from_questions([Question(HTML, tuple(choices))], title=HTML)
    page = open_page(
        write_page(tmp_path, {"1": stored(widget)}, ["1"]), viewport={"width": 360, "height": 700}
    )
    root = page.locator(".s2s-quiz")
    root.get_by_role("radio").nth(2).click()
    plain = HTML.replace("`", "")
    expect(root.locator("legend")).to_have_text(f"1. {plain}")
    expect(root.locator("label")).to_have_text([f"{i} {plain}" for i in range(3)])
    expect(root.locator("output")).to_have_text(f"Not right. why 2 {plain}")
    expect(root.locator("header p").first).to_have_text(HTML)
    expect(root.locator("code")).to_have_text(["</code><i>"] * 5)
    assert root.locator("img, i").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_a_relation_is_not_broken_at_the_end_of_a_line(widgets):
    *_, widget = widgets(viewport={"width": 360, "height": 740})
    assert "hₜ\u00a0=\u00a0tanh(W xₜ\u00a0+\u00a0U" in widget.root.locator("legend").first.text_content()


def test_on_a_phone(widgets):
    for widget in widgets(**PHONE)[:2]:
        for number in range(len(widget.questions)):
            widget.question(number).locator("label").nth(number % 3).tap()
            assert widget.says(number) == number % 3
        assert widget.page.evaluate("document.documentElement.scrollWidth") == 360
        for part in widget.root.locator("legend, label, output, p").all():
            box = part.bounding_box()
            assert box["x"] >= 0 and box["x"] + box["width"] <= 360
            assert part.evaluate("node => node.scrollWidth <= node.clientWidth")
        for label in widget.root.locator("label").all():
            assert label.bounding_box()["height"] >= 44


# WCAG 2: the contrast of two colors as the browser gives them, "rgb(r, g, b)".
CONTRAST = """([node, property, paper]) => {
  const luminance = (color) => color.match(/[\\d.]+/g).slice(0, 3).map(Number)
    .map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const [a, b] = [getComputedStyle(node)[property], getComputedStyle(paper).backgroundColor].map(luminance);
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_verdicts_are_legible_in_light_and_dark(widgets, scheme):
    widget, *_ = widgets(color_scheme=scheme)
    expect(widget.root).to_have_attribute("data-theme", scheme)
    widget.radio(0, widget.right(0)).click()
    widget.radio(1, (widget.right(1) + 1) % 3).click()
    paper = widget.root.element_handle()
    for number in (0, 1):
        for part in ("legend", "output", "output b"):
            node = widget.question(number).locator(part).first.element_handle()
            assert widget.page.evaluate(CONTRAST, [node, "color", paper]) >= 4.5
        output = widget.question(number).locator("output").element_handle()
        assert widget.page.evaluate(CONTRAST, [output, "borderLeftColor", paper]) >= 3
    colors = [
        widget.question(number).locator("output b").evaluate("node => getComputedStyle(node).color")
        for number in (0, 1)
    ]
    assert colors[0] != colors[1]


def test_a_change_of_theme_is_followed_and_nothing_moves_by_itself(widgets):
    widget, *_ = widgets(color_scheme="light", reduced_motion="reduce")
    widget.radio(0, 1).click()
    widget.page.evaluate("document.documentElement.dataset.theme = 'dark'")
    expect(widget.root).to_have_attribute("data-theme", "dark")
    assert widget.says(0) == 1
    assert widget.root.evaluate("node => node.getAnimations({ subtree: true }).length") == 0


def test_after_its_life_it_listens_to_nothing(widgets):
    widget, *_ = widgets()
    right = widget.right(0)
    use = f"""(() => {{
      const choices = [{right}, {(right + 1) % 3}]; // during its life, and after it
      return (root) => {{
        root.querySelectorAll("input")[choices.shift()].click();
        return root.querySelector("output").dataset.verdict;
      }};
    }})()"""
    check_lifetime(widget.page, use, "right", [])
