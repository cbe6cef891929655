"""What is said of machines that are played, and of this one."""

import shutil
from dataclasses import replace

import pytest

from s2s_course.grading.findings import PROFILE, Machine, findings_on, read_machine

from . import bubblewrap

DEBIAN = 'PRETTY_NAME="Debian"\nID=debian\n'
GOOD = Machine(distribution=DEBIAN, bubblewrap="bubblewrap 0.8.0", trial="")
NO_NAMESPACES = "bwrap: No permissions to create new namespace"


def remedies(machine: Machine) -> list[str]:
    return [finding.remedy for finding in findings_on(machine) if finding.needed and not finding.passed]


def remedy(**played) -> str:
    """The one remedy for a good machine but for what is played."""
    (only,) = remedies(replace(GOOD, **played))
    return only


def test_nothing_is_wanting_on_a_good_machine():
    assert remedies(GOOD) == remedies(replace(GOOD, root=True)) == []
    assert not any(finding.remedy for finding in findings_on(GOOD))
    assert remedies(replace(GOOD, architecture="aarch64", bubblewrap="bubblewrap 0.11.0")) == []


@pytest.mark.parametrize(
    ("distribution", "line"),
    [
        (DEBIAN, "Run `sudo apt install bubblewrap`."),
        ('ID=linuxmint\nID_LIKE="ubuntu debian"', "Run `sudo apt install bubblewrap`."),
        ("ID=fedora", "Run `sudo dnf install bubblewrap`."),
        ('ID="rocky"\nID_LIKE="rhel centos fedora"', "Run `sudo dnf install bubblewrap`."),
        ('ID="opensuse-leap"', "Run `sudo zypper install bubblewrap`."),
        ("ID=arch", "Run `sudo pacman -S bubblewrap`."),
        ("ID=unheard", "Install the package bubblewrap."),
        ("", "Install the package bubblewrap."),
    ],
)
def test_the_package_is_named_with_the_command_of_the_system(distribution, line):
    assert remedy(bubblewrap=None, trial=None, distribution=distribution) == line


@pytest.mark.parametrize(
    ("version", "ok"),
    [
        ("0.8.0", True),
        ("0.8", True),
        ("0.11.0", True),
        ("1.0.0", True),
        ("0.6.1", False),
        ("0.4.1", False),
        ("?", False),
    ],
)
def test_an_old_bubblewrap_is_refused(version, ok):
    assert (remedies(replace(GOOD, bubblewrap=f"bubblewrap {version}")) == []) == ok
    if version == "0.6.1":
        assert "It is 0.6.1. Debian 12, Ubuntu 24.04" in remedy(bubblewrap="bubblewrap 0.6.1")


def test_the_profile_for_apparmor_is_written_out():
    told = remedy(trial=NO_NAMESPACES, apparmor_restricts="1")
    assert "/etc/apparmor.d/bwrap" in told and PROFILE in told and "apparmor_parser -r" in told
    assert "profile bwrap /usr/bin/bwrap flags=(unconfined) {\n  userns," in PROFILE


@pytest.mark.parametrize(
    ("played", "words"),
    [
        ({"trial": NO_NAMESPACES, "most_user_namespaces": "0"}, "sysctl -w user.max_user_namespaces="),
        (
            {"trial": NO_NAMESPACES, "unprivileged_namespaces": "0"},
            "sysctl -w kernel.unprivileged_userns_clone=1",
        ),
        ({"trial": NO_NAMESPACES, "container": True}, "This is a container"),
        ({"trial": NO_NAMESPACES, "container": True, "root": True}, "--cap-add SYS_ADMIN"),
        ({"trial": NO_NAMESPACES, "root": True, "most_user_namespaces": "0"}, f"It says: {NO_NAMESPACES}"),
        ({"trial": "bwrap: odd"}, "It says: bwrap: odd"),
        ({"setuid": True}, "chmod u-s"),
        ({"root": True, "setpriv": False}, "sudo apt install util-linux"),
        ({"architecture": "riscv64"}, "not for riscv64"),
    ],
)
def test_each_hindrance_has_its_remedy(played, words):
    assert words in remedy(**played)


def test_what_is_no_hindrance_is_not_told():
    assert remedies(replace(GOOD, apparmor_restricts="1", container=True, most_user_namespaces="0")) == []
    assert remedies(replace(GOOD, root=True, setuid=True)) == []


def test_other_systems_take_docker():
    mac = Machine(system="Darwin", architecture="arm64")
    first, second = remedies(mac)
    assert "this is Darwin: install Docker" in first and second.startswith("Run `docker build ")
    (only,) = remedies(replace(mac, docker=True))
    assert "--tag s2s-course-grading:" in only
    assert remedies(replace(mac, docker=True, docker_image=True)) == []
    assert remedies(replace(GOOD, bubblewrap=None, trial=None, docker=True, docker_image=True)) == []


def test_this_machine_can_be_read():
    machine = read_machine()
    assert (machine.bubblewrap is not None) == (shutil.which("bwrap") is not None)
    if bubblewrap.is_linux() and machine.bubblewrap:
        assert machine.bubblewrap.startswith("bubblewrap ") and machine.trial is not None
        assert "ID=" in machine.distribution
