"""Commands of Jupyter go, and Python stays as it is."""

import ast

import pytest
from grading.handed_in import FIVE, notebook
from hypothesis import given
from hypothesis import strategies as st

from s2s_course.grading.answers import Wanted
from s2s_course.grading.magics import strip_magics
from s2s_course.grading.programs import programs_of

WANTED = [Wanted(e.id, e.function_name, e.solution_name, e.template) for e in FIVE[:1]]
ANSWER = "def additive_score(*a):\n    return 7"


@pytest.mark.parametrize(
    "command",
    ["%matplotlib inline", "!pip install x", "  !ls", "?torch.bmm", "??f", "torch.bmm?", "f??",
     "%timeit f(1)", "files = !ls -l", "t = %timeit -o f()", "a, b = !echo", "!!ls", "%%HTML in the middle",
     "%time x = 1", "!echo (", "!echo 'it", '%config X = """', "!a \\\n  b \\\n  c"],
)  # fmt: skip
def test_a_command_is_taken_out(command):
    source = f"x = 1\n{command}\ny = 2"
    stripped, removed = strip_magics(source)
    kept = [
        node.targets[0].id
        for node in ast.parse(stripped.replace("  pass", "pass")).body
        if hasattr(node, "targets")
    ]
    assert kept == ["x", "y"]
    assert removed == (command.split("\n")[0].strip(),)
    assert stripped.count("\n") == source.count("\n")


@pytest.mark.parametrize(
    "source",
    ["x = (a\n% b)", "x = '''\n!ls\n%d\n'''", 'x = """\n%time\n"""', "x = a \\\n% b",
     "x = [\n  1, # (\n  2\n]", "x = '('\ny = ')'", "x = 'it\\'s'\ny = 1", "x != y", "a = b != c", "# what?",
     "'''is it?'''", "x = 1 # why?", "def f(a, # (\n  b):\n    return a % b", "x = '''\\'''\n!a'''",
     "s = 'a' 'b?'", "r'''\\\n%a'''"],
)  # fmt: skip
def test_python_stays(source):
    ast.parse(source)
    assert strip_magics(source) == (source, ())


@pytest.mark.parametrize("first", ["%%time", "%%capture out", "%%timeit -n 1", "\n%%time"])
def test_a_cell_that_is_measured_counts(first):
    found = programs_of([("hw.ipynb", notebook(f"{first}\n{ANSWER}"))], WANTED)
    assert found.answers == {"5.1": ANSWER + "\n"}
    assert found.notes == (
        "Commands of Jupyter are no Python and were left out when grading: "
        f"`{first.strip()}` in code cell 1.",
    )


@pytest.mark.parametrize("first", ["%%bash", "%%html", "%%writefile a.py", "%%script python", "%%javascript"])
def test_a_cell_of_another_language_does_not(first):
    found = programs_of([("hw.ipynb", notebook(f"{first}\n{ANSWER}"))], WANTED)
    assert "5.1" in found.problems


def test_a_block_that_holds_only_a_command_stays_one():
    source = f"if True:\n    !pip install x\n{ANSWER}\n%time additive_score()"
    found = programs_of([("hw.ipynb", notebook(source))], WANTED)
    assert found.answers == {"5.1": ANSWER + "\n"}
    assert "`!pip install x` and others in code cell 1" in found.notes[0]


def test_in_a_cell_that_python_reads_nothing_is_touched():
    body = "def additive_score(*a):\n    return (7\n% 8)"
    assert programs_of([("hw.ipynb", notebook(body))], WANTED).answers == {"5.1": body + "\n"}


@given(st.text(alphabet="ab'\"\\\n#([)]%!? =", max_size=60))
def test_any_text_keeps_its_lines(source):
    stripped, removed = strip_magics(source)
    assert stripped.count("\n") == source.count("\n")
    if not removed:
        assert stripped == source
