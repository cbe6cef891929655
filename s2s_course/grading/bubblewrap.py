"""The sandbox on Linux: namespaces, a read-only system and a filter of system calls, made by bubblewrap.

As an ordinary user it needs a user namespace, and none can be made inside. As root it needs none: the mounts
are made as root, and then ``setpriv`` makes the worker a user who owns nothing and has no way back, since
limits on processes do not hold for root.
"""

import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from s2s_course.grading.cgroups import Groups, find_groups
from s2s_course.grading.limits import Limits
from s2s_course.grading.seccomp import filter_for
from s2s_course.grading.staging import bound_folders, copies_within, import_folders
from s2s_course.grading.watchdog import Reply, converse

COURSE = "/course"
_NOBODY = "65534"
_FIRST_USER = 1_900_000_000  # users whom no system has; a process adds its number, below 2**22
_SYSTEM = ("bin", "sbin", "lib", "lib32", "lib64", "libx32")
_FILES = ("/etc/ld.so.cache", "/etc/localtime")
_ENVIRONMENT = {
    "HOME": "/tmp",
    "LANG": "C.UTF-8",
    "OMP_NUM_THREADS": "1",
    "PATH": "/usr/bin:/bin",
    "PYTHONDONTWRITEBYTECODE": "1",
}
_ROOT_NEEDS = ("CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP")  # until it is nobody
START = "from s2s_course.grading.worker import main; main()"


class Bubblewrap:
    """Runs jobs in a sandbox of their own each. ``staged`` is the folder with the package for the inside."""

    name = "bubblewrap"

    def __init__(self, staged: Path, *, program: str = "bwrap", groups: Groups | None = None):
        self.staged, self.program = staged, program
        self.groups = groups or find_groups()

    def run(
        self, job: bytes, limits: Limits, *, waits: Sequence[float], most_bytes: int, start: str = START
    ) -> Reply:
        """What the worker answers to ``job``: a line for each of ``waits``. ``start`` is its program."""
        with (
            self.groups.limited(limits.memory_for_all, limits.processes) as prefix,
            _filter_file() as filtered,
        ):
            command = [*prefix, *self.command(limits, filtered.fileno(), start)]
            return converse(command, job, waits=waits, most_bytes=most_bytes, descriptors=[filtered.fileno()])

    def command(self, limits: Limits, filter_descriptor: int, start: str = START) -> list[str]:
        """The command line: everything that the inside may see stands in it."""
        root = os.geteuid() == 0
        folders = bound_folders()
        return [
            self.program,
            *("--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"),
            *([] if root else ["--unshare-user", "--disable-userns", "--uid", _NOBODY, "--gid", _NOBODY]),
            *("--hostname", "sandbox", "--as-pid-1", "--die-with-parent", "--new-session"),
            *("--cap-drop", "ALL"),
            *(word for capability in _ROOT_NEEDS if root for word in ("--cap-add", capability)),
            *("--clearenv", *(word for pair in _ENVIRONMENT.items() for word in ("--setenv", *pair))),
            *_system(),
            *("--proc", "/proc", "--dev", "/dev", "--remount-ro", "/dev"),
            *("--perms", "1777", "--size", str(limits.scratch), "--tmpfs", "/tmp"),
            *_bound(folders),
            *self._masks(folders),
            *("--ro-bind", str(self.staged), COURSE),
            *("--remount-ro", "/", "--chdir", "/tmp", "--seccomp", str(filter_descriptor), "--"),
            *(_become_nobody() if root else []),
            *(sys.executable, "-I", "-c", f"import sys; {_import_path()}; {start}"),
        ]

    def _masks(self, folders: tuple[Path, ...]) -> list[str]:
        """Put the copy without references over each that holds them."""
        own = str(self.staged / "s2s_course")
        return [word for copy in copies_within(folders) for word in ("--ro-bind", own, str(copy))]


def _system() -> list[str]:
    words = ["--dir", "/etc"]
    for name in _SYSTEM:
        path = Path("/") / name
        if path.is_symlink():
            words += ["--symlink", str(path.readlink()), str(path)]
        elif path.is_dir():
            words += ["--ro-bind", str(path), str(path)]
    return words + [word for file in _FILES for word in ("--ro-bind-try", file, file)]


def _bound(folders: Sequence[Path]) -> list[str]:
    """Each where it is outside, read-only. What it lies in is made first, else only root could enter."""
    parents = sorted({parent for folder in folders for parent in folder.parents} - {Path("/")})
    words = [word for parent in parents for word in ("--dir", str(parent))]
    return words + [word for folder in folders for word in ("--ro-bind", str(folder), str(folder))]


def _become_nobody() -> list[str]:
    """Words that make a user of what follows whom no other grading process has.

    The system counts the processes of a user, wherever they are: one fork bomb would take those of all.
    """
    user = str(_FIRST_USER + os.getpid())
    return [
        shutil.which("setpriv") or "setpriv",
        *("--reuid", user, "--regid", user, "--clear-groups", "--no-new-privs"),
        *("--bounding-set=-all", "--inh-caps=-all", "--ambient-caps=-all", "--pdeathsig", "KILL"),
    ]


def _import_path() -> str:
    """Code that puts the staged package first, and last the folders that an isolated Python leaves out.

    No other finder is asked: that of an editable installation knows where the package lies outside.
    """
    folders = [str(folder) for folder in import_folders()]
    path = f"sys.path[:0] = [{COURSE!r}]; sys.path += [f for f in {folders!r} if f not in sys.path]"
    return f"{path}; sys.meta_path[:] = [f for f in sys.meta_path if f.__module__.startswith('_frozen')]"


def _filter_file() -> BinaryIO:
    """An open file with the filter, which bubblewrap reads from its descriptor."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 (it is returned)
    file.write(filter_for(platform.machine()))
    file.seek(0)
    return file
