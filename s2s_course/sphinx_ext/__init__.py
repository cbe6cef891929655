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
from s2s_course.sphinx_ext.addresses import write_addresses
from s2s_course.sphinx_ext.anchors import add_anchors, take_anchors_as_targets
from s2s_course.sphinx_ext.cards import RepetitionCards, put_cards, write_anki
from s2s_course.sphinx_ext.chapter_facts import ChapterGoals
from s2s_course.sphinx_ext.chapter_heads import mark_heads
from s2s_course.sphinx_ext.claims_ledger import ClaimsLedger, MeasuredRole, VerdictRole, add_ledger_files
from s2s_course.sphinx_ext.colab import ColabRole
from s2s_course.sphinx_ext.course_map import CourseMap
from s2s_course.sphinx_ext.course_plan import CoursePlan
from s2s_course.sphinx_ext.drawing_directive import DrawingDirective
from s2s_course.sphinx_ext.exercise_times import AllExercises, ExerciseTimes
from s2s_course.sphinx_ext.figure_numbers import number_figures
from s2s_course.sphinx_ext.finished_pages import finish_pages
from s2s_course.sphinx_ext.glossary_links import take_terms_as_targets
from s2s_course.sphinx_ext.guide_minutes import ClassTimes
from s2s_course.sphinx_ext.installation import Installation
from s2s_course.sphinx_ext.mathematics import add_mathematics
from s2s_course.sphinx_ext.misconceptions import Misconceptions
from s2s_course.sphinx_ext.page_assets import choose_assets, take_templates
from s2s_course.sphinx_ext.page_heads import add_description
from s2s_course.sphinx_ext.progress_page import (
    YourProgress,
    add_progress_scripts,
    write_progress_scripts,
)
from s2s_course.sphinx_ext.reference_list import list_references, pages_with_references
from s2s_course.sphinx_ext.search_site import (
    configure_search,
    write_search_index,
    write_search_scripts,
)
from s2s_course.sphinx_ext.spoken_names import mend_names
from s2s_course.sphinx_ext.symbols import add_symbols
from s2s_course.sphinx_ext.take_away import TakeAway, fill_places
from s2s_course.sphinx_ext.translator_directive import TranslatorDirective
from s2s_course.sphinx_ext.unattempted import shorten_unattempted
from s2s_course.sphinx_ext.widget_figures import FiguresInPlace
from s2s_course.sphinx_ext.widget_scripts import add_widget_scripts, write_widget_scripts

STATIC = Path(__file__).parent / "static"


def setup(app: Sphinx) -> dict:
    _remove_thebe(app)
    app.add_css_file("s2s-book.css")
    app.add_css_file("s2s-print.css")
    app.add_js_file("page.js", defer="defer")
    add_mathematics(app)
    app.add_post_transform(FiguresInPlace)
    app.add_directive("claims-ledger", ClaimsLedger)
    app.add_directive("drawing", DrawingDirective)
    app.add_directive("translator", TranslatorDirective)
    app.add_directive("chapter-goals", ChapterGoals)
    app.add_directive("exercise-times", ExerciseTimes)
    app.add_directive("all-exercises", AllExercises)
    app.add_directive("misconceptions", Misconceptions)
    app.add_directive("class-times", ClassTimes)
    app.add_directive("course-plan", CoursePlan)
    app.add_directive("course-map", CourseMap)
    app.add_directive("installation", Installation)
    app.add_directive("take-away", TakeAway)
    app.add_directive("your-progress", YourProgress)
    app.add_directive("repetition-cards", RepetitionCards)
    app.add_role("measured", MeasuredRole())
    app.add_role("verdict", VerdictRole())
    app.add_role("colab", ColabRole())
    app.connect("config-inited", _configure, priority=100)
    app.connect("config-inited", configure_search, priority=100)
    app.connect("config-inited", take_templates, priority=100)
    app.connect("builder-inited", write_widget_scripts)
    app.connect("builder-inited", write_search_scripts)
    app.connect("builder-inited", write_progress_scripts)
    app.connect("doctree-read", add_anchors, priority=100)  # before the contents are collected
    app.connect("env-updated", take_terms_as_targets)
    app.connect("env-updated", take_anchors_as_targets)
    app.connect("env-updated", pages_with_references)
    app.connect("doctree-resolved", put_cards)
    app.connect("doctree-resolved", number_figures)
    app.connect("doctree-resolved", shorten_unattempted)
    app.connect("doctree-resolved", list_references, priority=900)
    app.connect("doctree-resolved", mark_heads)
    app.connect("html-page-context", add_widget_scripts)
    app.connect("html-page-context", add_description)
    app.connect("html-page-context", add_progress_scripts)
    app.connect("html-page-context", add_symbols)
    app.connect("html-page-context", add_ledger_files)
    app.connect("html-page-context", choose_assets, priority=900)  # of all that others have added
    app.connect("build-finished", write_addresses)
    app.connect("build-finished", write_anki)
    app.connect("build-finished", mend_names, priority=940)
    app.connect("build-finished", _give_redirect_an_icon, priority=900)  # after sphinx-external-toc wrote it
    app.connect("build-finished", finish_pages, priority=950)
    app.connect("build-finished", fill_places, priority=960)
    app.connect("build-finished", write_search_index, priority=990)  # of pages as they will be published
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
