"""Cells and their places, against the standard library's reader."""

import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from s2s_course.grading.csv_cells import read_cells, replaced

TEXT = st.text(st.sampled_from('ab,;"\n\r =é'), max_size=25)


def read_by_library(text, separator):
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))


@given(TEXT, st.sampled_from(",;"))
@example("", ",")
@example('"a""b",c\r\n\r\n"x\ny",', ",")
@example('a,"b', ",")
@example('"a"b"c,d\n', ",")
@example("a,", ",")
@example(",\n", ",")
def test_cells_are_those_that_the_library_reads(text, separator):
    assert [[cell.text for cell in row] for row in read_cells(text, separator)] == read_by_library(
        text, separator
    )


@given(TEXT)
def test_places_do_not_overlap_and_hold_the_cells(text):
    end = 0
    for row in read_cells(text, ","):
        for cell in row:
            assert end <= cell.start <= cell.end <= len(text)
            end = cell.end
            assert cell.text.replace('"', "") == text[cell.start : cell.end].replace('"', "")


@given(TEXT, st.data())
def test_a_replaced_cell_is_all_that_changes(text, data):
    rows = read_cells(text, ",")
    cells = [(r, c) for r, row in enumerate(rows) for c in range(len(row))]
    if not cells:
        return
    chosen = set(data.draw(st.lists(st.sampled_from(cells))))
    new = replaced(text, [(rows[r][c], "7.5") for r, c in chosen])
    wanted = [
        ["7.5" if (r, c) in chosen else cell.text for c, cell in enumerate(row)] for r, row in enumerate(rows)
    ]
    # A line that holds one empty cell is read as no cell at all, so that nothing is chosen there.
    assert read_by_library(new, ",") == wanted
    outside = [text[a.end : b.start] for a, b in zip(*neighbors(rows), strict=True)]
    assert [new[a.end : b.start] for a, b in zip(*neighbors(read_cells(new, ",")), strict=True)] == outside


def neighbors(rows):
    cells = [cell for row in rows for cell in row]
    return cells[:-1], cells[1:]


def test_a_quoted_cell_stays_quoted():
    text = '"Doe, Jane","", \r\n'
    [row] = read_cells(text, ",")
    assert replaced(text, [(row[1], "3"), (row[2], "4")]) == '"Doe, Jane","3",4\r\n'


@pytest.mark.parametrize("length", [200_000])
def test_a_large_file_takes_no_quadratic_time(length):
    assert len(read_cells('a,"b"\n' * (length // 6), ",")) == length // 6
