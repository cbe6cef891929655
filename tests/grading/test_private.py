"""An instructor's own exercises: refused with one sentence where something is wrong."""

import re

import pytest
import torch
from typer.testing import CliRunner

from s2s_course.cli import app
from s2s_course.exercises import try_example
from s2s_course.exercises.engine.exercise import Case, Exercise, Task
from s2s_course.grading.example import example_of
from s2s_course.grading.exercise_template import exercise_file
from s2s_course.grading.private import check_exercise, private_files, read_exercise, read_exercises

from .run_cells import run_cell

TEXT = exercise_file("5.90", title="A mean", function="mean", file="mean.py")


def invoke(*arguments):
    return CliRunner().invoke(app, ["exercises", *map(str, arguments)])


def written(tmp_path, text=TEXT, name="mean.py"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def problem(path) -> str:
    """The sentence with which a file is refused, without the file."""
    with pytest.raises(ValueError) as caught:
        [exercise] = read_exercises([path])
        check_exercise(exercise, path)
    text = str(caught.value)
    assert text.startswith(f"{path}: ") and "\n" not in text
    return text.removeprefix(f"{path}: ")


def changed(old: str, new: str) -> str:
    assert TEXT.count(old) == 1, TEXT.count(old)
    return TEXT.replace(old, new)


def test_the_template_is_in_order_as_it_comes(tmp_path):
    result = invoke("new", tmp_path / "deep" / "mean.py", "--id", "5.90")
    assert result.exit_code == 0, result.output
    result = invoke("try", tmp_path / "deep" / "mean.py")
    assert (
        result.exit_code == 0 and "is in order" in result.stdout and "(3) is told as itself" in result.stdout
    )
    exercise = read_exercise(tmp_path / "deep" / "mean.py")
    assert (exercise.id, exercise.function_name, exercise.title) == (
        "5.90",
        "mean",
        "The mean of real tokens",
    )
    assert max(map(len, (tmp_path / "deep" / "mean.py").read_text().splitlines())) <= 110


def test_a_file_that_is_there_is_never_written_over(tmp_path):
    path = written(tmp_path, "mine")
    result = invoke("new", path, "--id", "5.90")
    assert result.exit_code == 2 and "exists; name another file" in result.stderr
    assert path.read_text() == "mine"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["mean.py", "--id", "5.1"], "the id '5.1' is that of exercise 5.1 of the course"),
        (["mean.py", "--id", "x"], "id must be chapter and number"),
        (["mean.py", "--id", "P1.1"], "the id must be chapter and number"),
        (["mean.py", "--id", '5.90"'], "mean.py: "),
        (["mean.py", "--id", "5.90", "--title", 'a"b'], "title must have no quotation mark"),
        (["mean.py", "--id", "5.90", "--title", "a\\"], "title must have no quotation mark"),
        (["mean.py", "--id", "5.90", "--title", ""], "--title must be one line"),
        (["mean.py", "--id", "5.90", "--function", "a b"], "function must be a name"),
        (["mean.py", "--id", "5.90", "--function", "def"], "function must be a name"),
        (["mean.py", "--id", "5.90", "--function", "additive_score"], "that of exercise 5.1 of the course"),
        (["no-name.py", "--id", "5.90"], "function must be a name"),
        (["mean.txt", "--id", "5.90"], "must be named like a module"),
    ],
)
def test_what_cannot_be_begun_is_refused_and_not_written(tmp_path, arguments, told):
    result = invoke("new", tmp_path / arguments[0], *arguments[1:])
    assert result.exit_code == 2 and re.fullmatch(r"s2s: [^\n]+\n", result.stderr), result.output
    assert told in result.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "the file must define EXERCISE"),
        ("EXERCISE = 5", "EXERCISE must be an Exercise, got int"),
        ("x = (", "line 1 cannot be read as Python"),
        ("\n\nx = y", "line 3: NameError: name 'y' is not defined"),
        ("import no_such_module", "line 1: ModuleNotFoundError"),
        ("raise SystemExit", "line 1: SystemExit"),
        ("\x00", "cannot be read as Python"),
        (
            changed('difficulty="easy"', 'difficulty="trivial"'),
            "difficulty must be one of easy, medium, hard",
        ),
        (changed('id="5.90"', 'id="5.1"'), "the id '5.1' is that of exercise 5.1 of the course"),
        (changed('id="5.90"', 'id="P5.90"'), "the id must be chapter and number, such as '5.90'"),
        (
            TEXT.replace("mean(", "attend(").replace(" mean,", " attend,"),
            "the name of the function 'attend' is that of",
        ),
        (
            changed("    return Case(name, make)", "    return Case('one', make)"),
            "each case needs a name of its own",
        ),
        (changed("(\n    _case", "() and (\n    _case"), "the exercise needs at least one case"),
        (
            changed("return total / mask.sum(dim=1, keepdim=True)", "return _sum(total, mask)"),
            "does not pass",
        ),
        (
            changed("    total = vectors.masked", "    return None\n    total = vectors.masked"),
            "does not pass",
        ),
        (
            changed("return vectors.mean(dim=1)", "return mean(vectors, mask)"),
            "must be told as 'padding counted'",
        ),
        (
            changed("return vectors.sum(dim=1)\n", "return vectors.mean(dim=1)\n"),
            "but is told as 'padding counted'",
        ),
        (TEXT.replace('    """The mean', '    "x"; """The mean'), "all above is handed out"),
    ],
)
def test_a_file_that_is_not_in_order_is_told_why(tmp_path, text, told):
    assert told in problem(written(tmp_path, text))


def test_two_of_one_id_or_one_name_are_told_apart(tmp_path):
    first = written(tmp_path)
    for name, text in (("b.py", TEXT.replace("mean", "other")), ("c.py", TEXT.replace("5.90", "5.91"))):
        with pytest.raises(ValueError, match=r"is that of mean\.py; choose another one"):
            read_exercises([first, written(tmp_path, text, name)])


def test_an_edit_is_seen_at_once(tmp_path):
    assert read_exercise(written(tmp_path)).points == 2
    path = written(tmp_path, changed("points=2", "points=7"))
    assert read_exercise(path).points == 7 and read_exercise(path) is read_exercise(path)
    assert [each.name for each in tmp_path.iterdir()] == ["mean.py"]


def test_files_are_those_that_are_meant(tmp_path):
    for name in ("b.py", "a.py", "_part.py", ".hidden.py", "notes.txt"):
        written(tmp_path, "", name)
    assert [path.name for path in private_files(tmp_path)] == ["a.py", "b.py"]


def test_no_line_of_the_answer_stands_above_the_end_of_the_docstring(tmp_path):
    exercise = read_exercise(written(tmp_path))
    assert exercise.template.rstrip().endswith(
        "raise NotImplementedError  # replace this line with your code"
    )
    assert "masked_fill" not in exercise.template


# What a student can try where the reference is not at hand.


def exercise_of(reference, *makes) -> Exercise:
    task = Task("5.91", "A task", "A goal.", 1, "easy", 5, ("out",), ("a", "b", "c"))
    cases = tuple(Case(f"case {n}", make) for n, make in enumerate(makes))
    return Exercise.from_task(task, reference, cases, ())


def tried(exercise, function):
    return run_cell(example_of(exercise), {"torch": torch, "try_example": try_example, "answer": function})


def answer(x, n):
    """Give x n times."""
    return x.repeat(1, n), torch.tensor(n)


VALUES = torch.tensor([[0.1, -2.0], [1e-9, 3.0]])
EXERCISE = exercise_of(answer, lambda seed: (torch.randn(2, 3, generator=torch.manual_seed(seed)), 2))


def test_an_answer_of_the_right_shape_is_not_called_right():
    result = tried(EXERCISE, answer)
    assert result.status == "untested" and not result.passed
    assert "`float32 (2, 6)` and `int64 ()`, as it should" in result.message
    assert "not checked here" in repr(result)
    zeros = tried(EXERCISE, lambda x, n: (torch.zeros(2, 6), torch.tensor(0)))
    assert zeros == result, "no number of the reference is told"


@pytest.mark.parametrize(
    ("function", "status", "told"),
    [
        (
            lambda x, n: x,
            "failed",
            "returns `float32 (2, 3)`, but `float32 (2, 6)` and `int64 ()` is asked for",
        ),
        (lambda x, n: (x.repeat(1, n).double(), torch.tensor(n)), "failed", "returns `float64 (2, 6)`"),
        (lambda x, n: None, "failed", "returns `NoneType`"),
        (lambda x, n: x @ x, "failed", "Your function stopped with an error"),
        (lambda x: x, "failed", "TypeError"),
        (
            lambda x, n: (x.mul_(2).repeat(1, n), torch.tensor(n)),
            "failed",
            "changes what it is given, argument 1",
        ),
        ("text", "failed", "must be a function, but this is a str"),
    ],
)
def test_what_is_wrong_for_all_to_see_is_told(function, status, told):
    result = tried(EXERCISE, function)
    assert result.status == status and told in result.message


def test_an_empty_cell_is_unattempted():
    def empty(x, n):
        raise NotImplementedError

    assert tried(EXERCISE, empty).status == "unattempted"


def test_an_endless_loop_ends(monkeypatch):
    monkeypatch.setattr("s2s_course.exercises.engine.example.SECONDS", 0.2)

    def endless(x, n):
        while True:
            pass

    assert tried(EXERCISE, endless).fault == "time"


@pytest.mark.parametrize(
    "inputs",
    [
        (VALUES, 3),
        (VALUES.double() / 3, True),
        (torch.tensor([[True, False]]), 2),
        (torch.tensor(5), 2),
        (torch.arange(50), "text"),
        (torch.rand(3, 2, 9, generator=torch.manual_seed(0)), [1, (2, 3)]),
        (torch.tensor([1, 2], dtype=torch.int8), None),
    ],
    ids=["float32", "float64", "bool", "a number", "a text", "a list", "int8"],
)
def test_an_example_is_what_the_case_draws(inputs):
    seen = []
    exercise = exercise_of(lambda x, n: torch.tensor(0), lambda seed: inputs)
    text = example_of(exercise).replace("<lambda>", "answer")

    def try_it(_, __, example, **___):
        seen.append(example)

    run_cell(text, {"torch": torch, "try_example": try_it, "answer": answer})
    [example] = seen
    assert all(
        a.dtype == b.dtype and torch.equal(a, b) if isinstance(a, torch.Tensor) else a == b
        for a, b in zip(example, inputs, strict=True)
    )
    assert max(map(len, text.splitlines())) <= 100


def test_the_shortest_example_is_chosen_and_what_cannot_be_written_is_left_out():
    nan = torch.tensor([float("nan")])
    makes = [
        lambda s: (nan, 1),
        lambda s: (print, 1),
        lambda s: (torch.zeros(3), 1),
        lambda s: (torch.zeros(2), 1),
    ]
    exercise = exercise_of(answer, lambda s: (torch.zeros(9999), 1), *makes)
    assert "torch.tensor([0.0, 0.0])," in example_of(exercise)
    result = tried(exercise_of(answer, *makes[:2]), answer)
    assert result.status == "untested" and "There is no example to try." in result.message
