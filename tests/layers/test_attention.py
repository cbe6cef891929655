"""Every score and window against loops over single pairs of a query and an encoder state, in float64."""

import math

import pytest
import torch
import torch.nn.functional as F

from s2s_course.layers.attention import SCORES, WINDOWS, Attention

B, T, S, D, M = 3, 5, 7, 11, 13
LENGTHS = torch.tensor([7, 1, 4])
SRC_MASK = torch.arange(S) < LENGTHS[:, None]
POSITION = torch.tensor([0, 2, 9])  # of the first query of each row


def make(score, **choices):
    torch.manual_seed(0)
    memory_size = D if score in ("dot", "scaled_dot") else M
    attention = Attention(score, query_size=D, memory_size=memory_size, **choices).double()
    query = torch.randn(B, T, D, dtype=torch.float64)
    memory = torch.randn(B, S, memory_size, dtype=torch.float64)
    return attention, query, memory


def one_score(attention, name, z, h, s):
    """The score of one query with one encoder state, as the paper writes it."""
    match name:
        case "dot":
            return (z * h).sum()
        case "scaled_dot":
            return (z * h).sum() / math.sqrt(D)
        case "general":
            return z @ attention.score.W.weight @ h
        case "location":
            return attention.score.W.weight[s] @ z
        case "additive" | "concat":  # v tanh(W [z; h]), one matrix
            W = torch.cat([attention.score.W.weight, attention.score.U.weight], dim=1)
            return attention.score.v.weight[0] @ torch.tanh(W @ torch.cat([z, h]))


def by_hand(attention, name, query, memory, window, window_size):
    contexts, weights = torch.zeros(B, T, memory.size(2)).double(), torch.zeros(B, T, S).double()
    for b in range(B):
        for t in range(T):
            z, exponentials = query[b, t], {}
            last = LENGTHS[b].item() - 1
            match window:
                case "local_m":
                    center = min(POSITION[b].item() + t, last)
                case "local_p":
                    inner = (attention.v.weight[0] @ torch.tanh(attention.W.weight @ z)).item()
                    center = last / (1 + math.exp(-inner))
                case "global":
                    center = None
            for s in range(LENGTHS[b]):
                if center is not None and abs(s - center) > window_size:
                    continue
                score = one_score(attention, name, z, memory[b, s], s)
                gaussian = 1.0
                if window == "local_p":
                    gaussian = math.exp(-((s - center) ** 2) / (2 * (window_size / 2) ** 2))
                exponentials[s] = score.exp() * gaussian
            total = sum(exponentials.values())
            for s, exponential in exponentials.items():
                weights[b, t, s] = exponential / total
                contexts[b, t] += weights[b, t, s] * memory[b, s]
    return contexts, weights


@pytest.mark.parametrize("name", SCORES)
@pytest.mark.parametrize(
    ("window", "window_size"), [("global", 3), ("local_m", 1), ("local_p", 1), ("local_p", 3)]
)
def test_equals_the_equations_one_pair_at_a_time(name, window, window_size):
    attention, query, memory = make(name, window=window, window_size=window_size)
    context, weights = attention(query, attention.score.keys(memory), memory, SRC_MASK, POSITION)
    expected_context, expected_weights = by_hand(attention, name, query, memory, window, window_size)
    assert torch.allclose(weights, expected_weights, atol=1e-10, rtol=0)
    assert torch.allclose(context, expected_context, atol=1e-10, rtol=0)


def test_attention_sees_the_whole_source_unless_told_and_then_three_words_on_each_side():
    for choices, seen in (({}, range(7)), ({"window": "local_m"}, range(1, 7))):
        attention, query, memory = make("general", **choices)
        every_word, fourth = torch.ones(B, S, dtype=torch.bool), torch.full((B,), 4)
        _, weights = attention(query[:, :1], attention.score.keys(memory), memory, every_word, fourth)
        assert all(row.nonzero().flatten().tolist() == list(seen) for row in weights[:, 0])


@pytest.mark.parametrize("name", SCORES)
@pytest.mark.parametrize("window", WINDOWS)
def test_weights_sum_to_one_and_padding_has_none(name, window):
    attention, query, memory = make(name, window=window)
    _, weights = attention(query, attention.score.keys(memory), memory, SRC_MASK, POSITION)
    assert torch.allclose(weights.sum(dim=-1), torch.ones(B, T, dtype=torch.float64), atol=1e-12)
    assert (weights.transpose(1, 2)[~SRC_MASK] == 0).all()


def test_scaled_dot_equals_torchs_own_attention_with_gradients():
    attention, query, memory = make("scaled_dot")
    query.requires_grad_(), memory.requires_grad_()
    mine, _ = attention(query, attention.score.keys(memory), memory, SRC_MASK, POSITION)
    theirs = F.scaled_dot_product_attention(query, memory, memory, attn_mask=SRC_MASK[:, None])
    assert torch.allclose(mine, theirs, atol=1e-10, rtol=0)
    gradients = (torch.autograd.grad(out.sin().sum(), (query, memory)) for out in (mine, theirs))
    for a, b in zip(*gradients, strict=True):
        assert torch.allclose(a, b, atol=1e-10, rtol=0)


@pytest.mark.parametrize(
    ("name", "count"),
    [("dot", 0), ("scaled_dot", 0), ("general", D * M), ("concat", D * (D + M) + D), ("location", 64 * D)],
)
def test_a_score_has_the_parameters_of_its_equation(name, count):
    assert sum(p.numel() for p in make(name)[0].parameters()) == count


def test_concat_is_additive():
    assert SCORES["concat"] is SCORES["additive"]


def test_a_location_score_ignores_words_beyond_the_64_of_its_table():
    torch.manual_seed(0)
    attention = Attention("location", query_size=D, memory_size=M)
    memory, mask = torch.randn(1, 69, M), torch.ones(1, 69, dtype=torch.bool)
    _, weights = attention(torch.randn(1, 2, D), memory, memory, mask, torch.zeros(1, dtype=torch.long))
    assert (weights[:, :, :64] > 0).all() and (weights[:, :, 64:] == 0).all()
    assert torch.allclose(weights.sum(dim=-1), torch.ones(1, 2))


@pytest.mark.parametrize("window", ["local_m", "local_p"])
def test_a_window_never_lies_beyond_the_words_that_a_location_score_knows(window):
    attention, query, _ = make("location", window=window)
    S, query = 150, 5 * query[:2, :4]
    memory = torch.randn(2, S, M, dtype=torch.float64)
    mask = torch.arange(S) < torch.tensor([[S], [40]])
    for position in (0, 60, 63, 64, 120):
        _, weights = attention(query, memory, memory, mask, torch.full((2,), position))
        assert torch.allclose(weights.sum(dim=2), torch.ones(2, 4, dtype=torch.float64))
        if window == "local_m":
            top = [min(position + t, 63) for t in range(4)], [min(position + t, 39) for t in range(4)]
            for row, centers in zip(weights, top, strict=True):
                for given, center in zip(row, centers, strict=True):
                    inside = (torch.arange(S) - center).abs() <= 3
                    assert not given[~inside].any() and (given[inside][:4] > 0).all()


def test_a_row_without_a_real_token_is_loud():
    attention, query, memory = make("general")
    context, weights = attention(
        query, attention.score.keys(memory), memory, torch.zeros_like(SRC_MASK), POSITION
    )
    assert weights.isnan().all() and context.isnan().all()


def test_a_dot_score_of_different_sizes_is_refused():
    with pytest.raises(
        ValueError, match="query_size and memory_size must be equal for a dot score, got 11 and 13"
    ):
        Attention("dot", query_size=D, memory_size=M)
