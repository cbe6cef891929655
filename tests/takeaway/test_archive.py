"""The zip of a site, and the links of the landing page to what the site holds."""

import zipfile

import pytest

from s2s_course.sphinx_ext.take_away import EPUB, FILES, PDF, ZIP, link_files, with_links
from s2s_course.takeaway.archive import make_zip
from s2s_course.takeaway.problem import TakeawayError

PLACE = '<p>Before.</p><div class="s2s-take-away" data-root="../"><p>None.</p></div><p>After.</p>'


def test_a_page_links_to_what_there_is_and_to_nothing_else():
    html = with_links(PLACE, {PDF: 8_260_000, ZIP: 1_000_000})
    assert f'<a href="../{PDF}" download>The book as PDF</a> (8.3 MB)' in html
    assert f'<a href="../{ZIP}" download>' in html and EPUB not in html
    assert html.startswith("<p>Before.</p>") and html.endswith("<p>After.</p>")
    nothing = with_links(html, {})
    assert "href" not in nothing and "<code>make site</code>" in nothing
    assert with_links(nothing, {PDF: 8_260_000, ZIP: 1_000_000}) == html


def test_links_follow_the_files_of_the_site(folder, site):
    page = site / "index.html"
    (site / EPUB).write_bytes(b"x" * 1_200_000)
    link_files(site, "index.html")
    assert f'href="{EPUB}" download>The book as EPUB</a> (1.2 MB)' in page.read_text()
    (site / EPUB).unlink()
    link_files(site, "index.html")
    assert "href" not in page.read_text().partition("s2s-take-away")[2].partition("</div>")[0]


def test_the_zip_holds_the_site_and_no_link_to_what_it_does_not_hold(site, tmp_path):
    for name in FILES:
        (site / name).write_bytes(b"book")
    link_files(site, "index.html")
    assert f'href="{PDF}"' in (site / "index.html").read_text()
    size = make_zip(site, tmp_path / "site.zip")
    assert size == (tmp_path / "site.zip").stat().st_size
    with zipfile.ZipFile(tmp_path / "site.zip") as archive:
        assert archive.testzip() is None
        packed = {entry.filename: archive.read(entry) for entry in archive.infolist()}
    there = {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()} - set(FILES)
    assert {name.removeprefix("s2s-course/") for name in packed} == there
    assert all(name.encode() not in packed["s2s-course/index.html"] for name in FILES)
    same = "chapters/notes.html"
    assert packed[f"s2s-course/{same}"] == (site / same).read_bytes()
    make_zip(site, tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == (tmp_path / "site.zip").read_bytes()
    for name in FILES:
        (site / name).unlink()
    link_files(site, "index.html")


def test_without_a_site_there_is_no_zip(tmp_path):
    with pytest.raises(TakeawayError, match="holds no site: run make book first"):
        make_zip(tmp_path, tmp_path / "site.zip")
    assert not list(tmp_path.iterdir())
