"""One sentence on its way through a recurrent encoder–decoder with attention, step by step."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from s2s_course.layers.precision import widened
from s2s_course.models.attentional import AttentionalEncoderDecoder
from s2s_course.models.translator import Translator
from s2s_course.trace.walk import src_tokens, walk


@dataclass(frozen=True)
class AttentionTrace:
    """``S`` source tokens, ``T`` written tokens (``<eos>`` last in both), all arrays float32.

    Row ``t`` belongs to the step that wrote ``tgt_tokens[t]``. The step goes: ``queries[t]`` is scored
    against every encoder state; softmax makes ``weights[t]`` of ``scores[t]``; the weighted sum of
    ``memory`` is ``contexts[t]``; with the decoder's ``hidden[t]`` it makes ``outputs[t]``, and from that
    come the probabilities of the next word. In the order ``bahdanau`` the query is the decoder state
    *before* the step, in the order ``luong`` it is ``hidden[t]`` itself.
    """

    order: str  # "bahdanau" or "luong"
    score: str  # "additive", "dot", "scaled_dot", "general", "concat" or "location"
    src_tokens: tuple[str, ...]
    tgt_tokens: tuple[str, ...]
    memory: np.ndarray  # (S, M) encoder states
    queries: np.ndarray  # (T, H)
    scores: np.ndarray  # (T, S); -inf where a window leaves a word out
    weights: np.ndarray  # (T, S), rows sum to one
    contexts: np.ndarray  # (T, M)
    hidden: np.ndarray  # (T, H) decoder states after the step
    outputs: np.ndarray  # (T, O) tanh of a linear map of the context and the decoder state
    log_probabilities: np.ndarray  # (T, V), natural logarithm
    vocabulary: tuple[str, ...]  # V words


@torch.inference_mode()
def trace_attention(
    translator: Translator, text: str, *, forced: str | Sequence[int] | None = None, max_length: int = 100
) -> AttentionTrace:
    """Translate ``text`` greedily, or along the target ``forced``, and keep every stage of every step.

    Raises ``ValueError`` for a model without attention, or without recurrence.
    """
    model = translator.model
    if not isinstance(model, AttentionalEncoderDecoder):
        raise ValueError(f"translator must be recurrent with attention, got the model {translator.name!r}")
    rows, written = [], []
    for step in walk(translator, text, forced=forced, max_length=max_length):
        before, after = step.before, step.after
        query = (before if model.order == "bahdanau" else after).layers[0][:, -1:]
        scores = model.attention.scores(query, before.keys, before.src_mask, before.position)
        written.append(step.token)
        rows.append(
            {
                "queries": query[0, 0],
                "scores": scores[0, 0],
                "weights": after.weights[0],
                "contexts": after.context[0],
                "hidden": after.layers[0][0, -1],
                "outputs": after.output[0],
                "log_probabilities": widened(step.logits).log_softmax(dim=-1),
            }
        )
    vocab = translator.tgt_codec.vocab
    return AttentionTrace(
        order=model.order,
        score=model.config.score,
        src_tokens=src_tokens(translator, text),
        tgt_tokens=tuple(vocab.decode(written)),
        memory=after.memory[0].float().cpu().numpy(),
        vocabulary=tuple(vocab.tokens),
        **{name: torch.stack([row[name] for row in rows]).float().cpu().numpy() for name in rows[0]},
    )
