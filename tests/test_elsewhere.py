"""Containers, Binder, Windows: what their files and the pages name is there."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from test_packaging import BOOK, CORE, LAB

ROOT = Path(__file__).parent.parent
PAGES = ("README.md", "CONTRIBUTING.md", ".github/workflows/tests.yml", ".github/workflows/pages.yml")
CONTAINER = json.loads((ROOT / ".devcontainer/devcontainer.json").read_text(encoding="utf-8"))


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def targets() -> set[str]:
    """What ``make`` can make, with the names of variables filled in."""
    makefile = text("Makefile")
    variables = dict(re.findall(r"^(\w+) [?:]= (.*)$", makefile, re.MULTILINE))
    names = " ".join(re.findall(r"^([^\s#:][^:=\n]*):(?!=)", makefile, re.MULTILINE))
    while "$(" in names:
        names = re.sub(r"\$\((\w+)\)", lambda match: variables[match[1]], names)
    return set(names.split())


def test_the_container_has_a_python_that_is_new_enough_and_a_user_who_is_not_root():
    dockerfile = text(f".devcontainer/{CONTAINER['build']['dockerfile']}")
    [major, minor] = re.search(r"^FROM python:(\d+)\.(\d+)$", dockerfile, re.MULTILINE).groups()
    assert (int(major), int(minor)) >= (3, 11)
    assert re.search(rf"^RUN useradd .*\b{CONTAINER['remoteUser']}$", dockerfile, re.MULTILINE)


def test_the_container_installs_by_make_what_its_editor_takes():
    make, target = CONTAINER["postCreateCommand"].split()
    assert make == "make" and target in targets()
    python = CONTAINER["customizations"]["vscode"]["settings"]["python.defaultInterpreterPath"]
    assert Path(python).parent.parent.name == Path(target).parent.name == ".venv"


def test_binder_has_a_python_and_a_torch_that_the_course_takes():
    dependencies = yaml.safe_load(text("binder/environment.yml"))["dependencies"]
    assert "python=3.12" in dependencies
    [torch] = [Requirement(line) for line in dependencies if line.startswith("pytorch-cpu")]
    [ours] = [Requirement(line) for line in CORE if line.startswith("torch")]
    assert torch.specifier == ours.specifier


def test_binder_installs_the_locks_but_for_torch_and_then_the_course(tmp_path):
    pip = tmp_path / "pip"
    pip.write_text(
        f'#!/bin/bash\necho "$@" >> {tmp_path}/calls\ncase "$*" in *-r*) cat > {tmp_path}/pins;; esac\n'
    )
    pip.chmod(0o755)
    environment = {**os.environ, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
    subprocess.run([ROOT / "binder" / "postBuild"], cwd=ROOT, env=environment, check=True)
    pins = [line for line in (tmp_path / "pins").read_text().splitlines() if not line.startswith("#")]
    assert sorted(pins) == sorted(str(pin) for name, pin in (BOOK | LAB).items() if name != "torch")
    assert (tmp_path / "calls").read_text().splitlines()[1].endswith("--no-deps --editable .")


@pytest.mark.parametrize("name", PAGES)
def test_what_the_pages_tell_to_make_can_be_made_and_the_files_of_requirements_are_there(name):
    page = text(name)
    # In prose a command stands between backquotes, elsewhere it begins a line.
    made = re.findall(r"(?:`|^|run: )(?:make) ([a-z.][a-z./-]*)", page, re.MULTILINE)
    assert set(made) <= targets()
    for path in re.findall(r"requirements/\w+\.txt", page):
        assert (ROOT / path).is_file(), path


def test_commands_for_windows_are_those_of_the_makefile():
    windows = re.search(r"```powershell\n(.*?)```", text("README.md"), re.DOTALL)[1]
    for line in re.findall(
        r"^\$\(BIN\)/(jupyter-book build .*|python -m jupyterlab .*)$",
        text("Makefile").replace("\t", ""),
        re.MULTILINE,
    ):
        assert f".venv\\Scripts\\{line}" in windows
    for path in re.findall(r"\btests/\w+", windows):
        assert (ROOT / path).is_dir()
