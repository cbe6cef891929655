"""What is kept of a learner's answers: the right numbers, in the right place, and never in the way."""

import json
import os
import sys
from types import SimpleNamespace

import pytest
import torch

from s2s_course.exercises import all_exercises, check, progress
from s2s_course.exercises.chapter_05.context_vector import context_vector
from s2s_course.exercises.engine.registry import find_exercise
from s2s_course.exercises.projects import run
from s2s_course.exercises.projects.run import PROJECTS, run_project

FILE = "s2s-progress.json"


@pytest.fixture
def notebook(tmp_path, monkeypatch):
    """A notebook's folder, and a kernel in it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: "a shell"))
    return tmp_path


def wrong(weights, memory):
    return memory.sum(dim=1)


def wrong_again(weights, memory):
    return memory.mean(dim=1)


def empty(weights, memory):
    raise NotImplementedError


def kept(notebook, exercise_id="5.3") -> tuple[bool, int, int]:
    entry = json.loads((notebook / FILE).read_text())["exercises"][exercise_id]
    return entry["passed"], entry["attempts"], entry["hints"]


def test_attempts_hints_and_the_pass_are_kept(notebook):
    check("5.3", wrong)
    assert kept(notebook) == (False, 1, 0)
    check("5.3", wrong, hint=2)
    assert kept(notebook) == (False, 1, 2), "the same code is no new attempt"
    check("5.3", wrong_again, hint=1)
    assert kept(notebook) == (False, 2, 2), "hints that were seen stay seen"
    check("5.3", context_vector)
    assert kept(notebook) == (True, 3, 2)
    check("5.3", wrong, hint=3)
    assert kept(notebook) == (True, 3, 2), "what was passed stays passed"


def test_an_empty_cell_is_no_attempt_and_leaves_no_file_but_its_hints_count(notebook):
    check("5.3", empty)
    assert not (notebook / FILE).exists()
    check("5.3", empty, hint=1)
    assert kept(notebook) == (False, 0, 1)


def test_running_the_solutions_of_all_chapters_keeps_nothing(notebook):
    for exercise in all_exercises():
        namespace = {"torch": torch}
        exec(exercise.solution, namespace)
        result = check(exercise.id, namespace[exercise.solution_name])
        assert result.passed and result.note == "This is the solution. It does not count as your answer."
    assert not list(notebook.iterdir())


def test_without_a_notebook_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delitem(sys.modules, "IPython", raising=False)
    check("5.3", wrong)
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: None))
    check("5.3", wrong)
    assert not list(tmp_path.iterdir())


def test_code_without_a_source_counts_each_time(notebook):
    for _ in range(2):
        check("5.3", eval("lambda weights, memory: memory"))
    check("5.3", max)
    assert kept(notebook) == (False, 3, 0)


def test_what_the_learner_sees_is_the_same_with_and_without_a_file(notebook, monkeypatch):
    in_notebook = [repr(check("5.3", answer)) for answer in (wrong, empty, context_vector)]
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: None))
    assert [repr(check("5.3", answer)) for answer in (wrong, empty, context_vector)] == in_notebook


def test_the_file_says_that_nothing_is_sent_and_holds_no_code(notebook):
    check("5.3", wrong)
    text = (notebook / FILE).read_text()
    assert "nothing is sent" in text and "memory" not in text
    check("5.3", wrong)
    assert (notebook / FILE).read_text() == text, "no times, no chance"


DAMAGED = [
    b"",
    b"{",
    b"\xff\xfe",
    b"[]",
    b"null",
    b'{"exercises": []}',
    b'{"exercises": {"5.3": 1}}',
    b'{"exercises": {"5.3": {"passed": true}}}',
    b'{"exercises": {"5.3": {"passed": 1, "attempts": 1, "hints": 0, "answer": ""}}}',
    b'{"exercises": {"5.3": {"passed": true, "attempts": "1", "hints": 0, "answer": ""}}}',
    b"[" * 100_000,
]


@pytest.mark.parametrize("content", DAMAGED, ids=range(len(DAMAGED)))
def test_a_damaged_file_is_told_in_one_line_and_left_alone(notebook, content):
    (notebook / FILE).write_bytes(content)
    line = "s2s-progress.json cannot be read (its content is damaged). Move it away, and a new one is begun."
    result = check("5.3", context_vector)
    assert result.passed and result.note == f"Your progress is not kept: {line}"
    assert repr(result).endswith(result.note)
    assert repr(progress()) == f"Your progress cannot be shown: {line}"
    assert (notebook / FILE).read_bytes() == content


def test_a_folder_in_the_place_of_the_file_is_told(notebook):
    (notebook / FILE).mkdir()
    assert "cannot be read (Is a directory)" in check("5.3", wrong).note
    assert "cannot be read (Is a directory)" in repr(progress())


def test_a_folder_that_cannot_be_written_is_told(notebook, monkeypatch):
    def refuse(path, content):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("s2s_course.exercises.engine.record.write_atomically", refuse)
    result = check("5.3", wrong)
    assert result.status == "failed"
    assert result.note == (
        "Your progress is not kept: s2s-progress.json cannot be written (Permission denied)."
    )


def test_a_folder_that_is_gone_is_told(notebook):
    gone = notebook / "gone"
    gone.mkdir()
    os.chdir(gone)
    gone.rmdir()
    assert "cannot be written (No such file or directory)" in check("5.3", wrong).note


def test_exercises_of_another_version_are_kept_and_not_counted(notebook):
    other = {"passed": True, "attempts": 1, "hints": 0, "answer": ""}
    (notebook / FILE).write_text(json.dumps({"exercises": {"77.7": other}}))
    check("5.3", wrong)
    assert kept(notebook, "77.7") == (True, 1, 0) and kept(notebook) == (False, 1, 0)
    assert repr(progress()).splitlines()[-1].split()[1] == "0"


def test_the_table_counts_by_chapter(notebook):
    check("5.3", wrong)
    check("5.3", context_vector)
    check("2.1", wrong_again, hint=1)
    lines = repr(progress()).splitlines()
    assert lines[0].split() == ["chapter", "passed", "attempts", "hints", "points"]
    assert [line.split()[0] for line in lines[1:]] == [*map(str, range(1, 11)), "projects", "all"]
    fifth = [e for e in all_exercises() if e.chapter == 5]
    most, worth = sum(e.points for e in fifth), find_exercise("5.3").points
    assert lines[5].split() == ["5", "1", "of", str(len(fifth)), "2", "0", str(worth), "of", str(most)]
    everything = [*all_exercises(), *PROJECTS.values()]
    count, most = len(everything), sum(task.points for task in everything)
    assert lines[-1].split() == f"all 1 of {count} 3 1 {worth} of {most}".split()
    assert len({len(line) for line in lines}) == 1, "columns stand below each other"
    shown = progress()._repr_html_()
    assert shown.count("<tr>") == len(lines) and f"<td>1 of {len(fifth)}</td>" in shown


def test_a_project_is_kept_as_an_exercise_is(notebook, monkeypatch):
    def forgets(inputs, hidden, W, U, b_input, b_hidden):
        return hidden

    forgets.__name__ = "gru_step"
    run_project(1)
    assert not (notebook / FILE).exists()
    run_project(1, forgets)
    run_project(2, hint=1)
    assert kept(notebook, "project 1") == (False, 1, 0) and kept(notebook, "project 2") == (False, 0, 1)
    monkeypatch.setattr(run, "train", lambda project, parts, corpus: run.Run(99.0, 1, 1.0))
    monkeypatch.setattr(run, "grammar_corpus", lambda *, max_length: {"test": []})
    assert run_project(1, find_exercise("3.2").reference).passed
    assert kept(notebook, "project 1") == (True, 2, 0)
    most = sum(project.points for project in PROJECTS.values())
    row = repr(progress()).splitlines()[-2]
    assert row.split() == f"projects 1 of 3 2 1 {PROJECTS[1].points} of {most}".split()


def test_before_the_first_answer_the_table_is_empty_and_no_file_is_made(notebook):
    assert repr(progress()).splitlines()[-1].split()[1:6] == [
        "0",
        "of",
        str(len(all_exercises()) + 3),
        "0",
        "0",
    ]
    assert not list(notebook.iterdir())
