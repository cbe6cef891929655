"""Beam search: keep the best few beginnings, and choose among whole sentences at the end."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from s2s_course.checks import check_at_least
from s2s_course.devices import widest_float
from s2s_course.layers.precision import widened
from s2s_course.models.contract import EncoderDecoder, evaluating


@dataclass(frozen=True)
class BeamStep:
    """What one step of beam search saw and chose, for the ``N`` sentences that were still searched.

    ``before`` and ``logits`` belong to the ``L`` hypotheses that went into the step, the rest to the ``K``
    that came out, best first: ``tokens`` were put behind hypotheses ``parents``. ``before`` and ``totals``
    are sums of log-probabilities; -inf marks an empty place of the beam.
    """

    length: int  # tokens in a hypothesis after the step
    sentences: Int[Tensor, " N"]  # rows of the source
    before: Float[Tensor, "N L"]
    logits: Float[Tensor, "N L V"]
    totals: Float[Tensor, "N K"]
    parents: Int[Tensor, "N K"]
    tokens: Int[Tensor, "N K"]


def divisor(length: int, length_penalty: float) -> float:
    """What log P of ``length`` tokens, ``<eos>`` included, is divided by: Wu et al. 2016, equation 14.

    Every token makes log P smaller, so that without it (``length_penalty=0``) short sentences win.
    """
    return ((5 + length) / 6) ** length_penalty


@torch.inference_mode()
def beam_search(
    model: EncoderDecoder,
    src: Int[Tensor, "B S"],
    src_mask: Bool[Tensor, "B S"],
    *,
    max_length: int,
    bos_index: int,
    eos_index: int,
    beam_size: int = 5,
    length_penalty: float = 0.6,
    watch: Callable[[BeamStep], None] | None = None,
) -> list[list[int]]:
    """For each row of ``src`` at most ``max_length`` tokens, with ``<eos>`` last if it was reached.

    Each step lengthens the hypotheses by one token, in every way, and keeps the ``beam_size`` likeliest of
    all. Those that wrote ``<eos>`` are finished; the others go on. The result is the finished hypothesis with
    the best score, log P / ``divisor(length, length_penalty)``; of equals, the shorter. If none has finished
    after ``max_length`` tokens, it is the likeliest of the unfinished.

    A sentence is done, and leaves the batch, after ``max_length`` tokens, when no hypothesis is left to go
    on, or when none can overtake: whatever follows, its score is at most what it would be if only certain
    tokens followed up to ``max_length``. So stopping early never changes the result.

    With ``beam_size=1`` this is greedy search. ``watch`` is called after each step.
    """
    check_at_least(1, max_length=max_length, beam_size=beam_size)
    if not 0 <= length_penalty < math.inf:
        raise ValueError(f"length_penalty must be a number that is at least 0, got {length_penalty}")
    outputs: list[list[int]] = [[] for _ in range(len(src))]
    running = torch.arange(len(src), device=src.device)  # (N,)
    tokens = torch.full((len(src), 1), bos_index, device=src.device)  # (N, L): at first one hypothesis each
    written = tokens.new_empty(len(src), 1, 0)  # (N, L, length)
    totals = torch.zeros(len(src), 1, dtype=widest_float(src.device), device=src.device)  # (N, L), log P
    best_scores = torch.full_like(totals[:, 0], -math.inf)  # (N,), of what has finished
    with evaluating(model):
        state = model.init_state(src, src_mask)
        for length in range(1, max_length + 1):
            flat_logits, state = model.step(tokens.flatten(), state)
            logits, before = flat_logits.unflatten(0, tokens.shape), totals
            totals, parents, tokens = _likeliest(logits, before, beam_size)
            if watch is not None:
                watch(BeamStep(length, running, before, logits, totals, parents, tokens))
            paths = parents[:, :, None].expand(-1, -1, length - 1)
            written = torch.cat([written.gather(1, paths), tokens[:, :, None]], dim=2)

            ended = tokens == eos_index
            finished, places = totals.masked_fill(~ended, -math.inf).max(dim=1)
            scores = finished / divisor(length, length_penalty)
            for n in (scores > best_scores).nonzero().flatten().tolist():
                outputs[running[n]] = written[n, places[n]].tolist()
            best_scores = torch.maximum(best_scores, scores)

            totals = totals.masked_fill(ended, -math.inf)  # an empty place: nothing goes on from it
            reachable = totals.amax(dim=1) / divisor(max_length, length_penalty)
            going_on = (reachable > best_scores).nonzero().flatten()
            if len(going_on) == 0:
                return outputs
            rows = going_on[:, None] * before.size(1) + parents[going_on]
            state = state.select(rows)
            running, tokens, written = running[going_on], tokens[going_on], written[going_on]
            totals, best_scores = totals[going_on], best_scores[going_on]
    for n in (best_scores == -math.inf).nonzero().flatten().tolist():
        outputs[running[n]] = written[n, 0].tolist()  # the beam is sorted, and nothing in it has ended
    return outputs


def _likeliest(
    logits: Float[Tensor, "N L V"], totals: Float[Tensor, "N L"], beam_size: int
) -> tuple[Float[Tensor, "N K"], Int[Tensor, "N K"], Int[Tensor, "N K"]]:
    """The likeliest ways to go on: log P, the hypothesis each goes on from, and its token."""
    # At most beam_size ways on from one hypothesis can be kept. They are looked for among the logits, whose
    # order no rounding has touched yet.
    _, best_tokens = _top(logits, beam_size)  # (N, L, k)
    log_probabilities = widened(logits).log_softmax(dim=2).gather(2, best_tokens)
    candidates = (totals[:, :, None] + log_probabilities).flatten(1)  # (N, L k), as precise as the totals
    best_totals, best = _top(candidates, beam_size)
    return best_totals, best // best_tokens.size(2), best_tokens.flatten(1).gather(1, best)


def _top(values: Float[Tensor, "*rows n"], k: int) -> tuple[Float[Tensor, "*rows k"], Int[Tensor, "*rows k"]]:
    """The ``k`` greatest values of each row, or all if there are fewer, and where they stand."""
    if k == 1:  # of equals max takes the first, as greedy search does; topk takes any
        return values.max(dim=-1, keepdim=True)
    return values.topk(min(k, values.size(-1)))
