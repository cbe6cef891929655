"""Sampling: draw each token by its probability instead of taking the most probable."""

from collections import Counter
from collections.abc import Sequence

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from s2s_course.checks import check_more_than_0
from s2s_course.decoding.generate import generate
from s2s_course.devices import widest_float
from s2s_course.layers.precision import widened
from s2s_course.models.contract import EncoderDecoder
from s2s_course.seeds import torch_generator

_COLDEST = 1e-30  # a smaller divisor may count as 0 in float32


def truncate(
    logits: Float[Tensor, "B V"], top_k: int | None = None, top_p: float = 1.0
) -> Float[Tensor, "B V"]:
    """The logits of the tokens that may be drawn, and -inf for all others.

    ``top_k`` keeps the k most probable tokens (Fan et al. 2018), all if there are fewer. ``top_p`` keeps the
    smallest set of most probable tokens whose probability reaches p (Holtzman et al. 2020): few where the
    model is sure, many where it is not. With both, p is a share of what top-k left. Of equally probable
    tokens, the one with the lower index counts as more probable.
    """
    if top_k is not None and top_k < 1:
        raise ValueError(f"top_k must be None or at least 1, got {top_k}")
    if not 0 < top_p <= 1:
        raise ValueError(f"top_p must lie in (0, 1], got {top_p}")
    if top_k is None and top_p == 1:
        return logits
    ranked, order = logits.sort(dim=1, descending=True, stable=True)
    if top_k is not None:
        ranked[:, top_k:] = -torch.inf
    if top_p < 1:
        reached = ranked.softmax(dim=1, dtype=widest_float(ranked.device)).cumsum(dim=1)
        ranked[:, 1:].masked_fill_(reached[:, :-1] >= top_p, -torch.inf)
    return torch.empty_like(logits).scatter_(1, order, ranked)


def sharpened(logits: Float[Tensor, "B V"], temperature: float) -> Float[Tensor, "B V"]:
    """The logits divided by ``temperature``, of which only differences count: at most 0, so none overflows.

    Near 0 all but the greatest become -inf, and drawing is greedy search. Whoever calls it at each step has
    checked that ``temperature`` is finite and above 0.
    """
    below = widened(logits - logits.amax(dim=-1, keepdim=True))
    return below / max(temperature, _COLDEST)


def draw(logits: Float[Tensor, "B V"], generators: Sequence[torch.Generator]) -> Int[Tensor, " B"]:
    """One token a row, drawn from the softmax of ``logits`` with the row's own generator."""
    probabilities = logits.softmax(dim=1).cpu()
    drawn = [torch.multinomial(row, 1, generator=g) for row, g in zip(probabilities, generators, strict=True)]
    return torch.cat(drawn).to(logits.device)


def sample(
    model: EncoderDecoder,
    src: Int[Tensor, "B S"],
    src_mask: Bool[Tensor, "B S"],
    *,
    max_length: int,
    bos_index: int,
    eos_index: int,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float = 1.0,
    seed: int = 0,
) -> list[list[int]]:
    """For each row of ``src`` at most ``max_length`` tokens, with ``<eos>`` last if it was reached.

    Each token is drawn from the softmax of ``truncate(logits / temperature, top_k, top_p)``. What is drawn
    for a row is decided by ``seed`` and its source, not by what else is in the batch; a source that is there
    twice is drawn twice.
    """
    check_more_than_0(temperature=temperature)
    generators = _generators(src, src_mask, seed)

    def choose(logits, rows):
        allowed = truncate(sharpened(logits, temperature), top_k, top_p)
        return draw(allowed, [generators[row] for row in rows.tolist()])

    return generate(
        model, src, src_mask, choose, max_length=max_length, bos_index=bos_index, eos_index=eos_index
    )


def _generators(src: Int[Tensor, "B S"], src_mask: Bool[Tensor, "B S"], seed: int) -> list[torch.Generator]:
    """One for each row, by what its source says and how often that was there before."""
    times: Counter[tuple[int, ...]] = Counter()
    generators = []
    for row, mask in zip(src.cpu(), src_mask.cpu(), strict=True):
        source = tuple(row[mask].tolist())
        generators.append(torch_generator(seed, "sample", times[source], *source))
        times[source] += 1
    return generators
