"""Models by name: for the command line, for checkpoints and for experiments."""

from dataclasses import asdict, fields
from typing import Any

from s2s_course.checks import check_one_of
from s2s_course.layers.transformer import StackSizes
from s2s_course.models.bahdanau import BahdanauConfig, BahdanauEncoderDecoder
from s2s_course.models.contract import EncoderDecoder
from s2s_course.models.decoder_only import DecoderOnly, DecoderOnlyConfig
from s2s_course.models.luong import LuongConfig, LuongEncoderDecoder
from s2s_course.models.plain import PlainConfig, PlainEncoderDecoder
from s2s_course.models.transformer import Transformer, TransformerConfig
from s2s_course.seeds import seed_everything

# The name a user gives, and what it sets in the model's configuration.
MODELS: dict[str, tuple[type[EncoderDecoder], type, dict[str, Any]]] = {
    "rnn": (PlainEncoderDecoder, PlainConfig, {"cell": "rnn"}),
    "lstm": (PlainEncoderDecoder, PlainConfig, {"cell": "lstm"}),
    "gru": (PlainEncoderDecoder, PlainConfig, {"cell": "gru"}),
    "bahdanau": (BahdanauEncoderDecoder, BahdanauConfig, {}),
    **{
        f"luong-{score.replace('_', '-')}": (LuongEncoderDecoder, LuongConfig, {"score": score})
        for score in ("dot", "scaled_dot", "general", "concat", "location")
    },
    "transformer": (Transformer, TransformerConfig, {}),
    "decoder-only": (DecoderOnly, DecoderOnlyConfig, {}),
    "prefix-lm": (DecoderOnly, DecoderOnlyConfig, {"prefix": True}),
}


def config_classes() -> list[type]:
    """The class of configuration of each kind of model."""
    return list(dict.fromkeys(config_class for _, config_class, _ in MODELS.values()))


def model_config(name: str, *, src_vocab_size: int, tgt_vocab_size: int, **choices: Any) -> Any:
    """The configuration of the model ``name``; ``choices`` (sizes, context, …) replace its defaults."""
    _, config_class, preset = _entry(name)
    known = [field.name for field in fields(config_class)]
    for choice in choices:
        if choice not in known:
            raise ValueError(f"choices of model {name!r} must be among {', '.join(known)}, got {choice!r}")
    return config_class(src_vocab_size=src_vocab_size, tgt_vocab_size=tgt_vocab_size, **{**preset, **choices})


def build_model(name: str, config: Any, *, seed: int) -> EncoderDecoder:
    """A model with fresh weights, the same for the same ``seed``."""
    model_class, _, _ = _entry(name)
    seed_everything(seed)
    return model_class(config)


def is_transformer(name: str) -> bool:
    """Whether the model ``name`` is made of Transformer layers."""
    _, config_class, _ = _entry(name)
    return issubclass(config_class, StackSizes)


def config_to_json(config: Any) -> dict[str, Any]:
    """The configuration as plain JSON values; ``model_config(name, **values)`` makes it again."""
    return asdict(config)


def _entry(name: str) -> tuple[type[EncoderDecoder], type, dict[str, Any]]:
    check_one_of(MODELS, model=name)
    return MODELS[name]
