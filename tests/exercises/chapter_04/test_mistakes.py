"""Mistakes of chapter 4 as a learner may write them: other code than ours, the same name for the mistake."""

import pytest
import torch

from s2s_course.exercises.engine.checker import diagnose

from .test_references import BEAM_STEP, EXPOSURE, LENGTH_PENALTY, REVERSE_SOURCE, TOP_P


def rows_as_lists_turned_whole(src, src_mask):
    return torch.tensor([row[::-1] for row in src.tolist()])


def real_tokens_turned(src, src_mask):
    turned = src.clone()
    for b in range(len(src)):
        turned[b, src_mask[b]] = src[b, src_mask[b]].flip(0)
    return turned


def exchanged_twice(src, src_mask):
    turned = src.clone()
    for b, length in enumerate(src_mask.sum(dim=1).tolist()):
        for s in range(length - 1):
            opposite = length - 2 - s
            turned[b, s], turned[b, opposite] = turned[b, opposite].clone(), turned[b, s].clone()
    return turned


def until_the_sum_is_reached(logits, p):
    """A `while` that stops one word early."""
    result = torch.zeros_like(logits)
    for row, probs in enumerate(logits.softmax(-1)):
        total = 0.0
        for word in probs.argsort(descending=True):
            total += probs[word].item()
            if total >= p:
                break
            result[row, word] = probs[word]
    return result / result.sum(dim=1, keepdim=True)


def zeros_before_a_softmax(logits, p):
    ordered, words = torch.sort(logits, descending=True)
    sums = ordered.softmax(dim=-1).cumsum(dim=-1)
    remove = torch.cat([torch.zeros_like(sums[:, :1]), (sums >= p)[:, :-1].float()], dim=1).bool()
    return ordered.masked_fill(remove, 0.0).gather(1, words.argsort(dim=1)).softmax(dim=1)


def sorted_indices_as_they_are(logits, p):
    probs = logits.softmax(dim=-1)
    ordered, words = probs.sort(dim=-1, descending=True)
    ordered[ordered.cumsum(-1) - ordered >= p] = 0
    ordered = ordered / ordered.sum(-1, keepdim=True)
    return torch.stack([row[index] for row, index in zip(ordered, words, strict=True)])


def several_greedy_searches(totals, log_probs, K):
    tokens = log_probs.argmax(dim=1)
    values = totals + log_probs.max(dim=1).values
    order = values.argsort(descending=True)
    return values[order], order, tokens[order]


def unravelled_the_other_way(totals, log_probs, K):
    values, places = (totals[:, None] + log_probs).view(-1).topk(K)
    tokens, parents = places.div(log_probs.size(1), rounding_mode="floor"), places.fmod(log_probs.size(1))
    return values, parents, tokens


def through_probabilities(totals, log_probs, K):
    probs = totals.exp().unsqueeze(-1) * log_probs.exp()
    values, places = probs.reshape(-1).sort(descending=True)
    return values[:K], places[:K] // log_probs.shape[1], places[:K] % log_probs.shape[1]


def dictionary_by_last_word(totals, log_probs, K):
    best = {}
    for parent, row in enumerate((totals[:, None] + log_probs).tolist()):
        for token, value in enumerate(row):
            best[token] = max(best.get(token, (-float("inf"), 0)), (value, parent))
    kept = sorted(((value, parent, token) for token, (value, parent) in best.items()), reverse=True)[:K]
    values, parents, tokens = zip(*kept, strict=True)
    return torch.tensor(values), torch.tensor(parents), torch.tensor(tokens)


def negative_exponent_and_division(totals, lengths, alpha):
    scores = totals / torch.pow(6 / (5 + lengths), alpha)
    return scores, torch.argmax(scores)


def power_before_the_division(totals, lengths, alpha):
    scores = totals / torch.div(torch.pow(5.0 + lengths, alpha), 6)
    return scores, scores.max(dim=0).indices


def mean_log_probability(totals, lengths, alpha):
    scores = torch.stack([total / n for total, n in zip(totals, lengths, strict=True)])
    return scores, scores.argmax()


def guesses_in_the_place_of_the_target(tgt_in, guesses, keep):
    mixed = tgt_in.clone()
    mixed[~keep] = guesses[~keep]
    return mixed


def rolled(tgt_in, guesses, keep):
    own = torch.roll(guesses, shifts=1, dims=1)
    return tgt_in * keep + own * ~keep


def masked_the_other_way(tgt_in, guesses, keep):
    own = torch.roll(guesses, shifts=1, dims=1)
    own[:, 0] = tgt_in[:, 0]
    return tgt_in.masked_scatter(keep, own[keep])


def stays_off_the_path(tgt_in, guesses, keep):
    mixed = tgt_in.clone()
    for b in range(len(tgt_in)):
        on_the_path = True
        for t in range(1, tgt_in.shape[1]):
            on_the_path = on_the_path and bool(keep[b, t])
            if not on_the_path:
                mixed[b, t] = guesses[b, t - 1]
    return mixed


@pytest.mark.parametrize(
    "exercise, answer, name",
    [
        (REVERSE_SOURCE, rows_as_lists_turned_whole, "padding first"),
        (REVERSE_SOURCE, real_tokens_turned, "<eos> turned too"),
        (REVERSE_SOURCE, exchanged_twice, "nothing turned"),
        (TOP_P, until_the_sum_is_reached, "the word that reaches p is left out"),
        (TOP_P, zeros_before_a_softmax, "logits set to 0"),
        (TOP_P, sorted_indices_as_they_are, "put back the wrong way"),
        (BEAM_STEP, several_greedy_searches, "each hypothesis continued by itself"),
        (BEAM_STEP, unravelled_the_other_way, "parents and tokens exchanged"),
        (BEAM_STEP, through_probabilities, "probabilities returned"),
        (BEAM_STEP, dictionary_by_last_word, "each word once"),
        (LENGTH_PENALTY, negative_exponent_and_division, "multiplied, not divided"),
        (LENGTH_PENALTY, power_before_the_division, "alpha in the wrong place"),
        (LENGTH_PENALTY, mean_log_probability, "divided by the length itself"),
        (EXPOSURE, guesses_in_the_place_of_the_target, "guesses not shifted"),
        (EXPOSURE, rolled, "<bos> replaced"),
        (EXPOSURE, masked_the_other_way, "keep inverted"),
        (EXPOSURE, stays_off_the_path, "no way back to the truth"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_mistake_written_in_another_way_is_named(exercise, answer, name):
    assert diagnose(exercise, answer).misconception == name


def test_turning_round_the_source_itself_is_told():
    def in_place(src, src_mask):
        for row, length in zip(src, src_mask.sum(dim=1), strict=True):
            row[: length - 1] = row[: length - 1].flip(0)
        return src

    result = diagnose(REVERSE_SOURCE, in_place)
    assert result.fault == "modified" and "src in place" in result.message


def test_writing_into_the_true_inputs_is_told():
    def in_place(tgt_in, guesses, keep):
        tgt_in[:, 1:][~keep[:, 1:]] = guesses[:, :-1][~keep[:, 1:]]
        return tgt_in

    result = diagnose(EXPOSURE, in_place)
    assert result.fault == "modified" and "tgt_in in place" in result.message


def test_a_place_as_a_plain_number_is_told_how_to_become_a_tensor():
    def plain(totals, lengths, alpha):
        scores = totals / ((5 + lengths) / 6) ** alpha
        return scores, int(scores.argmax())

    result = diagnose(LENGTH_PENALTY, plain)
    assert result.fault == "type" and "`torch.tensor(…)` makes one." in result.message
