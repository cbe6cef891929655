"""What the pages for instructors say of commands is what the commands are."""

import re
from importlib import import_module
from pathlib import Path

import pytest
import typer

from s2s_course.chapters import ROOT
from s2s_course.cli.app import COMMANDS
from s2s_course.grading.adjustments import read_adjustments
from s2s_course.grading.submission import Submission

TEACHING = ROOT / "book" / "teaching"
PAGES = {name: (TEACHING / f"{name}.md").read_text("utf-8") for name in ("assign-and-grade", "own-exercises")}
SHELL = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")


def options(command: str) -> set[str]:
    """The options of a command."""
    module, _, function = COMMANDS[command][0].partition(":")
    alone = typer.Typer(add_completion=False)
    alone.command()(getattr(import_module(module), function))
    return {name for each in typer.main.get_command(alone).params for name in each.opts if name[:2] == "--"}


def lines(page: str) -> list[tuple[str, str]]:
    """Each line of a shell that begins with ``s2s``: the command and all of the line."""
    found = []
    for line in "".join(SHELL.findall(PAGES[page])).splitlines():
        names = [name for name in COMMANDS if re.match(rf"s2s {name}(?= |$)", line)]
        assert names or not line.startswith("s2s "), f"no such command: {line}"
        found += [(max(names, key=len), line)] if names else []
    return found


def test_the_options_of_a_command_are_found():
    assert {"--assignment", "--out", "--fill"} <= options("grade") and "--due" in options("assign")


@pytest.mark.parametrize("page", PAGES)
def test_each_line_calls_a_command_with_options_that_it_has(page):
    assert lines(page)
    for command, line in lines(page):
        assert set(OPTION.findall(line)) <= options(command), line


def test_every_option_of_the_two_commands_is_explained():
    told = set(OPTION.findall(PAGES["assign-and-grade"]))
    assert options("assign") | options("grade") <= told
    assert told <= options("assign") | options("grade") | {"--json"}


def test_the_example_of_penalties_means_what_the_page_says(tmp_path):
    path = tmp_path / "adjust.csv"
    path.write_text(re.search(r"^```text\n(.*?)^```$", PAGES["assign-and-grade"], re.M | re.S)[1])
    students = [Submission(name, name, None, (), None, True, None) for name in ("adams", "baker", "chen")]
    adjustments = read_adjustments(path, students, {"5.1": 2.0, "5.3": 1.0})
    assert adjustments.percent_a_day == 10
    assert adjustments.for_student("adams", 2).penalty == 20
    assert adjustments.for_student("baker", 2).penalty == 0
    assert adjustments.for_student("chen", 0).by_hand == {"5.3": 1.0}


def test_the_files_that_come_back_are_those_that_are_written():
    written = Path(import_module("s2s_course.cli.grade").__file__).read_text("utf-8")
    table = PAGES["assign-and-grade"].split("what comes back in")[1].split("\n\n")[0]
    for name in re.findall(r"^\| `([\w./]+)`", table, re.MULTILINE):
        assert f'"{name.split("/")[0]}"' in written, name
