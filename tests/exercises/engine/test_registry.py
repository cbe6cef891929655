"""Exercises and quizzes are found by folder, in the order of the book."""

import sys
from pathlib import Path

import pytest

import s2s_course.exercises as content
from s2s_course.exercises.engine import registry
from s2s_course.exercises.engine.exercise import Task
from s2s_course.exercises.engine.misconception import mistakes_in
from s2s_course.exercises.engine.registry import (
    all_exercises,
    all_quizzes,
    chapter_folders,
    exercises_of,
    find_exercise,
)

FOLDER = Path(content.__file__).parent

WORK = {
    "id": "5.1",
    "title": "T",
    "goal": "G",
    "points": 1,
    "difficulty": "easy",
    "minutes": 5,
    "outputs": ("x",),
    "hints": ("a", "b", "c"),
}

EXERCISE = """
from s2s_course.exercises.engine.exercise import Exercise, Task

TASK = Task(id="{id}", title="T", goal="G", points=1, difficulty="easy", minutes=5, outputs=("x",),
            hints=("a", "b", "c"))
EXERCISE = Exercise.from_task(TASK, abs, (), ())
"""


@pytest.fixture
def make_package(tmp_path, monkeypatch):
    """Writes a package of chapters: ``make_package(name, {"chapter_05/one.py": source})``."""
    monkeypatch.syspath_prepend(tmp_path)

    def make(name: str, files: dict[str, str]) -> str:
        for path, source in {"__init__.py": "", **files}.items():
            file = tmp_path / name / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.with_name("__init__.py").touch()
            file.write_text(source, encoding="utf-8")
        return name

    return make


def test_every_file_of_a_chapter_is_in_the_course():
    files = [path for path in FOLDER.glob("chapter_*/*.py") if path.stem not in ("__init__", "quiz")]
    modules = [Path(sys.modules[exercise.reference.__module__].__file__) for exercise in all_exercises()]
    assert sorted(modules) == sorted(files) and len(files) >= 52
    quizzes = [int(path.parent.name.removeprefix("chapter_")) for path in FOLDER.glob("chapter_*/quiz.py")]
    assert sorted(quizzes) == list(all_quizzes())


def test_ids_are_unique_and_in_the_order_of_the_book():
    ids = [tuple(map(int, exercise.id.split("."))) for exercise in all_exercises()]
    assert ids == sorted(set(ids))


def test_every_mistake_of_a_file_is_in_its_exercise():
    for exercise in all_exercises():
        module = vars(sys.modules[exercise.reference.__module__])
        assert exercise.misconceptions == mistakes_in(module)
        decorators = Path(module["__file__"]).read_text(encoding="utf-8").count("mistake(")
        assert len(exercise.misconceptions) == decorators


def test_ten_comes_after_nine(make_package):
    ids = ["5.10", "5.9", "5.2"]
    files = {f"chapter_05/{'abc'[i]}.py": EXERCISE.format(id=ids[i]) for i in range(3)}
    package = make_package("numbered", {**files, "chapter_12/quiz.py": "", "chapter_7/quiz.py": ""})
    assert [exercise.id for exercise in exercises_of(package, 5)] == ["5.2", "5.9", "5.10"]
    assert list(chapter_folders(package)) == [5, 7, 12]
    assert exercises_of(package, 12) == ()


def test_what_is_no_chapter_is_left_alone(make_package):
    package = make_package(
        "other", {"engine/a.py": "1 / 0", "chapter.py": "1 / 0", "chapter_x/a.py": "1 / 0"}
    )
    assert chapter_folders(package) == {}


@pytest.mark.parametrize(
    "files, sentence",
    [
        (
            {"chapter_05/notes.py": "exercise = 1"},
            "faulty/chapter_05/notes.py must define EXERCISE",
        ),
        (
            {"chapter_05/one.py": EXERCISE.format(id="5.1"), "chapter_05/two.py": EXERCISE.format(id="5.1")},
            "the id '5.1' must be used once, but is used in one.py and two.py of faulty/chapter_05",
        ),
        (
            {"chapter_05/one.py": EXERCISE.format(id="6.1")},
            "the id of the exercise in faulty/chapter_05/one.py must begin with '5.', got '6.1'",
        ),
    ],
)
def test_a_folder_that_is_not_right_is_refused(make_package, files, sentence):
    package = make_package("faulty", files)
    try:
        with pytest.raises(ValueError, match=f"^{sentence}$"):
            exercises_of(package, 5)
    finally:
        for module in [name for name in sys.modules if name.startswith(package)]:
            del sys.modules[module]


def test_an_error_within_a_file_is_not_hidden(make_package):
    package = make_package("broken", {"chapter_05/one.py": "import math\nmath.no_such_name"})
    with pytest.raises(AttributeError, match="no_such_name"):
        exercises_of(package, 5)


@pytest.mark.parametrize("id", ["5", "5.", "5.1.2", "five.one", "05.1", "5.0", " 5.1", "5.1b"])
def test_an_id_is_chapter_and_number(id):
    with pytest.raises(ValueError, match=f"id must be chapter and number, such as '5.1', got '{id}'"):
        Task(**(WORK | {"id": id}))


@pytest.mark.parametrize(
    "wrong, sentence",
    [
        ({"difficulty": "fun"}, "difficulty must be one of easy, medium, hard, got 'fun'"),
        ({"points": 0}, "points must be at least 1, got 0"),
        ({"minutes": 0}, "minutes must be at least 1, got 0"),
    ],
)
def test_what_a_task_is_worth_and_asks_for_is_checked(wrong, sentence):
    with pytest.raises(ValueError, match=f"^{sentence}$"):
        Task(**(WORK | wrong))


def test_what_a_task_is_worth_and_asks_for_is_shown_in_words():
    assert Task(**WORK).effort == "1 point, easy, about 5 minutes."
    assert Task(**(WORK | {"points": 3, "difficulty": "hard"})).effort == "3 points, hard, about 5 minutes."


@pytest.mark.parametrize("unknown", ["9.9", "9", "11.1", "", "5.1 ", "5."])
def test_an_unknown_id_is_answered_with_the_known_ones(unknown):
    with pytest.raises(ValueError, match=rf"^exercise_id must be one of '1\.1', .*'10\.3', got '{unknown}'$"):
        find_exercise(unknown)


def test_looking_one_up_imports_its_chapter_alone(monkeypatch):
    asked = []

    def recorded(package, chapter):
        asked.append(chapter)
        return exercises_of(package, chapter)

    monkeypatch.setattr(registry, "exercises_of", recorded)
    assert find_exercise("5.2").id == "5.2" and asked == [5]
