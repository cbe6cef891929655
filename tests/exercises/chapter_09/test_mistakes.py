"""Mistakes of chapter 9 as a learner may write them, and what the messages claim, computed."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from s2s_course.exercises.chapter_09 import (
    residual_norm,
    shift_target,
    smoothed_loss,
    transformer_parameters,
    warm_up_rate,
)
from s2s_course.exercises.engine.checker import diagnose
from s2s_course.training.schedule import WarmUp

from ..lookup import draws_of
from .test_references import EXERCISES


def torch_s_norm(v, gain, bias):
    return F.layer_norm(v, v.shape[-1:], gain, bias)


def overwritten_before_the_sum(x, part, gain, bias, norm_first):
    if norm_first:
        x = torch_s_norm(x, gain, bias)
        return x + part(x)
    return torch_s_norm(x + part(x), gain, bias)


def pre_norm_only(x, part, gain, bias, norm_first):
    return x + part(torch_s_norm(x, gain, bias))


def with_std(x, part, gain, bias, norm_first):
    def norm(v):
        return gain * (v - v.mean(-1, keepdim=True)) / (v.std(-1, keepdim=True) + 1e-5) + bias

    return x + part(norm(x)) if norm_first else norm(x + part(x))


def with_rms_norm(x, part, gain, bias, norm_first):
    def norm(v):
        return F.rms_norm(v, v.shape[-1:], gain, 1e-5) + bias

    return x + part(norm(x)) if norm_first else norm(x + part(x))


def with_batch_norm(x, part, gain, bias, norm_first):
    def norm(v):
        return F.batch_norm(v.flatten(0, 1), None, None, gain, bias, training=True).view_as(v)

    return x + part(norm(x)) if norm_first else norm(x + part(x))


def last_column_cut_off(tgt, lengths, bos_index, eos_index, pad_index):
    whole = F.pad(tgt, (1, 1), value=pad_index)
    whole[:, 0] = bos_index
    whole[torch.arange(len(tgt)), lengths + 1] = eos_index
    return whole[:, :-1], whole[:, 1:]


def same_row_twice(tgt, lengths, bos_index, eos_index, pad_index):
    whole = F.pad(tgt, (0, 1), value=pad_index)
    for row, length in enumerate(lengths):
        whole[row, length] = eos_index
    return whole, whole


def eos_at_the_end(tgt, lengths, bos_index, eos_index, pad_index):
    return F.pad(tgt, (1, 0), value=bos_index), F.pad(tgt, (0, 1), value=eos_index)


def words_moved_with_roll(tgt, lengths, bos_index, eos_index, pad_index):
    tgt_out = F.pad(tgt, (0, 1), value=pad_index)
    tgt_out = tgt_out.scatter(1, lengths[:, None], eos_index)
    return torch.roll(tgt_out, 1, 1), tgt_out


def one_row_of_the_table(x, past_keys, past_values, table, w_q, w_k, w_v):
    x = x.unsqueeze(1)
    x = x + table[: x.shape[1]]
    keys = torch.cat([past_keys, x @ w_k.T], dim=1)
    values = torch.cat([past_values, x @ w_v.T], dim=1)
    return F.scaled_dot_product_attention(x @ w_q.T, keys, values).squeeze(1), keys, values


def causal_mask_of_one_row(x, past_keys, past_values, table, w_q, w_k, w_v):
    x = (x + table[past_keys.shape[1]]).unsqueeze(1)
    keys = torch.cat([past_keys, x @ w_k.T], dim=1)
    values = torch.cat([past_values, x @ w_v.T], dim=1)
    return F.scaled_dot_product_attention(x @ w_q.T, keys, values, is_causal=True).squeeze(1), keys, values


def attends_before_it_appends(x, past_keys, past_values, table, w_q, w_k, w_v):
    x = (x + table[past_keys.shape[1]]).unsqueeze(1)
    output = F.scaled_dot_product_attention(x @ w_q.T, past_keys, past_values)
    keys = torch.cat([past_keys, x @ w_k.T], dim=1)
    return output.squeeze(1), keys, torch.cat([past_values, x @ w_v.T], dim=1)


def table_row_of_the_batch(x, past_keys, past_values, table, w_q, w_k, w_v):
    return one_row_of_the_table(x + table[: len(x)] - table[:1], past_keys, past_values, table, w_q, w_k, w_v)


def power_of_one_half(steps, d_model, warm_up):
    return (d_model * steps) ** -0.5 * torch.ones(len(steps)).minimum(steps**1.5 / warm_up**0.5)


def python_max(steps, d_model, warm_up):
    return torch.tensor([d_model**-0.5 * max(s**-0.5, s * warm_up**-1.5) for s in steps.tolist()])


def first_step_is_0(steps, d_model, warm_up):
    return d_model**-0.5 * torch.minimum((steps - 1) ** -0.5, (steps - 1) * warm_up**-1.5)


def kl_div(logits, targets, smoothing):
    V = logits.shape[1]
    mixture = F.one_hot(targets, V) * (1 - smoothing) + smoothing / V
    return F.kl_div(logits.log_softmax(1), mixture, reduction="batchmean")


def mean_of_all_products(logits, targets, smoothing):
    mixture = F.one_hot(targets, logits.shape[1]) * (1 - smoothing) + smoothing / logits.shape[1]
    return -(mixture * F.log_softmax(logits, 1)).mean()


def shared_by_all_other_words(logits, targets, smoothing):
    log_probs, share = logits.log_softmax(1), smoothing / (logits.shape[1] - 1)
    right = log_probs[torch.arange(len(targets)), targets]
    return -((1 - smoothing - share) * right + share * log_probs.sum(1)).mean()


def loss_of_mixed_probabilities(logits, targets, smoothing):
    mixed = torch.lerp(logits.softmax(1), torch.full_like(logits, 1 / logits.shape[1]), smoothing)
    return F.nll_loss(mixed.log(), targets)


def count(module):
    return torch.tensor(sum(p.numel() for p in module.parameters()))


def torch_s_decoder_layer(d_model, num_heads, d_ff):
    return count(nn.TransformerDecoderLayer(d_model, num_heads, d_ff, device="meta"))


def without_bias(d_model, num_heads, d_ff):
    return count(nn.TransformerEncoderLayer(d_model, num_heads, d_ff, bias=False, device="meta"))


def a_projection_for_each_head(d_model, num_heads, d_ff):
    head = 3 * (d_model**2 + d_model)
    rest = d_model**2 + d_model + 2 * d_model * d_ff + d_ff + d_model + 4 * d_model
    return torch.tensor(num_heads * head + rest)


@pytest.mark.parametrize(
    "exercise_id, answer, name",
    [
        ("9.1", overwritten_before_the_sum, "normalized vectors on the path"),
        ("9.1", pre_norm_only, "norm_first is ignored"),
        ("9.1", with_std, "divided by D - 1"),
        ("9.1", with_rms_norm, "mean left in"),
        ("9.1", with_batch_norm, "norm over another axis"),
        ("9.2", last_column_cut_off, "<eos> is read"),
        ("9.2", same_row_twice, "the bug is still there"),
        ("9.2", eos_at_the_end, "<eos> behind the padding"),
        ("9.2", words_moved_with_roll, "shifted in a circle"),
        ("9.3", one_row_of_the_table, "the bug is still there"),
        ("9.3", causal_mask_of_one_row, "attends to the first word alone"),
        ("9.3", attends_before_it_appends, "does not attend to itself"),
        ("9.3", table_row_of_the_batch, "rows of the table dealt out to the sentences"),
        ("9.4", power_of_one_half, "the two parts do not meet"),
        ("9.4", python_max, "larger instead of smaller"),
        ("9.4", first_step_is_0, "steps counted differently"),
        ("9.5", kl_div, "divergence instead of cross-entropy"),
        ("9.5", mean_of_all_products, "averaged over the words too"),
        ("9.5", shared_by_all_other_words, "ε shared by the other words"),
        ("9.5", loss_of_mixed_probabilities, "answer smoothed instead of the target"),
        ("9.6", torch_s_decoder_layer, "decoder layer counted"),
        ("9.6", without_bias, "biases forgotten"),
        ("9.6", a_projection_for_each_head, "each head of full size"),
    ],
)
def test_a_mistake_written_in_another_way_is_named(exercise_id, answer, name):
    for seed in range(2):
        assert diagnose(EXERCISES[exercise_id], answer, seed=seed).misconception == name


def loss_after_training(make_target):
    """A table of logits for each word that is read: no source and no past, on new words in every step."""
    torch.manual_seed(0)
    table = torch.zeros(20, 20, requires_grad=True)
    for _ in range(60):
        tgt = torch.randint(3, 20, (16, 6))
        tgt_in, tgt_out = make_target(tgt, torch.full((16,), 6), 1, 2, 0)
        loss = F.cross_entropy(table[tgt_in].transpose(1, 2), tgt_out)
        [gradient] = torch.autograd.grad(loss, table)
        table = (table - 20 * gradient).detach().requires_grad_()
    return loss.item(), table


def test_the_symptom_of_a_target_that_is_not_shifted_is_the_one_that_the_goal_tells():
    """New words in every step, and no source: nothing can be known of them, and yet the loss is nearly 0."""
    copied, table = loss_after_training(shift_target.unshifted_target)
    honest, _ = loss_after_training(shift_target.shift_target)
    assert copied < 0.05 and honest > 2
    assert table[2:].argmax(dim=1).tolist() == list(range(2, 20)), "it copies"


def test_only_the_path_of_pre_norm_carries_x_unchanged():
    x = torch.randn(2, 3, 5)
    ones, zeros = torch.ones(5), torch.zeros(5)
    assert torch.equal(residual_norm.residual_norm(x, torch.zeros_like, ones, zeros, True), x)
    assert not torch.allclose(residual_norm.residual_norm(x, torch.zeros_like, ones, zeros, False), x)


def test_what_the_divergence_is_told_is_so():
    """The same gradient as the cross-entropy, and 0 where the answer is the target."""
    for logits, targets, smoothing in draws_of("9.5")[:3]:
        leaf = logits.clone().requires_grad_()
        [mine] = torch.autograd.grad(smoothed_loss.smoothed_loss(leaf, targets, smoothing), leaf)
        [theirs] = torch.autograd.grad(kl_div(leaf, targets, smoothing), leaf)
        assert torch.allclose(mine, theirs, atol=1e-6)
        V = logits.shape[1]
        best = (F.one_hot(targets, V) * (1 - smoothing) + smoothing / V).log()
        assert kl_div(best, targets, smoothing).item() == pytest.approx(0, abs=1e-6)
        assert smoothed_loss.smoothed_loss(best, targets, smoothing) > 0.1


def test_more_heads_cost_no_more_parameters_and_larger_models_take_smaller_steps():
    counts = {transformer_parameters.layer_parameters(24, H, 7).item() for H in (1, 2, 3, 8)}
    assert len(counts) == 1
    one, four = (warm_up_rate.warm_up_rate(torch.tensor([7]), D, 10) for D in (16, 64))
    assert one.item() == pytest.approx(2 * four.item())
    at_10, at_40 = warm_up_rate.warm_up_rate(torch.tensor([10, 40]), 16, 10)
    assert at_10.item() == pytest.approx(2 * at_40.item())


def test_the_share_of_the_highest_rate_is_the_schedule_of_the_course():
    for steps, d_model, warm_up in draws_of("9.4"):
        schedule = WarmUp(warm_up)
        shares = torch.tensor([schedule(step) for step in steps.tolist()])
        highest = (d_model * warm_up) ** -0.5
        assert torch.allclose(highest * shares, warm_up_rate.warm_up_rate(steps, d_model, warm_up))

    def as_the_course_does(steps, d_model, warm_up):
        return torch.tensor([WarmUp(warm_up)(step) for step in steps.tolist()])

    assert diagnose(EXERCISES["9.4"], as_the_course_does).misconception == "share of the highest rate"
