"""The sizes that a docstring names, and what they are for an input."""

import torch

from s2s_course.exercises.engine.shapes import shapes_in, sizes_of


def gates(inputs, hidden, cell, W, b, spans, d_model, K, note):
    """One step.

    inputs: (B, E); padded, see [1]
    hidden, cell: (B, H)
    W, b: (4H, E + H) and (4H,)
    spans: N pairs (start, end)
    d_model: D
    K: how many
    note: nothing of a shape
    other: (B, X)
    """


SHAPES = {
    "inputs": ("B", "E"),
    "hidden": ("B", "H"),
    "cell": ("B", "H"),
    "W": ("4H", "E + H"),
    "b": ("4H",),
    "spans": ("N",),
    "d_model": ("D",),
    "K": ("K",),
}


def test_every_argument_with_a_shape_has_the_one_that_is_written():
    assert shapes_in(gates) == SHAPES


def test_sizes_are_those_of_tensors_lists_and_numbers():
    inputs = [torch.zeros(size) for size in ((2, 3), (2, 5), (2, 5), (20, 8), (20,))]
    sizes = sizes_of(gates, [*inputs, [(0, 1), (2, 4)], 16, 6, "text"])
    assert sizes == {"B": 2, "E": 3, "H": 5, "N": 2, "D": 16, "K": 6}


def test_a_multiple_is_divided_and_the_first_place_decides():
    def scaled(b, c):
        """Of two vectors.

        b: (4H,)
        c: (H,)
        """

    assert sizes_of(scaled, [torch.zeros(20), torch.zeros(7)]) == {"H": 5}


def test_no_docstring_no_sizes():
    assert sizes_of(lambda x: x, [torch.zeros(3)]) == {}
