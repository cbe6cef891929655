"""The search of the published book: its page, its scripts and its index, in the place of Sphinx's own.

Every page has search/door.js, which loads search.js and search-index.js when a reader searches. The index is
made of the pages as they were built (search_index.py), after all others have changed them.
"""

import json
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.config import Config

from s2s_course.sphinx_ext.joined import joined
from s2s_course.sphinx_ext.search_index import index_of

MODULES = Path(__file__).parent / "search"
FOLDER = "search"  # below _static


def configure_search(app: Sphinx, config: Config) -> None:
    """The search's own page; templates/layout.html leaves out the theme's dialog."""
    config.html_additional_pages = {"search": "search.html", **config.html_additional_pages}


def write_search_scripts(app: Sphinx) -> None:
    """Before pages are written: Sphinx puts a checksum behind the address of a file that is there."""
    if app.builder.format != "html":
        return
    app.builder.search = False
    folder = Path(app.outdir) / "_static" / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    style = json.dumps((MODULES / "search.css").read_text(encoding="utf-8"))
    engine = (
        f"(window.s2sSearch ??= {{}}).engine = {joined(MODULES / 'search.js')};\n"
        f'document.head.append(Object.assign(document.createElement("style"), {{ textContent: {style} }}));\n'
    )
    (folder / "search.js").write_text(engine, encoding="utf-8")
    (folder / "door.js").write_text((MODULES / "door.js").read_text(encoding="utf-8"), encoding="utf-8")
    app.add_js_file(f"{FOLDER}/door.js", defer="defer")


def write_search_index(app: Sphinx, error: Exception | None) -> None:
    """When all pages are as they will be published."""
    if error or app.builder.format != "html":
        return
    out = Path(app.outdir)
    (out / "searchindex.js").unlink(missing_ok=True)
    data = json.dumps(index_of(out, sorted(app.env.found_docs)), ensure_ascii=False, separators=(",", ":"))
    text = f"(window.s2sSearch ??= {{}}).index = {data};\n"
    (out / "_static" / FOLDER / "search-index.js").write_text(text, encoding="utf-8")


def connect(app: Sphinx) -> None:
    app.connect("config-inited", configure_search, priority=100)
    app.connect("builder-inited", write_search_scripts)
    app.connect("build-finished", write_search_index, priority=990)  # of pages as they will be published
