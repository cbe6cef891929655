"""How much the answers of one submission may take, one by one and together."""

import math
from dataclasses import dataclass

MEGABYTE = 1 << 20


@dataclass(frozen=True)
class Limits:
    """Bytes, seconds and numbers. What is ``for_all`` is for the worker and everything below it together.

    ``seconds_to_start`` is by the clock, until the worker says that it is ready; it imports torch first.
    ``seconds_more`` are those in which a call may still end by itself when its own are over.
    """

    memory: int = 2048 * MEGABYTE
    memory_for_all: int = 3072 * MEGABYTE
    processes: int = 64
    file_size: int = 64 * MEGABYTE
    scratch: int = 64 * MEGABYTE
    seconds_to_start: float = 120.0
    seconds_more: float = 5.0

    def processor_seconds(self, seconds: float) -> int:
        """How long a child may compute whose calls have ``seconds``: a call of compiled code ends then."""
        return math.ceil(seconds + self.seconds_more)

    def clock_seconds(self, seconds: float) -> float:
        """How long a child may be there: another program may have the processor."""
        return 3 * (seconds + self.seconds_more)
