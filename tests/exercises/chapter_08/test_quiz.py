"""What the quiz of chapter 8 says in numbers, computed with torch."""

import math

import pytest
import torch
from torch import nn

from s2s_course.exercises.chapter_08 import quiz as chapter_08
from s2s_course.layers.positions import ALiBi, Learned, Rotary, sinusoids

from ..choices import find, right


@pytest.fixture(autouse=True)
def same_numbers_every_time():
    torch.manual_seed(0)


@pytest.mark.parametrize(
    ("layers", "causal", "differs"), [(1, True, False), (6, False, False), (2, True, True), (6, True, True)]
)
def test_when_a_network_without_positions_hears_of_the_order(layers, causal, differs):
    """On torch's own encoder, in both orders of two words before a third."""
    layer = nn.TransformerEncoderLayer(8, 2, 16, dropout=0.0, batch_first=True)
    network = nn.TransformerEncoder(layer, layers, enable_nested_tensor=False).double().eval()
    for parameter in network.parameters():
        nn.init.normal_(parameter)
    a, b, c = torch.randn(3, 8).double()
    mask = torch.ones(3, 3, dtype=torch.bool).triu(1) if causal else None
    with torch.no_grad():
        one, other = (network(torch.stack(words)[None], mask=mask)[0] for words in ((a, b, c), (b, a, c)))
    assert torch.allclose(one[2], other[2]) != differs
    choices = {(1, True): "One layer with a causal", (6, False): "Six layers", (2, True): "Two layers with a"}
    if (layers, causal) in choices:
        assert find(chapter_08.WITHOUT_POSITIONS, choices[layers, causal]).right == differs


def test_rows_of_a_learned_table_that_are_never_used():
    way = Learned(d_model=4, num_heads=1, max_length=512)
    drawn = way.table.weight.detach().clone()
    optimizer = torch.optim.Adam(way.parameters(), lr=0.1)
    for length in (60, 17, 42):
        optimizer.zero_grad()
        way.embed(torch.randn(3, length, 4)).square().sum().backward()
        assert way.table.weight.grad[60:].abs().sum() == 0
        optimizer.step()
    trained = way.table.weight.detach()
    assert torch.equal(trained[60:], drawn[60:]) and (trained[:60] != drawn[:60]).any(dim=1).all()
    assert (drawn[60:100].norm(dim=1) > 0).all(), "not zero"
    added = way.embed(torch.zeros(1, 100, 4))[0]
    untouched = sum(torch.equal(added[t], drawn[t]) for t in range(100))
    assert right(chapter_08.LEARNED_TABLE).text.startswith(f"It runs, and {untouched} tokens get the random")
    assert "rows 60 to 99" in right(chapter_08.LEARNED_TABLE).why
    assert way.embed(torch.zeros(1, 512, 4)).shape == (1, 512, 4)
    with pytest.raises(ValueError, match="512"):
        way.embed(torch.zeros(1, 513, 4))
    assert "from token 513 on" in right(chapter_08.LEARNED_TABLE).why


def test_adding_is_joining_with_the_same_half_twice():
    W, V = torch.randn(64, 64).double(), torch.randn(64, 128).double()
    e, p = torch.randn(2, 64).double()
    assert torch.allclose(W @ (e + p), torch.cat([W, W], dim=1) @ torch.cat([e, p]))
    assert torch.allclose(V @ torch.cat([e, p]), V[:, :64] @ e + V[:, 64:] @ p)
    assert f"64 · 128 = {V.numel():,} numbers in place of {W.numel():,}" in right(chapter_08.ADDED).why


def test_a_sum_can_be_taken_apart_where_words_and_positions_use_other_directions():
    directions = nn.init.orthogonal_(torch.empty(64, 64, dtype=torch.float64))
    e, p = directions[:, :40] @ torch.randn(40).double(), directions[:, 40:] @ torch.randn(24).double()
    W = directions[:, :40] @ directions[:, :40].T
    assert torch.allclose(W @ (e + p), e)
    assert "some W keeps the one and wipes out the other" in find(chapter_08.ADDED, "Only B").why


def score_of_rotary(query, key, t, s):
    way = Rotary(d_model=8, num_heads=1, max_length=200)
    turned = [
        way.rotate(vector.expand(1, 1, 1, -1), position).flatten()
        for vector, position in ((query, t), (key, s))
    ]
    return (turned[0] @ turned[1]).item()


def test_which_places_have_the_same_rotary_score():
    query, key = torch.randn(2, 8).double()
    score = score_of_rotary(query, key, 7, 4)
    for t, s in ((107, 104), (4, 7), (14, 8)):
        choice = find(chapter_08.ROTARY, f"q at {t} and k at {s}")
        same = score_of_rotary(query, key, t, s) == pytest.approx(score, abs=1e-9)
        assert choice.right == same
    assert "a query q at position 7 and a key k at position 4" in chapter_08.ROTARY.text
    assert score_of_rotary(query, query, 7, 4) == pytest.approx(score_of_rotary(query, query, 4, 7)), (
        "the special form"
    )


def test_how_much_more_weight_a_near_word_gets():
    """Of 8 heads the first has the slope 1/2, the last 1/256."""
    way = ALiBi(d_model=8, num_heads=8, max_length=9)
    weights = way.bias(torch.tensor([5]), torch.arange(5))[0, :, 0].double().softmax(dim=-1)
    ratios = (weights[:, 4] / weights[:, 0]).tolist()
    assert [-way.bias(torch.tensor([0]), torch.tensor([1])).flatten()[h].item() for h in (0, 7)] == [
        1 / 2,
        1 / 256,
    ]
    choice = right(chapter_08.ALIBI)
    assert choice.text == f"About {ratios[0]:.1f} times as much"
    assert f"e² ≈ {math.exp(2):.1f}" in choice.why and ratios[0] == pytest.approx(math.exp(2))
    assert f"it would be {100 * (ratios[7] - 1):.1f} percent more" in choice.why
    assert f"e^(−1/2) ≈ {math.exp(-0.5):.2f}" in find(chapter_08.ALIBI, f"{2**4} times").why
    assert find(chapter_08.ALIBI, f"{(5 - 1) / 2:.0f} more")
    assert find(chapter_08.ALIBI, "5 times as much")


def scores_with_sinusoids(words, W_q, W_k, first):
    vectors = words + sinusoids(torch.arange(first, first + len(words)), words.shape[1])
    return (vectors @ W_q.T) @ (vectors @ W_k.T).T


def test_what_a_shift_does_to_sinusoids():
    words = torch.randn(6, 8).double()
    W_q, W_k = torch.randn(2, 8, 8).double()
    before, after = (scores_with_sinusoids(words, W_q, W_k, first) for first in (0, 1))
    assert (before - after).abs().max() > 0.1, "they change"
    change = after - before
    assert (change - change[:, :1]).abs().max() > 0.1, "and not by the same number for all keys"
    assert not torch.allclose(before.softmax(dim=-1), after.softmax(dim=-1), atol=1e-2)
    table = sinusoids(torch.arange(30), 8)
    products = table @ table.T
    assert torch.allclose(products[:-1, :-1], products[1:, 1:]), "but products of rows depend on the distance"
    assert right(chapter_08.SHIFTED).text.startswith("They change")


def test_the_product_of_word_and_position_shifts_even_without_projections():
    words, eye = torch.randn(6, 8).double(), torch.eye(8).double()
    change = scores_with_sinusoids(words, eye, eye, 1) - scores_with_sinusoids(words, eye, eye, 0)
    assert change.abs().max() > 0.1
    assert "such as a word with a position" in find(chapter_08.SHIFTED, "They stay: the dot product").why


def test_rotary_and_alibi_do_not_feel_a_shift():
    vectors = torch.randn(1, 1, 6, 8).double()
    way = Rotary(d_model=8, num_heads=1, max_length=20)
    scores = [way.rotate(vectors, first) @ way.rotate(vectors.flip(-1), first).mT for first in (0, 1)]
    assert torch.allclose(*scores)
    alibi = ALiBi(d_model=8, num_heads=2, max_length=20)
    biases = [alibi.bias(here, here) for here in (torch.arange(6), torch.arange(1, 7))]
    assert torch.equal(*biases)
