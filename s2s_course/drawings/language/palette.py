"""What each color stands for, for light and dark pages.

Drawings name a role and never a color. On a page the roles are CSS variables, ``--s2s-source`` and so on.
Nothing is said by color alone: forms and labels say the same.
"""

# role: (light, dark). As text on paper each pair has a contrast of at least 4.5 : 1.
PALETTE = {
    "paper": ("#ffffff", "#121212"),
    "ink": ("#1f262e", "#e8ebef"),
    "quiet": ("#57626d", "#a3adb8"),
    "source": ("#0b62a8", "#6cb6ff"),
    "target": ("#b3470b", "#ff9e64"),
    "state": ("#0a6e55", "#4ad3a8"),
    "query": ("#7a3fb0", "#c9a3ff"),
    "key": ("#b0215f", "#ff8fb8"),
    "value": ("#4e6b0a", "#b4d455"),
    "weight": ("#8a5a00", "#f2c14e"),
}

MEANINGS = {
    "source": "source: what is read",
    "target": "target: what is written",
    "state": "state: what is remembered",
    "query": "query: what asks",
    "key": "key: what is compared",
    "value": "value: what is passed on",
    "weight": "weight: how much counts",
}

STRONGEST_TINT = 0.38  # of a role in the paper behind text; with more, dark pages fall below 4.5 : 1


def variable(role: str) -> str:
    """The CSS that gives the color of a ``role``."""
    if role not in PALETTE:
        raise ValueError(f"role must be one of {', '.join(PALETTE)}, got {role!r}")
    return f"var(--s2s-{role})"


def tint(role: str, strength: float) -> str:
    """The CSS for a share ``strength``, 0 to 1, of a role's color in that of the paper."""
    if not 0 <= strength <= 1:
        raise ValueError(f"strength must be from 0 to 1, got {strength}")
    return f"color-mix(in srgb, {variable(role)} {100 * strength:.0f}%, {variable('paper')})"


def channels(color: str) -> tuple[float, float, float]:
    """Red, green and blue of ``#rrggbb``, each from 0 to 1."""
    red, green, blue = (int(color[start : start + 2], 16) / 255 for start in (1, 3, 5))
    return red, green, blue


def contrast(one: tuple[float, float, float], other: tuple[float, float, float]) -> float:
    """The contrast ratio of two colors, 1 to 21, as WCAG 2.2 defines it."""

    def luminance(color: tuple[float, float, float]) -> float:
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in color]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def variables(shade: int) -> str:
    """CSS variables with the colors of all roles for light (0) or dark (1) pages."""
    return "".join(f"--s2s-{role}:{colors[shade]};" for role, colors in PALETTE.items())


# Who says that a page is dark: the book, JupyterLab, Colab, VS Code.
_DARK = (
    "html[data-theme=dark]",
    "body[data-jp-theme-light=false]",
    "html[theme=dark]",
    "body.vscode-dark",
)


def on_dark(selector: str) -> str:
    """CSS that selects what ``selector`` does, where the page is dark."""
    return ",".join(f"{dark} {selector}" for dark in _DARK)


STYLE = f"""
.s2s-drawing{{{variables(0)}box-sizing:border-box;width:100%;max-width:688px;margin:1.5rem auto;padding:0;
color:var(--s2s-ink);background:var(--s2s-paper);container-type:inline-size}}
{on_dark(".s2s-drawing")}{{{variables(1)}}}
.s2s-drawing svg{{display:block;width:100%;height:auto;margin:0 auto;overflow:visible}}
.s2s-drawing .s2s-narrow{{display:none;max-width:400px}}
@container (max-width:599px){{
.s2s-drawing .s2s-wide{{display:none}}.s2s-drawing .s2s-narrow{{display:block}}
}}
.s2s-drawing .s2s-title{{margin:0 0 .6rem;color:inherit;font-weight:600;font-size:1.05em;line-height:1.35}}
.s2s-drawing figcaption{{margin:.5rem 0 0;padding:0;color:var(--s2s-quiet);font-size:.9em;line-height:1.45;
font-weight:400;font-family:inherit;text-align:left}}
.s2s-drawing figcaption b{{color:var(--s2s-ink);font-weight:600}}
.s2s-drawing :is(sub,sup){{line-height:0}}
.s2s-drawing text{{fill:var(--s2s-ink);font-size:14px;font-family:inherit;text-anchor:middle;
dominant-baseline:central}}
.s2s-drawing .strong{{font-weight:600}}
.s2s-drawing .note{{fill:var(--s2s-quiet);font-size:13px}}
.s2s-drawing .small{{font-size:12px}}
.s2s-drawing .start{{text-anchor:start}}
.s2s-drawing .end{{text-anchor:end}}
.s2s-drawing .m{{font-family:"STIX Two Text","Times New Roman",Georgia,serif;font-size:17px}}
.s2s-drawing .m.l{{font-style:italic}}
.s2s-drawing .m.i{{font-size:12px}}
"""
