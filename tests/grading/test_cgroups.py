"""Control groups: which ways there are to one, that it limits, and that it is taken away."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from s2s_course.grading import cgroups
from s2s_course.grading.cgroups import FolderGroups, NoGroups, SystemdGroups, find_groups, possible_groups

from . import bubblewrap

VERSION_1 = """\
tmpfs {root} tmpfs rw 0 0
cgroup {root}/memory cgroup rw,relatime,memory 0 0
cgroup {root}/pids cgroup rw,relatime,pids 0 0
cgroup2 {root}/unified cgroup2 rw,relatime 0 0
"""
VERSION_2 = "cgroup2 {root} cgroup2 rw,nosuid 0 0\n"


def made(root: Path, *folders: str) -> Path:
    for folder in folders:
        (root / folder).mkdir(parents=True)
    return root


def test_version_1_is_looked_for_from_the_own_group_upwards(tmp_path):
    root = made(tmp_path, "memory/a/b", "pids")
    found = [*possible_groups(VERSION_1.format(root=root), "3:memory:/a/b\n2:pids:/\n0::/\n")]
    parents = [[path.relative_to(root).as_posix() for path, _ in groups.settings] for groups in found[:3]]
    assert parents == [["memory/a/b", "pids"], ["memory/a", "pids"], ["memory", "pids"]]
    assert {groups.name for groups in found[:3]} == {"cgroup 1"}


def test_version_2_is_looked_for_from_the_own_group_upwards(tmp_path):
    root = made(tmp_path, "user.slice/session")
    found = [*possible_groups(VERSION_2.format(root=root), "0::/user.slice/session\n")]
    folders = [groups.settings[0][0] for groups in found if isinstance(groups, FolderGroups)]
    assert folders == [root / "user.slice/session", root / "user.slice", root]


def test_an_ordinary_user_may_ask_systemd(monkeypatch):
    monkeypatch.setattr(cgroups.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(cgroups.shutil, "which", lambda name: f"/usr/bin/{name}")
    assert [*possible_groups("", "")] == [SystemdGroups()]
    with SystemdGroups().limited(5_000, 7) as prefix:
        assert prefix[0] == "systemd-run" and "MemoryMax=5000" in prefix and "TasksMax=15" in prefix
    monkeypatch.setattr(cgroups.os, "geteuid", lambda: 0)
    assert [*possible_groups("", "")] == []


def test_limits_are_written_and_the_group_is_taken_away(tmp_path, monkeypatch):
    """On a folder that is none of the kernel's: files are made in it, and joining it is writing into one."""
    settings = (("memory.max", "{memory}"), ("[memory.swap.max]", "0"), ("pids.max", "{processes}"))
    groups = FolderGroups("cgroup 2", ((tmp_path, settings),))
    monkeypatch.setattr(cgroups, "_SECONDS_TO_REMOVE", 0.1)
    with groups.limited(1 << 20, 5) as prefix:
        (folder,) = tmp_path.iterdir()
        done = subprocess.run([*prefix, "sh", "-c", "echo $$ $JOIN"], capture_output=True, text=True)
        assert (folder / "memory.max").read_text() == "1048576" and (folder / "pids.max").read_text() == "13"
        assert not (folder / "memory.swap.max").exists()
        assert (folder / "cgroup.procs").read_text() == done.stdout
        (folder / "cgroup.procs").write_text("")
        for file in folder.iterdir():  # the kernel's vanish with their folder
            file.unlink()
    assert [*tmp_path.iterdir()] == []


def test_groups_of_a_host_that_was_killed_are_taken_away_by_the_next(tmp_path):
    if not bubblewrap.is_linux():
        pytest.skip("control groups are Linux's")
    dead = subprocess.Popen(["true"])
    dead.wait()
    made(tmp_path, f"s2s-grading-{dead.pid}-0", f"s2s-grading-{os.getpid()}-x", "other")
    with FolderGroups("cgroup 2", ((tmp_path, ()),)).limited(1, 1):
        names = {folder.name for folder in tmp_path.iterdir()}
    assert names >= {f"s2s-grading-{os.getpid()}-x", "other"}
    assert f"s2s-grading-{dead.pid}-0" not in names


def test_a_way_that_fails_is_not_taken(tmp_path, monkeypatch):
    refused = FolderGroups("cgroup 2", ((tmp_path / "nowhere", ()),))
    monkeypatch.setattr(cgroups, "possible_groups", lambda mounts, own: iter([refused]))
    if bubblewrap.is_linux():
        assert find_groups() == NoGroups()
    with NoGroups().limited(1, 1) as prefix:
        assert prefix == []


@pytest.fixture(scope="module")
def groups():
    if not bubblewrap.is_linux():
        pytest.skip("control groups are Linux's")
    found = find_groups()
    if isinstance(found, NoGroups):
        pytest.skip("this user gets no control groups here")
    return found


def limited(groups, code: str, memory: int = 200 << 20, processes: int = 8) -> subprocess.CompletedProcess:
    with groups.limited(memory, processes) as prefix:
        return subprocess.run([*prefix, sys.executable, "-c", code], capture_output=True, text=True)


def test_memory_of_all_processes_is_limited_together(groups):
    code = "import os, time\nif os.fork(): print(os.waitstatus_to_exitcode(os.wait()[1]))\nelse: {}"
    take = "x = [b'1' * (60 << 20) + bytes([i]) for i in range(SIZE)]"
    assert limited(groups, code.format(take.replace("SIZE", "1"))).stdout == "0\n"
    assert limited(groups, code.format(take.replace("SIZE", "8"))).stdout != "0\n"


def test_the_number_of_processes_is_limited(groups):
    code = (
        "import os, time\nmade = 0\n"
        "try:\n"
        "    while made < 100:\n"
        "        if not os.fork(): os.closerange(0, 3); time.sleep(60); os._exit(0)\n"
        "        made += 1\n"
        "except OSError: pass\n"
        "print(made)"
    )
    assert 4 <= int(limited(groups, code).stdout) <= 16


def test_what_is_left_in_a_group_is_killed_with_it(groups):
    code = (
        "import os, subprocess, sys\n"
        "sleep = subprocess.Popen(['sleep', '1000'], start_new_session=True, stdout=-3, stderr=-3)\n"
        "print(sleep.pid)"
    )
    number = limited(groups, code).stdout.strip()
    if isinstance(groups, FolderGroups):
        assert not Path(f"/proc/{number}").exists() or "Z" in Path(f"/proc/{number}/stat").read_text()
        assert not [
            f for parent, _ in groups.settings for f in parent.glob("s2s-grading-*") if f.name.endswith("x")
        ]
