"""Run a model once on one sentence and keep everything there is to look at, as plain arrays."""

from dataclasses import dataclass

import numpy as np
import torch

from s2s_course.data.batch import collate_sources
from s2s_course.models.contract import device_of, evaluating
from s2s_course.models.translator import Translator


@dataclass(frozen=True)
class Trace:
    """One sentence on its way through an encoder–decoder.

    ``S`` source tokens (``<eos>`` last), ``T`` written tokens, ``D`` units, ``V`` target vocabulary.
    Row ``t`` belongs to the step that wrote ``tgt_tokens[t]``.
    """

    src_tokens: tuple[str, ...]
    tgt_tokens: tuple[str, ...]
    encoder_states: np.ndarray  # (S, D) float32
    decoder_states: np.ndarray  # (T, D) float32: the vector the logits were computed from
    log_probabilities: np.ndarray  # (T, V) float32, natural logarithm
    attention: np.ndarray | None  # (T, *heads, S) float32, rows sum to one; None without attention


@torch.inference_mode()
def trace(
    translator: Translator,
    text: str,
    *,
    forced: str | None = None,
    max_length: int = 100,
) -> Trace:
    """Translate ``text`` greedily, or along the target ``forced``, one step at a time."""
    if max_length < 1:
        raise ValueError(f"max_length must be at least 1, got {max_length}")
    model, src_codec, tgt_codec = translator.model, translator.src_codec, translator.tgt_codec
    vocab, device = tgt_codec.vocab, device_of(model)
    source = src_codec.encode(text)
    path = None if forced is None else [*tgt_codec.encode(forced), vocab.eos_index]
    src, src_mask = (tensor.to(device) for tensor in collate_sources([source]))
    written, outputs, weights, log_probabilities = [], [], [], []
    with evaluating(model):
        state = model.init_state(src, src_mask)
        token = vocab.bos_index
        for t in range(max_length if path is None else len(path)):
            logits, state = model.step(torch.tensor([token], device=device), state)
            token = int(logits.argmax()) if path is None else path[t]
            written.append(token)
            outputs.append(state.output[0])
            weights.append(None if state.weights is None else state.weights[0].cpu().numpy())
            log_probabilities.append(logits[0].log_softmax(dim=-1))
            if token == vocab.eos_index:
                break
    return Trace(
        src_tokens=tuple(src_codec.vocab.decode(src[0].tolist())),
        tgt_tokens=tuple(vocab.decode(written)),
        encoder_states=state.memory[0].cpu().numpy(),
        decoder_states=torch.stack(outputs).cpu().numpy(),
        log_probabilities=torch.stack(log_probabilities).cpu().numpy(),
        attention=None if weights[0] is None else np.stack(weights),
    )
