"""Find bubblewrap for the tests of the sandbox, or, run as a program, see to it that there is one.

``python tests/grading/bubblewrap.py`` prints its path. With none on a Linux machine it installs one with the
system's package manager where that can be done without asking for a password. Other systems have none.
"""

import os
import platform
import shutil
import subprocess
import sys

NO_BUBBLEWRAP = (
    "no bubblewrap found for the tests of grading: install the package bubblewrap; "
    "`s2s doctor` says what else a sandbox needs"
)
INSTALLERS = {
    "apt-get": ["sh", "-c", "apt-get update && apt-get install -y bubblewrap"],
    "dnf": ["dnf", "install", "-y", "bubblewrap"],
    "apk": ["apk", "add", "bubblewrap"],
    "pacman": ["pacman", "-Sy", "--noconfirm", "bubblewrap"],
    "zypper": ["zypper", "--non-interactive", "install", "bubblewrap"],
}


def is_linux() -> bool:
    return platform.system() == "Linux"


def is_root() -> bool:
    return os.geteuid() == 0


def find() -> str | None:
    return shutil.which("bwrap")


def main() -> None:
    if not is_linux():
        print("the tests of the sandbox are for Linux", file=sys.stderr)
        return
    for program, command in INSTALLERS.items() if is_root() else ():
        if find():
            break
        if shutil.which(program):
            print("installing bubblewrap:", *command, file=sys.stderr)
            subprocess.run(command, stdout=sys.stderr)
    # Without it the tests that need it fail with the same sentence, and all others still run.
    print(find() or NO_BUBBLEWRAP)


if __name__ == "__main__":
    main()
