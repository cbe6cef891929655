"""Whether this machine can grade safely, read from the machine, and what to do where it cannot.

``read_machine`` looks, ``findings_on`` thinks: it is a function of what was read.
"""

import os
import platform
import re
import shlex
import shutil
import stat
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path

from s2s_course.grading.docker import IMAGE, build_command
from s2s_course.grading.seccomp import filter_for

NEEDED_VERSION = (0, 8)
_INSTALL = {
    "debian": "sudo apt install", "ubuntu": "sudo apt install", "fedora": "sudo dnf install",
    "rhel": "sudo dnf install", "arch": "sudo pacman -S", "suse": "sudo zypper install",
    "opensuse": "sudo zypper install",
    "alpine": "sudo apk add",
}  # fmt: skip
PROFILE = """\
abi <abi/4.0>,
include <tunables/global>

profile bwrap /usr/bin/bwrap flags=(unconfined) {
  userns,

  include if exists <local/bwrap>
}
"""
_APPARMOR = f"""\
AppArmor forbids user namespaces to programs without a profile. Write this into /etc/apparmor.d/bwrap:

{PROFILE}
Then run `sudo apparmor_parser -r /etc/apparmor.d/bwrap`."""
_CONTAINER = (
    "This is a container, which forbids namespaces. Grade on the machine itself, or start the container with "
    "`--cap-add SYS_ADMIN --security-opt seccomp=unconfined --security-opt apparmor=unconfined "
    "--security-opt systempaths=unconfined`."
)


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. ``remedy`` says what to do where it is not as it must be.

    Without ``needed`` grading goes on, and only less is limited.
    """

    name: str
    passed: bool
    remedy: str = ""
    needed: bool = True


@dataclass(frozen=True)
class Machine:
    """What was read. None stands for what is not there; ``trial`` is what bubblewrap says, if anything."""

    system: str = "Linux"
    architecture: str = "x86_64"
    distribution: str = ""
    root: bool = False
    container: bool = False
    bubblewrap: str | None = None
    setuid: bool = False
    setpriv: bool = True
    most_user_namespaces: str | None = None
    unprivileged_namespaces: str | None = None
    apparmor_restricts: str | None = None
    trial: str | None = None
    docker: bool = False
    docker_image: bool = False


def read_machine() -> Machine:
    """This machine. Nothing on it is changed."""
    program = shutil.which("bwrap")
    docker = shutil.which("docker") is not None
    return Machine(
        system=platform.system(),
        architecture=platform.machine(),
        distribution=_text("/etc/os-release") or "",
        root=hasattr(os, "geteuid") and os.geteuid() == 0,
        container=any(Path(sign).exists() for sign in ("/.dockerenv", "/run/.containerenv")),
        bubblewrap=_output([program, "--version"]) if program else None,
        setuid=bool(program) and bool(Path(program).stat().st_mode & stat.S_ISUID),
        setpriv=shutil.which("setpriv") is not None,
        most_user_namespaces=_text("/proc/sys/user/max_user_namespaces"),
        unprivileged_namespaces=_text("/proc/sys/kernel/unprivileged_userns_clone"),
        apparmor_restricts=_text("/proc/sys/kernel/apparmor_restrict_unprivileged_userns"),
        trial=_trial(program) if program else None,
        docker=docker,
        docker_image=docker
        and _output(["docker", "image", "inspect", "--format", "{{.Id}}", IMAGE]) is not None,
    )


def findings_on(machine: Machine) -> tuple[Finding, ...]:
    """What is as it must be on a machine and what is not, with a remedy, in the order in which to mend it."""
    uses_docker = machine.system != "Linux" or (machine.docker_image and not machine.bubblewrap)
    findings = _with_docker(machine) if uses_docker else _with_bubblewrap(machine)
    return tuple(replace(finding, remedy="") if finding.passed else finding for finding in findings)


def _with_docker(machine: Machine) -> list[Finding]:
    remedy = f"bubblewrap is for Linux, and this is {machine.system}: install Docker and start it."
    build = Finding("the image for Docker is there", machine.docker_image, f"Run `{_build()}`.")
    return [Finding("Docker is installed", machine.docker, remedy), build]


def _build() -> str:
    return shlex.join(build_command())


def _with_bubblewrap(machine: Machine) -> list[Finding]:
    version = _version(machine.bubblewrap)
    shown = ".".join(map(str, version)) if version else "none"
    needed = ".".join(map(str, NEEDED_VERSION))
    findings = [
        Finding("bubblewrap is installed", machine.bubblewrap is not None, _installed(machine, "bubblewrap")),
        Finding(
            f"bubblewrap is {needed} or newer",
            version >= NEEDED_VERSION,
            f"It is {shown}. Debian 12, Ubuntu 24.04 and Fedora 38 or newer have one. With Docker instead: "
            f"remove it and run `{_build()}`.",
        ),
        Finding(
            "bubblewrap needs no setuid bit",
            machine.root or not machine.setuid,
            "With that bit it cannot forbid namespaces inside: run `sudo chmod u-s $(command -v bwrap)`.",
        ),
        Finding(
            "the filter of system calls is known for this processor",
            _is_known(machine.architecture),
            f"It is known for x86_64 and aarch64, not for {machine.architecture}. Grade on another machine.",
        ),
    ]
    if machine.root:
        remedy = f"It makes the worker a user without rights. {_installed(machine, 'util-linux')}"
        findings.append(Finding("setpriv is installed", machine.setpriv, remedy))
    if machine.trial is not None:
        remedy = _why_not(machine) if machine.trial else ""
        findings.append(Finding("bubblewrap can make namespaces", not machine.trial, remedy))
    return findings[:1] if machine.bubblewrap is None else findings


def _why_not(machine: Machine) -> str:
    """What keeps bubblewrap from making namespaces, where its trial has failed."""
    if machine.container:
        return _CONTAINER
    if not machine.root:
        if machine.most_user_namespaces == "0":
            return "User namespaces are switched off: run `sudo sysctl -w user.max_user_namespaces=15000`."
        if machine.unprivileged_namespaces == "0":
            return (
                "User namespaces are for root only: run `sudo sysctl -w kernel.unprivileged_userns_clone=1`."
            )
        if machine.apparmor_restricts == "1":
            return _APPARMOR
    return f"It says: {machine.trial}"


def _installed(machine: Machine, package: str) -> str:
    values = re.findall(r"^(?:ID|ID_LIKE)=\"?([^\"\n]*)", machine.distribution, re.MULTILINE)
    words = " ".join(values).replace("-", " ").split()
    command = next((_INSTALL[word] for word in words if word in _INSTALL), None)
    return f"Run `{command} {package}`." if command else f"Install the package {package}."


def _version(text: str | None) -> tuple[int, ...]:
    match = re.search(r"(\d+)\.(\d+)(?:\.(\d+))?", text or "")
    return tuple(int(part) for part in match.groups("0")) if match else ()


def _is_known(architecture: str) -> bool:
    try:
        return bool(filter_for(architecture))
    except ValueError:
        return False


def _trial(program: str) -> str:
    """What bubblewrap says when it is to run nothing in namespaces of its own; nothing where it can."""
    namespaces = ["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts"]
    namespaces += [] if os.geteuid() == 0 else ["--unshare-user"]
    command = [program, *namespaces, "--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev", "true"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return done.stderr.strip() or f"exit code {done.returncode}" if done.returncode else ""


def _text(path: str) -> str | None:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError:
        return None


def _output(command: list[str]) -> str | None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None
