"""What ``tests/mutations.py`` changes, and what it leaves alone."""

import ast

from mutation_finder import Finder, draw

SOURCE = '''
"""Text with 1 < 2."""
RATE: float = 0.5

def f(x: int = 3, *, deep: bool = True) -> "B 4":
    """Text with 5."""
    if x < 7 and not deep:
        raise ValueError(f"x must be at least {x - 1}, got {x + 2}")
    model.train(deep)
    return g(x, dim=-1) @ h[x - 1]
'''


def changes(source: str) -> list[tuple[str, str]]:
    finder = Finder("f.py", source)
    finder.visit(ast.parse(source))
    return [(mutation.old, mutation.new) for mutation in finder.found]


def test_it_changes_numbers_comparisons_conditions_calls_and_arguments():
    found = changes(SOURCE)
    for change in [
        ("0.5", "0.75"), ("3", "4"), ("True", "False"), ("<", "<="), ("and", "or"), ("not deep", "deep"),
        ("x < 7 and not deep", "not (x < 7 and not deep)"), ("7", "8"), ("model.train(deep)", "pass"),
        ("deep", ""), (", dim=-1", ""), ("-", "+"),
    ]:  # fmt: skip
        assert change in found, change


def test_it_leaves_annotations_docstrings_and_messages_alone():
    changed = {old for old, _ in changes(SOURCE)}
    assert not changed & {"2", "4", "5"}


def test_every_mutation_is_code_of_python_and_differs():
    finder = Finder("f.py", SOURCE)
    finder.visit(ast.parse(SOURCE))
    for mutation in finder.found:
        assert SOURCE[mutation.start : mutation.end] == mutation.old != mutation.new
        ast.parse(SOURCE[: mutation.start] + mutation.new + SOURCE[mutation.end :])


def test_no_two_that_are_drawn_stand_in_one_line_and_a_seed_decides():
    finder = Finder("f.py", SOURCE)
    finder.visit(ast.parse(SOURCE))
    drawn = draw(finder.found, 4, seed=0)
    assert len({mutation.line for mutation in drawn}) == 4
    assert drawn == draw(finder.found, 4, seed=0) != draw(finder.found, 4, seed=1)
