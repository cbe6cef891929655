"""A training on a small disk of its own, which is full for a while and then read-only.

Run as a program where folders can be mounted and nobody else sees them (``unshare --mount``), with the folder
to mount it on. What is asserted here is what the test claims.
"""

import errno
import subprocess
import sys
from pathlib import Path

from s2s_course.training.run import Run
from s2s_course.training.run_files import read_newest

from .small_run import same, train


def mount(*options):
    subprocess.run(["mount", *options], check=True)


def refused(number, *, run):
    """An error of the system with this number, which names a file, and the step that can still be read."""
    try:
        train(run)
    except OSError as error:
        assert error.errno == number and str(run) in str(error.filename), error
        return read_newest(run)[0].generation.step
    raise AssertionError("there was no error")


def main(disk):
    mount("-t", "tmpfs", "-o", "size=400k", "tmpfs", str(disk))
    run = disk / "run"
    train(run, stop=7)
    # all but a page, so that who writes can be noted, and no state
    with (disk / "other").open("wb", buffering=0) as other:
        try:
            while other.write(bytes(4096)):
                pass
        except OSError as error:
            assert error.errno == errno.ENOSPC
        assert refused(errno.ENOSPC, run=run) == 7, "nor can it be noted who writes"
        other.truncate(other.tell() - 4096)
    assert refused(errno.ENOSPC, run=run) == 7
    assert not list(run.glob(".*")), "half-written files"
    mount("-o", "remount,ro", str(disk))
    assert refused(errno.EROFS, run=run) == 7
    mount("-o", "remount,rw", str(disk))
    (disk / "other").unlink()
    assert same(train(Run(run, seconds=0.0)), train())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
    print("as if nothing had been")
