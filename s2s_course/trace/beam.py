"""Everything that beam search looked at while it translated one sentence."""

import math
from dataclasses import dataclass

import torch

from s2s_course.data.batch import collate_sources
from s2s_course.decoding.beam import BeamStep, beam_search, divisor
from s2s_course.models.contract import device_of
from s2s_course.models.translator import Translator


@dataclass(frozen=True)
class BeamNode:
    """One way to go on that beam search considered.

    ``parent`` is the index of the node it goes on from, -1 at the first step. ``fate`` is ``kept`` (among
    the best, goes on), ``finished`` (wrote ``<eos>``) or ``pruned``.
    """

    step: int  # counted from 1
    token: str
    parent: int
    log_probability: float  # of this token, given all before it, in nats
    total: float  # sum of the log-probabilities from the first token to this one
    score: float  # ``total`` after the length penalty: what is compared at the end
    fate: str


@dataclass(frozen=True)
class BeamTrace:
    """``nodes`` in the order of their steps, the best of each step first; ``winner`` is an index of them."""

    src_tokens: tuple[str, ...]
    beam_size: int
    length_penalty: float
    nodes: tuple[BeamNode, ...]
    winner: int


def trace_beam(
    translator: Translator,
    text: str,
    *,
    beam_size: int = 5,
    length_penalty: float = 0.6,
    max_length: int = 100,
    pruned: int = 2,
) -> BeamTrace:
    """Translate ``text`` by beam search; of each step keep what was kept and the ``pruned`` next best.

    What the model gives no probability at all is left out.
    """
    if pruned < 0:
        raise ValueError(f"pruned must be 0 or more, got {pruned}")
    vocab, device = translator.tgt_codec.vocab, device_of(translator.model)
    src, src_mask = (tensor.to(device) for tensor in collate_sources([translator.src_codec.encode(text)]))
    steps: list[BeamStep] = []
    (output,) = beam_search(
        translator.model, src, src_mask, max_length=max_length, bos_index=vocab.bos_index,
        eos_index=vocab.eos_index, beam_size=beam_size, length_penalty=length_penalty, watch=steps.append,
    )  # fmt: skip
    nodes: list[BeamNode] = []
    written: list[list[int]] = []  # of each node: the tokens from the first to its own
    beam = [-1]  # the node at each place of the beam
    for step in steps:
        before, beam_before, beam = step.before[0].tolist(), beam, []
        for place, (total, parent, token) in enumerate(_candidates(step, pruned)):
            beam.append(len(nodes))
            if total == -math.inf:
                continue
            kept = "finished" if token == vocab.eos_index else "kept"
            node = BeamNode(
                step=step.length,
                token=vocab.decode([token])[0],
                parent=beam_before[parent],
                log_probability=total - before[parent],
                total=total,
                score=total / divisor(step.length, length_penalty),
                fate=kept if place < step.tokens.size(1) else "pruned",
            )
            nodes.append(node)
            written.append([*(written[node.parent] if node.parent >= 0 else []), token])
    src_tokens = tuple(translator.src_codec.vocab.decode(src[0].tolist()))
    return BeamTrace(src_tokens, beam_size, length_penalty, tuple(nodes), winner=written.index(output))


def _candidates(step: BeamStep, pruned: int) -> list[tuple[float, int, int]]:
    """Total, parent and token of what was kept (of one sentence), then of the ``pruned`` best of the rest."""
    logits, parents, tokens = step.logits[0], step.parents[0], step.tokens[0]
    others = step.before[0][:, None] + (logits - logits.logsumexp(dim=1, keepdim=True))
    others[parents, tokens] = -math.inf
    totals, places = others.flatten().topk(min(pruned, others.numel()))
    totals = torch.cat([step.totals[0], totals])
    parents = torch.cat([parents, places // logits.size(1)])
    tokens = torch.cat([tokens, places % logits.size(1)])
    return list(zip(totals.tolist(), parents.tolist(), tokens.tolist(), strict=True))
