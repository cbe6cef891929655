"""One sentence through a Transformer: the weights of every layer and head."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from s2s_course.data.batch import collate
from s2s_course.decoding.greedy import greedy
from s2s_course.models.contract import device_of, evaluating
from s2s_course.models.transformer import Transformer
from s2s_course.models.translator import Translator
from s2s_course.trace.walk import path_along, src_tokens


@dataclass(frozen=True)
class HeadsTrace:
    """``S`` source tokens, ``T`` written tokens (``<eos>`` last in both), ``L`` layers, ``H`` heads.

    Row ``t`` of ``decoder`` and ``cross`` belongs to the position that read ``read_tokens[t]`` (``<bos>`` and
    all written tokens but the last) and wrote ``tgt_tokens[t]``. All arrays are float32, rows sum to one, and
    a position of the decoder has no weight after itself.
    """

    src_tokens: tuple[str, ...]
    tgt_tokens: tuple[str, ...]
    read_tokens: tuple[str, ...]
    encoder: np.ndarray  # (L, H, S, S)
    decoder: np.ndarray  # (L, H, T, T)
    cross: np.ndarray  # (L, H, T, S)


@torch.inference_mode()
def trace_heads(
    translator: Translator, text: str, *, forced: str | Sequence[int] | None = None, max_length: int = 100
) -> HeadsTrace:
    """Translate ``text`` greedily, or along the target ``forced``, and keep all weights.

    Raises ``ValueError`` for a model that is no Transformer.
    """
    model, vocab = translator.model, translator.tgt_codec.vocab
    if not isinstance(model, Transformer):
        raise ValueError(f"translator must be a Transformer, got the model {translator.name!r}")
    source, device = translator.src_codec.encode(text), device_of(model)
    batch = collate([(source, [])]).to(device)
    if forced is None:
        ends = {"bos_index": vocab.bos_index, "eos_index": vocab.eos_index}
        [written] = greedy(model, batch.src, batch.src_mask, max_length=max_length, **ends)
    else:
        written = path_along(translator, forced)
    read = [vocab.bos_index, *written[:-1]]
    with evaluating(model):
        weights = model.attentions(batch.src, torch.tensor([read], device=device), batch.src_mask)
    encoder, decoder, cross = (each[0].float().cpu().numpy() for each in weights)
    return HeadsTrace(
        src_tokens=src_tokens(translator, text),
        tgt_tokens=tuple(vocab.decode(written)),
        read_tokens=tuple(vocab.decode(read)),
        encoder=encoder,
        decoder=decoder,
        cross=cross,
    )
