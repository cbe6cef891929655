"""Scheduled sampling (Bengio et al. 2015): in training, let the decoder sometimes read its own words."""

import torch
from torch import Tensor

from s2s_course.checks import check_at_least
from s2s_course.data.batch import Batch
from s2s_course.devices import send
from s2s_course.models.contract import EncoderDecoder
from s2s_course.seeds import torch_generator
from s2s_course.training.objectives import masked_cross_entropy


class ScheduledSampling:
    """A loss for ``fit``: each word that the decoder reads is the true one with probability ε.

    Else it is the word that the model itself finds most probable there. ε falls in a straight line from 1
    at the first call to ``last`` at call number ``calls``, and stays there. One object serves one run.
    """

    def __init__(self, *, calls: int, last: float = 0.5, seed: int = 0):
        check_at_least(1, calls=calls)
        if not 0 <= last <= 1:
            raise ValueError(f"last must lie in [0, 1], got {last}")
        self.calls, self.last, self.made = calls, last, 0
        self.generator = torch_generator(seed, "scheduled sampling")

    @property
    def epsilon(self) -> float:
        """The probability, at the next call, that a word is the true one."""
        return 1 - (1 - self.last) * min(self.made / self.calls, 1)

    def state_dict(self) -> dict[str, int | Tensor]:
        """How many calls were made, and where the generator stands."""
        return {"made": self.made, "generator": self.generator.get_state()}

    def load_state_dict(self, state: dict[str, int | Tensor]) -> None:
        """Go on where ``state_dict`` was asked."""
        self.made = state["made"]
        self.generator.set_state(state["generator"].cpu())

    def __call__(self, model: EncoderDecoder, batch: Batch) -> Tensor:
        """The mean loss per real target token, in nats."""
        true = torch.rand(batch.tgt_in.shape, generator=self.generator) < self.epsilon
        true = send(true, batch.src.device)
        self.made += 1
        state = model.init_state(batch.src, batch.src_mask, src_lengths=batch.src_lengths)
        tokens, logits = batch.tgt_in[:, 0], []
        for t in range(batch.tgt_in.size(1)):
            if t > 0:
                tokens = torch.where(true[:, t], batch.tgt_in[:, t], logits[-1].argmax(dim=-1))
            step_logits, state = model.step(tokens, state)
            logits.append(step_logits)
        return masked_cross_entropy(torch.stack(logits, dim=1), batch.tgt_out, batch.tgt_places)
