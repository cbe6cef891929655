"""Every chapter in the full Colab twin, as ``make twin`` runs it: with Colab's Python and Colab's torch.

Debian's trixie has that Python. It is unpacked by debootstrap into a folder, which a chapter's kernel sees as
the root of all files; nothing of it is left mounted. This needs Linux, root and 6 GB; the first time it loads
2.7 GB. Environment variables of pip such as ``PIP_EXTRA_INDEX_URL`` hold there too.
"""

import os
import shutil
import subprocess
import tempfile

import nbformat
import pytest
from colab_versions import ADDED, COLAB

from s2s_course.chapters import ROOT, chapter_paths, execute, stabilize

from . import colab_twin
from .comparison import unstable_outputs
from .conftest import fresh

FOLDER = ROOT / ".venv-colab-full"
DEBIAN, TWIN = FOLDER / "debian", FOLDER / "twin"
OUTSIDE = (str(TWIN), tempfile.gettempdir())  # folders that are the same in there and out here
ENTER = """
for place in /proc /dev /etc/ssl/certs /etc/resolv.conf {}; do mount --rbind $place "$0$place"; done
exec chroot "$0" sh -c 'cd "$0" && exec "$@"' "$PWD" "$@"
""".format(" ".join(f"'{place}'" for place in OUTSIDE))


def inside(*command: str) -> tuple[str, ...]:
    """The command that runs ``command`` in Debian, in the folder at hand."""
    return ("unshare", "--mount", "sh", "-euc", ENTER, str(DEBIAN), *command)


FULL = colab_twin.Environment(inside(f"{TWIN}/bin/python"), TWIN / "lib" / "python3.13" / "site-packages")


def make_full() -> None:
    """Debian and in it an environment with Colab's versions, made once and kept; the course is not in it."""
    if not shutil.which("debootstrap") or os.geteuid():
        pytest.exit("make twin needs root and debootstrap (apt-get install debootstrap)", returncode=2)
    if not (DEBIAN / "made").is_file():
        shutil.rmtree(DEBIAN, ignore_errors=True)
        packages = "python3.13,python3.13-venv,ca-certificates"
        command = ["debootstrap", "--variant=minbase", f"--include={packages}", "trixie", str(DEBIAN)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        (DEBIAN / "made").touch()
    for place in OUTSIDE:
        (DEBIAN / place.lstrip("/")).mkdir(parents=True, exist_ok=True)
    pins = colab_twin.constraints(COLAB)
    if not FULL.is_filled(pins):
        shutil.rmtree(TWIN, ignore_errors=True)
        TWIN.mkdir()
        subprocess.run(inside("python3.13", "-m", "venv", str(TWIN)), check=True)
    FULL.fill(pins)


@pytest.fixture(scope="module")
def full_twin(tmp_path_factory) -> colab_twin.Installation:
    folder = tmp_path_factory.mktemp("full")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_RUNTIME_DIR", str(folder))  # where it is found from in there
        patch.setenv("PIP_NO_CACHE_DIR", "1")
        make_full()
        yield colab_twin.run_setup(FULL, folder)


def test_it_has_colab_s_python_and_torch(full_twin):
    code = "import sys, torch; print(*sys.version_info[:2], torch.__version__)"
    said = subprocess.run([*FULL.python, "-c", code], check=True, capture_output=True, text=True).stdout
    assert said.startswith(f"3 13 {COLAB['torch']}")


def test_the_setup_cell_replaces_nothing(full_twin):
    before, after = set(full_twin.before), set(full_twin.after)
    assert before <= after, f"replaced or removed: {before - after}"
    assert {package.split("==")[0] for package in after - before} == ADDED
    assert set(full_twin.complaints_after) <= set(full_twin.complaints_before)
    assert full_twin.seconds_again < 1


@pytest.mark.parametrize("path", chapter_paths(), ids=lambda path: path.stem)
def test_a_chapter_runs_and_shows_what_is_stored(path, full_twin, tmp_path):
    notebook = fresh(path)
    execute(notebook, kernel=colab_twin.KERNEL, folder=tmp_path)
    stabilize(notebook, path.stem)
    other = unstable_outputs(nbformat.read(path, as_version=4), notebook, trained=False)
    assert not other, "\n\n".join(other)
    assert sorted(FULL.packages()) == full_twin.after
