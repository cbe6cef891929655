"""What the guides for instructors work out by hand, say of measurements, and promise of widgets: it is so."""

import json
import math
import re
from functools import cache

import pytest
import torch

from s2s_course.chapters import ROOT, chapter_paths
from s2s_course.claims import ledger
from s2s_course.evaluation.bleu import bleu
from s2s_course.live.stored import live_moments
from s2s_course.sphinx_ext.guide_minutes import guide_path
from s2s_course.widgets.shared.arrays import decode_array


@cache
def guide(number: int) -> str:
    """The text of a guide on one line."""
    return " ".join(guide_path(ROOT, number).read_text("utf-8").split())


def board(number: int) -> str:
    """Its board plan."""
    return re.search(r"## Board plan (.*?)(?=## )", guide(number))[1]


def stored_widgets(number: int, name: str) -> list[dict]:
    """The states of the widgets of a class that a chapter stores."""
    notebook = json.loads(chapter_paths()[number - 1].read_text("utf-8"))
    [states] = notebook["metadata"]["widgets"].values()
    held = [model["state"] for model in states["state"].values()]
    return [state for state in held if state.get("_anywidget_id", "").endswith(f".{name}")]


class TestWorkedNumbers:
    """What a board plan works out by hand is worked out again here."""

    def test_a_batch_and_bleu(self):
        lengths = 5, 8, 9
        places = len(lengths) * max(lengths)
        assert f"has {places} places and {sum(lengths)} real tokens, so {places - sum(lengths)} are" in board(
            1
        )
        reference, output = re.findall(r"`(la petite [^`]+)`", board(1))
        shares = []
        for n in range(1, 5):
            there, written = (
                [tuple(text.split()[i : i + n]) for i in range(len(text.split()) - n + 1)]
                for text in (reference, output)
            )
            shares.append((sum(min(written.count(g), there.count(g)) for g in set(written)), len(written)))
        told = [
            (int(a), int(b)) for a, b in re.findall(r"(\d) of (\d) (?:words|pairs|triples|fours)", board(1))
        ]
        assert told == shares
        product = math.prod(a / b for a, b in shares)
        assert product == pytest.approx(1 / 16) and 100 * product**0.25 == pytest.approx(50)

    def test_what_the_demonstration_of_bleu_shows(self):
        [widget] = stored_widgets(1, "BleuByHand")
        reference, outputs = widget["reference"], widget["examples"]
        assert widget["output"] == outputs[0] and outputs[0].split()[4] == "une"
        told = re.search(r"choose `([^`]+)`", guide(1))[1]
        assert told in outputs
        texts = (outputs[0].split(), told.split(), [*reference[:-1], "!"])
        scores = [f"{bleu([text], [reference]).score:.1f}" for text in texts]
        assert f"BLEU {scores[0]}, {scores[1]} and {scores[2]}." in guide(1)
        fours = [
            sum(place in range(start, start + 4) for start in range(len(reference) - 3)) for place in (4, 7)
        ]
        assert fours == [4, 1] and "stands in four of the fours, at the end in one" in guide(1)
        [only] = [text.split() for text in outputs if set(text.split()) == {"la"}]
        assert (len(only), reference.count("la")) == (8, 2) and "two of eight words count and six" in guide(1)

    def test_two_steps_of_a_recurrent_network(self):
        first = math.tanh(1)
        second = math.tanh(first / 2)
        back = (1 - second**2) / 2
        for number in (first, first / 2, second, 1 - second**2, back, 1 - first**2, back * (1 - first**2)):
            assert f"{number:.3f}" in board(2)
        assert f"ten leave {0.8**10:.2f}" in board(2)
        assert round(0.8**100 * 1e10) == 2 and r"2 \cdot 10^{-10}" in board(2)
        assert round(1.1**100, -3) == 14_000 and "about 14,000" in board(2)

    def test_gates(self):
        cell = 0.9 * 0.5 + 0.2 * -1
        assert f"gives $0.45 - 0.20 = {cell:.2f}$" in board(3)
        assert f"{math.tanh(cell):.3f}" in board(3)
        for f, told in ((0.5, "1.0 steps at"), (0.73, "2.2 at"), (0.9, "6.6 at"), (0.99, "69 at")):
            steps = math.log(0.5) / math.log(f)
            assert (f"{steps:.1f}" if steps < 10 else f"{steps:.0f}") == told.split()[0] and told in board(3)
        z, n, old = 0.75, -1.0, 1.0
        assert (1 - z) * n + z * old == 0.5 and "$-0.25 + 0.75 = 0.5$" in board(3)
        counted = {
            kind: sum(weight.numel() for weight in kind(100, 100).parameters())
            for kind in (torch.nn.RNN, torch.nn.GRU, torch.nn.LSTM)
        }
        for number in counted.values():
            assert f"{number:,}" in board(3)

    def test_means_of_a_padded_batch_a_beam_and_its_penalty(self):
        losses = ((1, 1, 1), (3,))
        flat = [loss for row in losses for loss in row]
        assert sum(flat) / len(flat) == 1.5 and sum(sum(row) / len(row) for row in losses) / 2 == 2
        assert sum(flat) / 6 == 1
        assert "$6 / 4 = 1.5$" in board(4) and "$(1 + 3) / 2 = 2$" in board(4)
        assert f"{0.6 * 0.5:.2f}" in board(4) and f"{0.4 * 0.9:.2f}" in board(4)
        for total, length in ((-2.0, 3), (-2.3, 5)):
            assert f"{total / ((5 + length) / 6):.2f}" in board(4)
        hypothesis, word = divmod(7, 5)
        assert f"hypothesis {hypothesis}, word {word}" in guide(4)

    def test_a_step_of_attention_and_an_alignment_error(self):
        states = torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
        scores = torch.tensor([4.0, 1.0, 3.0]).log()
        context = scores.softmax(dim=0) @ states
        assert f"({context[0]:g}, {context[1]:g})" in board(5)
        weights = scores[:2].softmax(dim=0)
        assert weights.tolist() == pytest.approx([0.8, 0.2])
        masked = weights @ states[:2]
        assert f"$({masked[0]:.1f}, {masked[1]:.1f})$" in board(5)
        assert f"$1 - 12/14 = {1 - 2 * 6 / (7 + 7):.3f}$" in guide(5)

    def test_scores(self):
        z = torch.tensor([1.0, 2.0])
        h = torch.tensor([[2.0, 0.0], [0.0, 2.0], [1.0, 1.0]])
        W = torch.tensor([[1.0, 1.0], [0.0, 1.0]])
        for matrix, told in ((torch.eye(2), "dot scores"), (W, "general scores are"), (W.T, "they are")):
            row = ", ".join(f"{score:g}" for score in h @ (z @ matrix))
            assert f"{told} {row}" in board(6)
        assert f"{math.exp(8):.0f}" in board(6) and f"{math.e:.1f}" in board(6)
        largest = math.exp(8) / (1 + math.exp(8))
        assert f"{largest:.4f}" in board(6)

    def test_weights_with_and_without_the_root_and_the_price(self):
        scores = torch.tensor([4.0, 2.0, 0.0])
        for each in (scores / 2, scores):
            shown = [f"{weight:.2f}" for weight in each.softmax(dim=0)]
            assert f"{shown[0]}, {shown[1]} and {shown[2]}" in board(7)
        T, D = 1024, 512
        assert 4 * T * D**2 == 2 * T**2 * D and f"at {T:,} words" in board(7)

    def test_a_clock_and_slopes(self):
        angles = 1, 10000 ** (-2 / 4)
        row = [f"{part(angle):.3f}" for angle in angles for part in (math.sin, math.cos)]
        assert f"({', '.join(row)})" in board(8)
        assert f"{sum(map(math.cos, angles)):.3f}" in board(8)
        slopes = [2 ** (-8 * h / 2) for h in (1, 2)]
        assert [1 / slope for slope in slopes] == [16, 256] and [1 / (8 * slope) for slope in slopes] == [
            2,
            32,
        ]
        assert ", ".join(str(key - 3) for key in range(4)) in board(8)

    def test_a_norm_a_cache_a_rate_and_a_smoothed_target(self):
        normed = torch.nn.functional.layer_norm(torch.tensor([2.0, 4.0, 6.0]), (3,))
        assert f"$({normed[0]:.2f}, 0, {normed[2]:.2f})$" in board(9)
        assert f"= {sum(range(11))}$ positions" in board(9)
        assert f"{(512 * 4000) ** -0.5:.4f}" in board(9)
        smoothing, words = 0.1, 4
        assert f"${1 - smoothing + smoothing / words:.3f}$" in board(9)
        assert f"${smoothing / words:.3f}$" in board(9)

    def test_masks_of_three_families_and_answers_to_learn_from(self):
        source, both = 3, 5
        causal = torch.ones(both, both).tril()
        prefix = causal.clone()
        prefix[:source, :source] = 1
        assert f"all to all {both**2}, causal {causal.sum():.0f}, prefix {prefix.sum():.0f}" in board(10)
        assert prefix.sum() - causal.sum() == 3 and round(0.15 * 20) == 3


class TestWhatIsSaidOfMeasurements:
    """Comparisons in words, where no number stands: those of the stored results."""

    def mean(self, claim: str, name: str) -> float:
        values = ledger.stored(claim).values[name]
        return sum(values) / len(values)

    def test_one_in_five_plain_networks_reached_as_far(self):
        gated = max(self.mean("gradient-reach", f"{cell}_lag_100") for cell in ("lstm", "gru"))
        plain = ledger.stored("gradient-reach").values["rnn_lag_100"]
        assert (sum(left >= gated - 1 for left in plain), len(plain)) == (1, 5)
        assert "One of five plain networks reached about as far" in guide(3)

    def test_the_score_makes_most_of_the_difference(self):
        claim = "bahdanau-or-luong"
        bleu = {
            (order, score): self.mean(claim, f"{order}_{score}_length_12")
            for order in ("bahdanau", "luong")
            for score in ("additive", "general")
        }
        by_score = min(bleu[order, "additive"] - bleu[order, "general"] for order in ("bahdanau", "luong"))
        by_order = max(abs(bleu["bahdanau", s] - bleu["luong", s]) for s in ("additive", "general"))
        assert by_score > 3 * by_order and "The score makes most of it." in guide(6)

    def test_the_model_that_is_told_the_length_is_not_the_best_one(self):
        told = self.mean("families-translate", "encoder_only_bleu")
        assert told < self.mean("families-translate", "decoder_only_bleu")


class TestWhatIsSeenInStoredWidgets:
    """Demonstrations with a widget that carries a stored run show what the guide says."""

    def rights(self, task: str) -> dict[str, list[float]]:
        stored = json.loads((ROOT / "s2s_course/live/stored/training.json").read_text("utf-8"))
        return {name: model["rights"] for name, model in stored[task]["models"].items()}

    def test_the_gru_learns_first_then_the_lstm_and_the_rnn_not_at_all(self):
        assert "the GRU's loss falls first, then the LSTM's" in guide(3)
        rights = self.rights("copy_memory")
        first = {name: next((n for n, r in enumerate(row) if r > 0.5), None) for name, row in rights.items()}
        assert first["rnn"] is None and first["gru"] < first["lstm"]

    def test_only_the_stack_that_answers_at_once_needs_positions_to_sort(self):
        assert "The one that writes letter after letter learns without any." in guide(8)
        last = {name: row[-1] for name, row in self.rights("sorting").items()}
        assert last["none"] < 0.3 and min(last["sinusoidal"], last["transformer_none"]) > 0.8

    def test_the_map_gets_its_diagonal_before_the_words_are_right(self):
        assert "Then the map gets its diagonal, after some hundreds of steps" in guide(5)
        sources, moments = live_moments("bahdanau")
        place = {word: sources[0].index(word) for word in ("italian", "painters")}
        looked, written = {}, {}
        for moment in moments:
            output = moment["outputs"][0]
            tokens = output["tokens"]
            weights = decode_array(output["weights"])
            written[moment["step"]] = tokens
            if {"peintres", "italiens"} <= set(tokens):
                rows = [weights[tokens.index(word)].argmax() for word in ("peintres", "italiens")]
                looked[moment["step"]] = rows == [place["painters"], place["italian"]]
        first = min(step for step, right in looked.items() if right)
        assert 200 <= first <= 1_000 and written[first] != written[max(written)]
        assert decode_array(moments[0]["outputs"][0]["weights"]).max() < 0.2
