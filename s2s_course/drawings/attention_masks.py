"""Three masks: padding, the future, and both. A filled cell may be looked at."""

from s2s_course.drawings.language.canvas import Canvas
from s2s_course.drawings.language.drawing import NARROW, WIDE, Drawing
from s2s_course.drawings.language.measures import Number
from s2s_course.drawings.language.sheet import Box

WORDS = ("le", "chat", "dort", "<pad>")
REAL = (True, True, True, False)
PADDING = [[real for real in REAL] for _ in WORDS]
CAUSAL = [[u <= t for u in range(4)] for t in range(4)]
BOTH = [[p and c for p, c in zip(*rows, strict=True)] for rows in zip(PADDING, CAUSAL, strict=True)]


def mask(
    c: Canvas,
    left: Number,
    top: Number,
    allowed: list[list[bool]],
    title: str,
    says: str,
    *,
    cell: Number = 38,
) -> None:
    """A square of cells: filled with a check where a query (row) may attend to a key (column)."""
    start = left + 52
    c.text(start, top + 4, title, kind="strong start")
    for u, word in enumerate(WORDS):
        c.text(start + cell * (u + 0.5), top + 32, word, kind="small", role="key")
    for t, word in enumerate(WORDS):
        y = top + 44 + cell * t
        c.text(start - 6, y + cell / 2, word, kind="small end", role="query")
        for u, may in enumerate(allowed[t]):
            x = start + cell * u
            place = Box.at(x + 1, y + 1, cell - 3, cell - 3)
            if may:
                c.rect(place, ("weight", 0.35), "weight", radius=3, width=1)
                c.line(f"M{x + cell / 2 - 6:g} {y + cell / 2 - 1:g}l4 5l8 -9", "ink", width=1.8)
            else:
                c.rect(place, "", ("quiet", 0.5), radius=3, width=1)
                c.text(x + cell / 2 - 0.5, y + cell / 2, "−∞", kind="small note")
    if says:
        c.text(start + 2 * cell, top + 62 + 4 * cell, says, kind="note")


CAPTIONS = (
    (PADDING, "padding", ("nobody looks", "at padding")),
    (CAUSAL, "causal", ("position $t$", "sees $u ≤ t$")),
    (BOTH, "both", ("what a", "decoder needs")),
)


def wide() -> Canvas:
    c = Canvas(WIDE, 240)
    for number, (allowed, title, says) in enumerate(CAPTIONS):
        mask(c, 240 * number, 8, allowed, title, " ".join(says))
    return c


def narrow() -> Canvas:
    c = Canvas(NARROW, 650)
    for number, (allowed, title, says) in enumerate(CAPTIONS):
        mask(c, 0, 8 + 216 * number, allowed, title, "", cell=36)
        c.lines(224, 100 + 216 * number, says, kind="note start", step=17)
    return c


DRAWING = Drawing(
    name="attention-masks",
    title="A mask says who may look at whom: a check lets a score through, elsewhere it becomes −∞",
    caption=(
        "Rows ask, columns are asked. The padding mask hides what means nothing, the causal mask what comes "
        "later; a decoder needs both. After the softmax a hidden cell has the weight 0."
    ),
    description=(
        "Three squares with the words 'le chat dort' and one token of padding as rows, which ask, and "
        "columns, which are asked. In the padding mask the first three columns have checks and the column "
        "of padding has minus infinity. In the causal mask each row has checks up to its own position. In "
        "the third both must allow it: the lower triangle without the column of padding."
    ),
    wide=wide,
    narrow=narrow,
)
