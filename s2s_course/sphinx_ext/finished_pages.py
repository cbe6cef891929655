"""The last step of a build: each page carries the few rules of the style sheets that it can use.

A page of the theme links to eight style sheets of 540 KB, waits for all of them before it shows a word, and
uses a twentieth. Here the links become one element ``style`` with the rules that the page can use
(used_rules.py) and the icons that they name (icons.py). The font of the formulas (s2s_course.formulas) is
written, and what no page loads any more is removed: Font Awesome, and the scripts of the theme.
"""

import re
import shutil
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

from s2s_course.formulas import write_math_font
from s2s_course.sphinx_ext.icons import FAMILIES, icon_fonts, named_icons
from s2s_course.sphinx_ext.used_rules import (
    Rule,
    named_variables,
    parse,
    used,
    without_unused_variables,
    words_of,
    words_of_scripts,
)

# Below _static. What theme and Sphinx bring, and no page loads.
UNLOADED = (
    "vendor/fontawesome",
    "scripts/bootstrap.*",
    "scripts/fontawesome.*",
    "scripts/pydata-sphinx-theme.*",
    "scripts/sphinx-book-theme.*",
    "styles/*.map",
    "locales",
    "searchtools.js",  # the search of the course has its own
    "language_data.js",
    "sphinx_highlight.js",
)
_LINK = re.compile(r'\s*<link\b[^>]*\brel="stylesheet"[^>]*>')
_SHEET = re.compile(r'\bhref="([^"?#]*_static/([^"?#]*))')
_DONE = re.compile(r'\s*<style data-sheets="([^"]*)">.*?</style>', re.DOTALL)
_URL = re.compile(r"""url\((["']?)(?!data:)([^)"']*)\1\)""")


def finish_pages(app: Sphinx, error: Exception | None) -> None:
    if error or app.builder.format != "html":
        return
    out = Path(app.outdir)
    static = out / "_static"
    paths = [path for path in sorted(out.rglob("*.html")) if path.relative_to(out).parts[0][0] != "_"]
    pages = {path: path.read_text(encoding="utf-8") for path in paths}
    try:
        write_math_font(static, pages.values())
    except ValueError as problem:
        raise ExtensionError(str(problem)) from None
    scripts = [path.read_text(encoding="utf-8") for path in _scripts(static)]
    elsewhere = named_variables("".join(scripts))
    from_scripts = words_of_scripts(scripts)
    styles = {path: _style(page, static, from_scripts, elsewhere) for path, page in pages.items()}
    icons = icon_fonts(static, frozenset().union(*(named_icons(style) for _, style, _ in styles.values())))
    for path, (sheets, style, root) in styles.items():
        if sheets:
            text = _with_style(pages[path], sheets, icons + _with_addresses(style, root))
            path.write_text(_with_lazy_images(text), encoding="utf-8")
    _remove(static)


def _scripts(static: Path) -> Iterable[Path]:
    """What runs in pages. The models in live are data."""
    unused = {path for pattern in UNLOADED for path in static.glob(pattern)}
    return [
        path
        for path in sorted(static.rglob("*.js"))
        if path not in unused and path.stat().st_size < 200_000 and path.parent.name != "live"
    ]


def _style(
    page: str, static: Path, from_scripts: set[str], elsewhere: set[str]
) -> tuple[list[str], str, str]:
    """The sheets that ``page`` links to, the rules of them that it can use, and the way to ``_static``."""
    done = _DONE.search(page)
    named = (
        [(f"{way}{name}", name) for way, name in (one.split("|") for one in done[1].split())] if done else []
    )
    named += [match.groups() for link in _LINK.findall(page) if (match := _SHEET.search(link))]
    bare = _DONE.sub("", page)
    words = words_of(bare) | from_scripts
    style = "".join(used(_parsed(static / name), words) for _, name in named if (static / name).is_file())
    root = named[0][0].removesuffix(named[0][1]) if named else ""
    return (
        [f"{root}|{name}" for _, name in named],
        without_unused_variables(style, named_variables(bare) | elsewhere),
        root,
    )


@cache
def _parse_text(text: str, folder: str) -> tuple[Rule, ...]:
    """Addresses in a sheet are relative to its folder; in the page they will be relative to ``_static``."""
    moved = _URL.sub(lambda match: f'url("{folder}{match[2]}")', text)
    rules = parse(moved)
    return tuple(
        rule
        for rule in rules
        if not (rule.name == "@font-face" and any(f in rule.block.replace("\\", "") for f in FAMILIES))
    )


def _parsed(sheet: Path) -> tuple[Rule, ...]:
    static = next(parent for parent in sheet.parents if parent.name == "_static")
    folder = "".join(f"{part}/" for part in sheet.parent.relative_to(static).parts)
    return _parse_text(sheet.read_text(encoding="utf-8"), folder)


def _with_addresses(style: str, root: str) -> str:
    return _URL.sub(lambda match: f'url("{root}{match[2]}")', style)


def _with_style(page: str, sheets: list[str], style: str) -> str:
    """The page with one element in the place of its links to style sheets."""
    element = f'\n<style data-sheets="{" ".join(sheets)}">{style}</style>'
    first = (_DONE.search(page) or _LINK.search(page)).start()
    rest = _LINK.sub("", _DONE.sub("", page[first:]))
    return page[:first] + element + rest


def _with_lazy_images(page: str) -> str:
    """A picture, above all one in a menu that is closed, waits until it is near."""
    return re.sub(r"<img (?![^>]*\bloading=)", '<img loading="lazy" ', page)


def _remove(static: Path) -> None:
    for pattern in UNLOADED:
        for path in static.glob(pattern):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()


def connect(app: Sphinx) -> None:
    app.connect("build-finished", finish_pages, priority=950)
