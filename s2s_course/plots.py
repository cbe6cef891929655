"""Figures for the book: drawn with matplotlib, shown as inline SVG that follows light and dark mode."""

import io
import re
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from html import escape

import matplotlib
import matplotlib.pyplot as plt
import numpy as np

from s2s_course.drawings.language.palette import PALETTE as ROLES
from s2s_course.drawings.language.palette import on_dark, variable, variables
from s2s_course.training.history import History

# Okabe and Ito's palette: told apart by readers with any kind of color vision.
BLUE, ORANGE, GREEN, RED, PURPLE, SKY = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9"
PALETTE = (BLUE, ORANGE, GREEN, RED, PURPLE, SKY)

_INK = "#010203"  # drawn in this color, then replaced by the color of the surrounding text
_STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "s2s-course",
    "font.family": "sans-serif",
    "font.size": 11,
    "text.color": _INK,
    "axes.edgecolor": _INK,
    "axes.labelcolor": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "axes.facecolor": "none",
    "figure.facecolor": "none",
    "legend.frameon": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.prop_cycle": matplotlib.cycler(color=PALETTE),
}


# A telephone of 360 pixels leaves a figure 328, in inches; what is a little wider is made smaller there.
_NARROW, _SHRINKS = 328 / 96, 1.25
_NARROW_STYLE = """<style>
.s2s-plot{margin:1rem 0;container-type:inline-size}
.s2s-plot .s2s-narrow{display:none}
@container (max-width:459px){
.s2s-plot .s2s-wide{display:none}.s2s-plot .s2s-narrow{display:inline}
}
</style>
"""


# The colors that `role` gives are those of the drawings. Only a figure that has one of them carries this.
_ROLE_STYLE = f"""<style>
.s2s-plot{{{variables(0)}}}
{on_dark(".s2s-plot")}{{{variables(1)}}}
</style>
"""


@dataclass(frozen=True, repr=False)
class Figure:
    """A picture with its description. In a notebook it shows itself; ``repr`` is the description.

    Where the picture is wide there is a second one, ``narrow``, of which a telephone shows letters as large.
    """

    svg: str
    description: str
    narrow: str = ""
    caption: str = ""  # one sentence, shown below

    def __repr__(self) -> str:
        return f"Figure: {self.description}"

    def _repr_html_(self) -> str:
        shown = self.svg
        if self.narrow:
            wide, narrow = (
                svg.replace("<svg ", f'<svg class="s2s-{form}" ', 1)
                for form, svg in (("wide", self.svg), ("narrow", self.narrow))
            )
            shown = f"{_NARROW_STYLE}{wide}\n{narrow}"
        if "var(--s2s-" in shown:
            shown = _ROLE_STYLE + shown
        caption = f"\n<figcaption>{escape(self.caption)}</figcaption>" if self.caption else ""
        return f'<figure class="s2s-plot">{shown}{caption}</figure>'


def style() -> AbstractContextManager[None]:
    """``with style():`` draw a figure and end with ``as_figure``: it then follows light and dark mode."""
    return plt.rc_context(_STYLE)


def role(name: str) -> str:
    """The color that drawings, formulas and widgets have for a role, ``"source"`` or ``"weight"``, say.

    Within ``with style():`` matplotlib takes it as any color; on a dark page it is the dark one of that role.
    """
    variable(name)  # says which roles there are
    return ROLES[name][0]


def as_figure(figure: plt.Figure, description: str, caption: str = "") -> Figure:
    """Close the matplotlib ``figure`` and keep it as SVG.

    ``description`` tells those who cannot see it what can be seen; ``caption``, one short sentence, is shown.
    """
    if not description.strip():
        raise ValueError("description must say what the figure shows, got an empty text")
    wide = _svg(figure, description)
    excess = figure.get_tightbbox().width - _NARROW
    narrow = ""
    if excess > (_SHRINKS - 1) * _NARROW:
        # Only the axes become narrower: what stands beside them keeps its size.
        width, height = figure.get_size_inches()
        share = figure.axes[0].get_position().width
        figure.set_size_inches(max(width - excess / share, _NARROW / 2), height)
        narrow = _svg(figure, description, salt="narrow")
    plt.close(figure)
    return Figure(wide, description, narrow, caption)


def _svg(figure: plt.Figure, description: str, salt: str = "") -> str:
    """The figure as it is now. Names within it are made with ``salt``: two on a page must not share them."""
    buffer = io.StringIO()
    with style(), plt.rc_context({"svg.hashsalt": _STYLE["svg.hashsalt"] + salt}):
        figure.savefig(buffer, format="svg", bbox_inches="tight", metadata={"Date": None, "Creator": None})
    svg = buffer.getvalue()
    svg = svg[svg.index("<svg") :].replace(_INK, "currentColor")
    svg = re.sub(r"<metadata>.*?</metadata>\s*", "", svg, flags=re.DOTALL)
    for name, (light, _) in ROLES.items():
        svg = svg.replace(light, f"var(--s2s-{name},{light})")
    label = f'<svg role="img" aria-label="{escape(description, quote=True)}" '
    label += 'style="max-width:100%;height:auto" '
    return svg.replace("<svg ", label, 1)


def word_alignment(
    src_tokens: Sequence[str],
    tgt_tokens: Sequence[str],
    alignment: Sequence[tuple[int, int]],
    caption: str = "",
) -> Figure:
    """Source tokens above, target tokens below, and a line between words that translate each other.

    A line is thick where it leads to another position than its own.
    """
    with style():
        width = max(len(src_tokens), len(tgt_tokens))
        figure, axes = plt.subplots(figsize=(0.85 * width + 0.5, 1.7))
        sides = (("source", src_tokens, 1, "bottom"), ("target", tgt_tokens, 0, "top"))
        for name, tokens, y, side in sides:
            for x, token in enumerate(tokens):
                axes.text(x, y, token, ha="center", va=side, color=role(name))
        for i, j in alignment:
            color, width_of_line = (role("quiet"), 1.5) if i == j else (role("weight"), 3)
            axes.plot([i, j], [0.97, 0.03], color=color, linewidth=width_of_line)
        axes.set(xlim=(-0.6, width - 0.4), ylim=(-0.3, 1.3))
        axes.axis("off")
        links = ", ".join(f"{src_tokens[i]}–{tgt_tokens[j]}" for i, j in alignment)
        return as_figure(figure, f"Word alignment: {links}.", caption)


def learning_curve(history: History, caption: str = "") -> Figure:
    """Training loss at every step (smoothed) and validation loss where it was measured."""
    losses = np.array(history.losses)
    window = max(1, len(losses) // 50)
    smooth = np.convolve(losses, np.ones(window) / window, mode="valid")
    with style():
        figure, axes = plt.subplots(figsize=(6.4, 3.2))
        axes.plot(np.arange(window, len(losses) + 1), smooth, label=f"training, mean of {window} steps")
        if history.validation_steps:
            axes.plot(history.validation_steps, history.validation_losses, "o-", label="validation")
        axes.set(xlabel="step", ylabel="loss (nats per token)", ylim=(0, None))
        axes.legend()
        ends = f"from {losses[0]:.1f} to {smooth[-1]:.1f} in {len(losses)} steps"
        text = f"Training loss in nats per token falls {ends}"
        if history.validation_steps:
            text += f"; validation loss ends at {history.validation_losses[-1]:.1f}"
        return as_figure(figure, text + ".", caption)
