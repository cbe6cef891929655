"""The whole book as an EPUB 3: a document for each page, contents, a cover; no script, all of it inside.

The same site gives the same bytes: entries have one date, and the identifier follows from the content.
"""

import hashlib
import io
import os
import re
import zipfile
from datetime import UTC, datetime
from html import escape
from pathlib import Path

from s2s_course.atomic import write_atomically
from s2s_course.sphinx_ext.addresses import SUBTITLE
from s2s_course.takeaway.book import Book, read_book
from s2s_course.takeaway.chromium import chromium, flattened, photograph
from s2s_course.takeaway.contents import Contents
from s2s_course.takeaway.epub_text import cover_document, navigation, page_text
from s2s_course.takeaway.printed_pages import static
from s2s_course.takeaway.problem import TakeawayError

ITS_DATE = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can name
_CONTAINER = """<?xml version="1.0" encoding="UTF-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>
<rootfile full-path="book/package.opf" media-type="application/oebps-package+xml"/></rootfiles></container>
"""
_KINDS = {
    ".xhtml": "application/xhtml+xml", ".css": "text/css", ".png": "image/png", ".jpg": "image/jpeg",
    ".gif": "image/gif", ".svg": "image/svg+xml", ".webp": "image/webp", ".woff2": "font/woff2",
}  # fmt: skip


def make_epub(site: Path, contents: Contents, path: Path) -> int:
    """Write the book of the built ``site`` to ``path``; gives its size in bytes.

    Raises TakeawayError where something is missing.
    """
    with chromium() as browser:
        book = read_book(browser, site.resolve(), contents)
        cover = photograph(browser, cover_document(contents), width=1200, height=1600)
        styles = flattened(browser, "\n".join([static("book.css"), *book.styles, static("epub.css")]))
    files = {"cover.png": cover, "book.css": styles.encode(), **_texts(book), **_static_files(book, site)}
    content = _zip(files, package(book, files))
    write_atomically(path, content)
    return len(content)


def _texts(book: Book) -> dict[str, bytes]:
    """All documents, by their names within the EPUB."""
    texts = {"nav.xhtml": navigation(book)}
    texts |= {f"{page.article['id']}.xhtml": page_text(page) for page in book.pages.values()}
    return {name: text.encode() for name, text in texts.items()}


def _static_files(book: Book, site: Path) -> dict[str, bytes]:
    """Pictures of pages, and fonts that style sheets name."""
    names = {picture["src"] for page in book.pages.values() for picture in page.article.select("img[src]")}
    found = {}
    for name in sorted(name for name in names if ":" not in name):
        found[name] = _read(site / name)
    for style in book.styles:
        for name in re.findall(r"""url\(["']?([\w.-]+\.woff2)["']?\)""", style):
            found[name] = _read(site / "_static" / name)
    return found


def _read(path: Path) -> bytes:
    if not path.is_file():
        raise TakeawayError(f"the site lacks {path.name}, which a page of it shows: run make book again")
    return path.read_bytes()


def package(book: Book, files: dict[str, bytes]) -> str:
    """The package document: what the book is, all its files, and the order to read them in."""
    contents = book.contents
    identifier = hashlib.sha256(b"".join(files[name] for name in sorted(files))).hexdigest()
    items = []
    for name, content in files.items():
        kind = _KINDS.get(Path(name).suffix)
        if kind is None:
            raise TakeawayError(
                f"an EPUB may hold pictures as {', '.join(_KINDS)}, and the book shows {name}"
            )
        marks = {"nav.xhtml": "nav", "cover.png": "cover-image"}.get(
            name, " ".join(_properties(name, content))
        )
        properties = f' properties="{marks}"' if marks else ""
        items.append(f'<item id="{_item(name)}" href="{escape(name)}" media-type="{kind}"{properties}/>')
    order = [_item("nav.xhtml"), *(_item(f"{page.article['id']}.xhtml") for page in book.pages.values())]
    spine = "".join(f'<itemref idref="{name}"/>' for name in order)
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="book-id" xml:lang="en">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:identifier id="book-id">urn:sha256:{identifier}</dc:identifier>
<dc:title>{escape(contents.title)}: {escape(SUBTITLE)}</dc:title>
<dc:language>en</dc:language>
<dc:creator>{escape(contents.author)}</dc:creator>
<dc:rights>Text and pictures CC BY 4.0, code MIT.</dc:rights>
<meta property="dcterms:modified">{_modified()}</meta>
<meta property="schema:accessMode">textual</meta>
<meta property="schema:accessMode">visual</meta>
<meta property="schema:accessModeSufficient">textual</meta>
<meta property="schema:accessibilityFeature">tableOfContents</meta>
<meta property="schema:accessibilityFeature">alternativeText</meta>
<meta property="schema:accessibilityFeature">MathML</meta>
<meta property="schema:accessibilityHazard">none</meta>
<meta property="schema:accessibilitySummary">Pictures have descriptions, formulas are MathML.</meta>
</metadata>
<manifest>{"".join(items)}</manifest>
<spine>{spine}</spine>
</package>
"""


def _modified() -> str:
    """The time that an EPUB must name: SOURCE_DATE_EPOCH, or 1970 where nobody has set that."""
    seconds = int(os.environ.get("SOURCE_DATE_EPOCH", "0"))
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _item(name: str) -> str:
    return "item-" + re.sub(r"[^A-Za-z0-9_.-]", "-", name)


def _properties(name: str, content: bytes) -> list[str]:
    """What a reading system must know of a document before it opens it."""
    if not name.endswith(".xhtml"):
        return []
    return [kind for kind, tag in (("mathml", b"<math"), ("svg", b"<svg")) if tag in content]


def _zip(files: dict[str, bytes], package_document: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        # The first entry, not compressed, so that the kind of the file stands at its beginning.
        archive.writestr(zipfile.ZipInfo("mimetype", ITS_DATE), "application/epub+zip")
        entries = {"META-INF/container.xml": _CONTAINER, "book/package.opf": package_document}
        for name, content in [
            *entries.items(),
            *((f"book/{name}", content) for name, content in files.items()),
        ]:
            entry = zipfile.ZipInfo(name, ITS_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return buffer.getvalue()
