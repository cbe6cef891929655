"""Sampling against probabilities worked out by hand and against greedy search."""

import itertools
import math
from collections import Counter
from functools import partial

import pytest
import torch

from s2s_course.data.batch import collate_sources
from s2s_course.decoding.greedy import greedy
from s2s_course.decoding.sampling import draw, sample, truncate
from s2s_course.decoding.translate import translate
from s2s_course.models.registry import build_model, model_config
from s2s_course.seeds import torch_generator

from .scripted import BOS, EOS, random_model, table

OPTIONS = {"bos_index": BOS, "eos_index": EOS}
CHANCES = [0.0, 0.0, 0.1, 0.4, 0.2, 0.25, 0.05]  # of <eos> 0.1


def rows(*probabilities):
    return torch.tensor(probabilities, dtype=torch.float64).log()


def kept(truncated):
    return [row.isfinite().nonzero().flatten().tolist() for row in truncated]


def smallest_set(probabilities, p):
    """By trying all sets, the smaller first, and of these the more probable first."""
    indices = range(len(probabilities))
    for size in range(1, len(probabilities) + 1):
        best = max(itertools.combinations(indices, size), key=lambda c: sum(probabilities[i] for i in c))
        if sum(probabilities[i] for i in best) >= p:
            return list(best)
    return list(indices)


def often_enough(counts, chances, number):
    """Every count lies within five standard deviations of what is expected."""
    assert sum(counts.values()) == number
    for outcome in {*counts, *chances}:
        chance = chances.get(outcome, 0.0)
        if abs(counts[outcome] - number * chance) > 5 * (number * chance * (1 - chance)) ** 0.5:
            return False
    return True


@pytest.mark.parametrize("top_p", [0.01, 0.3, 0.5, 0.9, 0.99, 0.9999])
def test_top_p_keeps_the_smallest_set_that_reaches_p(top_p):
    logits = 2 * torch.randn(20, 7, dtype=torch.float64, generator=torch_generator(0, "top-p"))
    truncated = truncate(logits, top_p=top_p)
    assert kept(truncated) == [smallest_set(row.softmax(0).tolist(), top_p) for row in logits]
    assert torch.equal(truncated[truncated.isfinite()], logits[truncated.isfinite()])


@pytest.mark.parametrize("top_k", [1, 3, 6, 7, 100])
def test_top_k_keeps_the_k_most_probable(top_k):
    logits = torch.randn(20, 7, generator=torch_generator(0, "top-k"))
    before = logits.clone()
    truncated = truncate(logits, top_k=top_k)
    assert kept(truncated) == [sorted(sorted(range(7), key=lambda i: -row[i])[:top_k]) for row in logits]
    assert torch.equal(truncated[truncated.isfinite()], logits[truncated.isfinite()])
    assert torch.equal(logits, before)


def test_top_p_is_a_share_of_what_top_k_left():
    logits = rows([0.1, 0.4, 0.3, 0.2])
    assert kept(truncate(logits, top_p=0.5)) == [[1, 2]]
    assert kept(truncate(logits, top_k=2, top_p=0.5)) == [[1]], ".4 is more than half of .7"


def test_p_that_is_reached_exactly_needs_no_more():
    assert kept(truncate(rows([0.25, 0.5, 0.25]), top_p=0.5)) == [[1]]
    assert kept(truncate(rows([0.25, 0.5, 0.25]), top_p=0.75)) == [[0, 1]], "of equals the lower index"
    assert kept(truncate(rows([0.25] * 4, [0.5, 0.0, 0.5, 0.0]), top_k=2)) == [[0, 1], [0, 2]]
    assert kept(truncate(torch.zeros(1, 200), top_k=3)) == [[0, 1, 2]]


def test_nothing_is_truncated_unless_asked_for():
    logits = torch.tensor([[40.0, 0.0, -40.0]])  # in float32 the first alone has probability one
    assert torch.equal(truncate(logits), logits)
    assert torch.equal(truncate(logits, top_k=3, top_p=1.0), logits)


def test_tokens_come_as_often_as_the_softmax_says():
    drawn = draw(rows(CHANCES).expand(4000, -1), [torch_generator(0, "draw", i) for i in range(4000)])
    assert drawn.dtype == torch.long
    assert often_enough(Counter(drawn.tolist()), dict(enumerate(CHANCES)), 4000)
    assert not often_enough(Counter(drawn.tolist()), dict(enumerate([0, 0, 0.1, 0.3, 0.3, 0.25, 0.05])), 4000)


@pytest.mark.parametrize(
    ("choices", "weights"),
    [
        ({}, CHANCES),
        ({"temperature": 0.5}, [chance**2 for chance in CHANCES]),
        ({"temperature": 2.0}, [chance**0.5 for chance in CHANCES]),
        ({"top_k": 2}, [0, 0, 0, 0.4, 0, 0.25, 0]),
        ({"top_p": 0.8}, [0, 0, 0, 0.4, 0.2, 0.25, 0]),
        # squared and normalized, .4 and .25 have .81 of the whole: the temperature comes first
        ({"top_p": 0.8, "temperature": 0.5}, [0, 0, 0, 0.16, 0, 0.0625, 0]),
    ],
)
def test_whole_sentences_come_as_often_as_they_should(choices, weights):
    """Two tokens: the second is drawn as the first, unless that was <eos>."""
    model = table({(): CHANCES, **{(first,): CHANCES for first in range(7)}})
    chances = [weight / sum(weights) for weight in weights]
    expected = Counter()
    for first, second in itertools.product(range(7), repeat=2):
        if first == EOS:
            expected[(EOS,)] += chances[first] * chances[second]
        else:
            expected[(first, second)] += chances[first] * chances[second]
    outputs = sample(model, *collate_sources([[3]] * 2000), max_length=2, **OPTIONS, **choices)
    assert often_enough(Counter(map(tuple, outputs)), expected, 2000)


def test_a_sentence_gets_the_same_output_whatever_it_is_batched_with():
    model = build_model("gru", model_config("gru", src_vocab_size=30, tgt_vocab_size=30), seed=0).double()
    with torch.no_grad():
        model.to_logits.bias[EOS] += 1.5
    sources = [[5, 6, 7], [9], [10, 11, 12, 13, 14, 15], [], [9, 9]]
    search = partial(sample, model.train(), max_length=12, seed=3, top_k=20, **OPTIONS)
    together = search(*collate_sources(sources))
    assert len({len(output) for output in together}) > 2 and model.training
    assert together == [search(*collate_sources([source]))[0] for source in sources]
    assert together[::-1] == search(*collate_sources(sources[::-1]))


def test_the_same_source_is_drawn_again_and_another_seed_draws_something_else():
    model = random_model(9, spread=0.5)
    search = partial(sample, model, max_length=12, **OPTIONS)
    first, other, second = search(*collate_sources([[3], [4], [3]]))
    assert first != second
    assert [first] == search(*collate_sources([[3]])) == search(*collate_sources([[3]]), seed=0)
    assert [first] != search(*collate_sources([[3]]), seed=1)
    assert [first, second, other] == search(*collate_sources([[3], [3], [4]]))


def test_sources_that_the_model_cannot_tell_apart_are_drawn_independently():
    model = table({(3,) * n: [0, 0, 0, 0.5, 0.5] for n in range(9)})
    outputs = sample(model, *collate_sources([[n] for n in range(3, 203)]), max_length=1, **OPTIONS)
    assert often_enough(Counter(map(tuple, outputs)), {(3,): 0.5, (4,): 0.5}, 200)


def test_a_row_is_drawn_from_the_stream_of_its_source():
    """By hand: seed, how often the source was there before, and the source with <eos> name the stream."""
    model = table({(): [0, 0, 0, 0.5, 0.5]})
    outputs = sample(
        model, *collate_sources([[n] for n in range(3, 13)] * 2), max_length=1, seed=8, **OPTIONS
    )
    chances = torch.tensor([0, 0, 0, 0.5, 0.5], dtype=torch.float64)
    expected = [
        torch.multinomial(chances, 1, generator=torch_generator(8, "sample", times, n, EOS)).tolist()
        for times in (0, 1)
        for n in range(3, 13)
    ]
    assert outputs == expected and len(set(map(tuple, expected))) == 2


def test_max_length_cuts_and_finished_rows_leave_the_batch():
    model = table({(): [0, 0, 0.5, 0.5], (3,): [0, 0, 0, 1.0], (3, 3): [0, 0, 0, 1.0]})
    outputs = sample(model, *collate_sources([[3]] * 50), max_length=3, **OPTIONS)
    longer = outputs.count([3, 3, 3])
    assert longer + outputs.count([EOS]) == 50
    assert model.batch_sizes == [50, longer, longer] and 0 < longer < 50


@pytest.mark.parametrize(
    "choices",
    [{"top_k": 1}, {"top_p": 1e-9}, {"temperature": 1e-4}, {"temperature": 1e-40}, {"temperature": 5e-324}],
)
def test_with_no_choice_left_it_is_greedy_search(translator, pairs, choices):
    texts = [pair.src for pair in pairs]
    outputs = translate(translator, texts, search=partial(sample, seed=5, **choices), max_length=9)
    assert outputs == translate(translator, texts, search=greedy, max_length=9)


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({"max_length": 0}, "max_length must be at least 1, got 0"),
        ({"temperature": 0.0}, "temperature must be more than 0, got 0.0"),
        ({"temperature": math.nan}, "temperature must be more than 0, got nan"),
        ({"temperature": math.inf}, "temperature must be finite, got inf"),
        ({"top_k": 0}, "top_k must be None or at least 1, got 0"),
        ({"top_p": 0.0}, r"top_p must lie in \(0, 1\], got 0.0"),
        ({"top_p": 1.5}, r"top_p must lie in \(0, 1\], got 1.5"),
    ],
)
def test_bad_choices_are_refused(choices, message):
    with pytest.raises(ValueError, match=message):
        sample(random_model(5), *collate_sources([[3]]), **{"max_length": 5, **choices}, **OPTIONS)
