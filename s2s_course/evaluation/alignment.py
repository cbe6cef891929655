"""Word alignments and how wrong they are: the alignment error rate (Och and Ney 2003, section 6.1)."""

from collections.abc import Iterable, Sequence

import numpy as np
import torch

from s2s_course.data.batch import collate, encode_pairs, rows_by_length
from s2s_course.data.pairs import SentencePair
from s2s_course.models.attentional import AttentionalEncoderDecoder
from s2s_course.models.contract import device_of, evaluating
from s2s_course.models.translator import Translator
from s2s_course.text.tokenize import WordTokenizer

Link = tuple[int, int]  # (source position, target position), counted from 0


def links_of(weights: np.ndarray) -> set[Link]:
    """Each target word's link to the source word it attends to most, from ``weights`` (T, S).

    The last row and the last column belong to ``<eos>``. A word that attends most to ``<eos>`` has no link.
    """
    if weights.ndim != 2 or 0 in weights.shape:
        raise ValueError(f"weights must have shape (T, S) with at least one of each, got {weights.shape}")
    last = weights.shape[1] - 1
    return {(int(i), j) for j, i in enumerate(weights[:-1].argmax(axis=1)) if i != last}


def alignment_error_rate(predicted: Sequence[Iterable[Link]], gold: Sequence[Iterable[Link]]) -> float:
    """1 − 2 |A ∩ G| / (|A| + |G|) over all sentences together: 0 is perfect, 1 has no link right.

    ``predicted`` (A) and ``gold`` (G) hold the links of each sentence. Och and Ney tell sure links from
    possible ones; our gold has only sure ones, and the two kinds are then the same.
    """
    if not gold:
        raise ValueError("gold must hold the links of at least one sentence, got none")
    if len(predicted) != len(gold):
        raise ValueError(f"predicted must be as many as gold, got {len(predicted)} and {len(gold)}")
    common = total = 0
    for mine, theirs in zip(map(set, predicted), map(set, gold), strict=True):
        common += len(mine & theirs)
        total += len(mine) + len(theirs)
    if total == 0:
        raise ValueError("predicted and gold must hold at least one link between them, got none")
    return 1 - 2 * common / total


def is_scored(translator: Translator, pairs: Sequence[SentencePair]) -> bool:
    """Can the attention of ``translator`` be compared with gold alignments of ``pairs``?

    It must attend, with one weight for each word (a Transformer has one in each head), and every pair must
    have its gold.
    """
    words = all(
        isinstance(codec.tokenizer, WordTokenizer) for codec in (translator.src_codec, translator.tgt_codec)
    )
    one_map = isinstance(translator.model, AttentionalEncoderDecoder)
    return words and one_map and all(pair.alignment is not None for pair in pairs)


@torch.inference_mode()
def attended_links(
    translator: Translator, pairs: Sequence[SentencePair], *, batch_size: int = 100
) -> list[set[Link]]:
    """The links of each pair, read off the attention while the model is led along the reference."""
    links: list[set[Link]] = [set() for _ in pairs]
    encoded = encode_pairs(pairs, translator.src_codec, translator.tgt_codec)
    model, targets = translator.model, [tgt for _, tgt in encoded]
    with evaluating(model):
        for rows in rows_by_length(targets, batch_size):
            batch = collate([encoded[i] for i in rows]).to(device_of(model))
            state, weights = model.init_state(batch.src, batch.src_mask, need_weights=True), []
            for t in range(batch.tgt_in.size(1)):
                _, state = model.step(batch.tgt_in[:, t], state)
                weights.append(state.weights)
            together = torch.stack(weights, dim=1).float().cpu().numpy()  # (B, T, S)
            lengths = batch.src_lengths.tolist(), batch.tgt_lengths.tolist()
            for row, S, T, i in zip(together, *lengths, rows, strict=True):
                links[i] = links_of(row[:T, :S])
    return links
