"""Devices: which one is chosen, and what it can do.

A device is named as torch names it: ``cpu``, ``cuda`` (a GPU of Nvidia or AMD), ``mps`` (that of a Mac), and
``cuda:1`` for the second of several.
"""

import torch
from torch import Tensor


def available_devices() -> list[str]:
    """The names of all devices that torch can use here, the best kind first."""
    cuda = range(torch.cuda.device_count() if torch.cuda.is_available() else 0)
    names = ["cuda", *(f"cuda:{index}" for index in cuda)] if cuda else []
    return [*names, *(["mps"] if torch.backends.mps.is_available() else []), "cpu"]


def choose_device(device: str = "auto") -> str:
    """``device`` itself or, for ``auto``, the best that is there: cuda, else mps, else cpu.

    Raises ``ValueError`` for a device that torch cannot use here.
    """
    there = available_devices()
    if device not in ("auto", *there):
        raise ValueError(
            f"device must be auto or what torch can use here, {', '.join(there)}, got {device!r}"
        )
    return there[0] if device == "auto" else device


def allow_tf32(device: torch.device | str) -> None:
    """Let a CUDA device use its TF32 units, where it has them, for products of float32.

    They read ten binary digits of each factor instead of 23, and are several times as fast.
    """
    if torch.device(device).type == "cuda":
        torch.set_float32_matmul_precision("high")


def has_fast_bfloat16(device: torch.device | str) -> bool:
    """Whether ``device`` multiplies matrices in bfloat16 with hardware of its own.

    Without it torch imitates bfloat16; training has been seen to take 15 times as long then. No Mac is said
    to have it: torch does not tell.
    """
    device = torch.device(device)
    if device.type == "cuda":
        with torch.cuda.device(device):
            return torch.cuda.is_bf16_supported(including_emulation=False)
    kinds = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")  # torch has no public name for it yet
    return device.type == "cpu" and any(getattr(torch.cpu, kind, lambda: False)() for kind in kinds)


def widest_float(device: torch.device | str) -> torch.dtype:
    """The most precise numbers that ``device`` computes with: float64, but float32 on mps."""
    return torch.float32 if torch.device(device).type == "mps" else torch.float64


def send(tensor: Tensor, device: torch.device | str) -> Tensor:
    """``tensor`` on ``device``. On the way from the CPU to a CUDA device the program does not wait for it.

    What the device computes afterwards comes after the copy. Other ways give no such promise, so that there
    it is waited for.
    """
    device = torch.device(device)
    return tensor.to(device, non_blocking=device.type == "cuda" and tensor.device.type == "cpu")
