"""What happens when the attention forgets the mask?"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import torch

from s2s_course.claims.claim import Claim, Scale
from s2s_course.claims.clause import More, Within
from s2s_course.claims.figures import Bars
from s2s_course.claims.translation_tasks import CONDITIONS, corpus_of, trained
from s2s_course.decoding.translate import translate
from s2s_course.models.contract import EncoderDecoder


@contextmanager
def attending_to_padding(model: EncoderDecoder) -> Iterator[None]:
    """Inside the block every position of the batch may have weight, real or not."""
    masked: Callable = model.init_state

    def init_state(src, src_mask):
        state = masked(src, src_mask)
        return replace(state, src_mask=torch.ones_like(state.src_mask))

    model.init_state = init_state
    try:
        yield
    finally:
        del model.init_state


def experiment(scale: Scale, seed: int) -> dict[str, float]:
    """The share of sentences, in percent, whose translation changes with the neighbors in the batch."""
    corpus = corpus_of(scale)
    translator = trained(scale, seed, "bahdanau")
    sentences = [pair.src for pair in corpus["test"][:200]]
    neighbor = max((pair.src for pair in corpus["longer"]), key=lambda text: len(text.split()))
    values = {"masked_changed": changed(translator, sentences, neighbor)}
    with attending_to_padding(translator.model):
        values["unmasked_changed"] = changed(translator, sentences, neighbor)
    return values


def changed(translator, sentences: list[str], neighbor: str) -> float:
    """Percent of ``sentences`` translated otherwise beside a long ``neighbor`` than alone."""
    alone = translate(translator, sentences, batch_size=1)
    beside = [translate(translator, [sentence, neighbor])[0] for sentence in sentences]
    return 100 * sum(a != b for a, b in zip(alone, beside, strict=True)) / len(sentences)


CLAIM = Claim(
    id="unmasked-attention",
    chapter=5,
    title="Without a mask the neighbors change a translation",
    statement="Without a mask in the attention, a sentence's translation depends on its neighbors in the "
    "batch; with the mask it does not.",
    source="A common fault: the padding takes part in the softmax",
    conditions=CONDITIONS
    + "Bahdanau's attention, trained with the mask. 200 test sentences are translated alone and "
    "beside one long sentence.",
    experiment=experiment,
    clauses=(
        Within(
            "With the mask no translation depends on its neighbors.",
            "masked_changed",
            0.0,
            0.0,
            each_seed=True,
            unit="%",
        ),
        More("Without the mask some do.", "unmasked_changed", 0.0, unit="%"),
    ),
    figures=(
        Bars(
            "translations that change with the neighbors, in percent",
            {"masked_changed": "with the mask", "unmasked_changed": "without"},
        ),
    ),
    family="bahdanau",
)
