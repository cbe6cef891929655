"""What stands in ``checkpoint.json``. It is checked, as it may be damaged, or of another version."""

import math
import re
from dataclasses import dataclass, fields
from typing import Any, get_type_hints

from s2s_course.checks import check_one_of
from s2s_course.models.registry import MODELS
from s2s_course.text.codec import TextCodec

FORMAT = 1

_FIELDS = {
    "model": str, "config": dict, "weights": str, "sha256": str, "src": dict, "tgt": dict, "notes": dict,
}  # fmt: skip
_KINDS = {str: "a string", dict: "an object", list: "a list", int: "a whole number", float: "a number"}
_KINDS[bool] = "true or false"


@dataclass(frozen=True)
class Manifest:
    """``config`` holds the choices for ``model``; ``weights`` is a file beside it, with this SHA-256."""

    model: str
    config: dict[str, Any]
    weights: str
    sha256: str
    src_codec: TextCodec
    tgt_codec: TextCodec
    notes: dict[str, Any]

    def to_json(self) -> dict[str, Any]:
        """What ``from_json`` reads."""
        return {
            "format": FORMAT,
            "model": self.model,
            "config": self.config,
            "weights": self.weights,
            "sha256": self.sha256,
            "src": self.src_codec.to_json(),
            "tgt": self.tgt_codec.to_json(),
            "notes": self.notes,
        }

    @classmethod
    def from_json(cls, document: Any) -> "Manifest":
        """ValueError, in one sentence, for what is no manifest of this format."""
        check_fields("the manifest", document, {})
        if type(document.get("format")) is not int or document["format"] != FORMAT:
            raise ValueError(f"it has format {_short(document.get('format'))}, this course reads {FORMAT}")
        check_fields("", document, _FIELDS)
        name, weights = document["model"], document["weights"]
        if not re.fullmatch(r"(?!\.)[\w.-]{1,200}", weights, re.ASCII):
            raise ValueError(f"weights must be the name of a file beside it, got {_short(weights)}")
        return cls(
            name,
            _config(name, document["config"]),
            weights,
            document["sha256"],
            _codec("src", document["src"]),
            _codec("tgt", document["tgt"]),
            document["notes"],
        )


def _config(name: str, config: dict[str, Any]) -> dict[str, Any]:
    """The choices for the model ``name``, each of the type that its field has."""
    check_one_of(MODELS, model=name)
    config_class = MODELS[name][1]
    hints = get_type_hints(config_class)
    known = {field.name: hints[field.name] for field in fields(config_class)}
    check_fields("config", config, {choice: known[choice] for choice in config if choice in known})
    for choice in config:
        if choice not in known:
            raise ValueError(f"config must hold choices of model {name!r}, got {_short(choice)}")
    return {name: float(value) if known[name] is float else value for name, value in config.items()}


def _codec(side: str, state: dict[str, Any]) -> TextCodec:
    """The codec, tried once: a tokenizer of another version may be read and yet fail at its first word."""
    check_fields(side, state, {"tokenizer": dict, "tokens": list})
    check_fields(f"{side}.tokenizer", state["tokenizer"], {"kind": str, "language": str})
    for token in state["tokens"]:
        if not isinstance(token, str) or not _is_text(token):
            raise ValueError(f"{side}.tokens must be texts, got {_short(token)}")
    if state["tokenizer"]["kind"] == "bpe":
        _check_pieces(f"{side}.tokenizer", state["tokenizer"])
    try:
        codec = TextCodec.from_json(state)
        codec.decode(codec.encode("a"))
    except BaseException as error:
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":  # of `tokenizers`
            raise
        reason = one_line(error, most=80)
        raise ValueError(f"{side} is no codec that this course can read: {reason}") from error
    return codec


def _check_pieces(where: str, state: dict[str, Any]) -> None:
    """What `tokenizers` takes for granted, and panics where it is not so, with a page of its own."""
    check_fields(where, state, {"tokenizer": dict})
    check_fields(f"{where}.tokenizer", state["tokenizer"], {"model": dict})
    where, model = f"{where}.tokenizer.model", state["tokenizer"]["model"]
    if model.get("type") != "BPE":  # of this it says so itself
        return
    check_fields(where, model, {"vocab": dict, "merges": list})
    for name in ("continuing_subword_prefix", "end_of_word_suffix"):
        if model.get(name) is not None:
            raise ValueError(f"{where}.{name} must be null, got {_short(model[name])}")
    for merge in model["merges"]:
        if not isinstance(merge, list) or [type(part) for part in merge] != [str, str]:
            raise ValueError(f"{where}.merges must be pairs of pieces, got {_short(merge)}")
        if not {*merge, "".join(merge)} <= model["vocab"].keys():
            raise ValueError(f"{where}.merges must join pieces of the vocabulary, got {_short(merge)}")


def check_fields(where: str, document: Any, kinds: dict[str, type]) -> None:
    """ValueError unless ``document`` is an object whose fields ``kinds`` are there and of these types."""
    if not isinstance(document, dict):
        raise ValueError(f"{where} must be an object, got {_short(document)}")
    for name, kind in kinds.items():
        full = f"{where}.{name}" if where else name
        if name not in document:
            raise ValueError(f"{full} is missing")
        value = document[name]
        if kind is float and type(value) is int and abs(value) < 2**53:
            value = float(value)  # a number without a point is a number too
        if type(value) is not kind or (kind is float and not math.isfinite(value)):
            raise ValueError(f"{full} must be {_KINDS[kind]}, got {_short(value)}")


def one_line(error: BaseException, *, most: int = 300) -> str:
    """What an error says, in at most ``most`` characters of one line."""
    text = str(error) if isinstance(error, ValueError) else f"{type(error).__name__}: {error}"
    text = "".join(c if c.isprintable() else "�" for c in " ".join(text.split()))
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _short(value: Any) -> str:
    """What came, in at most 60 characters."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:59]}…"


def _is_text(value: str) -> bool:
    """Whether ``value`` can be written as UTF-8: it holds no half of a surrogate pair."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
