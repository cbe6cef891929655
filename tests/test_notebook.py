import inspect
from pathlib import Path

import pytest
import torch

from s2s_course import notebook
from s2s_course.models.luong import LuongConfig, LuongEncoderDecoder
from s2s_course.notebook import Course, setup, setup_cell, show_source
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


def test_the_setup_cell_names_the_repository_once():
    cell = setup_cell("https://example.org/fork")
    assert cell.count("https://example.org/fork") == 1
    assert "{" not in cell.replace("{source}", "")


def test_show_source_is_the_installed_source():
    shown = show_source(LuongConfig, LuongEncoderDecoder)
    assert inspect.getsource(LuongEncoderDecoder.decode) in repr(shown)
    assert repr(shown).count("# s2s_course/models/luong.py") == 1
    markdown = shown._repr_markdown_()
    assert markdown.startswith("```python\n") and markdown.endswith("\n```")


def test_long_trainings_are_kept_beside_the_notebook_and_on_drive_where_it_is_mounted(monkeypatch, tmp_path):
    assert Course("cpu", "quick", 0).run("gru") is None
    monkeypatch.setattr(notebook, "DRIVE", tmp_path / "MyDrive")
    assert Course("cuda", "full", 0).run("gru") == Run(Path("runs/gru"))
    (tmp_path / "MyDrive").mkdir()
    on_drive = tmp_path / "MyDrive" / "s2s-course" / "runs" / "gru"
    assert Course("cuda", "full", 0).run("gru") == Run(Path("runs/gru"), copy_to=on_drive)
