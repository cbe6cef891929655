"""The pages: nothing of a student becomes a tag or an attribute, and each number is there."""

import base64
import hashlib
import re
from html.parser import HTMLParser

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from s2s_course.grading.report import FAULTS, class_page, feedback_name, feedback_page, write_feedback

from .answers_here import IDS, assignment_in
from .grades_made import exercise_grade, grade_of

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</pre></style></title><svg onload=alert(1)>",
    "{{ 7 * 7 }} {% raw %} {# #}",
    "`<b>` &lt; &amp; javascript:alert(1)",
    "exe\u202etxt \x00 \x1b[31m \ud800 \ufeff",
    "]]><!--",
)
TEXT = st.one_of(st.sampled_from(HOSTILE), st.text(st.characters(exclude_categories=()), max_size=30))


class Page(HTMLParser):
    """Tags with their attributes, and the text of the page."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.tags, self.texts = [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, tuple(attributes)))

    def handle_data(self, data):
        self.texts.append(data)

    def handle_comment(self, data):
        raise AssertionError(f"a comment: {data}")

    def unknown_decl(self, data):
        raise AssertionError(f"a declaration: {data}")

    @property
    def text(self):
        return "".join(self.texts)

    def skeleton(self):
        """All tags with the attributes' names, and the values of those that no text should be in."""
        return [(tag, [(k, v) for k, v in attributes if k != "aria-label"]) for tag, attributes in self.tags]


@pytest.fixture(scope="module")
def assignment(tmp_path_factory):
    return assignment_in(tmp_path_factory.mktemp("hw5"))


def graded(text, key="jane", **fields):
    """A grade in which everything that a student can write is ``text``, around no less than one letter."""
    text = f"x{text}"
    first = exercise_grade(
        "5.1", 2.0, 4.0, source=text, printed=text, details=text, message=text, fault="value", title="A title"
    )
    second = exercise_grade("5.2", 4.0, 4.0, source=text, printed=text)
    third = exercise_grade("5.3", 0.0, 2.0, "missing", message=text)
    return grade_of(text, key, exercises=(first, second, third), notes=(text,), comment=text, **fields)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
@given(TEXT)
def test_nothing_of_a_student_becomes_a_tag_or_an_attribute(assignment, text):
    plain, hostile = graded("plain"), graded(text)

    def of_class(grade):
        joe = grade_of("Joe", "joe", exercises=grade.exercises, problem=grade.student)
        return class_page([grade, joe], assignment)

    for page in (lambda grade: feedback_page(grade, assignment), of_class):
        drop_code = [tag for tag in Page(page(plain)).skeleton() if tag[0] != "code"]
        assert [tag for tag in Page(page(hostile)).skeleton() if tag[0] != "code"] == drop_code
        page(hostile).encode()


@pytest.mark.parametrize("text", HOSTILE)
def test_what_was_written_is_shown_as_it_was_written(assignment, text):
    page = Page(feedback_page(graded(text), assignment))
    seen = text.replace("\u202e", "⟨U+202E⟩").replace("\x00", "␀").replace("\x1b", "␛")
    seen = "x" + seen.replace("\ud800", "⟨U+D800⟩").replace("\ufeff", "⟨U+FEFF⟩")
    assert page.texts.count(f"\n{seen}") == 5  # code and what was printed, twice each, and details
    assert page.texts.count(seen) >= 2  # the title and the heading
    assert not re.search("[\x00-\x08\x0b-\x1f\u202a-\u202e\u2066-\u2069]", page.text)


def test_the_policy_allows_the_one_style_and_nothing_else(assignment):
    for page in (feedback_page(graded("a"), assignment), class_page([graded("a")], assignment)):
        [policy] = re.findall(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">', page)
        [style] = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        assert (
            policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
        )
        parsed = Page(page)
        assert not [
            tag for tag, _ in parsed.tags if tag in ("script", "link", "img", "iframe", "form", "object")
        ]
        names = {name for _, attributes in parsed.tags for name, _ in attributes}
        assert not [name for name in names if name.startswith("on") or name in ("style", "src", "srcset")]
        links = [value for tag, attributes in parsed.tags for name, value in attributes if name == "href"]
        assert all(re.fullmatch(r"feedback/[\w-]+\.html", link) for link in links)
        assert "url(" not in style and "@import" not in style
        assert page.index("Content-Security-Policy") < page.index("<style>")


def test_a_feedback_page_tells_all_there_is(assignment):
    first = exercise_grade(
        "5.1", 1.33, 4.0, cases=(("one case", True), ("another case", False)), fault="value",
        misconception="v left out", message="You leave out `v`.", details="For example:\n  v = 1",
        printed="hello", source="def f():\n    pass",
    )  # fmt: skip
    second = exercise_grade("5.2", 4.0, 4.0, by_hand=3.5, source="def g(): pass")
    grade = grade_of("Jane Doe", "jane", exercises=(first, second), notes=("A line `%pip` was dropped.",),
                     late_days=2.0, penalty=10.0, manual=0.25, comment="Nice!")  # fmt: skip
    page = Page(feedback_page(grade, assignment))
    text = " ".join(page.text.split())
    for told in (
        "Jane Doe", "Homework 5", "4.6 of 8 points", "2 days late", "4.83 points for the exercises",
        "0.48 taken off (10 %)", "0.25 added by your instructor", "Nice!", "A line %pip was dropped.",
        "Known mistake: v left out", "You leave out v.", "✓ one case", "✗ another case", "For example: v = 1",
        "hello", "def f(): pass", "partly right · 1.33 of 4", "3.5 of 4, by hand",
    ):  # fmt: skip
        assert told in text, told
    assert [v for _, a in page.tags for k, v in a if k == "aria-label"] == [
        "4.6 of 8 points",
        "right:",
        "wrong:",
    ]


def test_a_feedback_page_names_no_other_student_and_no_seed(assignment):
    page = feedback_page(graded("a"), assignment)
    assert str(assignment.seed) not in page and "Joe" not in page and str(assignment.folder) not in page


def test_the_report_has_the_numbers_of_the_class(assignment):
    def one(key, points, misconception=None, fault=None):
        first = exercise_grade("5.1", points, 4.0, misconception=misconception, fault=fault)
        rest = [
            exercise_grade(name, 4.0 if name == "5.2" else 2.0, out)
            for name, out in (("5.2", 4.0), ("5.3", 2.0))
        ]
        return grade_of(f"Name {key}", key, exercises=(first, *rest))

    grades = [one("a", 4.0), one("b", 0.0, "v left out", "value"), one("c", 0.0, "v left out", "value")]
    grades += [
        one("d", 0.0, None, "crash"),
        grade_of("E", "e", exercises=grades[0].exercises, problem="Not a zip."),
    ]
    page = class_page(grades, assignment)
    text = " ".join(" ".join(Page(page).texts).split())
    assert "handed in 5 mean 7 of 10 median 6 of 10 late 0 not gradable 1" in text
    assert "v left out 2 students · 5.1" in text and "You add up or average" in text
    assert "5.1 The additive score 4 1 0 25% 1 of 4" in text
    assert "5.1 The additive score v left out 2" in text and f"{FAULTS['crash']} 1" in text
    assert "6 to 7 points: 3;" in text and "9 to 10 points: 1." in text
    assert "E Not a zip." in text and "Likeness is no proof" not in text
    heights = [
        float(value)
        for value in re.findall(r'<rect x="[\d.]+" y="[\d.]+" width="40" height="([\d.]+)"', page)
    ]
    assert heights == [0, 0, 0, 0, 0, 0, 120, 0, 0, 40]


def test_an_empty_class_has_a_report(assignment):
    assert "handed in" in class_page([], assignment)


@pytest.mark.parametrize("key", ["", "../a", "a/b", ".a", "a.b", "-a", "a\n", "é", "a" * 200, "a\\b"])
def test_a_key_that_could_leave_the_folder_is_refused(key, assignment, tmp_path):
    with pytest.raises(ValueError, match="key must be"):
        feedback_name(key)
    with pytest.raises(ValueError, match="key must be"):
        write_feedback(tmp_path, graded("a", key), assignment)
    assert list(tmp_path.iterdir()) == []


def test_very_many_notes_and_very_long_texts_are_cut(assignment):
    grade = grade_of("x" * 5_000, "a", exercises=(), notes=tuple(f"Note {i}. " * 500 for i in range(1_000)))
    assert len(feedback_page(grade, assignment)) < 70_000
    assert "960 more notes" in feedback_page(grade, assignment)


def test_ids_are_those_of_the_assignment(assignment):
    assert tuple(exercise.id for exercise in assignment.exercises) == IDS
