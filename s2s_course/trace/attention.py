"""One sentence on its way through a recurrent encoder–decoder with attention, step by step."""

from dataclasses import dataclass

import numpy as np
import torch

from s2s_course.data.batch import collate_sources
from s2s_course.models.contract import device_of, evaluating
from s2s_course.models.translator import Translator


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
    translator: Translator, text: str, *, forced: str | None = None, max_length: int = 100
) -> AttentionTrace:
    """Translate ``text`` greedily, or along the target ``forced``, and keep every stage of every step.

    Raises ``ValueError`` for a model without attention.
    """
    model, vocab = translator.model, translator.tgt_codec.vocab
    order = getattr(model.config, "attention", "none")
    if order == "none":
        raise ValueError(f"translator must have attention, got the model {translator.name!r} without")
    if max_length < 1:
        raise ValueError(f"max_length must be at least 1, got {max_length}")
    path = None if forced is None else [*translator.tgt_codec.encode(forced), vocab.eos_index]
    device = device_of(model)
    src, src_mask = (x.to(device) for x in collate_sources([translator.src_codec.encode(text)]))
    written, steps = [], []
    with evaluating(model):
        state = model.init_state(src, src_mask)
        token = vocab.bos_index
        for t in range(max_length if path is None else len(path)):
            before = state
            logits, state = model.step(torch.tensor([token], device=device), before)
            token = int(logits.argmax()) if path is None else path[t]
            written.append(token)
            query = (before if order == "bahdanau" else state).layers[0][:, -1:]
            scores = model.attention.scores(query, before.keys, src_mask, before.position)
            steps.append(
                {
                    "queries": query[0, 0],
                    "scores": scores[0, 0],
                    "weights": state.weights[0],
                    "contexts": state.context[0],
                    "hidden": state.layers[0][0, -1],
                    "outputs": state.output[0],
                    "log_probabilities": logits[0].log_softmax(dim=-1),
                }
            )
            if token == vocab.eos_index:
                break
    return AttentionTrace(
        order=order,
        score=model.config.score,
        src_tokens=tuple(translator.src_codec.vocab.decode(src[0].tolist())),
        tgt_tokens=tuple(vocab.decode(written)),
        memory=state.memory[0].cpu().numpy(),
        vocabulary=tuple(vocab.tokens),
        **{name: torch.stack([step[name] for step in steps]).cpu().numpy() for name in steps[0]},
    )
