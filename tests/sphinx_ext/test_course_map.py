"""The map of the course: parts and titles, what each chapter mends, what was measured, how long it takes."""

import re

import pytest

from s2s_course.chapters import ROOT
from s2s_course.drawings import whole_way
from s2s_course.exercises.engine.registry import all_exercises
from s2s_course.sphinx_ext.chapter_facts import read_chapters
from s2s_course.sphinx_ext.claims_ledger import measured_mean
from s2s_course.sphinx_ext.course_map import in_hours, map_of_course, parts_of_book

from .small_book import write_book

PARTS = {"Start": ["01-first"], "Memory": ["05-fifth"], "Reference": ["glossary"]}
LINES = ["1 | nothing | a start", "", "5 | it waits | 3 times as fast"]


def test_each_part_has_a_table_with_its_chapters(tmp_path):
    text = map_of_course(LINES, write_book(tmp_path), PARTS)
    assert "| Start | mends this flaw |" in text and "Reference" not in text
    assert "| [5. Title 5](05-fifth.ipynb) | it waits | 3 times as fast | 1 h 15 min |" in text
    assert f"about {(30 + 75) / 60:.0f} hours to read, and the {len(all_exercises())} exercises" in text


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (LINES[:1], r"a line for each chapter, and none for \[5\]"),
        ([*LINES, LINES[0]], "each chapter must have one line"),
        (["1 | nothing", LINES[2]], "each chapter must have one line “number | flaw | measured”"),
        ([*LINES, "7 | a | b"], "chapter must be one of 1, 5, got '7'"),
    ],
)
def test_a_map_that_is_not_whole_is_refused(tmp_path, lines, message):
    with pytest.raises(ValueError, match=message):
        map_of_course(lines, write_book(tmp_path), PARTS)


@pytest.mark.parametrize(
    ("minutes", "text"), [(45, "45 min"), (60, "1 h"), (75, "1 h 15 min"), (130, "2 h 10 min")]
)
def test_hours(minutes, text):
    assert in_hours(minutes) == text


def first_page_rows() -> dict[int, str]:
    text = (ROOT / "book" / "index.md").read_text("utf-8")
    block = re.search(r"```\{course-map\}\n(.*?)```", text, re.DOTALL)[1]
    return {int(line.split("|")[0]): line for line in block.splitlines()}


def test_the_drawing_and_the_map_of_the_first_page_say_the_same():
    rows = first_page_rows()
    assert list(rows) == list(read_chapters(ROOT))
    before = ""
    for station in whole_way.stations():
        shown = re.sub(r"\{measured\}`([^`]*)`", lambda role: measured_mean(role[1]), rows[station.chapter])
        numbers = re.findall(r"\d+(?:\.\d+)?", station.measured.replace("12–14", ""))
        if station.chapter != 7:  # where the map has the two times, and the drawing their ratio
            assert set(numbers) <= set(re.findall(r"\d+(?:\.\d+)?", shown.split("|")[2])), station.name
        if before:
            assert before.removeprefix("but ") == rows[station.chapter].split("|")[1].strip()
        before = station.wrong


def test_no_number_of_the_map_is_typed():
    for number, line in first_page_rows().items():
        typed = re.sub(r"\{measured\}`[^`]*`", "", line.split("|")[2])
        assert set(re.findall(r"\d+", typed)) <= {"3", "5", "12", "14"}, number  # lengths of sentences


def test_parts_are_named_alike_in_the_contents_and_in_the_drawing():
    parts = parts_of_book(ROOT / "_toc.yml")
    named = {int(file[:2]): name for name, files in parts.items() for file in files if file[0].isdigit()}
    assert list(named) == list(read_chapters(ROOT))
    assert {one.chapter: one.part for one in whole_way.stations()} == {
        number: name for number, name in named.items() if number > 1
    }
