"""Versions of the package: which commit one belongs to, and a copy of an older one."""

import io
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

from s2s_course.claims.dependencies import PACKAGE


class TreeError(ValueError):
    """A version of the package that cannot be had; the message says which and why."""


def commit_of(package: Path = PACKAGE) -> str:
    """The commit of the code in ``package``: ``13bcc01``, or ``13bcc01 and changes`` where files differ.

    Empty outside of git. Stored results are not code.
    """
    try:
        if not _git(package, "ls-files", "__init__.py"):
            return ""
        commit = _git(package, "rev-parse", "--short=7", "HEAD").decode().strip()
        changes = _git(package, "status", "--porcelain", "--", ".", ":(exclude)claims/results")
    except TreeError:
        return ""
    return f"{commit} and changes" if changes else commit


@contextmanager
def tree(source: str) -> Iterator[tuple[Path, str]]:
    """A folder that holds the package as it was at ``source``, and its commit as ``commit_of`` gives it.

    ``source`` is a folder, or a commit of the repository that this package stands in, of which a copy is made
    for the length of the block. Raises ``TreeError`` where there is no such version.
    """
    folder = Path(source)
    if folder.is_dir():
        package = folder.resolve() / PACKAGE.name
        if not (package / "claims" / "registry.py").is_file():
            raise TreeError(f"the older version must be a folder with {PACKAGE.name} in it, got {source}")
        yield package.parent, commit_of(package)
        return
    _git(PACKAGE, "rev-parse", "--is-inside-work-tree")
    try:
        commit = _git(PACKAGE, "rev-parse", "--verify", "--short=7", f"{source}^{{commit}}").decode().strip()
        archive = _git(PACKAGE.parent, "archive", "--format=zip", commit, "--", PACKAGE.name)
    except TreeError:
        raise TreeError(
            f"the older version must be a folder or a commit that has {PACKAGE.name}, got {source}"
        ) from None
    with TemporaryDirectory(prefix="s2s-tree-") as copy, ZipFile(io.BytesIO(archive)) as files:
        files.extractall(copy)
        yield Path(copy), commit


def _git(folder: Path, *arguments: str) -> bytes:
    """What git answers in ``folder``."""
    try:
        answer = subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True)
    except FileNotFoundError:
        raise TreeError("git is not installed, and a commit needs it: name a folder with --from") from None
    if answer.returncode:
        raise TreeError(f"{folder} is not in a git repository: name a folder with --from")
    return answer.stdout
