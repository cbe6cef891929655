"""What all chapters need: the setup cell, the profile, the source they talk about, and quiet checks."""

import inspect
import sys
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import torch
from IPython.display import display

from s2s_course import __version__
from s2s_course.checks import check_one_of
from s2s_course.course_address import course_address
from s2s_course.devices import allow_tf32, choose_device
from s2s_course.excerpt import excerpt
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
    """Python source that a notebook shows as highlighted code: some lines open, and all of it in a fold.

    ``files`` are the names in the repository of the files that it is from. ``repr`` is all of the code.
    """

    code: str
    files: tuple[str, ...]
    shown: str = ""  # the lines that matter; where there are none, all of it is open

    def __repr__(self) -> str:
        return self.code

    def _repr_markdown_(self) -> str:
        address = f"{course_address()}/blob/v{__version__}"
        links = ", ".join(f'<a href="{address}/{file}">{file}</a>' for file in self.files)
        head = f'<p class="s2s-file"><small>{links}</small></p>\n\n'
        code = self.code.removeprefix(f"# {self.files[0]}\n") if len(self.files) == 1 else self.code
        if not self.shown:
            return f"{head}```python\n{code}\n```"
        return (
            f"{head}```python\n{self.shown}\n```\n\n"
            f"<details><summary>All of it, {len(code.splitlines())} lines</summary>\n\n"
            f"```python\n{code}\n```\n\n</details>"
        )


def show_source(*objects: Any, lines: str | Sequence[str] = ()) -> Source:
    """The source of functions or classes as they are installed: what you read is what runs.

    ``lines`` names those that matter, as ``"def forward … return"`` (from one line to the next that contains
    the end) or by what stands in a single line; the rest is folded. Raises ``ValueError`` where the source
    does not have them any more, in this order.
    """
    codes = [textwrap.dedent(inspect.getsource(thing)).rstrip() for thing in objects]
    places = [f"{thing.__module__.replace('.', '/')}.py" for thing in objects]
    parts = [
        code if number and place == places[number - 1] else f"# {place}\n{code}"
        for number, (place, code) in enumerate(zip(places, codes, strict=True))
    ]
    whole = "\n\n".join(parts)
    pieces = [lines] if isinstance(lines, str) else lines
    return Source(whole, tuple(dict.fromkeys(places)), excerpt(whole, *pieces))


class NotConfirmed(AssertionError):
    """What ``confirm`` raises for a statement that does not hold."""

    def _render_traceback_(self) -> list[str]:  # one sentence, no trace
        return [str(self)]


@dataclass(frozen=True, repr=False)
class Confirmation:
    """A statement that was checked and holds. In a notebook it is a small line with a check mark."""

    statement: str

    def __repr__(self) -> str:
        return f"✓ {self.statement}"

    def _repr_html_(self) -> str:
        style = "margin: 0; font-size: 0.85em; color: var(--pst-color-text-muted, inherit)"
        return f'<p class="s2s-confirmed" style="{style}">✓ {escape(self.statement)}</p>'


def confirm(statement: str, value: Any) -> None:
    """Show that ``statement`` holds: ``value`` must be a truth value, of Python, NumPy or torch.

    Raises ``NotConfirmed`` where it is False, and ``TypeError`` for what is no truth value.
    """
    value = value.item() if hasattr(value, "item") else value
    if not isinstance(value, bool):
        raise TypeError(f"value must be True or False, got {value!r}")
    if not value:
        raise NotConfirmed(f"This does not hold here: {statement}.")
    display(Confirmation(statement))
