"""All models of the course on one page: the time of an epoch, and the time of a sentence."""

from functools import partial

import torch

from s2s_course.claims.claim import Claim, Scale
from s2s_course.claims.clause import More
from s2s_course.claims.figures import Bars
from s2s_course.claims.six_models import MODELS
from s2s_course.claims.timing import milliseconds, on_threads
from s2s_course.claims.transformer_tasks import RECURRENT, TRANSFORMER, built
from s2s_course.claims.translation_tasks import corpus_of
from s2s_course.data.batch import Batch, BucketedBatches, collate_sources, encode_pairs
from s2s_course.decoding.greedy import greedy
from s2s_course.models.translator import Translator
from s2s_course.training.fast_loss import FastTranslationLoss

TIMED_BATCHES: dict[Scale, int] = {"smoke": 1, "quick": 10, "full": 50}
TIMED_SENTENCES: dict[Scale, int] = {"smoke": 4, "quick": 100, "full": 100}
REPEATS: dict[Scale, int] = {"smoke": 1, "quick": 5, "full": 5}
WORDS = 12  # of each translation
NEVER = -1  # the index of no token: every translation has all its words


def experiment(scale: Scale, seed: int) -> dict[str, float]:
    """For each model: seconds of an epoch, milliseconds of a sentence."""
    corpus, values, tasks, batches_an_epoch = corpus_of(scale), {}, {}, 0
    for name, choices in MODELS.items():
        translator, called = built(scale, seed, name, **choices), name.replace("-", "_")
        encoded = encode_pairs(corpus["train"], translator.src_codec, translator.tgt_codec)
        batches = list(BucketedBatches(encoded, max_tokens=800, seed=seed).epoch(0))
        batches_an_epoch = len(batches)
        timed = batches[: TIMED_BATCHES[scale]]
        texts = [pair.src for pair in corpus["test"][: TIMED_SENTENCES[scale]]]
        tasks[f"{called}_epoch"] = on_threads(1, partial(gradients, translator, timed))
        tasks[f"{called}_sentence"] = on_threads(1, partial(write, translator, texts))
    for name, taken in milliseconds(tasks, repeats=REPEATS[scale]).items():
        if name.endswith("_epoch"):
            values[f"{name}_s"] = taken / TIMED_BATCHES[scale] * batches_an_epoch / 1e3
        else:
            values[f"{name}_ms"] = taken / TIMED_SENTENCES[scale]
    return values


def gradients(translator: Translator, batches: list[Batch]) -> None:
    """The loss and its gradient on each of ``batches``."""
    model, loss_of = translator.model, FastTranslationLoss()
    with torch.enable_grad():
        for batch in batches:
            model.zero_grad()
            loss_of(model, batch).backward()


def write(translator: Translator, texts: list[str]) -> None:
    """Translate ``texts`` greedily in one batch, each into as many words."""
    src, src_mask = collate_sources([translator.src_codec.encode(text) for text in texts])
    bos = translator.tgt_codec.vocab.bos_index
    greedy(translator.model, src, src_mask, max_length=WORDS, bos_index=bos, eos_index=NEVER)


CLAIM = Claim(
    id="six-models-time",
    chapter=9,
    title="An epoch of the Transformer is shorter",
    statement="On one processor core an epoch of the Transformer takes less time than those of the two "
    "recurrent models with attention.",
    source="Vaswani et al. 2017, abstract: more parallelizable and significantly less time to train",
    conditions="The models of six-models, untrained, on the same data. "
    + TRANSFORMER
    + RECURRENT
    + "Time of an epoch: loss and gradient, without the optimizer, on 10 batches, scaled to all; time of a "
    "sentence: greedy, 100 sentences in one batch, 12 words each; both on one core, in turns, medians of 5.",
    experiment=experiment,
    clauses=(
        More(
            "It is shorter than with Bahdanau's attention.",
            "bahdanau_epoch_s",
            "transformer_epoch_s",
            unit="seconds",
        ),
        More(
            "It is shorter than with Luong's attention.",
            "luong_scaled_dot_epoch_s",
            "transformer_epoch_s",
            unit="seconds",
        ),
    ),
    figures=(
        Bars(
            "seconds for an epoch of loss and gradient",
            {
                "rnn_epoch_s": "RNN",
                "lstm_epoch_s": "LSTM",
                "gru_epoch_s": "GRU",
                "bahdanau_epoch_s": "Bahdanau",
                "luong_scaled_dot_epoch_s": "Luong, scaled dot",
                "transformer_epoch_s": "Transformer",
            },
        ),
        Bars(
            "milliseconds to translate a sentence",
            {
                "rnn_sentence_ms": "RNN",
                "lstm_sentence_ms": "LSTM",
                "gru_sentence_ms": "GRU",
                "bahdanau_sentence_ms": "Bahdanau",
                "luong_scaled_dot_sentence_ms": "Luong, scaled dot",
                "transformer_sentence_ms": "Transformer",
            },
        ),
    ),
)
