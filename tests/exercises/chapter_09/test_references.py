"""The references of chapter 9 against loops and torch's own, and answers that are right in another way."""

import math

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from s2s_course.data.batch import collate
from s2s_course.exercises.chapter_09 import (
    cached_step,
    residual_norm,
    shift_target,
    smoothed_loss,
    transformer_parameters,
    warm_up_rate,
)
from s2s_course.exercises.engine.checker import diagnose

from ..float64 import in_float64, is_close
from ..lookup import draws_of

MODULES = (residual_norm, shift_target, cached_step, warm_up_rate, smoothed_loss, transformer_parameters)
EXERCISES = {module.EXERCISE.id: module.EXERCISE for module in MODULES}


def test_ids_and_functions():
    assert list(EXERCISES) == [f"9.{number}" for number in range(1, 7)]
    assert all(len(exercise.misconceptions) >= 5 for exercise in EXERCISES.values())


def with_torch_s_norm(x, part, gain, bias, norm_first):
    def norm(vectors):
        return F.layer_norm(vectors, vectors.shape[-1:], gain, bias)

    return x + part(norm(x)) if norm_first else norm(x + part(x))


def test_residual_norm_equals_torch_s_layer_norm():
    for inputs in map(in_float64, draws_of("9.1")):
        assert is_close(residual_norm.residual_norm(*inputs), with_torch_s_norm(*inputs))


@pytest.mark.parametrize("norm_first", [False, True])
def test_residual_norm_is_what_torch_s_encoder_layer_does(norm_first):
    """Its feed-forward part, after a self-attention whose weights are 0."""
    torch.manual_seed(0)
    layer = nn.TransformerEncoderLayer(
        6, 2, 10, dropout=0.0, batch_first=True, norm_first=norm_first, dtype=torch.float64
    )
    nn.init.zeros_(layer.self_attn.out_proj.weight)
    nn.init.normal_(layer.norm2.weight)
    nn.init.normal_(layer.norm2.bias)
    x = torch.randn(2, 5, 6, dtype=torch.float64)

    def part(vectors):
        return layer.linear2(layer.linear1(vectors).relu())

    read = x if norm_first else layer.norm1(x)
    mine = residual_norm.residual_norm(read, part, layer.norm2.weight, layer.norm2.bias, norm_first)
    assert is_close(mine, layer(x))


def test_equal_numbers_give_the_bias_and_no_nan():
    x, bias = torch.full((1, 2, 5), 3.0), torch.randn(5)
    vectors = residual_norm.residual_norm(x, torch.zeros_like, torch.ones(5), bias, False)
    assert torch.equal(vectors, bias.expand(1, 2, 5))


def test_shift_target_equals_the_batch_of_the_course():
    for tgt, lengths, bos_index, eos_index, pad_index in draws_of("9.2"):
        words = [row[:length] for row, length in zip(tgt.tolist(), lengths.tolist(), strict=True)]
        special = dict(pad_index=pad_index, bos_index=bos_index, eos_index=eos_index)
        batch = collate([([50], sentence) for sentence in words], **special)
        T = batch.tgt_in.shape[1]
        mine = shift_target.shift_target(tgt, lengths, bos_index, eos_index, pad_index)
        for made, theirs in zip(mine, (batch.tgt_in, batch.tgt_out), strict=True):
            assert made.shape == (len(tgt), tgt.shape[1] + 1) and made.dtype == torch.int64
            assert torch.equal(made[:, :T], theirs) and (made[:, T:] == pad_index).all()


def test_shift_target_by_hand():
    tgt_in, tgt_out = shift_target.shift_target(
        torch.tensor([[8, 9], [0, 5], [5, 5]]), torch.tensor([2, 1, 0]), 1, 2, 5
    )
    assert tgt_in.tolist() == [[1, 8, 9], [1, 0, 5], [1, 5, 5]]
    assert tgt_out.tolist() == [[8, 9, 2], [0, 2, 5], [2, 5, 5]]


def test_the_cases_of_shift_target_hold_what_is_hard():
    draws = draws_of("9.2")
    assert any((lengths == 0).any() for _, lengths, *_ in draws)
    assert any((lengths < tgt.shape[1]).all() for tgt, lengths, *_ in draws)
    for tgt, lengths, *special in draws:
        real = tgt[torch.arange(tgt.shape[1]) < lengths.unsqueeze(1)]
        assert len(set(special)) == 3 and not set(special) & set(real.tolist()) and 0 in real


def random_sentences(generator, B=3, T=7, D=5):
    """Embeddings, a table and three matrices."""
    shapes = (B, T, D), (T + 2, D), (D, D), (D, D), (D, D)
    return [torch.randn(shape, generator=generator, dtype=torch.float64) for shape in shapes]


def in_training(x, table, w_q, w_k, w_v):
    """All positions at once, with torch's own causal attention."""
    x = x + table[: x.shape[1]]
    return F.scaled_dot_product_attention(x @ w_q.T, x @ w_k.T, x @ w_v.T, is_causal=True)


def word_by_word(step, x, *matrices):
    keys = values = x.new_zeros(x.shape[0], 0, x.shape[2])
    outputs = []
    for word in x.unbind(1):
        output, keys, values = step(word, keys, values, *matrices)
        outputs.append(output)
    return torch.stack(outputs, dim=1)


def test_with_the_cache_every_step_equals_training():
    x, *matrices = random_sentences(torch.Generator().manual_seed(0))
    mine = word_by_word(cached_step.cached_step, x, *matrices)
    assert is_close(mine, in_training(x, *matrices))


def test_the_symptom_of_the_forgetful_cache_is_the_one_that_the_goal_tells():
    x, *matrices = random_sentences(torch.Generator().manual_seed(1))
    difference = word_by_word(cached_step.step_without_place, x, *matrices) - in_training(x, *matrices)
    of_each_word = difference.abs().amax(dim=(0, 2))
    assert of_each_word[0] < 1e-12 and (of_each_word[1:] > 0.1).all()


def test_each_of_the_two_broken_functions_does_what_it_says_and_together_they_fail():
    x, *matrices = random_sentences(torch.Generator().manual_seed(2))
    table = matrices[0]
    assert torch.equal(cached_step.with_positions(x, table), x + table[: x.shape[1]])
    for x, keys, values, table, *maps in draws_of("9.3"):
        shown = cached_step.cached_step(x + table[:1], keys, values, torch.zeros_like(table), *maps)
        mine = cached_step.step_without_place(x, keys, values, table, *maps)
        assert all(torch.allclose(one, other, atol=1e-5) for one, other in zip(mine, shown, strict=True))


def rate_number_by_number(steps, d_model, warm_up):
    rates = [
        1 / math.sqrt(d_model) * min(1 / math.sqrt(s), s / math.sqrt(warm_up) ** 3) for s in steps.tolist()
    ]
    return torch.tensor(rates)


def test_rates_by_numbers_and_their_highest_point():
    for steps, d_model, warm_up in draws_of("9.4"):
        rates = warm_up_rate.warm_up_rate(steps, d_model, warm_up)
        assert rates.dtype == torch.float32 and torch.allclose(
            rates, rate_number_by_number(steps, d_model, warm_up), rtol=1e-5, atol=0
        )
        curve = warm_up_rate.warm_up_rate(torch.arange(1, 200), d_model, warm_up)
        assert curve.argmax() + 1 == warm_up
        assert curve.max().item() == pytest.approx((d_model * warm_up) ** -0.5, rel=1e-5)


def test_the_rate_of_the_paper():
    rates = warm_up_rate.warm_up_rate(torch.tensor([1, 4000, 16000, 100000]), 512, 4000)
    assert rates.tolist() == pytest.approx([1.7469e-7, 6.9877e-4, 3.4939e-4, 1.3975e-4], rel=1e-4)


def test_the_cases_of_the_rates_have_steps_on_both_sides():
    for steps, _, warm_up in draws_of("9.4"):
        assert (steps < warm_up).any() and (steps == warm_up).any() and (steps > warm_up).any()


def test_smoothed_loss_equals_torch_s_own():
    for logits, targets, smoothing in map(in_float64, draws_of("9.5")):
        theirs = F.cross_entropy(logits, targets, label_smoothing=smoothing)
        assert is_close(smoothed_loss.smoothed_loss(logits, targets, smoothing), theirs)
    plain = smoothed_loss.smoothed_loss(logits, targets, 0.0)
    assert is_close(plain, F.cross_entropy(logits, targets))


def test_layer_parameters_equal_torch_s_own():
    def count(d_model, num_heads, d_ff):
        layer = nn.TransformerEncoderLayer(d_model, num_heads, d_ff, device="meta")
        return sum(parameter.numel() for parameter in layer.parameters())

    for sizes in [(512, 8, 2048), *draws_of("9.6")]:
        mine = transformer_parameters.layer_parameters(*sizes)
        assert mine.dtype == torch.int64 and mine.shape == () and mine == count(*sizes)


def norm_from_var(x, part, gain, bias, norm_first):
    def norm(v):
        return (v - v.mean(-1, True)) * (v.var(-1, correction=0, keepdim=True) + 1e-5).rsqrt() * gain + bias

    if norm_first:
        return part(norm(x)) + x
    return norm(part(x) + x)


def row_by_row(tgt, lengths, bos_index, eos_index, pad_index):
    rows_in, rows_out = [], []
    for row, length in zip(tgt.tolist(), lengths.tolist(), strict=True):
        padding = [pad_index] * (tgt.shape[1] - length)
        rows_in.append([bos_index, *row[:length], *padding])
        rows_out.append([*row[:length], eos_index, *padding])
    return torch.tensor(rows_in), torch.tensor(rows_out)


def cut_from_one_row(tgt, lengths, bos_index, eos_index, pad_index):
    whole = F.pad(tgt, (1, 1), value=pad_index)
    whole[:, 0] = bos_index
    places = torch.arange(whole.shape[1])
    with_eos = torch.where(places == lengths[:, None] + 1, eos_index, whole)
    return whole[:, :-1], with_eos[:, 1:]


def step_with_torch_s_attention(x, past_keys, past_values, table, w_q, w_k, w_v):
    x = (x + table[past_keys.size(1)]).unsqueeze(1)
    keys = torch.cat((past_keys, F.linear(x, w_k)), dim=1)
    values = torch.cat((past_values, F.linear(x, w_v)), dim=1)
    return F.scaled_dot_product_attention(F.linear(x, w_q), keys, values).squeeze(1), keys, values


def step_by_einsum(x, past_keys, past_values, table, w_q, w_k, w_v):
    x = x + table[past_values.shape[1]]
    query, key, value = (torch.einsum("bi, oi -> bo", x, w) for w in (w_q, w_k, w_v))
    keys, values = torch.hstack([past_keys, key[:, None]]), torch.hstack([past_values, value[:, None]])
    weights = torch.softmax(torch.einsum("bd, bsd -> bs", query, keys) / math.sqrt(x.shape[1]), dim=1)
    return torch.einsum("bs, bsd -> bd", weights, values), keys, values


def rate_by_where(steps, d_model, warm_up):
    peak = (d_model * warm_up) ** -0.5
    return torch.where(steps < warm_up, peak * steps / warm_up, peak * (warm_up / steps) ** 0.5)


def smoothed_by_torch(logits, targets, smoothing):
    return nn.CrossEntropyLoss(label_smoothing=smoothing)(logits, targets)


def smoothed_by_a_mixture(logits, targets, smoothing):
    V = logits.shape[1]
    mixture = F.one_hot(targets, V) * (1 - smoothing) + smoothing / V
    return F.cross_entropy(logits, mixture)


def counted_in_torch_s_layer(d_model, num_heads, d_ff):
    layer = nn.TransformerEncoderLayer(d_model, num_heads, d_ff)
    return torch.tensor(sum(p.numel() for p in layer.parameters()))


@pytest.mark.parametrize(
    "exercise_id, answer",
    [
        ("9.1", with_torch_s_norm),
        ("9.1", norm_from_var),
        ("9.2", row_by_row),
        ("9.2", cut_from_one_row),
        ("9.3", step_with_torch_s_attention),
        ("9.3", step_by_einsum),
        ("9.4", rate_number_by_number),
        ("9.4", rate_by_where),
        ("9.5", smoothed_by_torch),
        ("9.5", smoothed_by_a_mixture),
        ("9.6", counted_in_torch_s_layer),
    ],
)
def test_an_answer_that_is_right_in_another_way_passes(exercise_id, answer):
    for seed in range(3):
        result = diagnose(EXERCISES[exercise_id], answer, seed=seed)
        assert result.passed, repr(result)
