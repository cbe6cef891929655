"""The Chromium that reads pages and prints them. It reaches no network."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Error, sync_playwright

from s2s_course.takeaway.problem import TakeawayError

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
NO_BROWSER = (
    "no Chromium was found: install the package chromium (or run 'playwright install chromium'), "
    "or set CHROMIUM to the path of a Chromium or Chrome"
)
FLAGS = ["--host-resolver-rules=MAP * ~NOTFOUND", "--disable-gpu", "--disable-background-networking"]


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser for the time of the block. Raises TakeawayError where there is none, or it does not start."""
    # Chromium refuses to run as root inside its own sandbox.
    flags = [*FLAGS, "--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else FLAGS
    with sync_playwright() as playwright:
        path = _path(playwright.chromium.executable_path)
        try:
            browser = playwright.chromium.launch(executable_path=path, args=flags)
        except Error as error:
            first = str(error).splitlines()[0]
            raise TakeawayError(f"Chromium at {path} does not start: {first}") from error
        try:
            yield browser
        finally:
            browser.close()


def _path(own: str) -> str:
    named = os.environ.get("CHROMIUM")
    if named:
        if shutil.which(named) is None:
            raise TakeawayError(f"CHROMIUM must name a Chromium or Chrome that runs, got {named!r}")
        return named
    for candidate in (*NAMES, own):
        if path := shutil.which(candidate):
            return path
    raise TakeawayError(NO_BROWSER)


def print_pdf(browser: Browser, document: Path) -> bytes:
    """The PDF of an XHTML file. Its fonts are waited for."""
    page = browser.new_page()
    try:
        page.goto(document.as_uri())
        page.evaluate("document.fonts.ready.then(() => true)")
        return page.pdf(prefer_css_page_size=True, print_background=True)
    finally:
        page.close()


_FLATTEN = """css => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  const within = (rules, above) => [...rules].map((rule) => flat(rule, above)).join("");
  const flat = (rule, above) => {
    if (rule instanceof CSSStyleRule) {
      const selector = above ? rule.selectorText.replaceAll("&", `:is(${above})`) : rule.selectorText;
      const own = rule.style.cssText ? `${selector} { ${rule.style.cssText} }\n` : "";
      return own + within(rule.cssRules, selector);
    }
    if (rule instanceof CSSMediaRule) {
      const inner = within(rule.cssRules, above);
      const media = rule.media.mediaText;
      return media === "print" || !inner ? "" : `@media ${media} {\n${inner}}\n`;
    }
    return above ? "" : `${rule.cssText}\n`;
  };
  return within(sheet.cssRules, "");
}"""


def flattened(browser: Browser, css: str) -> str:
    """A style sheet without rules inside of rules, which few e-readers know, and without those for print."""
    page = browser.new_page()
    try:
        return page.evaluate(_FLATTEN, css)
    finally:
        page.close()


def photograph(browser: Browser, html: str, *, width: int, height: int) -> bytes:
    """The PNG of a page of HTML, ``width`` by ``height`` pixels."""
    page = browser.new_page(viewport={"width": width, "height": height})
    try:
        page.set_content(html)
        return page.screenshot()
    finally:
        page.close()
