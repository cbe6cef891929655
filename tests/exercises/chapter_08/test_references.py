"""The references of chapter 8 against the definitions and the course's layers, and other right answers."""

import itertools
import math

import pytest
import torch
import torch.nn.functional as F

from s2s_course.exercises.chapter_08 import add_positions, alibi_bias, relative_distance, rotate, sinusoids
from s2s_course.exercises.engine.checker import diagnose
from s2s_course.layers import positions as layers

from ..float64 import is_close
from ..lookup import draws_of

MODULES = (sinusoids, add_positions, alibi_bias, rotate, relative_distance)
EXERCISES = {module.EXERCISE.id: module.EXERCISE for module in MODULES}


def test_ids_and_functions():
    assert list(EXERCISES) == [f"8.{number}" for number in range(1, 6)]
    assert all(len(exercise.misconceptions) >= 5 for exercise in EXERCISES.values())


def sinusoids_by_loops(length, d_model):
    """Section 3.5, a number at a time."""
    table = torch.zeros(length, d_model, dtype=torch.float64)
    for t, i in itertools.product(range(length), range(d_model // 2)):
        angle = t / 10000 ** (2 * i / d_model)
        table[t, 2 * i], table[t, 2 * i + 1] = math.sin(angle), math.cos(angle)
    return table


def test_sinusoids_by_loops_and_of_the_layer():
    for length, d_model in draws_of("8.1"):
        table = sinusoids.sinusoids(length, d_model)
        assert table.dtype == torch.float64 and is_close(table, sinusoids_by_loops(length, d_model))
        assert is_close(table, layers.sinusoids(torch.arange(length), d_model))


def test_a_step_of_sinusoids_is_a_rotation_of_each_pair():
    """As the message on another angle in each column says: the same one for all positions."""
    table = sinusoids.sinusoids(20, 6).unflatten(1, (3, 2))
    for i in range(3):
        before, after = table[:-1, i], table[1:, i]
        step = torch.linalg.lstsq(before, after).solution
        assert is_close(before @ step, after) and is_close(step @ step.T, torch.eye(2).double())


def add_by_loops(vectors, table):
    rows = [[word + table[t] for t, word in enumerate(sentence)] for sentence in vectors]
    return torch.stack([torch.stack(row) for row in rows])


def test_add_positions_word_by_word_and_in_the_layer():
    for vectors, table in draws_of("8.2"):
        D = vectors.shape[2]
        mine = add_positions.add_positions(vectors, table)
        assert torch.equal(mine, add_by_loops(vectors, table))
        layer = layers.Learned(d_model=D, num_heads=1, max_length=len(table))
        layer.table.weight.data = table
        assert torch.equal(mine, layer.embed(vectors))


def test_the_bug_of_add_positions_is_as_the_goal_tells():
    """The words of a sentence get one vector, and another one at another place of the batch."""
    sentence, table = torch.zeros(4, 3), torch.randn(9, 3)
    added = add_positions.sliced_along_the_batch(torch.stack([sentence, sentence]), table)
    for b in range(2):
        assert torch.equal(added[b], table[b].expand(4, 3))
    words_first = torch.zeros(4, 2, 3)
    assert torch.equal(add_positions.sliced_along_the_batch(words_first, table)[:, 0], table[:4])


def test_the_draws_of_add_positions_hold_what_is_hard():
    sizes = [(len(vectors), vectors.shape[1]) for vectors, _ in draws_of("8.2")]
    assert any(B == T for B, T in sizes) and any(B > T for B, T in sizes) and any(B < T for B, T in sizes)
    rows = [(len(table), *vectors.shape[:2]) for vectors, table in draws_of("8.2")]
    assert any(P > B * T for P, B, T in rows) and any(T < P < B for P, B, T in rows)


def alibi_by_loops(length, num_heads):
    bias = torch.zeros(num_heads, length, length)
    for h, t, s in itertools.product(range(num_heads), range(length), range(length)):
        bias[h, t, s] = -abs(t - s) / 2 ** (8 * (h + 1) / num_heads)
    return bias


def test_alibi_by_loops_and_of_the_layer():
    for length, num_heads in draws_of("8.3"):
        bias = alibi_bias.alibi_bias(length, num_heads)
        here = torch.arange(length)
        layer = layers.ALiBi(d_model=num_heads, num_heads=num_heads, max_length=length)
        assert bias.dtype == torch.float32 and torch.equal(bias[None], layer.bias(here, here))
        assert length > 30 or torch.allclose(bias, alibi_by_loops(length, num_heads), rtol=1e-6)


def test_the_slopes_of_the_paper_for_eight_heads():
    slopes = -alibi_bias.alibi_bias(2, 8)[:, 0, 1]
    assert slopes.tolist() == [1 / 2**h for h in range(1, 9)]


def rotate_in_the_complex_plane(heads):
    T, d = heads.shape[-2:]
    angles = torch.arange(T)[:, None] * 10000 ** (-torch.arange(0, d, 2) / d)
    points = torch.view_as_complex(heads.unflatten(-1, (-1, 2)).contiguous())
    return torch.view_as_real(points * torch.polar(torch.ones_like(angles), angles)).flatten(-2)


def test_rotate_is_a_product_of_complex_numbers_and_that_of_the_layer():
    for (heads,) in draws_of("8.4"):
        turned = rotate.rotate(heads)
        assert torch.allclose(turned, rotate_in_the_complex_plane(heads), atol=1e-5)
        layer = layers.Rotary(
            d_model=heads.shape[1] * heads.shape[3], num_heads=heads.shape[1], max_length=99
        )
        assert torch.allclose(turned, layer.rotate(heads), atol=1e-6)
        assert torch.allclose(turned.norm(dim=-1), heads.norm(dim=-1), atol=1e-5)


def test_a_quarter_turn_goes_from_x_to_y():
    """The first pair turns by 1 radian a step: after a step it lies at an angle of 1."""
    heads = torch.tensor([1.0, 0.0, 1.0, 0.0]).expand(1, 1, 2, 4)
    turned = rotate.rotate(heads)[0, 0, 1].tolist()
    assert turned == pytest.approx([math.cos(1), math.sin(1), math.cos(0.01), math.sin(0.01)], abs=1e-6)


def scores_of(function, query, key, length=9):
    """The scores of one query vector and one key vector at all pairs of places."""
    queries, keys = (function(vector.expand(1, 1, length, -1))[0, 0] for vector in (query, key))
    return queries @ keys.T


def test_the_score_of_turned_vectors_depends_on_the_distance_alone():
    query, key = torch.randn(2, 6)
    scores = scores_of(rotate.rotate, query, key)
    for distance in range(-8, 9):
        diagonal = scores.diagonal(distance)
        assert torch.allclose(diagonal, diagonal[:1].expand_as(diagonal), atol=1e-5)
    assert scores[0].std() > 0.1
    assert "does not change when both move on by the same number" in EXERCISES["8.4"].goal


def test_relative_distance_by_its_definition():
    for first, num_queries, num_keys in draws_of("8.5"):
        distances = relative_distance.relative_distance(first, num_queries, num_keys)
        assert distances.dtype == torch.int64 and num_keys >= first + num_queries
        assert distances.tolist() == [
            [s - t for s in range(num_keys)] for t in range(first, first + num_queries)
        ]


def test_with_a_cache_distances_are_rows_of_those_without():
    everything = relative_distance.relative_distance(0, 12, 12)
    assert torch.equal(relative_distance.relative_distance(7, 5, 12), everything[7:])
    for written in range(1, 12):
        step = relative_distance.relative_distance(written, 1, written + 1)
        assert torch.equal(step[0], everything[written, : written + 1]) and step[0, -1] == 0


def test_the_draws_of_relative_distance_hold_what_is_hard():
    draws = draws_of("8.5")
    assert any(first == 0 for first, *_ in draws) and any(T == 1 for _, T, _ in draws)
    assert any(first + T == S for first, T, S in draws) and any(first + T < S for first, T, S in draws)


def sinusoids_by_exp_in_float32(length, d_model):
    """As most programs do it; float64 only at the end."""
    table = torch.zeros(length, d_model)
    positions = torch.arange(length).unsqueeze(1)
    factors = torch.exp(torch.arange(0, d_model, 2) * (-math.log(10000.0) / d_model))
    table[:, 0::2], table[:, 1::2] = torch.sin(positions * factors), torch.cos(positions * factors)
    return table.double()


def sinusoids_in_the_complex_plane(length, d_model):
    return (
        torch.view_as_real(
            torch.polar(
                torch.ones(length, d_model // 2, dtype=torch.float64),
                torch.outer(torch.arange(length).double(), layers.frequencies(d_model)),
            )
        )
        .flip(-1)
        .reshape(length, d_model)
    )


def add_by_embedding(vectors, table):
    positions = torch.arange(vectors.size(1)).expand(vectors.shape[:2])
    return F.embedding(positions, table) + vectors


def alibi_with_torch_dist(length, num_heads):
    here = torch.arange(length).float().unsqueeze(1)
    slopes = torch.tensor([2 ** (-8 * h / num_heads) for h in range(1, num_heads + 1)])
    return torch.einsum("h, ts -> hts", -slopes, torch.cdist(here, here, p=1))


def alibi_by_powers(length, num_heads):
    start = 2 ** (-(8 / num_heads))
    slopes = torch.tensor([start**h for h in range(1, num_heads + 1)]).view(-1, 1, 1)
    return slopes * -(torch.arange(length)[None, :, None] - torch.arange(length)).abs()


def rotate_by_repeated_angles(heads):
    """x cos + rotate_every_two(x) sin."""
    T, d = heads.shape[-2:]
    angles = torch.arange(T)[:, None] * 10000 ** (-torch.arange(0, d, 2) / d)
    cos, sin = (values.repeat_interleave(2, dim=-1) for values in (angles.cos(), angles.sin()))
    crossed = torch.stack([-heads[..., 1::2], heads[..., ::2]], dim=-1).flatten(-2)
    return heads * cos + crossed * sin


def distance_by_outer(first, num_queries, num_keys):
    return -torch.arange(first, first + num_queries)[:, None] + torch.arange(num_keys)[None]


def distance_by_rows_of_all(first, num_queries, num_keys):
    everything = torch.arange(num_keys) - torch.arange(num_keys)[:, None]
    return everything[first : first + num_queries]


@pytest.mark.parametrize(
    "exercise_id, answer",
    [
        ("8.1", sinusoids_by_loops),
        ("8.1", sinusoids_by_exp_in_float32),
        ("8.1", sinusoids_in_the_complex_plane),
        ("8.2", add_by_loops),
        ("8.2", add_by_embedding),
        ("8.3", alibi_with_torch_dist),
        ("8.3", alibi_by_powers),
        ("8.4", rotate_in_the_complex_plane),
        ("8.4", rotate_by_repeated_angles),
        ("8.5", distance_by_outer),
        ("8.5", distance_by_rows_of_all),
    ],
)
def test_an_answer_that_is_right_in_another_way_passes(exercise_id, answer):
    for seed in range(3):
        result = diagnose(EXERCISES[exercise_id], answer, seed=seed)
        assert result.passed, result
