"""Encoder-only, decoder-only, encoder–decoder: who sees whom, and what is asked."""

from collections.abc import Callable

from s2s_course.drawings.language.canvas import Canvas
from s2s_course.drawings.language.drawing import NARROW, WIDE, Drawing
from s2s_course.drawings.language.measures import Number

FOOT, LOW, HIGH, TOP = (
    206,
    160,
    92,
    46,
)  # tokens read, dots below, dots above, tokens written; from the upper edge


def mesh(c: Canvas, xs: list[Number], top: Number, sees: Callable[[int, int], bool]) -> None:
    """A line from each word that is asked, below, to each that asks it, above."""
    for t, x in enumerate(xs):
        for u, other in enumerate(xs):
            if sees(t, u):
                c.line(f"M{other:g} {top + LOW:g}L{x:g} {top + HIGH:g}", "weight", width=1.1)
    for x in xs:
        c.dot(x, top + LOW, "key", radius=5)
        c.dot(x, top + HIGH, "query", radius=5)


def _width(word: str) -> Number:
    return 14 + 7.6 * len(word) + (3 if len(word) > 5 else 0)


def stack(
    c: Canvas,
    middle: Number,
    top: Number,
    read: tuple[str, ...],
    written: tuple[str, ...],
    *,
    role: str,
    causal: bool,
    spread: Number,
) -> None:
    """Words below, a mesh, words above; an empty word stands for nothing asked there."""
    xs = [middle + spread * (n - 1) for n in range(3)]
    mesh(c, xs, top, (lambda t, u: u <= t) if causal else (lambda t, u: True))
    for x, below, above in zip(xs, read, written, strict=True):
        token = c.token(x, top + FOOT, below, role, width=_width(below))
        c.arrow(token.top(), (x, top + LOW + 5), role=role)
        if above:
            out = c.token(x, top + TOP, above, "target", width=_width(above))
            c.arrow((x, top + HIGH - 5), out.bottom(), role="target")


def encoder_only(c: Canvas, left: Number, top: Number, width: Number) -> None:
    c.frame(left, top, left + width, top + 270, "encoder-only", "ink")
    stack(
        c,
        left + width / 2,
        top,
        ("she", "<mask>", "him"),
        ("", "sees", ""),
        role="source",
        causal=False,
        spread=61,
    )
    c.text(left + width / 2, top + 250, "BERT: fill what is masked", kind="note")


def decoder_only(c: Canvas, left: Number, top: Number, width: Number) -> None:
    c.frame(left, top, left + width, top + 270, "decoder-only", "ink")
    stack(
        c,
        left + width / 2,
        top,
        ("<bos>", "she", "sees"),
        ("she", "sees", "him"),
        role="target",
        causal=True,
        spread=58,
    )
    c.text(left + width / 2, top + 250, "GPT: name the next word", kind="note")


def encoder_decoder(c: Canvas, left: Number, top: Number, width: Number) -> None:
    c.frame(left, top, left + width, top + 270, "encoder–decoder", "ink")
    first, second = left + width / 2 - 80, left + width / 2 + 68
    stack(c, first, top, ("she", "<1>", "him"), ("", "", ""), role="source", causal=False, spread=43)
    stack(
        c,
        second,
        top,
        ("<bos>", "<1>", "sees"),
        ("<1>", "sees", "<2>"),
        role="target",
        causal=True,
        spread=52,
    )
    gap = (first + 43 + second - 52) / 2
    c.arrow(
        (first, top + HIGH - 6),
        (first, top + 66),
        (gap, top + 66),
        (gap, top + 126),
        (second - 54, top + 126),
        role="key",
        width=2,
        radius=6,
    )
    c.lines(first - 58, top + 56, ("cross-attention",), kind="note start")
    c.text(left + width / 2, top + 250, "T5: write what was cut out", kind="note")


def wide() -> Canvas:
    c = Canvas(WIDE, 270)
    encoder_only(c, 0, 0, 192)
    decoder_only(c, 200, 0, 184)
    encoder_decoder(c, 392, 0, 296)
    return c


def narrow() -> Canvas:
    c = Canvas(NARROW, 834)
    for number, family in enumerate((encoder_only, decoder_only, encoder_decoder)):
        family(c, 0, 282 * number, 328)
    return c


DRAWING = Drawing(
    name="three-families",
    title="The same layers make three families: what differs is who sees whom, and what is asked",
    caption=(
        "Words that are read stand below, words that are written above; a line means that the upper word "
        "may ask the lower. Without a causal mask a stack sees both sides and can fill gaps; with it, it "
        "can go on writing; two stacks read both ways and write."
    ),
    description=(
        "Three diagrams. Encoder-only: 'she, mask, him' below; every place is joined to every other, and "
        "above the mask 'sees' is written. Decoder-only: the beginning mark, 'she' and 'sees' below; every "
        "place is joined to itself and to those before it, and above stand the next words 'she sees him'. "
        "Encoder–decoder: the source 'she, gap 1, him' is joined both ways; an arrow named cross-attention "
        "leads from it to a second stack, which is joined backwards only and writes 'gap 1, sees, gap 2'."
    ),
    wide=wide,
    narrow=narrow,
)
