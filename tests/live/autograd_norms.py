"""How long gradients are, one loss after the other, as torch's autograd has it."""

from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F

from s2s_course.models.translator import Translator


def by_autograd(mine: Translator, text: str, *, written: Sequence[str]) -> tuple[list[str], np.ndarray]:
    """What is read, source and target, and for each loss, in float64, the norms with respect to all of it."""
    codec, vocab = mine.src_codec, mine.tgt_codec.vocab
    src = [*codec.encode(text), codec.vocab.eos_index]
    targets = vocab.encode(written)
    read = [vocab.bos_index, *targets[:-1]]
    model, given = mine.model.double(), []
    hooks = [
        each.register_forward_hook(lambda _module, _inputs, output: given.append(output))
        for each in (model.src_embedding, model.tgt_embedding)
    ]
    mask = torch.ones(1, len(src), dtype=torch.bool)
    logits = model(torch.tensor([src]), torch.tensor([read]), mask)[0]
    for hook in hooks:
        hook.remove()
    S, T = len(src), len(read)
    norms = np.zeros((S + T, S + T))
    for t, loss in enumerate(F.cross_entropy(logits, torch.tensor(targets), reduction="none")):
        gradients = torch.autograd.grad(loss, given, retain_graph=True)
        norms[S + t] = torch.cat(gradients, dim=1)[0].norm(dim=1).numpy()
    model.float()
    return [*codec.vocab.decode(src), *vocab.decode(read)], norms
