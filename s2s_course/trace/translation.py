"""Run a model once on one sentence and keep everything there is to look at, as plain arrays."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from s2s_course.layers.precision import widened
from s2s_course.models.translator import Translator
from s2s_course.trace.walk import src_tokens, walk


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
    forced: str | Sequence[int] | None = None,
    max_length: int = 100,
) -> Trace:
    """Translate ``text`` greedily, or along the target ``forced``, one step at a time.

    ``forced`` is a text, or the tokens that a model wrote: these are taken as they are.
    """
    steps = list(walk(translator, text, forced=forced, max_length=max_length))
    log_probabilities = torch.stack([widened(step.logits).log_softmax(dim=-1) for step in steps])
    weights = [step.after.weights for step in steps]
    return Trace(
        src_tokens=src_tokens(translator, text),
        tgt_tokens=tuple(translator.tgt_codec.vocab.decode([step.token for step in steps])),
        encoder_states=steps[-1].after.memory[0].float().cpu().numpy(),
        decoder_states=torch.stack([step.after.output[0] for step in steps]).float().cpu().numpy(),
        log_probabilities=log_probabilities.float().cpu().numpy(),
        attention=None if weights[0] is None else torch.cat(weights).float().cpu().numpy(),
    )
