"""Installing the course on Colab adds small pure-Python packages and replaces nothing.

The versions are those of Colab's own published list (googlecolab/backend-info, pip-freeze.gpu.txt) for what
the course needs, directly or through another package; the list in the design names the first group.
"""

import importlib.metadata
import itertools
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parent.parent

COLAB = {
    "torch": "2.11.0", "numpy": "2.1.3", "matplotlib": "3.10.0", "seaborn": "0.13.2", "ipywidgets": "7.7.1",
    "ipython": "7.34.0", "traitlets": "5.7.1", "anywidget": "0.9.21", "tqdm": "4.67.3",
    "safetensors": "0.8.0", "accelerate": "1.14.0", "transformers": "5.15.0",
    "click": "8.4.1", "lxml": "6.1.1", "packaging": "26.2", "platformdirs": "4.10.0", "pooch": "1.9.0",
    "psygnal": "0.15.1", "regex": "2025.11.3", "requests": "2.32.4", "rich": "13.9.4", "shellingham": "1.5.4",
    "tabulate": "0.9.0", "tokenizers": "0.22.2", "typer": "0.25.1", "typing-extensions": "4.15.0",
}  # fmt: skip


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
    assert set(added) == {"s2s-course", "sacrebleu", "portalocker", "colorama", "jaxtyping", "wadler-lindig"}
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
