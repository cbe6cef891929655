"""What a command can meet that is no fault of the course, and the one line that says it.

======================================== ========================================================== ====
what                                     where it comes from                                        code
======================================== ========================================================== ====
a usage error of typer                   every command: an option or value that it does not know    2
``UsageError``                           every command: what a value may be (``check_values``), and 2
                                         what does not go together
``ValueError``, ``OverflowError``        every command: arguments that the package refuses; text    2
                                         that is not UTF-8
``OSError``                              every command: no permission, a folder for a file, a name  2
                                         that is too long, a full disk, a file too large
``CorpusError``                          ``train``, ``evaluate``: a corpus that cannot be had       2
``CheckpointError``                      ``translate``, ``evaluate``: a checkpoint that is damaged  2
``RunError``                             ``train``: a run that was begun otherwise, is damaged, or  2
                                         has another writer
``SandboxError``                         ``grade``: no sandbox for students' code, or one that does 2
                                         not hold
``FloatingPointError``                   ``train``: numbers that are no longer finite               2
no memory, on the CPU or on a GPU        ``train``, ``translate``, ``evaluate``, ``claims run``     2
a library that is missing or cannot be   every command                                              2
loaded, no more threads, no home folder
another of several processes has ended   ``train`` under ``accelerate launch``                      2
an interrupt from the keyboard           every command                                              130
a reader that has gone (``| head``)      every command: nothing is said                             141
======================================== ========================================================== ====

Anything else is a fault of the course and keeps its traceback.
"""

import io
import math
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import typer

from s2s_course.cli.launched import is_of_another, let_others_speak

FAILED, INTERRUPTED, NO_READER = 2, 130, 141  # the last two as a shell reports SIGINT and SIGPIPE

# What a user can make smaller when memory runs out, by command.
_LESS = {
    "train": "lower the sizes of the model, or --max-tokens",
    "translate": "lower --beam or --max-length, or translate shorter sentences",
    "evaluate": "lower --beam or --max-length",
}
# How torch says that there is no memory, or that no machine could have that much.
_NO_MEMORY = (
    "out of memory", "can't allocate memory", "cannot allocate memory", "not enough memory", "bad_alloc",
    "alloc_failed", "storage size calculation overflowed", "integer multiplication overflow",
    "overflow when unpacking",
)  # fmt: skip
# What else Python says of a machine without calling it an error of the system.
_LIMITS = ("can't start new thread", "Could not determine home directory")
_LONGEST = 1_000  # characters of a line: libraries can be verbose
_INT64 = 2**63  # torch counts with 64 bits, one of them for the sign


class UsageError(Exception):
    """The user asked for something that cannot be done; the message says what and why."""


def run_plainly(run: Callable[[], None], arguments: Sequence[str]) -> int:
    """The exit code of ``run``, which is given ``arguments``: 0, or what the table above says."""
    if isinstance(sys.stdout, io.TextIOWrapper):  # None where it was closed before we began
        sys.stdout.reconfigure(errors="backslashreplace")  # a name that cannot be shown as it is
    try:
        run()
        if sys.stdout is not None:
            sys.stdout.flush()
        return 0
    except typer.Exit as end:
        return end.exit_code
    except BrokenPipeError:
        _write_no_more(sys.stdout, sys.stderr)
        return NO_READER
    except SystemExit as end:  # rich, which shows help, has met the same
        if isinstance(end.__context__, BrokenPipeError):
            return NO_READER
        raise
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except Exception as error:
        line = line_of(error, next(iter(arguments), ""))
        let_others_speak(error)
        if line is None:
            raise
        with suppress(OSError):
            typer.echo(f"s2s: {line}" if line else "", err=True, nl=bool(line))
        _write_no_more(*(stream for stream in (sys.stdout, sys.stderr) if not _can_be_flushed(stream)))
        return FAILED


def line_of(error: Exception, command: str = "") -> str | None:
    """What to tell the user of ``command``; None for an error that no user can cause.

    Empty where everything has been said: a group without a command has shown its help.
    """
    if _is_out_of_memory(error):
        return "not enough memory" + (f": {_LESS[command]}" if command in _LESS else "")
    if is_of_another(error):
        return "another process has ended, and this one cannot go on alone"
    if hasattr(error, "format_message"):  # typer's own
        return "" if type(error).__name__ == "NoArgsIsHelpError" else _one_line(error.format_message())
    if isinstance(error, OSError) and error.strerror:
        return _one_line(f"{error.filename}: {error.strerror}" if error.filename else error.strerror)
    if isinstance(error, (UsageError, ValueError, OverflowError, FloatingPointError, OSError)):
        return _one_line(str(error))
    if isinstance(error, ImportError) and not (error.name or "").startswith("s2s_course"):
        return _one_line(str(error))
    if isinstance(error, RuntimeError) and any(limit in str(error) for limit in _LIMITS):
        return _one_line(str(error))
    # not above, since they need torch, which takes seconds to load
    from s2s_course.data.source import CorpusError
    from s2s_course.grading.sandbox import SandboxError
    from s2s_course.training.checkpoint import CheckpointError
    from s2s_course.training.run_lock import RunError

    known = (CorpusError, CheckpointError, RunError, SandboxError)
    return _one_line(str(error)) if isinstance(error, known) else None


def check_values(parameters: Sequence[Any], values: dict[str, Any]) -> None:
    """What holds for the value of every option and argument; ``UsageError`` names the one that is wrong."""
    for parameter in parameters:
        value = values.get(parameter.name)
        name = parameter.opts[0] if parameter.param_type_name == "option" else parameter.name.upper()
        for each in value if isinstance(value, (list, tuple)) else [value]:
            if isinstance(each, float) and not math.isfinite(each):
                raise UsageError(f"{name} must be a finite number, got {each}")
            if isinstance(each, int) and not -_INT64 <= each < _INT64:
                raise UsageError(f"{name} must fit in 64 bits, got a number of {len(str(each))} digits")
            if isinstance(each, str) and not _is_utf8(each):
                raise UsageError(f"{name} must be UTF-8, got {each!r}")


def _is_out_of_memory(error: Exception) -> bool:
    if isinstance(error, MemoryError):
        return True
    text = str(error).lower()
    return isinstance(error, (RuntimeError, TypeError)) and any(sign in text for sign in _NO_MEMORY)


def _one_line(text: str) -> str:
    """``text`` without line ends, and with what a terminal would obey, or cannot show, written out."""
    line = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in " ".join(text.split()))
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def _is_utf8(text: str) -> bool:
    """Bytes of an argument that are not UTF-8 come as halves of surrogate pairs, which cannot be encoded."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _can_be_flushed(stream: io.TextIOBase | None) -> bool:
    try:
        if stream is not None:
            stream.flush()
    except OSError:
        return False
    return True


def _write_no_more(*streams: io.TextIOBase | None) -> None:
    """What is still in the buffers goes nowhere; else Python would complain of it at the end."""
    for stream in streams:
        with suppress(OSError, ValueError, AttributeError):  # not a file, or closed already
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
