"""Project 2: the learner's own attention over padded sentences in Luong's encoder–decoder."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from s2s_course.data.batch import Batch
from s2s_course.exercises.engine.registry import find_exercise
from s2s_course.exercises.projects.attend_with_mask import EXERCISE as ATTEND
from s2s_course.exercises.projects.project import Parts, Project, Scale
from s2s_course.models.attentional import AttentionalState
from s2s_course.models.luong import LuongConfig, LuongEncoderDecoder
from s2s_course.training.contract import LossOf


class OwnLuong(LuongEncoderDecoder):
    """Luong's model, in which a step calls the functions of the learner with the model's weights."""

    def __init__(self, config: LuongConfig, parts: Parts):
        super().__init__(config)
        self.concat_scores, self.attend_with_mask = parts["concat_scores"], parts["attend_with_mask"]
        self.attentional_vector = parts["attentional_vector"]

    def advance(
        self, embedded: Float[Tensor, "B T E"], state: AttentionalState
    ) -> tuple[Float[Tensor, "B T O"], AttentionalState]:
        hidden, layers = self.decoder(embedded, state=state.layers)  # z_t
        ours = self.attention.score
        W = torch.cat([ours.W.weight, ours.U.weight], dim=1)  # (A, D + M)
        scores = self.concat_scores(hidden, state.memory, W, ours.v.weight[0])  # (B, T, S)
        context, weights = self.attend_with_mask(scores, state.memory, state.src_mask)  # c_t
        outputs = self.attentional_vector(context, hidden, self.combine.weight)  # a_t
        return outputs, state.after(outputs=outputs, context=context, weights=weights, layers=layers)


def assemble(parts: Parts, src_size: int, tgt_size: int, width: int) -> tuple[OwnLuong, LossOf]:
    """Luong's model with the concat score, trained with the learner's loss."""
    config = LuongConfig(
        src_vocab_size=src_size,
        tgt_vocab_size=tgt_size,
        score="concat",
        embed_size=width,
        hidden_size=width,
    )
    loss_per_token = parts["loss_per_token"]

    def loss_of(model: nn.Module, batch: Batch) -> Tensor:
        logits = model(batch.src, batch.tgt_in, batch.src_mask)
        return loss_per_token(logits, batch.tgt_out, batch.tgt_mask)

    return OwnLuong(config, parts), loss_of


def weighs_all_words_alike(scores, memory, src_mask):
    """An attention that never looks at its scores: the context is the mean of the real words."""
    real = src_mask.unsqueeze(1).expand_as(scores).to(scores)
    weights = real / real.sum(dim=2, keepdim=True)
    return torch.bmm(weights, memory), weights


PROJECT = Project(
    number=2,
    chapter=6,
    title="Your own attention, with a mask",
    goal="Let your own attention choose, at every step, what to read of a padded source: its scores, the "
    "mask and the softmax, the contexts, and what becomes of them run inside Luong's encoder-decoder.",
    points=5,
    minutes=40,
    pieces=(find_exercise("6.3"), ATTEND, find_exercise("6.4"), find_exercise("4.1")),
    core=("concat_scores", "attend_with_mask", "attentional_vector"),
    assemble=assemble,
    scale=Scale(max_length=14, width=128, steps=900, minutes=2.0, learning_rate=6e-3, bleu=60.0),
    wrong={"attend_with_mask": weighs_all_words_alike},
    wrong_in_words="an attention that weighs all words alike",
)
