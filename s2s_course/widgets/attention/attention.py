"""Attention: where each word looks, in several models or in all heads of one, and how far from gold links."""

from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar

import numpy as np
import traitlets

from s2s_course.checks import check_one_of
from s2s_course.trace import Trace
from s2s_course.trace.attention import AttentionTrace
from s2s_course.trace.heads import HeadsTrace
from s2s_course.widgets.attention import attention_data, attention_figure
from s2s_course.widgets.shared.base import front_end
from s2s_course.widgets.shared.figure import StaticFigure
from s2s_course.widgets.shared.live import LiveWidget
from s2s_course.widgets.shared.view import OneOf, Whole, check_index

_PANEL = {
    "name": traitlets.Unicode(),
    "tgt_tokens": traitlets.List(traitlets.Unicode()),
    "weights": traitlets.Dict(),  # (T, S), encoded
    "score": traitlets.Dict(allow_none=True),  # with gold links: see _score
}
_STACK = {
    "kind": traitlets.Unicode(),
    "label": traitlets.Unicode(),
    "sides": traitlets.List(traitlets.Unicode()),  # what a row's word and a column's word are called
    "tgt_tokens": traitlets.List(traitlets.Unicode()),
    "src_tokens": traitlets.List(traitlets.Unicode()),
    "causal": traitlets.Bool(),
    "weights": traitlets.Dict(),  # (L, H, T, S), encoded
    "gold": traitlets.List(allow_none=True),
    "scores": traitlets.List(allow_none=True),  # of each head of each layer
}
_AXES = ("layer", "head", "row", "column")  # of a stack's weights


class Attention(LiveWidget):
    """Attention weights of one sentence as a map or as lines between words, and the numbers of a chosen word.

    ``compare`` and ``from_trace`` show one matrix of weights for each model. ``from_heads`` and
    ``from_layers`` show all heads of all layers of one model as small maps, and one of them enlarged:
    ``kind`` names the kind of attention, ``layer`` and ``head`` are counted from 0 and shown from 1.

    ``row`` is a target word and ``column`` a source word, both counted from 0 and chosen for all models
    together. ``side`` says which of the two is read: ``target`` shows where that word looks, ``source``
    shows by which words it is looked at. ``drawing`` is ``map`` or ``lines``; ``show_gold`` lays the gold
    links over it. All of them can be set from Python and linked to another widget with
    ``ipywidgets.jslink((a, "row"), (b, "row"))``. The data does not change once the widget is made.

    Where gold links are given, each model gets its alignment error rate on this sentence: each target word
    is linked to the source word that it attends to most (``s2s_course.evaluation.alignment``).
    """

    chapters: ClassVar[tuple[int, ...]] = (5, 6, 7, 9)
    _esm = front_end(
        __file__, "attention_drawings.js", "attention_heads.js", "own_attention.js", "attention.js"
    )
    _css = front_end(__file__, "attention.css")

    title = traitlets.Unicode().tag(sync=True)
    src_tokens = traitlets.List(traitlets.Unicode()).tag(sync=True)
    panels = traitlets.List(traitlets.Dict(per_key_traits=_PANEL)).tag(sync=True)
    stacks = traitlets.List(traitlets.Dict(per_key_traits=_STACK)).tag(sync=True)  # instead of panels
    kind = OneOf(lambda widget: [stack["kind"] for stack in widget.stacks] or [""])
    layer = Whole(last=lambda widget: widget._most("layer") - 1)
    head = Whole(last=lambda widget: widget._most("head") - 1)
    row = Whole(last=lambda widget: widget._most("row") - 1)
    column = Whole(last=lambda widget: widget._most("column") - 1)
    side = OneOf(("target", "source"))
    drawing = OneOf(("map", "lines"))
    show_gold = traitlets.Bool(True).tag(sync=True)

    @classmethod
    def from_trace(
        cls,
        trace: Trace | AttentionTrace,
        *,
        gold: Iterable | None = None,
        title: str = "",
        row: int = 0,
        column: int = 0,
    ) -> "Attention":
        """The attention of one traced run, of a Transformer all heads; ``gold`` as in ``compare``."""
        if isinstance(trace, Trace) and np.ndim(trace.attention) == 4:
            cross = trace.attention.transpose(1, 2, 0, 3)  # (T, L, H, S) to (L, H, T, S)
            layers = {"cross": (trace.tgt_tokens, trace.src_tokens, cross)}
            return cls.from_layers(layers, gold=gold, title=title, row=row, column=column)
        return cls.from_traces({"Attention": trace}, gold=gold, title=title, row=row, column=column)

    @classmethod
    def from_traces(
        cls,
        traces: Mapping[str, Trace | AttentionTrace],
        *,
        gold: Iterable | Mapping | None = None,
        title: str = "",
        row: int = 0,
        column: int = 0,
    ) -> "Attention":
        """The attention of several models, by name, on one sentence; ``gold`` as in ``compare``."""
        sources = {trace.src_tokens for trace in traces.values()}
        if len(sources) != 1:
            raise ValueError(
                f"traces must be of one sentence and have its src_tokens, got {len(sources)} of them"
            )
        return cls.compare(
            {name: (trace.tgt_tokens, _weights_of(name, trace)) for name, trace in traces.items()},
            src_tokens=sources.pop(),
            gold=gold,
            title=title,
            row=row,
            column=column,
        )

    @classmethod
    def compare(
        cls,
        attentions: Mapping[str, tuple],
        *,
        src_tokens: Sequence[str],
        gold: Iterable | Mapping | None = None,
        title: str = "",
        row: int = 0,
        column: int = 0,
    ) -> "Attention":
        """For each model, by name, its target tokens and its weights ``(T, S)``, whose rows sum to one.

        ``gold`` holds links ``(source position, target position)``, counted from 0, for models that wrote
        the same target, or such links (or None) for each model by its name. ``<eos>``, where it ends a
        sentence, has no links.

        Weights are carried as float16, so what is shown is off by at most ``weight / 2048``; the word that
        a row attends to most stays the same. Links and error rates are those of the weights as given.

        Raises ValueError for no models, weights of another shape or that are no distributions, gold links at
        words that are not there, and a row or a column that does not exist.
        """
        if not attentions:
            raise ValueError("attentions must have the weights of at least one model, got none")
        golds = attention_data.gold_by_name(attentions, gold)
        panels = [
            attention_data.panel(name, tgt_tokens, weights, src_tokens, golds[name])
            for name, (tgt_tokens, weights) in attentions.items()
        ]
        return cls(title=title, src_tokens=list(src_tokens), panels=panels, row=row, column=column)

    @classmethod
    def from_heads(
        cls,
        trace: HeadsTrace,
        *,
        kind: str = "cross",
        gold: Iterable | None = None,
        layer: int = 0,
        head: int = 0,
        title: str = "",
        row: int = 0,
        column: int = 0,
    ) -> "Attention":
        """All heads of a Transformer on one sentence, of the kinds ``encoder``, ``decoder`` and ``cross``.

        Rows of the decoder's self-attention are the words that it read, rows of cross-attention the words
        that it then wrote. ``gold`` holds links ``(source position, target position)`` for cross-attention.
        """
        layers = {
            "encoder": (trace.src_tokens, trace.encoder),
            "decoder": (trace.read_tokens, trace.decoder),
            "cross": (trace.tgt_tokens, trace.src_tokens, trace.cross),
        }
        view = {"kind": kind, "layer": layer, "head": head, "row": row, "column": column}
        return cls.from_layers(layers, causal=("decoder",), gold=gold, title=title, **view)

    @classmethod
    def from_layers(
        cls,
        layers: Mapping,
        *,
        causal: Iterable[str] = (),
        kind: str | None = None,
        gold: Iterable | None = None,
        layer: int = 0,
        head: int = 0,
        title: str = "",
        row: int = 0,
        column: int = 0,
    ) -> "Attention":
        """All heads of one model. Each kind of attention has its words and weights ``(L, H, T, S)``, by name:
        ``(tokens, weights)`` for self-attention, ``(tgt_tokens, src_tokens, weights)`` between two sentences.

        In the kinds that ``causal`` names no word may attend to a later one: those weights must be 0, and are
        shown as masked. ``gold`` holds links ``(source position, target position)``, counted from 0, for
        attention between two sentences. ``kind`` is the one shown first.

        Up to 25,000 weights are carried as in ``compare``. More are carried in steps of 1/255, each less than
        one step off, and shown with two digits. Links and error rates are those of the weights as given.

        Raises ValueError for weights of another shape or that are no distributions, gold links at words that
        are not there or without a target, and a kind, layer, head, row or column that does not exist.
        """
        stacks = attention_data.stacks(layers, causal=causal, gold=gold)
        kind = next(iter(layers)) if kind is None else kind
        check_one_of(layers, kind=kind)
        shape = np.shape(layers[kind][-1])
        for name, index, count in zip(_AXES, (layer, head, row, column), shape, strict=True):
            check_index(name, index, count - 1)
        return cls(title=title, stacks=stacks, kind=kind, layer=layer, head=head, row=row, column=column)

    def figure(self) -> StaticFigure:
        return attention_figure.figure(self)

    def describe(self) -> str:
        if self.stacks:
            return f"title={self.title!r}, {', '.join(map(attention_data.describe_stack, self.stacks))}"
        source = f"{len(self.src_tokens)} source tokens: {' '.join(self.src_tokens)!r}"
        runs = []
        for panel in self.panels:
            text = f"{panel['name']} writes {' '.join(panel['tgt_tokens'])!r}"
            if panel["score"]:
                text += f" with an alignment error rate of {panel['score']['rate']:.3f}"
            runs.append(text)
        return f"title={self.title!r}, {source}, {', '.join(runs)}"

    def _most(self, name: str) -> int:
        """How many there are of ``name``, in whichever kind or model has most."""
        if self.stacks:
            return max(stack["weights"]["shape"][_AXES.index(name)] for stack in self.stacks)
        if name == "row":
            return max(len(panel["tgt_tokens"]) for panel in self.panels)
        return len(self.src_tokens) if name == "column" else 1


def _weights_of(name: str, trace: Trace | AttentionTrace) -> np.ndarray:
    weights = trace.weights if isinstance(trace, AttentionTrace) else trace.attention
    if weights is None:
        raise ValueError(f"trace {name!r} must have attention weights, got None: its model has no attention")
    return weights
