"""All models of the course on one page: quality, weights, time of an epoch, time of a sentence."""

from functools import partial

import torch

from s2s_course.claims.claim import Claim, Scale, Values, Verdict, all_of, compare_paired
from s2s_course.claims.figures import Bars
from s2s_course.claims.timing import milliseconds, on_threads
from s2s_course.claims.transformer_tasks import (
    CONDITIONS,
    RECURRENT,
    TRANSFORMER,
    best_rate,
    trained,
)
from s2s_course.claims.translation_tasks import bleu_of, bleu_on_test, corpus_of
from s2s_course.data.batch import Batch, BucketedBatches, encode_pairs
from s2s_course.decoding.translate import translate
from s2s_course.models.translator import Translator
from s2s_course.training.fast_loss import FastTranslationLoss

MODELS = ("rnn", "lstm", "gru", "bahdanau", "luong-scaled-dot", "transformer")
TIMED_BATCHES: dict[Scale, int] = {"smoke": 1, "quick": 10, "full": 50}
TIMED_SENTENCES: dict[Scale, int] = {"smoke": 4, "quick": 100, "full": 100}
REPEATS: dict[Scale, int] = {"smoke": 1, "quick": 3, "full": 5}


def experiment(scale: Scale, seed: int) -> dict[str, float]:
    """For each model: BLEU on the test split and on longer sentences, weights, seconds, milliseconds."""
    corpus, values, tasks = corpus_of(scale), {}, {}
    batches_an_epoch = 0
    for name in MODELS:
        translator, called = trained(scale, seed, name), name.replace("-", "_")
        values[f"{called}_bleu"] = bleu_on_test(scale, translator)
        values[f"{called}_longer_bleu"] = bleu_of(translator, corpus["longer"])
        values[f"{called}_parameters"] = float(translator.num_parameters)
        values[f"{called}_rate"] = best_rate(scale, name)
        encoded = encode_pairs(corpus["train"], translator.src_codec, translator.tgt_codec)
        batches = list(BucketedBatches(encoded, max_tokens=800, seed=seed).epoch(0))
        batches_an_epoch = len(batches)
        texts = [pair.src for pair in corpus["test"][: TIMED_SENTENCES[scale]]]
        timed = batches[: TIMED_BATCHES[scale]]
        tasks[f"{called}_epoch"] = on_threads(1, partial(gradients, translator, timed))
        tasks[f"{called}_sentence"] = on_threads(1, partial(translate, translator, texts))
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


def holds(values: Values) -> Verdict:
    others = [name.replace("-", "_") for name in MODELS if name != "transformer"]
    return all_of(
        *(compare_paired(values["transformer_bleu"], values[f"{name}_bleu"]) for name in others),
        *(
            compare_paired(values[f"{name}_epoch_s"], values["transformer_epoch_s"])
            for name in ("bahdanau", "luong_scaled_dot")
        ),
    )


CLAIM = Claim(
    id="six-models",
    chapter=9,
    statement="Of the six models the Transformer translates best, and its epoch takes less time than those "
    "of the two recurrent models with attention.",
    source="Vaswani et al. 2017, abstract: superior in quality while more parallel and faster to train",
    conditions=CONDITIONS
    + TRANSFORMER
    + RECURRENT
    + "Luong scores by scaled dot, without input feeding. Time of an epoch: loss and gradient, without the "
    "optimizer, on 10 batches, scaled to all; time of a sentence: greedy, 100 sentences in one batch, up to "
    "100 words each, so that a model that does not stop takes longer; both on one core, in turns, medians "
    "of 3. Longer sentences are those of more than 14 words.",
    experiment=experiment,
    holds=holds,
    figures=(
        Bars(
            "BLEU on the test split",
            {
                "rnn_bleu": "RNN",
                "lstm_bleu": "LSTM",
                "gru_bleu": "GRU",
                "bahdanau_bleu": "Bahdanau",
                "luong_scaled_dot_bleu": "Luong, scaled dot",
                "transformer_bleu": "Transformer",
            },
        ),
        Bars(
            "BLEU on sentences longer than in training",
            {
                "rnn_longer_bleu": "RNN",
                "lstm_longer_bleu": "LSTM",
                "gru_longer_bleu": "GRU",
                "bahdanau_longer_bleu": "Bahdanau",
                "luong_scaled_dot_longer_bleu": "Luong, scaled dot",
                "transformer_longer_bleu": "Transformer",
            },
        ),
        Bars(
            "weights",
            {
                "rnn_parameters": "RNN",
                "lstm_parameters": "LSTM",
                "gru_parameters": "GRU",
                "bahdanau_parameters": "Bahdanau",
                "luong_scaled_dot_parameters": "Luong, scaled dot",
                "transformer_parameters": "Transformer",
            },
            digits=0,
        ),
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
