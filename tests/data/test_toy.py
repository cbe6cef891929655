"""Toy tasks, each against a solution by brute force, and their chance levels against measurement."""

import itertools
import math
import re
from collections import Counter
from datetime import date, datetime, timedelta
from fractions import Fraction

import pytest
import torch

from s2s_course.data.toy import (
    ADDING_BASELINE,
    DATE_FORMS,
    adding_problem,
    copy_memory,
    copy_pairs,
    date_pairs,
    reverse_pairs,
    sort_pairs,
    spell,
    write_date,
)
from s2s_course.text.tokenize import WordTokenizer

REARRANGEMENTS = [copy_pairs, reverse_pairs, sort_pairs]


def counting_sort(symbols: list[str]) -> list[str]:
    return [letter for letter in "abcdefghijklmnopqrstuvwxyz" for symbol in symbols if symbol == letter]


def backwards(symbols: list[str]) -> list[str]:
    turned = []
    for symbol in symbols:
        turned.insert(0, symbol)
    return turned


SOLUTIONS = {copy_pairs: lambda symbols: symbols, reverse_pairs: backwards, sort_pairs: counting_sort}


# --- copy, reverse, sort -----------------------------------------------------------------------------------


@pytest.mark.parametrize("make", REARRANGEMENTS)
@pytest.mark.parametrize(("shortest", "longest", "symbols"), [(1, 5, 26), (3, 3, 7), (2, 31, 2)])
def test_the_target_is_the_rearranged_source(make, shortest, longest, symbols):
    pairs = make(300, min_length=shortest, max_length=longest, num_symbols=symbols, seed=1)
    assert len(pairs) == 300
    for pair in pairs:
        source = pair.src.split(" ")
        assert shortest <= len(source) <= longest
        assert set(source) <= set("abcdefghijklmnopqrstuvwxyz"[:symbols])
        assert pair.tgt.split(" ") == SOLUTIONS[make](source)
    assert len({pair.src for pair in pairs}) == 300


@pytest.mark.parametrize("make", REARRANGEMENTS)
def test_the_alignment_leads_from_each_source_token_to_its_place(make):
    for pair in make(200, num_symbols=4, seed=2):
        source, target = pair.src.split(), pair.tgt.split()
        rows, columns = zip(*pair.alignment, strict=True)
        assert list(rows) == list(range(len(source)))
        assert sorted(columns) == list(range(len(source)))
        assert all(source[i] == target[j] for i, j in pair.alignment)
        if make is sort_pairs:  # equal symbols do not cross
            for (i, j), (k, m) in itertools.combinations(pair.alignment, 2):
                assert source[i] != source[k] or (i < k) == (j < m)
        else:
            assert all(j == (i if make is copy_pairs else len(source) - 1 - i) for i, j in pair.alignment)


def test_the_three_tasks_have_the_same_sources():
    copied, turned, ordered = (make(50, max_length=6, seed=3) for make in REARRANGEMENTS)
    assert [p.src for p in copied] == [p.src for p in turned] == [p.src for p in ordered]


def test_every_sequence_can_be_had():
    pairs = copy_pairs(2 + 4 + 8, min_length=1, max_length=3, num_symbols=2)
    expected = [" ".join(s) for n in (1, 2, 3) for s in itertools.product("ab", repeat=n)]
    assert sorted(pair.src for pair in pairs) == sorted(expected)


def test_lengths_and_symbols_are_uniform():
    pairs = copy_pairs(6_000, min_length=5, max_length=10, num_symbols=10, seed=4)
    lengths = Counter(len(pair.src.split()) for pair in pairs)
    assert sorted(lengths) == [5, 6, 7, 8, 9, 10]
    symbols = Counter(symbol for pair in pairs for symbol in pair.src.split())
    assert len(symbols) == 10
    for counts in (lengths, symbols):
        mean = sum(counts.values()) / len(counts)
        # Five standard deviations of a binomial count; fixed seeds make this exact from run to run.
        assert all(abs(count - mean) < 5 * math.sqrt(mean) for count in counts.values())


# --- dates -------------------------------------------------------------------------------------------------


def read_date(text: str) -> date:
    """An independent reader: the standard library's formats, tried one after the other."""
    plain = re.sub(r"(?<=\d)(st|nd|rd|th)\b|\bthe |\bof ", "", text).replace(",", "")
    plain = re.sub(r"^(mon|tue|wed|thu|fri|sat|sun)[a-z]* ", "", plain)
    formats = ("%d %B %Y", "%d %b %Y", "%B %d %Y", "%b %d %Y", "%Y %B %d", "%d-%b-%Y")
    for pattern in (*formats, "%d.%m.%Y", "%m/%d/%Y", "%Y/%m/%d"):
        try:
            return datetime.strptime(plain, pattern).date()
        except ValueError:
            continue
    raise AssertionError(f"{text!r} is no date")


def unspell(text: str) -> str:
    assert all(len(token) == 1 for token in text.split(" "))
    return text.replace(" ", "").replace("_", " ")


def test_dates_are_normalized():
    pairs = date_pairs(3_000, seed=1)
    days = []
    for pair in pairs:
        day = date.fromisoformat(unspell(pair.tgt))
        assert read_date(unspell(pair.src)) == day
        assert 1950 <= day.year <= 2049
        assert pair.alignment is None
        days.append(day)
    assert len(set(days)) == 3_000


@pytest.mark.parametrize("form", DATE_FORMS)
def test_every_form_can_be_read_on_every_day_of_a_leap_year(form):
    for day in (date(2024, 1, 1) + timedelta(days=n) for n in range(366)):
        text = write_date(day, form)
        assert read_date(text) == day
        assert text == text.lower()
        assert "_" not in text
        for word in re.findall("[a-z]*day", text):
            assert word == day.strftime("%A").lower()
        for word in re.findall(r"\b(?:mon|tue|wed|thu|fri|sat|sun)\b", text):
            assert word == day.strftime("%a").lower()


def test_ordinals():
    endings = "st nd rd" + " th" * 17 + " st nd rd" + " th" * 7 + " st"
    expected = [f"{day}{ending}" for day, ending in enumerate(endings.split(), 1)]
    assert [write_date(date(2000, 1, day), "{nth}") for day in range(1, 32)] == expected


def test_all_days_of_the_years_can_be_had_leap_days_too():
    pairs = date_pairs(366 + 365, first_year=2000, last_year=2001)
    days = {unspell(pair.tgt) for pair in pairs}
    assert len(days) == 731
    assert {"2000-01-01", "2000-02-29", "2001-12-31"} <= days
    assert "2001-02-29" not in days
    with pytest.raises(ValueError, match=r"^count must be between 1 and 731, got 732$"):
        date_pairs(732, first_year=2000, last_year=2001)


def test_all_forms_are_used_equally_often():
    counts = Counter()
    for pair in date_pairs(9_000, seed=5):
        day = date.fromisoformat(unspell(pair.tgt))
        if day.month < 10 and day.month != 5:  # then no two forms look alike
            (form,) = (form for form in DATE_FORMS if write_date(day, form) == unspell(pair.src))
            counts[form] += 1
    mean = sum(counts.values()) / len(DATE_FORMS)
    assert mean > 300
    assert all(abs(counts[form] - mean) < 5 * math.sqrt(mean) for form in DATE_FORMS)


def test_spelled_text_is_what_the_tokenizer_takes_for_its_tokens():
    tokenizer = WordTokenizer("en")
    assert spell("3 march 1998") == "3 _ m a r c h _ 1 9 9 8"
    for pair in [*date_pairs(200), *sort_pairs(200)]:
        assert tokenizer.tokenize(pair.src) == pair.src.split(" ")
        assert tokenizer.tokenize(pair.tgt) == pair.tgt.split(" ")
        assert tokenizer.detokenize(pair.tgt.split(" ")) == pair.tgt


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


@pytest.mark.parametrize("make", [*REARRANGEMENTS, date_pairs])
def test_pairs_depend_on_the_seed_alone(make):
    assert make(40, seed=5) == make(40, seed=5)
    assert make(40, seed=5) != make(40, seed=6)


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
        *(
            (make, arguments, complaint)
            for make in REARRANGEMENTS
            for arguments, complaint in [
                ({"count": 0}, "count must be between 1 and 11111111000, got 0"),
                ({"count": -1}, "count must be between 1 and 11111111000, got -1"),
                ({"count": 5, "min_length": 0}, "min_length must be at least 1, got 0"),
                ({"count": 5, "max_length": 2}, "max_length must be at least 3, got 2"),
                ({"count": 5, "num_symbols": 1}, "num_symbols must be between 2 and 26, got 1"),
                ({"count": 5, "num_symbols": 27}, "num_symbols must be between 2 and 26, got 27"),
                (
                    {"count": 13, "min_length": 2, "max_length": 3, "num_symbols": 2},
                    "count must be between 1 and 12, got 13",
                ),
            ]
        ),
        (date_pairs, {"count": 0}, "count must be between 1 and 36525, got 0"),
        (date_pairs, {"count": 5, "first_year": 999}, "first_year must be between 1000 and 9999, got 999"),
        (date_pairs, {"count": 5, "last_year": 1949}, "last_year must be between 1950 and 9999, got 1949"),
        (date_pairs, {"count": 5, "last_year": 10000}, "last_year must be between 1950 and 9999, got 10000"),
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
