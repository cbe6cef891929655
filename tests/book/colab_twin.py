"""The Colab twin: an environment with Colab's versions, where chapters run as a reader there would run them.

Python is the one at hand and torch the one installed here, linked and not copied; the rest is as published
(tests/colab_versions.py). full_twin.py has Colab's Python and torch too. A stub stands for ``google.colab``.
The setup cell installs a wheel of this checkout with pip, for real.
"""

import importlib.metadata
import json
import os
import shutil
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path

import nbformat
from colab_versions import ADDED, COLAB, needed
from packaging.utils import canonicalize_name

from s2s_course.chapters import ROOT, execute, repository_url
from s2s_course.notebook import setup_cell

KERNEL = "colab-twin"
STUB = Path(__file__).parent / "colab_stub"
MANAGER = "https://example.org/manager.min.js"  # the address that the stub gives


@dataclass(frozen=True)
class Environment:
    """The command that starts a Python, and where its packages are, as seen from here."""

    python: tuple[str, ...]
    site: Path

    def pip(self, *arguments: str) -> str:
        # -I: what PYTHONPATH names is not installed there.
        command = [*self.python, "-I", "-m", "pip", "--disable-pip-version-check", *arguments]
        result = subprocess.run(command, capture_output=True, text=True)
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout

    def packages(self) -> set[str]:
        """What is installed, as ``name==version``."""
        installed = importlib.metadata.distributions(path=[str(self.site)])
        return {f"{canonicalize_name(package.name)}=={package.version}" for package in installed}

    def complaints(self) -> set[str]:
        """What ``pip check`` finds: requirements that are missing or not met."""
        command = [*self.python, "-I", "-m", "pip", "--disable-pip-version-check", "check"]
        result = subprocess.run(command, capture_output=True, text=True)
        return set(result.stdout.splitlines()) if result.returncode else set()

    def is_filled(self, pins: str) -> bool:
        """Whether ``fill`` has done its work here, with the same versions."""
        stamp = self.site / "constraints.txt"
        return stamp.is_file() and stamp.read_text() == pins

    def fill(self, pins: str) -> None:
        """Install what the course needs and Colab has, in these versions; take out what the course adds."""
        if not self.is_filled(pins):
            constraints = self.site / "constraints.new"
            constraints.write_text(pins)
            # Not compiled ahead: most of it is never imported.
            self.pip("install", "--quiet", "--no-compile", "--constraint", str(constraints), *WANTED)
            constraints.rename(self.site / "constraints.txt")
        if there := {package.split("==")[0] for package in self.packages()} & ADDED:
            self.pip("uninstall", "--quiet", "--yes", *there)
        shutil.copytree(STUB, self.site / "google" / "colab", dirs_exist_ok=True)
        # There it is imported before the first cell.
        (self.site / "colab_stub.pth").write_text("import google.colab\n")


# What a kernel and the course need of what Colab has; all that this needs comes with it.
_NEEDED = {canonicalize_name(requirement.name) for name in ADDED for requirement in needed(name)}
WANTED = ["ipykernel", *sorted(_NEEDED & set(COLAB))]


def constraints(versions: dict[str, str]) -> str:
    """Versions as a file of pip's constraints, which says what they were made for."""
    return "\n".join([f"# for {' '.join(WANTED)}", *map("==".join, versions.items()), ""])


_FOLDER = ROOT / ".venv-colab"
_LIBRARY = _FOLDER / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}"
LIGHT = Environment((str(_FOLDER / "bin" / "python"),), _LIBRARY / "site-packages")


def make_light() -> None:
    """Colab's versions in a virtual environment of their own, made once and kept; the course is not in it.

    Torch is the one installed here, and so is what it asks for in other versions than Colab's.
    """
    versions = {**COLAB, "torch": importlib.metadata.version("torch")}
    for requirement in needed("torch"):
        name = canonicalize_name(requirement.name)
        if name in versions and not requirement.specifier.contains(versions[name]):
            del versions[name]
    pins = constraints(versions)
    if not LIGHT.is_filled(pins):
        venv.create(_FOLDER, clear=True, symlinks=True)
        for name in ("pip", "torch"):
            link(name, LIGHT.site)
    LIGHT.fill(pins)


def link(name: str, site: Path) -> None:
    """Put a package of the environment at hand into another one, if possible without copying it."""
    for file in importlib.metadata.distribution(name).files:
        if ".." not in file.parts:  # no scripts: they name their environment
            (site / file).parent.mkdir(parents=True, exist_ok=True)
            try:
                (site / file).hardlink_to(file.locate())
            except OSError:  # another disk
                shutil.copy(file.locate(), site / file)


def make_kernel(environment: Environment, folder: Path) -> None:
    """A kernel in the twin, below ``folder / "jupyter"``, whose setup cell finds a wheel of this checkout."""
    sources = folder / "sources"  # built there: a build folder left in the checkout may hold old files
    shutil.copytree(ROOT / "s2s_course", sources / "s2s_course", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "_config.yml", "README.md", "LICENSE", "book/LICENSE"):
        (sources / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, sources / name)
    here = Environment((sys.executable,), folder)
    here.pip("wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(sources))
    [wheel] = folder.glob("s2s_course-*.whl")
    spec = {
        "argv": [*environment.python, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": "Colab twin",
        "language": "python",
        # Only what is installed there is found, not this checkout.
        "env": {"S2S_COURSE_SOURCE": str(wheel), "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PYTHONPATH": ""},
    }
    spec["env"]["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"  # else it warns of Python's own modules
    kernels = folder / "jupyter" / "kernels" / KERNEL
    kernels.mkdir(parents=True)
    (kernels / "kernel.json").write_text(json.dumps(spec))


def use_kernels_of(folder: Path) -> None:
    """Let this process find the kernel below ``folder``."""
    os.environ["JUPYTER_PATH"] = str(folder / "jupyter")


@dataclass(frozen=True)
class Installation:
    """What the setup cell did: packages and complaints before and after, and its time when it ran again."""

    wheel: str
    before: list[str]
    after: list[str]
    complaints_before: list[str]
    complaints_after: list[str]
    seconds_again: float


def run_setup(environment: Environment, folder: Path) -> Installation:
    """Make the kernel of ``environment`` and run the setup cell in it, twice."""
    make_kernel(environment, folder)
    use_kernels_of(folder)
    before, complaints = environment.packages(), environment.complaints()
    setup = setup_cell(repository_url())
    timed = f"import time\nstart = time.perf_counter()\n{setup}\nprint(time.perf_counter() - start)"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code) for code in (setup, timed)])
    execute(notebook, kernel=KERNEL, folder=folder)
    seconds = "".join(output.text for output in notebook.cells[1].outputs).split()[-1]
    [wheel] = folder.glob("s2s_course-*.whl")
    return Installation(
        wheel.name,
        sorted(before),
        sorted(environment.packages()),
        sorted(complaints),
        sorted(environment.complaints()),
        float(seconds),
    )
