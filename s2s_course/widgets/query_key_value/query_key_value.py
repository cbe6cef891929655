"""QueryKeyValue: one query on its way through one head of scaled dot-product attention, with all numbers."""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
import torch
import traitlets
from torch import Tensor

from s2s_course.layers.multihead import MultiHeadAttention
from s2s_course.trace.head import HeadTrace
from s2s_course.widgets.query_key_value import query_key_value_figure
from s2s_course.widgets.shared.arrays import encode_array
from s2s_course.widgets.shared.base import front_end
from s2s_course.widgets.shared.figure import StaticFigure
from s2s_course.widgets.shared.live import LiveWidget
from s2s_course.widgets.shared.view import Switch, Whole, check_index

_MOST = 16  # tokens on either side, and numbers in a vector
_LABELS = {
    "encoder": "encoder self-attention",
    "decoder": "decoder self-attention",
    "cross": "cross-attention",
}


class QueryKeyValue(LiveWidget):
    """A table with a column for each key, in which a query becomes scores, weights and its output.

    ``row`` is the query and ``column`` the key whose arithmetic is written out, both counted from 0.
    ``scaled`` says whether dot products are divided by √d; ``causal`` and ``masked`` switch the causal mask
    and the given mask on; both together leave what both allow. All of them can be set from Python and linked
    to another widget with ``ipywidgets.jslink((a, "row"), (b, "row"))``. The readout counts from 1.

    The data does not change once the widget is made. Vectors are carried as float16, and the front end
    computes everything else from them, so that what is written out adds up.
    """

    chapters: ClassVar[tuple[int, ...]] = (7,)
    _esm = front_end(__file__, "query_key_value_stages.js", "own_query_key_value.js", "query_key_value.js")
    _css = front_end(__file__, "query_key_value.css")

    title = traitlets.Unicode().tag(sync=True)
    tokens = traitlets.List(traitlets.Unicode()).tag(sync=True)  # of the queries
    key_tokens = traitlets.List(traitlets.Unicode()).tag(sync=True)
    vectors = traitlets.Dict().tag(sync=True)  # query (T, d), key (S, d), value (S, d), encoded
    allowed = traitlets.Dict().tag(sync=True)  # the given mask (T, S), encoded; empty without one
    can_be_causal = traitlets.Bool().tag(sync=True)
    row = Whole(last=lambda widget: len(widget.tokens) - 1)
    column = Whole(last=lambda widget: len(widget.key_tokens) - 1)
    scaled = traitlets.Bool(True).tag(sync=True)
    causal = Switch(
        possible=lambda widget: widget.can_be_causal,
        unless="keys have tokens of their own, or with the given mask a query would have no key left",
    )
    masked = Switch(possible=lambda widget: bool(widget.allowed), unless="no mask was given")

    @classmethod
    def from_arrays(
        cls,
        *,
        tokens: Sequence,
        query: np.ndarray,
        key: np.ndarray,
        value: np.ndarray,
        mask: np.ndarray | None = None,
        key_tokens: Sequence | None = None,
        causal: bool = False,
        title: str = "",
        row: int = 0,
        column: int = 0,
    ) -> "QueryKeyValue":
        """Queries ``(T, d)``, keys and values ``(S, d)``, and perhaps a ``mask`` ``(T, S)``, True where a
        query may attend.

        Without ``key_tokens``, ``tokens`` are also those of the keys: self-attention. Only there can the
        causal mask be switched on; ``causal`` says whether it is on at first.

        Raises ValueError for more than 16 tokens or numbers in a vector, arrays that are not finite or of
        another shape, a query that may attend to nothing, and a row or a column that does not exist.
        """
        keys = tokens if key_tokens is None else key_tokens
        _check_tokens("tokens", tokens)
        _check_tokens("key_tokens", keys)
        arrays = _checked(query=query, key=key, value=value, sizes=(len(tokens), len(keys)))
        if causal and key_tokens is not None:
            raise ValueError("causal must be False where there are key_tokens: no key comes before a query")
        can_be_causal = key_tokens is None
        past = np.tril(np.ones((len(tokens), len(keys)), dtype=bool))
        if mask is not None:
            mask = _checked_mask(mask, past.shape)
            if can_be_causal and (mask == past).all():
                mask, causal = None, True
        if mask is not None and can_be_causal and not (mask & past).any(axis=1).all():
            if causal:
                _refuse_empty_row("mask and the causal mask together", mask & past)
            can_be_causal = False
        return cls(
            title=title,
            tokens=list(tokens),
            key_tokens=list(keys),
            vectors={name: encode_array(array, "float16") for name, array in arrays.items()},
            allowed={} if mask is None else encode_array(mask, "uint8"),
            can_be_causal=can_be_causal,
            row=row,
            column=column,
            causal=causal,
            masked=mask is not None,
        )

    @classmethod
    def from_attention(
        cls,
        attention: MultiHeadAttention,
        vectors: Tensor,
        *,
        tokens: Sequence,
        head: int = 0,
        memory: Tensor | None = None,
        mask: np.ndarray | None = None,
        key_tokens: Sequence | None = None,
        causal: bool = False,
        title: str = "",
        row: int = 0,
        column: int = 0,
    ) -> "QueryKeyValue":
        """One ``head`` of a layer that reads ``vectors`` ``(T, D)``, or with them asks ``memory`` ``(S, D)``.

        The rest as in ``from_arrays``, which says what is refused. The layer's last linear map, which joins
        the heads, is left out.
        """
        check_index("head", head, attention.num_heads - 1)
        if memory is not None and key_tokens is None:
            raise ValueError("key_tokens must be given with memory, got None")
        memory = vectors if memory is None else memory
        for name, array in (("vectors", vectors), ("memory", memory)):
            if array.ndim != 2 or array.size(1) != attention.d_model:
                raise ValueError(
                    f"{name} must have shape (tokens, {attention.d_model}), got {tuple(array.shape)}"
                )
        with torch.no_grad():
            heads = attention.queries(vectors[None]), *attention.keys_values(memory[None])
            query, key, value = (each[0, head].cpu().double().numpy() for each in heads)
        return cls.from_arrays(
            tokens=tokens,
            query=query,
            key=key,
            value=value,
            mask=mask,
            key_tokens=key_tokens,
            causal=causal,
            title=title,
            row=row,
            column=column,
        )

    @classmethod
    def from_trace(
        cls, trace: HeadTrace, *, title: str = "", row: int = 0, column: int = 0
    ) -> "QueryKeyValue":
        """A head of a trained Transformer on one sentence; ``title``, without one, says which head it is.

        >>> traced = trace_head(load_live("transformer"), "the cat sleeps.", kind="cross", layer=1, head=2)
        >>> QueryKeyValue.from_trace(traced)

        The rest as in ``from_arrays``, which says what is refused.
        """
        place = f"{_LABELS[trace.kind]}, layer {trace.layer + 1}, head {trace.head + 1}"
        return cls.from_arrays(
            tokens=trace.tokens,
            query=trace.query,
            key=trace.key,
            value=trace.value,
            key_tokens=trace.key_tokens if trace.kind == "cross" else None,
            causal=trace.kind == "decoder",
            title=title or place[0].upper() + place[1:],
            row=row,
            column=column,
        )

    def figure(self) -> StaticFigure:
        return query_key_value_figure.figure(self)

    def describe(self) -> str:
        size = self.vectors["query"]["shape"][1]
        keys = "" if self.key_tokens == self.tokens else f", keys {' '.join(self.key_tokens)!r}"
        numbers = "1 number" if size == 1 else f"{size} numbers"
        return f"title={self.title!r}, {numbers} a vector, queries {' '.join(self.tokens)!r}{keys}"


def _check_tokens(name: str, tokens: Sequence) -> None:
    if not 1 <= len(tokens) <= _MOST:
        raise ValueError(f"{name} must be 1 to {_MOST} tokens, got {len(tokens)}")
    for token in tokens:
        if not isinstance(token, str):
            raise ValueError(f"{name} must be strings, got {token!r}")


def _checked(*, sizes: tuple[int, int], **arrays: np.ndarray) -> dict[str, np.ndarray]:
    """Query, key and value as float64, or a ValueError that says what is wrong with them."""
    arrays = {name: np.asarray(array, dtype=np.float64) for name, array in arrays.items()}
    size = arrays["query"].shape[-1] if arrays["query"].ndim else 0
    for name, array in arrays.items():
        count = sizes[name != "query"]
        if array.ndim != 2 or len(array) != count:
            raise ValueError(f"{name} must have shape ({count}, d), a row for each token, got {array.shape}")
        if not 1 <= array.shape[1] <= _MOST:
            raise ValueError(f"{name} must have 1 to {_MOST} numbers a vector, got {array.shape[1]}")
        if array.shape[1] != size:
            raise ValueError(f"{name} must have {size} numbers a vector as query, got {array.shape[1]}")
        if not np.isfinite(array).all():
            raise ValueError(f"{name} must be finite, got {np.sum(~np.isfinite(array))} of NaN or infinity")
    return arrays


def _checked_mask(mask: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    mask = np.asarray(mask)
    if mask.dtype != bool:
        raise ValueError(f"mask must be bool, True where a query may attend, got {mask.dtype}")
    if mask.shape != shape:
        raise ValueError(f"mask must have shape {shape}, queries by keys, got {mask.shape}")
    if not mask.any(axis=1).all():
        _refuse_empty_row("mask", mask)
    return mask


def _refuse_empty_row(what: str, mask: np.ndarray) -> None:
    row = int((~mask.any(axis=1)).argmax())
    raise ValueError(f"{what} must leave each query a key to attend to, got none for query {row}")
