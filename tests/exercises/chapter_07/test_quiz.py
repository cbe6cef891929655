"""What the quiz of chapter 7 says in numbers, computed with torch."""

import math

import pytest
import torch
import torch.nn.functional as F

from s2s_course.exercises.chapter_07 import quiz as chapter_07
from s2s_course.exercises.chapter_07.attention_cost import attention_cost
from s2s_course.layers.cache import KeyValueCache
from s2s_course.layers.multihead import MultiHeadAttention, attention

from ..choices import find, right


@pytest.fixture(autouse=True)
def same_numbers_every_time():
    torch.manual_seed(0)


def layer_of(d_model=8, num_heads=2):
    return MultiHeadAttention(d_model=d_model, num_heads=num_heads).double()


def attend(layer, vectors, memory=None, mask=None):
    """Self-attention of ``vectors`` (T, D), or attention of them to ``memory``."""
    memory = vectors if memory is None else memory
    return layer(vectors[None], memory[None], mask, need_weights=True)[0][0]


def test_what_comes_out_is_exchanged_as_what_goes_in():
    layer, vectors, order = layer_of(), torch.randn(5, 8).double(), [0, 3, 2, 1, 4]
    before, after = attend(layer, vectors), attend(layer, vectors[order])
    assert torch.allclose(after, before[order])
    assert not torch.allclose(after[1], before[1]) and torch.allclose(after[1], before[3])
    assert "the vectors at places 2 and 4 are exchanged" in chapter_07.PERMUTED.text
    wanted = "The same five vectors, with those at places 2 and 4 exchanged"
    assert right(chapter_07.PERMUTED).text == wanted


def test_what_more_heads_change():
    sizes = [
        sum(p.numel() for p in MultiHeadAttention(d_model=512, num_heads=num_heads).parameters())
        for num_heads in (2, 32)
    ]
    assert sizes[0] == sizes[1]
    few, many = math.sqrt(512 / 2), math.sqrt(512 / 32)
    choice = right(chapter_07.HEADS)
    assert choice.text == f"As many parameters; {many:.0f} in place of {few:.0f}"
    assert f"√256 = {few:.0f} before, √16 = {many:.0f} now" in choice.why
    assert (512 / 2, 512 / 32) == (256, 16)
    assert find(chapter_07.HEADS, f"As many parameters; √512 ≈ {math.sqrt(512):.1f} as before")
    assert find(chapter_07.HEADS, f"{32 // 2} times as many parameters; {many:.0f} in place of {few:.0f}")
    assert find(chapter_07.HEADS, f"As many parameters; {4 * few:.0f} in place of {few:.0f}")


@pytest.mark.parametrize("size", [16, 256])
def test_the_variance_of_a_dot_product_is_its_length(size):
    query, key = torch.randn(2, 20_000, size)
    assert (query * key).sum(dim=1).var() == pytest.approx(size, rel=0.05)
    assert "Of such random products it has the variance d" in right(chapter_07.HEADS).why


def zeroed_after(scores):
    return scores.softmax(dim=-1).tril()


def test_what_comes_of_a_mask_after_the_softmax():
    value = torch.randn(4, 3).double()
    scores = torch.zeros(4, 4).double()
    assert torch.allclose((zeroed_after(scores) @ value)[0], value[0] / 4)
    scores[0, 3] = 2.0
    assert zeroed_after(scores)[0, 0] < 0.2, "a later word changes it"
    causal = torch.ones(4, 4, dtype=torch.bool).tril()
    assert scores.masked_fill(~causal, -math.inf).softmax(dim=-1)[0].tolist() == [1, 0, 0, 0]
    choice = right(chapter_07.ZEROED)
    assert choice.text == "It gets ¼ of its own value, and later words can change that ¼."
    assert "its own weight is ¼" in find(chapter_07.ZEROED, "It gets its own value").why
    assert not scores.masked_fill(~causal, -math.inf).softmax(dim=-1).isnan().any()


def test_what_twice_the_length_costs():
    cost = {T: attention_cost(T, 500, 10).item() for T in (1000, 2000)}
    projections = {T: 4 * T * 500**2 for T in cost}
    assert cost[1000] == 2e9 and projections[1000] == 1e9
    assert "takes 2 billion multiplications: half in its four projections" in chapter_07.COST.text
    choice = right(chapter_07.COST)
    assert choice.text == f"{cost[2000] / 1e9:.0f} billion"
    assert projections[2000] == 2e9 and "Projections treat each token by itself: 2 billion" in choice.why
    assert cost[2000] - projections[2000] == 4e9 and "about pairs: 4 billion" in choice.why
    assert "At T = 2D both halves are the same" in choice.why
    for T, D in ((20, 10), (600, 300)):
        assert attention_cost(T, D, 1).item() == 2 * 4 * T * D**2
    wrong = [1 + 2, 2 * 2, 4 * 2]
    assert all(find(chapter_07.COST, f"{billions} billion") for billions in wrong)


@pytest.mark.parametrize(
    ("layers", "ahead", "reached"), [(3, 1, 8), (1, 1, 6), (2, 1, 7), (3, 0, 5), (9, 0, 5)]
)
def test_how_far_a_mask_that_is_off_by_one_reaches(layers, ahead, reached):
    """By the gradient of position 5 with respect to the inputs, counted from 1."""
    mask = torch.ones(12, 12, dtype=torch.bool).tril(ahead)
    inputs = torch.randn(12, 8).double().requires_grad_()
    vectors = inputs
    for _ in range(layers):
        vectors = vectors + attend(layer_of(), vectors, mask=mask)
    [gradient] = torch.autograd.grad(vectors[4].sum(), inputs)
    seen = [t for t in range(1, 13) if gradient[t - 1].abs().sum() > 0]
    assert seen == list(range(1, reached + 1))
    if reached != 7:
        asked = layers == 3 and ahead == 1
        assert find(chapter_07.OFF_BY_ONE, f"1 to {reached}").right == asked


def test_in_cross_attention_one_new_query_does():
    layer = layer_of()
    memory, words = torch.randn(7, 8).double(), torch.randn(5, 8).double()
    whole = attend(layer, words, memory)
    kept = KeyValueCache()
    kept.append(*layer.keys_values(memory[None]))
    alone = layer(words[None, 4:], None, cache=kept)[0][0]
    assert torch.allclose(alone[0], whole[4])
    assert right(chapter_07.CROSS).text == "A query for the newest word"


def test_in_self_attention_the_newest_word_needs_all_three():
    layer, words = layer_of(), torch.randn(5, 8).double()
    causal = torch.ones(5, 5, dtype=torch.bool).tril()
    whole = attend(layer, words, mask=causal)
    assert torch.allclose(attend(layer, words[:4], mask=causal[:4, :4]), whole[:4]), "earlier ones stay"
    assert not torch.allclose(attend(layer, words[4:], words[:4])[0], whole[4]), (
        "without its own key and value"
    )
    assert find(chapter_07.CROSS, "A query, a key and a value").why.startswith("So does self-attention")


def test_attention_here_is_that_of_torch():
    query, key, value = torch.randn(3, 1, 2, 5, 4).double()
    assert torch.allclose(attention(query, key, value)[0], F.scaled_dot_product_attention(query, key, value))
