"""Pages of a browser that tests take one after the other.

To make a page, with its context and processes, takes a second; to open another address in one takes a quarter
of it. What a test leaves in a page is undone before the next one has it: the document with its storage, the
pointer, the size, the media. A page whose clock was replaced (`page.clock`), which nothing undoes, is closed.
"""

import json
from collections.abc import Mapping
from contextlib import suppress

from playwright.sync_api import Browser, Error, Page

MOST_FREE = 4  # each holds some 100 MB
SIZE = {"width": 1280, "height": 720}  # of a page that is not told any


class Pages:
    """The pages of one browser that no test has at the moment."""

    def __init__(self, browser: Browser):
        self.browser = browser
        self.free: list[tuple[str, Page]] = []  # with the options of their contexts, the latest last

    def take(self, options: Mapping[str, object]) -> Page:
        """A page as new, in a context of its own with these options."""
        key = json.dumps(options, sort_keys=True)
        for place, (known, page) in enumerate(self.free):
            if known == key:
                del self.free[place]
                return page
        return self.browser.new_context(**options).new_page()

    def give_back(self, page: Page, options: Mapping[str, object]) -> None:
        """The page is blank after this, or closed."""
        if page.is_closed():
            return
        if options.get("java_script_enabled", True) and self._is_as_new(page, options):
            self.free.append((json.dumps(options, sort_keys=True), page))
        else:
            page.context.close()
        if len(self.free) > MOST_FREE:
            self.free.pop(0)[1].context.close()

    def _is_as_new(self, page: Page, options: Mapping[str, object]) -> bool:
        """Make it so, where that can be done."""
        context = page.context
        with suppress(Error):  # not every address has a storage
            page.evaluate("{ sessionStorage.clear(); localStorage.clear(); }")
        context.clear_cookies()
        page.mouse.move(-1, -1)
        page.goto("about:blank")
        if page.viewport_size != options.get("viewport", SIZE):
            page.set_viewport_size(options.get("viewport", SIZE))
        page.emulate_media(
            color_scheme=options.get("color_scheme", "light"),
            reduced_motion=options.get("reduced_motion", "no-preference"),
        )
        return len(context.pages) == 1 and not page.evaluate("'__pwClock' in globalThis")
