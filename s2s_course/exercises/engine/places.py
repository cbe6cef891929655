"""Where an answer is wrong: how many numbers, in which rows, only at padding, only above the diagonal."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from s2s_course.exercises.engine.display import show_number

Wrong = Sequence[tuple[Tensor, Tensor, dict[str, Tensor]]]
"""For each input with a wrong result: where it is wrong (bool), what is expected, and the masks given."""


def count_wrong(got: Tensor, wanted: Tensor, wrong: Tensor) -> str:
    """How many numbers are wrong, and the first of them."""
    if wanted.ndim == 0:
        return ""
    first = wrong.nonzero()[0].tolist()
    numbers = f"{show_number(got[tuple(first)])}, where {show_number(wanted[tuple(first)])} is expected"
    total, count = wrong.numel(), int(wrong.sum())
    if total == 1:
        return ""
    how_many = f"All {total} numbers are wrong" if count == total else f"{count} of {total} numbers are wrong"
    return f"{how_many}, the first at {first}: {numbers}."


def describe_place(cases: Wrong) -> str:
    """What all wrong places have in common, and no right one has; nothing where that cannot be said."""
    for share in (1.0, 0.8):  # where a wrong number is right by chance, the place is told all the same
        for describe in (_at_masked, _on_an_axis, _about_the_diagonal, _by_what_is_expected):
            if sentence := describe(cases, share):
                return sentence
    return ""


def _always(cases: Wrong, share: float, predict: Callable[..., Tensor | None]) -> bool:
    """Whether nothing else is wrong than ``predict(wanted, masks)`` tells, and at least ``share`` of that."""
    spared = False
    for wrong, wanted, masks in cases:
        told = predict(wanted, masks)
        if told is None or (wrong & ~told).any() or int(wrong.sum()) < share * int(told.sum()):
            return False
        spared |= bool((~told).any())
    return spared


def _at_masked(cases: Wrong, share: float) -> str:
    for name in {name for *_, masks in cases for name in masks}:

        def masked(wanted: Tensor, masks: dict[str, Tensor], name: str = name) -> Tensor | None:
            mask = masks[name]
            if mask.shape != wanted.shape[: mask.ndim]:
                return None
            return mask.reshape(*mask.shape, *[1] * (wanted.ndim - mask.ndim)).expand(wanted.shape)

        def unmasked(wanted: Tensor, masks: dict[str, Tensor], masked: Callable = masked) -> Tensor | None:
            real = masked(wanted, masks)
            return None if real is None else ~real

        if _always(cases, share, unmasked):
            return f"It is wrong only where {name} is False."
        if _always(cases, share, masked):
            return f"It is right where {name} is False, and wrong where it is True."
    return ""


def _on_an_axis(cases: Wrong, share: float) -> str:
    places = {
        "Only the first index of axis {} is wrong.": lambda index, size: index == 0,
        "Only the last index of axis {} is wrong.": lambda index, size: index == size - 1,
        "Of axis {} the first index is right, and all behind it are wrong.": lambda index, size: index > 0,
        "Of axis {} the last index is right, and all before it are wrong.": lambda index, size: (
            index < size - 1
        ),
        "Only every second index of axis {} is wrong: 0, 2, 4 and so on.": lambda index, size: index % 2 == 0,
        "Only every second index of axis {} is wrong: 1, 3, 5 and so on.": lambda index, size: index % 2 == 1,
        "Only the first half of axis {} is wrong.": lambda index, size: index < size // 2,
        "Only the second half of axis {} is wrong.": lambda index, size: index >= size - size // 2,
    }
    axes = min(wanted.ndim for _, wanted, _ in cases)
    for axis in range(axes):
        for sentence, predict in places.items():

            def told(wanted: Tensor, masks: dict, axis: int = axis, predict: Callable = predict) -> Tensor:
                size = wanted.shape[axis]
                index = torch.arange(size).reshape(-1, *[1] * (wanted.ndim - axis - 1))
                return predict(index, size).expand(wanted.shape)

            if _always(cases, share, told):
                batch = " (the batch)" if axis == 0 and axes > 1 else ""
                return sentence.format(f"{axis}{batch}")
    return ""


def _about_the_diagonal(cases: Wrong, share: float) -> str:
    if any(wanted.ndim < 2 or wanted.shape[-1] != wanted.shape[-2] for _, wanted, _ in cases):
        return ""
    places = {
        "Only the diagonal is wrong.": lambda ones: ones.tril() & ones.triu(),
        "Only the places right above the diagonal are wrong.": lambda ones: ones.triu(1) & ones.tril(1),
        "Only the places right below the diagonal are wrong.": lambda ones: ones.tril(-1) & ones.triu(-1),
        "Only what is above the diagonal is wrong.": lambda ones: ones.triu(1),
        "Only what is below the diagonal is wrong.": lambda ones: ones.tril(-1),
        "The diagonal is right, and all else is wrong.": lambda ones: ~(ones.tril() & ones.triu()),
    }
    for sentence, predict in places.items():
        if _always(
            cases, share, lambda wanted, masks, predict=predict: predict(torch.ones_like(wanted).bool())
        ):
            return sentence
    return ""


def _by_what_is_expected(cases: Wrong, share: float) -> str:
    places = {
        "It is wrong only where 0 is expected.": lambda wanted: wanted == 0,
        "It is right where 0 is expected, and wrong elsewhere.": lambda wanted: wanted != 0,
        "It is wrong only where a negative number is expected.": lambda wanted: wanted < 0,
        "It is wrong only where a positive number is expected.": lambda wanted: wanted > 0,
    }
    if any(wanted.dtype == torch.bool for _, wanted, _ in cases):
        places = {
            "It is True at some places that must be False, and never the other way round.": lambda w: ~w,
            "It is False at some places that must be True, and never the other way round.": lambda w: w,
        }
        return next((text for text, at in places.items() if _covers(cases, at)), "")
    return next((text for text, at in places.items() if _always(cases, share, lambda w, m, at=at: at(w))), "")


def _covers(cases: Wrong, predict: Callable[[Tensor], Tensor]) -> bool:
    return not any((wrong & ~predict(wanted)).any() for wrong, wanted, _ in cases)
