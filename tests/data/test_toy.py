"""Toy tasks, each against a solution by brute force, and their chance levels against measurement."""

import itertools
import math
import re
from collections import Counter
from fractions import Fraction

import pytest
import torch

from s2s_course.data.toy import ADDING_BASELINE, adding_problem, copy_memory, reverse_pairs


def backwards(symbols: list[str]) -> list[str]:
    turned = []
    for symbol in symbols:
        turned.insert(0, symbol)
    return turned


# --- reverse -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("shortest", "longest", "symbols"), [(1, 5, 26), (3, 3, 7), (2, 31, 2)])
def test_the_target_is_the_source_turned_round(shortest, longest, symbols):
    pairs = reverse_pairs(300, min_length=shortest, max_length=longest, num_symbols=symbols, seed=1)
    assert len(pairs) == 300
    for pair in pairs:
        source = pair.src.split(" ")
        assert shortest <= len(source) <= longest
        assert set(source) <= set("abcdefghijklmnopqrstuvwxyz"[:symbols])
        assert pair.tgt.split(" ") == backwards(source)
    assert len({pair.src for pair in pairs}) == 300


def test_the_alignment_leads_from_each_source_token_to_its_place():
    for pair in reverse_pairs(200, num_symbols=4, seed=2):
        source, target = pair.src.split(), pair.tgt.split()
        rows, columns = zip(*pair.alignment, strict=True)
        assert list(rows) == list(range(len(source)))
        assert list(columns) == list(reversed(rows))
        assert all(source[i] == target[j] for i, j in pair.alignment)


def test_every_sequence_can_be_had():
    pairs = reverse_pairs(2 + 4 + 8, min_length=1, max_length=3, num_symbols=2)
    expected = [" ".join(s) for n in (1, 2, 3) for s in itertools.product("ab", repeat=n)]
    assert sorted(pair.src for pair in pairs) == sorted(expected)


def test_lengths_and_symbols_are_uniform():
    pairs = reverse_pairs(6_000, min_length=5, max_length=10, num_symbols=10, seed=4)
    lengths = Counter(len(pair.src.split()) for pair in pairs)
    assert sorted(lengths) == [5, 6, 7, 8, 9, 10]
    symbols = Counter(symbol for pair in pairs for symbol in pair.src.split())
    assert len(symbols) == 10
    for counts in (lengths, symbols):
        mean = sum(counts.values()) / len(counts)
        # Five standard deviations of a binomial count; fixed seeds make this exact from run to run.
        assert all(abs(count - mean) < 5 * math.sqrt(mean) for count in counts.values())


# --- the adding problem ------------------------------------------------------------------------------------


@pytest.mark.parametrize("length", [2, 3, 7, 50])
def test_adding_problem_by_brute_force(length):
    problem = adding_problem(200, length, seed=1)
    assert problem.inputs.shape == (200, length, 2)
    assert problem.targets.shape == problem.target_mask.shape == (200,)
    assert problem.mask.all() and problem.target_mask.all() and problem.num_targets == 200
    assert problem.inputs.dtype == problem.targets.dtype == torch.float32
    for row, target in zip(problem.inputs.tolist(), problem.targets.tolist(), strict=True):
        assert all(0 <= number < 1 for number, _ in row)
        marked = [step for step, (_, marker) in enumerate(row) if marker == 1]
        assert sum(marker for _, marker in row) == 2 == len(marked)
        assert marked[0] < length // 2 <= marked[1]
        assert target == pytest.approx(row[marked[0]][0] + row[marked[1]][0], abs=1e-6)


def test_markers_fall_everywhere_in_their_half():
    markers = adding_problem(4_000, 9, seed=2).inputs[:, :, 1].sum(dim=0)
    assert markers[:4].sum() == markers[4:].sum() == 4_000
    assert (markers[:4] - 1000).abs().max() < 5 * math.sqrt(1000)
    assert (markers[4:] - 800).abs().max() < 5 * math.sqrt(800)


def test_the_baseline_of_the_adding_problem():
    targets = adding_problem(200_000, 4, seed=3).targets.double()
    squared_errors = (targets - 1) ** 2
    assert squared_errors.mean().item() == pytest.approx(ADDING_BASELINE, rel=0.01)
    assert all(((targets - other) ** 2).mean() > squared_errors.mean() for other in (0.9, 1.1))
    # In closed form: the variance of one number is the integral of (x - 1/2)^2 over [0, 1].
    assert Fraction(ADDING_BASELINE).limit_denominator(100) == 2 * (Fraction(1, 3) - Fraction(1, 4))


# --- copying memory ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("lag", "items", "symbols"), [(1, 1, 2), (1, 3, 2), (7, 3, 5), (30, 10, 8)])
def test_copy_memory_token_by_token(lag, items, symbols):
    problem = copy_memory(50, lag, num_items=items, num_symbols=symbols, seed=1)
    blank, delimiter = symbols, symbols + 1
    steps = lag + 2 * items
    for tensor in (problem.inputs, problem.targets, problem.target_mask):
        assert tensor.shape == (50, steps)
    assert problem.inputs.dtype == problem.targets.dtype == torch.int64
    for row, target, mask in zip(
        problem.inputs.tolist(), problem.targets.tolist(), problem.target_mask.tolist(), strict=True
    ):
        remembered = row[:items]
        assert all(0 <= symbol < symbols for symbol in remembered)
        assert row == remembered + [blank] * (lag - 1) + [delimiter] + [blank] * items
        assert target == [blank] * (items + lag) + remembered
        assert mask == [False] * (items + lag) + [True] * items
    assert problem.inputs[:, :items].unique().tolist() == list(range(symbols))


def test_items_are_uniform():
    items = copy_memory(2_000, 5, seed=2).inputs[:, :10]
    for place in range(10):
        counts = torch.bincount(items[:, place], minlength=8).double()
        assert (counts - 250).abs().max() < 5 * math.sqrt(250)


# --- all of them -------------------------------------------------------------------------------------------


def tensors(problem) -> list[torch.Tensor]:
    return [getattr(problem, name) for name in problem.__dataclass_fields__]


def test_pairs_depend_on_the_seed_alone():
    assert reverse_pairs(40, seed=5) == reverse_pairs(40, seed=5)
    assert reverse_pairs(40, seed=5) != reverse_pairs(40, seed=6)


@pytest.mark.parametrize("make", [adding_problem, copy_memory])
def test_tensors_depend_on_the_seed_alone(make):
    first = tensors(make(40, 9, seed=5))
    torch.manual_seed(1)
    again, other = tensors(make(40, 9, seed=5)), tensors(make(40, 9, seed=6))
    assert all(torch.equal(a, b) for a, b in zip(first, again, strict=True))
    assert not torch.equal(first[0], other[0])


@pytest.mark.parametrize(
    ("make", "arguments", "complaint"),
    [
        (reverse_pairs, {"count": 0}, "count must be between 1 and 11111111000, got 0"),
        (reverse_pairs, {"count": -1}, "count must be between 1 and 11111111000, got -1"),
        (reverse_pairs, {"count": 5, "min_length": 0}, "min_length must be at least 1, got 0"),
        (reverse_pairs, {"count": 5, "max_length": 2}, "max_length must be at least 3, got 2"),
        (reverse_pairs, {"count": 5, "num_symbols": 1}, "num_symbols must be between 2 and 26, got 1"),
        (reverse_pairs, {"count": 5, "num_symbols": 27}, "num_symbols must be between 2 and 26, got 27"),
        (
            reverse_pairs,
            {"count": 13, "min_length": 2, "max_length": 3, "num_symbols": 2},
            "count must be between 1 and 12, got 13",
        ),
        (adding_problem, {"count": 0, "length": 5}, "count must be at least 1, got 0"),
        (adding_problem, {"count": 5, "length": 1}, "length must be at least 2, got 1"),
        (copy_memory, {"count": -3, "lag": 5}, "count must be at least 1, got -3"),
        (copy_memory, {"count": 5, "lag": 0}, "lag must be at least 1, got 0"),
        (copy_memory, {"count": 5, "lag": 5, "num_items": 0}, "num_items must be at least 1, got 0"),
        (copy_memory, {"count": 5, "lag": 5, "num_symbols": 1}, "num_symbols must be at least 2, got 1"),
        (copy_memory, {"count": 5, "lag": -1}, "lag must be at least 1, got -1"),
    ],
)
def test_bad_arguments_are_named(make, arguments, complaint):
    with pytest.raises(ValueError, match=f"^{re.escape(complaint)}$"):
        make(**arguments)
