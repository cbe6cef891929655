"""What the commands on models share: options, and how their values are checked and turned into objects."""

import os
import tempfile
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from s2s_course.cli.errors import UsageError
from s2s_course.data.corpora import multi30k, tatoeba
from s2s_course.data.grammar import grammar_corpus
from s2s_course.data.pairs import ParallelCorpus
from s2s_course.decoding.beam import beam_search
from s2s_course.decoding.greedy import greedy
from s2s_course.decoding.translate import Search
from s2s_course.devices import allow_tf32, choose_device
from s2s_course.models.translator import Translator

DATA = ("grammar", "multi30k", "tatoeba")

DataOption = Annotated[str, typer.Option("--data", help=f"Corpus: {', '.join(DATA)}.")]
SrcOption = Annotated[str, typer.Option("--src", help="Source language: en, fr or de.")]
TgtOption = Annotated[str, typer.Option("--tgt", help="Target language: en, fr or de.")]
DeviceOption = Annotated[
    str, typer.Option("--device", help="cpu, cuda, mps, cuda:1 …; auto is the best that is there.")
]
BeamOption = Annotated[
    int, typer.Option("--beam", max=10_000, help="Hypotheses kept by beam search; 1 is greedy search.")
]
PenaltyOption = Annotated[
    float, typer.Option("--length-penalty", help="Of beam search: 0 favors short sentences, 1 long ones.")
]
MaxLengthOption = Annotated[
    int, typer.Option("--max-length", max=10_000, help="Most tokens in a translation.")
]
CheckpointArgument = Annotated[Path, typer.Argument(help="Folder that `s2s train --out` wrote.")]


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


def search_of(beam: int, length_penalty: float) -> Search:
    """Greedy search, or a beam of that many hypotheses."""
    return greedy if beam == 1 else partial(beam_search, beam_size=beam, length_penalty=length_penalty)


def check_page(path: Path, translator: Translator) -> None:
    """Find out before translating that the page cannot be made."""
    if not translator.model.attends:
        raise UsageError(f"--show-attention needs a model with attention, and {translator.name} has none")
    if path.is_dir() or not path.absolute().parent.is_dir():
        raise UsageError(f"--show-attention must name a file in a folder that exists, got {path}")


def check_folder(out: Path) -> None:
    """Find out before the training, not after it, that a checkpoint cannot be written."""
    if os.path.lexists(out) and not out.is_dir():
        raise UsageError(f"--out must be a folder, and {out} is none")
    existing = next(folder for folder in (out, *out.absolute().parents) if folder.exists())
    try:
        with tempfile.TemporaryFile(dir=existing):  # the surest way to know is to try
            pass
    except OSError as error:
        raise UsageError(
            f"--out {out} cannot be written: {existing} is not a folder that you may write to "
            f"({error.strerror})"
        ) from None


def device_of_option(device: str) -> str:
    """The device that ``--device`` stands for, made ready. Says which, where ``auto`` is not the CPU.

    ``UsageError`` for one that torch cannot use here.
    """
    try:
        chosen = choose_device(device)
    except ValueError as error:
        raise UsageError(f"--{error}") from None
    if device == "auto" and chosen != "cpu":
        typer.echo(f"s2s: on {chosen}", err=True)
    allow_tf32(chosen)
    return chosen
