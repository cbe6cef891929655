"""Every size that a text names separately is the larger one in some input, and the smaller one in another.

Where two sizes are always alike, or always in one order, an answer that takes one for the other passes.
"""

import itertools

import pytest

from s2s_course.exercises import all_exercises
from s2s_course.exercises.engine.shapes import shapes_in, sizes_of

# Pairs (smaller, larger) of which the text itself says that they come in this order.
ORDERED = {
    "7.5": {("H", "D")},  # a head has D / H numbers
    "7.6": {("H", "D")},
    "8.2": {("T", "P")},  # the table is longer than a sentence
    "8.5": {("T", "S")},  # S is at least first + T
    "9.3": {("t", "P")},  # P is above t
    "9.6": {("H", "D")},
}
EACH = pytest.mark.parametrize("exercise", all_exercises(), ids=lambda exercise: exercise.id)


def met(exercise) -> list[dict[str, int]]:
    """The sizes of all inputs of a check."""
    return [sizes_of(exercise.reference, case.make(seed)) for case, seed in exercise.draws(0)]


@EACH
def test_each_of_two_sizes_is_the_larger_one_in_some_input(exercise):
    sizes = met(exercise)
    names = sorted(set.intersection(*map(set, sizes)))
    assert names or not shapes_in(exercise.reference)
    for one, other in itertools.permutations(names, 2):
        if (one, other) not in ORDERED.get(exercise.id, ()):
            assert any(size[one] > size[other] for size in sizes), f"{one} is never above {other}"


@EACH
def test_a_size_that_is_stated_is_what_it_is_in_all_arguments(exercise):
    for case, seed in exercise.draws(0):
        inputs = case.make(seed)
        sizes = sizes_of(exercise.reference, inputs)
        for name, value in zip(exercise.arguments, inputs, strict=True):
            written = shapes_in(exercise.reference).get(name)
            if written and hasattr(value, "shape"):
                assert len(written) == value.ndim
                assert all(
                    sizes[letter] == length
                    for letter, length in zip(written, value.shape, strict=True)
                    if letter in sizes
                )


def test_sizes_are_read_from_the_docstring():
    sizes = {exercise.id: met(exercise)[0] for exercise in all_exercises()}
    assert set(sizes["6.3"]) == {"A", "B", "D", "M", "S", "T"}
    assert set(sizes["3.2"]) == {"B", "E", "H"} and set(sizes["7.6"]) == {"D", "H", "T"}
    assert set(sizes["4.4"]) == {"K", "N", "V"} and set(sizes["1.1"]) == {"B"}
    assert sizes["10.3"]["K"] == 2 and set(sizes["6.6"]) == {"B", "S", "D_w"}
    assert set(sizes["9.3"]) == {"B", "D", "P", "t"}
