"""The files beside the decks: what runs in them, the widgets' code, the models of the page, and MathJax."""

import importlib.util
import shutil
from pathlib import Path

from s2s_course.drawings.language.palette import STYLE
from s2s_course.live.assets import asset_names, script
from s2s_course.slides.deck import SlideError
from s2s_course.widgets import WIDGETS
from s2s_course.widgets.shared.stored import scripts

STATIC = Path(__file__).parent / "static"
BOOK_STATIC = Path(__file__).parents[1] / "sphinx_ext" / "static"
FONTS = "output/chtml/fonts/woff-v2"


def write_assets(folder: Path) -> None:
    """Write them into ``folder``, all as scripts: what is opened as a file may neither fetch nor import."""
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
    _copy_mathjax(folder / "mathjax")


def _copy_mathjax(folder: Path) -> None:
    """As the book does (sphinx_ext)."""
    package = importlib.util.find_spec("sphinx-mathjax-offline")
    if package is None:
        raise SlideError("slides need the package sphinx-mathjax-offline: pip install sphinx-mathjax-offline")
    source = Path(package.submodule_search_locations[0]) / "static" / "mathjax"
    folder.mkdir(exist_ok=True)
    shutil.copy(source / "tex-chtml.js", folder)
    shutil.copytree(source / FONTS, folder / FONTS, dirs_exist_ok=True)
