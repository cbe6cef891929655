import importlib.metadata
import inspect
import json
import re
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
import torch
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from s2s_course import __version__, notebook
from s2s_course.course_address import course_address
from s2s_course.models.luong import LuongConfig, LuongEncoderDecoder
from s2s_course.notebook import (
    PROFILES,
    Confirmation,
    Course,
    NotConfirmed,
    confirm,
    setup,
    setup_cell,
    show_source,
)
from s2s_course.training.run import Run


def test_setup_says_what_it_chose_and_seeds(monkeypatch, capsys):
    monkeypatch.setattr(notebook, "choose_device", lambda: "cpu")
    assert setup(seed=3) == Course("cpu", "quick", 3)
    assert capsys.readouterr().out == "Profile 'quick' on cpu, seed 3.\n"
    drawn = torch.rand(1)
    setup(seed=3)
    assert torch.equal(torch.rand(1), drawn)


def test_full_is_never_chosen_silently(monkeypatch):
    allowed = []
    monkeypatch.setattr(notebook, "allow_tf32", allowed.append)
    for device in ("cuda", "mps"):
        monkeypatch.setattr(notebook, "choose_device", lambda device=device: device)
        assert setup().profile == "quick"
        assert setup(profile="full") == Course(device, "full", 0)
    assert allowed == ["cuda", "cuda", "mps", "mps"]
    monkeypatch.setattr(notebook, "choose_device", lambda: "cpu")
    with pytest.raises(ValueError, match="profile 'full' needs a GPU"):
        setup(profile="full")


def test_an_unknown_profile_is_refused():
    with pytest.raises(ValueError, match="profile must be one of quick, full, got 'huge'"):
        setup(profile="huge")


def test_pick_follows_the_profile():
    assert Course("cpu", "quick", 0).pick(quick=1, full=2) == 1
    assert Course("cuda", "full", 0).pick(quick=1, full=2) == 2


RELEASES = "https://example.org/fork/releases/download"
RELEASE = f"{RELEASES}/v{__version__}/s2s_course-{__version__}-py3-none-any.whl"


class Machine:
    """Where a setup cell runs: which course is there before it, and what it asks of pip."""

    def __init__(self, monkeypatch, *, place: str, there: str | None, reachable: bool = True):
        self.commands = []
        for name in ("S2S_COURSE_SOURCE", "KAGGLE_KERNEL_RUN_TYPE"):
            monkeypatch.delenv(name, raising=False)
        if place == "Colab":
            monkeypatch.setitem(sys.modules, "google.colab", ModuleType("google.colab"))
        if place == "Kaggle":
            monkeypatch.setenv("KAGGLE_KERNEL_RUN_TYPE", "Interactive")

        def distributions(*, name: str):
            assert name == "s2s-course"
            return [SimpleNamespace(version=there)] if there else []

        def run(command, **options):
            self.commands.append(command)
            return subprocess.CompletedProcess(command, 0 if reachable else 1)

        monkeypatch.setattr(importlib.metadata, "distributions", distributions)
        monkeypatch.setattr(subprocess, "run", run)

    def run_cell(self) -> Course:
        names = {}
        exec(setup_cell("https://example.org/fork"), names)
        return names["course"]


def install(source: str) -> list[str]:
    return [sys.executable, "-m", "pip", "install", "--quiet", source]


@pytest.mark.parametrize("place", ["Colab", "Kaggle"])
@pytest.mark.parametrize("there", [None, "0.0.1"])
def test_the_setup_cell_installs_the_release_of_this_version(monkeypatch, place, there):
    machine = Machine(monkeypatch, place=place, there=there)
    assert machine.run_cell().profile == "quick"
    assert machine.commands == [install(RELEASE)]


@pytest.mark.parametrize(
    ("place", "there"), [("Colab", __version__), ("Kaggle", __version__), ("here", None), ("here", "0.0.1")]
)
def test_the_setup_cell_starts_no_pip_where_it_has_nothing_to_install(monkeypatch, place, there):
    machine = Machine(monkeypatch, place=place, there=there)
    start = time.perf_counter()
    machine.run_cell()
    assert time.perf_counter() - start < 1
    assert machine.commands == []


def test_another_source_is_installed_in_the_place_of_the_release(monkeypatch):
    machine = Machine(monkeypatch, place="Colab", there=None)
    monkeypatch.setenv("S2S_COURSE_SOURCE", "/content/fork.whl")
    machine.run_cell()
    assert machine.commands == [install("/content/fork.whl")]


def test_a_source_out_of_reach_is_one_sentence_and_ends_the_cell(monkeypatch, capsys):
    machine = Machine(monkeypatch, place="Colab", there=None, reachable=False)
    shell = InteractiveShell(config=Config({"HistoryManager": {"enabled": False}}))
    result = shell.run_cell(setup_cell("https://example.org/fork"))
    assert len(machine.commands) == 1
    assert not result.success and "course" not in shell.user_ns
    assert capsys.readouterr() == (
        f"The course could not be installed from {RELEASE}: if you are offline, go online (on Kaggle: "
        "Settings, Internet); if the repository is private, name a wheel that can be read here in "
        "os.environ['S2S_COURSE_SOURCE'].\n",
        "",
    )


def test_the_setup_cell_has_a_form_with_the_profiles():
    [choice] = re.findall(r'^profile = "quick"  # @param (.*)$', setup_cell("https://example.org"), re.M)
    assert tuple(json.loads(choice)) == PROFILES


def test_show_source_is_the_installed_source():
    shown = show_source(LuongConfig, LuongEncoderDecoder)
    assert inspect.getsource(LuongEncoderDecoder.decode) in repr(shown)
    assert repr(shown).count("# s2s_course/models/luong.py") == 1
    markdown = shown._repr_markdown_()
    assert "<details>" not in markdown and markdown.count("```python\n") == 1 and markdown.endswith("\n```")


def test_show_source_shows_the_lines_that_matter_and_folds_all_of_it():
    shown = show_source(LuongEncoderDecoder, lines=("class Luong", "def decode … return self.advance"))
    opened, folded = shown._repr_markdown_().split("<details>")
    code = re.search("```python\n(.*?)\n```", opened, re.DOTALL)[1]
    assert code.startswith("class LuongEncoderDecoder") and code.endswith(
        "return self.advance(embedded, state)"
    )
    assert "super().__init__" not in code
    assert inspect.getsource(LuongEncoderDecoder).rstrip() in folded
    assert inspect.getsource(LuongEncoderDecoder).rstrip() in repr(shown)


def test_shown_source_leads_to_its_files_in_the_repository():
    markdown = show_source(LuongEncoderDecoder, show_source)._repr_markdown_()
    for file in ("s2s_course/models/luong.py", "s2s_course/notebook.py"):
        assert f'<a href="{course_address()}/blob/v{__version__}/{file}">{file}</a>' in markdown
        assert f"# {file}\n" in markdown  # the code of several files says where each begins


def test_lines_that_the_source_has_no_more_are_an_error():
    with pytest.raises(ValueError, match="a line of the code must contain 'def gone', none does"):
        show_source(LuongEncoderDecoder, lines="def gone … return")


@pytest.mark.parametrize("value", [True, np.bool_(True), torch.tensor(True), np.array([1, 2]).max() == 2])
def test_what_holds_is_confirmed_in_a_line(capsys, value):
    confirm("it has <learned>", value)
    assert capsys.readouterr().out == "✓ it has <learned>\n"
    assert "✓ it has &lt;learned&gt;</p>" in Confirmation("it has <learned>")._repr_html_()


@pytest.mark.parametrize("value", [False, np.bool_(False), torch.tensor(False)])
def test_what_does_not_hold_ends_the_cell_with_one_sentence(value):
    with pytest.raises(NotConfirmed, match=r"This does not hold here: it has learned\.") as caught:
        confirm("it has learned", value)
    assert caught.value._render_traceback_() == ["This does not hold here: it has learned."]


@pytest.mark.parametrize("value", [1, None, "yes", [True], torch.tensor(0.5), torch.tensor(True).item])
def test_only_a_truth_value_can_be_confirmed(value):
    with pytest.raises(TypeError, match="value must be True or False, got"):
        confirm("it has learned", value)


def test_long_trainings_are_kept_beside_the_notebook_and_on_drive_where_it_is_mounted(monkeypatch, tmp_path):
    assert Course("cpu", "quick", 0).run("gru") is None
    monkeypatch.setattr(notebook, "DRIVE", tmp_path / "MyDrive")
    assert Course("cuda", "full", 0).run("gru") == Run(Path("runs/gru"))
    (tmp_path / "MyDrive").mkdir()
    on_drive = tmp_path / "MyDrive" / "s2s-course" / "runs" / "gru"
    assert Course("cuda", "full", 0).run("gru") == Run(Path("runs/gru"), copy_to=on_drive)
    assert Course("cuda", "full", 0).run("gru", fresh=True) == Run(Path("runs/gru"), on_drive, fresh=True)


def test_full_says_where_trainings_are_kept_and_how_they_outlive_the_machine(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(notebook, "choose_device", lambda: "cuda")
    monkeypatch.setattr(notebook, "allow_tf32", lambda device: None)

    def said():
        setup(profile="full")
        return capsys.readouterr().out.splitlines()[1]

    assert said() == "Long trainings are kept in the folder runs."
    monkeypatch.setitem(sys.modules, "google.colab", object())
    assert said().endswith("from google.colab import drive; drive.mount('/content/drive').")
    monkeypatch.setattr(notebook, "DRIVE", tmp_path)
    assert said() == f"Long trainings are kept in the folder runs and copied to {tmp_path}."
