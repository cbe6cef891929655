"""One sentence through an encoder–decoder, step by step: the walk that every trace of a translation makes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from s2s_course.checks import check_at_least
from s2s_course.data.batch import collate_sources
from s2s_course.models.contract import State, device_of, evaluating
from s2s_course.models.translator import Translator


@dataclass(frozen=True)
class Step:
    """One step: the states around it, the logits (V,) that it gave, and the token written."""

    before: State
    after: State
    logits: Float[Tensor, " V"]
    token: int


def walk(
    translator: Translator, text: str, *, forced: str | Sequence[int] | None, max_length: int
) -> Iterator[Step]:
    """Translate ``text`` greedily up to ``<eos>``, or along the target ``forced`` (see ``path_along``).

    Raises ``ValueError`` for a ``max_length`` below 1.
    """
    check_at_least(1, max_length=max_length)
    model, vocab, device = translator.model, translator.tgt_codec.vocab, device_of(translator.model)
    path = None if forced is None else path_along(translator, forced)
    src, src_mask = (x.to(device) for x in collate_sources([translator.src_codec.encode(text)]))
    with evaluating(model):
        state, token = model.init_state(src, src_mask, need_weights=True), vocab.bos_index
        for t in range(max_length if path is None else len(path)):
            before = state
            logits, state = model.step(torch.tensor([token], device=device), before)
            token = int(logits.argmax()) if path is None else path[t]
            yield Step(before, state, logits[0], token)
            if token == vocab.eos_index:
                break


def path_along(translator: Translator, forced: str | Sequence[int]) -> list[int]:
    """The target tokens of ``forced``: of a text with ``<eos>`` behind it, or what a model wrote, as it is.

    Raises ``ValueError`` for a model's output without a token.
    """
    codec = translator.tgt_codec
    path = [*codec.encode(forced), codec.vocab.eos_index] if isinstance(forced, str) else list(forced)
    if not path:
        raise ValueError("forced must hold at least one token, got none")
    return path


def src_tokens(translator: Translator, text: str) -> tuple[str, ...]:
    """The source as the encoder reads it, ``<eos>`` last."""
    vocab = translator.src_codec.vocab
    return tuple(vocab.decode([*translator.src_codec.encode(text), vocab.eos_index]))
