"""results.json, against what Gradescope documents."""

import json

from s2s_course.grading.gradescope_results import write_gradescope_results

from .grades_made import exercise_grade, grade_of


def test_the_document_is_gradescopes(tmp_path):
    first = exercise_grade(
        "5.1", 1.0, 4.0, cases=(("a case", True), ("another", False)), misconception="v left out",
        message="You leave out v.", details="For example", printed="<b>\x1b[31m \ud800",
    )  # fmt: skip
    grade = grade_of(
        "J", "j", exercises=(first, exercise_grade("5.2", 4.0, 4.0)), notes=("A note.",), penalty=10.0
    )
    path = tmp_path / "results.json"
    write_gradescope_results(path, grade)
    document = json.loads(path.read_bytes())
    assert (
        document["score"] == 4.5 and document["output"] == "A note." and document["visibility"] == "visible"
    )
    assert document["output_format"] == document["test_output_format"] == "text"
    one, two = document["tests"]
    assert (one["name"], one["score"], one["max_score"], one["status"]) == ("5.1 A title", 1.0, 4.0, "failed")
    assert one["output"].split("\n\n") == [
        "Known mistake: v left out",
        "You leave out v.",
        "right: a case\nwrong: another",
        "For example",
        "Your function printed:\n<b>␛[31m ⟨U+D800⟩",
    ]
    assert two["status"] == "passed" and two["output"] == "A message." and two["output_format"] == "text"
    allowed = {"name", "score", "max_score", "status", "output", "output_format", "visibility"}
    assert all(set(test) <= allowed for test in document["tests"])
    assert sum(test["max_score"] for test in document["tests"]) == grade.out_of
