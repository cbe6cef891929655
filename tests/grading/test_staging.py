"""What is inside the sandbox of the course: enough to run answers, and no reference."""

import ast
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from s2s_course.exercises import all_exercises
from s2s_course.grading import staging
from s2s_course.grading.staging import PACKAGE, bound_folders, copies_within, python_folders, stage


@pytest.fixture(scope="module")
def staged(tmp_path_factory) -> Path:
    return stage(tmp_path_factory.mktemp("staged"))


def normal(source: str) -> str:
    """Code without comments, docstrings, annotations and layout."""
    tree = ast.parse(textwrap.dedent(source))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            node.returns = None
            for argument in node.args.args:
                argument.annotation = None
            if ast.get_docstring(node):
                node.body = node.body[1:]
    return ast.unparse(tree)


def test_no_reference_and_no_wrong_answer_is_there(staged):
    texts = [path.read_text(encoding="utf-8") for path in staged.rglob("*.py")]
    functions = {
        normal(ast.get_source_segment(text, node)).partition("\n")[2]
        for text in texts
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef)
    }
    for exercise in all_exercises():
        assert normal(exercise.solution).partition("\n")[2] not in functions, exercise.id
        assert not any(f"def {exercise.function_name}(" in text and "@mistake" in text for text in texts)
        assert not any(exercise.goal in text or exercise.hints[2] in text for text in texts)
    assert not [*(staged / "exercises").glob("chapter_*")] and not [*staged.rglob("projects")]
    assert not (staged / "claims").exists()


def test_everyone_may_read_it_and_nobody_but_the_owner_may_write(staged):
    for path in [staged.parent, staged, *staged.rglob("*")]:
        assert path.stat().st_mode & 0o777 == (0o755 if path.is_dir() else 0o644)


def test_what_an_answer_may_use_can_be_imported_and_check_does_nothing(staged):
    code = """
import sys
sys.path.insert(0, sys.argv[1])
sys.meta_path = [finder for finder in sys.meta_path if "editable" not in repr(finder)]
import s2s_course
assert s2s_course.__file__.startswith(sys.argv[1]), s2s_course.__file__
from s2s_course.exercises import all_exercises, check, progress, quiz, run_project
assert [check("5.1", len, hint=1), quiz(5), progress(), run_project(3)] == [None] * 4
import s2s_course.grading.worker
from s2s_course.layers.attention import Attention
from s2s_course.models.registry import MODELS
hidden = ("claims", "exercises.chapter_05", "exercises.projects", "exercises.engine.checker", "cli")
for name in hidden:
    try:
        __import__(f"s2s_course.{name}")
    except ImportError:
        continue
    raise AssertionError(name)
"""
    subprocess.run([sys.executable, "-I", "-c", code, str(staged.parent)], check=True)


def test_no_folder_of_python_is_named_twice():
    folders = python_folders()
    assert not [(a, b) for a in folders for b in folders if a in b.parents]
    assert any(Path(sys.executable).resolve().is_relative_to(folder) for folder in folders)


def test_an_installed_course_is_found_where_it_would_be_seen(tmp_path, monkeypatch):
    installed = tmp_path / "lib" / "site-packages" / "s2s_course"
    installed.mkdir(parents=True)
    monkeypatch.setattr(staging, "import_folders", lambda: (installed.parent,))
    assert copies_within((tmp_path,)) == (installed,)
    assert copies_within((PACKAGE.parent, tmp_path)) == tuple(sorted((PACKAGE, installed)))
    assert copies_within(()) == ()


def test_of_the_system_only_programs_and_libraries_are_seen(monkeypatch):
    seen = bound_folders()
    assert Path("/usr/bin") in seen and Path("/usr/lib") in seen
    assert not {Path("/"), Path("/usr"), Path("/usr/local"), Path("/usr/src"), Path.home()} & set(seen)
    own = (
        Path("/usr"),
        Path("/usr/local"),
        Path("/usr/lib/python"),
        Path("/opt/python"),
        Path("/usr/src/venv"),
    )
    monkeypatch.setattr(staging, "python_folders", lambda: own)
    assert bound_folders()[-2:] == own[-2:] and not set(own[:3]) & set(bound_folders())
