"""What an attention keeps between two steps: the keys and values of all that was read so far."""

from dataclasses import dataclass
from functools import cached_property

from jaxtyping import Float, Int
from torch import Tensor

ROOM = 16  # buffers have a multiple of this many positions: products with such sizes are far faster


def room(length: int) -> int:
    """How many positions the buffers of a cache have that holds ``length``.

    They grow by a quarter, and by ``ROOM`` at least.
    """
    size = ROOM
    while size < length:
        size += ROOM * max(1, size // (4 * ROOM))
    return size


@dataclass
class Buffers:
    """Room for more positions than there are yet; the first ``written`` hold something, the others 0."""

    key: Float[Tensor, "B H size d"]
    value: Float[Tensor, "B H size d"]
    written: int

    @cached_property
    def factors(self) -> tuple[Float[Tensor, "BH d size"], Float[Tensor, "BH size d"]]:
        """Kᵀ and V as a product of all rows and heads takes them."""
        return self.key.flatten(0, 1).transpose(1, 2), self.value.flatten(0, 1)


class KeyValueCache:
    """Keys and values of ``length`` positions for each row of a batch; at first of none.

    They stand in buffers that are longer, so that a step writes its own position and copies no other.
    ``fork`` makes a second cache that goes on from here. Both read the same buffers, and the one that appends
    first writes into them; the other finds the place taken, and copies. So neither sees what the other
    wrote, and a state may be gone on from as often as one likes. Where gradients are wanted, every ``append``
    copies: what the backward pass will read must stay as it is.
    """

    def __init__(self, buffers: Buffers | None = None, length: int = 0):
        self.buffers, self.length = buffers, length

    @property
    def key(self) -> Float[Tensor, "B H U d"]:
        return self.buffers.key.narrow(2, 0, self.length)

    @property
    def value(self) -> Float[Tensor, "B H U d"]:
        return self.buffers.value.narrow(2, 0, self.length)

    def append(
        self, key: Float[Tensor, "B H T d"], value: Float[Tensor, "B H T d"]
    ) -> tuple[Float[Tensor, "B H U d"], Float[Tensor, "B H U d"]]:
        """Put the keys and values of T positions behind the others, and give those of all."""
        self.write(key, value)
        return self.key, self.value

    def write(self, key: Float[Tensor, "B H T d"], value: Float[Tensor, "B H T d"]) -> None:
        """Put the keys and values of T positions behind the others."""
        T = key.size(2)
        end = self.length + T
        if not self._may_write(end) or key.requires_grad:
            self.buffers = self._copied(key, end)
        self.buffers.key.narrow(2, self.length, T).copy_(key)
        self.buffers.value.narrow(2, self.length, T).copy_(value)
        self.buffers.written = self.length = end

    def fork(self) -> "KeyValueCache":
        """A cache that holds the same, and goes on by itself."""
        return KeyValueCache(self.buffers, self.length)

    def select(self, rows: Int[Tensor, " rows"]) -> "KeyValueCache":
        """What it holds for some rows, in the order of ``rows``."""
        if self.buffers is None:
            return self.fork()
        key, value = (buffer.index_select(0, rows) for buffer in (self.buffers.key, self.buffers.value))
        return KeyValueCache(Buffers(key, value, self.length), self.length)

    def _may_write(self, end: int) -> bool:
        """Is there room up to ``end``, and has nobody else written there?"""
        buffers = self.buffers
        return buffers is not None and buffers.written == self.length and end <= buffers.key.size(2)

    def _copied(self, like: Float[Tensor, "B H T d"], end: int) -> Buffers:
        """New buffers with what is held, and room up to ``end`` at least."""
        B, H, _, d = like.shape
        size = room(end)
        new = Buffers(like.new_zeros(B, H, size, d), like.new_zeros(B, H, size, d), self.length)
        if self.buffers is not None:
            new.key[:, :, : self.length], new.value[:, :, : self.length] = self.key, self.value
        return new
