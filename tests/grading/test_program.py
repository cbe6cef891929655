"""The program of an answer: what it needs runs before it, and nothing else does."""

import linecache

import pytest

from s2s_course.exercises.engine.crash import describe_crash
from s2s_course.grading.program import ANSWER, prepare


def names_after(helpers, answer):
    program = prepare(helpers, answer)
    exec(program.code, program.namespace)
    return program.namespace, program.failed


def test_what_an_answer_needs_runs_and_nothing_else():
    helpers = [
        "import math\nimport nowhere\nfrom json import dumps as write\nSIZE = 4\n",
        "def half(x): return x / SIZE\n",
    ]
    names, failed = names_after(helpers, "def answer(x):\n    return half(x) + math.pi\n")
    assert names["answer"](8) == pytest.approx(2 + 3.14159265)
    assert failed == () and not {"write", "nowhere"} & set(names)


def test_other_answers_can_be_called_and_the_last_definition_counts():
    names, _ = names_after(["def one(): return 1", "def one(): return 2"], "def two(): return one() + 1")
    assert names["two"]() == 3


def test_what_hides_in_a_statement_is_found():
    helpers = [
        "try:\n    import nowhere as tool\nexcept ImportError:\n    import math as tool\n",
        "from math import *",
    ]
    names, failed = names_after(helpers, "def answer(): return tool.floor(2.5) + cos(0)")
    assert names["answer"]() == 3 and failed == ()


def test_what_fails_before_an_answer_is_known():
    names, failed = names_after(["import nowhere\nA = 1 / 0\n"], "def answer(): return nowhere")
    assert [type(error) for error in failed] == [ModuleNotFoundError] and "answer" in names


def test_future_features_hold_for_the_cells_below():
    names, _ = names_after(["from __future__ import annotations"], "def answer(x: Unknown): return x")
    assert names["answer"].__annotations__ == {"x": "Unknown"}
    with pytest.raises(NameError):
        names_after([""], "def answer(x: Unknown): return x")


def test_a_crash_names_the_line_of_the_learner():
    names, _ = names_after([], "def answer(x):\n    y = x\n    return y.nothing\n")
    with pytest.raises(AttributeError) as caught:
        names["answer"](1)
    assert "in line 3: `return y.nothing`" in describe_crash(caught.value)
    linecache.checkcache()
    assert linecache.getline(ANSWER, 2) == "    y = x\n"


def test_what_is_no_python_is_said():
    with pytest.raises(SyntaxError):
        prepare([], "return 1")
