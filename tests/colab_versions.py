"""What Colab has: its published list of packages, kept in ``colab.txt``, and what installing the course adds.

``make colab-list FILE=pip-freeze.gpu.txt COMMIT=… DATE=…`` takes a newer list, from googlecolab/backend-info.
The jobs that build on it: test_packaging, and the twins in book/colab_twin.py and book/full_twin.py.
"""

import importlib.metadata
import re
import sys
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

FILE = Path(__file__).parent / "colab.txt"


def versions(text: str) -> dict[str, str]:
    """Packages and versions, from lines ``name==version`` of a list; where it was built is left out."""
    lines = re.findall(r"^([\w.-]+)==([\w.!-]+)", text, re.MULTILINE)
    return {canonicalize_name(name): version for name, version in lines}


COLAB = versions(FILE.read_text(encoding="utf-8"))

# What installing the course adds there. Its own needs are small and pure Python; jedi is what Colab's IPython
# asks for and Colab took away: pip puts it back with the first package that needs IPython.
ADDED = {"s2s-course", "sacrebleu", "portalocker", "colorama", "jaxtyping", "wadler-lindig", "jedi"}


def needed(distribution: str) -> list[Requirement]:
    """What ``distribution`` requires at run time on Colab (Linux, Python 3.13, no extras)."""
    environment = {"python_version": "3.13", "python_full_version": "3.13.0", "sys_platform": "linux"}
    environment |= {"platform_system": "Linux", "os_name": "posix", "extra": ""}
    requirements = map(Requirement, importlib.metadata.requires(distribution) or [])
    return [r for r in requirements if r.marker is None or r.marker.evaluate(environment)]


def take(published: str, commit: str, date: str) -> str:
    """What ``colab.txt`` is to hold, from a published list, without packages that come from an address."""
    lines = [line for line in published.splitlines() if versions(line)]
    if not lines:
        raise ValueError("the list has no line such as numpy==2.1.3")
    source = f"pip-freeze.gpu.txt of googlecolab/backend-info, commit {commit} of {date}"
    return "\n".join([f"# Colab's packages: {source}. Taken by `make colab-list`.", *lines, ""])


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit("usage: make colab-list FILE=pip-freeze.gpu.txt COMMIT=a724079 DATE=2026-08-19")
    FILE.write_text(take(Path(sys.argv[1]).read_text(encoding="utf-8"), *sys.argv[2:]), encoding="utf-8")
