"""The pages for instructors: one guide for each chapter, and nothing in them that is not there or not so."""

import re

import nbformat
import pytest

from s2s_course.chapters import ROOT, chapter_paths
from s2s_course.claims.registry import CLAIMS
from s2s_course.exercises.engine.checker import diagnose
from s2s_course.exercises.engine.exercise import Exercise
from s2s_course.exercises.engine.registry import all_exercises, find_exercise
from s2s_course.sphinx_ext.claims_ledger import measured_mean
from s2s_course.sphinx_ext.guide_minutes import class_minutes, guide_path
from s2s_course.widgets import WIDGETS

TEACHING = ROOT / "book" / "teaching"
PAGES = {path.stem: path.read_text("utf-8") for path in sorted(TEACHING.glob("*.md"))}
NUMBERS = range(1, len(chapter_paths()) + 1)
NAMES = {widget.__name__: widget for widget in WIDGETS}
each_page = pytest.mark.parametrize("name", PAGES)
each_chapter = pytest.mark.parametrize("number", NUMBERS)


def guide(number: int) -> str:
    return PAGES[guide_path(ROOT, number).stem]


def section(number: int, title: str) -> str:
    [body] = re.findall(rf"^## {title}\n(.*?)(?=^## |\Z)", guide(number), re.MULTILINE | re.DOTALL)
    return body


def test_there_is_one_for_each_chapter_and_all_pages_are_in_the_table_of_contents():
    toc = (ROOT / "_toc.yml").read_text("utf-8")
    listed = re.findall(r"file: book/teaching/(\S+)", toc)
    guides = [guide_path(ROOT, number).stem for number in NUMBERS]
    assert [name for name in listed if name.startswith("guide-")] == guides
    assert sorted(listed) == sorted(PAGES)
    part = re.search(r"caption: For instructors\n(.*?)(?=  - caption|\Z)", toc, re.DOTALL)[1]
    assert re.findall(r"file: book/teaching/(\S+)", part) == listed


@each_page
class TestEveryPage:
    def test_every_number_is_measured_and_every_verdict_of_a_claim(self, name):
        text = PAGES[name]
        for role in re.findall(r"\{measured\}`([^`]+)`", text):
            assert measured_mean(role)
        assert set(re.findall(r"\{verdict\}`([^`]+)`", text)) <= set(CLAIMS)

    def test_no_score_of_ours_is_typed(self, name):
        text = re.sub(r"\{measured\}`[^`]+`", "", PAGES[name])
        assert not re.search(r"\d+\.\d+ (BLEU|ms|nats|µs)|BLEU \d+\.", text)

    def test_every_link_leads_to_a_page_that_is_there(self, name):
        for target in re.findall(r"\]\(([^)]+)\)", PAGES[name]):
            assert target.startswith("https://") or (TEACHING / target.partition("#")[0]).is_file(), target

    def test_no_line_is_a_comment(self, name):
        """A line that begins with % is a comment in MyST: whatever it says is not on the page."""
        assert not re.search(r"^ *%", PAGES[name], re.MULTILINE)


@each_chapter
class TestGuide:
    def test_what_is_generated_is_of_its_own_chapter(self, number):
        for directive in ("chapter-goals", "exercise-times", "misconceptions"):
            assert re.findall(rf"^```\{{{directive}\}} (\d+)$", guide(number), re.MULTILINE) == [str(number)]
        assert "```{class-times}" in guide(number)

    def test_it_fits_a_double_lesson(self, number):
        minutes = class_minutes(guide(number))
        assert 80 <= sum(minutes.values()) <= 100
        assert sum(minutes.values()) - minutes["Board plan"] >= 30

    def test_it_has_five_to_seven_questions_that_say_how_long_they_take(self, number):
        questions = re.findall(r"^\d\. (.*)", section(number, "Discussion"), re.MULTILINE)
        assert 5 <= len(questions) <= 7
        assert all(re.match(r"\*\d+ min\* \*\*", question) for question in questions)
        assert len(re.findall(r"\bListen\s+for\b", section(number, "Discussion"))) >= len(questions)

    def test_it_asks_before_it_shows(self, number):
        text = section(number, "Demonstration")
        assert "**Ask first:**" in text and "**They see:**" in text

    def test_its_widgets_are_those_of_the_chapter(self, number):
        text = section(number, "Demonstration")
        named = {name for name in re.findall(r"`(\w+)`", text) if name in NAMES}
        [path] = [path for path in chapter_paths() if path.name.startswith(f"{number:02d}-")]
        code = "\n".join(cell.source for cell in nbformat.read(path, as_version=4).cells)
        for name in named:
            assert number in NAMES[name].chapters and re.search(rf"\b{name}\w*\.", code), name
        assert named or "(../index.md)" in text

    def test_the_exercises_that_it_names_are_of_the_chapter(self, number):
        ids = {exercise.id for exercise in all_exercises()}
        after = re.split(r"^## What goes wrong", guide(number), flags=re.MULTILINE)[1]
        named = set(re.findall(r"\b(?<![\d.])\d{1,2}\.\d\b(?![\d %])", re.sub(r"\$[^$]*\$", "", after)))
        assert named <= ids
        assert all(name.startswith(f"{number}.") for name in named)

    def test_a_claim_with_a_number_in_the_discussion_has_its_verdict_in_the_guide(self, number):
        """So nobody reads a number without the way to its conditions."""
        used = {role.split(":")[0] for role in re.findall(r"\{measured\}`([^`]+)`", guide(number))}
        assert used <= set(re.findall(r"\{verdict\}`([^`]+)`", guide(number)))


class TestPlans:
    def test_a_term_has_every_exercise_and_every_class(self):
        term = PAGES["course-plans"].split("## A term")[1].split("```")[1]
        for number in NUMBERS:
            assert f"| class {number} | read {number} | exercises {number}.*" in term
        assert len(re.findall(r"^Week \d+", term, re.MULTILINE)) == 14

    def test_every_plan_has_each_chapter_once(self):
        plans = re.findall(r"```\{course-plan\}\n(.*?)```", PAGES["course-plans"], re.DOTALL)
        assert len(plans) == 3
        for plan in plans:
            read = [int(n) for line in re.findall(r"\| read ([\d ]+)", plan) for n in line.split()]
            assert read == list(NUMBERS)


@pytest.fixture(scope="module")
def exercise() -> Exercise:
    """The worked example of own-exercises.md."""
    space = {"__name__": "coverage"}
    path = TEACHING / "coverage.py"
    exec(compile(path.read_text("utf-8"), str(path), "exec"), space)
    return space["EXERCISE"]


class TestOwnExercise:
    def test_it_is_on_the_page_and_its_id_is_free(self, exercise):
        assert "```{literalinclude} coverage.py" in PAGES["own-exercises"]
        with pytest.raises(ValueError):
            find_exercise(exercise.id)

    def test_its_reference_passes_and_each_mistake_is_told_as_itself(self, exercise):
        assert diagnose(exercise, exercise.reference).passed
        for misconception in exercise.misconceptions:
            for wrong in (misconception.wrong, *misconception.variants):
                assert diagnose(exercise, wrong).misconception == misconception.name

    def test_the_cases_are_those_that_the_page_derives(self, exercise):
        shapes = [case.make(0)[0].shape for case in exercise.cases]
        assert {(T > S) - (T < S) for _, T, S in shapes} == {-1, 0, 1} and 1 in {B for B, _, _ in shapes}
