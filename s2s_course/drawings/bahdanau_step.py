"""One step of Bahdanau's attention, with its numbers."""

import numpy as np

from s2s_course.drawings.encoder_decoder import SOURCE, state
from s2s_course.drawings.language.canvas import Canvas
from s2s_course.drawings.language.drawing import NARROW, WIDE, Drawing
from s2s_course.drawings.language.measures import Number
from s2s_course.drawings.language.sheet import Box

SCORES = np.array([0.4, 0.9, 3.6, -0.3])  # e_ts, of "chat" with each source word
WEIGHTS = np.exp(SCORES) / np.exp(SCORES).sum()
STATES = np.array([state(s) for s in (1, 6, 3, 9)])
CONTEXT = WEIGHTS @ STATES


def _minus(number: Number) -> str:
    return f"{number:.1f}".replace("-", "−")


def wide() -> Canvas:
    c = Canvas(WIDE, 446)
    xs, z = (60, 160, 260, 360), 590
    asks = c.vector(z, 318, state(7), "query")
    c.text(z, 342, "$z_{t−1}$")
    c.operation(210, 222, "softmax over the source words", width=368, height=27)
    total = c.operation(462, 150, "Σ")
    for s, x in enumerate(xs):
        word = c.token(x, 428, SOURCE[s], "source", width=66)
        h = c.vector(x, 366, STATES[s], "state")
        c.text(x + 46, 366, f"$h_{s + 1}$")
        c.arrow(word.top(), h.bottom(), role="source")
        score = c.parameter(x, 282, 70, "$W, U, v$", height=28)
        c.arrow(h.top(-14), score.bottom(-14), role="state")
        c.fork(x + 14, 318, "query")
        c.arrow((x + 14, 318), score.bottom(14), role="query", gap=2)
        c.arrow(score.top(), (x, 236))
        c.text(x + 20, 251, _minus(SCORES[s]), kind="small")
        bar = c.bar(x, 190, max(2, 96 * WEIGHTS[s]), "weight")
        c.arrow((x, 208), (x, 190), gap=2)
        c.text(x, bar.top()[1] - 11, f"{WEIGHTS[s]:.2f}", kind="small")
        share = WEIGHTS[s]
        c.arrow(
            (x + 16, 186 - 40 * share),
            (448, 150),
            role="weight",
            head=False,
            width=1 + 7 * share,
            opacity=0.35 + 0.6 * share,
        )
    c.arrow(asks.left(), (xs[0] + 14, 318), role="query", head=False)
    c.text(480, 300, "the state before asks", kind="note")
    c.text(16, 251, "$e_{ts}$")
    c.text(16, 182, "$α_{ts}$")
    context = c.vector(462, 212, CONTEXT, "state")
    c.text(462, 236, "$c_t$")
    c.arrow(total.bottom(), context.top(), role="state")
    cell = c.parameter(z, 212, 66, "GRU", height=34)
    c.arrow(context.right(), cell.left(), role="state")
    c.arrow(asks.top(), cell.bottom(), role="state")
    before = c.token(z, 404, "le", "target")
    c.text(z, 430, "the word before", kind="note")
    c.arrow(before.right(), (664, 404), (664, 212), cell.right(), role="target")
    c.text(646, 300, "$y_{t−1}$")
    after = c.vector(z, 140, state(8), "state")
    c.text(z + 48, 140, "$z_t$")
    c.arrow(cell.top(), after.bottom(), role="state")
    out = c.parameter(z, 84, 118, "$W_o$, softmax", height=28)
    c.arrow(after.top(), out.bottom(), role="state")
    word = c.token(z, 28, "chat", "target")
    c.arrow(out.top(), word.bottom(), role="target")
    c.lines(
        0,
        22,
        ("“chat” is about to be written, and the", "state of “cat” gets nearly all the weight."),
        kind="note start",
    )
    return c


def narrow() -> Canvas:
    c = Canvas(NARROW, 596)
    rows, bus, end = (64, 134, 204, 274), 104, 320
    asks = c.vector(240, 22, state(7), "query")
    c.text(296, 22, "$z_{t−1}$")
    c.arrow(asks.left(), (bus, 22), (bus, rows[-1] + 8), role="query", head=False)
    c.operation(213, 187, "", width=26, height=266)
    c.text(213, 187, "softmax over the source words", turn=-90)
    for s, y in enumerate(rows):
        c.token(36, y, SOURCE[s], "source", width=66)
        h = c.vector(36, y + 29, STATES[s], "state")
        score = c.parameter(140, y + 18, 50, "score", height=36)
        c.arrow(h.right(), score.left(11), role="state")
        c.fork(bus, y + 8, "query")
        c.arrow((bus, y + 8), score.left(-10), role="query", gap=2)
        c.arrow(score.right(), (200, y + 18), gap=2)
        c.text(182, y + 4, _minus(SCORES[s]), kind="small")
        width = max(2, 50 * WEIGHTS[s])
        c.rect(Box.at(230, y + 8, width, 20), "weight")
        c.text(234 + width, y + 18, f"{WEIGHTS[s]:.2f}", kind="small start")
        c.arrow(
            (266 + width, y + 18), (end, y + 18), head=False, role="weight", width=1 + 5 * WEIGHTS[s], gap=2
        )
    c.text(250, 46, "$α_{ts}$")
    c.text(182, 46, "$e_{ts}$")
    total = c.operation(282, 366, "Σ")
    c.arrow((end, rows[0] + 18), (end, 366), total.right(), role="weight", gap=0)
    context = c.vector(204, 366, CONTEXT, "state")
    c.text(204, 392, "$c_t$")
    c.arrow(total.left(), context.right(), role="state")
    cell = c.parameter(bus, 366, 66, "GRU", height=34)
    c.arrow(context.left(), cell.right(), role="state")
    c.arrow((bus, rows[-1] + 8), cell.top(), role="state")
    before = c.token(28, 410, "le", "target", width=48)
    c.arrow(before.top(), (28, 366), cell.left(), role="target")
    c.lines(0, 436, ("the word", "before"), kind="note start", step=16)
    after = c.vector(bus, 432, state(8), "state")
    c.text(bus + 50, 432, "$z_t$")
    c.arrow(cell.bottom(), after.top(), role="state")
    out = c.parameter(bus, 490, 124, "$W_o$, softmax", height=32)
    c.arrow(after.bottom(), out.top(), role="state")
    word = c.token(bus, 556, "chat", "target")
    c.arrow(out.bottom(), word.top(), role="target")
    c.lines(190, 480, ("The state of “cat”", "gets most weight,", "“chat” is written."), kind="note start")
    return c


DRAWING = Drawing(
    name="bahdanau-step",
    title="Before each word the decoder asks all source states which of them matters now",
    caption=(
        "One step of Bahdanau’s attention. The small network $v^⊤$ tanh($W z_{t−1} + U h_s$) gives each "
        "source word a score $e_{ts}$, softmax turns scores into weights $α_{ts}$, and the weighted sum of "
        "the states is the context $c_t$."
    ),
    description=(
        "Four source words, 'the black cat sleeps', have the states h 1 to h 4. The decoder's state z t−1 "
        "is compared with each of them by a small network with the weights W, U and v; the scores are 0.4, "
        "0.9, 3.6 and −0.3. Softmax turns them into weights: 0.04, 0.06, 0.89 and 0.02. The weighted sum of "
        "the states, nearly all of it the state of 'cat', is the context c t. It goes into the decoder's "
        "cell together with the state z t−1 and the word before, 'le'. The new state z t writes 'chat'."
    ),
    wide=wide,
    narrow=narrow,
)
