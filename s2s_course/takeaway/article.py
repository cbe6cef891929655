"""A page of the site freed of what only a browser can use.

Folded parts are open, drawings have one composition, a widget is its figure, and what a press of a button
would do is gone. The setup cell, the same in every chapter, stands in the first only.
"""

from bs4 import BeautifulSoup, Comment, Tag

from s2s_course.takeaway.pages import Page
from s2s_course.takeaway.solutions import is_solution

_VIEW = "application/vnd.jupyter.widget-view+json"
_FOR_BROWSERS = "script, button, input, select, form, .s2s-narrow, .s2s-screen-only, template"
LONG_CODE = 24  # lines: longer code may go on on the next page
_NO_FIGURE = "A widget. It runs where the page is open in a browser."


def ready_pages(pages: list[Page]) -> list[str]:
    """Change all pages in place; gives the style sheets that stood within them, each once."""
    styles: list[str] = []
    setup_shown = False
    for page in pages:
        article = page.article
        for comment in article.find_all(string=lambda text: isinstance(text, Comment)):
            comment.extract()
        for place in article.select("noscript"):
            place.unwrap()
        _widgets(article)
        for place in article.select(".s2s-take-away"):  # who has the book need not be told how to get it
            (place.find_parent("section") or place).decompose()
        for tag in article.select(_FOR_BROWSERS):
            tag.decompose()
        for style in _lift_styles(article):
            if style not in styles:
                styles.append(style)
        for cell in article.select(".tag_setup"):
            if setup_shown:
                cell.replace_with(
                    _paragraph("take-note", "The setup cell is the same as in the first chapter.")
                )
            setup_shown = True
        _unfold(article)
        _anchor_headings(article)
        _fit_code(article)
        _allow_in_xhtml(article)
    return styles


def _widgets(article: Tag) -> None:
    """A figure comes with the site for each of our widgets; any other widget leaves a note."""
    for figure in article.select(".s2s-figure"):
        figure["class"] = f"{figure['class']} s2s-shown"
    for script in article.select(f'script[type="{_VIEW}"]'):
        if script.parent.select_one(".s2s-figure") is None:
            script.replace_with(_paragraph("take-note take-widget", _NO_FIGURE))


def _lift_styles(article: Tag) -> list[str]:
    """A style sheet may stand in the head only, and one of a picture would hold for the whole page."""
    texts = []
    for style in article.find_all("style"):
        picture = style.find_parent("svg")
        if picture is None:
            texts.append(style.get_text().strip())
        else:
            rule = style.get_text().strip()
            if rule.startswith("*{"):
                picture["style"] = picture.get("style", "").rstrip(";") + ";" + rule[2:].rstrip("}")
        style.decompose()
    return texts


def _unfold(article: Tag) -> None:
    """An open box for each folded one. Solutions keep their mark until they are taken out."""
    for fold in article.find_all("details"):
        cell = _cell_around(fold)
        summary = fold.find("summary")
        fold.name = "div"
        fold.attrs = {"class": "take-unfolded", **({"id": fold["id"]} if fold.get("id") else {})}
        if summary is None:
            continue
        if cell is not None and is_solution(cell):
            continue
        if summary.select_one(".expanded") is not None:  # "Show …" and "Hide …" of a cell
            summary.decompose()
        else:
            summary.name, summary.attrs = "p", {"class": "take-label"}


def _cell_around(tag: Tag) -> Tag | None:
    return next((parent for parent in tag.parents if "cell" in parent.get("class", "").split()), None)


def drop_labels(cells: list[Tag]) -> None:
    """What a solution's fold said is not needed where solutions stand."""
    for cell in cells:
        for summary in cell.find_all("summary"):
            summary.decompose()


def _anchor_headings(article: Tag) -> None:
    """The name of a section goes to its heading: the section may begin at the end of the page before."""
    for section in article.select("section[id]"):
        heading = section.find(["h1", "h2", "h3", "h4", "h5", "h6"], recursive=False)
        if heading is not None and not heading.get("id"):
            heading["id"] = section["id"]
            del section["id"]


def _fit_code(article: Tag) -> None:
    """Code says how many columns it has, so that a long line makes its block smaller and not cut."""
    for code in article.find_all("pre"):
        lines = code.get_text().splitlines()
        code["style"] = f"--columns: {max([88, *map(len, lines)])}"
        if len(lines) > LONG_CODE:
            code["class"] = "take-long"


def _allow_in_xhtml(article: Tag) -> None:
    """What HTML lets pass and a check of XHTML does not."""
    for tag in article.find_all(True):
        for name in [name for name in tag.attrs if name.startswith("data-") or name == "tabindex"]:
            del tag[name]
    for tag in article.select("math [displaystyle], math [scriptlevel]"):  # MathML Core has these everywhere
        if tag.name == "mrow":
            tag.name = "mstyle"
        elif tag.name != "mstyle":
            style = tag.wrap(BeautifulSoup("<mstyle/>", "xml").mstyle)
            for name in ("displaystyle", "scriptlevel"):
                if name in tag.attrs:
                    style[name] = tag.attrs.pop(name)


def _paragraph(kind: str, text: str) -> Tag:
    tag = BeautifulSoup("<p/>", "xml").p
    tag["class"], tag.string = kind, text
    return tag
