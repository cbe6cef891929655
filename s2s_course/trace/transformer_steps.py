"""One sentence through the two stacks of a Transformer, part by part: every vector on the way."""

import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor, nn

from s2s_course.layers.embedding import PositionedEmbedding
from s2s_course.layers.multihead import MultiHeadAttention
from s2s_course.layers.positions import Positions
from s2s_course.layers.precision import widened
from s2s_course.models.transformer import Transformer
from s2s_course.models.translator import Translator
from s2s_course.trace.walk import Step, src_tokens, walk

# The parts of a layer in their order: the name of each, and of the path with the norm around it.
ENCODER_PARTS = {"self_attention": "around_attention", "feed_forward": "around_feed_forward"}
DECODER_PARTS = {
    "self_attention": "around_self", "cross_attention": "around_cross", "feed_forward": "around_feed_forward",
}  # fmt: skip


@dataclass(frozen=True)
class StackTrace:
    """``N`` positions in a stack of ``L`` layers of ``P`` parts; ``D`` units, ``F`` inside, ``H`` heads.

    ``streams`` are what a part has left: the vectors before it plus its ``changes``. In pre-norm a part reads
    ``norms`` of the vectors before it. In post-norm it reads these themselves, ``norms`` are those of
    ``streams``, and the next part goes on from them.
    """

    parts: tuple[str, ...]
    words: np.ndarray  # (N, E) the embeddings times √D
    start: np.ndarray  # (N, D) the same with their positions: what the first layer reads
    norms: np.ndarray  # (L, P, N, D)
    changes: np.ndarray  # (L, P, N, D)
    streams: np.ndarray  # (L, P, N, D)
    scores: dict[
        str, np.ndarray
    ]  # of each attention (L, H, N, positions asked), -inf where nothing may be seen
    weights: dict[str, np.ndarray]  # the same shapes; rows sum to one
    inside: np.ndarray  # (L, N, F) behind the activation
    outputs: np.ndarray  # (N, D) behind the last norm
    norm_maps: np.ndarray  # (L, P, 2, D) weight and bias of each norm
    last_norm_map: np.ndarray | None  # (2, D); None in post-norm, which has no norm behind the stack


@dataclass(frozen=True)
class TransformerTrace:
    """``S`` source tokens, ``T`` written ones (``<eos>`` last in both), ``L`` layers, ``V`` target words.

    Row ``t`` of the decoder belongs to the position that read ``read_tokens[t]`` (``<bos>`` and all written
    tokens but the last) and wrote ``tgt_tokens[t]``. All arrays are float32.
    """

    src_tokens: tuple[str, ...]
    tgt_tokens: tuple[str, ...]
    read_tokens: tuple[str, ...]
    encoder: StackTrace
    decoder: StackTrace
    cached: (
        np.ndarray
    )  # (T, L) positions in the key–value cache of each layer's self-attention, after the step
    logits: np.ndarray  # (T, V)
    log_probabilities: np.ndarray  # (T, V), natural logarithm
    vocabulary: tuple[str, ...]
    norm_first: bool
    positions: str  # one of layers.positions.POSITIONS
    norm_embedding: bool  # is there a norm behind the embeddings


@dataclass(frozen=True)
class _Calls:
    """What each module of a model was given and gave, in the order of its calls."""

    inputs: dict[str, list[Tensor]] = field(default_factory=dict)
    outputs: dict[str, list[Tensor]] = field(default_factory=dict)

    def given(self, name: str) -> Tensor:
        """All vectors that ``name`` was given, position after position: (N, D)."""
        return torch.cat(self.inputs[name], dim=1)[0]

    def gave(self, name: str) -> Tensor:
        return torch.cat(self.outputs[name], dim=1)[0]


@torch.inference_mode()
def trace_transformer(
    translator: Translator, text: str, *, forced: str | Sequence[int] | None = None, max_length: int = 100
) -> TransformerTrace:
    """Translate ``text`` greedily, or along the target ``forced``, and keep every vector on the way.

    The encoder reads all source tokens at once; the decoder makes one step for each written token, with its
    key–value cache.

    Raises ``ValueError`` for a model that is no Transformer.
    """
    model, vocab = translator.model, translator.tgt_codec.vocab
    if not isinstance(model, Transformer):
        raise ValueError(f"translator must be a Transformer, got the model {translator.name!r}")
    with _recording(model) as calls:
        steps = list(walk(translator, text, forced=forced, max_length=max_length))
    written = [step.token for step in steps]
    logits = torch.stack([widened(step.logits) for step in steps])
    return TransformerTrace(
        src_tokens=src_tokens(translator, text),
        tgt_tokens=tuple(vocab.decode(written)),
        read_tokens=tuple(vocab.decode([vocab.bos_index, *written[:-1]])),
        encoder=_stack(model, "encoder", calls, _encoder_scores(model, calls)),
        decoder=_stack(model, "decoder", calls, _decoder_scores(model, calls, steps)),
        cached=np.array([[cache.length for cache in step.after.caches] for step in steps]),
        logits=_array(logits),
        log_probabilities=_array(logits.log_softmax(dim=-1)),
        vocabulary=tuple(vocab.tokens),
        norm_first=model.config.norm_first,
        positions=model.config.positions,
        norm_embedding=model.config.norm_embedding,
    )


@contextmanager
def _recording(model: nn.Module) -> Iterator[_Calls]:
    """Note what every module is given and gives inside the block."""
    calls = _Calls()

    def note(name: str):
        def hook(module: nn.Module, inputs: tuple, output: object) -> None:
            calls.inputs.setdefault(name, []).append(inputs[0])
            calls.outputs.setdefault(name, []).append(output[0] if isinstance(output, tuple) else output)

        return hook

    handles = [module.register_forward_hook(note(name)) for name, module in model.named_modules()]
    try:
        yield calls
    finally:
        for handle in handles:
            handle.remove()


def _stack(model: Transformer, side: str, calls: _Calls, scores: dict[str, Tensor]) -> StackTrace:
    """What one of the two stacks did."""
    parts = ENCODER_PARTS if side == "encoder" else DECODER_PARTS
    layers = [f"{side}_layers.{n}" for n in range(model.config.num_layers)]
    norms = [f"{layer}.{around}.norm" for layer in layers for around in parts.values()]
    first = model.config.norm_first
    # what a norm is given: in pre-norm what the part before has left, in post-norm what its own part has
    ends = [*norms[1:], f"{side}_norm"] if first else norms
    embedding: PositionedEmbedding = model.src_embedding if side == "encoder" else model.tgt_embedding
    name = "src_embedding" if side == "encoder" else "tgt_embedding"

    def by_layer(vectors: Iterable[Tensor]) -> np.ndarray:
        return _array(torch.stack(list(vectors)).unflatten(0, (len(layers), -1)))

    return StackTrace(
        parts=tuple(parts),
        words=_array(calls.gave(f"{name}.words") * embedding.scale),
        start=_array(calls.gave(name)),
        norms=by_layer(calls.gave(norm) for norm in norms),
        changes=by_layer(calls.gave(f"{layer}.{part}") for layer in layers for part in parts),
        streams=by_layer(calls.given(end) for end in ends),
        scores={part: _array(each) for part, each in scores.items()},
        weights={part: _array(each.softmax(dim=-1)) for part, each in scores.items()},
        inside=_array(torch.stack([calls.given(f"{layer}.feed_forward.narrow") for layer in layers])),
        outputs=_array(calls.gave(f"{side}_norm")),
        norm_maps=by_layer(_norm_map(model.get_submodule(norm)) for norm in norms),
        last_norm_map=_array(_norm_map(model.get_submodule(f"{side}_norm"))) if first else None,
    )


def _norm_map(norm: nn.LayerNorm) -> Tensor:
    return torch.stack([norm.weight, norm.bias])


def _encoder_scores(model: Transformer, calls: _Calls) -> dict[str, Tensor]:
    """Who asks whom among the source tokens: (L, H, S, S)."""
    positions, scores = model.src_embedding.positions, []
    for n, layer in enumerate(model.encoder_layers):
        [read] = calls.inputs[f"encoder_layers.{n}.self_attention"]
        key, _ = layer.self_attention.keys_values(read)
        scores.append(_scores(layer.self_attention, read, positions.rotate(key, 0), positions))
    return {"self_attention": torch.stack(scores)}


def _decoder_scores(model: Transformer, calls: _Calls, steps: Sequence[Step]) -> dict[str, Tensor]:
    """Of each written token with those before it, (L, H, T, T), and with the source, (L, H, T, S)."""
    positions, own, cross = model.tgt_embedding.positions, [], []
    for n, layer in enumerate(model.decoder_layers):
        read, asked = (
            calls.inputs[f"decoder_layers.{n}.{part}"] for part in ("self_attention", "cross_attention")
        )
        rows = [
            _scores(layer.self_attention, read[t], step.after.caches[n].key, positions, t)
            for t, step in enumerate(steps)
        ]
        unseen = [nn.functional.pad(row, (0, len(steps) - row.size(-1)), value=-math.inf) for row in rows]
        own.append(torch.cat(unseen, dim=1))
        key = steps[0].before.memory_caches[n].key
        cross.append(_scores(layer.cross_attention, torch.cat(asked, dim=1), key))
    return {"self_attention": torch.stack(own), "cross_attention": torch.stack(cross)}


def _scores(
    attention: MultiHeadAttention,
    read: Tensor,
    key: Tensor,
    positions: Positions | None = None,
    first: int = 0,
) -> Tensor:
    """Q Kᵀ / √d (H, T, K) of T positions, of which the first is ``first``, with the keys of all."""
    query = attention.queries(read)
    if positions is not None:
        query = positions.rotate(query, first)
    scores = query @ key.transpose(-2, -1) / math.sqrt(query.size(-1))
    if positions is not None:
        here = torch.arange(first, first + query.size(2), device=query.device)
        bias = positions.bias(here, torch.arange(key.size(2), device=key.device))
        scores = scores if bias is None else scores + bias.to(scores)
    return scores[0]


def _array(tensor: Tensor) -> np.ndarray:
    return tensor.float().cpu().numpy()
