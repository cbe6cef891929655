"""Everything we measure of a translator on one split, in one call."""

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from s2s_course.data.batch import batches_by_length, encode_pairs
from s2s_course.data.pairs import SentencePair
from s2s_course.decoding.greedy import greedy
from s2s_course.decoding.translate import Search, translate_to_indices
from s2s_course.evaluation.accuracy import exact_match, token_accuracy
from s2s_course.evaluation.alignment import alignment_error_rate, attended_links, is_scored
from s2s_course.evaluation.bleu import Bleu, bleu
from s2s_course.models.translator import Translator
from s2s_course.text.tokenize import WordTokenizer
from s2s_course.training.validation import mean_loss


@dataclass(frozen=True)
class Evaluation:
    """``exact_match`` and ``token_accuracy`` run from 0 to 1; ``loss`` is in nats per token.

    ``perplexity`` is e^``loss``, and infinity where that is beyond every number.

    ``alignment_error_rate`` runs from 0 to 1, and is ``None`` unless the model attends to words and the pairs
    have gold alignments.
    """

    sentences: int
    bleu: float
    signature: str
    exact_match: float
    token_accuracy: float
    loss: float
    perplexity: float
    alignment_error_rate: float | None


def score_texts(
    hypotheses: Sequence[str | list[str]], references: Sequence[str], language: str
) -> tuple[Bleu, float]:
    """``(Bleu, exact match)`` of translations, both over the words of ``language``.

    A hypothesis is a text, or the words that a model wrote, ``TextCodec.words``: these are not cut again.
    """
    tokenize = WordTokenizer(language).tokenize
    words = (
        [tokenize(written) if isinstance(written, str) else written for written in hypotheses],
        [tokenize(text) for text in references],
    )
    return bleu(*words), exact_match(*words)


def evaluate(
    translator: Translator,
    pairs: Sequence[SentencePair],
    *,
    search: Search = greedy,
    max_length: int = 100,
    batch_size: int = 100,
) -> Evaluation:
    """Translate the sources of ``pairs`` and compare with their targets."""
    outputs = translate_to_indices(
        translator, [pair.src for pair in pairs], search=search,
        max_length=max_length, batch_size=batch_size,
    )  # fmt: skip
    codec = translator.tgt_codec
    score, exact = score_texts(
        [codec.words(output) for output in outputs], [pair.tgt for pair in pairs], codec.tokenizer.language
    )
    encoded = encode_pairs(pairs, translator.src_codec, translator.tgt_codec)
    batches = batches_by_length(encoded, batch_size)
    loss = mean_loss(translator.model, batches)
    return Evaluation(
        sentences=len(pairs),
        bleu=score.score,
        signature=score.signature,
        exact_match=exact,
        token_accuracy=token_accuracy(translator.model, batches),
        loss=loss,
        perplexity=math.inf if loss > math.log(sys.float_info.max) else math.exp(loss),
        alignment_error_rate=alignment_error_rate(
            attended_links(translator, pairs, batch_size=batch_size), [pair.alignment for pair in pairs]
        )
        if is_scored(translator, pairs)
        else None,
    )
