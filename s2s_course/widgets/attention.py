"""Attention: where each target word looks, for one model or several, and how far that is from gold links."""

from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar

import numpy as np
import traitlets

from s2s_course.evaluation.alignment import alignment_error_rate, links_of
from s2s_course.text.vocab import EOS
from s2s_course.trace import Trace
from s2s_course.trace.attention import AttentionTrace
from s2s_course.widgets.arrays import encode_array
from s2s_course.widgets.base import CourseWidget, check_index, front_end

_PANEL = {
    "name": traitlets.Unicode(),
    "tgt_tokens": traitlets.List(traitlets.Unicode()),
    "weights": traitlets.Dict(),  # (T, S), encoded
    "score": traitlets.Dict(allow_none=True),  # with gold links: see _score
}
_CHOICES = {"side": ("target", "source"), "drawing": ("map", "lines")}
_TOLERANCE = 1e-3  # of a row's sum: softmax in half precision stays within it


class Attention(CourseWidget):
    """Attention weights of one sentence as a map or as lines between words, and the numbers of a chosen word.

    ``row`` is a target word and ``column`` a source word, both counted from 0 and chosen for all models
    together. ``side`` says which of the two is read: ``target`` shows where that word looks, ``source``
    shows by which words it is looked at. ``drawing`` is ``map`` or ``lines``; ``show_gold`` lays the gold
    links over it. All of them can be set from Python and linked to another widget with
    ``ipywidgets.jslink((a, "row"), (b, "row"))``. The data does not change once the widget is made.

    Where gold links are given, each model gets its alignment error rate on this sentence: each target word
    is linked to the source word that it attends to most (``s2s_course.evaluation.alignment``).
    """

    chapters: ClassVar[tuple[int, ...]] = (5, 6)
    _esm = front_end("attention.js")
    _css = front_end("attention.css")

    title = traitlets.Unicode().tag(sync=True)
    src_tokens = traitlets.List(traitlets.Unicode()).tag(sync=True)
    panels = traitlets.List(traitlets.Dict(per_key_traits=_PANEL)).tag(sync=True)
    row = traitlets.Int(0).tag(sync=True)
    column = traitlets.Int(0).tag(sync=True)
    side = traitlets.Unicode("target").tag(sync=True)
    drawing = traitlets.Unicode("map").tag(sync=True)
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
        """The attention of one traced run; ``gold`` as in ``compare``."""
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
        golds = _gold_by_name(attentions, gold)
        panels = []
        for name, (tgt_tokens, weights) in attentions.items():
            weights = _checked(name, weights, src_tokens, tgt_tokens)
            panels.append(
                {
                    "name": name,
                    "tgt_tokens": list(tgt_tokens),
                    "weights": encode_array(_as_float16(weights), "float16"),
                    "score": _score(name, weights, src_tokens, tgt_tokens, golds[name]),
                }
            )
        return cls(title=title, src_tokens=list(src_tokens), panels=panels, row=row, column=column)

    def describe(self) -> str:
        source = f"{len(self.src_tokens)} source tokens: {' '.join(self.src_tokens)!r}"
        runs = []
        for panel in self.panels:
            text = f"{panel['name']} writes {' '.join(panel['tgt_tokens'])!r}"
            if panel["score"]:
                text += f" with an alignment error rate of {panel['score']['rate']:.3f}"
            runs.append(text)
        return f"title={self.title!r}, {source}, {', '.join(runs)}"

    def _last(self, name: str) -> int:
        if name == "column":
            return len(self.src_tokens) - 1
        return max(len(panel["tgt_tokens"]) for panel in self.panels) - 1

    @traitlets.validate("row", "column")
    def _check_place(self, proposal: traitlets.Bunch) -> int:
        name = proposal["trait"].name
        check_index(name, proposal["value"], self._last(name))
        return proposal["value"]

    @traitlets.validate("side", "drawing")
    def _check_choice(self, proposal: traitlets.Bunch) -> str:
        name, value = proposal["trait"].name, proposal["value"]
        if value not in _CHOICES[name]:
            raise ValueError(f"{name} must be {' or '.join(map(repr, _CHOICES[name]))}, got {value!r}")
        return value

    def set_state(self, sync_data: dict) -> None:
        """What the front end sends. A linked widget may be longer than this one: stay at the last word."""
        clamped = {
            name: min(max(value, 0), self._last(name)) if name in ("row", "column") else value
            for name, value in sync_data.items()
        }
        super().set_state(clamped)


def _weights_of(name: str, trace: Trace | AttentionTrace) -> np.ndarray:
    weights = trace.weights if isinstance(trace, AttentionTrace) else trace.attention
    if weights is None:
        raise ValueError(f"trace {name!r} must have attention weights, got None: its model has no attention")
    return weights


def _checked(name: str, weights: np.ndarray, src_tokens: Sequence, tgt_tokens: Sequence) -> np.ndarray:
    """``weights`` as float64, or a ValueError that says what is wrong with them."""
    if not isinstance(name, str) or not name.strip():
        raise ValueError(f"each name must be a string that is not empty, got {name!r}")
    what = f"weights of {name!r}"
    for argument, tokens in (("src_tokens", src_tokens), (f"tgt_tokens of {name!r}", tgt_tokens)):
        for token in tokens:
            if not isinstance(token, str):
                raise ValueError(f"{argument} must be strings, got {token!r}")
    weights = np.asarray(weights, dtype=np.float64)
    if weights.ndim == 3:
        raise ValueError(
            f"{what} must have shape (T, S), got {weights.shape} with several heads: choose one of them"
        )
    expected = (len(tgt_tokens), len(src_tokens))
    if weights.shape != expected or 0 in expected:
        raise ValueError(
            f"{what} must have shape (T, S), a row for each of {expected[0]} target tokens and a column for "
            f"each of {expected[1]} source tokens, at least one of each, got {weights.shape}"
        )
    if not np.isfinite(weights).all():
        count = np.sum(~np.isfinite(weights))
        raise ValueError(f"{what} must be finite, got {count} values of NaN or infinity")
    sums = weights.sum(axis=1)
    if weights.min() < 0:
        raise ValueError(f"{what} must be at least 0, got {weights.min():g}")
    if np.abs(sums - 1).max() > _TOLERANCE:
        wrong = np.abs(sums - 1).argmax()
        raise ValueError(f"{what} must sum to 1 over the source, got {sums[wrong]:.4g} in row {wrong}")
    return weights


def _as_float16(weights: np.ndarray) -> np.ndarray:
    """``weights`` rounded, with the first largest of each row still the first largest.

    Rounding keeps the order but may make two weights equal; then the larger one becomes the next number.
    """
    rounded = weights.astype(np.float16)
    for t, most in enumerate(weights.argmax(axis=1)):
        if rounded[t].argmax() != most:
            rounded[t, most] = np.nextafter(rounded[t, most], np.float16(2))
    return rounded


def _gold_by_name(attentions: Mapping, gold: Iterable | Mapping | None) -> dict:
    """The gold links of each model, as a list, or None."""
    if isinstance(gold, Mapping):
        if unknown := set(gold) - set(attentions):
            raise ValueError(f"gold must be for models that are shown, got {sorted(unknown)[0]!r}")
        return {name: None if gold.get(name) is None else list(gold[name]) for name in attentions}
    links = None if gold is None else list(gold)
    if links is not None and len({tuple(tgt_tokens) for tgt_tokens, _ in attentions.values()}) > 1:
        raise ValueError("gold must be given by model name where models wrote different target tokens")
    return dict.fromkeys(attentions, links)


def _score(
    name: str, weights: np.ndarray, src_tokens: Sequence, tgt_tokens: Sequence, gold: list | None
) -> dict | None:
    """Gold links, predicted links, how many they have in common, and the error rate."""
    if gold is None:
        return None
    words = [len(tokens) - (tokens[-1] == EOS) for tokens in (src_tokens, tgt_tokens)]
    for link in gold:
        if len(link) != 2 or not all(0 <= place < count for place, count in zip(link, words, strict=True)):
            raise ValueError(
                f"gold of {name!r} must link source words 0 … {words[0] - 1} to target words "
                f"0 … {words[1] - 1}, got {tuple(link)}"
            )
    # links_of drops the last row and column: where they are words, one more stands in for <eos>.
    padding = [(0, words[1] + 1 - len(tgt_tokens)), (0, words[0] + 1 - len(src_tokens))]
    links, gold = links_of(np.pad(weights, padding)), {(int(i), int(j)) for i, j in gold}
    if not gold:
        raise ValueError(f"gold of {name!r} must hold at least one link, got none")
    return {
        "gold": sorted(map(list, gold)),
        "links": sorted(map(list, links)),
        "common": len(links & gold),
        "rate": alignment_error_rate([links], [gold]),
    }
