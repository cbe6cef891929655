"""Each way to bring positions in, against its formula or against what it promises."""

import math

import pytest
import torch

from s2s_course.layers.positions import POSITIONS, RelativeBias, frequencies, sinusoids

B, H, T, S, D = 2, 3, 5, 7, 12


def make(name, **choices):
    torch.manual_seed(0)
    return POSITIONS[name](**{"d_model": D, "num_heads": H, "max_length": 50, **choices})


def test_sinusoids_are_the_formula():
    table = sinusoids(torch.arange(9), D)
    for t in range(9):
        for i in range(D // 2):
            angle = t / 10_000 ** (2 * i / D)
            assert table[t, 2 * i].item() == pytest.approx(math.sin(angle), abs=1e-12)
            assert table[t, 2 * i + 1].item() == pytest.approx(math.cos(angle), abs=1e-12)


@pytest.mark.parametrize("name", ["sinusoidal", "learned"])
def test_each_position_is_added_to_every_row_of_the_batch(name):
    positions = make(name)
    zeros = torch.zeros(B, T, D)
    added = positions.embed(zeros)
    assert torch.equal(added[0], added[1])  # the batch axis is none of time
    assert not torch.allclose(added[:, 0], added[:, 1])
    vectors = torch.randn(B, T, D)
    assert torch.allclose(positions.embed(vectors) - vectors, added, atol=1e-6)
    assert torch.allclose(positions.embed(zeros[:, :2], 3), added[:, 3:5])


def test_concatenated_leaves_the_word_and_puts_the_same_sines_behind_it():
    positions = make("concatenated")
    words = torch.randn(B, T, positions.word_size)
    told = positions.embed(words, 2)
    assert told.shape == (B, T, D) and positions.word_size == D - D // 4
    assert torch.equal(told[..., : positions.word_size], words)
    for row in told[..., positions.word_size :]:
        assert torch.allclose(row, sinusoids(torch.arange(2, 2 + T), D // 4).float())


@pytest.mark.parametrize("name", POSITIONS)
def test_what_a_way_does_not_do_stays_as_it_is(name):
    positions, here = make(name), torch.arange(T)
    vectors, heads = torch.randn(B, T, D), torch.randn(B, H, T, D // H)
    does = {
        "embed": not torch.equal(positions.embed(vectors), vectors),
        "bias": positions.bias(here, torch.arange(S)) is not None,
        "rotate": not torch.equal(positions.rotate(heads), heads),
    }
    expected = {
        "sinusoidal": "embed",
        "concatenated": "embed",
        "learned": "embed",
        "relative": "bias",
        "alibi": "bias",
        "rotary": "rotate",
    }
    assert does == {what: expected.get(name) == what for what in does}


@pytest.mark.parametrize("name", ["relative", "alibi"])
def test_a_bias_depends_on_the_distance_only(name):
    positions = make(name)
    near = positions.bias(torch.arange(T), torch.arange(S))
    far = positions.bias(torch.arange(100, 100 + T), torch.arange(100, 100 + S))
    assert near.shape == (1, H, T, S)
    assert torch.allclose(near, far)
    assert not torch.allclose(near[0, 0, 0, 1], near[0, 0, 0, 4])


def test_alibi_is_a_slope_for_each_head():
    bias = make("alibi", num_heads=8, d_model=16).bias(torch.arange(4), torch.arange(4))
    for head in range(8):
        for t in range(4):
            for s in range(4):
                assert bias[0, head, t, s].item() == pytest.approx(-abs(t - s) / 2 ** (head + 1))


def test_alibi_has_the_papers_slopes_for_another_number_of_heads():
    bias = make("alibi", num_heads=4, d_model=16).bias(torch.tensor([0]), torch.tensor([1]))
    assert bias.flatten().tolist() == [-1 / 4, -1 / 16, -1 / 64, -1 / 256]


def test_a_fresh_relative_bias_is_small():
    torch.manual_seed(0)
    table = make("relative", num_heads=64, d_model=64).table.weight
    assert table.std().item() == pytest.approx(0.02, rel=0.1)


def test_a_fresh_learned_table_is_as_large_as_torchs():
    torch.manual_seed(0)
    assert make("learned", d_model=64, max_length=100).table.weight.std().item() == pytest.approx(1, rel=0.1)


@pytest.mark.parametrize("name", ["sinusoidal", "concatenated", "rotary"])
def test_a_table_gives_what_computing_gives_in_any_order_and_precision(name):
    """Also where it must grow, and where it was made while nothing kept track of gradients."""
    positions = make(name, d_model=16, num_heads=2)
    for dtype in (torch.float32, torch.float64, torch.float32):
        like = torch.zeros(1, 1, 1, 8, dtype=dtype)
        for first, count in ((0, 1), (3, 3), (698, 3), (31, 1), (32, 1)):
            with torch.inference_mode():
                rows = positions.rows(first, count, like)
            assert rows.dtype == dtype
            assert torch.equal(rows, positions.compute(torch.arange(first, first + count), like))
    vectors = torch.randn(1, 2, 3, 8, requires_grad=True)
    if name == "rotary":
        (positions.rotate(vectors) ** 2).sum().backward()
        assert torch.allclose(vectors.grad, 2 * vectors.detach(), atol=1e-5)


def test_relative_buckets_are_exact_when_near_and_together_when_far():
    bucket = RelativeBias(d_model=D, num_heads=H, max_length=9)._bucket
    back, ahead = bucket(-torch.arange(300)[None])[0], bucket(torch.arange(300)[None])[0]
    assert back[:8].tolist() == list(range(8))
    assert ahead[1:8].tolist() == list(range(17, 24))
    assert (back[1:] >= back[:-1]).all() and back.max() == 15 and (back[128:] == 15).all()
    assert ahead.max() == 31
    assert set(back[1:].tolist()).isdisjoint(ahead[1:].tolist())


def test_rotation_keeps_lengths_and_scores_depend_on_the_distance():
    positions = make("rotary")
    query, key = torch.randn(2, 1, H, 1, D // H, dtype=torch.float64)
    turned = [positions.rotate(query, t) for t in (0, 3, 40)]
    for vector in turned:
        assert torch.allclose(vector.norm(dim=-1), query.norm(dim=-1))
    assert torch.equal(turned[0], query)
    scores = [(positions.rotate(query, t) * positions.rotate(key, t - 2)).sum(-1) for t in (2, 9, 45)]
    assert torch.allclose(scores[0], scores[1]) and torch.allclose(scores[0], scores[2])


def test_rotary_turns_pairs_as_complex_numbers():
    positions = make("rotary")
    heads = torch.randn(B, H, T, D // H, dtype=torch.float64)
    angles = torch.arange(T)[:, None] * frequencies(D // H)
    as_complex = torch.view_as_complex(heads.unflatten(-1, (-1, 2))) * torch.polar(
        torch.ones_like(angles), angles
    )
    expected = torch.view_as_real(as_complex).flatten(-2)
    assert torch.allclose(positions.rotate(heads), expected, atol=1e-12)


def test_rotary_turns_the_second_of_four_pairs_by_a_tenth():
    """10,000 to the power of -2 / 8: at position 5 the first pair is turned by 5 radians, the next by 0.5."""
    turned = make("rotary", d_model=8, num_heads=1).rotate(
        torch.tensor([1.0, 0.0] * 4, dtype=torch.float64).view(1, 1, 1, 8), 5
    )
    angles = torch.tensor([5.0, 0.5, 0.05, 0.005], dtype=torch.float64)
    assert torch.allclose(turned.view(4, 2), torch.stack([angles.cos(), angles.sin()], dim=1), atol=1e-12)


def test_a_learned_table_ends():
    with pytest.raises(ValueError, match=r"positions must be below max_length 4, .*, got 4"):
        make("learned", max_length=4).embed(torch.zeros(1, 5, D))


def test_rotary_needs_pairs():
    with pytest.raises(ValueError, match="d_model / num_heads must be even for rotary positions, got 9 / 3"):
        make("rotary", d_model=9)
