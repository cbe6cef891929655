"""A page with every drawing, for looking: wide and narrow side by side, in one theme."""

from s2s_course.drawings.language.drawing import NARROW, WIDE, Drawing
from s2s_course.drawings.language.palette import PALETTE

_STYLE = f"""
section{{display:flex;gap:32px;align-items:flex-start;padding:16px}}
section>div:first-child{{width:{WIDE}px;flex:none}}section>div:last-child{{width:{NARROW}px;flex:none}}
"""


def gallery(drawings: list[Drawing], theme: str) -> str:
    """Each drawing twice, in a wide and in a narrow column; ``theme`` is light or dark."""
    shown = "".join(
        f"<section><div>{html}</div><div>{html.replace(' id=', ' data-narrow=')}</div></section>"
        for html in (one.html() for one in drawings)
    )
    return _document(shown, theme, _STYLE)


def page(drawings: list[Drawing], theme: str) -> str:
    """Each drawing once, as wide as the window lets it be."""
    return _document("".join(one.html() for one in drawings), theme, "")


def _document(body: str, theme: str, more: str) -> str:
    paper = PALETTE["paper"][theme == "dark"]
    return (
        f'<!doctype html><html lang="en" data-theme="{theme}"><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>Drawings, {theme}</title>'
        f"<style>body{{margin:0;font:16px/1.6 system-ui,sans-serif;background:{paper}}}{more}</style>"
        f"<body>{body}"
    )
