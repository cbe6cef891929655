"""Find a Chromium for the browser tests, or, run as a program, see to it that there is one.

``python tests/browser/browser.py`` prints the path of the browser. With none on the machine it installs one
with the system's package manager where that can be done without asking for a password, else with playwright.
"""

import os
import shutil
import subprocess
import sys

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
    return os.geteuid() == 0


def flags() -> list[str]:
    # Chromium refuses to run as root inside its own sandbox.
    return [*FLAGS, "--no-sandbox"] if is_root() else FLAGS


def runs(program: str) -> bool:
    """Does it say its version? (On some systems "chromium" only says how to install it.)"""
    try:
        return subprocess.run([program, "--version"], capture_output=True, timeout=30).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def find() -> str | None:
    """The browser's path: $CHROMIUM, else one in the usual places, else the one that playwright installed."""
    named = os.environ.get("CHROMIUM")
    if named:
        if not runs(named):
            raise FileNotFoundError(f"CHROMIUM must name a Chromium or Chrome that runs, got {named!r}")
        return named
    for candidate in (*NAMES, *PLACES):
        path = shutil.which(candidate)
        if path and runs(path):
            return path
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if runs(own) else None


def install_commands() -> list[list[str]]:
    """Ways to install a browser on this machine that ask for no password, the best first."""
    ways = [
        command
        for program, (command, needs_root) in INSTALLERS.items()
        if shutil.which(program) and needs_root == is_root()
    ]
    libraries = ["--with-deps"] if is_root() else []  # system libraries too
    return [*ways, [sys.executable, "-m", "playwright", "install", *libraries, "chromium"]]


def main() -> None:
    try:
        path = find()
        for command in install_commands():
            if path:
                break
            print("installing Chromium:", *command, file=sys.stderr)
            subprocess.run(command, stdout=sys.stderr)
            path = find()
    except FileNotFoundError as error:
        sys.exit(str(error))
    print(path or sys.exit(NO_BROWSER))


if __name__ == "__main__":
    main()
