"""Translator: a field to type in, and what one or several models make of it, word by word."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import torch
import traitlets
from safetensors.torch import save

from s2s_course.live.stored import live_examples, live_models, load_live
from s2s_course.models.registry import config_to_json
from s2s_course.models.translator import Translator as Trained
from s2s_course.trace import trace
from s2s_course.widgets.shared.base import front_end
from s2s_course.widgets.shared.figure import StaticFigure
from s2s_course.widgets.shared.live import LiveWidget, label_of
from s2s_course.widgets.translator import translator_figure

EXAMPLES = 12
TOP = 5  # words shown for each place
LARGEST_MODEL = 20_000_000  # bytes of weights that a notebook may send to its page
_OWN = "own "  # begins the name of an asset that only this widget has, before a fingerprint of its weights


class Translator(LiveWidget):
    """The reader types; ``models`` translate greedily, word by word, each word with its runners-up.

    ``Translator.of(["bahdanau", "transformer"], text=…)`` shows models that are stored with the course
    (``s2s_course.live``): the published page runs them without a kernel, and loads them when a reader first
    types. ``Translator.from_translator(mine, text=…)`` shows a model that was just trained; it needs its
    kernel. What the models write for ``text`` is computed here and carried, so that it can be read before
    anything is loaded.

    ``text`` is what stands in the field. It can be set from Python and linked to another widget with
    ``ipywidgets.jslink((a, "text"), (b, "text"))``.
    """

    chapters: ClassVar[tuple[int, ...]] = (4, 9)
    _esm = front_end(__file__, "translation.js", "own_model_field.js", "translator.js")
    _css = front_end(__file__, "translator.css")

    title = traitlets.Unicode().tag(sync=True)
    text = traitlets.Unicode().tag(sync=True)
    # Each {"name", "label", "own": is it no stored model, "bleu": of a stored one, on the test split}
    models = traitlets.List(traitlets.Dict()).tag(sync=True)
    examples = traitlets.List(traitlets.Unicode()).tag(sync=True)  # sentences to start from
    # What is carried: the text, and for each model the written tokens with the likeliest ones and the whole.
    shown = traitlets.Dict().tag(sync=True)

    @classmethod
    def of(cls, names: Sequence[str] | str = "bahdanau", *, text: str, title: str = "") -> "Translator":
        """The stored models ``names``, at first with the sentence ``text``.

        Raises ``ValueError`` for no name, for one that is not stored, and for an empty text.
        """
        names = [names] if isinstance(names, str) else list(names)
        stored = live_models()
        entries = [
            {"name": name, "label": label_of(name), "own": False, "bleu": stored.get(name, {}).get("bleu")}
            for name in names
        ]
        return cls._showing(entries, {name: load_live(name) for name in names}, text, title)

    @classmethod
    def from_translator(
        cls, translator: Trained, *, text: str, title: str = "", label: str = ""
    ) -> "Translator":
        """``translator`` as it is now, at first with the sentence ``text``.

        Raises ``ValueError`` for an empty text and for a model with more than ``LARGEST_MODEL`` bytes.
        """
        size = 4 * translator.num_parameters
        if size > LARGEST_MODEL:
            raise ValueError(f"translator must have at most {LARGEST_MODEL:,} bytes of weights, got {size:,}")
        own = _as_asset(translator)
        name = f"{_OWN}{hashlib.sha256(own['weights'].encode()).hexdigest()[:16]}"
        entry = {"name": name, "label": label or label_of(translator.name), "own": True, "bleu": None}
        widget = cls._showing([entry], {name: translator}, text, title)
        widget._own = {name: own}
        return widget

    @classmethod
    def _showing(
        cls, entries: list[dict], translators: Mapping[str, Trained], text: str, title: str
    ) -> "Translator":
        if not entries:
            raise ValueError("names must hold at least one model, got none")
        if not text.strip():
            raise ValueError(f"text must not be empty, got {text!r}")
        written = {name: _written(translator, text) for name, translator in translators.items()}
        examples = [pair.src for pair in live_examples()[:EXAMPLES]]
        return cls(
            title=title,
            text=text,
            examples=examples,
            models=entries,
            shown={"text": text, "written": written},
        )

    def __init__(self, **traits):
        self._own: dict[str, dict] = {}
        super().__init__(**traits)

    def asset(self, name: str) -> dict[str, Any]:
        return self._own[name] if name in self._own else super().asset(name)

    def figure(self) -> StaticFigure:
        return translator_figure.figure(self)

    def describe(self) -> str:
        texts = [
            f"{entry['label']}: {self.shown['written'][entry['name']]['text']!r}" for entry in self.models
        ]
        return f"title={self.title!r}, {self.shown['text']!r} becomes {', '.join(texts)}"


def _written(translator: Trained, text: str) -> dict[str, Any]:
    """The tokens that ``translator`` writes, each with the likeliest ones, and the text that they make."""
    traced = trace(translator, text)
    tokens = translator.tgt_codec.vocab.tokens
    best = torch.from_numpy(traced.log_probabilities).exp().topk(min(TOP, len(tokens)))
    steps = [
        {
            "token": token,
            "probability": round(float(row[tokens.index(token)]), 4),
            "choices": [
                {"token": tokens[index], "probability": round(probability, 4)}
                for index, probability in zip(indices, probabilities, strict=True)
            ],
        }
        for token, row, indices, probabilities in zip(
            traced.tgt_tokens, torch.from_numpy(traced.log_probabilities).exp(), best.indices.tolist(),
            best.values.tolist(), strict=True,
        )
    ]  # fmt: skip
    return {"steps": steps, "text": translator.tgt_codec.decode([tokens.index(t) for t in traced.tgt_tokens])}


def _as_asset(translator: Trained) -> dict[str, Any]:
    """What the engine needs of a model: its configuration, its weights, its codecs."""
    state = {
        name: value.float().cpu().contiguous().clone()
        for name, value in translator.model.state_dict().items()
    }
    return {
        "registry": translator.name,
        "config": config_to_json(translator.model.config),
        "codecs": {"src": translator.src_codec.to_json(), "tgt": translator.tgt_codec.to_json()},
        "weights": base64.b64encode(save(state)).decode("ascii"),
    }
