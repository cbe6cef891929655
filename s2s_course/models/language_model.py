"""A recurrent language model: at every step, what comes next?"""

from dataclasses import dataclass

from jaxtyping import Float, Int
from torch import Tensor, nn

from s2s_course.checks import check_at_least
from s2s_course.layers.cells import State, find_cell
from s2s_course.layers.fused import FusedRecurrent


@dataclass(frozen=True, kw_only=True)
class LanguageModelConfig:
    """Sizes of a language model over ``vocab_size`` tokens: characters in chapter 2."""

    vocab_size: int
    cell: str = "rnn"
    embed_size: int = 32
    hidden_size: int = 128
    num_layers: int = 1

    def __post_init__(self):
        find_cell(self.cell)
        check_at_least(
            1,
            vocab_size=self.vocab_size,
            embed_size=self.embed_size,
            hidden_size=self.hidden_size,
            num_layers=self.num_layers,
        )


class LanguageModel(nn.Module):
    """Reads tokens from left to right. The state it returns lets it read on where it stopped."""

    def __init__(self, config: LanguageModelConfig):
        super().__init__()
        self.config = config
        self.embedding = nn.Embedding(config.vocab_size, config.embed_size)
        self.recurrent = FusedRecurrent(
            config.cell,
            input_size=config.embed_size,
            hidden_size=config.hidden_size,
            num_layers=config.num_layers,
        )
        self.to_logits = nn.Linear(config.hidden_size, config.vocab_size)

    def forward(
        self, tokens: Int[Tensor, "B S"], state: State | None = None
    ) -> tuple[Float[Tensor, "B S V"], State]:
        """Logits of the token after each of ``tokens``, and the state after the last."""
        outputs, state = self.recurrent(self.embedding(tokens), state=state)
        return self.to_logits(outputs), state
