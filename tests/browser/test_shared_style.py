"""Each style sheet begins with common.css, so a page with several widgets has those rules several times."""

import json

import numpy as np
from playwright.sync_api import expect

from s2s_course.exercises import quiz
from s2s_course.widgets import (
    WIDGETS,
    Attention,
    BeamTree,
    BleuByHand,
    Decoder,
    Gates,
    GradientFlow,
    HiddenStates,
    LengthCurve,
    Masks,
    Moments,
    Positions,
    QueryKeyValue,
    Switches,
    Training,
    TransformerSteps,
    Translator,
)

from .attention_view import GOLD, SRC, TGT, weights
from .beam_tree_page import searched
from .decoder_page import trace
from .gates_page import lstm
from .gradient_flow_view import WORDS, cells
from .length_curve_view import translations
from .static_page import stored, write_page
from .transformer_steps_page import trace as trace_pass

# The computed style of every element, by the class of its widget. It is carried as one text: value by value,
# of which there are half a million, takes 13 seconds longer.
READ = """() => JSON.stringify(Object.fromEntries(
  Array.from(document.querySelectorAll(".s2s-widget"), (root) =>
  [root.className.split(" ")[1], Array.from([root, ...root.querySelectorAll("*")], (node) => {
    const style = getComputedStyle(node);
    return Array.from(style, (name) => `${name}: ${style.getPropertyValue(name)}`).sort();
  })])))"""


def test_a_widget_looks_the_same_whatever_stands_before_and_after_it(open_page, tmp_path):
    states = {"RNN": np.linspace(-1, 1, 20).reshape(4, 5), "LSTM": np.linspace(-3, 3, 12).reshape(4, 3)}
    shown = {
        "1": HiddenStates.compare(states, tokens=WORDS[:4]),
        "2": GradientFlow.from_norms(cells(6), tokens=WORDS[:6]),
        "3": Gates.from_trace(lstm(4, 3), tokens=WORDS[:4]),
        "4": quiz(2),
        "5": Attention.compare({"Luong": (TGT, weights(TGT, SRC, GOLD))}, src_tokens=SRC, gold=GOLD),
        "6": BeamTree.from_trace(searched(beam=2, steps=4, end_from=2)),
        "7": Decoder.from_trace(trace()),
        "8": LengthCurve.from_buckets(translations(models=2), trained=(3, 8)),
        "9": QueryKeyValue.from_arrays(
            tokens=WORDS[:3], **{name: np.eye(3) for name in ("query", "key", "value")}
        ),
        "a": Masks.examples(src_tokens=WORDS[:3], tgt_tokens=("<bos>", *WORDS[:2])),
        "b": Positions.show(),
        "c": TransformerSteps.from_trace(trace_pass()),
        "d": Translator.of("gru", text="the cat sleeps."),
        "e": Switches.of("bahdanau", ["mean"]),
        "f": Moments.of("bahdanau"),
        "g": Training.of("sorting"),
        "h": BleuByHand.of("le chat dort .", ["un chat dort", "le le le"]),
    }
    assert {type(widget).__name__ for widget in shown.values()} == {widget.__name__ for widget in WIDGETS}
    looks = []
    for order in ("123456789abcdefgh", "hgfedcba987654321"):
        address = write_page(tmp_path, {key: stored(shown[key]) for key in order}, list(order))
        page = open_page(address, viewport={"width": 900, "height": 900}, reduced_motion="reduce")
        expect(page.locator(".s2s-widget output").first).to_be_attached()
        expect(page.locator(".s2s-widget")).to_have_count(len(shown))
        page.evaluate("() => new Promise((done) => setTimeout(done, 200))")  # tokens stand or lie
        looks.append(json.loads(page.evaluate(READ)))
    one, other = looks
    assert one.keys() == other.keys() and len(one) == len(shown)
    for name in one:
        differences = [
            (a, b)
            for old, new in zip(one[name], other[name], strict=True)
            for a, b in zip(old, new, strict=True)
            if a != b
        ]
        assert differences == [], name
