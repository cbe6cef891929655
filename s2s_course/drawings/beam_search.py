"""Beam search with two hypotheses on a small tree whose best sentence does not begin with the best word."""

from dataclasses import dataclass

from s2s_course.drawings.language.canvas import Canvas
from s2s_course.drawings.language.drawing import NARROW, WIDE, Drawing
from s2s_course.drawings.language.measures import Number
from s2s_course.drawings.language.sheet import Box

BEAM = 2
# The probability of each next word after what has been written.
NEXT = {
    (): {"le": 0.55, "un": 0.4, "ce": 0.05},
    ("le",): {"chat": 0.4, "chien": 0.3},
    ("un",): {"chat": 0.85, "chien": 0.1},
    ("le", "chat"): {"dort": 0.5, "rit": 0.3},
    ("un", "chat"): {"dort": 0.9, "rit": 0.05},
}


@dataclass(frozen=True)
class Hypothesis:
    """A beginning, its probability, and whether the beam kept it."""

    words: tuple[str, ...]
    probability: Number
    kept: bool


def search() -> list[list[Hypothesis]]:
    """All candidates of each step, the beam's choice marked."""
    beam, steps = [Hypothesis((), 1.0, True)], []
    for _ in range(3):
        found = [((*h.words, word), h.probability * p) for h in beam for word, p in NEXT[h.words].items()]
        best = sorted(found, key=lambda one: -one[1])[:BEAM]
        steps.append([Hypothesis(words, p, (words, p) in best) for words, p in found])
        beam = [h for h in steps[-1] if h.kept]
    return steps


def greedy() -> tuple[tuple[str, ...], Number]:
    """The path of the best next word, and its probability."""
    words: tuple[str, ...] = ()
    probability = 1.0
    while words in NEXT:
        word, p = max(NEXT[words].items(), key=lambda one: one[1])
        words, probability = (*words, word), probability * p
    return words, probability


def node(c: Canvas, x: Number, y: Number, hypothesis: Hypothesis, *, best: bool, bar: Number) -> Box:
    """A word, and below it its hypothesis's probability as a bar and a number; what was pruned is dashed."""
    word = hypothesis.words[-1]
    if hypothesis.kept:
        box = c.token(x, y, word, "target", width=62)
    else:
        box = Box(x, y, 62, 27)
        c.rect(box, "", "quiet", radius=8, dashed=True)
        c.text(x, y, word, kind="note")
    width = bar * hypothesis.probability
    c.rect(Box.at(x - 31, y + 19, bar * 0.55, 7), ("weight", 0.12))
    c.rect(Box.at(x - 31, y + 19, width, 7), "weight")
    c.text(x + 31, y + 23, f"{hypothesis.probability:.2f}", kind="small end")
    if best:
        c.rect(box, "", "target", radius=8, width=3)
    return box


def tree(c: Canvas, xs: tuple[Number, ...], top: Number, root: Box) -> None:
    """All candidates; the winner's path is drawn last, over the others."""
    boxes, steps, paths = {(): root}, search(), []
    winner = max(steps[-1], key=lambda h: h.probability).words
    for x, step in zip(xs, steps, strict=True):
        for h in step:
            on_best = h.words == winner[: len(h.words)]
            boxes[h.words] = node(c, x, top + ROWS[h.words], h, best=on_best, bar=56)
            paths.append((on_best, h.kept, h.words))
    for on_best, kept, words in sorted(paths):
        start, end = boxes[words[:-1]].right(), boxes[words].left()
        middle = (start[0] + end[0]) / 2
        role, width = ("target", 3) if on_best else ("quiet", 1.3)
        c.arrow(start, (middle, start[1]), (middle, end[1]), end, role=role, width=width, dashed=not kept)


ROWS = {
    ("le",): 66, ("un",): 206, ("ce",): 262,
    ("le", "chat"): 30, ("le", "chien"): 92, ("un", "chat"): 176, ("un", "chien"): 238,
    ("le", "chat", "dort"): 4, ("le", "chat", "rit"): 58,
    ("un", "chat", "dort"): 150, ("un", "chat", "rit"): 206,
}  # fmt: skip


def wide() -> Canvas:
    c = Canvas(WIDE, 322)
    root = c.token(40, 166, "<bos>", "target", width=62)
    for x, label in ((190, "step 1"), (360, "step 2"), (530, "step 3")):
        c.text(x, 8, label, kind="note")
    tree(c, (190, 360, 530), 34, root)
    c.lines(576, 34, ("greedy search", "ends here"), kind="note start", step=16)
    c.lines(576, 180, ("found by", "the beam"), kind="note start", step=16)
    return c


def narrow() -> Canvas:
    c = Canvas(NARROW, 330)
    root = c.token(22, 166, "•", "target", width=26)
    for x, label in ((100, "step 1"), (196, "step 2"), (292, "step 3")):
        c.text(x, 8, label, kind="note")
    tree(c, (100, 196, 292), 34, root)
    c.text(20, 140, "<bos>", kind="small")
    return c


DRAWING = Drawing(
    name="beam-search",
    title="The best first word need not begin the best sentence",
    caption=(
        "Beam search with $K$ = 2. Each step lengthens both hypotheses and keeps the two most probable; "
        "dashed ones are pruned. Bars show the probability of a whole hypothesis. Greedy search begins with "
        "“le” (0.55) and ends at 0.11; the beam keeps “un” as well and finds “un chat dort” at 0.31."
    ),
    description=(
        "A tree of three steps. After the beginning the words 'le' with probability 0.55, 'un' with 0.40 "
        "and 'ce' with 0.05 may come; the beam keeps the first two. In the second step 'un chat' has 0.34 "
        "and 'le chat' 0.22 and are kept; 'le chien' and 'un chien' are pruned. In the third 'un chat dort' "
        "has 0.31, 'le chat dort' 0.11, and the others less. The path to 'un chat dort' is drawn in bold."
    ),
    wide=wide,
    narrow=narrow,
)
