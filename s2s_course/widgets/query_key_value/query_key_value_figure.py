"""The static figure of QueryKeyValue: one query with all keys, and the weights of all queries."""

import numpy as np

from s2s_course.widgets.shared.arrays import decode_array
from s2s_course.widgets.shared.charts import weights_table
from s2s_course.widgets.shared.figure import Cell, StaticFigure, digits, table


def figure(widget) -> StaticFigure:
    query, key, value = (decode_array(widget.vectors[name]) for name in ("query", "key", "value"))
    size = query.shape[1]
    allowed = np.ones((len(query), len(key)), dtype=bool)
    if widget.causal:
        allowed &= np.tril(allowed)
    if widget.masked:
        allowed &= decode_array(widget.allowed) > 0.5
    products = query @ key.T
    scores = products / np.sqrt(size) if widget.scaled else products
    scores = np.where(allowed, scores, -np.inf)
    exps = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = exps / exps.sum(axis=1, keepdims=True)
    row, output = widget.row, weights @ value
    most = float(np.abs(value).max()) or 1.0
    rows = [
        ["q · k", *map(digits, products[row])],
        [f"÷ √{size}" if widget.scaled else "not scaled", *map(digits, scores[row])],
        ["weight", *(Cell(digits(weight), float(weight)) for weight in weights[row])],
    ]
    vectors = [
        [
            f"number {n}",
            *(Cell(digits(v), v / most) for v in value[:, n]),
            Cell(digits(output[row, n]), strong=True),
        ]
        for n in range(size)
    ]
    names, word = widget.key_tokens, widget.tokens[row]
    return StaticFigure(
        widget.title,
        (
            table(f"The query of “{word}” with each key", ["", *names], rows),
            table(f"The values, and their sum weighted for “{word}”", ["", *names, "output"], vectors),
            weights_table("Weights of all queries", weights, widget.tokens, names, corner="query"),
        ),
        "Each query is compared with all keys; softmax makes weights of the scores, and the weighted sum of "
        "the values is the output.",
    )
