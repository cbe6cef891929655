"""The picture that stands beside a link to the course where somebody shares it.

A PNG, because those who show such cards take no SVG. It is drawn from the favicon's four boxes.
"""

from pathlib import Path

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

CARD = "social-card.png"
WIDTH, HEIGHT = 1200, 630  # what Open Graph's users ask for
DESCRIPTION = "Two words in blue, two words in orange, on one line: a source and its target."
PAPER, INK, MUTED = "#ffffff", "#1b1f24", "#57606a"
BOXES = ("#b5dcff", "#3b86cb", "#cc7426", "#ffc48a")  # source and target, as in the favicon


def draw_card(path: Path, title: str, subtitle: str) -> None:
    """Write the card to ``path``: the same bytes for the same words and the same matplotlib."""
    figure = Figure(figsize=(WIDTH / 100, HEIGHT / 100), dpi=100, facecolor=PAPER)
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, WIDTH), ylim=(0, HEIGHT))
    axes.axis("off")
    for place, color in enumerate(BOXES):
        box = FancyBboxPatch(
            (90 + 155 * place, 330), 125, 210, boxstyle="round,pad=0,rounding_size=22", fc=color, ec="none"
        )
        axes.add_patch(box)
    axes.plot((90, 680), (300, 300), color=INK, linewidth=7, solid_capstyle="round")
    axes.text(90, 190, title, fontsize=52, color=INK, weight="bold", va="center")
    axes.text(90, 95, subtitle, fontsize=24, color=MUTED, va="center")
    FigureCanvasAgg(figure).print_png(path, metadata={"Software": None})
