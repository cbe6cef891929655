"""The commands that train, use and score a model."""

import os
import sys
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Annotated

import torch
import typer

from s2s_course.cli.app import JsonOption, UsageError, app, plain_errors, print_json, print_table
from s2s_course.data.batch import BucketedBatches, batches_by_length, encode_pairs
from s2s_course.data.corpora import multi30k, tatoeba
from s2s_course.data.grammar import grammar_corpus
from s2s_course.data.pairs import ParallelCorpus
from s2s_course.decoding.beam import beam_search
from s2s_course.decoding.greedy import greedy
from s2s_course.decoding.translate import Search
from s2s_course.decoding.translate import translate as translate_texts
from s2s_course.evaluation.evaluate import evaluate as evaluate_translator
from s2s_course.models.registry import MODELS
from s2s_course.models.translator import Translator
from s2s_course.text.codec import TextCodec
from s2s_course.text.tokenize import BPETokenizer, WordTokenizer
from s2s_course.trace import trace
from s2s_course.training.checkpoint import load_checkpoint, save_checkpoint
from s2s_course.training.fast_loss import FastTranslationLoss
from s2s_course.training.loop import Progress, fit
from s2s_course.widgets.attention import Attention
from s2s_course.widgets.page import write_widget_page

DATA = ("grammar", "multi30k", "tatoeba")

DataOption = Annotated[str, typer.Option("--data", help=f"Corpus: {', '.join(DATA)}.")]
SrcOption = Annotated[str, typer.Option("--src", help="Source language: en, fr or de.")]
TgtOption = Annotated[str, typer.Option("--tgt", help="Target language: en, fr or de.")]
DeviceOption = Annotated[str, typer.Option("--device", help="cpu or cuda.")]
BeamOption = Annotated[
    int, typer.Option("--beam", help="Hypotheses kept by beam search; 1 is greedy search.")
]
PenaltyOption = Annotated[
    float, typer.Option("--length-penalty", help="Of beam search: 0 favors short sentences, 1 long ones.")
]
CheckpointArgument = Annotated[Path, typer.Argument(help="Folder that `s2s train --out` wrote.")]


@app.command()
@plain_errors
def train(
    out: Annotated[Path, typer.Option("--out", help="Folder for the checkpoint.")],
    model: Annotated[str, typer.Option("--model", help=f"Model: {', '.join(MODELS)}.")] = "gru",
    data: DataOption = "grammar",
    src: SrcOption = "en",
    tgt: TgtOption = "fr",
    steps: Annotated[int | None, typer.Option(help="Stop after this many steps.")] = None,
    minutes: Annotated[float | None, typer.Option(help="Stop after this many minutes.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of weights, batches and dropout.")] = 0,
    device: DeviceOption = "cpu",
    subwords: Annotated[
        int | None, typer.Option(help="Byte-pair pieces per language; whole words if not given.")
    ] = None,
    embed_size: Annotated[int | None, typer.Option(help="Size of a word's vector.")] = None,
    hidden_size: Annotated[int | None, typer.Option(help="Size of a hidden state.")] = None,
    num_layers: Annotated[int | None, typer.Option(help="Layers in encoder and decoder.")] = None,
    dropout: Annotated[float | None, typer.Option(help="Share of units dropped in training.")] = None,
    context: Annotated[
        str | None, typer.Option(help="Without attention, where the context goes: first_step or every_step.")
    ] = None,
    input_feeding: Annotated[
        bool | None, typer.Option("--input-feeding", help="Luong: feed what came out into the next step.")
    ] = None,
    window: Annotated[
        str | None, typer.Option(help="What attention may see: global, local_m or local_p.")
    ] = None,
    tied: Annotated[
        bool | None, typer.Option("--tied", help="One matrix for target embedding and logits.")
    ] = None,
    bfloat16: Annotated[
        bool, typer.Option("--bf16", help="Matrix products in bfloat16: faster where the processor has it.")
    ] = False,
    learning_rate: Annotated[float, typer.Option(help="Step size of Adam.")] = 1e-3,
    max_tokens: Annotated[
        int, typer.Option(help="Largest batch, in target tokens, padding included.")
    ] = 2000,
    validate_every: Annotated[int, typer.Option(help="Steps between validations.")] = 200,
    patience: Annotated[int | None, typer.Option(help="Validations without gain before stopping.")] = None,
) -> None:
    """Train a model and keep the weights that are best on the validation split.

    A size that is not given is the model's own default.
    The best weights so far are written at every validation, so that an interrupted run loses little.
    """
    if steps is None and minutes is None:
        raise UsageError("give --steps or --minutes: training would have no end")
    check_device(device)
    check_folder(out)
    corpus = load_corpus(data, src, tgt)
    src_codec = build_codec(src, [pair.src for pair in corpus["train"]], subwords)
    tgt_codec = build_codec(tgt, [pair.tgt for pair in corpus["train"]], subwords)
    choices = {
        "embed_size": embed_size,
        "hidden_size": hidden_size,
        "num_layers": num_layers,
        "dropout": dropout,
        "context": context,
        "input_feeding": input_feeding,
        "window": window,
        "tied": tied,
    }
    given = {name: value for name, value in choices.items() if value is not None}  # else the model's default
    translator = Translator.build(model, src_codec, tgt_codec, seed=seed, **given)
    pairs = encode_pairs(corpus["train"], src_codec, tgt_codec)
    batches = BucketedBatches(pairs, max_tokens=max_tokens, seed=seed)
    validation = batches_by_length(encode_pairs(corpus["validation"], src_codec, tgt_codec))
    notes = {"data": data, "src": src, "tgt": tgt, "seed": seed}

    def report(progress: Progress) -> None:
        if progress.validation_loss is not None:
            mark = " (best)" if progress.is_best else ""
            typer.echo(f"step {progress.step:6d}  validation loss {progress.validation_loss:.4f}{mark}")
        if progress.is_best:
            save_checkpoint(translator, out, notes={**notes, "step": progress.step})

    typer.echo(
        f"{model} on {data} {src}-{tgt}: {len(pairs):,} pairs, vocabularies {len(src_codec.vocab):,} and "
        f"{len(tgt_codec.vocab):,}, {translator.num_parameters:,} parameters, {device}"
    )
    history = fit(
        translator.model, batches, steps=steps, minutes=minutes, validation=validation,
        validate_every=validate_every, patience=patience, learning_rate=learning_rate, seed=seed,
        device=device, callbacks=[report], loss_of=FastTranslationLoss(bfloat16=bfloat16),
        progress_bar=sys.stderr.isatty(),
    )  # fmt: skip
    if not history.losses:
        raise UsageError("training was interrupted before its first step; nothing was written")
    if history.validation_losses:
        step = history.best_step  # written by `report`
    else:  # interrupted before the first validation
        step = len(history.losses)
        save_checkpoint(translator, out, notes={**notes, "step": step})
    speed = history.targets / history.seconds
    typer.echo(
        f"stopped by {history.ended_by} after {len(history.losses)} steps, {speed:,.0f} target tokens/s"
    )
    typer.echo(f"checkpoint of step {step} in {out}")


@app.command()
@plain_errors
def translate(
    checkpoint: CheckpointArgument,
    texts: Annotated[list[str], typer.Argument(help="Sentences, each in quotes.")],
    beam: BeamOption = 1,
    length_penalty: PenaltyOption = 0.6,
    show_attention: Annotated[
        Path | None,
        typer.Option(help="Write a page that shows where the model looked, and open it yourself."),
    ] = None,
    max_length: Annotated[int, typer.Option(help="Most tokens in a translation.")] = 100,
    device: DeviceOption = "cpu",
    as_json: JsonOption = False,
) -> None:
    """Translate sentences with a trained model."""
    check_device(device)
    translator, _ = load_checkpoint(checkpoint, device=device)
    if show_attention is not None:
        check_page(show_attention, translator)
    search = search_of(beam, length_penalty)
    translations = translate_texts(translator, texts, search=search, max_length=max_length)
    if show_attention is not None:
        traces = [
            trace(translator, text, forced=translation)
            for text, translation in zip(texts, translations, strict=True)
        ]
        write_widget_page(
            show_attention,
            [Attention.from_trace(traced) for traced in traces],
            title=f"Where {translator.name} looks",
            texts=[f"{text}\n{t}" for text, t in zip(texts, translations, strict=True)],
        )
    if as_json:
        rows = [{"source": text, "translation": t} for text, t in zip(texts, translations, strict=True)]
        print_json(rows)
    else:
        typer.echo("\n".join(translations))


@app.command()
@plain_errors
def evaluate(
    checkpoint: CheckpointArgument,
    data: Annotated[
        str | None, typer.Option("--data", help="Corpus; else the one it was trained on.")
    ] = None,
    split: Annotated[
        str, typer.Option(help="train, validation, test, or another split of the corpus.")
    ] = "test",
    beam: BeamOption = 1,
    length_penalty: PenaltyOption = 0.6,
    max_length: Annotated[int, typer.Option(help="Most tokens in a translation.")] = 100,
    device: DeviceOption = "cpu",
    as_json: JsonOption = False,
) -> None:
    """Score a trained model: BLEU with its signature, exact match, token accuracy, perplexity.

    Where the corpus has gold alignments and the model attends to words, also the alignment error rate.
    """
    check_device(device)
    translator, notes = load_checkpoint(checkpoint, device=device)
    src, tgt = translator.src_codec.tokenizer.language, translator.tgt_codec.tokenizer.language
    data = data or notes.get("data", "grammar")
    pairs = load_corpus(data, src, tgt)[split]
    search = search_of(beam, length_penalty)
    result = asdict(evaluate_translator(translator, pairs, search=search, max_length=max_length))
    if result["alignment_error_rate"] is None:
        del result["alignment_error_rate"]
    result = {"data": data, "split": split, "src": src, "tgt": tgt, **result}
    if as_json:
        print_json(result)
    else:
        print_table([{"measure": name, "value": value} for name, value in result.items()])


def load_corpus(name: str, src: str, tgt: str) -> ParallelCorpus:
    """The corpus called ``name`` from ``src`` to ``tgt``."""
    match name:
        case "multi30k":
            return multi30k(src, tgt)
        case "tatoeba":
            return tatoeba(src, tgt)
        case "grammar":
            return grammar_corpus(src=src, tgt=tgt)
    raise UsageError(f"--data must be one of {', '.join(DATA)}, got {name!r}")


def build_codec(language: str, texts: list[str], subwords: int | None) -> TextCodec:
    """Words that occur at least twice, or ``subwords`` byte-pair pieces."""
    if subwords is None:
        return TextCodec.build(WordTokenizer(language), texts, min_frequency=2)
    return TextCodec.build(BPETokenizer.train(texts, language=language, num_tokens=subwords), texts)


def search_of(beam: int, length_penalty: float) -> Search:
    """Greedy search, or a beam of that many hypotheses."""
    return greedy if beam == 1 else partial(beam_search, beam_size=beam, length_penalty=length_penalty)


def check_page(path: Path, translator: Translator) -> None:
    """Find out before translating that the page cannot be made."""
    if getattr(translator.model.config, "attention", "none") == "none":
        raise UsageError(f"--show-attention needs a model with attention, and {translator.name} has none")
    if path.is_dir() or not path.absolute().parent.is_dir():
        raise UsageError(f"--show-attention must name a file in a folder that exists, got {path}")


def check_folder(out: Path) -> None:
    """Find out before the training, not after it, that a checkpoint cannot be written."""
    if out.exists() and not out.is_dir():
        raise UsageError(f"--out must be a folder, and {out} is a file")
    existing = next(folder for folder in (out, *out.absolute().parents) if folder.exists())
    if not existing.is_dir() or not os.access(existing, os.W_OK):
        raise UsageError(f"--out {out} cannot be written: {existing} is not a folder that you may write to")


def check_device(device: str) -> None:
    if device not in ("cpu", "cuda"):
        raise UsageError(f"--device must be cpu or cuda, got {device!r}")
    if device == "cuda" and not torch.cuda.is_available():
        raise UsageError("--device cuda needs a GPU that torch can use, and there is none; use --device cpu")
