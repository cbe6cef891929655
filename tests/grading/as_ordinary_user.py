"""Python as a user who owns nothing, where these tests are run by root.

A Python below root's home cannot be read by others. So a mount namespace is made in which the folders above
it can be entered, and everything else is where it is; bubblewrap runs inside bubblewrap then.
"""

import sys
from pathlib import Path

from s2s_course.grading.staging import PACKAGE, python_folders

USER = "61234"
ROOT = PACKAGE.parent


def command(*arguments: str) -> list[str]:
    """``python *arguments`` as that user, with this repository to import from."""
    folders = [*(f for f in python_folders() if Path("/usr") not in (f, *f.parents)), ROOT]
    folders = [folder for folder in folders if not any(other in folder.parents for other in folders)]
    parents = sorted({parent for folder in folders for parent in folder.parents} - {Path("/")})
    words = ["bwrap", "--ro-bind", "/usr", "/usr", "--ro-bind", "/etc", "/etc", "--die-with-parent"]
    for name in ("bin", "sbin", "lib", "lib64"):
        words += ["--symlink", f"usr/{name}", f"/{name}"]
    words += ["--dev-bind", "/proc", "/proc", "--dev-bind", "/dev", "/dev", "--ro-bind", "/sys", "/sys"]
    words += ["--perms", "1777", "--tmpfs", "/tmp"]
    words += [word for parent in parents if parent != Path("/tmp") for word in ("--dir", str(parent))]
    words += [word for folder in folders for word in ("--ro-bind", str(folder), str(folder))]
    words += ["--chdir", str(ROOT), "setpriv", "--reuid", USER, "--regid", USER, "--clear-groups"]
    words += ["--inh-caps=-all", "--ambient-caps=-all", "env", "HOME=/tmp", f"PYTHONPATH={ROOT}"]
    return [*words, sys.executable, *arguments]
