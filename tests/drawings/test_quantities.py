"""What is drawn as a quantity is that quantity, found in another way; descriptions say the same."""

import math
from itertools import product

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from s2s_course import masks
from s2s_course.chapters import ROOT
from s2s_course.claims import ledger
from s2s_course.drawings import (
    attention_heads,
    attention_masks,
    backpropagation_through_time,
    bahdanau_step,
    beam_search,
    gru_cell,
    key_value_cache,
    lstm_cell,
    position_clocks,
    rnn_cell,
    rnn_unrolled,
    self_attention,
    sequence_to_sequence,
    whole_way,
)
from s2s_course.drawings.registry import drawing
from s2s_course.layers.positions import sinusoids
from s2s_course.text.tokenize import WordTokenizer
from s2s_course.text.vocab import EOS


def tensor(values):
    return torch.tensor(np.array(values), dtype=torch.float64)


def test_the_unrolled_states_are_those_of_torch():
    rnn = torch.nn.RNN(3, 4, bias=False, dtype=torch.float64)
    with torch.no_grad():
        rnn.weight_ih_l0.copy_(tensor(rnn_unrolled.W))
        rnn.weight_hh_l0.copy_(tensor(rnn_unrolled.U))
        states, _ = rnn(tensor(rnn_unrolled.INPUTS))
    first, *others = rnn_unrolled.states()
    assert not first.any()
    np.testing.assert_allclose(np.array(others), states.abs().numpy(), atol=1e-12)


def test_the_gradient_s_shares_are_those_of_autograd():
    h = torch.zeros(4, dtype=torch.float64)
    states = []
    for x in tensor(rnn_unrolled.INPUTS):
        h = torch.tanh(tensor(rnn_unrolled.W) @ x + tensor(rnn_unrolled.U) @ h).requires_grad_()
        states.append(h)
    gradients = torch.autograd.grad(h.sum() / 2, states)
    shares = backpropagation_through_time.shares()
    assert shares == pytest.approx([float(g.norm()) for g in gradients])
    assert shares == sorted(shares) and shares[-1] == 1


def test_the_rnn_s_step_is_torch_s_and_what_the_description_says():
    cell = torch.nn.RNNCell(2, 3, dtype=torch.float64)
    with torch.no_grad():
        cell.weight_ih.copy_(tensor(rnn_cell.W))
        cell.weight_hh.copy_(tensor(rnn_cell.U))
        cell.bias_ih.copy_(tensor(rnn_cell.BIAS))
        cell.bias_hh.zero_()
        after = cell(tensor(rnn_cell.X), tensor(rnn_cell.BEFORE))
    np.testing.assert_allclose(rnn_cell.AFTER, after.numpy(), atol=1e-12)
    said = "0.8, 0.4 and −0.3"
    assert said in drawing("rnn-cell").description
    assert [f"{h:.1f}".replace("-", "−") for h in after.tolist()] == ["0.8", "0.4", "−0.3"]


def test_gated_cells_do_what_their_captions_say():
    assert lstm_cell.F[0] == 1 and lstm_cell.I[0] < 0.1, "the first unit is kept"
    assert lstm_cell.F[2] < 0.2 and lstm_cell.I[2] > 0.8, "the third is written anew"
    for unit in range(4):
        c = lstm_cell.F[unit] * lstm_cell.BEFORE[unit] + lstm_cell.I[unit] * lstm_cell.G[unit]
        assert lstm_cell.CELL[unit] == pytest.approx(c)
        assert lstm_cell.HIDDEN[unit] == pytest.approx(lstm_cell.O[unit] * math.tanh(c))
        low, high = sorted((gru_cell.N[unit], gru_cell.BEFORE[unit]))
        assert low <= gru_cell.HIDDEN[unit] <= high
        share = (gru_cell.HIDDEN[unit] - gru_cell.N[unit]) / (gru_cell.BEFORE[unit] - gru_cell.N[unit])
        assert share == pytest.approx(gru_cell.Z[unit])


def test_bahdanau_s_weights_are_a_softmax_and_the_description_says_them():
    weights = tensor(bahdanau_step.SCORES).softmax(0)
    np.testing.assert_allclose(bahdanau_step.WEIGHTS, weights.numpy())
    description = drawing("bahdanau-step").description
    for numbers, digits in ((bahdanau_step.SCORES, 1), (weights, 2)):
        *first, last = (f"{float(number):.{digits}f}".replace("-", "−") for number in numbers)
        assert f"{', '.join(first)} and {last}" in description
    np.testing.assert_allclose(bahdanau_step.CONTEXT, weights.numpy() @ bahdanau_step.STATES)


@pytest.mark.parametrize("module", [self_attention, key_value_cache])
def test_attention_is_torch_s(module):
    if module is self_attention:
        query, key, value = (tensor(x) for x in (module.Q, module.K, module.V))
    else:
        query, key, value = tensor([module.QUERY]), tensor(module.KEYS), tensor(module.VALUES)
    found = F.scaled_dot_product_attention(query[None], key[None], value[None])[0]
    np.testing.assert_allclose(np.atleast_2d(module.RESULT), found.numpy(), atol=1e-12)
    if module is self_attention:
        assert module.WEIGHTS[[0, 3]].argmax(axis=1).tolist() == [2, 2], "“the” and “sleep” look at “frogs”"


def test_heads_find_what_is_said_of_them():
    sleep = attention_heads.WORDS.index("sleep")
    for weights, finds in zip(attention_heads.WEIGHTS, attention_heads.FINDS, strict=True):
        np.testing.assert_allclose(weights.sum(axis=1), 1)
        assert finds == f"“sleep” finds “{attention_heads.WORDS[weights[sleep].argmax()]}”"


def test_masks_are_those_of_the_course():
    causal = masks.causal_mask(4)
    tokens = torch.tensor([[0 if word == "<pad>" else 5 for word in attention_masks.WORDS]])
    padding = masks.padding_mask(tokens, 0).expand(4, 4)
    assert causal.tolist() == attention_masks.CAUSAL
    assert padding.tolist() == attention_masks.PADDING
    assert (padding & causal).tolist() == attention_masks.BOTH


def test_clocks_stand_where_the_course_s_positions_point():
    table = sinusoids(torch.arange(5), position_clocks.D)
    for t, i in product(range(5), range(position_clocks.HANDS)):
        angle = t * position_clocks.ANGLES[i]
        assert [math.sin(angle), math.cos(angle)] == pytest.approx(
            table[t, 2 * i : 2 * i + 2].tolist(), abs=1e-5
        )


def test_the_beam_finds_the_best_sentence_and_greedy_search_does_not():
    tree = beam_search.NEXT
    sentences = {
        (*start, word): math.prod(tree[start[:n]][start[n]] for n in range(len(start))) * p
        for start, words in tree.items()
        if len(start) == 2
        for word, p in words.items()
    }
    best = max(sentences, key=sentences.get)
    found = max(beam_search.search()[-1], key=lambda h: h.probability)
    assert found.words == best == ("un", "chat", "dort") and found.kept
    words, probability = beam_search.greedy()
    assert words == ("le", "chat", "dort") and probability < sentences[best]
    assert f"{probability:.2f}" in drawing("beam-search").caption
    assert f"{sentences[best]:.2f}" in drawing("beam-search").caption
    assert [sum(h.kept for h in step) for step in beam_search.search()] == [beam_search.BEAM] * 3


def test_the_map_s_numbers_are_the_ledger_s():
    for claim_id, value in (("attention-time", "ratio"), ("copy-memory-lag", "gru_longest_lag")):
        stored = ledger.stored(claim_id).values[value]
        assert whole_way.measured(claim_id, value) == pytest.approx(sum(stored) / len(stored))
    measured = {station.chapter: station.measured for station in whole_way.stations()}
    bleu = ledger.stored("length-bottleneck").values["bahdanau_length_12"]
    assert measured[5] == f"12–14 words: BLEU {np.mean(bleu):.0f}"
    order = [
        ledger.stored("order-needs-positions").values[f"{kind}_length_20"] for kind in ("none", "sinusoidal")
    ]
    assert measured[8] == f"order known: {np.mean(order[0]):.0f} → {np.mean(order[1]):.0f} %"
    assert all(number in drawing("whole-way").description for number in measured.values())


def test_the_map_s_minutes_are_those_of_the_chapters():
    for station in whole_way.stations():
        [path] = (ROOT / "book").glob(f"{station.chapter:02d}-*.ipynb")
        assert f"about {station.minutes} minutes to read" in path.read_text(encoding="utf-8")


def test_the_tokens_of_the_first_drawing_are_those_of_the_tokenizer():
    english, french = WordTokenizer("en"), WordTokenizer("fr")
    assert tuple(english.tokenize("does henri not sing?")) == sequence_to_sequence.SOURCE
    assert (*french.tokenize("est-ce qu'henri ne chante pas ?"), EOS) == sequence_to_sequence.TARGET
    words = {5: "five", 7: "seven"}
    caption = drawing("sequence-to-sequence").caption
    assert f"{words[len(sequence_to_sequence.SOURCE)]} tokens become" in caption
    assert f"become {words[len(sequence_to_sequence.TARGET) - 1]}, and <eos>" in caption
