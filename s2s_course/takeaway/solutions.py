"""Solutions of exercises leave their chapters and stand together at the end, with links both ways."""

import copy
from dataclasses import dataclass

from bs4 import BeautifulSoup, Tag

from s2s_course.takeaway.pages import Page, words_of

TITLE = "Solutions"
NAME = "solutions"  # as a page


@dataclass
class Solution:
    """Where an exercise is, what it is called, and what leaves its page."""

    page: Page
    title: str
    exercise: str  # its anchor
    cells: list[Tag]

    @property
    def anchor(self) -> str:
        return f"{NAME}--{self.exercise}"


def take_out(pages: list[Page]) -> list[Solution]:
    """All solutions in their order. In their place stands a link to where they will be."""
    found: list[Solution] = []
    for page in pages:
        for cell in page.article.select(".tag_hide-cell"):
            if not is_solution(cell):
                continue
            heading = cell.find_previous(["h1", "h2", "h3", "h4"], id=True)
            if not found or found[-1].exercise != heading["id"]:
                found.append(Solution(page, words_of(heading), heading["id"], []))
                way = _link(found[-1].anchor, "solution", "The solution is on page", "The solution")
                cell.insert_before(way)
            found[-1].cells.append(cell.extract())
    return found


def is_solution(cell: Tag) -> bool:
    """Is it a cell that its page folds as a solution?"""
    summary = cell.find("summary")
    return summary is not None and "solution" in summary.get_text().lower()


def solutions_page(solutions: list[Solution]) -> Page:
    """A page of all solutions, by chapter, each with a link back to its exercise."""
    soup = BeautifulSoup(f'<article id="{NAME}"><h1>{TITLE}</h1></article>', "xml")
    article, chapter = soup.article, None
    for solution in solutions:
        if solution.page is not chapter:
            chapter = solution.page
            article.append(_heading("h2", f"{NAME}--{article_id(chapter)}", chapter.title))
        article.append(_heading("h3", solution.anchor, solution.title))
        article.append(
            _link(solution.exercise, "exercise", "The exercise is on page", "Back to the exercise")
        )
        for cell in solution.cells:
            article.append(copy.copy(cell))
    return Page(NAME, TITLE, article)


def article_id(page: Page) -> str:
    return page.article["id"]


def _heading(level: str, name: str, text: str) -> Tag:
    tag = BeautifulSoup(f"<{level}/>", "xml").find(level)
    tag["id"], tag.string = name, text
    return tag


def _link(target: str, kind: str, printed: str, read: str) -> Tag:
    """A link that says the page in print, and only leads there where there are no pages."""
    number = f'<span class="take-page" data-to="{target}"></span>'
    html = (
        f'<p class="take-way take-{kind}"><a href="#{target}">'
        f'<span class="take-printed">{printed} {number}</span><span class="take-read">{read}</span></a></p>'
    )
    return BeautifulSoup(html, "xml").p
