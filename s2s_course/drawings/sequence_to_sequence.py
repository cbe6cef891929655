"""Labeling gives one output for each input; a sequence-to-sequence model decides how many it writes."""

from s2s_course.drawings.language.canvas import Canvas
from s2s_course.drawings.language.drawing import NARROW, WIDE, Drawing

TAGGED = (("the", "determiner"), ("black", "adjective"), ("cat", "noun"), ("sleeps", "verb"))
SOURCE = ("does", "henri", "not", "sing", "?")
TARGET = ("est-ce", "qu'", "henri", "ne", "chante", "pas", "?", "<eos>")


def wide() -> Canvas:
    c = Canvas(WIDE, 330)
    c.text(0, 14, "labeling: one output for each input, in the same order", kind="strong start")
    for n, (word, label) in enumerate(TAGGED):
        x = 172 + 114 * n
        read, written = c.token(x, 116, word, "source"), c.token(x, 52, label, "target", width=98)
        c.arrow(read.top(), written.bottom(), role="source")
    c.text(0, 164, "sequence to sequence: it reads all, and writes as much as it wants", kind="strong start")
    model = c.frame(96, 226, 592, 266)
    c.text(344, 246, "a model", kind="strong")
    for n, word in enumerate(SOURCE):
        read = c.token(160 + 92 * n, 308, word, "source")
        c.arrow(read.top(), (read.x, model.bottom()[1]), role="source")
    for n, word in enumerate(TARGET):
        x = 42 + 86 * n
        written = c.token(x, 196, word, "target")
        start = min(max(x, 110), 578)
        c.arrow((start, model.top()[1]), written.bottom(), role="target")
    return c


def narrow() -> Canvas:
    c = Canvas(NARROW, 500)
    c.text(0, 14, "labeling: one output for each input", kind="strong start")
    for n, (word, label) in enumerate(TAGGED):
        y = 48 + 36 * n
        read, written = c.token(60, y, word, "source"), c.token(260, y, label, "target", width=98)
        c.arrow(read.right(), written.left(), role="source")
    c.text(0, 200, "sequence to sequence: as it wants", kind="strong start")
    c.frame(130, 222, 198, 500)
    c.lines(164, 353, ("a", "model"), kind="strong")
    for n, word in enumerate(SOURCE):
        read = c.token(60, 289 + 36 * n, word, "source")
        c.arrow(read.right(), (130, read.y), role="source")
    for n, word in enumerate(TARGET):
        written = c.token(276, 236 + 35.5 * n, word, "target", width=76)
        c.arrow((198, written.y), written.left(), role="target")
    return c


DRAWING = Drawing(
    name="sequence-to-sequence",
    title="Labeling knows how much it has to write; translating does not",
    caption=(
        "Above, each word gets its part of speech. Below, five tokens become seven, and <eos>, by which the "
        "model says itself that it is done."
    ),
    description=(
        "Two ways from words to words. Above, labeling: 'the', 'black', 'cat' and 'sleeps' each have an "
        "arrow of their own to one label, determiner, adjective, noun and verb. Below, sequence to sequence: "
        "the five tokens of 'does henri not sing ?' all lead into one model, and out of it come the seven "
        "tokens of 'est-ce qu' henri ne chante pas ?' and the mark for the end, with no arrow from one word "
        "to another."
    ),
    wide=wide,
    narrow=narrow,
)
