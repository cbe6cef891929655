"""Finding and installing bubblewrap, on machines that are played."""

import subprocess

import pytest

from . import bubblewrap as module


@pytest.fixture
def played(monkeypatch):
    def play(*programs: str, linux: bool = True, root: bool = True, installs: bool = True) -> list[list[str]]:
        there, commands = set(programs), []

        def run(command, **_):
            commands.append(command)
            there.update({"bwrap"} if installs else ())
            return subprocess.CompletedProcess(command, 0)

        monkeypatch.setattr(module, "is_linux", lambda: linux)
        monkeypatch.setattr(module, "is_root", lambda: root)
        monkeypatch.setattr(
            module.shutil, "which", lambda name: f"/usr/bin/{name}" if name in there else None
        )
        monkeypatch.setattr(module.subprocess, "run", run)
        return commands

    return play


def test_one_that_is_there_is_taken(played, capsys):
    commands = played("bwrap", "apt-get")
    module.main()
    assert commands == [] and capsys.readouterr().out == "/usr/bin/bwrap\n"


def test_root_installs_it_with_what_the_system_has(played, capsys):
    commands = played("dnf", "apk")
    module.main()
    assert commands == [["dnf", "install", "-y", "bubblewrap"]]
    assert capsys.readouterr().out == "/usr/bin/bwrap\n"


@pytest.mark.parametrize("root", [True, False])
def test_where_it_cannot_be_had_one_sentence_says_so(played, capsys, root):
    commands = played("apt-get", root=root, installs=False)
    module.main()
    assert len(commands) == root
    assert capsys.readouterr().out == module.NO_BUBBLEWRAP + "\n"


def test_other_systems_are_left_alone(played, capsys):
    commands = played("brew", linux=False)
    module.main()
    assert commands == [] and capsys.readouterr().out == ""
