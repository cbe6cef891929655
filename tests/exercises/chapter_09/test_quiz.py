"""What the quiz of chapter 9 says, computed with torch."""

import itertools
import math

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from s2s_course.exercises.chapter_09 import quiz as chapter_09
from s2s_course.widgets.quiz import Question

from ..choices import find, right

T, S, D = 4, 7, 6


@pytest.fixture(autouse=True)
def same_numbers_every_time():
    torch.manual_seed(0)


def decoder_layers(number: int):
    layer = nn.TransformerDecoderLayer(D, 2, 9, dropout=0.0, batch_first=True, dtype=torch.float64)
    return nn.TransformerDecoder(layer, number).layers


def inputs_of_attention(layers, tgt, memory):
    """For each layer what its attentions read: name → (query, key, value)."""
    seen, mask = [], nn.Transformer.generate_square_subsequent_mask(T, dtype=tgt.dtype)
    for layer in layers:
        of_layer, hooks = {}, []
        for name in ("self_attn", "multihead_attn"):

            def note(module, inputs, name=name, of_layer=of_layer):
                of_layer[name] = inputs[:3]

            hooks.append(getattr(layer, name).register_forward_pre_hook(note))
        tgt = layer(tgt, memory, tgt_mask=mask)
        seen.append(of_layer)
        for hook in hooks:
            hook.remove()
    return seen


def test_which_queries_keys_and_values_another_source_word_changes():
    encoder = nn.TransformerEncoderLayer(D, 2, 9, dropout=0.0, batch_first=True, dtype=torch.float64)
    source = torch.randn(1, S, D, dtype=torch.float64)
    other = source.clone()
    other[0, 2] += 1
    memories, tgt = (encoder(source), encoder(other)), torch.randn(1, T, D, dtype=torch.float64)
    assert ((memories[0] - memories[1]).abs().amax(dim=2) > 1e-9).all(), "every output of the encoder changes"
    layers = decoder_layers(2)
    before, after = (inputs_of_attention(layers, tgt, memory) for memory in memories)
    changed = [
        {name: [not torch.equal(a, b) for a, b in zip(one[name], two[name], strict=True)] for name in one}
        for one, two in zip(before, after, strict=True)
    ]
    assert changed[0] == {"self_attn": [False] * 3, "multihead_attn": [False, True, True]}
    assert all(changed[1]["self_attn"]) and changed[1]["multihead_attn"][0]
    question = chapter_09.ANOTHER_SOURCE_WORD
    assert right(question).text == "All keys and values of the attention to the source"
    assert "From the second layer on" in find(question, "All keys and values of both").why


def test_how_many_positions_are_computed():
    without_cache = sum(step for step in range(1, 21))
    question = chapter_09.POSITIONS_COMPUTED
    assert right(question).text == f"{without_cache} and 20"
    assert f"1 + 2 + … + 20 = {without_cache}" in right(question).why
    assert find(question, f"{20 * 20} and 20").why.startswith("20 · 20")


def causal_attention(x, maps):
    query, key, value = (x @ w for w in maps)
    return F.scaled_dot_product_attention(query, key, value, is_causal=True)


def test_under_the_causal_mask_earlier_vectors_stay_and_earlier_queries_are_not_asked_for():
    x, maps = torch.randn(T + 1, D, dtype=torch.float64), torch.randn(3, D, D, dtype=torch.float64)
    assert torch.allclose(causal_attention(x, maps)[:T], causal_attention(x[:T], maps), atol=1e-12)
    query, key, value = ((x @ w).requires_grad_() for w in maps)
    last = F.scaled_dot_product_attention(query, key, value, is_causal=True)[-1].sum()
    for vectors, rows in zip(
        torch.autograd.grad(last, (query, key, value)), ([T], range(T + 1), range(T + 1)), strict=True
    ):
        assert [t for t in range(T + 1) if vectors[t].abs().max() > 1e-12] == list(rows)
    assert right(chapter_09.QUERIES_NOT_KEPT).text.startswith("No later step asks for them")


def gradient_through(parts, *, path):
    x = top = torch.ones((), dtype=torch.float64, requires_grad=True)
    for _ in range(parts):
        top = 0.1 * top + (top if path else 0)
    return torch.autograd.grad(top, x)[0].item()


def test_the_gradient_through_twenty_parts():
    without, with_paths = gradient_through(20, path=False), gradient_through(20, path=True)
    assert without == pytest.approx(1e-20) and with_paths == pytest.approx(6.7, abs=0.05)
    question = chapter_09.PATHS
    assert right(question).text == f"By 10⁻²⁰, and with the paths by about {with_paths:.1f}"
    assert f"1.1²⁰ ≈ {1.1**20:.1f}" in right(question).why
    added = find(question, "By 2, and with the paths by 3")
    assert "20 · 0.1 = 2" in added.why and 20 * 0.1 == 2


def moved(optimizer_class):
    weights = torch.zeros(2, requires_grad=True)
    optimizer = optimizer_class([weights], lr=0.001)
    weights.grad = torch.tensor([0.0002, 0.2])
    optimizer.step()
    return weights.detach().abs().tolist()


def test_how_far_adam_moves_at_first():
    assert moved(torch.optim.Adam) == pytest.approx([0.001, 0.001], rel=1e-3)
    descent = moved(torch.optim.SGD)
    question = chapter_09.FIRST_STEP
    assert right(question).text == "Both by about 0.001"
    assert find(question, f"By {descent[0]:.7f} and by {descent[1]:.4f}").why.startswith(
        "That is gradient descent"
    )
    assert descent[1] / descent[0] == pytest.approx(1000) and find(question, "The second moves 1000 times")


def test_which_model_has_the_smaller_loss():
    V, losses = 1000, {}
    for name, p in (("A", 0.9), ("B", 0.999)):
        probs = torch.full((1, V), (1 - p) / (V - 1), dtype=torch.float64)
        probs[0, 0] = p
        losses[name] = [
            F.cross_entropy(probs.log(), torch.tensor([0]), label_smoothing=smoothing).item()
            for smoothing in (0.0, 0.1)
        ]
        assert probs[0, 1:].max() == pytest.approx({"A": 0.0001, "B": 0.000001}[name], rel=0.01)
    assert losses["B"][0] < losses["A"][0] and losses["A"][1] < losses["B"][1]
    question = chapter_09.SURE_AND_SURER
    assert right(question).text == "B, then A"
    assert (
        "Without: {:.3f} for B, {:.3f} for A. With: {:.2f} for B, {:.2f} for A".format(
            *(losses[name][i] for i in (0, 1) for name in "BA")
        )
        in right(question).why
    )
    asked = find(question, "B, then B").why
    assert f"the target asks for {0.1 / V:.4f}" in asked
    assert math.exp(losses["A"][0]) > math.exp(losses["B"][0]), "A has the higher perplexity"


def test_every_question_of_the_file_is_asked_once():
    written = [value for value in vars(chapter_09).values() if isinstance(value, Question)]
    assert list(chapter_09.QUESTIONS) == written and len(written) == 6
    texts = list(itertools.chain(*([q.text] + [c.why for c in q.choices] for q in written)))
    assert len(set(texts)) == len(texts)
