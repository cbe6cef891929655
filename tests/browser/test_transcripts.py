"""What each widget says of itself in words, against the data that it was made from."""

import re
from collections.abc import Callable

import numpy as np
import pytest
from playwright.sync_api import Locator, expect

from s2s_course.evaluation.bleu import bleu

from .attention_view import GOLD, SRC, TGT, weights
from .beam_tree_page import searched
from .every_widget import STATES, every_widget
from .gates_page import lstm
from .gradient_flow_view import WORDS, cells
from .live_page import number
from .transformer_steps_page import trace as trace_pass
from .widget_states import STEPS, open_transcript, pages, walk


@pytest.fixture(scope="session")
def widget_pages(shared):
    return pages(shared / "every-widget")


@pytest.fixture
def page(open_page, widget_pages):
    page = open_page((widget_pages / "all.html").as_uri(), viewport={"width": 1280, "height": 900})
    expect(page.locator(".s2s-widget")).to_have_count(len(STEPS))
    return page


@pytest.fixture
def says(page) -> Callable[[str], list[str]]:
    """Open a widget's transcript, if it is not open, and read its lines."""

    def says(name: str) -> list[str]:
        details = page.locator(f".s2s-{name} > .in-words")
        if not details.evaluate("(node) => node.open"):
            details.locator("summary").click()
        expect(details.locator("p").first).to_be_visible()
        return details.locator("p").all_inner_texts()

    return says


def numbers(text: str) -> list[float]:
    return [number(found) for found in re.findall(r"(?<!\w)−?\d+\.\d+", text)]


def press(root: Locator, *keys: str) -> None:
    for key in keys:
        root.locator("[role=application]").first.press(key)


def test_every_widget_has_one_that_is_closed_and_changes_with_what_is_shown(page, says):
    assert STEPS.keys() == every_widget().keys()
    for name in STEPS:
        assert page.locator(f".{name} > .in-words").count() == 1
        assert page.locator(f".{name} > .in-words p").count() == 0, (
            "nothing is written before it is asked for"
        )
        assert page.locator(f".{name} > .in-words [aria-live], .{name} [aria-live] .in-words").count() == 0
        open_transcript(page.locator(f".{name}"))
    before = {name: says(name.removeprefix("s2s-")) for name in STEPS}
    walk(page, 0)
    walk(page, 1)
    same = [name for name in STEPS if says(name.removeprefix("s2s-")) == before[name]]
    assert same == []


def test_attention(page, says):
    truth = weights(TGT, SRC, GOLD)
    press(page.locator(".s2s-attention"), "ArrowDown", "ArrowDown")
    _, row, most, score = says("attention")
    assert row.startswith(f"Luong: “{TGT[2]}” attends to") and numbers(row) == pytest.approx(
        truth[2], abs=6e-4
    )
    words = re.findall(r"“(\S+)” to “(\S+)” \((\S+)\)", most)
    expected = [(word, SRC[truth[i].argmax()]) for i, word in enumerate(TGT)]
    assert [pair[:2] for pair in words] == expected
    assert [number(value) for *_, value in words] == pytest.approx(truth.max(axis=1), abs=6e-4)
    assert f"{len(GOLD)} gold links" in score


def test_hidden_states(page, says):
    press(page.locator(".s2s-hidden-states"), "ArrowRight", "ArrowDown")
    now, course, *_ = says("hidden-states")
    states = STATES["RNN"]
    strongest = np.argsort(-np.abs(states[1]), kind="stable")[:3]
    assert "step 2 of 4" in now and numbers(now)[0] == pytest.approx(states[1, 1], abs=0.005)
    assert [int(i) for i in re.findall(r"(\d+) with", now)] == list(strongest)
    assert numbers(course) == pytest.approx(states[:, 1], abs=0.005)


def test_gates(page, says):
    truth = lstm(4, 3)
    press(page.locator(".s2s-gates"), "ArrowRight", "ArrowDown")
    place, values, cell, hidden, course, _ = says("gates")
    assert place.startswith(f"Step 2 of 4, “{WORDS[1]}”, unit 1 of 3")
    gates = [truth.gates[name][1, 1] for name in ("forget", "input", "candidate", "output")]
    expected = [*gates, truth.memory_cell[1, 1], truth.hidden[1, 1]]
    assert numbers(values) == pytest.approx(expected, abs=6e-4)
    f, i, g, o, c, h = expected
    assert numbers(cell) == pytest.approx([c, f, truth.memory_cell[0, 1], i, g], abs=6e-4)
    assert numbers(hidden) == pytest.approx([h, o, c], abs=6e-4)
    assert numbers(course) == pytest.approx(truth.memory_cell[:, 1], abs=6e-4)


def test_gradient_flow(page, says):
    press(page.locator(".s2s-gradient-flow"), "ArrowDown", "ArrowRight")
    place, *lines = says("gradient-flow")
    assert "step 5 of 6" in place and "lag 1" in place
    for (name, norms), line in zip(cells(6).items(), lines[1::2], strict=True):
        relative = [norms[4, 4 - lag] / norms[4, 4] for lag in range(5)]
        found = line.split(": ", 2)[2].rstrip(".").replace(" and ", ", ").split(", ")
        assert line.startswith(name) and [number(each) for each in found] == pytest.approx(relative, rel=0.06)


def test_beam_tree(page, says):
    truth = searched(beam=2, steps=4, end_from=2)
    lines = says("beam-tree")
    steps = [line for line in lines if line.startswith("Step ")]
    for step, line in enumerate(steps, 1):
        scores = [node.score for node in truth.nodes if node.step == step]
        assert numbers(line) == pytest.approx(scores, abs=6e-4)
    winner = truth.nodes[truth.winner]
    (chosen,) = (line for line in lines if line.startswith("Chosen"))
    assert numbers(chosen)[-1] == pytest.approx(winner.score, abs=6e-4)
    assert numbers(chosen)[-3] == pytest.approx(winner.total, abs=6e-4)


def test_transformer_steps(page, says):
    truth = trace_pass()
    lines = says("transformer-steps")
    assert f"reads {len(truth.src_tokens)} words" in lines[0]
    assert [word in lines[1] for word in truth.src_tokens] == [True] * len(truth.src_tokens)
    press(page.locator(".s2s-transformer-steps"), "End")
    assert f"“{truth.tgt_tokens[-1]}”" in says("transformer-steps")[1]


def test_what_is_chosen_and_computed_by_hand(page, says):
    assert "3 of 3" not in says("masks")[1] and "“<bos>” may attend to “<bos>”." in says("masks")
    reference, output = re.findall(r"“([^”]*)”", says("bleu-by-hand")[0])
    (line,) = (line for line in says("bleu-by-hand") if line.startswith("BLEU"))
    assert numbers(line)[0] == pytest.approx(bleu([output.split()], [reference.split()]).score, abs=0.06)
    page.locator(".s2s-query-key-value").get_by_role("radio").nth(1).check(force=True)
    query, *keys, out = says("query-key-value")
    shares = np.exp([0, 1 / 3**0.5, 0])
    assert "“black”" in query and [numbers(line)[1] for line in keys] == pytest.approx(
        shares / shares.sum(), abs=6e-4
    )
    assert numbers(out) == pytest.approx(shares / shares.sum(), abs=6e-3)
    page.locator(".s2s-quiz").get_by_role("radio").nth(1).check(force=True)
    assert "Chosen is “The number of steps" in says("quiz")[1] and ": right." in says("quiz")[1]
