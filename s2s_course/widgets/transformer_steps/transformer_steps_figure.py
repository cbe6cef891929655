"""The static figure of TransformerSteps: how much each part changes each word, and the likeliest words."""

import numpy as np

from s2s_course.trace.transformer_steps import DECODER_PARTS, ENCODER_PARTS
from s2s_course.widgets.shared.arrays import decode_precise
from s2s_course.widgets.shared.charts import likely_words
from s2s_course.widgets.shared.figure import Cell, StaticFigure, digits, table


def figure(widget) -> StaticFigure:
    read = ["<bos>", *widget.tgt_tokens[:-1]]
    parts = [
        _stack(widget, "encoder", ENCODER_PARTS, widget.src_tokens),
        _stack(widget, "decoder", DECODER_PARTS, read),
    ]
    logits = decode_precise(widget.arrays["logits"])
    shares = np.exp(logits - decode_precise(widget.arrays["log_sums"])[:, None])
    parts.append(likely_words(widget.tgt_tokens, widget.choices, shares))
    about = widget.about
    norm = "before" if about["norm_first"] else "behind"
    return StaticFigure(
        widget.title,
        tuple(parts),
        f"A Transformer of {about['num_layers']} layers with {about['num_heads']} heads and "
        f"{about['d_model']} numbers a word, its norms {norm} each part: the size of "
        "what each part adds to each word's vector.",
    )


def _stack(widget, side: str, parts, tokens) -> str:
    changes = decode_precise(widget.arrays[f"{side}_sizes"])[..., 0]
    ends = decode_precise(widget.arrays[f"{side}_ends"])
    most = float(changes.max()) or 1.0
    rows = [["word vector", *map(digits, ends[0])]]
    for layer, of_layer in enumerate(changes, start=1):
        for part, sizes in zip(parts, of_layer, strict=True):
            cells = [Cell(digits(size), size / most) for size in sizes]
            rows.append([f"layer {layer}, {part.replace('_', ' ')}", *cells])
    rows.append(["output", *map(digits, ends[1])])
    return table(f"{side.capitalize()}: sizes of vectors and of changes", ["", *tokens], rows)
