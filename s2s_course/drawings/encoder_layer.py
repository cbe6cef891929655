"""One layer of an encoder: two parts beside a stream to which each of them adds."""

from s2s_course.drawings.language.canvas import Canvas
from s2s_course.drawings.language.drawing import NARROW, WIDE, Drawing
from s2s_course.drawings.language.layers import alone, mixing, part

X = ((0.3, 0.9, 0.5, 0.7), (0.2, 0.8, 0.6, 0.4), (0.7, 0.1, 0.9, 0.3), (0.5, 0.6, 0.2, 0.9))
AFTER = ((0.5, 0.6, 0.8, 0.4), (0.6, 0.4, 0.9, 0.7), (0.3, 0.5, 0.7, 0.8), (0.9, 0.3, 0.4, 0.6))


def wide() -> Canvas:
    c = Canvas(WIDE, 244)
    y, below = 44, 176
    x = c.grid(32, y, X, "source", cell=(14, 14))
    c.text(32, 92, "$X$")
    after = c.grid(656, y, AFTER, "source", cell=(14, 14))
    sums = []
    for number, left in enumerate((84, 356)):
        fork = c.fork(left, y, "source")
        norm = c.parameter(left + 36, below, 56, "norm", height=32)
        c.arrow(fork, (left, below), norm.left(), role="source", gap=2)
        middle = left + 146
        if number == 0:
            box = part(c, middle, below, "self-attention", "words meet", width=124)
            mixing(c, middle + 2, below + 2)
        else:
            box = part(c, middle, below, "feed-forward", "each word alone", width=124)
            alone(c, middle + 2, below + 2)
        total = c.operation(left + 234, y, "+")
        sums.append(total)
        c.arrow(norm.right(), box.left(), role="source")
        c.arrow(box.right(), (total.x, below), total.bottom(), role="source")
    c.arrow(x.right(), sums[0].left(), role="source", width=4)
    c.arrow(sums[0].right(), sums[1].left(), role="source", width=4)
    c.arrow(sums[1].right(), after.left(), role="source", width=4)
    c.text(348, 16, "residual path: each part adds, none replaces", kind="note")
    return c


def narrow() -> Canvas:
    c = Canvas(NARROW, 520)
    belt = 276
    x = c.grid(belt, 30, X, "source", cell=(14, 14))
    c.text(belt - 44, 30, "$X$")
    sums = []
    for number, top in enumerate((92, 288)):
        fork = c.fork(belt, top, "source")
        norm = c.parameter(110, top, 64, "norm", height=32)
        c.arrow(fork, norm.right(), role="source", gap=2)
        middle = top + 100
        if number == 0:
            box = part(c, 110, middle, "self-attention", "words meet", width=140)
            mixing(c, 112, middle + 2)
        else:
            box = part(c, 110, middle, "feed-forward", "each word alone", width=140)
            alone(c, 112, middle + 2)
        total = c.operation(belt, middle, "+")
        sums.append(total)
        c.arrow(norm.bottom(), box.top(), role="source")
        c.arrow(box.right(), total.left(), role="source")
    after = c.grid(belt, 488, AFTER, "source", cell=(14, 14))
    c.arrow(x.bottom(), sums[0].top(), role="source", width=4)
    c.arrow(sums[0].bottom(), sums[1].top(), role="source", width=4)
    c.arrow(sums[1].bottom(), after.top(), role="source", width=4)
    c.text(314, 290, "the residual path", kind="note", turn=90)
    return c


DRAWING = Drawing(
    name="encoder-layer",
    title="A layer has two parts, and each of them adds to a stream that runs through",
    caption=(
        "An encoder layer with the norm before the part. In self-attention the words meet; the feed-forward "
        "part is the same small network for each word alone. Both add to the residual path, $x ← x$ + "
        "part(norm($x$))."
    ),
    description=(
        "A thick line, the residual path, runs from the words X to the words after the layer, past two plus "
        "signs. Before each plus a branch leaves the line, goes through a norm and a part, and comes back "
        "to the plus. The first part is self-attention, in which each of four words is joined to all four "
        "by lines. The second is the feed-forward part, in which each word goes its own way through a wider "
        "middle."
    ),
    wide=wide,
    narrow=narrow,
)
