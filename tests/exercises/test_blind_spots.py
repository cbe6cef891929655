"""Wrong answers that once were taken for right ones: right, but not on all inputs that a text allows."""

import math

import pytest
import torch
import torch.nn.functional as F

from s2s_course.exercises import check

INF = float("inf")


def clips_what_is_too_long_by_itself(grad_W, grad_U, grad_b, max_norm):
    gradients = (grad_W, grad_U, grad_b)
    if all(grad.norm() <= max_norm for grad in gradients):
        return tuple(grad.clone() for grad in gradients)
    norm = torch.cat([grad.flatten() for grad in gradients]).norm()
    return tuple(grad * min(1.0, max_norm / norm) for grad in gradients)


def lets_nan_through(inputs, mask, W, U, b):
    hidden, states = inputs.new_zeros(len(inputs), len(U)), []
    for t in range(inputs.shape[1]):
        real = mask[:, t, None]
        new = torch.tanh(inputs[:, t] @ W.T + hidden @ U.T + b)
        hidden = torch.where(real, new, hidden)
        states.append(new * real)
    return torch.stack(states, 1), hidden


def stacks_lstms_only(cell, input_size, hidden_size, num_layers, bidirectional):
    blocks, directions = {"rnn": 1, "gru": 3, "lstm": 4}[cell], 2 if bidirectional else 1
    first = directions * blocks * hidden_size * (input_size + hidden_size + 2)
    above = directions * 4 * hidden_size * (directions * hidden_size + hidden_size + 2)
    return torch.tensor(first + (num_layers - 1) * above)


def upper_layers_read_both_in_lstms_only(cell, input_size, hidden_size, num_layers, bidirectional):
    blocks, directions = {"rnn": 1, "gru": 3, "lstm": 4}[cell], 2 if bidirectional else 1
    reads = directions * hidden_size if cell == "lstm" else hidden_size
    first = directions * blocks * hidden_size * (input_size + hidden_size + 2)
    return torch.tensor(
        first + (num_layers - 1) * directions * blocks * hidden_size * (reads + hidden_size + 2)
    )


def by_factor(norms, low, high):
    factor = (norms[:, -1] / norms[:, 0]) ** (1 / (norms.shape[1] - 1))
    return low(factor).long() + high(factor).long()


def length_in_place_of_the_mask(mask):
    return torch.arange(mask.shape[-1]) < mask.sum(-1, keepdim=True)


def loss_of_the_first_tokens(logits, tgt_out, tgt_mask):
    losses = F.cross_entropy(logits.transpose(1, 2), tgt_out, reduction="none")
    return losses[length_in_place_of_the_mask(tgt_mask)].mean()


def keeps_ties(logits, p):
    probs = logits.softmax(-1)
    ordered = probs.sort(-1, descending=True).values
    count = (ordered.cumsum(-1) < p).sum(-1, keepdim=True)
    kept = probs * (probs >= ordered.gather(-1, count))
    return kept / kept.sum(-1, keepdim=True)


def not_quite_zero(logits, p):
    ordered, words = logits.sort(-1, descending=True)
    probs = ordered.softmax(-1)
    low = ordered.masked_fill(probs.cumsum(-1) - probs >= p, -20.0)
    return torch.zeros_like(probs).scatter(-1, words, low.softmax(-1))


def best_words_of_each_first(totals, log_probs, K):
    values, words = (totals[:, None] + log_probs).topk(K, dim=1)
    values, places = values.flatten().topk(K)
    return values, places // K, words.flatten()[places]


def as_many_states_as_sizes_agree(query, memory, W, U, v):
    return torch.tanh((query @ W.T)[:, None] + memory @ U.reshape(W.shape).T) @ v


def filled(fill):
    return lambda scores, src_mask: scores.masked_fill(~src_mask, fill).softmax(1)


def attend_filled(fill):
    def attend(query, memory, W, U, v, src_mask):
        scores = torch.tanh((query @ W.T)[:, None] + memory @ U.T) @ v
        weights = scores.masked_fill(~src_mask, fill).softmax(1)
        return (weights[:, :, None] * memory).sum(1), weights

    return attend


def attend_by_length(query, memory, W, U, v, src_mask):
    return attend_filled(-INF)(query, memory, W, U, v, length_in_place_of_the_mask(src_mask))


def weights_filled(fill):
    return lambda scores, src_mask: scores.masked_fill(~src_mask[:, None], fill).softmax(2)


def masked_where_square(scores, src_mask):
    if scores.shape[1] == scores.shape[2]:
        return weights_filled(-INF)(scores, src_mask)
    return scores.masked_fill(~src_mask[:, :1, None], -INF).softmax(2)


def window_filled(fill):
    def gaussian_window(scores, centers, half_width, src_mask):
        distance = torch.arange(scores.shape[1]) - centers[:, None]
        seen = (distance.abs() <= half_width) & src_mask
        return (scores - 2 * distance**2 / half_width**2).masked_fill(~seen, fill).softmax(1)

    return gaussian_window


def window_by_length(scores, centers, half_width, src_mask):
    return window_filled(-INF)(scores, centers, half_width, length_in_place_of_the_mask(src_mask))


def window_with_center_inside(scores, centers, half_width, src_mask):
    inside = torch.minimum(centers.clamp(min=0), src_mask.sum(1) - 1)
    return window_filled(-INF)(scores, inside, half_width, src_mask)


def normed(epsilon, outside=0.0):
    def residual_norm(x, part, gain, bias, norm_first):
        def norm(v):
            centered = v - v.mean(-1, keepdim=True)
            root = (centered.square().mean(-1, keepdim=True) + epsilon).sqrt()
            return gain * centered / (root + outside) + bias

        return x + part(norm(x)) if norm_first else norm(x + part(x))

    return residual_norm


def needs_a_span(tokens, spans, sentinels):
    src, tgt, read = [], [], 0
    for k, (start, end) in enumerate(spans):
        src += [*tokens[read:start], sentinels[k]]
        tgt += [sentinels[k], *tokens[start:end]]
        read = end
    return torch.tensor(src + tokens[read:]), torch.tensor([*tgt, sentinels[k + 1]])


def penalty_at_least_one(totals, lengths, alpha):
    scores = totals / ((5 + lengths) / 6) ** (alpha or 1.0)
    return scores, scores.argmax()


BLIND_SPOTS = [
    ("2.2", lets_nan_through),
    ("2.4", clips_what_is_too_long_by_itself),
    ("3.3", stacks_lstms_only),
    ("3.3", upper_layers_read_both_in_lstms_only),
    ("3.5", lambda norms: by_factor(norms, lambda f: f > 0.9, lambda f: f > 1)),
    ("3.5", lambda norms: by_factor(norms, lambda f: f >= 0.9, lambda f: f >= 1)),
    ("3.5", lambda norms: by_factor(norms, lambda f: f >= 0.92, lambda f: f > 1.02)),
    ("4.1", loss_of_the_first_tokens),
    ("4.3", keeps_ties),
    ("4.3", not_quite_zero),
    ("4.4", best_words_of_each_first),
    ("4.5", penalty_at_least_one),
    ("5.1", as_many_states_as_sizes_agree),
    *(("5.2", filled(fill)) for fill in (-20.0, -50.0, -300.0, -1000.0)),
    ("5.2", lambda scores, src_mask: filled(-INF)(scores, length_in_place_of_the_mask(src_mask))),
    *(("5.4", attend_filled(fill)) for fill in (-20.0, -50.0, -300.0)),
    ("5.4", attend_by_length),
    *(("5.5", weights_filled(fill)) for fill in (-20.0, -50.0, -300.0, -1000.0)),
    ("5.5", masked_where_square),
    ("5.5", lambda scores, src_mask: weights_filled(-INF)(scores, length_in_place_of_the_mask(src_mask))),
    *(("6.6", window_filled(fill)) for fill in (-20.0, -50.0, -300.0)),
    ("6.6", window_by_length),
    ("6.6", window_with_center_inside),
    *(("9.1", normed(epsilon)) for epsilon in (0.0, 1e-12, 1e-8, 1e-6, 1e-4)),
    ("9.1", normed(0.0, outside=1e-5)),
    ("10.3", needs_a_span),
]


@pytest.mark.parametrize("exercise_id, wrong", BLIND_SPOTS)
def test_it_is_refused(exercise_id, wrong):
    result = check(exercise_id, wrong)
    assert result.status == "failed", repr(result)


@pytest.mark.parametrize(
    "exercise_id, right",
    [
        ("2.4",
            lambda W, U, b, m: tuple(g * (m / torch.stack([x.norm() for x in (W, U, b)]).norm()).clamp(max=1)
                                         for g in (W, U, b))),
        ("3.5", lambda n: by_factor(n, lambda f: ~(f < 0.9), lambda f: f > 1)),
        ("3.5",
            lambda n: sum((n.log().diff(dim=1).mean(1) > low).long() for low in (math.log(0.9) - 1e-6, 0.0))),
        ("4.3", lambda logits, p: _sorted_upward(logits, p)),
        ("5.2", filled(-INF)),
        ("5.2", filled(-1e9)),
        ("5.2", filled(torch.finfo(torch.float32).min)),
        ("5.2", lambda s, m: (s + torch.zeros_like(s).masked_fill(~m, -INF)).softmax(1)),
        ("5.4", attend_filled(-1e9)),
        ("5.5", weights_filled(-1e9)),
        ("6.6", window_filled(-1e9)),
        ("9.1", lambda x, part, g, b, first: (x + part(F.layer_norm(x, g.shape, g, b)) if first
                                             else F.layer_norm(x + part(x), g.shape, g, b))),
        ("9.1", normed(1e-5)),
    ],
)  # fmt: skip
def test_what_is_right_on_these_inputs_too_passes(exercise_id, right):
    result = check(exercise_id, right)
    assert result.passed, repr(result)


def _sorted_upward(logits, p):
    """Of equal words the last in the vocabulary is kept, as a sort the other way round has it."""
    ordered, words = logits.softmax(-1).sort(dim=-1, descending=False, stable=True)
    kept = ordered * (ordered.cumsum(-1) > 1 - p + 1e-6)
    probs = torch.zeros_like(kept).scatter(-1, words, kept)
    return probs / probs.sum(-1, keepdim=True)
