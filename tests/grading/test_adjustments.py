"""The small CSV of an instructor: penalties, manual points, and one sentence for whatever does not fit."""

from datetime import UTC, datetime, timedelta

import pytest

from s2s_course.grading.adjustments import Adjustment, Adjustments, read_adjustments
from s2s_course.grading.lateness import days_late

from .answers_here import submission
from .grades_made import grade_of

DUE = datetime(2027, 1, 15, 23, 59, tzinfo=UTC)
CLASS = (
    submission("jane", student="Jane Doe", lms_id="501"),
    submission("zhang", student="张 伟", lms_id="502"),
    submission("twin-1", student="Al  Twin", lms_id="503"),
    submission("twin-2", student="al twin", lms_id="504"),
)
POINTS = {"5.1": 4.0, "5.2": 4.0}


def read(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "adjust.csv"
    path.write_bytes(text.encode(encoding))
    return read_adjustments(path, CLASS, POINTS)


@pytest.mark.parametrize("name", ["jane", "501", "Jane Doe", " jane  DOE "])
def test_a_student_is_known_by_key_id_or_name(tmp_path, name):
    read_in = read(tmp_path, f"student,points\n{name},1\n")
    assert dict(read_in.of) == {"jane": Adjustment(points=1.0)}


def test_all_columns_with_semicolons_bom_commas_and_empty_cells(tmp_path):
    text = (
        "\ufeffstudent;late_days;penalty;5.1;points;comment\r\n"
        '张 伟;2;;3,5;-1;"Fine; but ""late"""\r\n\r\n*;;10%;;;\r\n503;0;25;;;\r\n'
    )
    read_in = read(tmp_path, text)
    assert read_in.percent_a_day == 10.0
    assert dict(read_in.of) == {
        "zhang": Adjustment(2.0, None, {"5.1": 3.5}, -1.0, 'Fine; but "late"'),
        "twin-1": Adjustment(0.0, 25.0),
    }


@pytest.mark.parametrize(
    ("row", "known", "days", "percent"),
    [
        (Adjustment(), None, None, 0.0),
        (Adjustment(), 0, 0, 0.0),
        (Adjustment(), 3, 3, 30.0),
        (Adjustment(), 30, 30, 100.0),
        (Adjustment(late_days=0.0), 3, 0.0, 0.0),
        (Adjustment(late_days=1.5), None, 1.5, 15.0),
        (Adjustment(penalty=5.0), 3, 3, 5.0),
        (Adjustment(penalty=0.0), 3, 3, 0.0),
    ],
)
def test_the_late_rule(row, known, days, percent):
    said = Adjustments({"jane": row}, 10.0).for_student("jane", known)
    assert (said.late_days, said.penalty) == (days, percent)


def test_nothing_is_taken_off_by_itself():
    assert Adjustments().for_student("jane", 5).penalty == 0.0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("name,points\n", "line 1: each column must be one of student, .*5.2.*'name'"),
        ("student,points,points\n", "line 1: each column .* once"),
        ("points\n1\n", "line 1: there must be a column student"),
        ("student,points\njane,1\nnobody,1\n", "line 3: nobody who handed in .*'nobody'"),
        ("student,points\n\n\nAl Twin,1\n", "line 4: 'Al Twin' may be any of twin-1, twin-2"),
        ("student,points\njane,1\n501,2\n", "line 3: '501' has a line already"),
        ("student,points\njane,x\n", "line 2: points must be a number from -1000 to 1000, got 'x'"),
        ("student,points\njane,nan\n", "line 2: points must be"),
        ("student,penalty\njane,101\n", "line 2: penalty must be a number from 0 to 100, got '101'"),
        ("student,late_days\njane,-1\n", "line 2: late_days must be a number from 0 to 1000, got '-1'"),
        ("student,5.1\njane,-1\n", "line 2: 5.1 must be"),
        ("student,points\njane\n", "line 2: there must be 2 cells, got 1"),
        ("student,points\n*,1\n", r"the line \* may hold a penalty"),
        ('student,points\n"jane,1\n', "unexpected end of data|line 2"),
        ("student,points\n,1\n", "line 2: nobody"),
    ],
)
def test_a_row_that_does_not_fit_is_one_sentence_with_its_line(tmp_path, text, said):
    with pytest.raises(ValueError, match=said) as error:
        read(tmp_path, text)
    assert "\n" not in str(error.value) and "adjust.csv" in str(error.value)


def test_a_file_that_is_not_utf8_is_refused(tmp_path):
    with pytest.raises(ValueError, match="must be UTF-8"):
        read(tmp_path, "student,comment\njane,café\n", "latin-1")


@pytest.mark.parametrize(
    ("late", "after", "days"),
    [
        (None, None, None),
        (True, None, 1),
        (False, None, 0),
        (None, timedelta(0), 0),
        (None, timedelta(days=-3), 0),
        (None, timedelta(seconds=1), 1),
        (None, timedelta(days=1), 1),
        (None, timedelta(days=1, seconds=1), 2),
        (False, timedelta(days=2), 0),  # an extension
        (True, timedelta(days=-1), 1),
        (True, timedelta(days=3), 3),
    ],
)
def test_days_late(late, after, days):
    submitted = None if after is None else DUE + after
    assert days_late(submission("a", late=late, submitted=submitted), DUE) == days


def test_without_a_due_date_nobody_is_late_by_the_clock():
    assert days_late(submission("a", submitted=DUE), None) is None


@pytest.mark.parametrize(
    ("fields", "total"),
    [
        ({}, 5.0),
        ({"penalty": 10.0}, 4.5),
        ({"penalty": 10.0, "manual": 2.0}, 6.5),
        ({"penalty": 100.0, "manual": 1.0}, 1.0),
        ({"manual": -7.0}, 0.0),
        ({"manual": 7.0}, 12.0),
    ],
)
def test_the_total_is_points_less_penalty_and_then_manual_points(fields, total):
    assert grade_of(points=(2.0, 3.0), **fields).total == total
