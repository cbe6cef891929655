"""A Firefox that can reach nothing but this machine, driven by WebDriver BiDi, which it speaks itself.

``python tests/browser/firefox_session.py`` says which Firefox it is. With none on the machine it installs
one where apt-get can do that without asking for a password. The protocol: https://w3c.github.io/webdriver-bidi/
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import websocket

NAMES = ("firefox-esr", "firefox", "/Applications/Firefox.app/Contents/MacOS/firefox")
NO_FIREFOX = "no Firefox found: install the package firefox-esr, or set FIREFOX to the path of a Firefox"
INSTALL = "apt-get update && apt-get install -y firefox-esr"
WAIT = 30  # seconds that anything may take

# All but what this machine itself serves is sent to a proxy, and there is none.
PREFERENCES = {
    "network.proxy.type": 1,
    "network.proxy.http": "127.0.0.1",
    "network.proxy.http_port": 9,
    "network.proxy.ssl": "127.0.0.1",
    "network.proxy.ssl_port": 9,
    "datareporting.policy.dataSubmissionEnabled": False,
    "browser.shell.checkDefaultBrowser": False,
}
SCHEMES = {"dark": 0, "light": 1}  # as the preference says them
KEYS = {"Enter": "\ue007", "End": "\ue010", "ArrowLeft": "\ue012", "ArrowDown": "\ue015"}


def find() -> str | None:
    """The path of Firefox: $FIREFOX, else one in the usual places."""
    named = os.environ.get("FIREFOX")
    if named and not shutil.which(named):
        raise FileNotFoundError(f"FIREFOX must name a Firefox that runs, got {named!r}")
    return named or next(filter(None, map(shutil.which, NAMES)), None)


class Firefox:
    """A window of a Firefox with one page, and the problems of the page since it was opened."""

    def __init__(self, port: int):
        # Firefox refuses a client that names a page as its origin.
        self.socket = websocket.create_connection(
            f"ws://127.0.0.1:{port}/session", timeout=WAIT, suppress_origin=True
        )
        self.last, self.origin, self.problems = 0, "", []
        self.version = self.command("session.new", capabilities={})["capabilities"]["browserVersion"]
        events = ["log.entryAdded", "network.beforeRequestSent", "network.fetchError"]
        self.command("session.subscribe", events=[*events, "network.responseCompleted"])
        # In the window that it begins with nothing has the focus, and Space presses no button.
        self.context = self.command("browsingContext.create", type="window")["context"]

    def command(self, method: str, **params: object) -> dict[str, Any]:
        """What Firefox answers. Events that come meanwhile are looked at."""
        self.last += 1
        self.socket.send(json.dumps({"id": self.last, "method": method, "params": params}))
        while (message := json.loads(self.socket.recv())).get("id") != self.last:
            if message["type"] == "event" and (
                problem := self._problem(message["method"], message["params"])
            ):
                self.problems.append(problem)
        assert message["type"] == "success", f"{method}: {message['error']}: {message['message']}"
        return message["result"]

    def _problem(self, event: str, params: dict[str, Any]) -> str | None:
        """What a page of the book must not do, as ``Watch`` in crawl.py has it."""
        if event == "log.entryAdded":  # of the console, and what was thrown and not caught
            return f"{params['type']}: {params['text']}" if params["level"] == "error" else None
        address = params["request"]["url"]
        if event == "network.fetchError":
            return f"request failed: {address}"
        if event == "network.responseCompleted":
            status = params["response"]["status"]
            return f"status {status}: {address}" if status >= 400 else None
        own = (self.origin, "data:", f"blob:{self.origin}", "blob:null", "about:")
        return None if address.startswith(own) else f"off-origin: {address}"

    def open(self, address: str, *, width: int = 900) -> None:
        """Load a page in a window so many pixels wide."""
        self.origin, self.problems = address[: address.index("/", len("http://"))], []
        size = {"width": width, "height": 740}
        self.command("browsingContext.setViewport", context=self.context, viewport=size)
        self.command("browsingContext.navigate", context=self.context, url=address, wait="complete")

    def evaluate(self, expression: str) -> Any:
        """The value of an expression in the page. It must be one that JSON can say."""
        answer = self.command(
            "script.evaluate",
            expression=f"Promise.resolve({expression}).then((value) => JSON.stringify(value ?? null))",
            target={"context": self.context},
            awaitPromise=True,
        )
        assert answer["type"] == "success", answer["exceptionDetails"]["text"]
        return json.loads(answer["result"]["value"])

    def until(self, expression: str, expected: object = True) -> None:
        """Wait for a value."""
        end = time.monotonic() + WAIT
        while (value := self.evaluate(expression)) != expected:
            assert time.monotonic() < end, f"{expression} is {value!r}, and was to be {expected!r}"
            time.sleep(0.05)

    def texts(self, selector: str) -> list[str]:
        return self.evaluate(
            f"Array.from(document.querySelectorAll({json.dumps(selector)}), (n) => n.textContent)"
        )

    def click(self, selector: str) -> None:
        """Press the mouse on the one node that is meant."""
        node = {"type": "element", "element": {"sharedId": self._find(selector)}}
        self.evaluate(f"document.querySelector({json.dumps(selector)}).scrollIntoView({{ block: 'center' }})")
        press = [{"type": kind, "button": 0} for kind in ("pointerDown", "pointerUp")]
        self._act("pointer", [{"type": "pointerMove", "x": 0, "y": 0, "origin": node}, *press])

    def focus(self, selector: str) -> None:
        self.evaluate(f"document.querySelector({json.dumps(selector)}).focus()")

    def give(self, selector: str, files: list[Path]) -> None:
        """Choose files in a field for them."""
        node = {"sharedId": self._find(selector)}
        paths = [str(file) for file in files]
        self.command("input.setFiles", context=self.context, element=node, files=paths)

    def press(self, *keys: str) -> None:
        """Press keys one after the other: ``"Enter"``, ``"a"``."""
        values = [KEYS.get(key, key) for key in keys]
        self._act(
            "key", [{"type": kind, "value": value} for value in values for kind in ("keyDown", "keyUp")]
        )

    def type(self, selector: str, text: str) -> None:
        """Type a text in place of what a field has."""
        self.focus(selector)
        self.evaluate("document.activeElement.select()")
        self.press(*text)

    def _find(self, selector: str) -> str:
        locator = {"type": "css", "value": selector}
        found = self.command("browsingContext.locateNodes", context=self.context, locator=locator)["nodes"]
        assert len(found) == 1, f"{len(found)} nodes are {selector}"
        return found[0]["sharedId"]

    def _act(self, kind: str, actions: list[dict[str, object]]) -> None:
        source = {"type": kind, "id": kind, "actions": actions}
        self.command("input.performActions", context=self.context, actions=[source])


@contextmanager
def start(scheme: str = "light") -> Iterator[Firefox]:
    """A Firefox with a profile of its own, for readers who like it ``"light"`` or ``"dark"``."""
    preferences = PREFERENCES | {"layout.css.prefers-color-scheme.content-override": SCHEMES[scheme]}
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in preferences.items()]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        (Path(folder) / "user.js").write_text("\n".join(lines), encoding="utf-8")
        told = Path(folder) / "WebDriverBiDiServer.json"  # by Firefox, which chooses the port
        command = [find(), "--headless", "--no-remote", "--remote-debugging-port", "0", "--profile", folder]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            end = time.monotonic() + WAIT
            while not (told.exists() and told.stat().st_size):
                assert process.poll() is None and time.monotonic() < end, "Firefox does not start"
                time.sleep(0.05)
            yield Firefox(json.loads(told.read_text(encoding="utf-8"))["ws_port"])
        finally:
            process.terminate()
            process.wait(WAIT)


def main() -> None:
    try:
        path = find()
    except FileNotFoundError as error:
        sys.exit(str(error))
    if not path and shutil.which("apt-get") and os.geteuid() == 0:
        print("installing Firefox:", INSTALL, file=sys.stderr)
        subprocess.run(["sh", "-c", INSTALL], stdout=sys.stderr)
        path = find()
    subprocess.run([path or sys.exit(NO_FIREFOX), "--version"])


if __name__ == "__main__":
    main()
