"""The quiz of chapter 5: what its texts say in numbers is computed here."""

import math

import pytest
import torch
from torch import nn

from s2s_course.exercises.chapter_05 import quiz as chapter_05

from ..choices import find, right


@pytest.fixture
def generator():
    return torch.Generator().manual_seed(0)


def additive_weights(query, memory, W, U, v):
    """Of one sentence: query (D,), memory (S, M)."""
    return torch.softmax(torch.tanh(W @ query + memory @ U.T) @ v, dim=0)


class TestChapter5:
    def test_a_map_sums_to_the_number_of_steps_and_its_columns_to_anything(self, generator):
        T, S = 4, 7
        weights = (3 * torch.randn(T, S, generator=generator)).softmax(dim=1)
        assert f"writes {T} words from a source of {S} real words" in chapter_05.SUM_OF_THE_MAP.text
        assert f"All {weights.numel()} attention weights" in chapter_05.SUM_OF_THE_MAP.text
        assert right(chapter_05.SUM_OF_THE_MAP).text == f"{weights.sum().item():.0f}"
        assert weights.sum(dim=0).max() > 1 and weights.sum(dim=0).min() < 0.1
        wrong_axis = (3 * torch.randn(T, S, generator=generator)).softmax(dim=0)
        choice = find(chapter_05.SUM_OF_THE_MAP, f"{wrong_axis.sum().item():.0f}")
        assert not choice.right and "wrong axis" in choice.why
        assert torch.allclose(wrong_axis.sum(dim=0), torch.ones(S))

    def test_the_new_state_depends_on_the_context_and_the_context_on_the_query(self, generator):
        """With zₜ₋₁ as the query there is a result. It does not solve the circle that zₜ would make."""
        D = M = 3
        memory, before, word = (torch.randn(shape, generator=generator) for shape in ((5, M), (1, D), (1, 2)))
        W, U, v = (torch.randn(shape, generator=generator) for shape in ((4, D), (4, M), (4,)))
        torch.manual_seed(0)
        cell = nn.GRUCell(2 + M, D)

        def context_of(query):
            return (additive_weights(query[0], memory, W, U, v) @ memory).unsqueeze(0)

        def state_of(context):
            return cell(torch.cat([word, context], dim=1), before)

        reads = torch.autograd.functional.jacobian(state_of, torch.zeros(1, M))
        asks = torch.autograd.functional.jacobian(context_of, before)
        assert reads.abs().max() > 1e-3 and asks.abs().max() > 1e-3
        new = state_of(context_of(before))
        assert not torch.allclose(state_of(context_of(new)), new, atol=1e-4)

    def test_what_is_counted_grows_by_9_and_by_3(self):
        """Counts the vectors that pass U and v where keys are made once, and anew at every step."""

        def counts(S, T, *, once):
            passed = {"U": 0, "v": 0}

            def layer(name, vectors):
                passed[name] += len(vectors)
                return vectors

            keys = layer("U", torch.zeros(S, 3)) if once else None
            for _ in range(T):
                keys_now = keys if once else layer("U", torch.zeros(S, 3))
                layer("v", torch.tanh(keys_now))
            return passed

        growth = {
            once: {name: counts(15, 12, once=once)[name] / n for name, n in counts(5, 4, once=once).items()}
            for once in (True, False)
        }
        assert growth[True] == {"U": 3, "v": 9} and growth[False] == {"U": 9, "v": 9}
        assert "become 3 times as long" in chapter_05.COST.text
        assert right(chapter_05.COST).text == "The scores by 9, the products U hₛ by 3"
        assert find(chapter_05.COST, "Both by 9").why.startswith("So it is if U hₛ is computed anew")

    def test_padding_of_zeros_takes_seven_tenths(self, generator):
        words, padded = 3, 10
        memory = torch.zeros(padded, 4)
        memory[:words] = torch.randn(words, 4, generator=generator)
        weights = torch.zeros(padded).softmax(dim=0)
        factor = weights @ memory / memory[:words].mean(dim=0)
        assert torch.allclose(factor, factor[0].expand(4))
        choice = right(chapter_05.PADDING)
        assert choice.text == f"{factor[0].item():.1f} times the mean of the 3 states"
        assert f"gets {weights[0].item():.1f}, and only {words}" in choice.why
        diluted = find(chapter_05.PADDING, "The mean of the 3 states: zeros")
        assert f"{padded - words} of the {padded} shares" in diluted.why
        masked = torch.zeros(padded).masked_fill(torch.arange(padded) >= words, -math.inf).softmax(dim=0)
        assert torch.allclose(masked @ memory, memory[:words].mean(dim=0), atol=1e-6)

    def test_a_state_of_zeros_has_a_score_that_is_not_0(self, generator):
        query, W, v = (torch.randn(shape, generator=generator) for shape in ((3,), (4, 3), (4,)))
        score = torch.tanh(W @ query + torch.zeros(4)) @ v
        assert score.abs() > 0.1
        assert math.exp(0) == 1 and math.exp(-math.inf) == 0

    def test_a_state_that_is_looked_at_may_tell_of_another_word_alone(self):
        """A backward cell whose second unit holds what its first one held a word earlier."""
        network = nn.RNN(1, 2, batch_first=True, bidirectional=True)
        with torch.no_grad():
            for parameter in network.parameters():
                parameter.zero_()
            network.weight_ih_l0_reverse[0, 0] = 1.0
            network.weight_hh_l0_reverse[1, 0] = 1.0
        weights = torch.tensor([0.05, 0.9, 0.05])  # the, black, cat

        def read(the, black, cat):
            states, _ = network(torch.tensor([[[the], [black], [cat]]]))
            return (weights @ states[0])[3].item()  # the decoder uses this unit of the context

        plain = read(0.1, 0.2, 0.3)
        change = {"black": read(0.1, 0.7, 0.3) - plain, "cat": read(0.1, 0.2, 0.8) - plain}
        assert abs(change["cat"]) > 10 * abs(change["black"]) > 0
        assert "0.9 of the weight" in chapter_05.BLACK_CAT.text
        assert "perhaps from “cat”" in right(chapter_05.BLACK_CAT).text

    def test_a_word_changes_all_states_of_both_directions(self):
        torch.manual_seed(0)
        network = nn.GRU(3, 4, batch_first=True, bidirectional=True)
        words = torch.randn(1, 9, 3)
        changed = words.clone()
        changed[0, 3] += 1
        before, after = (network(read)[0][0] for read in (words, changed))
        differs = (before != after).view(9, 2, 4).any(dim=2)
        forward, backward = ({s + 1 for s in range(9) if differs[s, side]} for side in (0, 1))
        assert forward == set(range(4, 10)) and backward == set(range(1, 5))
        assert forward | backward == set(range(1, 10))
        assert right(chapter_05.DIRECTIONS).text == "All nine"
        assert "left to right" in find(chapter_05.DIRECTIONS, "h₄ to h₉").why
        assert "right to left" in find(chapter_05.DIRECTIONS, "h₁ to h₄").why
