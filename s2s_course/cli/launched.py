"""What is different where a launcher (``accelerate launch``) started several processes with one command.

The launcher numbers them in the environment. When one of them ends with an error, it ends the others of its
machine; and in those that still wait for it, what they exchange numbers with fails.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path

_PATIENCE = 10  # seconds: to end takes a process a few, and the launcher looks every tenth of one
# How torch says that a process is gone with which this one exchanges numbers.
_GONE = ("closed by peer", "reset by peer", "remote process exited", "broken pipe")


def is_launched() -> bool:
    """Whether this is one of several processes."""
    return int(os.environ.get("WORLD_SIZE", "1")) > 1


@contextmanager
def only_the_first_speaks() -> Iterator[None]:
    """Inside the block what the other processes print goes nowhere."""
    if not is_launched() or os.environ["RANK"] == "0":
        yield
        return
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere), redirect_stderr(nowhere):
        yield


def let_others_speak(error: Exception) -> None:
    """Wait a while where another process may have the same to say of ``error``, or more.

    The launcher then ends this one before it says anything. So one error is told once: by the process that
    met it and, where all did, by the first of the machine.
    """
    if is_launched() and (os.environ["LOCAL_RANK"] != "0" or is_of_another(error)):
        time.sleep(_PATIENCE)


def is_of_another(error: Exception) -> bool:
    """Whether ``error`` says that another process has ended."""
    text = str(error).lower()
    return is_launched() and isinstance(error, RuntimeError) and any(sign in text for sign in _GONE)
