"""One sentence through a Transformer: what one head asks, by what it is found, and what it gives."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from torch import nn

from s2s_course.checks import check_one_of
from s2s_course.data.batch import collate
from s2s_course.models.contract import evaluating
from s2s_course.models.translator import Translator
from s2s_course.trace.heads import trace_heads

KINDS = ("encoder", "decoder", "cross")


@dataclass(frozen=True)
class HeadTrace:
    """``T`` queries, ``S`` keys with their values, ``d`` numbers in each. All arrays are float32.

    ``tokens`` belong to the queries: in the encoder the source, in the decoder the words that it read, in
    cross-attention those that it then wrote. In the decoder no query may attend to a later key.
    """

    kind: str  # "encoder", "decoder" or "cross"
    layer: int  # counted from 0
    head: int
    tokens: tuple[str, ...]
    key_tokens: tuple[str, ...]
    query: np.ndarray  # (T, d)
    key: np.ndarray  # (S, d)
    value: np.ndarray  # (S, d)


@torch.inference_mode()
def trace_head(
    translator: Translator,
    text: str,
    *,
    kind: str = "encoder",
    layer: int = 0,
    head: int = 0,
    forced: str | Sequence[int] | None = None,
    max_length: int = 100,
) -> HeadTrace:
    """Translate ``text`` greedily, or along the target ``forced``; keep the vectors of one head.

    Raises ``ValueError`` for a model that is no Transformer, and for a kind, layer or head that it has not.
    """
    check_one_of(KINDS, kind=kind)
    traced = trace_heads(translator, text, forced=forced, max_length=max_length)
    layers, heads = getattr(traced, kind).shape[:2]
    for name, index, count in (("layer", layer, layers), ("head", head, heads)):
        if not 0 <= index < count:
            raise ValueError(f"{name} must lie in 0 … {count - 1}, got {index}")
    model, vocab = translator.model, translator.tgt_codec.vocab
    stack = model.encoder_layers if kind == "encoder" else model.decoder_layers
    asked = stack[layer].cross_attention if kind == "cross" else stack[layer].self_attention
    batch = collate([(translator.src_codec.encode(text), [])]).to(next(model.parameters()).device)
    read = torch.tensor([vocab.encode(traced.read_tokens)], device=batch.src.device)
    with evaluating(model):
        run = partial(model.attentions, batch.src, read, batch.src_mask)
        query, memory, positions = _what_it_reads(asked, run)
        vectors = asked.queries(query), *asked.keys_values(memory)
    if positions is not None:
        vectors = *(positions.rotate(each, 0) for each in vectors[:2]), vectors[2]
    arrays = (each[0, head].float().cpu().numpy() for each in vectors)
    tokens = {"encoder": traced.src_tokens, "decoder": traced.read_tokens, "cross": traced.tgt_tokens}[kind]
    key_tokens = traced.read_tokens if kind == "decoder" else traced.src_tokens
    return HeadTrace(kind, layer, head, tokens, key_tokens, *arrays)


def _what_it_reads(attention: nn.Module, compute: Callable[[], object]) -> tuple:
    """The vectors that ask, those that are asked, and the positions, while ``compute`` runs."""
    seen = []
    hook = attention.register_forward_pre_hook(
        lambda _, given, named: seen.append((*given[:2], named.get("positions"))), with_kwargs=True
    )
    try:
        compute()
    finally:
        hook.remove()
    return seen[0]
