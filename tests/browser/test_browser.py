"""Finding and installing the browser, on machines that are played."""

import contextlib
import subprocess
import sys
from types import SimpleNamespace

import pytest

from . import browser as module


class Machine:
    """Programs that are there, what each command installs, and a record of the commands."""

    def __init__(self, monkeypatch, *programs: str, root: bool, installs: dict[str, str] | None = None):
        self.programs, self.installs, self.commands = set(programs), installs or {}, []
        monkeypatch.delenv("CHROMIUM", raising=False)
        monkeypatch.setattr(module, "is_root", lambda: root)
        monkeypatch.setattr(module.shutil, "which", lambda name: name if name in self.programs else None)
        monkeypatch.setattr(module.subprocess, "run", self.run)
        playwright = SimpleNamespace(chromium=SimpleNamespace(executable_path="own"))
        monkeypatch.setattr(module, "sync_playwright", lambda: contextlib.nullcontext(playwright))

    def run(self, command, **_):
        if command[1:] == ["--version"]:
            if command[0] not in self.programs:
                raise FileNotFoundError(command[0])
            return subprocess.CompletedProcess(command, 0 if command[0] != "stub" else 1)
        self.commands.append(" ".join(map(str, command)))
        for part, program in self.installs.items():
            if part in self.commands[-1]:
                self.programs.add(program)
        return subprocess.CompletedProcess(command, 0)


def test_the_named_browser_comes_first_and_must_run(monkeypatch):
    machine = Machine(monkeypatch, "chromium", "/my/chrome", root=True)
    assert module.find() == "chromium"
    monkeypatch.setenv("CHROMIUM", "/my/chrome")
    assert module.find() == "/my/chrome"
    monkeypatch.setenv("CHROMIUM", "/no/chrome")
    with pytest.raises(
        SystemExit, match="CHROMIUM must name a Chromium or Chrome that runs, got '/no/chrome'"
    ):
        module.main()
    assert machine.commands == []


def test_the_usual_places_come_before_playwright_s_own(monkeypatch):
    mac = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
    for programs, found in [
        (("google-chrome", "own"), "google-chrome"),
        ((mac,), mac),
        (("own",), "own"),
        ((), None),
    ]:
        Machine(monkeypatch, *programs, root=False)
        assert module.find() == found


def test_a_program_that_does_not_run_is_passed_over(monkeypatch):
    monkeypatch.setattr(module, "NAMES", ("stub", "chromium"))
    Machine(monkeypatch, "stub", "chromium", root=False)
    assert module.find() == "chromium"


@pytest.mark.parametrize(
    ("program", "root", "command"),
    [
        ("apt-get", True, "sh -c apt-get update && apt-get install -y chromium"),
        ("dnf", True, "dnf install -y chromium"),
        ("apk", True, "apk add chromium"),
        ("pacman", True, "pacman -Sy --noconfirm chromium"),
        ("zypper", True, "zypper --non-interactive install chromium"),
        ("brew", False, "brew install --cask chromium"),
    ],
)
def test_the_system_s_package_manager_is_asked_first(monkeypatch, capsys, program, root, command):
    machine = Machine(monkeypatch, program, root=root, installs={program: "chromium"})
    module.main()
    assert machine.commands == [command]
    assert capsys.readouterr().out == "chromium\n"


@pytest.mark.parametrize(("root", "option"), [(True, " --with-deps"), (False, "")])
def test_else_playwright_installs_its_own(monkeypatch, capsys, root, option):
    """Also after a package manager that did not help; and one that wants a password is not asked."""
    machine = Machine(monkeypatch, "apt-get", root=root, installs={"playwright": "own"})
    module.main()
    assert machine.commands[-1] == f"{sys.executable} -m playwright install{option} chromium"
    assert len(machine.commands) == (2 if root else 1)
    assert capsys.readouterr().out == "own\n"


def test_with_no_browser_to_be_had_it_says_what_to_install(monkeypatch):
    Machine(monkeypatch, root=False)
    with pytest.raises(
        SystemExit, match="no Chromium found for the browser tests: install the package chromium"
    ):
        module.main()


def test_the_sandbox_is_off_only_for_root(monkeypatch):
    for root in (True, False):
        monkeypatch.setattr(module, "is_root", lambda root=root: root)
        assert ("--no-sandbox" in module.flags()) == root
