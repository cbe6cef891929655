"""The Colab twin: an environment with Colab's versions, where chapters run as a reader there would run them.

Torch is the pinned build and Python is the one at hand; the rest is as published (tests/colab_versions.py).
A stub stands for ``google.colab``. The setup cell installs a wheel of this checkout with ``%pip``, for real.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from colab_versions import ADDED, COLAB

from s2s_course.chapters import ROOT, chapter_paths, execute

TWIN = ROOT / ".venv-colab"
PYTHON = TWIN / "bin" / "python"
NOT_NEEDED = {
    "torch",
    "accelerate",
    "transformers",
}  # torch is pinned otherwise; nobody here imports the others


def pip(*arguments):
    command = [PYTHON, "-m", "pip", "--disable-pip-version-check", *arguments]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    return result.stdout


def frozen() -> set[str]:
    """Installed packages and versions; the course itself comes from a file, so its address is left out."""
    return {line.split(" @ ")[0].lower().replace("_", "-") for line in pip("freeze").splitlines()}


@pytest.fixture(scope="session")
def twin() -> Path:
    """Colab's versions in a virtual environment of their own, made once and kept."""
    wanted = ["torch==2.13.0", *(f"{n}=={v}" for n, v in COLAB.items() if n not in NOT_NEEDED)]
    stamp = TWIN / "installed.json"
    if not stamp.is_file() or json.loads(stamp.read_text()) != wanted:
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(TWIN)], check=True)
        pip("install", "--quiet", *wanted)
        [site] = TWIN.glob("lib/python*/site-packages")
        (site / "google" / "colab").mkdir(parents=True)
        (site / "google" / "colab" / "__init__.py").write_text("# stands for Colab's own module\n")
        (site / "colab_stub.pth").write_text(
            "import google.colab\n"
        )  # there it is imported before the first cell
        stamp.write_text(json.dumps(wanted))
    pip("uninstall", "--quiet", "--yes", *ADDED)
    return TWIN


@pytest.fixture(scope="session")
def kernel(twin, tmp_path_factory) -> str:
    """A kernel in the twin, whose setup cell finds a wheel of this checkout."""
    folder = tmp_path_factory.mktemp("colab")
    sources = folder / "sources"  # built there: a build folder left in the checkout may hold old files
    shutil.copytree(ROOT / "s2s_course", sources / "s2s_course", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE", "book/LICENSE"):
        (sources / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, sources / name)
    pip("wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(sources))
    [wheel] = folder.glob("s2s_course-*.whl")
    spec = {
        "argv": [str(PYTHON), "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": "Colab twin",
        "language": "python",
        "env": {"S2S_COURSE_SOURCE": str(wheel), "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
    }
    kernels = folder / "jupyter" / "kernels" / "colab-twin"
    kernels.mkdir(parents=True)
    (kernels / "kernel.json").write_text(json.dumps(spec))
    before = os.environ.get("JUPYTER_PATH")
    os.environ["JUPYTER_PATH"] = str(folder / "jupyter")
    yield "colab-twin"
    os.environ.pop("JUPYTER_PATH") if before is None else os.environ.update(JUPYTER_PATH=before)


def test_chapters_run_there_and_nothing_is_replaced(twin, kernel, tmp_path):
    before = frozen()
    assert "ipython==7.34.0" in before and not any(line.startswith("s2s-course") for line in before)
    for path in chapter_paths():
        notebook = nbformat.read(path, as_version=4)
        execute(notebook, kernel=kernel, folder=tmp_path)  # an error in a cell raises
        after = frozen()
        assert before <= after, f"replaced or removed: {before - after}"
        assert {line.split("==")[0] for line in after - before} == ADDED
    [installed] = twin.glob("lib/python*/site-packages/s2s_course")
    assert (installed / "widgets/hidden_states/hidden_states.js").is_file()  # from the wheel, not from here
