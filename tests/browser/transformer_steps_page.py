"""What TransformerSteps must show: traces of small Transformers with random weights."""

from functools import cache

import torch

from s2s_course.models.translator import Translator
from s2s_course.text.codec import TextCodec
from s2s_course.text.tokenize import WordTokenizer
from s2s_course.text.vocab import Vocab
from s2s_course.trace.transformer_steps import TransformerTrace, trace_transformer

SRC = ("the", "black", "cat", "sleeps", ".")
TGT = ("le", "chat", "noir")
OTHERS = ("dort", ".", "chien", "noire", "la", "dorment")


@cache
def small(norm_first: bool = True, num_layers: int = 2, d_model: int = 12, **choices) -> Translator:
    """A Transformer whose weights are larger than at first, so that no norm is the identity."""
    codecs = [
        TextCodec(WordTokenizer(language), Vocab(words))
        for language, words in (("en", SRC), ("fr", TGT + OTHERS))
    ]
    sizes = {"d_model": d_model, "num_heads": 3, "d_ff": 19, "num_layers": num_layers, "dropout": 0.0}
    built = Translator.build("transformer", *codecs, seed=0, norm_first=norm_first, **sizes | choices)
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for parameter in built.model.parameters():
            parameter += 0.4 * torch.randn(parameter.shape, generator=generator)
    return built


@cache
def trace(
    norm_first: bool = True, *, src: str = "the black cat sleeps.", tgt: str = "le chat noir", **choices
) -> TransformerTrace:
    """The pass of ``small`` along ``tgt``."""
    return trace_transformer(small(norm_first, **choices), src, forced=tgt)
