"""Notebooks that are none, or that are made to break whoever reads them: each is a sentence, soon."""

import json
import time

import pytest
from grading.handed_in import FIVE, notebook, of_bytes
from hypothesis import given, settings
from hypothesis import strategies as st

from s2s_course.grading.answers import Wanted
from s2s_course.grading.cells import MOST_BYTES, MOST_IN_A_CELL, read_cells
from s2s_course.grading.normalize import normalize
from s2s_course.grading.programs import programs_of

SCORE = FIVE[0]
WANTED = [Wanted(e.id, e.function_name, e.solution_name, e.template) for e in FIVE[:2]]
GOOD = "def masked_softmax(scores, src_mask):\n    return 7\n"


def found_in(content: bytes):
    return programs_of([("hw.ipynb", content)], WANTED)


class TestWhatIsNoNotebook:
    @pytest.mark.parametrize(
        ("content", "says"),
        [
            (b"", "The file is empty."),
            (b"  \n", "The file is empty."),
            (b"%PDF-1.4 \xff\xfe", "The file is not UTF-8, as a notebook must be."),
            ("{}".encode("utf-16"), "The file is not UTF-8, as a notebook must be."),
            (b"<html>", "The file is not JSON, as a notebook must be: it may have been cut off."),
            (
                notebook("x = 1")[:-30],
                "The file is not JSON, as a notebook must be: it may have been cut off.",
            ),
            (b"[]", "The file is JSON, but no notebook: it has no cells."),
            (b"3", "The file is JSON, but no notebook: it has no cells."),
            (b'{"cells": {"cell_type": "code"}}', "The file is JSON, but no notebook: it has no cells."),
            (b"[" * 1_000_000, "The file is nested too deeply for a notebook."),
            (b'{"a":' * 1_000_000, "The file is nested too deeply for a notebook."),
            (b'{"cells": [], "n": ' + b"9" * 100_000 + b"}", "The file is not JSON"),
            (b" " * MOST_BYTES + b"{}", "The notebook is larger than 10 MB."),
            (notebook(*["x"] * 5_001), "The notebook has 5,001 code cells; at most 5,000 are read."),
            (notebook(*["#" * 99_000] * 4), "The code of the notebook has more than 300,000 characters."),
        ],
    )
    def test_is_said_of_each_exercise(self, content, says):
        found = found_in(content)
        assert (found.helpers, found.answers) == ("", {})
        assert set(found.problems) == {"5.1", "5.2"}
        assert all(problem.startswith(says) for problem in found.problems.values())

    def test_a_byte_order_mark_is_allowed(self):
        assert set(found_in(b"\xef\xbb\xbf" + notebook(GOOD)).answers) == {"5.2"}

    @pytest.mark.parametrize(
        "cell",
        [3, None, [], {}, {"cell_type": "code"}, {"cell_type": "code", "source": 3}, {"cell_type": ["code"]},
         {"cell_type": "code", "source": ["a", 3]}, {"cell_type": "code", "source": {"a": 1}},
         {"cell_type": "markdown", "source": "def masked_softmax(): pass"}],
    )  # fmt: skip
    def test_cells_of_other_kinds_are_passed_over(self, cell):
        document = json.loads(notebook(GOOD))
        document["cells"].append(cell)
        assert found_in(json.dumps(document).encode()).answers == found_in(notebook(GOOD)).answers

    @settings(max_examples=150, deadline=None)
    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
            lambda inside: (
                st.lists(inside, max_size=4)
                | st.dictionaries(
                    st.sampled_from(["cells", "worksheets", "source", "input", "cell_type"]) | st.text(),
                    inside,
                )
                | st.builds(lambda source: {"cell_type": "code", "source": source}, inside)
            ),
            max_leaves=12,
        )
    )
    def test_any_json_gives_an_answer_or_a_problem_for_each(self, document):
        found = found_in(json.dumps({"cells": document, "worksheets": document}).encode())
        assert found.answers.keys() | found.problems.keys() == {"5.1", "5.2"}

    @settings(max_examples=100, deadline=None)
    @given(st.binary(max_size=200))
    def test_so_do_any_bytes(self, content):
        found = found_in(content)
        assert found.answers.keys() | found.problems.keys() == {"5.1", "5.2"}


BREAKING = {
    "brackets": "(" * 50_000,
    "minus": "-" * 90_000 + "1",
    "sum": "x = " + "a+" * 45_000 + "a",
    "attributes": "x = a" + ".a" * 40_000,
    "not": "not " * 20_000 + "a",
    "elif": "if a:\n  1\n" + "elif a:\n  1\n" * 7_000,
    "lambda": "lambda: " * 11_000 + "1",
    "indents": "\n".join(" " * i + "if 1:" for i in range(400)),
    "blocks in blocks": "\n".join(" " * i + "if a:" for i in range(90)) + "\n" + " " * 90 + "print(1)",
    "f-strings": 'f"' + "{" * 30_000,
    "dicts": "{a:" * 30_000,
    "with": "with " + "(" * 150 + "a as b" + ")" * 150 + ": pass",
    "match": "match a:\n case " + "[" * 150 + "a b:\n  1",
    "number": "x = " + "9" * 90_000,
    "power": "x = 9 ** 9 ** 9 ** 9",
    "repeated": "x = 'a' * 10**12",
    "statements": "a;" * 45_000,
    "zero character": "x = '\0'",
    "half a pair": "x = '\ud800'",
    "half a pair in a command": "!ls \ud800",
    "return": "return 1",
    "arguments twice": "def f(a, a): pass",
    "nonlocal": "def f():\n    nonlocal x",
    "await": "await x",
    "yield": "yield 1",
    "one long line": "x = [" + "0," * 45_000 + "]",
    "form feeds": "\f" * 90_000,
    "backslashes": "\\\n" * 40_000,
    "quotation marks": "'" * 90_001,
    "commands": "!a\n" * 30_000,
    "assigned commands": "a, " * 30_000 + "\n?",
    "blanks": " " * 90_000 + "?",
    "names with marks": "a" * 90_000 + "!",
}


class TestACellThatBreaksParsers:
    @pytest.mark.parametrize("name", BREAKING)
    def test_spoils_only_itself(self, name):
        began = time.monotonic()
        found = normalize(of_bytes(notebook(BREAKING[name], GOOD, BREAKING[name])), FIVE[:2])
        assert time.monotonic() - began < 10
        assert found.answers == {"5.2": GOOD}
        json.dumps([found.notes, found.problems], ensure_ascii=False).encode()  # no half of a pair is left
        assert found.problems["5.1"].startswith("No cell defines `additive_score`.")

    @pytest.mark.parametrize("name", BREAKING)
    def test_spoils_the_answer_that_it_tries_to_define(self, name):
        found = found_in(notebook(f"def additive_score(q):\n    return 1\n{BREAKING[name]}\n)", GOOD))
        assert set(found.answers) == {"5.2"}
        assert found.problems["5.1"].endswith("So there is no `additive_score` to grade.")
        assert len(found.problems["5.1"]) < 500

    def test_has_its_line_in_the_sentence(self):
        found = found_in(
            notebook("import torch", "def additive_score(q):\n    units = q +\n    return units")
        )
        assert found.problems["5.1"] == (
            "Python does not understand line 2, `units = q +`: invalid syntax (code cell 2). "
            "So there is no `additive_score` to grade."
        )

    def test_has_the_line_of_the_cell_where_only_the_compiler_refuses(self):
        found = found_in(notebook("x = 1\n\ndef additive_score(q, q):\n    return 1"))
        assert "Python does not understand line 3, `def additive_score(q, q):`" in found.problems["5.1"]

    def test_does_not_unmake_what_stood_before(self):
        good = "def additive_score(q):\n    return 1\n"
        found = found_in(notebook(good, "def additive_score(q) return 2"))
        assert found.answers["5.1"] == good
        assert "The `additive_score` of another cell was graded." in found.notes[0]

    def test_is_noted_where_it_defines_something_else(self):
        found = found_in(notebook("def helper(:", GOOD))
        assert found.notes == (
            "Python does not understand line 1, `def helper(:`: invalid syntax (code cell 1). "
            "Nothing of this cell was taken.",
        )

    def test_may_be_one_of_many_without_a_note_for_each(self):
        notes = found_in(notebook(*[f"def h{i}(:" for i in range(100)], GOOD)).notes
        assert (len(notes), notes[-1]) == (41, "There are 60 more remarks of this kind.")

    def test_may_be_one_of_too_many_statements(self):
        found = found_in(notebook("x = 1\n" * 2_000 + "def additive_score(q):\n    return 1"))
        assert found.problems["5.1"].startswith("It has more than 2,000 statements (code cell 1).")

    def test_outweighs_the_empty_cell(self):
        found = found_in(notebook(SCORE.template, "def additive_score(q) return 2"))
        assert "5.1" in found.problems

    def test_that_is_very_long_is_left_out(self):
        found = found_in(notebook("#" * (MOST_IN_A_CELL + 1), GOOD))
        assert "the text of code cell 1 has 100,001 characters" in found.notes[0].lower()
        assert set(found.answers) == {"5.2"}


def test_line_ends_of_all_machines_are_read():
    cells, _ = read_cells(notebook("a\r\nb\rc\nd"))
    assert [cell.source for cell in cells] == ["a\nb\nc\nd"]
