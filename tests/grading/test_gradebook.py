"""grades.csv: what is read back, and that no cell is a formula."""

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s2s_course.grading.gradebook import grades_csv, write_grades
from s2s_course.grading.harmless import harmless, number

from .grades_made import grade_of

HOSTILE = st.text(st.sampled_from("=+-@\t\r\n＝＋－＠;,|\"' aé\u202e1"), max_size=12)


def read(content):
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def is_formula(cell):
    """What a spreadsheet may evaluate: it trims, takes full-width signs, and is no plain number."""
    text = cell.strip()
    return bool(re.match(r"[=+\-@\t\r＝＋－＠]", text)) and not re.fullmatch(r"-?\d+(\.\d+)?", cell)


def cells_by_any_program(line):
    """The cells that programs with other separators make of a line; a quote counts where a cell begins."""
    for separator in ",;\t|":
        yield from csv.reader([line], delimiter=separator)
        yield [part.strip('"') for part in line.split(separator)]


@given(st.lists(st.tuples(HOSTILE, HOSTILE, HOSTILE), min_size=1, max_size=4))
def test_whatever_students_are_called_no_cell_is_a_formula(texts):
    grades = [
        grade_of(name, f"s{i}", lms_id=lms_id, comment=comment, manual=-0.5)
        for i, (name, lms_id, comment) in enumerate(texts)
    ]
    content = grades_csv(grades, {"5.1": 4.0})
    rows = read(content)
    assert len(rows) == 1 + len(grades) and len({len(row) for row in rows}) == 1
    for line in content.decode("utf-8-sig").removesuffix("\r\n").split("\r\n"):
        for cells in cells_by_any_program(line):
            assert not [cell for cell in cells if is_formula(cell)], line


def test_the_model_of_formulas_knows_one():
    assert is_formula("=1+1") and is_formula(" @SUM(A1)") and is_formula("-2+3+cmd|' /C calc'!A0")
    assert not is_formula("-2.5") and not is_formula("'=1+1") and not is_formula("Doe")


@pytest.mark.parametrize(
    "name", ["Jane Doe", "O'Neil-Smith, Ann", "李小龙", "محمد", "a.b@example.org", "12345"]
)
def test_an_honest_name_stays_as_it_is(name):
    assert harmless(name) == name


def test_a_row_has_all_numbers_and_is_quoted(tmp_path):
    grades = [
        grade_of(
            "Jane", "jane", (2.0, 1.25), lms_id="77", late_days=2.0, penalty=10.0, manual=0.5, comment="ok"
        ),
        grade_of("Joe", "joe", (0.0, 4.0), problem="Not a notebook."),
    ]
    path = tmp_path / "grades.csv"
    write_grades(path, grades, {"5.1": 4.0, "5.2": 4.0})
    header, jane, joe = read(path.read_bytes())
    assert dict(zip(header, jane, strict=True)) == {
        "student": "Jane", "key": "jane", "id": "77", "5.1": "2", "5.2": "1.25", "points": "3.25",
        "penalty": "-0.33", "manual": "0.5", "total": "3.42", "out of": "8", "late days": "2",
        "comment": "ok",
    }  # fmt: skip
    assert joe[header.index("comment")] == "Not a notebook." and joe[header.index("late days")] == ""
    lines = path.read_bytes().decode("utf-8-sig").split("\r\n")
    assert all(re.fullmatch(r'"[^"]*"(,"[^"]*")*', line) for line in lines[:-1]) and lines[-1] == ""


@given(st.floats(-1e6, 1e6))
def test_a_number_is_short_and_near(value):
    text = number(value)
    assert re.fullmatch(r"-?\d+(\.\d{0,1}[1-9])?", text) and text != "-0"
    assert abs(float(text) - value) <= 0.005 + 1e-9
