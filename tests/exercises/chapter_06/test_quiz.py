"""What the quiz of chapter 6 says in numbers, computed with torch."""

import math

import pytest
import torch
from torch import nn

from s2s_course.exercises.chapter_06 import quiz as chapter_06

from ..choices import find, right

STEPS, WORDS, D = 5, 7, 4


@pytest.fixture(autouse=True)
def same_numbers_every_time():
    torch.manual_seed(0)


class Decoder:
    """A small decoder; ``kind`` says where its context goes."""

    def __init__(self, kind: str):
        self.kind = kind
        self.cell = nn.GRUCell(D if kind == "luong" else 2 * D, D).double()
        self.W_c = torch.randn(D, 2 * D).double()
        self.words = torch.randn(STEPS, D).double()
        self.memory = torch.randn(WORDS, D).double()

    def attend(self, query):
        return (self.memory @ query).softmax(dim=0) @ self.memory

    def predict(self, *, without_context: int | None = None):
        """What each step predicts its word from, (steps, D)."""
        state, vector, predictions = torch.zeros(D).double(), torch.zeros(D).double(), []
        for step, word in enumerate(self.words, start=1):
            keep = float(step != without_context)
            if self.kind == "bahdanau":
                context = keep * self.attend(state)
                state = self.cell(torch.cat([word, context]), state)
            else:
                inputs = torch.cat([word, vector]) if self.kind == "input feeding" else word
                state = self.cell(inputs, state)
                context = keep * self.attend(state)
            vector = torch.tanh(self.W_c @ torch.cat([context, state]))
            predictions.append(vector)
        return torch.stack(predictions)


@pytest.mark.parametrize(
    ("kind", "changed"), [("luong", [3]), ("input feeding", [3, 4, 5]), ("bahdanau", [3, 4, 5])]
)
def test_how_far_a_context_reaches(kind, changed):
    decoder = Decoder(kind)
    difference = decoder.predict(without_context=3) - decoder.predict()
    assert [step for step in range(1, STEPS + 1) if difference[step - 1].abs().max() > 1e-9] == changed
    if kind == "luong":
        assert right(chapter_06.WITHOUT_ITS_CONTEXT).text == f"That of step {changed[0]}"
    else:
        choice = find(chapter_06.WITHOUT_ITS_CONTEXT, "Those of step 3 and of all later steps")
        assert "Bahdanau" in choice.why and "With input feeding it would be so here too" in choice.why


def test_without_input_feeding_one_fused_call_gives_all_states():
    decoder = Decoder("luong")
    gru = nn.GRU(D, D, batch_first=True).double()
    for name, parameter in decoder.cell.named_parameters():
        getattr(gru, f"{name}_l0").data.copy_(parameter.data)
    states = gru(decoder.words.unsqueeze(0))[0][0]
    contexts = (states @ decoder.memory.T).softmax(dim=-1) @ decoder.memory
    together = torch.tanh(torch.cat([contexts, states], dim=-1) @ decoder.W_c.T)
    assert torch.allclose(together, decoder.predict(), atol=1e-12)


def test_the_price_of_input_feeding():
    def count(input_size):
        layer = nn.LSTM(input_size, 512, device="meta")
        return sum(parameter.numel() for parameter in layer.parameters())

    price = count(256 + 512) - count(256)
    choice = right(chapter_06.INPUT_FEEDING)
    assert choice.text == f"{price:,} more weights, and a loop over the steps"
    assert f"4 · 512 · 512 = {price:,}" in choice.why
    assert find(chapter_06.INPUT_FEEDING, f"{price // 4:,} more weights").why.startswith(
        f"512 · 512 = {price // 4:,} is one block"
    )
    assert find(chapter_06.INPUT_FEEDING, f"{price:,} more weights, but no loop")


def test_which_score_fits_and_its_parameters():
    encoder = nn.LSTM(8, 256, bidirectional=True, batch_first=True)
    memory, query = encoder(torch.randn(1, 3, 8))[0], torch.randn(1, 256)
    with pytest.raises(RuntimeError, match="size"):
        torch.einsum("bd,bsd->bs", query, memory)
    general = nn.Bilinear(256, memory.shape[-1], 1, bias=False)
    assert general(query.expand(3, -1), memory[0]).shape == (3, 1)
    parameters = general.weight.numel()
    assert right(chapter_06.SIZES).text == f"general, with {parameters:,} parameters"
    assert f"256 · 512 = {parameters:,}" in right(chapter_06.SIZES).why
    square = find(chapter_06.SIZES, f"general, with {256 * 256:,} parameters")
    assert f"256 · 256 = {256 * 256:,}" in square.why

    def concat(reads):
        layers = nn.Linear(reads, 256, bias=False), nn.Linear(256, 1, bias=False)
        return sum(layer.weight.numel() for layer in layers)

    choice = find(chapter_06.SIZES, "concat with 256 units inside")
    assert choice.text.endswith(f"with {concat(512):,} parameters")
    assert f"That is {concat(256 + 512):,}. The {concat(512):,} leave out zₜ" in choice.why
    assert "256 · 768" in choice.why and 256 + 512 == 768


def test_what_a_scale_does_to_weights():
    queries, memory = torch.randn(300, 1, 400), torch.randn(300, 400, 10)
    scores = (queries @ memory).squeeze(1)
    assert scores.std() == pytest.approx(20, rel=0.05)
    assert "√400 = 20" in find(chapter_06.SCALE, "Nearly 1 for one word").why
    assert (scores / 20).std() == pytest.approx(1, rel=0.05)
    assert (scores / 400).std() == pytest.approx(0.05, rel=0.05)
    assert "√400 / 400 = 0.05" in right(chapter_06.SCALE).why
    assert right(chapter_06.SCALE).why.endswith("Divided by √D, scores have the deviation 1.")
    assert right(chapter_06.SCALE).text == "All of them near 0.1"
    weights = (scores / 400).softmax(dim=-1)
    assert (weights - 0.1).abs().max() < 0.03 and (weights - 0.1).abs().mean() < 0.005
    assert scores.softmax(dim=-1).max(dim=-1).values.median() > 0.99
    scaled = (scores / 20).softmax(dim=-1).max(dim=-1).values
    assert scaled.median() < 0.6 and scaled.mean() > 2 * weights.max(dim=-1).values.mean()


def test_a_common_factor_is_not_ignored_and_a_common_summand_is():
    scores = torch.randn(10).double()
    once, twice = scores.softmax(dim=0), (2 * scores).softmax(dim=0)
    assert torch.allclose(twice[0] / twice[1], (once[0] / once[1]) ** 2)
    assert torch.allclose((scores + 3).softmax(dim=0), once)
    assert "the ratio of any two weights is squared" in find(chapter_06.SCALE, "As with √D").why
    query, hidden = torch.randn(2, 400).double()
    assert (query @ hidden / 400) / (query @ hidden / 400**0.5) == pytest.approx(1 / 20)
    assert find(chapter_06.SCALE, "A twentieth")


def weights_at_the_end(positions):
    """Equal scores, a softmax over ``positions`` in reach of 5.5, then the Gaussian with σ = 1."""
    inside = [s for s in positions if abs(s - 5.5) <= 2]
    return {s: math.exp(-((s - 5.5) ** 2) / 2) / len(inside) for s in inside}


def test_the_window_at_the_end_of_a_sentence():
    weights, padded = weights_at_the_end(range(7)), weights_at_the_end(range(20))
    numbers = {3: "Three", 4: "Four", 5: "Five"}
    for choice, found in [
        (right(chapter_06.END_OF_SENTENCE), weights),
        (find(chapter_06.END_OF_SENTENCE, "Four"), padded),
    ]:
        total = sum(found.values())
        assert choice.text == f"{numbers[len(found)]} weights above 0, with the sum {total:.2f}"
    assert list(weights) == [4, 5, 6] and list(padded) == [4, 5, 6, 7]
    why = right(chapter_06.END_OF_SENTENCE).why
    assert "Words 4, 5 and 6 are 1.5, 0.5 and 0.5 away" in why
    assert "the Gaussian is {:.2f}, {:.2f} and {:.2f}".format(*(3 * w for w in weights.values())) in why
    assert f"third of their sum is {sum(weights.values()):.2f}" in why
    assert "each has ⅓" in find(chapter_06.END_OF_SENTENCE, "Three weights above 0, with the sum 1").why
    assert "From 3.5 to 7.5" in (five := find(chapter_06.END_OF_SENTENCE, "Five")).why and 7.5 - 5.5 == 2
    assert "2 + 1 + 2 = 5 is right around a whole position" in five.why
    assert sum(abs(s - 9) <= 2 for s in range(20)) == 5


def test_with_the_logarithm_added_to_the_scores_the_sum_is_1():
    distance = torch.tensor([4.0, 5.0, 6.0]) - 5.5
    assert (-(distance**2) / 2).softmax(dim=0).sum() == pytest.approx(1)


def test_a_score_that_sees_the_words_follows_them_and_location_does_not():
    memory, query = torch.randn(WORDS, D), torch.randn(D)
    order = [0, 4, 2, 3, 1, 5, 6]
    W_a, W, v = torch.randn(WORDS, D), torch.randn(D, D), torch.randn(D)
    W_concat = torch.randn(D, 2 * D)

    def concat(memory):
        return torch.tanh(torch.cat([query.expand_as(memory), memory], dim=-1) @ W_concat.T) @ v

    for scores in (lambda memory: memory @ query, lambda memory: memory @ W @ query, concat):
        before, after = (scores(states).softmax(dim=0) for states in (memory, memory[order]))
        assert torch.allclose(after, before[order]) and not torch.allclose(after, before)
    location = (W_a @ query).softmax(dim=0)
    assert location.shape == (WORDS,) and location.std() > 0.01
    words = dict(zip(order, location.tolist(), strict=True))
    assert (words[4], words[1]) == (location[1].item(), location[4].item())
    assert right(chapter_06.LOCATION).text.endswith("each of the two words gets the weight of the other")
