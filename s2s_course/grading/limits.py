"""How much the answers of one submission may take, one by one and together."""

from dataclasses import dataclass

MEGABYTE = 1 << 20


@dataclass(frozen=True)
class Limits:
    """Bytes, seconds and numbers. What is ``for_all`` is for the worker and everything below it together.

    ``seconds_to_start`` is by the clock, until the worker says that it is ready; it imports torch first.
    """

    memory: int = 2048 * MEGABYTE
    memory_for_all: int = 3072 * MEGABYTE
    processes: int = 64
    file_size: int = 64 * MEGABYTE
    scratch: int = 64 * MEGABYTE
    seconds_to_start: float = 120.0

    @staticmethod
    def processor_seconds(seconds: float) -> float:
        """How long a child may compute whose calls have ``seconds``: a call of compiled code ends then."""
        return seconds + 5

    @staticmethod
    def clock_seconds(seconds: float) -> float:
        """How long a child may be there: another program may have the processor."""
        return 3 * seconds + 15
