"""Sphinx extension of the book: pages that load nothing from another origin and whose widgets need no kernel.

Named under ``sphinx: extra_extensions`` in ``_config.yml``, it

- runs the stored widgets with static/static-host.js, loaded only by pages that have widgets, instead of
  require.js and html-manager from two public servers, and gives pages the code of the widgets that they
  show (widget_scripts.py), with a figure in the place of each for print and for readers without
  JavaScript (widget_figures.py);
- makes MathML of the formulas when the book is built (mathematics.py), and lets a letter light up in
  formulas, drawings and code together (symbols.py, static/symbols.js);
- leaves out of pages what they do not need: scripts (page_assets.py, templates/layout.html, static/page.js),
  rules of style sheets and icons (finished_pages.py, used_rules.py, icons.py);
- removes sphinx-thebe, which Jupyter Book always loads: it throws an error on every page and names a
  public server;
- writes the claims ledger, and gives pages measured numbers and verdicts by role (claims_ledger.py);
- shows the widget Translator on a page that is no notebook (translator_directive.py);
- shows the head of a chapter, with links in words to Colab and to the notebook (chapter_heads.py), and on
  the first page the map of the course (course_map.py) and the exercises of all chapters (exercise_times.py);
- writes what instructors need from what chapters and exercises say of themselves: goals (chapter_facts.py),
  times (exercise_times.py, guide_minutes.py, course_plan.py), known mistakes (misconceptions.py) and
  the line that installs the course (installation.py);
- shows drawings on pages that are no notebooks (drawing_directive.py);
- lets plain Markdown links lead to terms of the glossary (glossary_links.py);
- numbers the figures of a chapter (figure_numbers.py), and says of an exercise that nobody has attempted
  only what it is worth (unattempted.py);
- lists references as an ordered list with links back to the pages that cite them (reference_list.py);
- keeps what a reader has done in the reader's own browser, and makes cards for repetition
  (progress_page.py, cards.py, progress/);
- gives letters and exercises addresses that stay, and signs to link to them (anchors.py);
- brings the course's own search in the place of Sphinx's (search_site.py, search_index.py, search/);
- gives each page a description, and the site a 404 page, a card to be shared and, where it is known where
  the book is published, a sitemap (page_heads.py, addresses.py);
- links from the landing page to the PDF, the EPUB and the zip that the site holds (take_away.py);
- gives parts of a page the names that screen readers say (spoken_names.py);
- brings the favicon and two small style sheets, one of them for printing.
"""

from pathlib import Path

from sphinx.application import Sphinx
from sphinx.config import Config

from s2s_course import __version__
from s2s_course.sphinx_ext import (
    addresses,
    anchors,
    cards,
    chapter_facts,
    chapter_heads,
    claims_ledger,
    colab,
    course_map,
    course_plan,
    drawing_directive,
    exercise_times,
    figure_numbers,
    finished_pages,
    glossary_links,
    guide_minutes,
    installation,
    mathematics,
    misconceptions,
    page_assets,
    page_heads,
    progress_page,
    reference_list,
    search_site,
    spoken_names,
    symbols,
    take_away,
    translator_directive,
    unattempted,
    widget_figures,
    widget_scripts,
)

STATIC = Path(__file__).parent / "static"


# Parts of one concept stand together. Listeners of one event and priority are called in this order.
PARTS = (
    # what a page shows
    mathematics, widget_figures, widget_scripts, translator_directive, drawing_directive,
    # how a reader finds it
    search_site, page_heads, addresses,
    # what a reader has done
    progress_page, cards,
    # what was measured, and letters that mean the same
    symbols, claims_ledger,
    # chapters and their exercises
    figure_numbers, unattempted, chapter_heads, chapter_facts, course_map, exercise_times,
    # pages for instructors
    course_plan, guide_minutes, misconceptions, installation, colab,
    # what links lead to
    glossary_links, anchors, reference_list,
    # pages as they will be published
    page_assets, spoken_names, finished_pages, take_away,
)  # fmt: skip


def setup(app: Sphinx) -> dict:
    _remove_thebe(app)
    app.add_css_file("s2s-book.css")
    app.add_css_file("s2s-print.css")
    app.add_js_file("page.js", defer="defer")
    app.connect("config-inited", _configure, priority=100)
    app.connect("build-finished", _give_redirect_an_icon, priority=900)  # after sphinx-external-toc wrote it
    for part in PARTS:
        part.connect(app)
    return {
        "version": __version__,
        "env_version": 1,  # raised when what is kept of a page that was read changes
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }


def _remove_thebe(app: Sphinx) -> None:
    """Undo what sphinx_thebe.setup did: it listed its style sheet, and listeners that add its scripts."""
    for listeners in app.events.listeners.values():
        for listener in [one for one in listeners if one.handler.__module__ == "sphinx_thebe"]:
            app.disconnect(listener.id)
    app.registry.css_files[:] = [file for file in app.registry.css_files if file[0] != "sphinx-thebe.css"]


def _configure(app: Sphinx, config: Config) -> None:
    # Appended here, after Jupyter Book has put every script below html_static_path on every page.
    config.html_static_path.append(str(STATIC))
    config.html_favicon = config.html_favicon or str(STATIC / "favicon.svg")
    if config.project == "Project name not set":  # Sphinx's own; Jupyter Book gives the book's title alone
        config.project = config.html_title
    # Without a mode the theme reports an error on every page.
    config.html_context.setdefault("default_mode", "auto")
    config.nb_ipywidgets_js = {"static-host.js": {"defer": "defer"}}


def _give_redirect_an_icon(app: Sphinx, error: Exception | None) -> None:
    """Without an icon the redirect at the root makes browsers ask for /favicon.ico, which is not there."""
    page = Path(app.outdir) / "index.html"
    if error or app.builder.format != "html" or not page.is_file():
        return
    html = page.read_text(encoding="utf-8")
    if 'rel="icon"' not in html:
        icon = f'<link rel="icon" href="_static/{Path(app.config.html_favicon).name}">'
        page.write_text(icon + html, encoding="utf-8")
