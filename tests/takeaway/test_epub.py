"""The EPUB of a small book: every document is XML, every address leads somewhere inside of it."""

import posixpath
import re
import xml.etree.ElementTree as ElementTree
import zipfile
from urllib.parse import urlsplit

import pytest

from s2s_course.takeaway import epub_check
from s2s_course.takeaway.epub import make_epub
from s2s_course.takeaway.problem import TakeawayError

from .small_site import INDENTED, WIDE_LINE

pytestmark = pytest.mark.browser
XHTML = "{http://www.w3.org/1999/xhtml}"
OPF = "{http://www.idpf.org/2007/opf}"


@pytest.fixture(scope="module")
def made(folder, contents, chromium_at):
    path = folder / "book.epub"
    size = make_epub(folder / "_build" / "html", contents, path)
    assert size == path.stat().st_size
    return path


@pytest.fixture(scope="module")
def archive(made):
    with zipfile.ZipFile(made) as archive:
        yield archive


@pytest.fixture(scope="module")
def documents(archive):
    names = [name for name in archive.namelist() if name.endswith((".xhtml", ".opf", ".xml"))]
    return {name.removeprefix("book/"): ElementTree.fromstring(archive.read(name)) for name in names}


def test_the_kind_of_the_file_stands_at_its_beginning(archive):
    first = archive.infolist()[0]
    assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
    assert archive.read("mimetype") == b"application/epub+zip"
    rootfile = ElementTree.fromstring(archive.read("META-INF/container.xml"))[0][0]
    assert rootfile.get("full-path") in archive.namelist()


def test_the_package_lists_all_files_and_the_order_to_read_them(archive, documents):
    package = documents["package.opf"]
    items = {item.get("id"): item for item in package.iter(f"{OPF}item")}
    listed = {f"book/{item.get('href')}" for item in items.values()}
    others = {"mimetype", "META-INF/container.xml", "book/package.opf"}
    assert listed | others == set(archive.namelist())
    order = [items[reference.get("idref")].get("href") for reference in package.iter(f"{OPF}itemref")]
    names = ["nav", "index", "chapter-chapters-01-first", "chapters-02-second", "chapters-notes", "solutions"]
    assert order == [f"{name}.xhtml" for name in names] or order[-1] == "solutions.xhtml"
    properties = {item.get("href"): item.get("properties") for item in items.values()}
    assert properties["cover.png"] == "cover-image" and properties["nav.xhtml"] == "nav"
    for name, document in documents.items():
        if name.endswith(".xhtml") and name != "nav.xhtml":
            tags = {tag.tag.rpartition("}")[2] for tag in document.iter()}
            wanted = {kind for kind, tag in (("mathml", "math"), ("svg", "svg")) if tag in tags}
            assert set((properties[name] or "").split()) == wanted, name


def test_it_says_its_title_language_and_author(documents):
    metadata = documents["package.opf"][0]
    said = {tag.tag.rpartition("}")[2]: tag.text for tag in metadata}
    assert (
        said["title"].startswith("A small book")
        and said["language"] == "en"
        and said["creator"] == "Somebody"
    )
    assert re.fullmatch(r"urn:sha256:[0-9a-f]{64}", said["identifier"])


def test_every_link_leads_to_an_anchor_of_the_book(documents):
    anchors = {name: {tag.get("id") for tag in document.iter()} for name, document in documents.items()}
    links = [
        (name, tag.get("href"))
        for name, document in documents.items()
        for tag in document.iter(f"{XHTML}a")
        if tag.get("href")
    ]
    assert len(links) > 15
    for name, href in links:
        parts = urlsplit(href)
        assert not parts.scheme, href
        target = posixpath.normpath(parts.path) if parts.path else name
        assert target in documents and (not parts.fragment or parts.fragment in anchors[target]), href


def test_anchors_of_a_document_differ(documents):
    for name, document in documents.items():
        anchors = [tag.get("id") for tag in document.iter() if tag.get("id")]
        assert len(anchors) == len(set(anchors)), name


def test_there_are_no_scripts_and_nothing_from_elsewhere(archive, documents):
    for name, document in documents.items():
        tags = {tag.tag.rpartition("}")[2] for tag in document.iter()}
        assert not tags & {"script", "button", "details", "noscript", "iframe", "form"}, name
        for tag in document.iter():
            assert not {key for key in tag.attrib if key.startswith("on")}
            assert not str(tag.get("src", "")).startswith(("http", "//"))
    css = archive.read("book/book.css").decode()
    assert "http" not in css and "@media print" not in css and not re.search(r"{[^}]*{[^}]*{", css)


def test_pictures_have_descriptions_and_one_composition(documents):
    pictures = [
        picture
        for document in documents.values()
        for picture in document.iter("{http://www.w3.org/2000/svg}svg")
    ]
    assert len(pictures) == 2
    assert all(picture.get("aria-label") == "A line" and "viewBox" in picture.attrib for picture in pictures)
    markers = [
        tag.get("marker-end") for picture in pictures for tag in picture.iter() if tag.get("marker-end")
    ]
    assert len(set(markers)) == 2, "each picture names its own marker"


def test_code_is_there_to_the_last_space(documents):
    codes = [
        "".join(code.itertext()) for document in documents.values() for code in document.iter(f"{XHTML}pre")
    ]
    assert WIDE_LINE in codes and INDENTED in codes


def test_the_contents_name_parts_pages_and_sections(documents):
    words = " ".join(" ".join(documents["nav.xhtml"].itertext()).split())
    order = [
        "A small book",
        "Beginning",
        "1. First things",
        "A picture",
        "2. Second things",
        "End",
        "Notes",
        "Solutions",
    ]
    places = [words.index(title) for title in order]
    assert places == sorted(places)


def test_the_same_site_gives_the_same_bytes(made, site, contents, tmp_path, chromium_at):
    make_epub(site, contents, tmp_path / "again.epub")
    assert (tmp_path / "again.epub").read_bytes() == made.read_bytes()


def test_without_java_one_sentence_says_what_to_get(monkeypatch, made):
    monkeypatch.setattr(epub_check.shutil, "which", lambda name: None)
    with pytest.raises(TakeawayError, match=r"epubcheck needs Java \(on Debian: apt-get install"):
        epub_check.check_epub(made)
