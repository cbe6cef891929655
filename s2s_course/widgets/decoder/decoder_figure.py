"""The static figure of Decoder: for each written word where it looked, and which words were likeliest."""

import numpy as np

from s2s_course.widgets.shared.arrays import decode_array, decode_precise
from s2s_course.widgets.shared.charts import likely_words, weights_table
from s2s_course.widgets.shared.figure import StaticFigure


def figure(widget) -> StaticFigure:
    inside = decode_array(widget.inside) > 0.5
    scores = np.where(inside, decode_precise(widget.arrays["scores"]), -np.inf)
    exps = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = exps / exps.sum(axis=1, keepdims=True)
    probabilities = decode_precise(widget.arrays["probabilities"])
    most = weights.argmax(axis=1)
    said = "; ".join(
        f"{word} looks at {widget.src_tokens[s]}" for word, s in zip(widget.tgt_tokens, most, strict=True)
    )
    when = "before" if widget.order == "bahdanau" else "after"
    return StaticFigure(
        widget.title,
        (
            weights_table(
                "Attention weights", weights, widget.tgt_tokens, widget.src_tokens, corner="written"
            ),
            likely_words(widget.tgt_tokens, widget.choices, probabilities),
        ),
        f"Read: {' '.join(widget.src_tokens)}. Written: {' '.join(widget.tgt_tokens)}. The query is the "
        f"decoder state {when} the step, the score is {widget.score.replace('_', ' ')}. {said}.",
    )
