"""The command that trains a model."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from s2s_course.cli.app import UsageError, app, plain_errors
from s2s_course.cli.arguments import (
    DataOption,
    DeviceOption,
    SrcOption,
    TgtOption,
    check_device,
    check_folder,
    load_corpus,
)
from s2s_course.data.batch import BucketedBatches, batches_by_length, encode_pairs
from s2s_course.layers.positions import POSITIONS
from s2s_course.models.registry import MODELS
from s2s_course.models.translator import Translator
from s2s_course.training.checkpoint import save_checkpoint
from s2s_course.training.history import Progress
from s2s_course.training.loop import fit
from s2s_course.training.recipe import recipe_of
from s2s_course.training.validation import Validation


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
    d_model: Annotated[int | None, typer.Option(help="Transformer: size of a vector.")] = None,
    num_heads: Annotated[int | None, typer.Option(help="Transformer: heads of each attention.")] = None,
    d_ff: Annotated[int | None, typer.Option(help="Transformer: width of the feed-forward part.")] = None,
    positions: Annotated[str | None, typer.Option(help=f"Transformer: {', '.join(POSITIONS)}.")] = None,
    norm_first: Annotated[
        bool | None, typer.Option("--pre-norm/--post-norm", help="Transformer: norm before or after a part.")
    ] = None,
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
        bool | None, typer.Option("--tied/--untied", help="One matrix for target embedding and logits.")
    ] = None,
    bfloat16: Annotated[
        bool | None,
        typer.Option("--bf16/--no-bf16", help="Matrix products in bfloat16: faster where there is hardware."),
    ] = None,
    learning_rate: Annotated[float | None, typer.Option(help="Highest step size of Adam.")] = None,
    warm_up: Annotated[
        int | None, typer.Option(help="Steps to the highest rate, which then falls to 0; 0: a constant rate.")
    ] = None,
    label_smoothing: Annotated[
        float | None, typer.Option(help="Share of the target spread over the vocabulary.")
    ] = None,
    max_tokens: Annotated[
        int, typer.Option(help="Largest batch, in target tokens, padding included.")
    ] = 2000,
    validate_every: Annotated[int, typer.Option(help="Steps between validations.")] = 200,
    patience: Annotated[int | None, typer.Option(help="Validations without gain before stopping.")] = None,
) -> None:
    """Train a model and keep the weights that are best on the validation split.

    A size that is not given is the model's own default; rate, warm-up, label smoothing and bfloat16 that
    are not given are those of the model's recipe. The best weights so far are written at every validation,
    so that an interrupted run loses little.
    """
    if steps is None and minutes is None:
        raise UsageError("give --steps or --minutes: training would have no end")
    check_device(device)
    check_folder(out)
    recipe = recipe_of(
        model, learning_rate=learning_rate, warm_up=warm_up, label_smoothing=label_smoothing,
        bfloat16=bfloat16,
    )  # fmt: skip
    corpus = load_corpus(data, src, tgt)
    src_codec, tgt_codec = corpus.codecs(min_frequency=2, subwords=subwords)
    choices = {
        "embed_size": embed_size,
        "hidden_size": hidden_size,
        "num_layers": num_layers,
        "dropout": dropout,
        "d_model": d_model,
        "num_heads": num_heads,
        "d_ff": d_ff,
        "positions": positions,
        "norm_first": norm_first,
        "context": context,
        "input_feeding": input_feeding,
        "window": window,
        "tied": tied,
    }
    given = {name: value for name, value in choices.items() if value is not None}  # else the model's default
    translator = Translator.build(model, src_codec, tgt_codec, seed=seed, **given)
    pairs = encode_pairs(corpus["train"], src_codec, tgt_codec)
    batches = BucketedBatches(pairs, max_tokens=max_tokens, seed=seed)
    held_out = batches_by_length(encode_pairs(corpus["validation"], src_codec, tgt_codec))
    validation = Validation(held_out, every=validate_every, patience=patience)
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
        translator.model.to(device), batches, steps=steps, minutes=minutes, validation=validation,
        learning_rate=recipe.learning_rate, schedule=recipe.schedule(steps=steps, minutes=minutes),
        optimizer=recipe.optimizer, loss_of=recipe.loss_of, seed=seed, callbacks=[report],
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
