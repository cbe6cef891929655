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

from colab_versions import ADDED, COLAB

from s2s_course.chapters import ROOT

TWIN = ROOT / ".venv-colab"
PYTHON = TWIN / "bin" / "python"
KERNEL = "colab-twin"
# Torch is pinned otherwise; nobody here imports the others.
NOT_NEEDED = {"torch", "accelerate", "transformers"}


def pip(*arguments: str) -> str:
    # -I: what PYTHONPATH names is not installed there.
    command = [PYTHON, "-I", "-m", "pip", "--disable-pip-version-check", *arguments]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    return result.stdout


def frozen() -> set[str]:
    """Installed packages and versions; the course itself comes from a file, so its address is left out."""
    return {line.split(" @ ")[0].lower().replace("_", "-") for line in pip("freeze").splitlines()}


def make_environment() -> None:
    """Colab's versions in a virtual environment of their own, made once and kept; the course is not in it."""
    wanted = ["torch==2.13.0", *(f"{n}=={v}" for n, v in COLAB.items() if n not in NOT_NEEDED)]
    stamp = TWIN / "installed.json"
    if not stamp.is_file() or json.loads(stamp.read_text()) != wanted:
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(TWIN)], check=True)
        pip("install", "--quiet", *wanted)
        [site] = TWIN.glob("lib/python*/site-packages")
        (site / "google" / "colab").mkdir(parents=True)
        (site / "google" / "colab" / "__init__.py").write_text("# stands for Colab's own module\n")
        # There it is imported before the first cell.
        (site / "colab_stub.pth").write_text("import google.colab\n")
        stamp.write_text(json.dumps(wanted))
    pip("uninstall", "--quiet", "--yes", *ADDED)


def make_kernel(folder: Path) -> None:
    """A kernel in the twin, below ``folder / "jupyter"``, whose setup cell finds a wheel of this checkout."""
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
        # Only what is installed there is found, not this checkout.
        "env": {"S2S_COURSE_SOURCE": str(wheel), "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PYTHONPATH": ""},
    }
    kernels = folder / "jupyter" / "kernels" / KERNEL
    kernels.mkdir(parents=True)
    (kernels / "kernel.json").write_text(json.dumps(spec))


def use_kernels_of(folder: Path) -> None:
    """Let this process find the kernel below ``folder``."""
    os.environ["JUPYTER_PATH"] = str(folder / "jupyter")
