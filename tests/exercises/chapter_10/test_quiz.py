"""What the quiz of chapter 10 says, computed: masks counted, networks run, draws made."""

import itertools

import pytest
import torch
from torch import nn

from s2s_course.exercises.chapter_10 import quiz as chapter_10
from s2s_course.exercises.chapter_10.mask_tokens import mask_tokens
from s2s_course.exercises.chapter_10.prefix_mask import prefix_mask
from s2s_course.exercises.chapter_10.span_corruption import span_corruption
from s2s_course.masks import causal_mask
from s2s_course.widgets.quiz import Question

from ..choices import find, right


@pytest.fixture(autouse=True)
def same_numbers_every_time():
    torch.manual_seed(0)


def test_the_pairs_of_the_masks():
    S, T = 5, 3
    prefix, causal = prefix_mask(S, T), causal_mask(S + T)
    more = prefix & ~causal
    question = chapter_10.PREFIX_AND_CAUSAL
    assert right(question).text.startswith(f"{int(more.sum())}: ") and not more[S:].any()
    assert (
        f"It has {int(prefix.sum())} pairs in all; the causal mask has {int(causal.sum())}"
        in right(question).why
    )
    assert f"an encoder alone {(S + T) ** 2}." in right(question).why
    encoder_and_decoder = S * S + T * S + int(causal_mask(T).sum())
    assert encoder_and_decoder == prefix.sum() and f"The {encoder_and_decoder} are" in right(question).why
    assert find(question, f"{S * T}: ") and causal[S:, :S].all()
    within = find(question, f"{S * S}: ")
    assert f"{int(causal[:S, :S].sum())} of them the causal mask allows" in within.why
    ahead = find(question, f"{int((~causal).sum())}: ")
    assert ahead.why.startswith(f"8 · 7 / 2 = {int((~causal).sum())} pairs")


def test_two_gaps_that_are_filled_at_once():
    texts = [("New", "York"), ("Los", "Angeles")]
    chances = {
        pair: 1 / 4 for pair in itertools.product(*[[text[gap] for text in texts] for gap in range(2)])
    }
    wrong = {pair: chance for pair, chance in chances.items() if pair not in texts}
    assert set(wrong) == {("New", "Angeles"), ("Los", "York")} and sum(wrong.values()) == 1 / 2
    assert right(chapter_10.TWO_GAPS).text == "In half of the draws"
    assert all("“{} {}”".format(*pair) in right(chapter_10.TWO_GAPS).why for pair in wrong)
    assert find(chapter_10.TWO_GAPS, "In a quarter of the draws").why.endswith("and there are two.")


def changed_places(mask):
    """Where vectors of a two-layer network change when word 5 of 8 is replaced; places from 1."""
    layer = nn.TransformerEncoderLayer(6, 2, 9, dropout=0.0, batch_first=True, dtype=torch.float64)
    network = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
    words = torch.randn(1, 8, 6, dtype=torch.float64)
    other = words.clone()
    other[0, 4] += 1
    difference = (network(words, mask=~mask) - network(other, mask=~mask))[0].abs().amax(dim=1)
    return [place for place in range(1, 9) if difference[place - 1] > 1e-9]


def test_which_vectors_another_last_word_of_the_source_changes():
    question = chapter_10.DECODER_ALONE
    assert changed_places(causal_mask(8)) == [5, 6, 7, 8]
    assert right(question).text == "Those of word 5 and of the 3 target words"
    everything = torch.ones(8, 8, dtype=torch.bool)
    for mask in (everything, prefix_mask(5, 3)):
        assert changed_places(mask) == list(range(1, 9))
    assert find(question, "All 8").why.startswith("So it is with an encoder, and with a prefix")


def test_how_many_words_give_a_loss():
    tokens = torch.arange(400).unsqueeze(0)
    chosen = torch.zeros(1, 400, dtype=torch.bool)
    chosen[0, torch.randperm(400)[: round(0.15 * 400)]] = True
    _, targets = mask_tokens(tokens, chosen, 999)
    hidden = int((targets != -100).sum())
    question = chapter_10.SIGNAL
    assert right(question).text == f"{hidden} and 400"
    assert f"15 % of 400 are {hidden}" in right(question).why
    assert find(question, f"{400 - hidden} and 400").why.startswith(f"{400 - hidden} words are shown")


def test_the_lengths_of_source_and_target_with_spans():
    spans = [(20 * k + 5, 20 * k + 8) for k in range(20)]
    src, tgt = span_corruption(list(range(400)), spans, list(range(1000, 1021)))
    question = chapter_10.SPANS
    assert right(question).text == f"Source {len(src)}, target {len(tgt)}"
    assert (
        f"400 − 60 + 20 = {len(src)}" in right(question).why
        and "one last sentinel: 81" in right(question).why
    )
    assert len(tgt) / 400 == pytest.approx(1 / 5, abs=0.01), "a fifth of the steps"
    words = sum(token < 1000 for token in tgt.tolist())
    assert find(question, f"Source {400 - words}, target {words}")
    assert find(question, f"Source {len(src)}, target 400").why.startswith("The source is right")
    assert find(question, f"Source 400, target {len(tgt)}").why.startswith("In a source of 400")


def test_every_question_of_the_file_is_asked_once():
    written = [value for value in vars(chapter_10).values() if isinstance(value, Question)]
    assert list(chapter_10.QUESTIONS) == written and len(written) == 6
    texts = list(itertools.chain(*([q.text] + [c.why for c in q.choices] for q in written)))
    assert len(set(texts)) == len(texts)
