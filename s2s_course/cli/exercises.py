"""The command that lists the exercises of the course."""

from s2s_course.cli.output import JsonOption, print_json, print_table
from s2s_course.exercises.engine.registry import all_exercises


def list_exercises(as_json: JsonOption = False) -> None:
    """Every exercise with the misconceptions it can name."""
    rows = [
        {
            "id": exercise.id,
            "chapter": exercise.chapter,
            "title": exercise.title,
            "points": exercise.points,
            "difficulty": exercise.difficulty,
            "minutes": exercise.minutes,
            "misconceptions": [misconception.name for misconception in exercise.misconceptions],
        }
        for exercise in all_exercises()
    ]
    print_json(rows) if as_json else print_table(rows)
