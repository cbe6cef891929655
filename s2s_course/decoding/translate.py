"""From text to text: encode, search, decode, in batches of similar length."""

from collections.abc import Callable, Sequence

from s2s_course.data.batch import collate_sources, rows_by_length
from s2s_course.decoding.greedy import greedy
from s2s_course.models.contract import device_of
from s2s_course.models.translator import Translator

Search = Callable[..., list[list[int]]]


def translate(
    translator: Translator,
    texts: Sequence[str],
    *,
    search: Search = greedy,
    max_length: int = 100,
    batch_size: int = 100,
) -> list[str]:
    """One translation for each of ``texts``, in their order. ``max_length`` counts target tokens."""
    outputs = translate_to_indices(
        translator, texts, search=search, max_length=max_length, batch_size=batch_size
    )
    return [translator.tgt_codec.decode(output) for output in outputs]


def translate_to_indices(
    translator: Translator,
    texts: Sequence[str],
    *,
    search: Search = greedy,
    max_length: int = 100,
    batch_size: int = 100,
) -> list[list[int]]:
    """What ``translate`` makes texts of: the tokens that were written, ``<eos>`` last if it was reached.

    For whoever scores or draws them. A text has to be cut into tokens again, and may come out otherwise.
    """
    sources = [translator.src_codec.encode(text) for text in texts]
    vocab = translator.tgt_codec.vocab
    device = device_of(translator.model)
    written: list[list[int]] = [[] for _ in texts]
    for rows in rows_by_length(sources, batch_size):
        src, src_mask = collate_sources([sources[i] for i in rows])
        outputs = search(
            translator.model,
            src.to(device),
            src_mask.to(device),
            max_length=max_length,
            bos_index=vocab.bos_index,
            eos_index=vocab.eos_index,
        )
        for i, output in zip(rows, outputs, strict=True):
            written[i] = output
    return written
