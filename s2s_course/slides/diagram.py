"""Small pictures of what drawings/ does not draw, boxes on a grid and arrows, in a fence ``diagram``::

    says: A state reads a word and the state before.
    h0 state 0 0 "h₀"
    h1 state 1 0 "h₁"
    x1 source 1 1 "le"
    h0 -> h1 "U"
    x1 -> h1

``says`` is read instead of the drawing. A box has a name, what it is, column and row from the upper left
(halves are allowed) and its text. What it is: one of ``ROLES``, which gives the color, and one of
``FORMS`` (tensor where none is said). ``->`` is an arrow, ``..>`` a dashed one, ``~>`` one that bends
around what is between; ``=0.7>`` is as thick as a weight of 0.7.
"""

import re
from dataclasses import dataclass
from html import escape

ROLES = ("plain", "source", "target", "state", "query", "key", "value", "weight")
FORMS = ("tensor", "operation", "parameter", "words")
COLUMN, ROW, HEIGHT, LETTER, MARGIN = 132, 92, 46, 10.5, 8
UNITS = 11  # of a drawing are one rem of a slide, so that letters have one size on all slides

_BOX = re.compile(r'(\w+) +([a-z ]+?) +(-?[\d.]+) +(-?[\d.]+) +"([^"]*)"')
_ARROW = re.compile(r'(\w+) +(->|\.\.>|~>|=(0?\.\d+|1)>) +(\w+)(?: +"([^"]*)")?')


@dataclass(frozen=True)
class Box:
    role: str
    form: str
    x: float  # of its center
    y: float
    text: str

    @property
    def width(self) -> float:
        return max(float(HEIGHT), LETTER * len(self.text) + (6 if self.form == "words" else 26))


def diagram_html(text: str) -> str:
    """The drawing that ``text`` describes. Raises ``ValueError`` for a line that is no box and no arrow."""
    says, boxes, arrows = "", {}, []
    for line in filter(None, map(str.strip, text.splitlines())):
        if line.startswith("says:"):
            says = line.removeprefix("says:").strip()
        elif match := _BOX.fullmatch(line):
            boxes[match[1]] = _box(match, line)
        elif match := _ARROW.fullmatch(line):
            arrows.append((match, line))
        else:
            raise ValueError(f"a line of a diagram must be a box or an arrow, got {line!r}")
    if not says:
        raise ValueError("a diagram must have a line 'says: …' for those who cannot see it, got none")
    drawn = [_arrow(match, boxes, line) for match, line in arrows] + [_drawn(box) for box in boxes.values()]
    left = min(box.x - box.width / 2 for box in boxes.values()) - MARGIN
    right = max(box.x + box.width / 2 for box in boxes.values()) + MARGIN
    bends = any(match[2] == "~>" for match, _ in arrows)
    top = min(box.y for box in boxes.values()) - HEIGHT / 2 - MARGIN - (30 if bends else 0)
    bottom = max(box.y for box in boxes.values()) + HEIGHT / 2 + MARGIN
    width, height = right - left, bottom - top
    size = f'viewBox="{left:g} {top:g} {width:g} {height:g}" width="{width / UNITS:.4g}rem"'
    label = escape(says, quote=True)
    svg = f'<svg class="diagram" role="img" aria-label="{label}" {size}>{"".join(drawn)}</svg>'
    return f'<figure class="drawn" style="max-height:{height / UNITS:.4g}rem">{svg}</figure>'


def _box(match: re.Match, line: str) -> Box:
    words = match[2].split()
    roles = [word for word in words if word in ROLES] or ["plain"]
    forms = [word for word in words if word in FORMS] or ["tensor"]
    if unknown := [word for word in words if word not in ROLES + FORMS]:
        known = ", ".join(ROLES + FORMS)
        raise ValueError(f"a box must be {known}, got {unknown[0]!r} in {line!r}")
    return Box(roles[0], forms[0], float(match[3]) * COLUMN, float(match[4]) * ROW, match[5])


def _drawn(box: Box) -> str:
    x, y, w, h = box.x - box.width / 2, box.y - HEIGHT / 2, box.width, HEIGHT
    if box.form == "parameter":  # a hexagon
        points = (
            (x, box.y),
            (x + 12, y),
            (x + w - 12, y),
            (x + w, box.y),
            (x + w - 12, y + h),
            (x + 12, y + h),
        )
        shape = f'<polygon points="{" ".join(f"{a:g},{b:g}" for a, b in points)}"/>'
    else:
        radius = {"operation": h / 2, "tensor": 7}.get(box.form, 0)
        shape = f'<rect x="{x:g}" y="{y:g}" width="{w:g}" height="{h:g}" rx="{radius:g}"/>'
    shape = "" if box.form == "words" else shape
    text = f'<text x="{box.x:g}" y="{box.y + 6.5:g}">{escape(box.text)}</text>'
    return f'<g class="box {box.role} {box.form}">{shape}{text}</g>'


def _arrow(match: re.Match, boxes: dict[str, Box], line: str) -> str:
    for name in (match[1], match[4]):
        if name not in boxes:
            raise ValueError(f"an arrow must join boxes that the diagram has, got {name!r} in {line!r}")
    a, b = boxes[match[1]], boxes[match[4]]
    kind = "dashed" if match[2] == "..>" else "weighed" if match[3] else ""
    (x1, y1), (x2, y2) = _border(a, b), _border(b, a)
    middle = ((x1 + x2) / 2, (y1 + y2) / 2)
    path = f"M{x1:g} {y1:g}L{x2:g} {y2:g}"
    if match[2] == "~>":
        (x1, y1), (x2, y2) = (a.x, a.y - HEIGHT / 2), (b.x, b.y - HEIGHT / 2 - 3)
        over = min(y1, y2) - 44
        path, middle = f"M{x1:g} {y1:g}C{x1:g} {over:g} {x2:g} {over:g} {x2:g} {y2:g}", (middle[0], over + 12)
    width = f' style="stroke-width:{1.5 + 9 * float(match[3]):.3g}"' if match[3] else ""
    head = "" if match[3] else _head(x2, y2, a, bent=match[2] == "~>")
    label = (
        f'<text class="label" x="{middle[0]:g}" y="{middle[1] - 7:g}">{escape(match[5])}</text>'
        if match[5]
        else ""
    )
    return f'<g class="arrow {kind} {a.role}"><path d="{path}"{width}/>{head}{label}</g>'


def _border(box: Box, other: Box) -> tuple[float, float]:
    """Where the line from the center of ``box`` to that of ``other`` leaves the box, and a little further."""
    dx, dy = other.x - box.x, other.y - box.y
    half = (box.width / 2 + 3, HEIGHT / 2 + 3)
    share = min(half[0] / abs(dx) if dx else 9e9, half[1] / abs(dy) if dy else 9e9)
    return box.x + dx * min(share, 1), box.y + dy * min(share, 1)


def _head(x: float, y: float, a: Box, *, bent: bool) -> str:
    """The point of an arrow that arrives at (x, y); a bent one arrives from above."""
    dx, dy = (0.0, 1.0) if bent else (x - a.x, y - a.y)
    size = (dx * dx + dy * dy) ** 0.5 or 1.0
    dx, dy = dx / size, dy / size
    back = (x - 11 * dx, y - 11 * dy)
    points = ((x, y), (back[0] - 5 * dy, back[1] + 5 * dx), (back[0] + 5 * dy, back[1] - 5 * dx))
    return f'<polygon points="{" ".join(f"{p:.4g},{q:.4g}" for p, q in points)}"/>'
