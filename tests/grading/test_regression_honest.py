"""A class that means well, graded by the command: right, half right, wrong in known ways, oddly handed in."""

import pytest
from grading.regression import honest, strange_files
from grading.regression.graded_class import check_grade, grade_entries

ENTRIES = {entry.name: entry for entry in (*honest.ENTRIES, *strange_files.ENTRIES)}


@pytest.fixture(scope="module")
def grades(tmp_path_factory):
    return grade_entries(tuple(ENTRIES.values()), tmp_path_factory.mktemp("honest"))


@pytest.mark.parametrize("name", ENTRIES)
def test_each_gets_what_it_deserves(name, grades):
    check_grade(ENTRIES[name], grades[name])


def test_nobody_is_forgotten(grades):
    assert len(grades) == len(ENTRIES)
