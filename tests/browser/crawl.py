"""What a page does that a page of the book must not do, and a crawl of all pages of a site."""

import contextlib
import functools
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import SimpleHTTPRequestHandler
from pathlib import Path
from urllib.parse import unquote, urlsplit

from playwright.sync_api import Browser, Page

from .server import Server


class _QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@contextlib.contextmanager
def serve(folder: Path) -> Iterator[str]:
    """Serve ``folder`` on this machine and give its address, without a slash at the end."""
    handler = functools.partial(_QuietHandler, directory=str(folder))
    with Server(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@dataclass
class Watch:
    """Collects the problems of a page from the moment it is made."""

    origin: str  # what every address must begin with
    problems: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, page: Page, origin: str) -> "Watch":
        watch = cls(origin)
        page.on("request", lambda request: watch._request(request.url))
        page.on("response", lambda response: watch._response(response.url, response.status))
        page.on("requestfailed", lambda request: watch._failed(request.url, request.failure))
        page.on("pageerror", lambda error: watch._add("page error", str(error)))
        page.on("console", lambda message: message.type == "error" and watch._add("console", message.text))
        return watch

    def _request(self, url: str) -> None:
        if not url.startswith((self.origin, "data:", f"blob:{self.origin}", "blob:null")):
            self._add("off-origin", url)

    def _response(self, url: str, status: int) -> None:
        if status >= 400:
            self._add(f"status {status}", url)

    def _failed(self, url: str, why: str | None) -> None:
        if why != "net::ERR_ABORTED":  # a page that leads on to another gives up what it was loading
            self._add("request failed", url)

    def _add(self, what: str, detail: str) -> None:
        self.problems.append(f"{what}: {detail}")


@contextlib.contextmanager
def module_page(browser: Browser, folder: Path) -> Iterator[Page]:
    """A page in which ``import("/name.js")`` gives the modules of ``folder``. It has no problems."""
    with serve(folder) as address:
        page = browser.new_page()
        watch = Watch.of(page, address)
        blank = "<!doctype html><link rel='icon' href='data:,'>"
        page.route(f"{address}/", lambda route: route.fulfill(body=blank, content_type="text/html"))
        page.goto(f"{address}/")
        yield page
        page.close()
    assert watch.problems == []


def settle(page: Page) -> None:
    """Wait until the page has loaded all it will load, also what is loaded when it comes into sight."""
    page.wait_for_load_state("networkidle")  # first, because a page may lead on to another
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    page.evaluate("for (const image of document.images) image.loading = 'eager'")  # some are in closed menus
    page.wait_for_function("Array.from(document.images).every((image) => image.complete)")


def dead_links(page: Page, site: Path, origin: str) -> list[str]:
    """Links of the page (also that of its icon) to files that the site does not have."""
    addresses = page.eval_on_selector_all("a[href], link[href]", "nodes => nodes.map((node) => node.href)")
    dead = []
    for address in dict.fromkeys(addresses):
        if not address.startswith(origin + "/"):
            continue
        target = site / unquote(urlsplit(address).path).lstrip("/")
        if not (target / "index.html" if target.is_dir() else target).is_file():
            dead.append(f"dead link: {address}")
    return dead


def pages_of(site: Path) -> list[str]:
    """The site's pages, as paths below it."""
    paths = (path.relative_to(site) for path in sorted(site.rglob("*.html")))
    return [path.as_posix() for path in paths if path.parts[0] not in ("_static", "_sources")]


def crawl(browser: Browser, site: Path, *, at_once: int = 8) -> list[str]:
    """Open every page of ``site``, with all other hosts out of reach, and list what is wrong."""
    problems, names = [], pages_of(site)
    with serve(site) as origin, contextlib.closing(browser.new_context()) as context:
        for start in range(0, len(names), at_once):  # together, because each is waited for until it is idle
            opened = []
            for name in names[start : start + at_once]:
                page = context.new_page()
                opened.append((name, page, Watch.of(page, origin)))
                page.goto(f"{origin}/{name}")
            for name, page, watch in opened:
                settle(page)
                found = [*watch.problems, *dead_links(page, site, origin)]
                problems += [f"{name}: {problem}".replace(origin, "") for problem in found]
                page.close()
    return problems
