"""Find a Chromium for the browser tests, or, run as a program, see to it that there is one.

``python tests/browser/browser.py`` prints the path of the browser. With none on the machine it installs one with
the system's package manager where that can be done without asking for a password, else with playwright.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PLACES = (
    "/usr/lib/chromium/chromium",
    "/snap/bin/chromium",
    "/opt/google/chrome/chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
NO_BROWSER = (
    "no Chromium found for the browser tests: install the package chromium (or run "
    "'playwright install chromium'), or set CHROMIUM to the path of a Chromium or Chrome"
)

# A clean, quiet browser that can reach nothing but this machine.
FLAGS = [
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# The command of each package manager, and whether it must be run by root.
INSTALLERS = {
    "apt-get": (["sh", "-c", "apt-get update && apt-get install -y chromium"], True),
    "dnf": (["dnf", "install", "-y", "chromium"], True),
    "apk": (["apk", "add", "chromium"], True),
    "pacman": (["pacman", "-Sy", "--noconfirm", "chromium"], True),
    "zypper": (["zypper", "--non-interactive", "install", "chromium"], True),
    "brew": (["brew", "install", "--cask", "chromium"], False),
}


def is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def flags() -> list[str]:
    # Chromium refuses to run as root inside its own sandbox.
    return [*FLAGS, "--no-sandbox"] if is_root() else FLAGS


def find() -> str | None:
    """The browser's path: $CHROMIUM, then the usual names and places, then the one that playwright installed."""
    named = os.environ.get("CHROMIUM")
    if named:
        if not shutil.which(named):
            raise FileNotFoundError(f"CHROMIUM must name a program that can be run, got {named!r}")
        return shutil.which(named)
    for candidate in (*NAMES, *PLACES):
        if path := shutil.which(candidate):
            return path
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


def install() -> None:
    """Try the system's package manager, then playwright. What they print is shown."""
    for name, (command, needs_root) in INSTALLERS.items():
        if shutil.which(name) and needs_root == is_root():
            print(f"installing Chromium with {name}", file=sys.stderr)
            if subprocess.run(command, stdout=sys.stderr).returncode == 0:
                return
    print("installing Chromium with playwright", file=sys.stderr)
    # --with-deps installs system libraries too. It asks for a password where the user is not root.
    subprocess.run(
        [sys.executable, "-m", "playwright", "install", "--with-deps", "chromium"], stdout=sys.stderr
    )


def main() -> None:
    try:
        path = find()
        if path is None:
            install()
            path = find()
    except FileNotFoundError as error:
        sys.exit(str(error))
    print(path or sys.exit(NO_BROWSER))


if __name__ == "__main__":
    main()
