"""The references of chapter 4 against loops and enumeration, and answers that are right in another way."""

import itertools
import math

import pytest
import torch

from s2s_course.exercises.chapter_04 import beam_step, exposure, length_penalty, reverse_source, top_p
from s2s_course.exercises.engine.checker import diagnose

from ..lookup import draws_of

BEAM_STEP, EXPOSURE, LENGTH_PENALTY = beam_step.EXERCISE, exposure.EXERCISE, length_penalty.EXERCISE
REVERSE_SOURCE, TOP_P = reverse_source.EXERCISE, top_p.EXERCISE


def with_lists(src, src_mask):
    rows = []
    for tokens, real in zip(src.tolist(), src_mask.tolist(), strict=True):
        *words, eos = [token for token, is_real in zip(tokens, real, strict=True) if is_real]
        rows.append([*reversed(words), eos, *tokens[len(words) + 1 :]])
    return torch.tensor(rows)


def test_reverse_source_equals_lists_turned_round():
    for src, src_mask in draws_of(REVERSE_SOURCE.id):
        assert torch.equal(reverse_source.reverse_source(src, src_mask), with_lists(src, src_mask))


def test_reversing_twice_changes_nothing():
    for src, src_mask in draws_of(REVERSE_SOURCE.id):
        once = reverse_source.reverse_source(src, src_mask)
        assert torch.equal(reverse_source.reverse_source(once, src_mask), src)
        assert not torch.equal(once, src)


def test_the_draws_of_reverse_source_hold_what_is_hard():
    draws = draws_of(REVERSE_SOURCE.id)
    for src, src_mask in draws:
        lengths = src_mask.sum(dim=1)
        ends = src.gather(1, lengths.unsqueeze(1) - 1)
        assert len(ends.unique()) == 1 and not (src[:, 1:] == src[:, :-1])[src_mask[:, 1:]].any()
        assert (src[0, : lengths[0] - 1] == 0).any() and (src[~src_mask] != 0).all()
    assert any((src_mask.sum(dim=1) == 1).any() for _, src_mask in draws), "an empty sentence"
    assert any(not src_mask[:, -1].any() for _, src_mask in draws), "padding behind every sentence"


def nucleus_by_enumeration(row: list[float], p: float) -> list[float]:
    """Of all sets of words that reach p the smallest, and among these the most probable one."""
    sets = itertools.chain.from_iterable(
        itertools.combinations(range(len(row)), size) for size in range(1, len(row) + 1)
    )
    enough = [words for words in sets if sum(row[w] for w in words) >= p]
    best = max(enough, key=lambda words: (-len(words), sum(row[w] for w in words)))
    return [row[w] / sum(row[v] for v in best) if w in best else 0.0 for w in range(len(row))]


def test_top_p_equals_a_search_over_all_sets_of_words():
    for logits, p in draws_of(TOP_P.id):
        rows = logits.double().softmax(dim=-1).tolist()
        theirs = torch.tensor([nucleus_by_enumeration(row, p) for row in rows], dtype=torch.float64)
        assert torch.allclose(top_p.top_p(logits.double(), p), theirs, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize(
    "p, expected", [(0.1, [0, 1, 0]), (0.5, [0, 1, 0]), (0.51, [0.375, 0.625, 0]), (0.81, [0.3, 0.5, 0.2])]
)
def test_top_p_at_and_beside_its_bounds(p, expected):
    logits = torch.tensor([[0.3, 0.5, 0.2]], dtype=torch.float64).log()
    assert torch.allclose(top_p.top_p(logits, p), torch.tensor([expected], dtype=torch.float64))


def test_the_draws_of_top_p_hold_sets_of_many_sizes_and_no_close_call():
    sizes = set()
    draws = draws_of(TOP_P.id)
    for logits, p in draws:
        ordered = logits.softmax(dim=-1).sort(dim=-1, descending=True).values
        assert 0 < p < 1
        assert (ordered.cumsum(dim=-1) - p).abs().min() > 0.004 or ordered[0, :2].tolist() == [p, p]
        sizes.update((top_p.top_p(logits, p) > 0).sum(dim=-1).tolist())
    assert {1, 2, 3, 4} <= sizes
    alone = [logits.softmax(dim=-1).amax(dim=-1) > p for logits, p in draws if len(logits) == 3]
    assert torch.cat(alone).float().mean() > 0.5, "the most probable word often reaches p alone"


def by_sorting_tuples(totals, log_probs, K):
    candidates = [
        (total + value, parent, token)
        for parent, total in enumerate(totals.tolist())
        for token, value in enumerate(log_probs[parent].tolist())
    ]
    values, parents, tokens = zip(*sorted(candidates, reverse=True)[:K], strict=True)
    return torch.tensor(values), torch.tensor(parents), torch.tensor(tokens)


def test_beam_step_equals_sorting_all_candidates():
    for totals, log_probs, K in draws_of(BEAM_STEP.id):
        mine = beam_step.beam_step(totals, log_probs, K)
        theirs = by_sorting_tuples(totals, log_probs, K)
        assert torch.allclose(mine[0], theirs[0])
        assert torch.equal(mine[1], theirs[1]) and torch.equal(mine[2], theirs[2])


def test_a_beam_that_keeps_everything_finds_the_best_of_all_sequences():
    """The next word depends on the two words before, so a hypothesis is more than its last word."""
    V, T = 3, 5
    generator = torch.Generator().manual_seed(0)
    table = torch.randn(T, V, V, V, generator=generator, dtype=torch.float64).log_softmax(dim=-1)

    def total(words):
        past = zip((0, 0, *words), (0, *words), words, strict=False)
        return sum(table[t, a, b, c] for t, (a, b, c) in enumerate(past))

    hypotheses, totals = [()], torch.zeros(1, dtype=torch.float64)
    for step in range(T):
        log_probs = torch.stack([table[(step, *(0, 0, *h)[-2:])] for h in hypotheses])
        totals, parents, tokens = beam_step.beam_step(totals, log_probs, K=V ** (step + 1))
        hypotheses = [(*hypotheses[p], t) for p, t in zip(parents.tolist(), tokens.tolist(), strict=True)]
    everything = sorted(itertools.product(range(V), repeat=T), key=total, reverse=True)
    assert hypotheses == everything
    assert torch.allclose(totals, torch.stack([total(words) for words in everything]))


def test_the_draws_of_beam_step_hold_what_is_hard():
    draws = draws_of(BEAM_STEP.id)
    chosen = [beam_step.beam_step(*draw)[1:] for draw in draws]
    several = [(p, t) for (totals, _, _), (p, t) in zip(draws, chosen, strict=True) if len(totals) > 1]
    assert any(len(p.unique()) < len(p) for p, _ in several), "two from one parent"
    assert any(len(t.unique()) < len(t) for _, t in several), "one word from two parents"
    assert any((p.diff() < 0).any() for p, _ in several), "a parent overtaken"
    assert {len(totals) - K for totals, _, K in draws} == {2, 0, -1, -2, -4}
    assert any(log_probs.numel() == K for _, log_probs, K in draws), "all are kept"


def test_best_hypothesis_equals_equation_14_of_wu_et_al():
    for totals, lengths, alpha in draws_of(LENGTH_PENALTY.id):
        scores, best = length_penalty.best_hypothesis(totals.double(), lengths, alpha)
        by_hand = [
            total / ((5 + n) ** alpha / (5 + 1) ** alpha)
            for total, n in zip(totals.tolist(), lengths.tolist(), strict=True)
        ]
        assert torch.allclose(scores, torch.tensor(by_hand, dtype=torch.float64), rtol=1e-6)
        assert best.item() == max(range(len(by_hand)), key=by_hand.__getitem__)
        assert best.shape == () and best.dtype == torch.int64


def test_best_hypothesis_where_the_penalty_is_known():
    totals, lengths = torch.tensor([-3.0, -4.0, -5.0]), torch.tensor([1, 7, 13])
    scores, best = length_penalty.best_hypothesis(totals, lengths, 0.0)
    assert torch.equal(scores, totals) and best == 0
    scores, best = length_penalty.best_hypothesis(totals, lengths, 1.0)
    assert torch.allclose(scores, torch.tensor([-3.0, -2.0, -5 / 3])) and best == 2
    scores, best = length_penalty.best_hypothesis(totals, lengths, 0.5)
    assert torch.allclose(scores, torch.tensor([-3.0, -4 / math.sqrt(2), -5 / math.sqrt(3)])) and best == 1


def test_the_penalty_decides_in_the_cases_that_say_so_and_no_call_is_close():
    decides = {}
    for case, case_seed in itertools.chain.from_iterable(LENGTH_PENALTY.draws(seed) for seed in range(5)):
        totals, lengths, alpha = case.make(case_seed)
        scores, best = length_penalty.best_hypothesis(totals, lengths, alpha)
        decides.setdefault(case.name, set()).add(bool(best != totals.argmax()))
        for values in (totals, scores):
            assert (values.sort().values.diff() > 0.009).all()
    assert decides.pop("a longer hypothesis overtakes a more probable one") == {True}
    assert decides.pop("the most probable one stays the best") == {False}
    assert {True} in decides.values(), "with many hypotheses too"


def by_a_walk(tgt_in, guesses, keep):
    rows = []
    for b, t in itertools.product(*map(range, tgt_in.shape)):
        own_word = guesses[b, t - 1] if t > 0 else tgt_in[b, 0]
        rows.append(tgt_in[b, t] if keep[b, t] else own_word)
    return torch.stack(rows).reshape(tgt_in.shape)


def test_mixed_inputs_equals_a_walk_over_all_steps():
    for tgt_in, guesses, keep in draws_of(EXPOSURE.id):
        assert torch.equal(exposure.mixed_inputs(tgt_in, guesses, keep), by_a_walk(tgt_in, guesses, keep))


def test_with_nothing_kept_the_inputs_are_those_of_a_model_on_its_own():
    """A model that writes the word after the one it reads: reading its own words, it counts."""
    tgt_in = torch.tensor([[1, 50, 60, 70, 80]])
    inputs = tgt_in
    for _ in range(4):  # each pass makes one more step what it is on its own
        inputs = exposure.mixed_inputs(tgt_in, inputs + 1, torch.zeros_like(tgt_in, dtype=torch.bool))
    assert inputs.tolist() == [[1, 2, 3, 4, 5]]
    everything = torch.ones_like(tgt_in, dtype=torch.bool)
    assert torch.equal(exposure.mixed_inputs(tgt_in, tgt_in + 1, everything), tgt_in)


def test_the_draws_of_exposure_ask_to_replace_bos():
    draws = draws_of(EXPOSURE.id)
    for tgt_in, guesses, keep in draws:
        assert not keep[:, 0].all() and len(tgt_in[:, 0].unique()) == 1
        assert not (guesses == tgt_in[0, 0]).any() and not (tgt_in[:, 1:] == tgt_in[0, 0]).any()
    assert any(tgt_in.shape[1] == 1 for tgt_in, _, _ in draws)


def by_gather(src, src_mask):
    words = src_mask.sum(dim=1, keepdim=True) - 1
    s = torch.arange(src.shape[1])
    return src.gather(1, torch.where(s < words, words - 1 - s, s))


def by_ascending_sums(logits, p):
    """Cuts off the tail: from the least probable word on, as long as what is cut stays below 1 - p."""
    probs, words = logits.softmax(dim=-1).sort(dim=-1)
    kept = torch.empty_like(logits).scatter(-1, words, (probs.cumsum(dim=-1) > 1 - p).float())
    return logits.masked_fill(kept == 0, -torch.inf).softmax(dim=-1)


def row_by_row(logits, p):
    result = torch.zeros_like(logits)
    for row, probs in enumerate(logits.softmax(-1)):
        total = 0.0
        for word in probs.argsort(descending=True):
            result[row, word] = probs[word]
            total += probs[word].item()
            if total >= p:
                break
        result[row] /= total
    return result


def each_beam_first(totals, log_probs, K):
    """The best words of each hypothesis, then the best of all of these."""
    values, words = log_probs.topk(min(K, log_probs.shape[1]), dim=1)
    values, places = (values + totals[:, None]).flatten().sort(descending=True)
    return [values[:K], places[:K] // words.shape[1], words.flatten()[places[:K]]]


def by_logarithms(totals, lengths, alpha):
    scores = -torch.exp((-totals).log() - alpha * ((5 + lengths).log() - math.log(6)))
    return scores, scores.sort(descending=True).indices[0]


def by_indexing(tgt_in, guesses, keep):
    mixed = tgt_in.clone()
    mixed[:, 1:][~keep[:, 1:]] = guesses[:, :-1][~keep[:, 1:]]
    return mixed


@pytest.mark.parametrize(
    "exercise, answer",
    [
        (REVERSE_SOURCE, with_lists),
        (REVERSE_SOURCE, by_gather),
        (TOP_P, by_ascending_sums),
        (TOP_P, row_by_row),
        (BEAM_STEP, by_sorting_tuples),
        (BEAM_STEP, each_beam_first),
        (LENGTH_PENALTY, by_logarithms),
        (EXPOSURE, by_a_walk),
        (EXPOSURE, by_indexing),
    ],
)
def test_an_answer_that_is_right_in_another_way_passes(exercise, answer):
    assert diagnose(exercise, answer).passed
