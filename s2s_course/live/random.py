"""The page's random numbers in Python, to the last bit: splitmix32, the twin of ``random.js``.

What a model begins with and what it reads can so be made on both sides, instead of being carried from one to
the other. Everything else in the course draws from ``seeds.py``.
"""

import numpy as np

_GAMMA, _FIRST, _SECOND = 0x9E3779B9, 0x21F0AAAD, 0x735A2D97
_OFFSET, _PRIME = 0x811C9DC5, 0x01000193  # of FNV-1a
_BITS = np.uint64(0xFFFFFFFF)


class Random:
    """One stream of a seed: ``Random(0, "batches")``. What one stream draws does not depend on another."""

    def __init__(self, seed: int, stream: str):
        self._state = _fingerprint(f"{seed}/{stream}")

    def whole(self, *shape: int) -> np.ndarray:
        """Whole numbers from 0 to 2³² - 1, drawn in row-major order."""
        count = int(np.prod(shape))
        bits = (np.uint64(self._state) + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(_GAMMA)) & _BITS
        self._state = (self._state + count * _GAMMA) & 0xFFFFFFFF
        bits = ((bits ^ (bits >> np.uint64(16))) * np.uint64(_FIRST)) & _BITS
        bits = ((bits ^ (bits >> np.uint64(15))) * np.uint64(_SECOND)) & _BITS
        return (bits ^ (bits >> np.uint64(15))).reshape(shape)

    def uniform(self, *shape: int) -> np.ndarray:
        """Numbers in [0, 1)."""
        return self.whole(*shape) / 2.0**32

    def below(self, end: int, *shape: int) -> np.ndarray:
        """Whole numbers from 0 to ``end`` - 1."""
        return np.floor(self.uniform(*shape) * end).astype(np.int64)

    def normal(self, *shape: int) -> np.ndarray:
        """Nearly normal, with mean 0 and variance 1: sums of twelve, which round alike everywhere."""
        return self.uniform(*shape, 12).sum(axis=-1) - 6


def _fingerprint(text: str) -> int:
    """FNV-1a: 32 bits of a short text in ASCII."""
    bits = _OFFSET
    for byte in text.encode("ascii"):
        bits = ((bits ^ byte) * _PRIME) & 0xFFFFFFFF
    return bits
