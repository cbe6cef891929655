"""What TransformerSteps carries of a trace: numbers of whole vectors, and as many of their units as fit."""

import json

import numpy as np

from s2s_course.trace.transformer_steps import TransformerTrace
from s2s_course.widgets.shared.arrays import encode_array, encode_precise

_EPSILON = 1e-5  # of torch's LayerNorm
_EXACT_IN_FLOAT16 = 2048  # whole numbers up to this


def numbers(trace: TransformerTrace, side: str) -> dict[str, dict]:
    """What is carried of the stack ``side`` however many units there are: of each vector, and the scores."""
    stack = getattr(trace, side)
    L, P, N, D = stack.streams.shape
    streams = np.concatenate([stack.start[None], stack.streams.reshape(L * P, N, D)]).astype(np.float64)
    moments = [streams.mean(axis=-1), np.sqrt(streams.var(axis=-1) + _EPSILON)]
    carried = {
        "moments": encode_precise(np.stack(moments, axis=-1)),
        "sizes": encode_precise(np.stack([_size(stack.changes), _size(stack.norms)], axis=-1)),
        "ends": encode_precise(np.stack([_size(stack.words), _size(stack.outputs)])),
        "active": encode_precise((stack.inside > 0).sum(axis=-1)),
        "strongest": encode_precise(np.stack([stack.inside.argmax(-1), stack.inside.max(-1)], axis=-1)),
    }
    for part, scores in stack.scores.items():
        seen = np.where(np.isfinite(scores), scores, 0)
        carried[part.removesuffix("_attention")] = encode_precise(seen)
    return {f"{side}_{name}": array for name, array in carried.items()}


def _size(vectors: np.ndarray) -> np.ndarray:
    return np.linalg.norm(vectors.astype(np.float64), axis=-1)


def vectors_that_fit(trace: TransformerTrace, room: int) -> dict[str, dict]:
    """All vectors with as many units as ``room`` bytes hold, and with one if they hold none."""
    precise, inside = {}, {}
    for side in ("encoder", "decoder"):
        stack = getattr(trace, side)
        precise |= {f"{side}_{name}": getattr(stack, name) for name in ("words", "start", "streams")}
        precise[f"{side}_norms"] = stack.norm_maps
        if stack.last_norm_map is not None:
            precise[f"{side}_last_norm"] = stack.last_norm_map
        inside[f"{side}_inside"] = stack.inside
    for units in range(max(array.shape[-1] for array in (precise | inside).values()), 0, -1):
        taken = sum(4 * array[..., :units].size + 220 for array in precise.values())
        if taken > room and units > 1:
            continue
        carried = {name: _sparse(array[..., :units]) for name, array in inside.items()}
        if units == 1 or taken + len(json.dumps(carried)) <= room:
            return carried | {name: encode_precise(array[..., :units]) for name, array in precise.items()}
    raise AssertionError("there is always one unit")


def _sparse(values: np.ndarray) -> dict:
    """Values of which most are 0, as behind a ReLU: the others, and how far each stands behind the last."""
    places = np.flatnonzero(values)
    gaps = np.diff(places, prepend=-1)
    if len(places) > values.size // 2 or not 0 < gaps.max(initial=0) <= _EXACT_IN_FLOAT16:
        return encode_array(values, "float16")
    return {
        "shape": list(values.shape),
        "gaps": encode_array(gaps, "float16"),
        "filled": encode_array(values.reshape(-1)[places], "float16"),
    }
