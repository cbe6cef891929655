"""The PDF of a small book, read with pypdf: what it says of itself is compared with where things are."""

import io
import re
import shutil
import unicodedata

import pytest
from pypdf import PdfReader, PdfWriter

from s2s_course.takeaway import chromium as chromium_module
from s2s_course.takeaway.chromium import NO_BROWSER
from s2s_course.takeaway.pdf import make_pdf
from s2s_course.takeaway.pdf_check import bookmarks, check_pdf, is_embedded
from s2s_course.takeaway.problem import TakeawayError

from .small_site import INDENTED, LONG_CODE, WIDE_LINE

pytestmark = pytest.mark.browser
TITLES = ["A small book", "1. First things", "2. Second things", "Notes", "Solutions"]


@pytest.fixture(scope="module")
def made(folder, contents, chromium_at):
    path = folder / "book.pdf"
    return make_pdf(folder / "_build" / "html", contents, path), path.read_bytes()


@pytest.fixture
def reader(made):
    return PdfReader(io.BytesIO(made[1]))


@pytest.fixture
def texts(reader):
    # One sign for two letters, as in "off", is two letters here.
    return [unicodedata.normalize("NFKC", page.extract_text()) for page in reader.pages]


def page_of(texts: list[str], words: str) -> int:
    """The one page after the contents that has these words, counted from 1."""
    [number] = [number for number, text in enumerate(texts, start=1) if number > 2 and words in text]
    return number


def links(reader: PdfReader, number: int) -> list[int]:
    """The pages that the links of a page lead to."""
    pages = {page.indirect_reference.idnum: index for index, page in enumerate(reader.pages, start=1)}
    annotations = [reference.get_object() for reference in reader.pages[number - 1].get("/Annots", [])]
    return [pages[annotation["/Dest"][0].idnum] for annotation in annotations if "/Dest" in annotation]


def test_the_contents_name_the_page_of_each_title(texts, reader, made):
    listed = re.findall(r"^(.*\S)\s+(\d+)$", texts[1], re.MULTILINE)
    assert [title for title, _ in listed] == TITLES
    for title, number in listed:
        assert title in texts[int(number) - 1].splitlines()
    assert links(reader, 2) == [int(number) for _, number in listed]
    assert "Beginning" in texts[1] and "End" in texts[1]
    assert made[0].pages == len(texts) and made[0].bytes == len(made[1])


def test_each_page_but_the_title_has_its_number_in_its_foot(texts):
    assert "A small book" in texts[0] and "Somebody" in texts[0]
    for number, text in enumerate(texts[1:], start=2):
        assert str(number) in text.splitlines()[:2], text


def test_bookmarks_lead_to_parts_pages_and_sections(reader, texts):
    marks = bookmarks(reader)
    assert [(title, level) for title, _, level in marks] == [
        ("Contents", 0),
        ("A small book", 0),
        ("Beginning", 0),
        ("1. First things", 1),
        ("A picture", 2),
        ("Exercise 1.1: a task", 3),
        ("2. Second things", 1),
        ("The middle", 2),
        ("Exercise 2.1: a task", 3),
        ("Exercise 2.2: a task", 3),
        ("Notes", 0),
        ("Solutions", 0),
        ("1. First things", 1),
        ("Exercise 1.1: a task", 2),
        ("2. Second things", 1),
        ("Exercise 2.1: a task", 2),
        ("Exercise 2.2: a task", 2),
    ]
    for title, number, _ in marks:
        assert title in texts[number - 1]


def test_no_line_of_code_is_cut(texts):
    whole = re.sub(r"\s", "", "".join(texts))
    for line in [WIDE_LINE, *LONG_CODE.splitlines(), *INDENTED.splitlines()]:
        assert re.sub(r"\s", "", line) in whole, line
    assert len(WIDE_LINE) == 110
    assert WIDE_LINE in "\n".join(texts), "a line of 110 columns is smaller, and not broken"


def test_code_keeps_its_indentation(reader):
    lines = "\n".join(page.extract_text(extraction_mode="layout") for page in reader.pages).splitlines()
    at = [
        next(line.index(text.strip()) for line in lines if text.strip() in line)
        for text in INDENTED.splitlines()
    ]
    assert at[0] < at[1] < at[2] and at[3] == at[1]


def test_solutions_stand_at_the_end_and_name_their_exercise_s_page(reader, texts):
    for exercise, answer in (("1.1", "return 2 * x"), ("2.1", "answer = 21"), ("2.2", "answer = 22")):
        its, solved = page_of(texts, f"Exercise {exercise}: a task\nDo it"), page_of(texts, answer)
        assert its < page_of(texts, "A last word.") < solved
        assert f"The solution is on page {solved}" in texts[its - 1]
        assert f"The exercise is on page {its}" in texts[solved - 1]
        assert solved in links(reader, its) and its in links(reader, solved)


def test_links_between_pages_stay_links(reader, texts):
    assert links(reader, page_of(texts, "Begin with")) == [page_of(texts, "The middle")]
    first = int(re.search(r"1\. First things\s+(\d+)", texts[1])[1])
    assert first in links(reader, page_of(texts, "Off to"))
    assert not any("book.invalid" in str(one) for page in reader.pages for one in page.get("/Annots", []))


def test_what_is_for_a_browser_is_not_printed(texts):
    whole = "\n".join(texts)
    assert whole.count("import everything") == 1, "the setup cell stands in the first chapter only"
    assert "The setup cell is the same" in whole
    for words in ("Show the", "Hide the", "narrow words", "Menu", "Take it with you"):
        assert words not in whole
    for words in ("wide words", "folded words", "figure of the widget", "A widget. It runs where"):
        assert words in whole
    assert whole.count("A widget. It runs where") == 1, "not beside a figure"


def test_fonts_are_inside_and_the_file_says_what_it_is(reader):
    fonts = [font.get_object() for page in reader.pages for font in page["/Resources"]["/Font"].values()]
    assert fonts and all(is_embedded(font) for font in fonts)
    assert reader.metadata.title == "A small book" and reader.metadata.author == "Somebody"
    assert reader.trailer["/Root"]["/Lang"] == "en"
    assert reader.trailer["/Root"]["/PageMode"] == "/UseOutlines"


def test_a_font_that_is_not_inside_is_told_from_one_that_is():
    assert not is_embedded({"/Subtype": "/TrueType"})
    assert is_embedded({"/Subtype": "/Type3"})


def test_the_same_site_gives_the_same_bytes(made, site, contents, tmp_path, chromium_at):
    make_pdf(site, contents, tmp_path / "again.pdf")
    assert (tmp_path / "again.pdf").read_bytes() == made[1]


def rewritten(content: bytes, change) -> bytes:
    writer = PdfWriter(clone_from=io.BytesIO(content))
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_an_empty_page_and_wrong_numbers_are_refused(made, book):
    check_pdf(book, made[1])
    last = len(PdfReader(io.BytesIO(made[1])).pages) + 1
    with pytest.raises(TakeawayError, match=f"the PDF was not written: page {last} is empty"):
        check_pdf(book, rewritten(made[1], lambda writer: writer.add_blank_page()))

    def swap(writer):
        pages = writer.root_object["/Pages"]["/Kids"]
        pages[2], pages[3] = pages[3], pages[2]

    with pytest.raises(TakeawayError, match="'A small book' is not on page 3, as its contents say"):
        check_pdf(book, rewritten(made[1], swap))


def test_code_that_is_cut_is_refused(made, book):
    article = book.pages["chapters/notes"].article
    code = book.pages["chapters/01-first"].article.find("pre").__copy__()
    code.string = "this line = was_not_printed"
    article.append(code)
    try:
        with pytest.raises(
            TakeawayError, match="a line of code of 'Notes' is cut: 'this line = was_not_printed'"
        ):
            check_pdf(book, made[1])
    finally:
        code.decompose()


def test_without_chromium_one_sentence_says_what_to_do(monkeypatch, site, contents, tmp_path):
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(chromium_module.shutil, "which", lambda name: None)
    with pytest.raises(TakeawayError, match=re.escape(NO_BROWSER)):
        make_pdf(site, contents, tmp_path / "book.pdf")
    monkeypatch.setenv("CHROMIUM", "/nowhere")
    with pytest.raises(
        TakeawayError, match="CHROMIUM must name a Chromium or Chrome that runs, got '/nowhere'"
    ):
        make_pdf(site, contents, tmp_path / "book.pdf")
    assert not (tmp_path / "book.pdf").exists()


def test_a_site_without_a_page_is_refused(folder, contents, tmp_path, chromium_at):
    site = shutil.copytree(folder / "_build" / "html", tmp_path / "site")
    (site / "chapters" / "notes.html").unlink()
    with pytest.raises(
        TakeawayError, match=r"the site has no page chapters/notes\.html: run make book first"
    ):
        make_pdf(site, contents, tmp_path / "book.pdf")
