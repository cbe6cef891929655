"""How well each head of cross-attention aligns words."""

from collections.abc import Sequence

import numpy as np
import torch

from s2s_course.checks import check_one_of
from s2s_course.data.batch import collate, encode_pairs, rows_by_length
from s2s_course.data.pairs import SentencePair
from s2s_course.evaluation.alignment import Link, alignment_error_rate, links_of
from s2s_course.models.contract import device_of, evaluating
from s2s_course.models.translator import Translator

READINGS = ("out", "in")


def head_links(
    translator: Translator, pairs: Sequence[SentencePair], *, reading: str, batch_size: int = 100
) -> list[list[list[set[Link]]]]:
    """Links of each layer, head and pair, read off cross-attention along the reference.

    ``reading`` says whose weights a row is taken for: of the word that comes ``out`` of the position, or of
    the word that went ``in``. After the last layer comes one more "layer", whose "heads" are the means of the
    heads of each layer, and last the mean of all.

    Raises ``ValueError`` for an unknown reading.
    """
    check_one_of(READINGS, reading=reading)
    model, encoded = translator.model, encode_pairs(pairs, translator.src_codec, translator.tgt_codec)
    links: list[list[list[set[Link]]]] = []
    targets = [tgt for _, tgt in encoded]
    with evaluating(model), torch.inference_mode():
        for rows in rows_by_length(targets, batch_size):
            batch = collate([encoded[i] for i in rows]).to(device_of(model))
            cross = model.attentions(batch.src, batch.tgt_in, batch.src_mask)[2].float().cpu().numpy()
            lengths = batch.src_lengths.tolist(), batch.tgt_lengths.tolist()
            for weights, S, T, i in zip(cross, *lengths, rows, strict=True):
                weights = weights[:, :, :T, :S]  # (L, H, T, S)
                if reading == "in":  # the word that went in at t + 1 is the one that came out at t
                    weights = np.concatenate([weights[:, :, 1:], weights[:, :, -1:]], axis=2)
                means = weights.mean(axis=1)  # (L, T, S)
                layers = [*weights, np.stack([*means, means.mean(axis=0)])]
                links = links or [[[set()] * len(pairs) for _ in heads] for heads in layers]
                for of_layer, heads in zip(links, layers, strict=True):
                    for of_head, head in zip(of_layer, heads, strict=True):
                        of_head[i] = links_of(head)
    return links


def head_errors(
    translator: Translator, pairs: Sequence[SentencePair], *, reading: str
) -> tuple[np.ndarray, np.ndarray]:
    """The alignment error rate of each head (L, H), and of the mean of each layer and of all (L + 1,)."""
    gold = [pair.alignment for pair in pairs]
    *layers, means = [
        [alignment_error_rate(found, gold) for found in heads]
        for heads in head_links(translator, pairs, reading=reading)
    ]
    return np.array(layers), np.array(means)
