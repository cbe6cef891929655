"""Recurrent networks over padded batches."""

from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence


class RecurrentEncoder(nn.Module):
    """Reads a sequence of vectors from left to right with a GRU (Cho et al. 2014).

    Padding is left out of the recurrence, so a row gives the same states whatever it is batched with.
    """

    def __init__(self, *, input_size: int, hidden_size: int, num_layers: int = 1, dropout: float = 0.0):
        super().__init__()
        between_layers = dropout if num_layers > 1 else 0.0
        self.rnn = nn.GRU(input_size, hidden_size, num_layers, batch_first=True, dropout=between_layers)

    def forward(
        self, inputs: Float[Tensor, "B S E"], mask: Bool[Tensor, "B S"]
    ) -> tuple[Float[Tensor, "B S H"], Float[Tensor, "B L H"]]:
        """The top layer's state at every position, and every layer's state after the last real one.

        ``mask`` is True at real tokens, which come first in each row; there is at least one.
        States at padding are zero.
        """
        lengths = mask.sum(dim=1).cpu()  # where torch wants them
        packed = pack_padded_sequence(inputs, lengths, batch_first=True, enforce_sorted=False)
        states, final = self.rnn(packed)
        memory, _ = pad_packed_sequence(states, batch_first=True, total_length=mask.size(1))
        return memory, final.transpose(0, 1)
