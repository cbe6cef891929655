"""Beam search against every possible sentence, against a slow version, and against greedy search."""

import itertools
import math
from functools import partial

import pytest
import torch

from s2s_course.data.batch import collate_sources
from s2s_course.decoding.beam import beam_search, divisor
from s2s_course.decoding.greedy import greedy
from s2s_course.decoding.translate import translate
from s2s_course.evaluation.evaluate import evaluate
from s2s_course.models.registry import MODELS, build_model, model_config

from .scripted import BOS, EOS, Scripted, random_model, table

OPTIONS = {"bos_index": BOS, "eos_index": EOS}
SOURCES = [[3, 4], [], [4, 4, 3], [3], [4], [3, 3], [4, 3], [3, 4, 4]]


def log_probability(model, source, sentence):
    logits = (model.script((*source, EOS), tuple(sentence[:t])) for t in range(len(sentence)))
    return sum(step.log_softmax(dim=0)[token].item() for step, token in zip(logits, sentence, strict=True))


def every_sentence(vocab_size, max_length):
    words = [token for token in range(vocab_size) if token != EOS]
    for length in range(max_length):
        for beginning in itertools.product(words, repeat=length):
            yield [*beginning, EOS]


def slow_search(model, source, *, max_length, beam_size, length_penalty):
    """One sentence, plain lists, and no early stop."""
    beam, finished = [(0.0, [])], []
    for length in range(1, max_length + 1):
        candidates = []
        for total, written in beam:
            chances = model.script((*source, EOS), tuple(written)).log_softmax(dim=0).tolist()
            candidates += [(total + chance, [*written, token]) for token, chance in enumerate(chances)]
        kept = sorted(candidates, key=lambda candidate: -candidate[0])[:beam_size]
        finished += [(total / ((5 + length) / 6) ** length_penalty, w) for total, w in kept if w[-1] == EOS]
        beam = [candidate for candidate in kept if candidate[1][-1] != EOS]
    return max(finished or beam, key=lambda candidate: candidate[0])[1]


@pytest.mark.parametrize("length_penalty", [0.0, 0.6, 1.0, 3.0])
def test_a_beam_wide_enough_finds_the_best_of_all_sentences(length_penalty):
    model = random_model(5)
    found = beam_search(
        model,
        *collate_sources(SOURCES),
        max_length=4,
        beam_size=300,
        length_penalty=length_penalty,
        **OPTIONS,
    )
    for source, output in zip(SOURCES, found, strict=True):
        best = max(
            every_sentence(5, max_length=4),
            key=lambda sentence: (
                log_probability(model, source, sentence) / ((5 + len(sentence)) / 6) ** length_penalty
            ),
        )
        assert output == best
    assert len({tuple(output) for output in found}) > 3


@pytest.mark.parametrize("length_penalty", [0.0, 0.6, 1.0, 2.5])
@pytest.mark.parametrize("beam_size", [1, 2, 3, 7])
@pytest.mark.parametrize("end", [0.0, 2.0])
def test_stopping_early_and_batching_change_nothing(beam_size, length_penalty, end):
    model = random_model(6, end=end)
    options = {"max_length": 9, "beam_size": beam_size, "length_penalty": length_penalty}
    found = beam_search(model, *collate_sources(SOURCES), **options, **OPTIONS)
    assert found == [slow_search(model, source, **options) for source in SOURCES]


def test_a_sentence_that_none_can_overtake_leaves_the_batch():
    """With probabilities .6 and .4, the total of n tokens .6 has to fall below log .4 before it is over."""
    model = table({(3,) * n: [0, 0, 0.4, 0.6] for n in range(50)})
    assert beam_search(
        model, *collate_sources([[]]), max_length=50, beam_size=2, length_penalty=0.0, **OPTIONS
    ) == [[EOS]]
    assert model.batch_sizes == [1, 2], "log .4 is more than 2 log .6"


@pytest.mark.parametrize("length_penalty", [0.6, 1.0])
def test_the_bound_counts_on_the_greatest_length(length_penalty):
    """A poor beginning that goes on surely: it is better than the short sentence only once it is long."""
    longest = next(n for n in range(1, 30) if math.log(0.4) / divisor(n, length_penalty) > math.log(0.6))
    model = table({(): [0, 0, 0.6, 0.4], **{(3,) * n: [0, 0, 0, 1.0] for n in range(1, longest - 1)}})
    search = partial(beam_search, model, *collate_sources([[]]), beam_size=2, length_penalty=length_penalty)
    assert search(max_length=longest, **OPTIONS) == [[3] * (longest - 1) + [EOS]]
    model.batch_sizes.clear()
    assert search(max_length=longest - 1, **OPTIONS) == [[EOS]]
    assert len(model.batch_sizes) == 1, "known at the first step that nothing can come of it"


def test_beam_of_two_finds_what_greedy_misses():
    """Greedy takes .5, after which nothing is likely; .4 leads to a sentence of probability .36."""
    model = table({
        (): [0, 0, 0.1, 0.5, 0.4, 0],
        (3,): [0, 0, 0.3, 0.3, 0.2, 0.2],
        (4,): [0, 0, 0.1, 0, 0, 0.9],
    })  # fmt: skip
    source = collate_sources([[]])
    assert greedy(model, *source, max_length=5, **OPTIONS)[0][0] == 3
    for length_penalty in (0.0, 0.6):
        found = beam_search(
            model, *source, max_length=5, beam_size=2, length_penalty=length_penalty, **OPTIONS
        )
        assert found == [[4, 5, EOS]]


def test_the_length_penalty_decides_between_short_and_long():
    model = table({(): [0, 0, 0.5, 0.5], (3,): [0, 0, 0, 1.0], (3, 3): [0, 0, 0.9, 0.1]})
    source = collate_sources([[]])
    search = partial(beam_search, model, *source, max_length=9, beam_size=3, **OPTIONS)
    assert search(length_penalty=0.0) == [[EOS]]
    assert math.log(0.45) / (8 / 6) ** 0.6 > math.log(0.5)
    assert search() == search(length_penalty=0.6) == [[3, 3, EOS]]
    assert divisor(1, 0.6) == 1 and divisor(7, 0.5) == pytest.approx(2**0.5) and divisor(7, 0.0) == 1


@pytest.mark.parametrize("length_penalty", [0.0, 0.6, 5.0])
@pytest.mark.parametrize("name", ["gru", "lstm"])
def test_a_beam_of_one_is_greedy_search(name, length_penalty):
    model = build_model(
        name, model_config(name, src_vocab_size=30, tgt_vocab_size=30, hidden_size=64), seed=1
    )
    with torch.no_grad():
        for parameter in model.parameters():
            parameter *= 4  # or it writes the same word again and again
        model.to_logits.bias[EOS] += 1
    torch.manual_seed(0)
    sources = collate_sources([torch.randint(4, 30, (n % 11,)).tolist() for n in range(60)])
    expected = greedy(model, *sources, max_length=20, **OPTIONS)
    assert {output[-1] == EOS for output in expected} == {True, False}
    options = {"max_length": 20, "beam_size": 1, "length_penalty": length_penalty, **OPTIONS}
    assert beam_search(model.train(), *sources, **options) == expected
    assert model.training


@pytest.mark.parametrize("vocab_size", [5, 33, 200])
def test_a_beam_of_one_is_greedy_search_among_equals_and_next_to_equals(vocab_size):
    """Logits that differ by less than rounding leaves of their logarithms' sums."""

    def script(source, written):
        logits = torch.zeros(vocab_size)
        logits[3 + len(written) % 2] = 1e-7 * (len(source) - 1)
        return logits

    sources = collate_sources([[], [3]])
    expected = greedy(Scripted(script), *sources, max_length=12, **OPTIONS)
    assert expected == [[0] * 12, [3, 4] * 6]
    assert beam_search(Scripted(script), *sources, max_length=12, beam_size=1, **OPTIONS) == expected


@pytest.mark.parametrize("name", MODELS)
def test_a_sentence_gets_the_same_output_whatever_it_is_batched_with(name):
    model = build_model(name, model_config(name, src_vocab_size=30, tgt_vocab_size=30), seed=0).double()
    with torch.no_grad():
        model.to_logits.bias[EOS] -= 2  # or the shortest sentence is always the best
    sources = [[5, 6, 7], [9], [10, 11, 12, 13, 14, 15], []]
    for beam_size in (2, 5):
        search = partial(beam_search, model, max_length=12, beam_size=beam_size, **OPTIONS)
        together = search(*collate_sources(sources))
        assert max(map(len, together)) > 5
        assert together == [search(*collate_sources([source]))[0] for source in sources]


def test_one_step_of_the_model_serves_all_sentences_and_hypotheses():
    def script(source, written):  # sure of as many words as the source has, and then of the end
        word = EOS if len(written) == len(source) - 1 else 3
        return torch.tensor([0.0 if token == word else -20.0 - token for token in range(6)])

    model = Scripted(script)
    found = beam_search(model, *collate_sources([[3], [3, 3, 3], []]), max_length=9, beam_size=4, **OPTIONS)
    assert found == [[3, EOS], [3, 3, 3, EOS], [EOS]]
    assert model.batch_sizes == [3, 2 * 4, 4, 4]


def test_of_equals_the_shorter_wins():
    model = table({(): [0, 0, 0.25, 0.25, 0.5], (4,): [0, 0, 0.25, 0.25, 0.5]})
    search = partial(beam_search, model, *collate_sources([[]]), max_length=9, length_penalty=0.0, **OPTIONS)
    assert search(beam_size=3) == [[EOS]], "<eos>, 3 <eos> and 4 4 <eos> have probability 1/4"
    assert model.batch_sizes == [1, 3], "after two words none can have more than that"


@pytest.mark.parametrize("beam_size", [2, 4, 100])
def test_what_is_impossible_is_never_written(beam_size):
    """One word may follow <bos>, two each word after it, and nothing ends before the fourth step."""
    branch = [0, 0, 0, 0.5, 0.5]
    model = table({(): [0, 0, 0, 1.0, 0], (3,): branch, (3, 3): branch, (3, 4): branch})
    search = partial(beam_search, model, *collate_sources([[], [3]]), beam_size=beam_size, **OPTIONS)
    for length in (1, 2, 3, 4, 9):
        for output in search(max_length=length):
            assert output[0] == 3 and len(output) == min(length, 4)
            assert set(output[1:3]) <= {3, 4} and output[3:] in ([], [EOS])


def test_max_length_leaves_the_likeliest_unfinished_one_only_if_nothing_has_finished():
    model = table({(): [0, 0, 0.1, 0.9], **{(3,) * n: [0, 0, 0, 1.0] for n in range(1, 9)}})
    search = partial(beam_search, model, *collate_sources([[]]), max_length=4, length_penalty=0.0, **OPTIONS)
    assert search(beam_size=1) == [[3, 3, 3, 3]]
    assert search(beam_size=2) == [[EOS]]


def test_watch_sees_every_step():
    seen, model = [], random_model(6)
    search = partial(beam_search, model, *collate_sources(SOURCES), max_length=7, beam_size=3, **OPTIONS)
    assert search(watch=seen.append) == search()
    assert [step.length for step in seen] == list(range(1, len(seen) + 1))
    prefixes = {row: [()] for row in range(len(SOURCES))}
    for step in seen:
        for n, row in enumerate(step.sentences.tolist()):
            chosen = zip(step.parents[n].tolist(), step.tokens[n].tolist(), strict=True)
            prefixes[row] = [(*prefixes[row][parent], token) for parent, token in chosen]
            assert list(step.totals[n]) == sorted(step.totals[n], reverse=True)
            for written, total in zip(prefixes[row], step.totals[n].tolist(), strict=True):
                assert total == pytest.approx(log_probability(model, SOURCES[row], written), abs=1e-9)


def test_totals_are_summed_in_double_precision_whatever_the_logits_are():
    seen, thirds = [], torch.tensor([-99.0, -99.0, -99.0, 0.3, 0.3, 0.3])
    model = Scripted(lambda source, written: thirds)
    options = {"max_length": 50, "beam_size": 2, "length_penalty": 0.0}
    beam_search(model, *collate_sources([[]]), **options, **OPTIONS, watch=seen.append)
    step = thirds.log_softmax(dim=0)[3].double().item()
    assert all(one.totals.dtype == torch.float64 for one in seen)
    assert seen[-1].totals[0, 0].item() == pytest.approx(50 * step, rel=1e-13)


def test_translate_and_evaluate_take_it(translator, pairs):
    texts = [pair.src for pair in pairs]
    search = partial(beam_search, beam_size=3)
    outputs = translate(translator, texts, search=search, max_length=9)
    assert outputs == [translate(translator, [text], search=search, max_length=9)[0] for text in texts]
    assert translate(translator, texts, search=partial(beam_search, beam_size=1)) == translate(
        translator, texts
    )
    assert evaluate(translator, pairs, search=search, max_length=9).sentences == len(pairs)


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({"max_length": 0}, "max_length must be at least 1, got 0"),
        ({"beam_size": 0}, "beam_size must be at least 1, got 0"),
        ({"length_penalty": -0.1}, "length_penalty must be a number that is at least 0, got -0.1"),
        ({"length_penalty": math.inf}, "length_penalty must be a number that is at least 0, got inf"),
        ({"length_penalty": math.nan}, "length_penalty must be a number that is at least 0, got nan"),
    ],
)
def test_bad_choices_are_refused(choices, message):
    with pytest.raises(ValueError, match=message):
        beam_search(random_model(5), *collate_sources([[3]]), **{"max_length": 5, **choices}, **OPTIONS)
