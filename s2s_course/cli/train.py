"""The command that trains a model."""

import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from torch import Tensor
from tqdm import tqdm

from s2s_course.cli.arguments import (
    DataOption,
    DeviceOption,
    SrcOption,
    TgtOption,
    check_folder,
    device_of_option,
    load_corpus,
)
from s2s_course.cli.errors import UsageError
from s2s_course.cli.launched import is_launched
from s2s_course.cli.memory import check_memory
from s2s_course.cli.options import with_options
from s2s_course.cli.recipe import begun_with, in_words, measured_speed, tokens_in, with_dropout
from s2s_course.data.batch import BucketedBatches, batches_by_length, encode_pairs
from s2s_course.devices import has_fast_bfloat16
from s2s_course.models.registry import MODELS, config_classes, model_config
from s2s_course.models.translator import Translator
from s2s_course.training.budget import Budget
from s2s_course.training.checkpoint import MANIFEST, save_checkpoint
from s2s_course.training.history import Progress
from s2s_course.training.loop import fit
from s2s_course.training.processes import ONE_PROCESS, Processes
from s2s_course.training.recipe import Recipe, recipe_of
from s2s_course.training.run import Run
from s2s_course.training.run_files import generations
from s2s_course.training.validation import Validation

RUN = "run"  # folder in the one of the checkpoint


@with_options(choices=config_classes(), changes=[Recipe])
def train(
    out: Annotated[Path, typer.Option("--out", help="Folder for the checkpoint.")],
    model: Annotated[str, typer.Option("--model", help=f"Model: {', '.join(MODELS)}.")] = "gru",
    data: DataOption = "grammar",
    src: SrcOption = "en",
    tgt: TgtOption = "fr",
    steps: Annotated[int | None, typer.Option(help="Stop after this many steps.")] = None,
    minutes: Annotated[float | None, typer.Option(help="Stop after this many minutes.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of weights, batches and dropout.")] = 0,
    device: DeviceOption = "auto",
    subwords: Annotated[
        int | None,
        typer.Option(max=1_000_000, help="Byte-pair pieces per language; whole words if not given."),
    ] = None,
    patience: Annotated[int | None, typer.Option(help="Validations without gain before stopping.")] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Begin anew where there is a run already.")] = False,
    *,
    choices: dict[str, Any],
    changes: dict[str, Any],
) -> None:
    """Train a model and keep the weights that are best on the validation split.

    A size that is not given is the model's own default. Batch, rate, warm-up, label smoothing and bfloat16
    that are not given are those of the model's recipe for this budget; where that is in minutes, some seconds
    of training tell first how much will be read. The state of the run is kept too, every two minutes and when
    it is interrupted or terminated: the same command goes on from there, and ends as if nothing had been.
    """
    if steps is None and minutes is None:
        raise UsageError("give --steps or --minutes: training would have no end")
    budget = Budget(steps=steps, minutes=minutes)  # is refused before a corpus is loaded
    device = device_of_option(device)
    processes = join_processes(device)
    check_folder(out)
    check_run(out, fresh)
    begun = {} if fresh else begun_with(out / RUN)
    speed = None
    recipe_now = partial(recipe_of, model, device=device, steps=steps, **{**begun, **changes})
    recipe = recipe_now(tokens=tokens_in(budget, speed))
    if recipe.bfloat16 and not has_fast_bfloat16(device):
        typer.echo(
            f"s2s: the {device} here has no hardware for bfloat16: --no-bf16 is many times faster", err=True
        )
    corpus = load_corpus(data, src, tgt)
    src_codec, tgt_codec = corpus.codecs(min_frequency=2, subwords=subwords)
    sizes = {"src_vocab_size": len(src_codec.vocab), "tgt_vocab_size": len(tgt_codec.vocab)}
    check_memory(model, model_config(model, **sizes, **choices), device)
    build = partial(Translator.build, model, src_codec, tgt_codec, seed=seed)
    translator = build(**with_dropout(recipe, choices))
    pairs = encode_pairs(corpus["train"], src_codec, tgt_codec)
    longest = 1 + max(len(side) for pair in pairs for side in pair)
    recipe = recipe_now(tokens=tokens_in(budget, speed), longest=longest)
    batches = BucketedBatches(pairs, max_tokens=recipe.max_tokens, seed=seed)
    held_out = batches_by_length(encode_pairs(corpus["validation"], src_codec, tgt_codec))
    validation = Validation(held_out, every=recipe.validate_every, patience=patience)
    notes = {"data": data, "src": src, "tgt": tgt, "seed": seed}
    written = None  # the step whose weights are in the checkpoint

    def keep_best(weights: dict[str, Tensor], step: int) -> None:
        nonlocal written
        save_checkpoint(translator, out, weights=weights, notes={**notes, "step": step})
        written = step

    def report(progress: Progress) -> None:
        if progress.validation_loss is not None:
            mark = " (best)" if progress.is_best else ""
            with tqdm.external_write_mode():  # not on the line of the bar
                typer.echo(f"step {progress.step:6d}  validation loss {progress.validation_loss:.4f}{mark}")

    typer.echo(
        f"{model} on {data} {src}-{tgt}: {len(pairs):,} pairs, vocabularies {len(src_codec.vocab):,} and "
        f"{len(tgt_codec.vocab):,}, {translator.num_parameters:,} parameters, {device}"
    )
    if minutes is not None and not begun:
        translator.model.to(processes.own_device(device))
        speed = measured_speed(translator.model, batches, recipe, budget, processes)
        recipe = recipe_now(tokens=tokens_in(budget, speed), longest=longest)
        batches = BucketedBatches(pairs, max_tokens=recipe.max_tokens, seed=seed)
        translator = build(**with_dropout(recipe, choices))
        validation = replace(validation, every=recipe.validate_every)
    typer.echo(in_words(recipe, speed))
    history = fit(
        translator.model.to(processes.own_device(device)), batches, steps=steps, minutes=minutes,
        validation=validation, learning_rate=recipe.learning_rate,
        schedule=recipe.schedule(steps=steps, minutes=minutes),
        optimizer=recipe.optimizer, loss_of=recipe.loss_of, seed=seed, callbacks=[report],
        progress_bar=sys.stderr.isatty(), run=Run(out / RUN, fresh=fresh, after_save=keep_best),
        processes=processes,
    )  # fmt: skip
    if not history.losses:
        raise UsageError("training was interrupted before its first step; nothing was written")
    step = history.best_step if history.validation_losses else len(history.losses)
    # not yet: before the first validation, amid a second interrupt, or where the disk was full for a while
    if processes.is_first and written != step:
        keep_best(translator.model.state_dict(), step)
    speed = history.targets / history.seconds
    typer.echo(
        f"stopped by {history.ended_by} after {len(history.losses)} steps, {speed:,.0f} target tokens/s"
    )
    typer.echo(f"checkpoint of step {step} in {out}")
    if history.ended_by == "interrupt":
        typer.echo(f"the same command{' without --fresh' if fresh else ''} {what_follows(out / RUN)}")


def what_follows(run: Path) -> str:
    """What a command that goes on with ``run`` will do."""
    newest = next(iter(generations(run).values()), None)
    return f"goes on after step {newest.step}" if newest else "begins again: no state was kept"


def check_run(out: Path, fresh: bool) -> None:
    """A checkpoint without a run, as older versions of the course left it, is not written over unasked."""
    if (out / MANIFEST).exists() and not (out / RUN).exists() and not fresh:
        raise UsageError(
            f"--out {out} has a checkpoint and no run that could go on: give another folder, or --fresh to "
            "replace the checkpoint"
        )


def join_processes(device: str) -> Processes:
    """All that a launcher started with this command, made known to each other; mostly this one alone."""
    if not is_launched():
        return ONE_PROCESS
    from s2s_course.training.accelerated import AcceleratedProcesses  # who trains alone need not have it

    return AcceleratedProcesses(device)
