"""``make pdf``, ``make epub``, ``make zip``: ``python -m s2s_course.takeaway [--site FOLDER] KIND ...``."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from s2s_course.chapters import ROOT
from s2s_course.sphinx_ext.take_away import EPUB, PDF, ZIP, link_files
from s2s_course.takeaway.archive import make_zip
from s2s_course.takeaway.contents import Contents, read_contents
from s2s_course.takeaway.epub import make_epub
from s2s_course.takeaway.epub_check import check_epub, missing
from s2s_course.takeaway.pdf import make_pdf
from s2s_course.takeaway.problem import TakeawayError


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m s2s_course.takeaway", description="The book to take away."
    )
    parser.add_argument("kinds", nargs="+", choices=list(_MAKERS), metavar="KIND", help=", ".join(_MAKERS))
    parser.add_argument("--book", type=Path, default=ROOT, help="the folder of _config.yml and _toc.yml")
    chosen = parser.parse_args(arguments)
    site = chosen.book / "_build" / "html"
    try:
        contents = read_contents(chosen.book)
        for kind in dict.fromkeys(chosen.kinds):
            _MAKERS[kind](site, contents)
            link_files(site, f"{contents.pages[0]}.html")
    except (TakeawayError, OSError) as error:
        sys.exit(str(error))


def _pdf(site: Path, contents: Contents) -> None:
    made = make_pdf(site, contents, site / PDF)
    print(
        f"{made.path}: {made.pages} pages, {_megabytes(made.bytes)}; "
        "contents, bookmarks, code and fonts are checked."
    )


def _epub(site: Path, contents: Contents) -> None:
    path = site / EPUB
    size = make_epub(site, contents, path)
    if (lack := missing()) is not None:
        print(f"{path}: {_megabytes(size)}; not checked, since epubcheck needs {lack}.")
        return
    if complaints := check_epub(path):
        path.unlink()
        raise TakeawayError(
            "the EPUB was removed, since epubcheck refuses it:\n" + "\n".join(complaints[:20])
        )
    print(f"{path}: {_megabytes(size)}; epubcheck has no complaint.")


def _zip(site: Path, contents: Contents) -> None:
    path = site / ZIP
    print(f"{path}: {_megabytes(make_zip(site, path))}; unpack it and open index.html.")


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"


_MAKERS = {"pdf": _pdf, "epub": _epub, "zip": _zip}

if __name__ == "__main__":
    main(sys.argv[1:])
