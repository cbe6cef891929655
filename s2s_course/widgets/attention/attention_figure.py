"""The static figure of Attention: the weights of each model in numbers, or all heads as small maps."""

import numpy as np

from s2s_course.widgets.shared.arrays import decode_array
from s2s_course.widgets.shared.charts import weights_table
from s2s_course.widgets.shared.figure import StaticFigure
from s2s_course.widgets.shared.picture import SOFT, Picture

_SIDE = 104  # of a head's map


def figure(widget) -> StaticFigure:
    gold = any(panel["score"] for panel in widget.panels) or any(stack["gold"] for stack in widget.stacks)
    says = " A star marks a gold link." if gold else ""
    if widget.stacks:
        parts = [part for stack in widget.stacks for part in _heads(stack)]
        chosen = next(stack for stack in widget.stacks if stack["kind"] == widget.kind)
        parts.append(_one_head(chosen, widget.layer, widget.head))
        says = f"Every head of every layer as a map, and one head in numbers.{says}"
    else:
        parts = [_panel(panel, widget.src_tokens) for panel in widget.panels]
        says = f"Where each written word looks: a row for each, whose weights sum to 1.{says}"
    return StaticFigure(widget.title, tuple(parts), says)


def _panel(panel: dict, src_tokens: list[str]) -> str:
    caption, gold = panel["name"], []
    if score := panel["score"]:
        caption += f": alignment error rate {score['rate']:.3f}"
        gold = score["gold"]
    weights = decode_array(panel["weights"])
    return weights_table(caption, weights, panel["tgt_tokens"], src_tokens, gold=gold, corner="written")


def _heads(stack: dict) -> list[str]:
    weights = decode_array(stack["weights"])
    L, H = weights.shape[:2]
    across = min(H, 5)
    lines = -(-H // across)
    picture = Picture(across * (_SIDE + 16) + 8, L * lines * (_SIDE + 30) + 8)
    for layer in range(L):
        for head in range(H):
            x = 8 + (head % across) * (_SIDE + 16)
            y = 22 + (layer * lines + head // across) * (_SIDE + 30)
            label = f"layer {layer + 1}, head {head + 1}"
            if stack["scores"]:
                label = f"{layer + 1}.{head + 1}: AER {stack['scores'][layer][head]['rate']:.3f}"
            picture.text(x, y - 6, label, color=SOFT)
            picture.map(x, y, _SIDE, _SIDE, weights[layer, head], "sequential")
    rows, columns = (" ".join(stack[name]) for name in ("tgt_tokens", "src_tokens"))
    said = f"{stack['label']}: {L} layers of {H} heads, a map each. Rows are {rows}; columns are {columns}."
    return [f"<p>{_first_upper(stack['label'])}</p>", picture.html(said)]


def _one_head(stack: dict, layer: int, head: int) -> str:
    weights = decode_array(stack["weights"])[layer, head]
    gold = stack["gold"] or []
    caption = f"{_first_upper(stack['label'])}, layer {layer + 1}, head {head + 1}"
    if stack["scores"]:
        caption += f": alignment error rate {stack['scores'][layer][head]['rate']:.3f}"
    return weights_table(
        caption,
        np.asarray(weights),
        stack["tgt_tokens"],
        stack["src_tokens"],
        gold=gold,
        corner=stack["sides"][0],
    )


def _first_upper(text: str) -> str:
    return text[0].upper() + text[1:]
