"""Installing the course on Colab adds small pure-Python packages and replaces nothing.

This follows from the metadata alone; tests/book/test_colab.py installs for real.
"""

import importlib.metadata
import itertools
import tomllib
from pathlib import Path

import pytest
from colab_versions import ADDED, COLAB
from packaging.requirements import Requirement

ROOT = Path(__file__).parent.parent


def canonical(name: str) -> str:
    return name.lower().replace("_", "-").replace(".", "-")


def needed(distribution: str) -> list[Requirement]:
    """What ``distribution`` requires at run time on Colab (Linux, Python 3.13, no extras)."""
    environment = {"python_version": "3.13", "python_full_version": "3.13.0", "sys_platform": "linux"}
    environment |= {"platform_system": "Linux", "os_name": "posix", "extra": ""}
    requirements = map(Requirement, importlib.metadata.requires(distribution) or [])
    return [r for r in requirements if r.marker is None or r.marker.evaluate(environment)]


def added_on_colab() -> dict[str, list[Requirement]]:
    """Every package that pip would have to install there, with its own requirements; conflicts fail."""
    added, waiting = {}, ["s2s-course"]
    while waiting:
        name = waiting.pop()
        added[name] = needed(name)
        for requirement in added[name]:
            other = canonical(requirement.name)
            if other in COLAB:
                assert requirement.specifier.contains(COLAB[other], prereleases=True), (
                    f"{name} needs {requirement}, and Colab has {COLAB[other]}: pip would replace it"
                )
            elif other not in added:
                waiting.append(other)
    return added


def test_colab_gets_only_small_pure_python_packages():
    added = added_on_colab()
    assert set(added) == ADDED
    for name in set(added) - {"s2s-course"}:
        distribution = importlib.metadata.distribution(name)
        assert "Root-Is-Purelib: true" in distribution.read_text("WHEEL"), f"{name} is compiled"
        size = sum(
            file.locate().stat().st_size for file in distribution.files or [] if file.locate().is_file()
        )
        assert size < 3_000_000, f"{name} takes {size:,} bytes"


def test_a_range_that_colab_does_not_satisfy_would_be_found(monkeypatch):
    monkeypatch.setitem(COLAB, "torch", "2.3.1")
    with pytest.raises(AssertionError, match="s2s-course needs torch"):
        added_on_colab()


def test_requirements_are_complete_and_pinned():
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    pins = [Requirement(line) for line in lines if line and not line.startswith("#")]
    assert all(str(pin.specifier).startswith("==") for pin in pins)
    versions = {canonical(pin.name): str(pin.specifier)[2:] for pin in pins}
    assert versions["torch"] == "2.13.0"
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *itertools.chain(*project["optional-dependencies"].values())]
    for requirement in map(Requirement, wanted):
        assert requirement.specifier.contains(versions[canonical(requirement.name)]), requirement


def test_the_environment_is_the_pinned_one():
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    for requirement in [Requirement(line) for line in lines if line and not line.startswith("#")]:
        installed = importlib.metadata.version(requirement.name).split("+")[0]
        assert requirement.specifier.contains(installed, prereleases=True), (
            f"{requirement}, installed {installed}"
        )
