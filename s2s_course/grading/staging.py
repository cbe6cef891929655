"""The package as it is inside the sandbox: what answers need to run, and no reference.

It is a copy, so that nothing has to be hidden that was never there. An import of what is left out fails,
which costs an answer nothing unless it uses it; ``s2s_course.exercises`` has functions that do nothing.
"""

import shutil
import site
import sys
import sysconfig
from pathlib import Path

PACKAGE = Path(__file__).parents[1]
_LEFT_OUT = ("claims", "cli", "chapters.py", "exercises", "grading", "sphinx_ext", "__main__.py")
_ENGINE = (
    "__init__.py", "attempt.py", "crash.py", "limits.py", "outcome.py", "random_map.py", "second_process.py",
    "template.py",
)  # fmt: skip
_SYSTEM = (
    "bin", "sbin", "lib", "lib32", "lib64", "libx32", "libexec", "share",
    "local/bin", "local/sbin", "local/lib", "local/lib64",
)  # fmt: skip
_GRADING = ("__init__.py", "limits.py", "program.py", "wire.py", "wire_attempt.py", "worker.py")
_STUB = '''"""Stand-ins: where answers are graded, a call of these does nothing."""


def check(*arguments, **named):
    return None


quiz = progress = run_project = all_exercises = check
'''


def stage(folder: Path) -> Path:
    """Put the copy into ``folder``; the path of the package in it."""
    target = folder / "s2s_course"
    hidden = shutil.ignore_patterns("__pycache__")

    def left_out(where: str, names: list[str]) -> set[str]:
        return hidden(where, names) | (set(_LEFT_OUT) if Path(where) == PACKAGE else set())

    shutil.copytree(PACKAGE, target, ignore=left_out)
    for source, names in (("exercises/engine", _ENGINE), ("grading", _GRADING)):
        (target / source).mkdir(parents=True)
        for name in names:
            shutil.copy(PACKAGE / source / name, target / source / name)
    (target / "exercises" / "__init__.py").write_text(_STUB, encoding="utf-8")
    for path in (folder, target, *target.rglob("*")):  # read by a user who is nobody
        path.chmod(0o755 if path.is_dir() else 0o644)
    return target


def import_folders() -> tuple[Path, ...]:
    """Where Python finds installed packages here, such as torch; inside they are the same."""
    folders = [sysconfig.get_path(name) for name in ("purelib", "platlib")]
    folders += [*site.getsitepackages(), site.getusersitepackages()]
    found = (Path(folder) for folder in dict.fromkeys(folders))
    return tuple(folder for folder in found if str(folder) in sys.path and folder.is_dir())


def python_folders() -> tuple[Path, ...]:
    """All folders without which this Python does not run: its own, its environment's, and of its packages.

    No folder is named that lies in another one.
    """
    executable = Path(sys.executable).resolve()
    own = {Path(sys.base_prefix), Path(sys.base_exec_prefix), Path(sys.prefix), executable.parents[1]}
    folders = {folder.resolve() for folder in own} | own | set(import_folders())
    return tuple(sorted(f for f in folders if not any(other in f.parents for other in folders)))


def bound_folders() -> tuple[Path, ...]:
    """What of this machine is seen inside: the system's programs and libraries, and this Python.

    Not the whole of ``/usr``, where somebody may work in ``/usr/src``.
    """
    system = tuple(folder for name in _SYSTEM if (folder := Path("/usr") / name).is_dir())
    wholes = {Path("/usr"), Path("/usr/local")}
    others = (f for f in python_folders() if f not in wholes and not {f, *f.parents} & set(system))
    return (*system, *others)


def copies_within(folders: tuple[Path, ...]) -> tuple[Path, ...]:
    """Every installed copy of the course that is seen where ``folders`` are; references stand in it."""
    seen = {PACKAGE, *(folder / "s2s_course" for folder in import_folders())}
    return tuple(
        sorted(
            copy
            for copy in seen
            if copy.is_dir() and any(folder in (copy, *copy.parents) for folder in folders)
        )
    )
