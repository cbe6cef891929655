"""The commands that use and score a trained model."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from s2s_course.cli.arguments import (
    BeamOption,
    CheckpointArgument,
    DeviceOption,
    MaxLengthOption,
    PenaltyOption,
    check_page,
    device_of_option,
    load_corpus,
    search_of,
)
from s2s_course.cli.errors import UsageError
from s2s_course.cli.output import JsonOption, print_json, print_table
from s2s_course.decoding.translate import translate_to_indices
from s2s_course.evaluation.evaluate import evaluate as evaluate_translator
from s2s_course.trace import trace
from s2s_course.training.checkpoint import load_checkpoint
from s2s_course.widgets.attention import Attention
from s2s_course.widgets.shared.page import write_widget_page


def translate(
    checkpoint: CheckpointArgument,
    texts: Annotated[list[str], typer.Argument(help="Sentences, each in quotes.")],
    beam: BeamOption = 1,
    length_penalty: PenaltyOption = 0.6,
    show_attention: Annotated[
        Path | None,
        typer.Option(help="Write a page that shows where the model looked, and open it yourself."),
    ] = None,
    max_length: MaxLengthOption = 100,
    device: DeviceOption = "auto",
    as_json: JsonOption = False,
) -> None:
    """Translate sentences with a trained model.

    The translations come first: where the page of `--show-attention` cannot be made, since a sentence is too
    long for it, they are printed all the same, and the exit code is 2.
    """
    device = device_of_option(device)
    translator, _ = load_checkpoint(checkpoint, device=device)
    if show_attention is not None:
        check_page(show_attention, translator)
    search = search_of(beam, length_penalty)
    outputs = translate_to_indices(translator, texts, search=search, max_length=max_length)
    translations = [translator.tgt_codec.decode(output) for output in outputs]
    if as_json:
        rows = [{"source": text, "translation": t} for text, t in zip(texts, translations, strict=True)]
        print_json(rows)
    else:
        typer.echo("\n".join(translations))
    if show_attention is not None:
        try:
            traces = [trace(translator, text, forced=out) for text, out in zip(texts, outputs, strict=True)]
            write_widget_page(
                show_attention,
                [Attention.from_trace(traced) for traced in traces],
                title=f"Where {translator.name} looks",
                texts=[f"{text}\n{t}" for text, t in zip(texts, translations, strict=True)],
            )
        except ValueError as error:  # too large for a widget
            raise UsageError(f"--show-attention: {show_attention} was not written: {error}") from error


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
    max_length: MaxLengthOption = 100,
    device: DeviceOption = "auto",
    as_json: JsonOption = False,
) -> None:
    """Score a trained model: BLEU with its signature, exact match, token accuracy, perplexity.

    Where the corpus has gold alignments and the model attends to words, also the alignment error rate. A
    perplexity beyond every number is `inf`, and in JSON, which has no such number, `null`.
    """
    device = device_of_option(device)
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
