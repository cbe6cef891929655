"""The lean way through a stack against the layers themselves, in float64, and against weights that change."""

import copy

import pytest
import torch
from torch import nn

from s2s_course.layers.cache import ROOM, KeyValueCache
from s2s_course.layers.lean import LeanStack, PackedLinear
from s2s_course.layers.positions import POSITIONS
from s2s_course.layers.transformer import DecoderLayer, EncoderLayer, LayerSizes

B, K, S, T, D, H, V = 3, 2, 7, 5, 12, 3, 11
SRC_MASK = torch.arange(S) < torch.tensor([7, 2, 4])[:, None]
POSITION_NAMES = pytest.mark.parametrize("name", POSITIONS)


def stack(kind, norm_first, activation="gelu"):
    torch.manual_seed(0)
    sizes = LayerSizes(
        d_model=D, num_heads=H, d_ff=17, dropout=0.0, norm_first=norm_first, activation=activation
    )
    layers = nn.ModuleList(kind(sizes) for _ in range(2)).double()
    norm = nn.LayerNorm(D).double() if norm_first else nn.Identity()
    to_logits = nn.Linear(D, V).double()
    for module in (layers, norm, to_logits):
        for parameter in module.parameters():
            nn.init.normal_(parameter, std=0.4)
    return layers, norm, to_logits


@torch.no_grad()
@POSITION_NAMES
@pytest.mark.parametrize("norm_first", [False, True])
def test_decoder_layers_with_rows_that_share_a_source(name, norm_first):
    layers, norm, to_logits = stack(DecoderLayer, norm_first)
    lean = LeanStack(layers, norm, to_logits)
    lean.refresh()
    positions = POSITIONS[name](d_model=D, num_heads=H, max_length=T).double()
    memory, vectors = torch.randn(B, S, D).double(), torch.randn(B * K, T, D).double()
    memory_caches = [KeyValueCache() for _ in layers]
    for layer, cache in zip(layers, memory_caches, strict=True):
        cache.append(*layer.cross_attention.keys_values(memory))
    mine, theirs = ([KeyValueCache() for _ in layers] for _ in range(2))
    for t in range(T):
        output, logits = lean(vectors[:, t], positions, None, mine, SRC_MASK[:, None, None], memory_caches)
        expected = vectors[:, t : t + 1]
        for layer, cache in zip(layers, theirs, strict=True):  # each row with a source of its own
            expected, _, _ = layer(
                expected, positions, memory.repeat_interleave(K, 0), SRC_MASK.repeat_interleave(K, 0),
                cache=cache,
            )  # fmt: skip
        expected = norm(expected)[:, 0]
        assert torch.allclose(output, expected, atol=1e-10, rtol=0)
        assert torch.allclose(logits, to_logits(expected), atol=1e-10, rtol=0)
        for one, other in zip(mine, theirs, strict=True):
            assert torch.allclose(one.key, other.key, atol=1e-10)
            assert torch.allclose(one.value, other.value, atol=1e-10)


@torch.no_grad()
@POSITION_NAMES
@pytest.mark.parametrize("norm_first", [False, True])
def test_encoder_layers_with_a_mask(name, norm_first):
    layers, norm, to_logits = stack(EncoderLayer, norm_first, activation="relu")
    lean = LeanStack(layers, norm, to_logits)
    lean.refresh()
    positions = POSITIONS[name](d_model=D, num_heads=H, max_length=T).double()
    vectors = torch.randn(B, T, D).double()
    real = torch.tensor([[True] * T, [True, False, True, True, True], [True, False, False, True, True]])
    mine, theirs = ([KeyValueCache() for _ in layers] for _ in range(2))
    for t in range(T):
        mask = real[:, None, None, : t + 1]
        output, logits = lean(vectors[:, t], positions, mask, mine)
        expected = vectors[:, t : t + 1]
        for layer, cache in zip(layers, theirs, strict=True):
            expected, _ = layer(expected, positions, mask, cache=cache)
        expected = norm(expected)[:, 0]
        assert torch.allclose(output, expected, atol=1e-10, rtol=0)
        assert torch.allclose(logits, to_logits(expected), atol=1e-10, rtol=0)


@torch.no_grad()
@POSITION_NAMES
def test_a_full_buffer_is_followed_by_a_larger_one(name):
    layers, norm, to_logits = stack(EncoderLayer, True)
    lean = LeanStack(layers, norm, to_logits)
    lean.refresh()
    positions = POSITIONS[name](d_model=D, num_heads=H, max_length=T).double()
    vectors = torch.randn(B, 2 * ROOM + 2, D).double()
    mine, theirs = ([KeyValueCache() for _ in layers] for _ in range(2))
    for vector in vectors.unbind(1):
        output, _ = lean(vector, positions, None, mine)
        expected = vector[:, None]
        for layer, cache in zip(layers, theirs, strict=True):
            expected, _ = layer(expected, positions, cache=cache)
        assert torch.allclose(output, norm(expected)[:, 0], atol=1e-10, rtol=0)


CHANGES = {
    "a step of training": lambda linear, other: torch.optim.SGD(linear.parameters(), lr=1.0).step(),
    "other weights loaded": lambda linear, other: linear.load_state_dict(other.state_dict()),
    "a new parameter": lambda linear, other: setattr(linear, "weight", other.weight),
    "a bias alone": lambda linear, other: nn.init.ones_(linear.bias),
    "another precision": lambda linear, other: linear.double(),
    "nothing": lambda linear, other: None,
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_weights_that_changed_are_copied_again(change):
    torch.manual_seed(0)
    first, second, other = (nn.Linear(5, 4) for _ in range(3))
    packed = PackedLinear(first, second)
    packed.refresh()
    for parameter in second.parameters():
        parameter.grad = torch.randn_like(parameter)
    change(second, other), second.to(first.weight.dtype)
    if change is CHANGES["another precision"]:
        first.double(), second.double()
    packed.refresh()
    vectors = torch.randn(3, 5).to(first.weight)
    expected = torch.cat([first(vectors), second(vectors)], dim=1)
    assert torch.allclose(packed(vectors), expected, atol=1e-6)


def test_unchanged_weights_are_not_copied_again():
    packed = PackedLinear(nn.Linear(5, 4))
    packed.refresh()
    weight = packed.weight
    packed.refresh()
    assert packed.weight is weight


def test_a_copy_of_a_stack_follows_its_own_weights():
    layers, norm, to_logits = stack(EncoderLayer, True)
    model = nn.Module()
    model.to_logits, model.lean = to_logits, LeanStack(layers, norm, to_logits)
    model.lean.refresh()
    twin = copy.deepcopy(model)
    nn.init.ones_(twin.to_logits.bias)
    twin.lean.refresh(), model.lean.refresh()
    assert (twin.lean.to_logits.bias == 1).all() and torch.equal(model.lean.to_logits.bias, to_logits.bias)
