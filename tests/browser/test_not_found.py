"""The 404 page works at an address of any depth, and from the file system, with what the tiny book has."""

import contextlib
import functools
import threading
from http.server import SimpleHTTPRequestHandler

import pytest
from playwright.sync_api import expect

from .server import Server


class _Host(SimpleHTTPRequestHandler):
    """Answers as static hosts do: what is not there gets 404.html, with the status 404."""

    def send_error(self, code, message=None, explain=None):
        body = (self.root / "404.html").read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def host(site):
    handler = functools.partial(type("Host", (_Host,), {"root": site}), directory=str(site))
    with Server(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize("path", ["gone.html", "chapters/gone.html", "a/b/c/gone"])
def test_its_links_and_its_search_lead_on_from_any_depth(tiny_book, browser, path):
    with host(tiny_book) as address:
        page = browser.new_page(viewport={"width": 360, "height": 700})
        answer = page.goto(f"{address}/{path}")
        assert answer.status == 404
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        page.get_by_role("link", name="Mathematics").click()
        expect(page).to_have_url(f"{address}/chapters/mathematics.html")
        page.goto(f"{address}/{path}")
        page.get_by_label("Search").fill("state")
        page.keyboard.press("Enter")
        expect(page).to_have_url(f"{address}/search.html?q=state")
        page.close()


def test_it_works_as_a_file(tiny_book, open_page):
    page = open_page((tiny_book / "404.html").as_uri())
    page.get_by_role("link", name="Mathematics").click()
    expect(page.locator("h1").first).to_contain_text("Mathematics")
