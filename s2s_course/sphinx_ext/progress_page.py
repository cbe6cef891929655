"""What a reader has done, kept in the reader's own browser: scripts for all pages, and the page for it.

Every page has progress/page.js, which marks what was read and done. The page with the directive
``{your-progress}`` loads progress/progress.js besides. Nothing is sent anywhere.
"""

import json
from html import escape
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from s2s_course.exercises.engine.exercise import Exercise
from s2s_course.exercises.engine.registry import all_exercises, all_quizzes
from s2s_course.exercises.projects.project import Project
from s2s_course.exercises.projects.run import PROJECTS
from s2s_course.sphinx_ext.chapter_facts import ChapterFacts, depend_on_chapters, read_chapters
from s2s_course.sphinx_ext.joined import joined

MODULES = Path(__file__).parent / "progress"
FOLDER = "progress"  # below _static
NOTE = "This needs JavaScript, which has not run here."


class YourProgress(SphinxDirective):
    """A row for each chapter, which the page's script fills, and what can be done with the data."""

    def run(self) -> list[nodes.Node]:
        depend_on_chapters(self.env)
        self.env.metadata[self.env.docname]["s2s_progress"] = True
        chapters = read_chapters(Path(self.env.srcdir))
        return [nodes.raw("", progress_html(list(chapters.values())), format="html")]


def progress_html(chapters: list[ChapterFacts]) -> str:
    """The table, the message line and the buttons; ``data-`` attributes say what belongs where."""
    rows = "".join(map(_row, chapters))
    data = json.dumps({project.id: project.title for project in PROJECTS.values()}, ensure_ascii=False)
    return (
        f'<div class="s2s-progress-page" data-s2s-progress data-projects="{escape(data)}">\n'
        f'<p class="s2s-no-script">{NOTE}</p>\n'
        '<p class="s2s-progress-said" role="status" aria-live="polite"></p>\n'
        f"<ul>{rows}</ul>\n"
        '<div class="s2s-progress-data" hidden><button type="button" data-do="export">Save to a file</button>'
        '<label class="s2s-file">Take from a file <input type="file" accept=".json,application/json"></label>'
        '<button type="button" data-do="clear">Clear all</button></div></div>'
    )


def _row(chapter: ChapterFacts) -> str:
    tasks: list[Exercise | Project] = [one for one in all_exercises() if one.chapter == chapter.number]
    ticks = "".join(
        f'<li><label><input type="checkbox" data-exercise="{task.id}" disabled> '
        f'<a href="{chapter.name}.html#exercise-{task.id.replace(".", "-")}">{task.id}</a> '
        f"{escape(task.title)}</label></li>"
        for task in tasks
    )
    questions = len(all_quizzes().get(chapter.number, ()))
    quiz = f'<p data-quiz="{chapter.number}" data-of="{questions}"></p>' if questions else ""
    return (
        f'<li data-chapter="{chapter.name}"><p><label><input type="checkbox" data-read="{chapter.name}" '
        f'disabled aria-label="Chapter {chapter.number} is read"> read</label> '
        f'<a href="{chapter.name}.html">{chapter.number}. {escape(chapter.title)}</a></p>{quiz}'
        f"<details><summary>Exercises of chapter {chapter.number}: "
        f"<span data-count>{len(tasks)}</span></summary><ul>{ticks}</ul></details></li>"
    )


def write_progress_scripts(app: Sphinx) -> None:
    """Before pages are written: Sphinx puts a checksum behind the address of a file that is there."""
    if app.builder.format != "html":
        return
    folder = Path(app.outdir) / "_static" / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("page", "progress"):
        (folder / f"{name}.js").write_text(f"{joined(MODULES / f'{name}.js')};\n", encoding="utf-8")
    (folder / "progress.css").write_text(
        (MODULES / "progress.css").read_text(encoding="utf-8"), encoding="utf-8"
    )
    app.add_js_file(f"{FOLDER}/page.js", defer="defer")


def add_progress_scripts(
    app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document | None
) -> None:
    """The page's own script and style, on that page alone."""
    if app.env.metadata.get(page, {}).get("s2s_progress"):
        app.add_js_file(f"{FOLDER}/progress.js", defer="defer")
        app.add_css_file(f"{FOLDER}/progress.css")


def connect(app: Sphinx) -> None:
    app.add_directive("your-progress", YourProgress)
    app.connect("builder-inited", write_progress_scripts)
    app.connect("html-page-context", add_progress_scripts)
