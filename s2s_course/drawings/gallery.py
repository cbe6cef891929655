"""A page with every drawing, wide and narrow, light and dark, for looking."""

from s2s_course.drawings.language.drawing import Drawing
from s2s_course.drawings.language.palette import PALETTE

_STYLE = """
body{margin:0;font:16px/1.6 system-ui,sans-serif}
section{display:flex;gap:32px;align-items:flex-start;padding:16px}
section>div:first-of-type{width:688px;flex:none}section>div:last-of-type{width:328px;flex:none}
"""


def gallery(drawings: list[Drawing], theme: str) -> str:
    """The page in one ``theme``, light or dark."""
    paper = PALETTE["paper"][theme == "dark"]
    shown = "".join(
        f"<section><div>{html}</div><div>{html.replace(' id=', ' data-narrow=')}</div></section>"
        for html in (one.html() for one in drawings)
    )
    return (
        f'<!doctype html><html lang="en" data-theme="{theme}"><meta charset="utf-8"><title>Drawings, {theme}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}body{{background:{paper}}}</style>{shown}'
    )
