"""Limits on memory and processes for the worker and all below it together, by control groups of Linux.

A limit of a process holds for that process alone: sixty children with 2 GB each have 120. A control group
counts them as one. Which way leads to one differs between machines, so each is tried with a command that
does nothing, and the first that works is taken; where none does, the limits of processes remain.
"""

import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Protocol, runtime_checkable

_JOIN = 'for file in $JOIN; do echo $$ > "$file" || exit 125; done; unset JOIN; exec "$@"'
_PREFIX = "s2s-grading-"
_MORE = 8  # processes beside those that are counted: the worker, and bubblewrap outside
_SECONDS_TO_REMOVE = 5.0
_TRIED_WITH = (1 << 30, 16)
_numbers = count()


@runtime_checkable
class Groups(Protocol):
    """A way to limit a tree of processes. ``name`` is for people."""

    name: str

    def limited(self, memory: int, processes: int) -> Iterator[list[str]]:
        """Words before a command; then it has, with its tree, at most ``memory`` bytes and ``processes``."""


@dataclass(frozen=True)
class NoGroups:
    """No control group: limits hold for each process alone."""

    name: str = "none"

    @contextmanager
    def limited(self, memory: int, processes: int) -> Iterator[list[str]]:
        yield []


@dataclass(frozen=True)
class SystemdGroups:
    """The user's own systemd makes a scope and takes it away."""

    name: str = "systemd"

    @contextmanager
    def limited(self, memory: int, processes: int) -> Iterator[list[str]]:
        properties = (f"MemoryMax={memory}", "MemorySwapMax=0", f"TasksMax={processes + _MORE}")
        words = [word for each in properties for word in ("--property", each)]
        yield ["systemd-run", "--user", "--scope", "--quiet", "--collect", *words, "--"]


@dataclass(frozen=True)
class FolderGroups:
    """Folders below ``/sys/fs/cgroup``: one of version 2, or two of version 1.

    ``settings`` says for each parent folder which of its files get which text, with ``{memory}`` and
    ``{processes}`` in it; a file in brackets need not be there.
    """

    name: str
    settings: tuple[tuple[Path, tuple[tuple[str, str], ...]], ...]

    @contextmanager
    def limited(self, memory: int, processes: int) -> Iterator[list[str]]:
        folders = []
        try:
            for parent, files in self.settings:
                _sweep(parent)
                folder = parent / f"{_PREFIX}{os.getpid()}-{next(_numbers)}"
                folder.mkdir()
                folders.append(folder)
                for name, text in files:
                    file = folder / name.strip("[]")
                    if file.exists() or not name.startswith("["):
                        file.write_text(text.format(memory=memory, processes=processes + _MORE))
            join = " ".join(str(folder / "cgroup.procs") for folder in folders)
            yield ["env", f"JOIN={join}", "sh", "-c", _JOIN, "sh"]
        finally:
            for folder in folders:
                _remove(folder)


_V2 = (("memory.max", "{memory}"), ("[memory.swap.max]", "0"), ("pids.max", "{processes}"))
_V1_MEMORY = (
    ("memory.limit_in_bytes", "{memory}"),
    ("[memory.memsw.limit_in_bytes]", "{memory}"),
)
_V1_PROCESSES = (("pids.max", "{processes}"),)


def find_groups() -> Groups:
    """The first way that works here."""
    mounts, own = Path("/proc/mounts").read_text(), Path("/proc/self/cgroup").read_text()
    for groups in possible_groups(mounts, own):
        if _works(groups):
            return groups
    return NoGroups()


def possible_groups(mounts: str, own: str) -> Iterator[Groups]:
    """The ways to try, given the texts of ``/proc/mounts`` and ``/proc/self/cgroup``."""
    where = {
        path: line.split(":", 2)[2] for line in own.splitlines() for path in line.split(":", 2)[1].split(",")
    }
    roots = {}
    for line in mounts.splitlines():
        _, point, kind, options, *_ = line.split()
        if kind == "cgroup2":
            roots[""] = Path(point)
        elif kind == "cgroup":
            roots |= {option: Path(point) for option in options.split(",") if option in ("memory", "pids")}
    if "" in roots and "" in where and "memory" not in roots:
        for folder in _upwards(roots[""], where[""]):
            yield FolderGroups("cgroup 2", ((folder, _V2),))
    if {"memory", "pids"} <= set(roots) & set(where):
        for memory in _upwards(roots["memory"], where["memory"]):
            for pids in _upwards(roots["pids"], where["pids"]):
                yield FolderGroups("cgroup 1", ((memory, _V1_MEMORY), (pids, _V1_PROCESSES)))
    if shutil.which("systemd-run") and os.geteuid() != 0:
        yield SystemdGroups()


def _upwards(root: Path, own: str) -> Iterator[Path]:
    """The folder of the group that this process is in, and those above it."""
    folder = root / own.strip("/")
    while folder != root.parent:
        if ".." not in folder.parts and folder.is_dir() and os.access(folder, os.W_OK):
            yield folder
        folder = folder.parent


def _works(groups: Groups) -> bool:
    try:
        with groups.limited(*_TRIED_WITH) as prefix:
            done = subprocess.run([*prefix, "true"], capture_output=True, timeout=20)
            return done.returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _sweep(parent: Path) -> None:
    """Take away the empty groups of processes that were killed, and so could not do it themselves."""
    for folder in parent.glob(f"{_PREFIX}*-*"):
        owner = folder.name.removeprefix(_PREFIX).partition("-")[0]
        if not Path(f"/proc/{owner}").exists():
            with suppress(OSError):
                folder.rmdir()


def _remove(folder: Path) -> None:
    """Kill what is left in a group, and take it away."""
    until = time.monotonic() + _SECONDS_TO_REMOVE
    while folder.exists() and time.monotonic() < until:
        with suppress(OSError):
            for number in re.findall(r"\d+", (folder / "cgroup.procs").read_text()):
                os.kill(int(number), 9)
        with suppress(OSError):
            folder.rmdir()
            return
        time.sleep(0.01)
