"""What the quiz of chapter 4 says, computed: with the model of the course, with torch, by counting."""

import itertools
import math
import re
from dataclasses import replace

import pytest
import torch
from torch import nn

from s2s_course.exercises.chapter_04 import quiz as chapter_04
from s2s_course.exercises.chapter_04.beam_step import beam_step
from s2s_course.exercises.chapter_04.length_penalty import best_hypothesis
from s2s_course.models.plain import PlainConfig, PlainEncoderDecoder
from s2s_course.widgets.quiz import Question

from ..choices import find, right

BOS, EOS = 1, 2


@pytest.fixture(autouse=True)
def same_numbers_every_time():
    torch.manual_seed(0)


def make_model(context: str) -> PlainEncoderDecoder:
    config = PlainConfig(src_vocab_size=11, tgt_vocab_size=13, embed_size=5, hidden_size=7, context=context)
    return PlainEncoderDecoder(config).double().eval()


@pytest.mark.parametrize(("context", "depends"), [("first_step", False), ("every_step", True)])
def test_after_the_state_is_set_to_0_only_a_context_at_every_step_tells_of_the_source(context, depends):
    """Two sources, nine words each of their own, the states set to 0, and then the same word."""
    model = make_model(context)
    src = torch.tensor([[5, 7, 4, 2], [9, 3, 8, 2]])
    state = model.init_state(src, torch.ones_like(src, dtype=torch.bool))
    tokens = torch.full((2,), BOS)
    for _ in range(9):
        logits, state = model.step(tokens, state)
        tokens = logits.argmax(dim=-1)
    assert not torch.allclose(*logits)
    state = replace(state, layers=tuple(torch.zeros_like(layer) for layer in state.layers))
    logits, _ = model.step(torch.tensor([6, 6]), state)
    assert torch.allclose(*logits, rtol=0, atol=1e-12) != depends
    assert right(chapter_04.ONCE_OR_EVERY_STEP).text.startswith("Those of B")


def test_a_translation_without_mistake_needs_20_right_words_in_a_row_whatever_follows_a_mistake():
    """Translations one by one, with a model that gets worse after a mistake, and one that does not."""
    shares, mistakes = [], []
    for after_a_mistake in (0.95, 0.3):
        fine, count = torch.ones(100_000, dtype=torch.bool), torch.zeros(100_000)
        for _ in range(20):
            hit = torch.rand(100_000) < torch.where(fine, 0.95, after_a_mistake)
            fine, count = fine & hit, count + ~hit
        shares.append(fine.float().mean().item())
        mistakes.append(count.mean().item())
    exact = 0.95**20
    assert all(share == pytest.approx(exact, abs=0.01) for share in shares)
    assert mistakes[0] == pytest.approx(1, abs=0.02) and mistakes[1] > 3
    question = chapter_04.TEACHER_FORCING
    assert right(question).text.startswith(f"About {exact:.0%}".replace("%", " %"))
    for start in ("Clearly", "Almost"):
        assert f"0.95²⁰ ≈ {exact:.2f}" in find(question, start).why


def next_token(step: int) -> torch.Tensor:
    """Log-probabilities of 40 tokens: the right one (index 10 + step, <eos> at last) has 0.8."""
    probs = torch.zeros(40)
    probs[EOS if step == 11 else 10 + step] = 0.8
    if step == 0:
        probs[EOS] = 0.08
    empty = probs == 0
    probs[empty] = (1 - probs.sum()) / empty.sum()
    assert probs[empty].max() < 0.01 and probs.sum() == pytest.approx(1)
    return probs.log()


def search(K: int, alpha: float) -> list[int]:
    """Beam search of 12 steps; a hypothesis that ended leaves its place to another."""
    hypotheses, totals, finished = [[]], torch.zeros(1), []
    for step in range(12):
        log_probs = next_token(step).expand(len(hypotheses), -1)
        totals, parents, tokens = beam_step(totals, log_probs, 2 * K)
        longer = [[*hypotheses[p], t] for p, t in zip(parents.tolist(), tokens.tolist(), strict=True)]
        finished += [(h, v) for h, v in zip(longer[:K], totals[:K], strict=True) if h[-1] == EOS]
        alive = [i for i, hypothesis in enumerate(longer) if hypothesis[-1] != EOS][:K]
        hypotheses, totals = [longer[i] for i in alive], totals[alive]
    lengths = torch.tensor([len(hypothesis) for hypothesis, _ in finished])
    _, best = best_hypothesis(torch.stack([total for _, total in finished]), lengths, alpha)
    return finished[int(best)][0]


def test_greedy_search_writes_the_translation_and_a_beam_an_empty_sentence():
    translation = [*range(10, 21), EOS]
    assert len(translation) == 12
    greedy = [int(next_token(step).argmax()) for step in range(12)]
    assert greedy == translation == search(1, alpha=0.0)
    assert search(2, alpha=0.0) == [EOS]
    assert search(2, alpha=0.6) == translation
    text = right(chapter_04.EMPTY_SENTENCE).text
    assert text == "Greedy search writes the translation, the beam an empty sentence."


def test_the_numbers_of_the_empty_sentence():
    question = chapter_04.EMPTY_SENTENCE
    product = math.prod([0.8] * 12)
    assert product < 0.08
    for choice in question.choices:
        assert "0.8¹²" not in choice.why or f"0.8¹² ≈ {product:.3f}" in choice.why
    assert sum("0.8¹²" in choice.why for choice in question.choices) == 3
    scores, _ = best_hypothesis(torch.tensor([product, 0.08]).log(), torch.tensor([12, 1]), 0.6)
    long, short = (f"{score:.2f}".replace("-", "−") for score in scores)
    assert f"α = 0.6, the scores are {long} and {short}" in right(question).why


def test_from_the_same_context_no_decoder_and_no_search_can_tell_two_sources_apart():
    """An encoder whose reset and update gates are closed: its last state depends on the last token alone."""
    D = 7
    first, other = torch.tensor([[5, 7, 4, 2]]), torch.tensor([[9, 7, 4, 2]])
    encoder = nn.GRU(5, D, batch_first=True).double()
    with torch.no_grad():
        encoder.bias_hh_l0[: 2 * D] = -1000.0
    embedding = nn.Embedding(11, 5).double()
    (states, c), (other_states, other_c) = encoder(embedding(first)), encoder(embedding(other))
    assert torch.equal(c, other_c)
    assert not torch.allclose(states[:, 0], other_states[:, 0]), "h₁ still tells them apart"

    tokens = embedding(torch.tensor([[1, 6, 3]]))
    for size in (D, D + 3):  # each decoder reads c first and at every step
        decoder = nn.GRU(5 + D, D, batch_first=True).double()
        to_logits = nn.Sequential(nn.Linear(D, size), nn.Tanh(), nn.Linear(size, 13)).double()
        one, two = (
            to_logits(decoder(torch.cat([tokens, v[0].unsqueeze(1).expand(-1, 3, -1)], dim=-1), v)[0])
            for v in (c, other_c)
        )
        assert torch.equal(one, two)
    assert right(chapter_04.BOTTLENECK).text == "Letting the decoder read h₁ as well"


def distances(reading_order: list[int]) -> list[int]:
    """Steps from reading word s to writing its translation, which is the s-th word of the target."""
    clock, read, written = 0, {}, {}
    for word in reading_order:
        read[word] = clock = clock + 1
    for word in sorted(reading_order):
        written[word] = clock = clock + 1
    return [written[word] - read[word] for word in sorted(reading_order)]


def test_reading_backwards_keeps_the_mean_distance_and_shortens_the_first():
    forwards, backwards = distances([0, 1, 2, 3, 4, 5]), distances([5, 4, 3, 2, 1, 0])
    assert forwards == [6] * 6 and backwards == [1, 3, 5, 7, 9, 11]
    assert sum(backwards) / 6 == 6 and min(backwards) == 1
    assert sum(b < f for b, f in zip(backwards, forwards, strict=True)) == 3
    question = chapter_04.REVERSING
    assert right(question).text == "Their mean stays 6, but the smallest falls to 1."
    for start in ("All six", "Their mean falls", "Their mean stays"):
        numbers = re.search(r"1, [\d, ]+ and \d+", find(question, start).why)[0]
        assert [int(number) for number in re.findall(r"\d+", numbers)] == backwards
    assert f"falls from 6 to {sum(range(1, 7)) / 6}" in find(question, "Their mean falls").text


def test_a_temperature_of_2_takes_the_root_of_the_ratio():
    logits = torch.tensor([0.8, 0.2]).log() + 3.0
    shown = {}
    for temperature in (2.0, 0.5):
        probs = (logits / temperature).softmax(dim=0)
        shown[temperature] = f"{probs[0]:.2f} and {probs[1]:.2f}"
        assert probs[0] / probs[1] == pytest.approx(4 ** (1 / temperature)) and probs.argmax() == 0
    question = chapter_04.TEMPERATURE
    assert right(question).text == shown[2.0]
    assert find(question, shown[0.5]).why.startswith("That is temperature 0.5")
    divided = logits.softmax(dim=0) / 2
    assert find(question, f"{divided[0]:.2f} and {divided[1]:.2f}") and divided.sum() == pytest.approx(0.5)
    again = divided / divided.sum()
    assert find(question, f"{again[0]:.2f} and {again[1]:.2f}")


def test_every_question_of_the_file_is_asked_once():
    written = [value for value in vars(chapter_04).values() if isinstance(value, Question)]
    assert list(chapter_04.QUESTIONS) == written and len(written) == 6
    texts = list(itertools.chain(*([q.text] + [c.why for c in q.choices] for q in written)))
    assert len(set(texts)) == len(texts)
