"""The files beside the decks: what runs in them, code of widgets, models, the font of formulas."""

import shutil
from collections.abc import Iterable
from pathlib import Path

from s2s_course.drawings.language.palette import STYLE
from s2s_course.formulas import write_math_font
from s2s_course.live.assets import asset_names, script
from s2s_course.widgets import WIDGETS
from s2s_course.widgets.shared.stored import scripts

STATIC = Path(__file__).parent / "static"
BOOK_STATIC = Path(__file__).parents[1] / "sphinx_ext" / "static"
FORMULAS = Path(__file__).parents[1] / "formulas"


def write_assets(folder: Path, pages: Iterable[str]) -> None:
    """Write into ``folder`` what ``pages`` load, code as scripts: a page opened as a file may not fetch."""
    for name in ("widgets", "live"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for name, code in scripts(WIDGETS).items():
        (folder / "widgets" / f"{name}.js").write_text(code, encoding="utf-8")
    for name in asset_names():  # static-host.js looks for them in live, beside itself
        (folder / "live" / f"{name}.js").write_text(script(name), encoding="utf-8")
    (folder / "drawings.css").write_text(STYLE, encoding="utf-8")
    shutil.copy(BOOK_STATIC / "static-host.js", folder)
    shutil.copy(BOOK_STATIC / "favicon.svg", folder)
    for file in sorted(STATIC.iterdir()):
        shutil.copy(file, folder)
    for name in ("formulas.css", "formulas.js"):
        shutil.copy(FORMULAS / name, folder)
    write_math_font(folder, pages)
