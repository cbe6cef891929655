"""A model together with what it needs to read and write text: the thing that is trained, saved and used."""

from dataclasses import dataclass

from s2s_course.models.contract import EncoderDecoder
from s2s_course.models.registry import build_model, model_config
from s2s_course.text.codec import TextCodec


@dataclass(frozen=True)
class Translator:
    """``name`` is the model's name in ``models.registry``; the codecs are those of its two languages."""

    name: str
    model: EncoderDecoder
    src_codec: TextCodec
    tgt_codec: TextCodec

    @classmethod
    def build(
        cls, name: str, src_codec: TextCodec, tgt_codec: TextCodec, *, seed: int, **choices
    ) -> "Translator":
        """An untrained translator; ``choices`` go to the model's configuration."""
        config = model_config(
            name, src_vocab_size=len(src_codec.vocab), tgt_vocab_size=len(tgt_codec.vocab), **choices
        )
        return cls(name, build_model(name, config, seed=seed), src_codec, tgt_codec)

    @property
    def num_parameters(self) -> int:
        return sum(parameter.numel() for parameter in self.model.parameters())
