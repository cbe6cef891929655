"""A recurrent network that reads a sequence and answers: once at its end, or at every step."""

from dataclasses import dataclass

from jaxtyping import Bool, Int, Num
from torch import Tensor, nn

from s2s_course.checks import check_at_least
from s2s_course.layers.cells import find_cell
from s2s_course.layers.fused import FusedRecurrent


@dataclass(frozen=True, kw_only=True)
class SequenceConfig:
    """Sizes and choices. Exactly one of ``vocab_size`` (tokens) and ``input_size`` (vectors) is given.

    With ``every_step`` there is an answer for each step (a labeler), else one for the sequence (a
    classifier or, with one output, a regressor). ``num_outputs`` numbers make an answer.
    """

    cell: str
    num_outputs: int
    every_step: bool
    vocab_size: int | None = None
    input_size: int | None = None
    hidden_size: int = 64
    num_layers: int = 1
    bidirectional: bool = False

    def __post_init__(self):
        find_cell(self.cell)
        if (self.vocab_size is None) == (self.input_size is None):
            given = f"{self.vocab_size} and {self.input_size}"
            raise ValueError(f"vocab_size or input_size must be given, and not both, got {given}")
        read = {"input_size": self.input_size} if self.vocab_size is None else {"vocab_size": self.vocab_size}
        check_at_least(
            1, num_outputs=self.num_outputs, **read, hidden_size=self.hidden_size, num_layers=self.num_layers
        )


class SequenceModel(nn.Module):
    """Input, one recurrent network, one linear map to the answers. Tokens are embedded to ``hidden_size``."""

    def __init__(self, config: SequenceConfig):
        super().__init__()
        self.config = config
        tokens = config.vocab_size is not None
        self.embedding = nn.Embedding(config.vocab_size, config.hidden_size) if tokens else nn.Identity()
        self.recurrent = FusedRecurrent(
            config.cell,
            input_size=config.hidden_size if tokens else config.input_size,
            hidden_size=config.hidden_size,
            num_layers=config.num_layers,
            bidirectional=config.bidirectional,
        )
        self.to_outputs = nn.Linear(self.recurrent.output_size, config.num_outputs)

    def forward(
        self,
        inputs: Num[Tensor, "B S *E"],
        mask: Bool[Tensor, "B S"] | None = None,
        lengths: Int[Tensor, " B"] | None = None,
    ) -> Num[Tensor, "B *S O"]:
        """One answer a step (B, S, O) or, from the last states of the top layer, one a row (B, O).

        ``lengths`` are those of ``mask``, as in ``RecurrentNetwork``.
        """
        outputs, state = self.recurrent(self.embedding(inputs), mask, lengths=lengths)
        if self.config.every_step:
            return self.to_outputs(outputs)
        top = state[0][:, -self.recurrent.directions :]
        return self.to_outputs(top.flatten(start_dim=1))
