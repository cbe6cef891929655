"""Gradebooks as Canvas and Moodle export them, filled in."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s2s_course.grading.fill import fill

from .grades_made import grade_of

CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Homework 4 (1001),Homework 5 (1002),"
    "Current Score,Final Score\r\n"
    ",,,,,Manual Posting,,,\r\n"
    "    Points Possible,,,,,10.00,8.00,(read only),(read only)\r\n"
    '"Doe, Jane",501,S-1,jdoe,"Section 1, Monday",7.50,,75.00,37.50\r\n'
    '"Poe, ""Ed""",502,S-2,epoe,Section 1,"9.00","3.00",90.00,45.00\r\n'
    '"Müller, Zoë",503,S-3,zmue,Section 1,,,\'=1,\r\n'
    '"Away, Al",504,S-4,aaway,Section 1,1,EX,,\r\n'
    '"Student, Test",599,,abc,Section 1,,,,\r\n'
)
MOODLE = (
    '\ufeffIdentifier,"Full name","Email address",Status,Grade,"Maximum Grade","Grade can be changed",'
    '"Last modified (submission)","Last modified (grade)","Feedback comments"\n'
    '"Participant 123456","Jane Doe",jane@example.org,"Submitted for grading - ",,8.00,Yes,'
    '"Monday, 1 June 2026, 10:00 AM",-,"=2, and\nmore"\n'
    '"Participant 123457","Al Away",al@example.org,"No submission - ",-,8.00,Yes,-,-,\n'
)
NAMES = ("Homework 5", "hw5")


def rows(content, encoding="utf-8-sig"):
    return list(csv.reader(io.StringIO(content.decode(encoding), newline="")))


def grades():
    return [
        grade_of("doejane", "doejane", (2.0, 3.25), lms_id="501"),
        grade_of("poeed", "poeed", (0.0, 1.0), lms_id="502"),
        grade_of("Zoë Müller", "zoe", (4.0, 4.0)),
        grade_of("Nobody Known", "nobody", (1.0, 1.0), lms_id="999"),
    ]


def test_canvas_gets_totals_by_id_then_by_name_and_no_other_byte_moves():
    filled = fill(CANVAS.encode(), grades(), names=NAMES)
    wanted = CANVAS.replace('jdoe,"Section 1, Monday",7.50,,', 'jdoe,"Section 1, Monday",7.50,5.25,')
    wanted = wanted.replace('"9.00","3.00"', '"9.00","1"').replace("Section 1,,,'=1", "Section 1,,8,'=1")
    assert filled.content.decode() == wanted
    assert filled.column == "Homework 5 (1002)" and filled.count == 3
    assert filled.by_name == ("Müller, Zoë",)
    assert filled.not_in_gradebook == ("Nobody Known",)
    assert filled.not_handed_in == ("Away, Al",)
    assert filled.remarks == ()


def test_who_is_excused_stays_so_and_other_most_points_are_scaled_to():
    filled = fill(CANVAS.encode(), [grade_of("x", "x", (2.0, 4.0), lms_id="504")], names=NAMES)
    assert filled.content == CANVAS.encode() and "excused" in filled.remarks[0]
    filled = fill(CANVAS.encode(), [grade_of("x", "x", (2.0, 4.0), lms_id="501")], names=("Homework 4",))
    assert rows(filled.content)[3][5] == "7.5"  # 6 of 8 are 7.5 of 10
    assert filled.remarks == ("Totals out of 8 are scaled to the 10 points there.",)


def test_moodle_gets_totals_by_the_participants_number():
    filled = fill(MOODLE.encode(), [grade_of("Somebody", "a", (2.0, 4.0), lms_id="123456")], names=NAMES)
    assert filled.content.decode() == MOODLE.replace('grading - ",,8.00', 'grading - ",6,8.00')
    assert filled.not_handed_in == ("Al Away",)
    by_name = fill(MOODLE.encode(), [grade_of("al  AWAY", "a", (2.0, 4.0))], names=NAMES)
    assert by_name.content.decode() == MOODLE.replace(' - ",-,8.00', ' - ",6,8.00') and by_name.by_name == (
        "Al Away",
    )


def test_two_of_one_name_are_not_guessed():
    twins = CANVAS.replace('Poe, ""Ed""', "Doe, Jane")
    filled = fill(twins.encode(), [grade_of("Jane Doe", "jane", (1.0, 1.0))], names=NAMES)
    assert filled.content == twins.encode()
    assert filled.not_in_gradebook == ("Jane Doe",) and len(filled.not_handed_in) == 4
    two = [grade_of("Jane Doe", "jane", (1.0, 1.0)), grade_of("doe jane", "jane-2", (2.0, 2.0))]
    assert fill(CANVAS.encode(), [grade_of("Jane Doe", "a", (1.0,)), grade_of("Jane Doe", "b", (1.0,))],
                names=NAMES).count == 0  # fmt: skip
    assert fill(CANVAS.encode(), [two[0]], names=NAMES).count == 1
    both = [grade_of("A", "a", (1.0, 1.0), lms_id="501"), grade_of("B", "b", (2.0, 2.0), lms_id="501")]
    assert fill(CANVAS.encode(), both, names=NAMES).content == CANVAS.encode()


def test_an_id_decides_against_a_name():
    """Two have exchanged their names, or their files."""
    filled = fill(CANVAS.encode(), [grade_of("Poe Ed", "p", (4.0, 4.0), lms_id="501")], names=NAMES)
    assert rows(filled.content)[3][6] == "8" and rows(filled.content)[4][6] == "3.00" and filled.by_name == ()


@pytest.mark.parametrize("column", ["Homework 4", "homework 4 (1001)"])
def test_a_column_is_named_with_or_without_its_number(column):
    assert fill(CANVAS.encode(), grades(), names=NAMES, column=column).column == "Homework 4 (1001)"


@pytest.mark.parametrize("column", ["Homework", "Current Score", "Section", "Student", ""])
def test_a_column_that_is_none_for_grades_is_refused(column):
    with pytest.raises(
        ValueError, match=r"--column must name one .*\(Homework 4 \(1001\), Homework 5 \(1002\)\)"
    ):
        fill(CANVAS.encode(), grades(), names=NAMES, column=column)


def test_an_assignment_that_no_column_is_called_like_is_refused():
    with pytest.raises(ValueError, match=r"name one of Homework 4 .* with --column"):
        fill(CANVAS.encode(), grades(), names=("Attention",))
    twice = CANVAS.replace("Homework 4 (1001)", "Homework 5 (1001)")
    with pytest.raises(ValueError, match="--column"):
        fill(twice.encode(), grades(), names=NAMES)
    assert (
        fill(twice.encode(), grades(), names=NAMES, column="Homework 5 (1001)").column == "Homework 5 (1001)"
    )


@pytest.mark.parametrize("export", [b"", b"\xef\xbb\xbf", b"a,b\n1,2\n", b"\x00\xff", b'"'])
def test_what_nobody_exports_is_refused(export):
    with pytest.raises(ValueError, match="--fill must be a gradebook"):
        fill(export, grades(), names=NAMES)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";"])
@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_encoding_separator_and_line_ends_stay(encoding, separator, end):
    """As a spreadsheet saves what Canvas exported."""
    cells = [["Student", "ID", "Section", "Homework 5 (7)"], ["Müller, Zoë", "503", "’x", "0"]]
    export = "".join(separator.join(f'"{cell}"' for cell in row) + end for row in cells).encode(encoding)
    filled = fill(export, [grade_of("Zoë Müller", "z", (4.0,))], names=NAMES)
    assert filled.content == export.replace(b'"0"', b'"4"') and filled.by_name == ("Müller, Zoë",)


CELL = st.text(st.sampled_from('ab,"\n =é'), max_size=6)


@given(st.lists(st.lists(CELL, min_size=5, max_size=5), max_size=5))
def test_cells_of_others_come_back_byte_for_byte(others):
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(["Student", "ID", "Section", "Homework 5 (1)", "x", "y"])
    writer.writerows([[each[0], f"{i}00{i}", *each[1:]] for i, each in enumerate(others)])
    writer.writerow(["Doe", "77", "", "", "q", ""])
    export = stream.getvalue().encode()
    filled = fill(export, [grade_of("doe", "d", (3.0,), lms_id="77")], names=NAMES)
    assert filled.content == export.removesuffix(b"Doe,77,,,q,\r\n") + b"Doe,77,,3,q,\r\n"


def test_bytes_that_are_no_text_in_any_encoding_come_back():
    export = b"Student,ID,Section,Homework 5 (1)\nDoe,77," + bytes(range(0x80, 0x100)) + b",\n"
    filled = fill(export, [grade_of("doe", "d", (3.0,), lms_id="77")], names=NAMES)
    assert filled.content == export.replace(b",\n", b",3\n")
