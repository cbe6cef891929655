"""What our models are measured against: the same mathematics as it is mostly written.

``TorchTransformer`` is torch's own ``nn.Transformer`` with what it lacks: embeddings, positions and logits.
``PlainBahdanau`` is additive attention as most notebooks write it: at each step of the decoder the query is
copied to every source word, joined to the encoder's states and projected with them; state, context and word
are joined once more for the logits. Both are trained by the plain loss: logits of every position, padding
too.
"""

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from s2s_course.data.batch import Batch
from s2s_course.layers.positions import sinusoids
from s2s_course.text.vocab import Vocab


class TorchTransformer(nn.Module):
    """``torch.nn.Transformer`` between embeddings with sinusoids and tied logits."""

    def __init__(
        self,
        src_vocab_size: int,
        tgt_vocab_size: int,
        *,
        d_model: int,
        num_layers: int,
        num_heads: int,
        d_ff: int,
    ):
        super().__init__()
        self.scale = d_model**0.5
        self.src_words = nn.Embedding(src_vocab_size, d_model, padding_idx=Vocab.pad_index)
        self.tgt_words = nn.Embedding(tgt_vocab_size, d_model, padding_idx=Vocab.pad_index)
        self.register_buffer("positions", sinusoids(torch.arange(512), d_model).float(), persistent=False)
        self.dropout = nn.Dropout(0.1)
        self.transformer = nn.Transformer(
            d_model, num_heads, num_layers, num_layers, d_ff, dropout=0.1, batch_first=True
        )
        self.to_logits = nn.Linear(d_model, tgt_vocab_size)
        self.to_logits.weight = self.tgt_words.weight

    def forward(self, batch: Batch) -> Float[Tensor, "B T V"]:
        src, tgt = self.embed(self.src_words, batch.src), self.embed(self.tgt_words, batch.tgt_in)
        ahead = nn.Transformer.generate_square_subsequent_mask(tgt.size(1), dtype=torch.bool)
        padding = ~batch.src_mask
        outputs = self.transformer(
            src, tgt, tgt_mask=ahead, tgt_is_causal=True,
            src_key_padding_mask=padding, memory_key_padding_mask=padding,
        )  # fmt: skip
        return self.to_logits(outputs)

    def embed(self, words: nn.Embedding, tokens: Int[Tensor, "B T"]) -> Float[Tensor, "B T D"]:
        return self.dropout(words(tokens) * self.scale + self.positions[: tokens.size(1)])


class PlainBahdanau(nn.Module):
    """A bidirectional GRU, and a GRU that attends to it additively (Bahdanau et al. 2015)."""

    def __init__(self, src_vocab_size: int, tgt_vocab_size: int, *, embed_size: int, hidden_size: int):
        super().__init__()
        self.src_words = nn.Embedding(src_vocab_size, embed_size)
        self.tgt_words = nn.Embedding(tgt_vocab_size, embed_size)
        self.encoder = nn.GRU(embed_size, hidden_size, bidirectional=True, batch_first=True)
        self.first_state = nn.Linear(2 * hidden_size, hidden_size)
        self.project = nn.Linear(3 * hidden_size, hidden_size)
        self.score = nn.Linear(hidden_size, 1, bias=False)
        self.decoder = nn.GRU(embed_size + 2 * hidden_size, hidden_size, batch_first=True)
        self.to_logits = nn.Linear(embed_size + 3 * hidden_size, tgt_vocab_size)

    def forward(self, batch: Batch) -> Float[Tensor, "B T V"]:
        memory, last = self.encoder(self.src_words(batch.src))
        state = torch.tanh(self.first_state(torch.cat([last[0], last[1]], dim=1)))
        logits = []
        for step in range(batch.tgt_in.size(1)):
            word = self.tgt_words(batch.tgt_in[:, step])
            context = self.attend(state, memory, batch.src_mask)
            output, last = self.decoder(torch.cat([word, context], dim=1)[:, None], state[None])
            state = last[0]
            logits.append(self.to_logits(torch.cat([output[:, 0], context, word], dim=1)))
        return torch.stack(logits, dim=1)

    def attend(
        self, state: Float[Tensor, "B H"], memory: Float[Tensor, "B S M"], mask: Bool[Tensor, "B S"]
    ) -> Float[Tensor, "B M"]:
        query = state[:, None].expand(-1, memory.size(1), -1)
        energy = torch.tanh(self.project(torch.cat([query, memory], dim=2)))
        weights = self.score(energy)[..., 0].masked_fill(~mask, -1e10).softmax(dim=1)
        return (weights[:, None] @ memory)[:, 0]


def plain_loss(model: nn.Module, batch: Batch) -> Tensor:
    """Mean cross-entropy of the real target tokens, in nats, from the logits of all positions."""
    logits = model(batch)
    return F.cross_entropy(logits.flatten(0, 1), batch.tgt_out.flatten(), ignore_index=Vocab.pad_index)
