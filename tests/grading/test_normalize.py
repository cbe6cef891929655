"""What becomes of a chapter's notebook: the right function is found, with what it needs, and nothing more."""

import json
import random
from pathlib import Path

import pytest
from grading.handed_in import FIVE, defined, handed_in, notebook, of_bytes, right
from hypothesis import given, settings
from hypothesis import strategies as st

from s2s_course.exercises import check
from s2s_course.grading import normalize as process
from s2s_course.grading.answers import Wanted
from s2s_course.grading.normalize import normalize
from s2s_course.grading.programs import programs_of
from s2s_course.grading.submission import Submission

CHAPTER = Path(__file__).parents[2] / "book" / "05-bahdanau-attention.ipynb"
SCORE, SOFTMAX, ATTEND = FIVE[0], FIVE[1], FIVE[3]
WANTED = [Wanted(e.id, e.function_name, e.solution_name, e.template) for e in FIVE]


def chapter(answers: bool) -> dict:
    """The chapter as a student has it: without solutions, and with right answers in the cells or without."""
    read = json.loads(CHAPTER.read_text(encoding="utf-8"))
    given = {e.template.strip(): right(e) for e in FIVE}
    cells = []
    for cell in read["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "code" and "_solution" in source:
            continue
        if answers and source.strip() in given:
            cell = cell | {"source": given[source.strip()].splitlines(keepends=True)}
        cells.append(cell)
    return read | {"cells": cells}


def of(document: dict) -> Submission:
    return of_bytes(json.dumps(document).encode())


def found_in(*sources: str):
    """As ``normalize``, without a process for each of many tests."""
    return programs_of([("hw.ipynb", notebook(*sources))], WANTED)


def value_of(found, exercise_id: str = "5.1"):
    """What the function of a toy answer returns when it is called without arguments."""
    name = next(e.function_name for e in FIVE if e.id == exercise_id)
    return defined(found, exercise_id)[name]()


def score(body: str) -> str:
    return f"def additive_score(*arguments):\n    return {body}\n"


class TestAChapter:
    def test_every_answer_is_found_and_is_right(self):
        found = normalize(of(chapter(answers=True)), FIVE)
        assert found.problems == {}
        assert found.notes == ()
        for exercise in FIVE:
            assert check(exercise.id, defined(found, exercise.id)[exercise.function_name]).passed

    def test_of_the_rest_only_what_answers_need_is_kept(self):
        assert normalize(of(chapter(answers=True)), FIVE).helpers.split() == ["import", "torch"]

    def test_an_unattempted_chapter_has_the_functions_that_were_handed_out(self):
        found = normalize(of(chapter(answers=False)), FIVE)
        assert {id: text.strip() for id, text in found.answers.items()} == {
            e.id: e.template.strip() for e in FIVE
        }
        assert (found.problems, found.notes) == ({}, ())

    def test_colab_loses_ids_and_metadata_and_writes_one_string(self):
        document = chapter(answers=True)
        cells = [
            {
                "cell_type": c["cell_type"],
                "source": "".join(c["source"]),
                "metadata": {"id": "Xy_3"},
                "outputs": [],
            }
            for c in document["cells"]
        ]
        bare = {"nbformat": 4, "nbformat_minor": 0, "metadata": {"colab": {}}, "cells": cells}
        assert normalize(of(bare), FIVE) == normalize(of(document), FIVE)

    def test_format_3_has_worksheets_and_calls_the_source_input(self):
        document = chapter(answers=True)
        cells = [{"cell_type": c["cell_type"], "input": c["source"]} for c in document["cells"]]
        old = {"nbformat": 3, "worksheets": [{"cells": cells[:20]}, {"cells": cells[20:]}]}
        assert normalize(of(old), FIVE).answers == normalize(of(document), FIVE).answers

    @settings(max_examples=25, deadline=None)
    @given(st.randoms(use_true_random=False))
    def test_the_order_of_cells_does_not_matter_where_none_is_twice(self, random: random.Random):
        document = chapter(answers=True)
        expected = programs_of([("hw.ipynb", json.dumps(document).encode())], WANTED)
        random.shuffle(document["cells"])
        found = programs_of([("hw.ipynb", json.dumps(document).encode())], WANTED)
        assert (found.answers, found.problems) == (expected.answers, {})

    def test_deleted_cells_are_missing_and_spoil_nothing(self):
        document = chapter(answers=True)
        document["cells"] = [c for c in document["cells"] if "def attend(" not in "".join(c["source"])]
        found = normalize(of(document), FIVE)
        assert found.problems == {"5.4": "No cell defines `attend`."}
        assert set(found.answers) == {e.id for e in FIVE} - {"5.4"}

    def test_several_chapters_stay_together(self):
        found = normalize(of_bytes(notebook(right(SCORE)), notebook(right(SOFTMAX))), [SCORE, SOFTMAX])
        assert set(found.answers) == {"5.1", "5.2"}

    def test_of_two_notebooks_one_may_be_damaged(self):
        found = normalize(of_bytes(notebook(right(SCORE)), b"{"), [SCORE])
        assert set(found.answers) == {"5.1"}
        assert found.notes[0].startswith("hw1.ipynb: The file is not JSON")


WRITTEN = st.lists(
    st.one_of(st.integers(0, 99), st.sampled_from(["empty", "pass", "none", "async"])), max_size=7
)


class TestTheLastAttempt:
    """An independent oracle: a list of what was written, where an attempt is a number."""

    @settings(max_examples=200, deadline=None)
    @given(
        st.lists(
            st.one_of(st.integers(0, 99), st.sampled_from(["empty", "pass", "none", "async"])), max_size=7
        )
    )
    def test_counts(self, written):
        texts = {
            "empty": SCORE.template,
            "pass": "def additive_score(query):\n    '''Mine.'''\n    pass",
            "none": "print(1)",
            "async": "async def additive_score(query):\n    return 1",
        }
        found = found_in(*(score(str(w)) if isinstance(w, int) else texts[w] for w in written))
        attempts = [w for w in written if isinstance(w, int)]
        if attempts:
            assert value_of(found) == attempts[-1]
        elif any(w in ("empty", "pass") for w in written):
            assert found.answers["5.1"].startswith("def additive_score(")
        else:
            assert "5.1" in found.problems

    def test_broken_code_as_handed_out_is_no_attempt_even_with_another_docstring(self):
        untouched = ATTEND.template.replace("One step of", "Step of")
        assert untouched != ATTEND.template
        found = found_in("import torch", right(ATTEND), untouched)
        assert check("5.4", defined(found, "5.4")["attend"]).passed

    def test_a_comment_is_no_attempt(self):
        found = found_in(score("1"), SCORE.template.replace("raise", "# I do not know\n    raise"))
        assert value_of(found) == 1

    def test_several_attempts_are_noted(self):
        [note] = found_in(score("1"), score("2")).notes
        assert note == "`additive_score` is defined 2 times. The last attempt was graded, in code cell 2."


class TestWhatAnAnswerMayBe:
    @pytest.mark.parametrize(
        "source",
        [
            "additive_score = lambda *a: 7",
            "additive_score: object = lambda *a: 7",
            "def mine(*a):\n    return 7\n\nadditive_score = mine",
            "from functools import partial\ndef mine(x):\n    return x\nadditive_score = partial(mine, 7)",
            "from functools import lru_cache\ndef h(): return 7\nadditive_score = lru_cache(maxsize=None)(h)",
            "if True:\n    def additive_score(*a):\n        return 7",
            "try:\n    def additive_score(*a):\n        return 7\nexcept NameError:\n    pass",
            "import functools\n@functools.cache\ndef additive_score(*a):\n    return 7",
            "def twice(f):\n    return f\n\n@twice\ndef additive_score(*a): return 7",
            "x = 1; additive_score = lambda *a: 7; y = 2",
            "    def additive_score(*a):\n        return 7",
            "class additive:\n    n = 7\n\ndef additive_score(*a):\n    return additive.n",
            "a = 3\nb = a + 4\ndef additive_score(*_): return b",
            "def h(n): return 7 if n == 0 else h(n - 1)\ndef additive_score(*a): return h(3)",
            "def additive_score(*a): return h()\n# below\ndef h(): return 7",
            "from __future__ import annotations\ndef additive_score(*a: Unknown): return 7",
            "from math import *\ndef additive_score(*a): return floor(7.5)",
            "import math\nSEVEN = math.floor(7.5)\ndef additive_score(*a): return SEVEN",
            "NEVER, SEVEN = float('-inf'), 7\ndef additive_score(*a): return SEVEN",
            "try:\n    import zz9\nexcept ImportError:\n    zz9 = 7\nadditive_score = lambda *a: zz9",
            "def additive_score(*a):\n    '''ä → 字'''\n    return 7",
            "s = '字'; additive_score = lambda *a: 7",
            "def additive_score(*a):\r\n    return 7\r\n",
        ],
    )
    def test_is_whatever_the_notebook_would_call_by_its_name(self, source):
        found = found_in(source)
        assert found.problems.get("5.1") is None
        assert value_of(found) == 7

    @pytest.mark.parametrize(
        ("source", "says"),
        [
            ("class Net:\n    def additive_score(self):\n        return 1", "as a method of the class Net"),
            ("def outer():\n    def additive_score(): return 1", "inside the function outer"),
            ("for _ in range(1):\n    def additive_score(): return 1", "inside a loop"),
            ("async def additive_score(): return 1", "with `async def`"),
            ("additive_score = 3", "is no function in this notebook"),
            ("additive_score = f(1)[0]", "is no function in this notebook"),
            ("def aditive_score(): return 1", "There is a `aditive_score`: is it meant?"),
            ("print(1)", "No cell defines `additive_score`."),
        ],
    )
    def test_elsewhere_it_is_none_and_the_sentence_says_where_it_is(self, source, says):
        found = found_in(source)
        assert "5.1" not in found.answers
        assert says in found.problems["5.1"]

    def test_a_result_that_got_the_functions_name_later_is_not_taken_for_it(self):
        assert value_of(found_in(score("7"), "additive_score = additive_score(1)\nadditive_score = 3")) == 7

    @pytest.mark.parametrize(
        "source",
        [SCORE.solution, SCORE.solution + "\nadditive_score = additive_score_solution"],
        ids=["pasted", "renamed"],
    )
    def test_the_courses_solution_is_no_answer(self, source):
        found = found_in(source)
        assert "5.1" in found.problems
        assert "course's own solution" in found.notes[0]

    def test_nor_is_it_within_reach_of_one(self):
        found = found_in(
            "import torch", SCORE.solution, "def additive_score(*a): return additive_score_solution(*a)"
        )
        assert "def additive_score_solution" not in found.helpers + found.answers["5.1"]

    def test_several_in_one_cell_are_taken_apart(self):
        found = found_in(score("1") + "\n" + score("2").replace("additive_score", "masked_softmax"))
        assert (value_of(found, "5.1"), value_of(found, "5.2")) == (1, 2)
        assert "masked" not in found.answers["5.1"]


class TestWhatAnAnswerNeeds:
    def test_is_kept_and_the_rest_dropped(self):
        found = found_in(
            "import torch, json\nimport seaborn\nK = 7",
            "torch.manual_seed(1)\nprint('training')\nmodel = json.loads('{}')\nclass Unused: pass",
            score("json.dumps(K)"),
        )
        assert found.helpers.split("\n\n\n") == ["import torch, json", "K = 7\n"]

    def test_is_what_was_in_force_at_its_place(self):
        found = found_in(
            "def h(): return 1",
            score("h()"),
            "def h(): return 2",
            score("h()").replace("additive_score", "attend"),
        )
        assert (value_of(found, "5.1"), value_of(found, "5.4")) == (1, 2)

    def test_and_the_first_where_all_stand_below(self):
        assert value_of(found_in(score("h()"), "def h(): return 1", "def h(): return 2")) == 1

    def test_has_its_imports_first_wherever_their_cell_was_moved(self):
        found = found_in("def h(x: math.inf = 7): return x", score("h()"), "import math")
        assert value_of(found) == 7

    def test_also_through_another_helper(self):
        found = found_in(
            "def g(): return h()\ndef h(): return 1",
            score("g()"),
            "def h(): return 2",
            score("g()").replace("additive_score", "attend"),
        )
        assert (value_of(found, "5.1"), value_of(found, "5.4")) == (1, 2)

    @settings(max_examples=150, deadline=None)
    @given(st.lists(st.tuples(st.sampled_from("hgk"), st.integers(0, 9)), min_size=1, max_size=8), st.data())
    def test_as_a_kernel_that_runs_the_cells_in_order(self, helpers, data):
        cells = [f"def {name}(): return {number}" for name, number in helpers]
        names = ("additive_score", "masked_softmax", "context_vector")
        for name in names:
            used = data.draw(st.sampled_from(sorted({n for n, _ in helpers})))
            first = next(i for i, c in enumerate(cells) if c.startswith(f"def {used}("))
            at = data.draw(st.integers(first + 1, len(cells)))
            cells.insert(at, f"def {name}(): return {used}()")
        kernel, expected = {}, {}
        for cell in cells:
            exec(cell, kernel)
            for name in names:
                if cell.startswith(f"def {name}("):
                    expected[name] = kernel[name]()
        found = found_in(*cells)
        for exercise in FIVE[:3]:
            assert value_of(found, exercise.id) == expected[exercise.function_name]

    def test_may_be_the_answer_to_another_exercise(self):
        found = found_in(score("7"), "def attend(): return additive_score()", SCORE.template)
        assert value_of(found, "5.4") == 7

    def test_imports_of_one_package_are_all_kept(self):
        found = found_in(
            "import os.path", "import os", score("os.sep and os.path.sep"), "import os.path as p"
        )
        assert found.helpers.split("\n\n\n") == ["import os.path", "import os\n"]

    def test_torch_is_there_without_its_import(self):
        found = found_in(score("torch.ones(2).sum().item()"))
        assert value_of(found) == 2
        assert found.notes == ()

    def test_a_value_that_is_not_kept_is_named(self):
        found = found_in("scale = compute()", score("scale * 2"), "scores = {}\nfor scores in []: pass")
        [note] = found.notes
        assert note.startswith("`additive_score` uses `scale` from a line that is not run when grading")

    def test_a_variable_of_the_function_is_not_taken_for_one_outside(self):
        found = found_in("units = compute()", "def additive_score(units):\n    e = units\n    return e")
        assert found.notes == ()


def test_where_nothing_can_be_graded_each_exercise_has_that_problem():
    nothing = Submission("A", "a", None, (), None, None, "The zip is encrypted.")
    found = normalize(nothing, FIVE)
    assert found.problems == {e.id: "The zip is encrypted." for e in FIVE}


def test_a_process_that_takes_too_long_or_dies_is_a_problem_of_this_student(monkeypatch):
    monkeypatch.setattr(process, "SECONDS", 0.01)
    found = normalize(handed_in(score("1")), FIVE)
    assert set(found.problems) == {e.id for e in FIVE}
    monkeypatch.undo()
    monkeypatch.setattr(process, "_START", "import os; print('{'); os.abort()")
    assert set(normalize(handed_in(score("1")), FIVE).problems) == {e.id for e in FIVE}
