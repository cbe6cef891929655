"""What the experiments on attention share: one corpus, one budget, and every model trained once for all."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from s2s_course.claims.claim import Scale
from s2s_course.data.batch import BucketedBatches, encode_pairs
from s2s_course.data.grammar import grammar_corpus
from s2s_course.data.pairs import ParallelCorpus, SentencePair
from s2s_course.decoding.greedy import greedy
from s2s_course.decoding.translate import Search, translate_to_indices
from s2s_course.evaluation.by_length import by_length
from s2s_course.evaluation.evaluate import score_texts
from s2s_course.models.translator import Translator
from s2s_course.text.tokenize import WordTokenizer
from s2s_course.training.contract import LossOf
from s2s_course.training.fast_loss import FastTranslationLoss
from s2s_course.training.loop import fit

LONGEST_IN_TRAINING = 14  # English words and punctuation marks
EDGES = (3, 6, 9, 12, 15, 20, 25, 30)  # of the buckets of source lengths


@dataclass(frozen=True)
class Budget:
    """``steps`` are of at most 800 target tokens."""

    train: int
    test: int
    longer: int
    embed_size: int
    hidden_size: int
    steps: int


BUDGETS: dict[Scale, Budget] = {
    "smoke": Budget(train=300, test=60, longer=60, embed_size=8, hidden_size=12, steps=3),
    "quick": Budget(train=20_000, test=1_000, longer=600, embed_size=96, hidden_size=128, steps=900),
    "full": Budget(train=100_000, test=2_000, longer=2_000, embed_size=256, hidden_size=512, steps=20_000),
}
CONDITIONS = (
    "The grammar corpus, 20,000 English–French pairs of 3 to 14 words; 900 steps of at most 800 target "
    "tokens, the same batches, Adam at 0.004, embeddings of 96 numbers, one layer of 128 units. Nothing "
    "was tuned for any model, and none has converged. Greedy search. "
)


@cache
def corpus_of(scale: Scale, *, backwards: bool = False) -> ParallelCorpus:
    """The corpus; ``backwards`` turns every source round, word by word."""
    budget = BUDGETS[scale]
    corpus = grammar_corpus(
        train=budget.train, test=budget.test, longer=budget.longer, compositional=0,
        max_length=LONGEST_IN_TRAINING,
    )  # fmt: skip
    if not backwards:
        return corpus
    tokenize = WordTokenizer("en").tokenize
    splits = {
        name: tuple(SentencePair(" ".join(reversed(tokenize(pair.src))), pair.tgt) for pair in pairs)
        for name, pairs in corpus.splits.items()
    }
    return ParallelCorpus(corpus.name, corpus.src_language, corpus.tgt_language, splits)


@cache
def trained(
    scale: Scale, seed: int, name: str, *, loss_of: LossOf | None = None, backwards: bool = False,
    wider: int = 1, **choices,
) -> Translator:  # fmt: skip
    """The model ``name`` after its budget; ``wider`` multiplies the hidden units.

    Kept for the next claim that asks for the same.
    """
    budget, corpus = BUDGETS[scale], corpus_of(scale, backwards=backwards)
    src_codec, tgt_codec = corpus.codecs()
    translator = Translator.build(
        name, src_codec, tgt_codec, seed=seed, embed_size=budget.embed_size,
        hidden_size=wider * budget.hidden_size, **choices,
    )  # fmt: skip
    batches = BucketedBatches(encode_pairs(corpus["train"], src_codec, tgt_codec), max_tokens=800, seed=seed)
    fit(
        translator.model, batches, steps=budget.steps, learning_rate=4e-3, seed=seed, progress_bar=False,
        loss_of=loss_of or FastTranslationLoss(),
    )  # fmt: skip
    return translator


def bleu_on_test(
    scale: Scale, translator: Translator, *, backwards: bool = False, search: Search = greedy
) -> float:
    """BLEU on the test split, whose sentences are as long as those of training."""
    return bleu_of(translator, corpus_of(scale, backwards=backwards)["test"], search=search)


def bleu_of(translator: Translator, pairs: Sequence[SentencePair], *, search: Search = greedy) -> float:
    """BLEU on ``pairs``."""
    outputs = words_written(translator, pairs, search)
    return score_texts(outputs, [pair.tgt for pair in pairs], "fr")[0].score


def words_written(
    translator: Translator, pairs: Sequence[SentencePair], search: Search = greedy
) -> list[list[str]]:
    """The words of each translation."""
    outputs = translate_to_indices(translator, [pair.src for pair in pairs], search=search)
    return [translator.tgt_codec.words(output) for output in outputs]


def words_from(shortest: int) -> str:
    """The lengths of the bucket of ``EDGES`` that begins at ``shortest``: "12 to 14 words"."""
    return f"{shortest} to {EDGES[EDGES.index(shortest) + 1] - 1} words"


def bleu_by_length(scale: Scale, translator: Translator, prefix: str) -> dict[str, float]:
    """``{prefix}_length_{shortest}``: BLEU in each bucket of ``EDGES``, up to and beyond training's
    lengths.
    """
    corpus, count = corpus_of(scale), WordTokenizer("en").tokenize
    pairs = [
        pair for pair in (*corpus["test"], *corpus["longer"]) if EDGES[0] <= len(count(pair.src)) < EDGES[-1]
    ]
    outputs = words_written(translator, pairs)
    buckets = by_length(pairs, outputs, src_language="en", tgt_language="fr", edges=EDGES)
    return {f"{prefix}_length_{bucket.shortest}": bucket.bleu for bucket in buckets}
