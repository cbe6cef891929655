"""Files that lie beside the pages and speak of their addresses: 404.html, sitemap.xml, robots.txt, the card.

A sitemap holds absolute addresses only. Where ``html.baseurl`` does not say where the book is published there
is none, and no one of an earlier build is left; robots.txt then allows everything and names no sitemap.
"""

from html import escape
from importlib.resources import files
from pathlib import Path
from urllib.parse import quote, urlsplit

from sphinx.application import Sphinx

from s2s_course.sphinx_ext.social_card import CARD, draw_card

SUBTITLE = "from the recurrent network to the Transformer"


def write_addresses(app: Sphinx, error: Exception | None) -> None:
    """Write all four into the finished site."""
    if error or app.builder.format != "html":
        return
    out, base = Path(app.outdir), app.config.html_baseurl
    base = base.rstrip("/") + "/" if base else ""
    draw_card(out / "_static" / CARD, app.config.project, SUBTITLE)
    (out / "404.html").write_text(not_found_page(app, base), encoding="utf-8")
    (out / "robots.txt").write_text(robots(base), encoding="utf-8")
    sitemap_file = out / "sitemap.xml"
    sitemap_file.unlink(missing_ok=True)
    if base:
        sitemap_file.write_text(sitemap(base, sorted(app.env.found_docs)), encoding="utf-8")


def robots(base: str) -> str:
    """Everything may be read; crawlers look for this file at the root of a host only."""
    return "User-agent: *\nAllow: /\n" + (f"Sitemap: {base}sitemap.xml\n" if base else "")


def sitemap(base: str, pages: list[str]) -> str:
    """The pages that the book holds, by absolute address."""
    lines = [f"  <url><loc>{escape(base + quote(page))}.html</loc></url>\n" for page in pages]
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n' + "".join(lines) + "</urlset>\n"
    )


def not_found_page(app: Sphinx, base: str) -> str:
    """A page without a file beside it, so that it can be served for an address of any depth.

    ``<base>`` leads its links to the root of the book. Where ``base`` is empty, a script finds it.
    """
    titles = [(page, app.env.titles[page].astext()) for page in _in_order(app)]
    links = "".join(
        f'      <li><a href="{quote(page)}.html">{escape(title)}</a></li>\n' for page, title in titles
    )
    root = f"{urlsplit(base).path}" if base else "/"
    template = (files("s2s_course.sphinx_ext") / "not_found.html").read_text(encoding="utf-8")
    for name, value in (("ROOT", escape(root)), ("TITLE", escape(app.config.project)), ("LINKS", links)):
        template = template.replace("{{" + name + "}}", value)
    return template


def _in_order(app: Sphinx) -> list[str]:
    """The pages, as the contents order them."""
    pages, page, relations = [], app.config.root_doc, app.env.collect_relations()
    while page and page not in pages:
        pages.append(page)
        page = relations[page][2]
    return pages


def connect(app: Sphinx) -> None:
    app.connect("build-finished", write_addresses)
