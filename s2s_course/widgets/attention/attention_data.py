"""What an Attention carries: checked weights, rounded for the page, and how far they are from gold links."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from s2s_course.evaluation.alignment import alignment_error_rate, links_of
from s2s_course.text.vocab import EOS
from s2s_course.widgets.shared.arrays import encode_array

_TOLERANCE = 1e-3  # of a row's sum: softmax in half precision stays within it
_MOST_FLOAT16 = 25_000  # weights: 67,000 bytes as text, beside 72,000 of the front end
_LABELS = {
    "encoder": "encoder self-attention",
    "decoder": "decoder self-attention",
    "cross": "cross-attention",
}


def panel(
    name: str, tgt_tokens: Sequence, weights: np.ndarray, src_tokens: Sequence, gold: list | None
) -> dict:
    """What is carried of one model: its weights ``(T, S)``, and its score where there are gold links."""
    _check_words(name, tgt_tokens, src_tokens)
    weights = np.asarray(weights, dtype=np.float64)
    what = f"weights of {name!r}"
    if weights.ndim > 2:
        raise ValueError(
            f"{what} must have shape (T, S), got {weights.shape} with several heads: "
            "Attention.from_heads and Attention.from_layers show all heads of one model"
        )
    expected = (len(tgt_tokens), len(src_tokens))
    if weights.shape != expected or 0 in expected:
        raise ValueError(
            f"{what} must have shape (T, S), a row for each of {expected[0]} target tokens and a column for "
            f"each of {expected[1]} source tokens, at least one of each, got {weights.shape}"
        )
    _check_distributions(what, weights)
    return {
        "name": name,
        "tgt_tokens": list(tgt_tokens),
        "weights": encode_array(_as_float16(weights), "float16"),
        "score": None if gold is None else _score(name, weights, src_tokens, tgt_tokens, gold),
    }


def stacks(layers: Mapping, *, causal: Iterable[str], gold: Iterable | None) -> list[dict]:
    """What is carried of one model's layers, for each kind of attention; see ``Attention.from_layers``."""
    if not layers:
        raise ValueError("layers must have the weights of at least one kind of attention, got none")
    causal, links = set(causal), None if gold is None else list(gold)
    if unknown := causal - set(layers):
        raise ValueError(f"causal must name kinds that are shown, got {sorted(unknown)[0]!r}")
    for kind, given in layers.items():
        if not isinstance(given, tuple) or len(given) not in (2, 3):
            raise ValueError(
                f"layers[{kind!r}] must be a tuple (tokens, weights) or (tgt_tokens, src_tokens, weights), "
                f"got a {type(given).__name__}" + (f" of {len(given)}" if isinstance(given, tuple) else "")
            )
        if kind in causal and len(given) == 3:
            raise ValueError(f"causal must name self-attention only, got {kind!r} with two sentences")
    if links is not None and all(len(given) == 2 for given in layers.values()):
        raise ValueError(
            "gold must be for attention from a target to a source, and layers have only self-attention"
        )
    small = sum(np.size(given[-1]) for given in layers.values()) > _MOST_FLOAT16
    return [
        _stack(kind, given, causal=kind in causal, gold=links, dtype="uint8" if small else "float16")
        for kind, given in layers.items()
    ]


def _stack(kind: str, given: tuple, *, causal: bool, gold: list | None, dtype: str) -> dict:
    tgt_tokens, src_tokens, weights = given[0], given[-2], np.asarray(given[-1], dtype=np.float64)
    _check_words(kind, tgt_tokens, src_tokens)
    what, expected = f"weights of {kind!r}", (len(tgt_tokens), len(src_tokens))
    if weights.ndim != 4 or weights.shape[2:] != expected or 0 in weights.shape:
        raise ValueError(
            f"{what} must have shape (L, H, T, S) with T = {expected[0]} and S = {expected[1]} tokens, "
            f"at least one of each, got {weights.shape}"
        )
    _check_distributions(what, weights)
    if causal and np.triu(weights, 1).any():
        raise ValueError(f"{what} must be 0 above the diagonal, where a word would attend to a later one")
    scores = None
    if gold is not None and len(given) == 3:
        scores = [[_score(kind, head, src_tokens, tgt_tokens, gold) for head in layer] for layer in weights]
    return {
        "kind": kind,
        "label": _LABELS.get(kind, kind),
        "sides": ["query", "key"] if len(given) == 2 else ["target", "source"],
        "tgt_tokens": list(tgt_tokens),
        "src_tokens": list(src_tokens),
        "causal": causal,
        "weights": encode_array(_as_uint8(weights) if dtype == "uint8" else _as_float16(weights), dtype),
        "gold": scores and scores[0][0]["gold"],
        "scores": scores
        and [
            [{name: head[name] for name in ("links", "common", "rate")} for head in layer] for layer in scores
        ],
    }


def describe_stack(stack: dict) -> str:
    """One kind of attention in words, for the text alternative."""
    tgt, src = (" ".join(stack[name]) for name in ("tgt_tokens", "src_tokens"))
    layers, heads = stack["weights"]["shape"][:2]
    text = f"{stack['label']} of {layers} × {heads} heads "
    text += f"in {src!r}" if stack["sides"][0] == "query" else f"from {tgt!r} to {src!r}"
    if stack["scores"]:
        rates = {
            (i, j): head["rate"] for i, layer in enumerate(stack["scores"]) for j, head in enumerate(layer)
        }
        (layer, head), rate = min(rates.items(), key=lambda item: item[1])
        text += f", lowest alignment error rate {rate:.3f} in layer {layer + 1}, head {head + 1}"
    return text


def gold_by_name(attentions: Mapping, gold: Iterable | Mapping | None) -> dict:
    """The gold links of each model, as a list, or None."""
    if isinstance(gold, Mapping):
        if unknown := set(gold) - set(attentions):
            raise ValueError(f"gold must be for models that are shown, got {sorted(unknown)[0]!r}")
        return {name: None if gold.get(name) is None else list(gold[name]) for name in attentions}
    links = None if gold is None else list(gold)
    if links is not None and len({tuple(tgt_tokens) for tgt_tokens, _ in attentions.values()}) > 1:
        raise ValueError("gold must be given by model name where models wrote different target tokens")
    return dict.fromkeys(attentions, links)


def _check_words(name: str, tgt_tokens: Sequence, src_tokens: Sequence) -> None:
    if not isinstance(name, str) or not name.strip():
        raise ValueError(f"each name must be a string that is not empty, got {name!r}")
    for argument, tokens in (("src_tokens", src_tokens), (f"tgt_tokens of {name!r}", tgt_tokens)):
        for token in tokens:
            if not isinstance(token, str):
                raise ValueError(f"{argument} must be strings, got {token!r}")


def _check_distributions(what: str, weights: np.ndarray) -> None:
    if not np.isfinite(weights).all():
        count = np.sum(~np.isfinite(weights))
        raise ValueError(f"{what} must be finite, got {count} values of NaN or infinity")
    if weights.min() < 0:
        raise ValueError(f"{what} must be at least 0, got {weights.min():g}")
    sums = weights.sum(axis=-1)
    wrong = np.unravel_index(np.abs(sums - 1).argmax(), sums.shape)
    if abs(sums[wrong] - 1) > _TOLERANCE:
        names = ("layer", "head", "row")[-sums.ndim :]
        place = ", ".join(f"{name} {index}" for name, index in zip(names, wrong, strict=True))
        raise ValueError(f"{what} must sum to 1 over the source, got {sums[wrong]:.4g} in {place}")


def _as_float16(weights: np.ndarray) -> np.ndarray:
    """``weights`` rounded, with the first largest of each row still the first largest.

    Rounding keeps the order but may make two weights equal; then the larger one becomes the next number.
    """
    rounded = weights.astype(np.float16)
    for place in np.ndindex(weights.shape[:-1]):
        most = weights[place].argmax()
        if rounded[place].argmax() != most:
            rounded[place][most] = np.nextafter(rounded[place][most], np.float16(2))
    return rounded


def _as_uint8(weights: np.ndarray) -> np.ndarray:
    """``weights`` in steps of 1/255, less than one step off, with rows that sum to one still.

    All are rounded down, then those with the largest remainders up.
    """
    exact = 255 * weights / weights.sum(axis=-1, keepdims=True)
    codes = np.floor(exact)
    missing = np.rint(255 - codes.sum(axis=-1, keepdims=True))
    rank = np.argsort(np.argsort(codes - exact, axis=-1, kind="stable"), axis=-1)
    return (codes + (rank < missing)) / 255


def _score(name: str, weights: np.ndarray, src_tokens: Sequence, tgt_tokens: Sequence, gold: list) -> dict:
    """Gold links, predicted links, how many they have in common, and the error rate."""
    words = [len(tokens) - (tokens[-1] == EOS) for tokens in (src_tokens, tgt_tokens)]
    for link in gold:
        if len(link) != 2 or not all(0 <= place < count for place, count in zip(link, words, strict=True)):
            raise ValueError(
                f"gold of {name!r} must link source words 0 … {words[0] - 1} to target words "
                f"0 … {words[1] - 1}, got {tuple(link)}"
            )
    # links_of drops the last row and column: where they are words, one more stands in for <eos>.
    padding = [(0, words[1] + 1 - len(tgt_tokens)), (0, words[0] + 1 - len(src_tokens))]
    links, gold = links_of(np.pad(weights, padding)), {(int(i), int(j)) for i, j in gold}
    if not gold:
        raise ValueError(f"gold of {name!r} must hold at least one link, got none")
    return {
        "gold": sorted(map(list, gold)),
        "links": sorted(map(list, links)),
        "common": len(links & gold),
        "rate": alignment_error_rate([links], [gold]),
    }
