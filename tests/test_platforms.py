"""Every module of the course can be imported where POSIX is missing, as on Windows."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent

# Other packages know their platform; so the course alone is refused what Windows has not.
PROGRAM = """
import builtins, importlib, os, signal, sys, types
from pathlib import Path

MODULES = "fcntl grp pwd resource termios tty pty".split()
ATTRIBUTES = {
    signal: "SIGALRM SIGKILL SIGHUP SIGQUIT SIGPIPE SIGUSR1 ITIMER_REAL setitimer alarm pthread_kill".split(),
    os: "fork sysconf getuid geteuid getpgid killpg setsid statvfs getloadavg sched_getaffinity".split(),
}
MISSING = {(module, name) for module, names in ATTRIBUTES.items() for name in names}
usual_import = builtins.__import__

def of_the_course(globals):
    return (globals or {}).get("__name__", "").startswith("s2s_course")

def without_posix(module):
    copy = types.ModuleType(module.__name__)
    there = {name: value for name, value in vars(module).items() if (module, name) not in MISSING}
    copy.__dict__.update(there)
    return copy

def import_as_on_windows(name, globals=None, locals=None, fromlist=(), level=0):
    if not of_the_course(globals):
        return usual_import(name, globals, locals, fromlist, level)
    if name in MODULES:
        raise ModuleNotFoundError(f"No module named {name!r}")
    if name == "msvcrt":
        return types.ModuleType(name)
    module = usual_import(name, globals, locals, fromlist, level)
    return without_posix(module) if module in ATTRIBUTES else module

INSIDE = "s2s_course.grading.worker"  # runs in the sandbox, which is Linux, and is imported by nobody else

builtins.__import__ = import_as_on_windows
root = Path(sys.argv[1])
for path in sorted(root.rglob("*.py")):
    name = ".".join(path.relative_to(root.parent).with_suffix("").parts).removesuffix(".__init__")
    if path.stem != "__main__" and name != INSIDE:
        importlib.import_module(name)
from s2s_course.exercises.engine.limits import can_interrupt
assert INSIDE not in sys.modules
print(can_interrupt())
"""


def import_all(package: Path) -> subprocess.CompletedProcess:
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(filter(None, [str(package.parent), *sys.path])),
    }
    command = [sys.executable, "-c", PROGRAM, str(package)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_every_module_can_be_imported_without_posix():
    done = import_all(ROOT / "s2s_course")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "False", "the alarm should have been missing"


def test_an_import_that_windows_has_not_would_be_found(tmp_path):
    for i, line in enumerate(["import fcntl", "from os import fork", "import signal; signal.SIGALRM"]):
        package = tmp_path / str(i) / "s2s_course"
        package.mkdir(parents=True)
        (package / "__init__.py").touch()
        (package / "on_posix.py").write_text(line)
        done = import_all(package)
        assert done.returncode == 1 and done.stderr.splitlines()[-1].split(":")[0] in (
            "ModuleNotFoundError",
            "ImportError",
            "AttributeError",
        )
