"""Let a language model write on."""

import torch

from s2s_course.checks import check_at_least, check_more_than_0
from s2s_course.decoding.sampling import draw, sharpened
from s2s_course.models.contract import device_of, evaluating
from s2s_course.models.language_model import LanguageModel
from s2s_course.seeds import torch_generator
from s2s_course.text.codec import TextCodec


@torch.inference_mode()
def continue_text(
    model: LanguageModel, codec: TextCodec, beginning: str = "", *, temperature: float = 1.0,
    max_length: int = 100, seed: int = 0,
) -> str:  # fmt: skip
    """``beginning`` and what the model writes after it, up to ``<eos>`` or ``max_length`` tokens.

    Each token is drawn from the softmax of the logits divided by ``temperature``: below 1 the likely
    becomes likelier. The model reads ``<eos>`` first, since that is what a sentence follows in a stream.
    """
    check_more_than_0(temperature=temperature)
    check_at_least(1, max_length=max_length)
    generator, device, eos = torch_generator(seed, "continue text"), device_of(model), codec.vocab.eos_index
    written = codec.encode(beginning)
    unread, state = [eos, *written], None
    with evaluating(model):
        for _ in range(max_length):
            logits, state = model(torch.tensor([unread], device=device), state)
            unread = draw(sharpened(logits[:, -1], temperature), [generator]).tolist()
            if unread == [eos]:
                break
            written += unread
    return codec.decode(written)
