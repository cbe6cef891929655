"""What the search knows of the book: sections, terms, letters, claims and figures, and the text below each.

The index is read from the pages as they were built. ``pages`` holds a file and a title each; ``sections`` the
number of the page, an anchor, a kind, a title, other names and the passages: what a reader may mean by name,
where it is, and its text. A passage is a paragraph, a block of code, a row of a table or a caption; its
number says which one of its section it is, and search/passage.js counts them in the same way on the page.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from lxml import html
from lxml.html import HtmlElement

from s2s_course.claims.registry import CLAIMS
from s2s_course.sphinx_ext.plain_formula import plain_formula

BLOCKS = ("p", "pre", "tr", "figcaption", "dt")
NO_BLOCK = {
    "s2s-widget",
    "s2s-view",
    "s2s-place",
    "tag_setup",
    "admonition-title",
}  # classes of what holds no passages
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
OWNERS = ("section", "tr", "figure")
SHORTEST_CAPTION, LONGEST_TITLE = 15, 120  # characters; "Figure 5.2." alone says nothing of what it shows
LONGEST_CODE = 600  # characters of a block; of what follows, the names that it defines
MOST_DIGITS = 0.2  # of a text: a line of measured values is no passage that anyone looks for
_NUMBERED = re.compile(r"^(Exercise|Project|Figure|Drawing|Table) (P?\d+(?:\.\d+)?)[:.]? *(.*)")
_CHAPTER = re.compile(r"^(\d+)\. (.+)")
_CLAIM, _FIGURE = "claim-", "fig-"
_DEFINITION = re.compile(r"\b(?:class|def) \w+")
_IMPORT = re.compile(r"\s*(?:from [\w.]+ import|import) ")


def index_of(site: Path, pages: list[str]) -> dict:
    """The index of ``pages``, names without ``.html``, below ``site``."""
    index = {"pages": [], "sections": []}
    said: set[str] = set()  # what stands twice in the book, such as a claim, is found where it stands first
    for page in _by_importance(pages):
        path = site / f"{page}.html"
        if not path.is_file():
            continue
        sections = sections_of(html.fromstring(path.read_bytes()), said)
        if sections:
            number = len(index["pages"])
            index["pages"].append([f"{page}.html", sections[0][2]])
            index["sections"] += [[number, *section] for section in sections]
    return index


def _by_importance(pages: list[str]) -> list[str]:
    """Chapters first, then other pages, then those for instructors."""
    return sorted(pages, key=lambda page: ("teaching/" in page, not re.search(r"/\d\d-", page), page))


def sections_of(page: HtmlElement, said: set[str]) -> list[list]:
    """``[anchor, kind, title, names, passages]`` of all that a page has, in order; ``said`` is added to."""
    places = page.xpath("//article[contains(@class, 'bd-article')]") or page.xpath("//*[@role='main']")
    if not places:
        return []
    for formula in places[0].xpath(".//*[contains(concat(' ', @class, ' '), ' math ')]"):
        source = formula.find(".//annotation")
        tex = formula.text_content() if source is None else source.text_content()
        _replace(formula, plain_formula(tex))
    owners: dict[HtmlElement, list] = {}
    for element in places[0].iter(*OWNERS, "dt", "div", "article", "blockquote"):
        if (owner := owner_of(element)) is not None and owner not in owners:
            anchor, kind, title, names = _names(owner)
            if title:
                owners[owner] = [anchor, kind, title, names, []]
    counted: dict[HtmlElement, int] = {}
    for block in _blocks(places[0]):
        owner = owner_of(block)
        if owner not in owners or block is _title_element(owner):
            continue
        counted[owner] = counted.get(owner, 0) + 1
        text = _code(block) if block.tag == "pre" else _text(block)
        if block.tag != "dt" and len(text) > 1 and text not in said and not _is_data(text):
            said.add(text)
            owners[owner][4].append([counted[owner], text])
    return list(owners.values())


def _blocks(place: HtmlElement) -> Iterator[HtmlElement]:
    for block in place.iter(*BLOCKS):
        above = [block, *block.iterancestors()]
        classes = {name for element in above for name in (element.get("class") or "").split()}
        in_cell = block.tag == "p" and any(element.tag in ("td", "th") for element in above)
        if not classes & NO_BLOCK and not in_cell and not any(element.tag == "nav" for element in above):
            yield block


def owner_of(block: HtmlElement) -> HtmlElement | None:
    """What a block belongs to: its section, row, figure or claim, or the first of the terms it explains."""
    for element in (block, *block.iterancestors()):
        anchor = element.get("id") or ""
        above = element.getparent()
        numbered = above is not None and (above.get("id") or "").startswith(_FIGURE)  # a drawing, say
        if anchor.startswith((_CLAIM, _FIGURE)) and element.tag != "span":
            return element
        if anchor and element.tag in OWNERS and not numbered:
            return element
        if element.tag in ("dt", "dd"):
            term = _first_term(element)
            if term is not None and term.get("id"):
                return term
    return None


def _first_term(element: HtmlElement) -> HtmlElement | None:
    term = element
    while term is not None and term.tag == "dd":
        term = term.getprevious()
    while term is not None and term.getprevious() is not None and term.getprevious().tag == "dt":
        term = term.getprevious()
    return term


def _title_element(owner: HtmlElement) -> HtmlElement:
    """As ``passageOf`` of search/passage.js finds it."""
    if (owner.get("id") or "").startswith(_FIGURE):
        captions = owner.xpath(".//figcaption | .//a[@class='s2s-number']")
        return next((one for one in captions if one.tag == "figcaption"), captions[0] if captions else owner)
    return next((child for child in owner if child.tag in (*HEADINGS[:4], "figcaption")), owner)


def _names(owner: HtmlElement) -> tuple[str, str, str, list[str]]:
    """Anchor, kind, title, and the other names under which a reader may look for it."""
    anchor = owner.get("id")
    claim = _claim_of(owner)
    if claim is not None:
        words = claim.id.replace("-", " ")
        return f"{_CLAIM}{claim.id}", "claim", _plain(claim.statement), [words, f"claim {words}", claim.title]
    if owner.tag == "dt":
        terms = [owner, *_following_terms(owner)]
        names = [_text(term) for term in terms]
        return anchor, "term", " / ".join(names), [*names, *(f"term {name}" for name in names)]
    if owner.tag == "tr":
        return _letter_names(owner)
    title = _text(_title_element(owner))
    if anchor.startswith(_FIGURE) and len(title) < SHORTEST_CAPTION:
        drawn = owner.xpath("string(.//svg/@aria-label | .//img/@alt)")
        title = f"{title.rstrip('.')}. {drawn[:LONGEST_TITLE]}"
    if numbered := _NUMBERED.match(title):
        kind, number, name = numbered.groups()
        kinds = {"Exercise": "exercise", "Project": "exercise"}
        names = [f"{kind} {number}", number, name]
        if kind == "Drawing":
            names.append(f"Figure {number}")
        return anchor, kinds.get(kind, "figure"), title, names
    if owner.tag == "figure":
        return anchor, "figure", title, []
    if (chapter := _CHAPTER.match(title)) and _title_element(owner).tag == "h1":
        return anchor, "chapter", title, [f"chapter {chapter[1]}", chapter[1], chapter[2]]
    if len(title) == 1:  # a letter of the alphabet, above terms
        title = ""
    return anchor, "chapter" if _title_element(owner).tag == "h1" else "section", title, []


def _claim_of(owner: HtmlElement):
    anchors = [owner.get("id") or "", *(span.get("id") or "" for span in owner.iterchildren("span"))]
    for anchor in anchors:
        if anchor.startswith(_CLAIM) and anchor.removeprefix(_CLAIM) in CLAIMS:
            return CLAIMS[anchor.removeprefix(_CLAIM)]
    return None


def _letter_names(row: HtmlElement) -> tuple[str, str, str, list[str]]:
    cells = [_text(cell) for cell in row.iterchildren("td")]
    if not (row.get("id") or "").startswith("letter-") or len(cells) < 2:
        return row.get("id"), "section", "", []
    return row.get("id"), "letter", f"{cells[0]}: {cells[1]}", [cells[0], f"letter {cells[0]}"]


def _following_terms(term: HtmlElement) -> list[HtmlElement]:
    terms, after = [], term.getnext()
    while after is not None and after.tag == "dt":
        terms.append(after)
        after = after.getnext()
    return terms


def _text(element: HtmlElement) -> str:
    """What is read, on one line, without the sign of a permalink; cells of a row stand apart."""
    cells = list(element.iterchildren("td", "th")) if element.tag == "tr" else [element]
    parts = []
    for cell in cells:
        hidden = cell.xpath(".//a[contains(@class, 'headerlink')] | .//script | .//style")
        without = "".join(cell.itertext()) if not hidden else _without(cell, set(hidden))
        parts.append(" ".join(without.split()))
    return " · ".join(part for part in parts if part)


def _code(block: HtmlElement) -> str:
    """Its text without the lines that import."""
    kept = [line for line in block.text_content().splitlines() if not _IMPORT.match(line)]
    text = " ".join(" ".join(kept).split())
    return " … ".join([text[:LONGEST_CODE], *_DEFINITION.findall(text[LONGEST_CODE:])])


def _is_data(text: str) -> bool:
    return sum(map(str.isdigit, text)) > MOST_DIGITS * len(text)


def _without(element: HtmlElement, hidden: set[HtmlElement]) -> str:
    own = [element.text or ""]
    for child in element:
        if child not in hidden and isinstance(child.tag, str):
            own.append(_without(child, hidden))
        own.append(child.tail or "")
    return "".join(own)


def _plain(markdown: str) -> str:
    """A sentence without the signs of Markdown and TeX."""
    text = re.sub(r"\$([^$]+)\$", lambda found: plain_formula(found[1]), markdown)
    return re.sub(r"[*`]|\[([^\]]*)\]\([^)]*\)", lambda found: found[1] or "", text)


def _replace(formula: HtmlElement, text: str) -> None:
    for child in list(formula):
        formula.remove(child)
    formula.text = text
