"""Mistakes of chapter 8 as a learner may write them: other code than ours, the same name for the mistake."""

import math

import pytest
import torch

from s2s_course.exercises.chapter_08 import add_positions, alibi_bias, rotate, sinusoids
from s2s_course.exercises.engine.checker import diagnose

from ..lookup import message_of
from .test_references import EXERCISES, rotate_in_the_complex_plane, scores_of


def function_of(exercise_id, name):
    [found] = [m.wrong for m in EXERCISES[exercise_id].misconceptions if m.name == name]
    return found


def table_of(angles):
    return torch.stack([angles.sin(), angles.cos()], dim=2).reshape(len(angles), -1)


def exponent_of_pairs(length, d_model):
    factors = torch.tensor([10000 ** -(i / d_model) for i in range(d_model // 2)]).double()
    return table_of(torch.outer(torch.arange(length).double(), factors))


def arange_by_twos_and_twice(length, d_model):
    factors = 10000 ** (-2 * torch.arange(0, d_model, 2).double() / d_model)
    return table_of(torch.outer(torch.arange(length).double(), factors))


def by_the_column(length, d_model):
    table = torch.zeros(length, d_model).double()
    for t in range(length):
        for column in range(d_model):
            angle = t / 10000 ** (2 * column / d_model)
            table[t, column] = math.cos(angle) if column % 2 else math.sin(angle)
    return table


def of_tensor_to_tensor(length, d_model):
    factors = 10000 ** (-torch.arange(0, d_model, 2).double() / d_model)
    angles = torch.outer(torch.arange(length).double(), factors)
    return torch.concat((torch.sin(angles), torch.cos(angles)), -1)


def without_the_minus(length, d_model):
    factors = torch.exp(torch.arange(0, d_model, 2).double() * math.log(10000) / d_model)
    return table_of(torch.outer(torch.arange(length).double(), factors))


def of_an_old_tutorial(vectors, table):
    return vectors + table.unsqueeze(1)[: vectors.size(0)]


def started_at_one(vectors, table):
    return vectors + table[torch.arange(1, vectors.size(1) + 1)]


def next_to_each_other(vectors, table):
    rows = table[: vectors.size(1)].unsqueeze(0).repeat(len(vectors), 1, 1)
    return torch.cat((vectors, rows), dim=-1)


def numbered_through(vectors, table):
    count = vectors.shape[0] * vectors.shape[1]
    return vectors + table[torch.arange(count).view(vectors.shape[:2])]


def bias_of_the_code_for_decoders(length, num_heads):
    slopes = torch.tensor([2 ** (-8 * (h + 1) / num_heads) for h in range(num_heads)])
    here = torch.arange(length)
    return slopes[:, None, None] * (here[None, :] - here[:, None])


def slopes_from_one(length, num_heads):
    here = torch.arange(length)
    slopes = torch.tensor([2 ** (-8 * h / num_heads) for h in range(num_heads)])
    return -slopes.view(-1, 1, 1) * (here[None, :] - here[:, None]).abs()


def halving_slopes(length, num_heads):
    here = torch.arange(length)
    return -(0.5 ** torch.arange(1, num_heads + 1))[:, None, None] * (here[None, :] - here[:, None]).abs()


def causal_alibi(length, num_heads):
    future = torch.ones(length, length, dtype=torch.bool).triu(1)
    return torch.where(future, -torch.inf, alibi_bias.alibi_bias(length, num_heads))


def rotate_half(heads):
    """As in programs that split a head in the middle."""
    T, d = heads.shape[-2:]
    angles = (torch.arange(T)[:, None] * 10000 ** (-torch.arange(0, d, 2) / d)).repeat(1, 2)
    first, second = heads.chunk(2, dim=-1)
    return heads * angles.cos() + torch.cat([-second, first], dim=-1) * angles.sin()


def conjugated(heads):
    """Turn what is mirrored, and mirror it back."""
    signs = torch.tensor([1.0, -1.0]).repeat(heads.shape[-1] // 2)
    return rotate_in_the_complex_plane(heads * signs) * signs


def one_step_further(heads):
    return rotate_in_the_complex_plane(torch.cat([heads[:, :, :1], heads], dim=2))[:, :, 1:]


def in_place(heads):
    T, d = heads.shape[-2:]
    angles = torch.arange(T)[:, None] * 10000 ** (-torch.arange(0, d, 2) / d)
    heads = heads.clone()
    heads[..., 0::2] = heads[..., 0::2] * angles.cos() - heads[..., 1::2] * angles.sin()
    heads[..., 1::2] = heads[..., 0::2] * angles.sin() + heads[..., 1::2] * angles.cos()
    return heads


def cache_that_forgets(first, num_queries, num_keys):
    return torch.arange(num_keys)[None, :] - torch.arange(num_queries)[:, None]


def query_first(first, num_queries, num_keys):
    return torch.arange(first, first + num_queries)[:, None] - torch.arange(num_keys)[None, :]


def last_rows(first, num_queries, num_keys):
    here = torch.arange(num_keys)
    return (here[None, :] - here[:, None])[-num_queries:]


def one_by_one(first, num_queries, num_keys):
    return (torch.arange(num_keys) - first)[None]


@pytest.mark.parametrize(
    "exercise_id, answer, name",
    [
        ("8.1", exponent_of_pairs, "i / D in the exponent"),
        ("8.1", arange_by_twos_and_twice, "factor 2 twice"),
        ("8.1", by_the_column, "another angle in each column"),
        ("8.1", of_tensor_to_tensor, "sines first, then cosines"),
        ("8.1", without_the_minus, "faster in place of slower"),
        ("8.2", of_an_old_tutorial, "the bug is still there"),
        ("8.2", started_at_one, "positions counted from 1"),
        ("8.2", next_to_each_other, "joined in place of added"),
        ("8.2", numbered_through, "counted on from sentence to sentence"),
        ("8.3", bias_of_the_code_for_decoders, "no absolute value"),
        ("8.3", slopes_from_one, "heads counted from 0"),
        ("8.3", halving_slopes, "slopes of eight heads"),
        ("8.3", causal_alibi, "mixed up with the causal mask"),
        ("8.4", rotate_half, "halves in place of neighbors"),
        ("8.4", conjugated, "turned the other way"),
        ("8.4", one_step_further, "positions counted from 1"),
        ("8.4", in_place, "x overwritten too early"),
        ("8.5", cache_that_forgets, "first forgotten"),
        ("8.5", query_first, "query minus key"),
        ("8.5", last_rows, "queries at the end of the keys"),
        ("8.5", one_by_one, "one query for all"),
    ],
)
def test_a_mistake_written_in_another_way_is_named(exercise_id, answer, name):
    assert diagnose(EXERCISES[exercise_id], answer).misconception == name


def test_a_table_that_is_added_in_place_is_told():
    def added_in_place(vectors, table):
        vectors += table[: vectors.shape[1]]
        return vectors

    result = diagnose(EXERCISES["8.2"], added_in_place)
    assert result.fault == "modified" and "vectors in place" in result.message


def test_turned_the_other_way_before_and_after_are_exchanged():
    query, key = torch.randn(2, 8)
    scores = scores_of(rotate.rotate, query, key)
    clockwise = scores_of(function_of("8.4", "turned the other way"), query, key)
    assert torch.allclose(clockwise, scores.T, atol=1e-4) and not torch.allclose(clockwise, scores, atol=0.1)
    assert "before and after are exchanged" in message_of("8.4", "turned the other way")


def test_with_positions_counted_from_1_the_scores_are_the_same():
    query, key = torch.randn(2, 8)
    from_one = scores_of(function_of("8.4", "positions counted from 1"), query, key)
    assert torch.allclose(from_one, scores_of(rotate.rotate, query, key), atol=1e-4)
    assert "scores would be the same" in message_of("8.4", "positions counted from 1")


def test_with_halves_scores_depend_on_the_distance_too():
    scores = scores_of(rotate_half, *torch.randn(2, 8))
    assert torch.allclose(scores[1:, 1:], scores[:-1, :-1], atol=1e-5)
    assert "just as good to train with" in message_of("8.4", "halves in place of neighbors")


def test_what_speeds_are_told_to_be_is_so():
    slowest = 10000 ** (-(64 // 2 - 1) / 64)
    assert slowest == pytest.approx(1 / 100, rel=0.2)
    assert sinusoids.sinusoids(2, 64)[1, 62].item() == pytest.approx(1 / 10000, rel=0.4)
    told = message_of("8.1", "i / D in the exponent")
    assert "about 1 / 100 of a radian a step in place of about 1 / 10000" in told


def test_row_0_of_sinusoids_is_half_zeros():
    assert sinusoids.sinusoids(1, 6).tolist() == [[0, 1, 0, 1, 0, 1]]
    assert "row 0 is half zeros" in message_of("8.2", "multiplied")
    assert add_positions.add_positions(torch.zeros(1, 1, 6), sinusoids.sinusoids(4, 6)).sum() == 3


def test_the_last_slope_is_told_rightly():
    for num_heads in (1, 3, 8, 16):
        assert -alibi_bias.alibi_bias(2, num_heads)[-1, 0, 1] == 2**-8
    assert -halving_slopes(2, 16)[-1, 0, 1] == 2**-16
    assert "with 16 heads yours would end at 2 ** -16" in message_of("8.3", "slopes of eight heads")
