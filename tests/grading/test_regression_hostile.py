"""A class that means harm, graded by the command. What it wrote must cost its own points and nothing else."""

import gc
from pathlib import Path

import pytest
from grading.regression import hostile
from grading.regression.graded_class import check_grade, files_in, grade_entries, nobody_knocks, processes

ENTRIES = {entry.name: entry for entry in hostile.ENTRIES}
# What some attacks would write if they came through.
MARKS = [Path("/usr/s2s-was-here"), Path("/tmp/s2s-pickled"), Path("/tmp/full")]
PACKAGE = Path(__file__).parents[2] / "s2s_course"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("hostile")


@pytest.fixture(scope="module")
def left(folder):
    """The grades, and what is there that was not before."""
    before = files_in(PACKAGE)
    with nobody_knocks():
        grades = grade_entries(tuple(ENTRIES.values()), folder)
    after = files_in(PACKAGE)
    gc.collect()  # the sandbox goes with its folder
    return {
        "grades": grades,
        "files": [path for path in before.keys() | after.keys() if before.get(path) != after.get(path)],
        "temporary": [*(folder / "temporary").iterdir()],
        "processes": processes(folder),
    }


@pytest.mark.parametrize("name", ENTRIES)
def test_each_gets_what_it_deserves(name, left):
    check_grade(ENTRIES[name], left["grades"][name])


def test_nothing_is_left(left):
    assert not left["files"] and not left["temporary"] and not left["processes"]
    assert not [path for path in MARKS if path.exists()]


def test_nothing_but_the_output_folder_was_written(folder, left):
    assert sorted(path.name for path in folder.iterdir()) == ["graded", "hw", "submissions", "temporary"]
    for name, entry in ENTRIES.items():
        for file, content in entry.files.items():
            assert (folder / "submissions" / name / file).read_bytes() == content


def test_no_page_and_no_cell_carries_what_was_meant_to_run(folder, left):
    pages = [*(folder / "graded" / "feedback").glob("*.html"), folder / "graded" / "report.html"]
    assert len(pages) == len(ENTRIES) + 1
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert not any(tag in text for tag in ("<script", "<img", "<svg onload"))
