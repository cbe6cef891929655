"""The documents of the EPUB: a page of the book, the contents, the cover."""

from html import escape

from s2s_course.sphinx_ext.addresses import SUBTITLE
from s2s_course.takeaway.book import Book
from s2s_course.takeaway.contents import Contents
from s2s_course.takeaway.links import owner
from s2s_course.takeaway.pages import Page
from s2s_course.takeaway.printed_pages import ICON, IN_CONTENTS, caption_in_contents, outline_anchors

_DOCUMENT = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" lang="en" xml:lang="en">
<head><title>{title}</title><link rel="stylesheet" type="text/css" href="book.css"/></head>
<body>{body}</body>
</html>
"""


def page_text(page: Page) -> str:
    """A page of the book. Links lead to the document that their anchor is in."""
    for link in page.article.select('a[href^="#"]'):
        target = link["href"][1:]
        if owner(target) != page.article["id"]:
            link["href"] = f"{owner(target)}.xhtml" + (f"#{target}" if target != owner(target) else "")
    return _DOCUMENT.format(title=escape(page.title), body=str(page.article))


def navigation(book: Book) -> str:
    """The contents: parts, pages, and sections of pages; and the landmarks."""
    parts = []
    for part in book.parts:
        entries = "".join(_entry(book.pages[name]) for name in part.pages)
        caption = caption_in_contents(part)
        parts.append(f"<li><span>{escape(caption)}</span><ol>{entries}</ol></li>" if caption else entries)
    first, title = next(iter(book.pages.values())).article["id"], escape(book.contents.title)
    body = (
        f'<nav epub:type="toc" id="toc" role="doc-toc"><h1>{IN_CONTENTS}</h1><ol>{"".join(parts)}</ol></nav>'
        '<nav epub:type="landmarks" hidden="hidden"><h2>Landmarks</h2><ol>'
        f'<li><a epub:type="toc" href="#toc">{IN_CONTENTS}</a></li>'
        f'<li><a epub:type="bodymatter" href="{first}.xhtml">{title}</a></li></ol></nav>'
    )
    return _DOCUMENT.format(title=title, body=body)


def _entry(page: Page) -> str:
    name = page.article["id"]
    sections = [(title, anchor) for level, title, anchor in outline_anchors(page) if level == 2]
    inner = "".join(
        f'<li><a href="{name}.xhtml#{anchor}">{escape(title)}</a></li>' for title, anchor in sections
    )
    return f'<li><a href="{name}.xhtml">{escape(page.title)}</a>{f"<ol>{inner}</ol>" if inner else ""}</li>'


def cover_document(contents: Contents) -> str:
    """HTML of the cover, which becomes a picture."""
    return (
        "<style>body { margin: 0; padding: 300px 110px; background: #ffffff; color: #1b1f24;"
        ' font-family: "DejaVu Sans", "Liberation Sans", sans-serif; }'
        " svg { width: 560px; } h1 { margin: 150px 0 30px; font-size: 104px; line-height: 1.1; }"
        " p { margin: 0; font-size: 44px; line-height: 1.4; color: #57606a; }</style>"
        f"{ICON}<h1>{escape(contents.title)}</h1><p>{escape(SUBTITLE)}</p>"
    )
