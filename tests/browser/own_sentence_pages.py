"""Pages with an example of each widget that takes the reader's sentence, and the models beside them."""

from pathlib import Path

import numpy as np
import torch

from s2s_course.live.stored import load_live
from s2s_course.trace import (
    RecurrenceTrace,
    trace,
    trace_attention,
    trace_beam,
    trace_head,
    trace_heads,
    trace_recurrence,
)
from s2s_course.widgets import (
    Attention,
    BeamTree,
    CourseWidget,
    Decoder,
    Gates,
    GradientFlow,
    HiddenStates,
    QueryKeyValue,
)

from .live_page import live_folder, write_live_page

STORED = "the cat sleeps."


def recurrence(name: str, text: str) -> tuple[RecurrenceTrace, list[str]]:
    """The encoder of a stored model while it reads, and its tokens."""
    translator = load_live(name)
    indices = [*translator.src_codec.encode(text), translator.src_codec.vocab.eos_index]
    vectors = translator.model.src_embedding(torch.tensor(indices))
    tokens = translator.src_codec.vocab.decode(indices)
    return trace_recurrence(translator.model.encoder, vectors), list(tokens)


def examples() -> dict[str, CourseWidget]:
    """What is stored on each page."""
    gated, tokens = recurrence("lstm", STORED)
    norms = np.tril(np.arange(1.0, 17).reshape(4, 4))
    bahdanau, transformer = load_live("bahdanau"), load_live("transformer")
    return {
        "hidden-states": HiddenStates.from_trace(trace(load_live("gru"), STORED, max_length=6), title=STORED),
        "gates": Gates.from_trace(gated, tokens=tokens, title=STORED),
        "gradient-flow": GradientFlow.from_norms({"RNN": norms}, tokens=list("abcd"), title="letters"),
        "decoder": Decoder.from_trace(trace_attention(bahdanau, STORED, max_length=6), title=STORED),
        "attention": Attention.from_trace(trace_attention(bahdanau, STORED, max_length=6), title=STORED),
        "heads": Attention.from_heads(trace_heads(transformer, STORED, max_length=6), title=STORED),
        "beam-tree": BeamTree.from_trace(trace_beam(bahdanau, STORED, beam_size=3), title=STORED),
        "query-key-value": QueryKeyValue.from_trace(trace_head(transformer, STORED)),
    }


def example_pages(folder: Path) -> Path:
    """``folder`` with a page for each of them."""

    def write_pages() -> None:
        for name, widget in examples().items():
            write_live_page(folder, name, [widget])

    return live_folder(folder, write_pages)
