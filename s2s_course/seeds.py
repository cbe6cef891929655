"""The one place where randomness is seeded.

A seed is a number and, where needed, a path of labels below it: ``python_random(0, "grammar", "train")``
and ``python_random(0, "grammar", "test")`` are independent streams, and neither depends on what was
drawn before.
"""

import hashlib
import random
from typing import Any

import numpy as np
import torch


def derive(seed: int, *labels: str | int) -> int:
    """A new 63-bit seed for the stream named by ``labels``; the same on every machine and Python."""
    text = "/".join(str(part) for part in (seed, *labels))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> 1


def python_random(seed: int, *labels: str | int) -> random.Random:
    """A generator of the standard library for data made by Python code."""
    return random.Random(derive(seed, *labels))


def torch_generator(seed: int, *labels: str | int) -> torch.Generator:
    """A generator on the CPU for data made by torch."""
    return torch.Generator().manual_seed(derive(seed, *labels))


def seed_everything(seed: int) -> None:
    """Seed what cannot be given a generator: weight initialization and dropout, on every device."""
    if seed < 0:
        raise ValueError(f"seed must be 0 or more, got {seed}")
    if seed >= 2**63:
        raise ValueError(f"seed must be below 2 to the power of 63, got {seed}")
    torch.manual_seed(seed)


def random_states() -> dict[str, Any]:
    """Where every generator stands that nobody was given: Python's, NumPy's, and torch's on each device."""
    name, keys, *rest = np.random.get_state(legacy=True)
    states = {
        "python": random.getstate(),
        "numpy": (name, torch.from_numpy(keys.astype(np.int64)), *rest),
        "torch": torch.get_rng_state(),
    }
    if torch.cuda.is_available():
        states["cuda"] = torch.cuda.get_rng_state_all()
    if torch.backends.mps.is_available():
        states["mps"] = torch.mps.get_rng_state()
    return states


def restore_random_states(states: dict[str, Any]) -> None:
    """Put every generator where ``random_states`` found it; devices that are not here are left out."""
    random.setstate(states["python"])
    name, keys, *rest = states["numpy"]
    np.random.set_state((name, keys.numpy().astype(np.uint32), *rest))
    torch.set_rng_state(states["torch"])
    if "cuda" in states and torch.cuda.is_available():
        torch.cuda.set_rng_state_all(states["cuda"][: torch.cuda.device_count()])
    if "mps" in states and torch.backends.mps.is_available():
        torch.mps.set_rng_state(states["mps"])
