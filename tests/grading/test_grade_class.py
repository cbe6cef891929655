"""Grading a class: what is kept, what is done again, and what an interrupt leaves."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from s2s_course.exercises.engine.outcome import Fault
from s2s_course.grading import grade as grading
from s2s_course.grading import judge as judging
from s2s_course.grading.adjustments import Adjustment, Adjustments
from s2s_course.grading.grade import grade_class
from s2s_course.grading.kept import kept

from .answers_here import IDS, NoSandbox, answer_here, assignment_in, body, solution, submission

RIGHT = tuple(map(solution, IDS))
NO_V = body("5.1", "return ((query @ W.T).unsqueeze(1) + memory @ U.T).tanh().sum(2)")
NO_MASK = body("5.2", "return scores.softmax(1)")


@pytest.fixture
def answered(monkeypatch):
    """The exercises' ids that were run, submission by submission."""
    asked = []

    def answer(sandbox, normalized, exercises, seed):
        asked.append(tuple(normalized.answers))
        return answer_here(sandbox, normalized, exercises, seed)

    monkeypatch.setattr(grading, "answer", answer)
    return asked


@pytest.fixture
def assignment(tmp_path):
    return assignment_in(tmp_path)


def grades_of(submissions, assignment, adjustments=None):
    results = assignment.folder / "results"
    return list(grade_class(submissions, assignment, NoSandbox, results, adjustments))


def statuses(grade):
    return [exercise.status for exercise in grade.exercises]


def test_points_statuses_and_what_is_said(assignment, answered):
    [grade] = grades_of([submission("a", NO_V, RIGHT[1], "x = 1")], assignment)
    assert statuses(grade) == ["failed", "passed", "missing"]
    first, second, third = grade.exercises
    assert (first.points, first.out_of, second.points, third.points) == (0.0, 4.0, 4.0, 0.0)
    assert first.misconception == "v left out" and first.message.startswith("You add up or average")
    assert "For example" in first.details and first.source.startswith("def additive_score")
    assert all(right for _, right in second.cases) and not any(right for _, right in first.cases)
    assert (grade.points, grade.out_of, grade.total) == (4.0, 10.0, 4.0)


def test_part_of_the_points_for_the_cases_that_are_right_on_all_draws(assignment, answered):
    """Right where there is one sentence, and wrong elsewhere; and wrong on one draw of three only."""
    alone = "return torch.tanh(query @ W.T + memory[:, 0] @ U.T).unsqueeze(1) @ v"
    only_one = body("5.1", f"if len(query) != 1 or memory.shape[1] != 1:\n        {RIGHT_RETURN}", alone)
    [grade] = grades_of([submission("a", only_one)], assignment)
    assert grade.exercises[0].status == "passed"
    half = body("5.1", f"if len(query) == 1:\n        {RIGHT_RETURN}", "return memory.sum(2)")
    [grade] = grades_of([submission("a", half)], assignment)
    first = grade.exercises[0]
    right = [name for name, fine in first.cases if fine]
    assert first.status == "partly" and right == ["a single sentence"]
    assert first.points == round(4.0 / len(first.cases), 2)


RIGHT_RETURN = "return torch.tanh((query @ W.T).unsqueeze(1) + memory @ U.T) @ v"


def test_one_wrong_draw_makes_its_case_wrong(assignment, answered):
    """An answer that counts its calls and fails on the second."""
    once = "count = []\n" + body("5.1", "count.append(1)", f"if len(count) != 2:\n        {RIGHT_RETURN}",
                                 "return memory.sum(2)")  # fmt: skip
    exercise = assignment.exercises[0]
    answer = answer_here(None, _normalized("5.1", once), [exercise], assignment.seed)["5.1"]
    judged = judging.judge_answer(exercise, 6.0, answer, source=once, seed=assignment.seed)
    assert [fine for _, fine in judged.cases] == [False] + [True] * (len(exercise.cases) - 1)
    assert judged.points == round(6.0 * (len(exercise.cases) - 1) / len(exercise.cases), 2)


def _normalized(exercise_id, source):
    class Normalized:
        helpers, answers = "", {exercise_id: source}

    return Normalized


def test_a_fault_of_the_process_and_an_answer_that_cannot_be_compared(assignment, monkeypatch):
    exercise = assignment.exercises[0]
    judged = judging.judge_answer(exercise, 4.0, Fault("lost", "It ended."), source="x", seed=1)
    assert (judged.status, judged.points, judged.fault, judged.message) == (
        "failed",
        0.0,
        "lost",
        "It ended.",
    )

    def fail(*_, **__):
        raise RecursionError

    monkeypatch.setattr(judging, "judge", fail)
    answer = answer_here(None, _normalized("5.1", RIGHT[0]), [exercise], 1)["5.1"]
    judged = judging.judge_answer(exercise, 4.0, answer, source="x", seed=1)
    assert (judged.status, judged.points) == ("failed", 0.0) and "RecursionError" in judged.message


def test_the_empty_cell_is_unattempted(assignment, answered):
    [grade] = grades_of(
        [submission("a", *(exercise.template for exercise in assignment.exercises))], assignment
    )
    assert statuses(grade) == ["unattempted"] * 3 and grade.total == 0.0 and grade.ungraded is None


def test_what_cannot_be_read_is_graded_with_nothing_and_runs_nowhere(assignment, answered):
    [grade] = grades_of([submission("a", problem="It is no notebook.")], assignment)
    assert statuses(grade) == ["missing"] * 3 and grade.problem == grade.ungraded == "It is no notebook."
    assert answered == []


def test_run_again_only_what_has_changed_is_graded(assignment, answered):
    class_ = [submission("a", *RIGHT), submission("b", NO_V), submission("c", NO_MASK)]
    first = grades_of(class_, assignment)
    assert len(answered) == 3
    assert grades_of(class_, assignment) == first and len(answered) == 3
    changed = [class_[0], submission("b", NO_V, NO_MASK), class_[2], submission("d", *RIGHT)]
    second = grades_of(changed, assignment)
    assert len(answered) == 4  # d handed in what a did
    assert second[0] == first[0] and second[3].total == first[0].total and second[3].key == "d"
    grades_of(changed, replace(assignment, seed=assignment.seed + 1))
    assert len(answered) == 7


def test_an_interrupt_keeps_what_is_graded(assignment, monkeypatch):
    class_ = [submission("a", *RIGHT), submission("b", NO_V), submission("c", NO_MASK)]
    asked = []

    def interrupted(sandbox, normalized, exercises, seed):
        asked.append(tuple(normalized.answers))
        if len(asked) == 3:
            raise KeyboardInterrupt
        return answer_here(sandbox, normalized, exercises, seed)

    monkeypatch.setattr(grading, "answer", interrupted)
    with pytest.raises(KeyboardInterrupt):
        grades_of(class_, assignment)
    names = [path.name for path in (assignment.folder / "results").iterdir()]
    assert len(names) == 2 and all(name.endswith(".json") and name[0] != "." for name in names)
    resumed = grades_of(class_, assignment)
    assert asked[3:] == [("5.2",)]
    assert resumed == grades_of(class_, assignment_in(assignment.folder / "fresh"))


def damages():
    yield "half", lambda text: text[: len(text) // 2]
    yield "nothing", lambda text: ""
    yield "list", lambda text: "[]"
    yield "deep", lambda text: "[" * 100_000
    for name, value in {
        "points": 5.0, "out_of": 8.0, "status": "perfect", "exercise_id": "5.2", "cases": [["x", 1]],
        "message": None, "fault": 3, "source": ["x"], "title": 1,
    }.items():  # fmt: skip
        yield name, lambda text, name=name, value=value: changed(text, name, value)
    yield "points that are negative", lambda text: changed(text, "points", -1.0)
    yield "points that are NaN", lambda text: changed(text, "points", float("nan"))
    yield "points that are whole", lambda text: changed(text, "points", 4)
    yield "one more field", lambda text: changed(text, "bonus", 4.0)
    yield "points by hand", lambda text: changed(text, "by_hand", 4.0)
    yield "notes", lambda text: json.dumps({**json.loads(text), "notes": [1]})
    yield (
        "an exercise less",
        lambda text: json.dumps({**json.loads(text), "exercises": json.loads(text)["exercises"][1:]}),
    )
    yield (
        "another order",
        lambda text: json.dumps({**json.loads(text), "exercises": json.loads(text)["exercises"][::-1]}),
    )
    yield (
        "an exercise twice",
        lambda text: json.dumps(
            {
                **json.loads(text),
                "exercises": json.loads(text)["exercises"] + json.loads(text)["exercises"][:1],
            }
        ),
    )


def changed(text, name, value):
    content = json.loads(text)
    content["exercises"][0][name] = value
    return json.dumps(content)


@pytest.mark.parametrize(("name", "damage"), list(damages()), ids=[name for name, _ in damages()])
def test_a_damaged_result_is_graded_again(name, damage, assignment, answered):
    class_ = [submission("a", *RIGHT)]
    before = grades_of(class_, assignment)
    [path] = (assignment.folder / "results").iterdir()
    whole = path.read_text()
    path.write_text(damage(whole))
    assert kept(path, assignment.points) is None
    assert grades_of(class_, assignment) == before and len(answered) == 2
    assert path.read_text() == whole


def test_names_and_adjustments_are_not_kept(assignment, answered):
    grades_of(
        [submission("a", *RIGHT, student="Jane Secret")],
        assignment,
        Adjustments({"a": Adjustment(points=1.0)}),
    )
    [path] = (assignment.folder / "results").iterdir()
    assert "Jane" not in path.read_text() and "by_hand" not in path.read_text()
    [plain] = grades_of([submission("b", *RIGHT)], assignment)
    assert plain.manual == 0.0 and len(answered) == 1


def test_adjustments_and_lateness_are_applied(tmp_path, answered):
    due = datetime(2027, 1, 15, tzinfo=UTC)
    assignment = assignment_in(tmp_path, due=due)
    late = submission("a", *RIGHT, submitted=datetime(2027, 1, 16, 1, tzinfo=UTC))
    said = Adjustments({"a": Adjustment(by_hand={"5.1": 1.0}, points=0.5, comment="See me.")}, 10.0)
    [grade] = grades_of([late], assignment, said)
    assert (grade.late_days, grade.penalty, grade.points) == (2.0, 20.0, 7.0)
    assert (grade.taken_off, grade.total, grade.comment) == (1.4, 6.1, "See me.")
    assert grade.exercises[0].points == 4.0 and grade.exercises[0].earned == 1.0


def test_huge_code_is_cut_and_hostile_text_survives_the_file(assignment, answered):
    long = body("5.3", *["x = 1  # \\ud800 🙂"] * 3_000, "raise ValueError('\\ud800')")
    [grade] = grades_of([submission("a", long)], assignment)
    assert len(grade.exercises[2].source) < 21_000 and "more characters" in grade.exercises[2].source
    assert grades_of([submission("a", long)], assignment) == [grade] and len(answered) == 1
