"""Whether a model can be trained on this machine at all, found out before it is made.

A system that runs out of memory kills a process without a word, and a model of very many layers takes hours
to make before it comes to that.
"""

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from s2s_course.cli.errors import UsageError
from s2s_course.models.registry import build_model

_BYTES = 16  # of a weight in training: itself, its gradient and the two averages of Adam, in float32
_LIMIT_OF_CONTAINER = Path("/sys/fs/cgroup/memory.max")


def check_memory(name: str, config: Any, device: str) -> None:
    """``UsageError`` if training the model ``name`` takes more memory than ``device`` has."""
    one, two = (_num_parameters(name, replace(config, num_layers=count)) for count in (1, 2))
    count = one + (config.num_layers - 1) * (two - one)
    needed, there = count * _BYTES, _memory_of(device)
    if needed > there:
        raise UsageError(
            f"a model of {count:,} parameters takes {needed / 2**30:,.0f} GiB of memory to train, and there "
            f"are {there / 2**30:,.0f}: lower the sizes of the model"
        )


def _num_parameters(name: str, config: Any) -> int:
    with torch.device("meta"):  # shapes without numbers
        return sum(parameter.numel() for parameter in build_model(name, config, seed=0).parameters())


def _memory_of(device: str) -> int:
    """In bytes, whoever uses it now."""
    if device.startswith("cuda"):
        return torch.cuda.get_device_properties(device).total_memory
    if not hasattr(os, "sysconf"):  # Windows kills nobody: an allocation fails, and is told as an error
        return sys.maxsize
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limit = _LIMIT_OF_CONTAINER.read_text().strip() if _LIMIT_OF_CONTAINER.is_file() else "max"
    return memory if limit == "max" else min(memory, int(limit))
