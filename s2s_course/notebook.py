"""What a chapter needs at its top: the setup cell, the profile, and the source of what it talks about."""

import inspect
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from s2s_course import __version__
from s2s_course.checks import check_one_of
from s2s_course.devices import allow_tf32, choose_device
from s2s_course.seeds import seed_everything
from s2s_course.training.run import Run

PROFILES = ("quick", "full")
DRIVE = Path("/content/drive/MyDrive")  # where Colab mounts it

# It must stand by itself: until it has run, there may be no course to import from.
_SETUP_CELL = """\
# @title Setup, the same in every chapter
# On Colab and Kaggle it installs the course beside what is there, or does nothing where
# this version of it is there already.
profile = "quick"  # @param ["quick", "full"]
# "full" needs a GPU: larger models, real data.
import os, subprocess, sys
from importlib.metadata import distributions

class SetupFailed(Exception):
    def _render_traceback_(self):  # one sentence, no trace
        return [str(self)]

version = "{version}"
hosted = "google.colab" in sys.modules or "KAGGLE_KERNEL_RUN_TYPE" in os.environ
if hosted and version not in [d.version for d in distributions(name="s2s-course")]:
    source = f"{repository_url}/releases/download/v{{version}}"
    source = f"{{source}}/s2s_course-{{version}}-py3-none-any.whl"
    source = os.environ.get("S2S_COURSE_SOURCE", source)
    pip = [sys.executable, "-m", "pip", "install", "--quiet", source]
    if subprocess.run(pip, capture_output=True).returncode:
        raise SetupFailed(
            f"The course could not be installed from {{source}}: if you are offline, "
            "go online (on Kaggle: Settings, Internet); if the repository is private, "
            "name a wheel that can be read here in os.environ['S2S_COURSE_SOURCE']."
        )
from s2s_course.notebook import setup
course = setup(profile=profile)"""


def setup_cell(repository_url: str) -> str:
    """The source of the setup cell, which installs this version's release of ``repository_url``."""
    return _SETUP_CELL.format(repository_url=repository_url, version=__version__)


@dataclass(frozen=True)
class Course:
    """Where a chapter runs, how large, and from which seed."""

    device: str
    profile: str
    seed: int

    def pick(self, *, quick: Any, full: Any) -> Any:
        """The value for the profile at hand."""
        return quick if self.profile == "quick" else full

    def run(self, name: str, *, fresh: bool = False) -> Run | None:
        """Where ``fit`` keeps the state of a long training: ``runs/name`` beside the notebook.

        On Colab, where the machine may be taken away, it is copied to your Drive if that is mounted, and
        fetched from there by the next machine. ``fresh`` begins anew, as after a change of what is trained.
        In the profile quick, whose trainings take seconds, nothing is kept.
        """
        if self.profile == "quick":
            return None
        place = Path("runs") / name
        copy = DRIVE / "s2s-course" / place if DRIVE.is_dir() else None
        return Run(place, copy_to=copy, fresh=fresh)


def setup(*, profile: str = "quick", seed: int = 0) -> Course:
    """Choose the device, seed everything, and say so in one line.

    ``quick`` fits two processor cores: a chapter takes at most a minute. ``full`` takes real data and
    larger models. It is never chosen silently, and raises ``ValueError`` where there is no GPU. The device is
    the best of ``devices.available_devices``.
    """
    check_one_of(PROFILES, profile=profile)
    device = choose_device()
    allow_tf32(device)
    if profile == "full" and device == "cpu":
        raise ValueError(
            "profile 'full' needs a GPU and there is none: choose one in Colab under Runtime, or 'quick'"
        )
    if profile == "quick" and device == "cpu":
        # Small models gain little from a second thread, and with one the numbers repeat to the last bit.
        torch.set_num_threads(1)
    seed_everything(seed)
    print(f"Profile {profile!r} on {device}, seed {seed}.")
    if profile == "full":
        print(f"Long trainings are kept in the folder runs{_copies()}.")
    return Course(device, profile, seed)


def _copies() -> str:
    """What is said of copies: on Colab the folder goes with the machine, unless Drive is mounted."""
    if DRIVE.is_dir():
        return f" and copied to {DRIVE}"
    if "google.colab" not in sys.modules:
        return ""
    return (
        ", which goes when this machine is taken away. To have them copied, run this before them: "
        "from google.colab import drive; drive.mount('/content/drive')"
    )


@dataclass(frozen=True, repr=False)
class Source:
    """Python source that a notebook shows as highlighted code."""

    code: str

    def __repr__(self) -> str:
        return self.code

    def _repr_markdown_(self) -> str:
        return f"```python\n{self.code}\n```"


def show_source(*objects: Any) -> Source:
    """The source of functions or classes as they are installed: what you read is what runs."""
    parts, module = [], None
    for thing in objects:
        code = textwrap.dedent(inspect.getsource(thing)).rstrip()
        if thing.__module__ != module:
            module = thing.__module__
            code = f"# {module.replace('.', '/')}.py\n{code}"
        parts.append(code)
    return Source("\n\n".join(parts))
