"""What a trace must fulfill to be shown by TransformerSteps: shapes, finite numbers, the equations."""

import numpy as np

from s2s_course.trace.transformer_steps import DECODER_PARTS, ENCODER_PARTS, StackTrace, TransformerTrace

_TOLERANCE = 1e-4  # of the equations: below the three digits that are shown


def check_trace(trace: TransformerTrace) -> None:
    """ValueError, in one sentence, for the first thing in ``trace`` that is not as its docstring says."""
    for name in ("src_tokens", "tgt_tokens"):
        if not getattr(trace, name):
            raise ValueError(f"{name} must have at least one token, got none")
    S, T, V = len(trace.src_tokens), len(trace.tgt_tokens), len(trace.vocabulary)
    shape = np.shape(trace.encoder.streams)
    if len(shape) != 4 or 0 in shape:
        raise ValueError(f"encoder.streams must have shape (layers, parts, tokens, units), got {shape}")
    L, _, _, D = shape
    if len(np.shape(trace.encoder.inside)) != 3:
        raise ValueError(
            f"encoder.inside must have shape (layers, tokens, units), got {np.shape(trace.encoder.inside)}"
        )
    sizes = {"L": L, "D": D, "F": trace.encoder.inside.shape[2]}
    for side, N, parts in (("encoder", S, ENCODER_PARTS), ("decoder", T, DECODER_PARTS)):
        stack = getattr(trace, side)
        if stack.parts != tuple(parts):
            raise ValueError(f"{side}.parts must be {', '.join(parts)}, got {', '.join(stack.parts)}")
        _check_arrays(stack, side, N, {"self_attention": N, "cross_attention": S}, **sizes)
        _check_equations(stack, side, trace.norm_first)
    for name in ("logits", "log_probabilities"):
        _check_array(name, getattr(trace, name), (T, V))
    _check_words(trace)


def _check_arrays(
    stack: StackTrace, side: str, N: int, asked: dict[str, int], *, L: int, D: int, F: int
) -> None:
    P = len(stack.parts)
    shapes = {"start": (N, D), "inside": (L, N, F), "outputs": (N, D), "norm_maps": (L, P, 2, D)}
    shapes |= {name: (L, P, N, D) for name in ("streams", "changes", "norms")}
    shapes["words"] = (N, *np.shape(stack.words)[1:2])  # with concatenated positions it has fewer units
    for name, expected in shapes.items():
        _check_array(f"{side}.{name}", getattr(stack, name), expected)
    if stack.last_norm_map is not None:
        _check_array(f"{side}.last_norm_map", stack.last_norm_map, (2, D))
    attentions = tuple(part for part in stack.parts if part in asked)
    for kind in ("scores", "weights"):
        of_parts = getattr(stack, kind)
        if tuple(of_parts) != attentions:
            raise ValueError(
                f"{side}.{kind} must be of {', '.join(attentions)}, got {', '.join(of_parts) or 'none'}"
            )
        for part, array in of_parts.items():
            heads = np.shape(array)[1] if np.ndim(array) == 4 else 1
            unseen = kind == "scores"
            _check_array(f"{side}.{kind}[{part!r}]", array, (L, heads, N, asked[part]), unseen=unseen)


def _check_array(name: str, array: np.ndarray, expected: tuple[int, ...], *, unseen: bool = False) -> None:
    if np.shape(array) != expected:
        raise ValueError(f"{name} must have shape {expected}, got {np.shape(array)}")
    wrong = ~np.isfinite(array) & ~(unseen & np.isneginf(array))
    if wrong.any():
        raise ValueError(f"{name} must be finite, got {wrong.sum()} values of NaN or infinity")


def _check_equations(stack: StackTrace, side: str, norm_first: bool) -> None:
    """What the widget writes out must be so."""
    L, P = stack.streams.shape[:2]
    before = stack.start
    for n in range(L):
        for p in range(P):
            after, normed = stack.streams[n, p], stack.norms[n, p]
            _check_equal(
                f"{side}.streams", "the vectors before plus changes", after, before + stack.changes[n, p]
            )
            given = before if norm_first else after
            _check_equal(
                f"{side}.norms", "the norm of streams", normed, _normed(given, stack.norm_maps[n, p])
            )
            before = after if norm_first else normed
    last = before if stack.last_norm_map is None else _normed(before, stack.last_norm_map)
    _check_equal(f"{side}.outputs", "the norm of the last streams", stack.outputs, last)
    for part, scores in stack.scores.items():
        if not np.isfinite(scores).any(axis=-1).all():
            raise ValueError(f"{side}.scores[{part!r}] must be finite for at least one key, got -inf for all")
        exps = np.exp(scores.astype(np.float64) - scores.max(axis=-1, keepdims=True))
        weights = exps / exps.sum(axis=-1, keepdims=True)
        _check_equal(f"{side}.weights[{part!r}]", "softmax(scores)", stack.weights[part], weights)


def _normed(vectors: np.ndarray, map_of: np.ndarray) -> np.ndarray:
    vectors = vectors.astype(np.float64)
    spread = np.sqrt(vectors.var(axis=-1, keepdims=True) + 1e-5)
    return (vectors - vectors.mean(axis=-1, keepdims=True)) / spread * map_of[0] + map_of[1]


def _check_equal(name: str, equation: str, left: np.ndarray, right: np.ndarray) -> None:
    error = np.abs(left - right)
    if (error > _TOLERANCE * np.maximum(1, np.abs(right))).any():
        raise ValueError(f"{name} must be {equation}, got a difference of {error.max():.2g}")


def _check_words(trace: TransformerTrace) -> None:
    logits = trace.logits.astype(np.float64)
    highest = logits.max(axis=1, keepdims=True)
    total = highest + np.log(np.exp(logits - highest).sum(axis=1, keepdims=True))
    _check_equal("log_probabilities", "log_softmax(logits)", trace.log_probabilities, logits - total)
    for token in trace.tgt_tokens:
        if token not in trace.vocabulary:
            raise ValueError(f"tgt_tokens must be words of vocabulary, got {token!r}")
