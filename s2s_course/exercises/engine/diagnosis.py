"""What a wrong result is like, where no known mistake fits: twice what is expected, shifted, transposed, …

Each relation must hold between what came and what is expected on every input where the two differ.
"""

import itertools
import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from s2s_course.exercises.engine.close import is_close

Pairs = Sequence[tuple[Tensor, Tensor]]
"""What came and what is expected, of the same shape, for each input where they differ."""

_FUNCTIONS = {
    "a tanh": torch.tanh,
    "a sigmoid": torch.sigmoid,
    "a relu": torch.relu,
    "an exponential": torch.exp,
    "a logarithm": torch.log,
    "a square": torch.square,
    "a square root": torch.sqrt,
    "an absolute value": torch.abs,
    "a reciprocal": torch.reciprocal,
}


def describe_relation(pairs: Pairs, sizes: Sequence[dict[str, int]]) -> str:
    """One sentence on how all that came can be made from what is expected, or nothing.

    ``sizes`` has the named sizes of each input: ``{"B": 2, "S": 5}``.
    """
    if not pairs:
        return ""
    pairs = [(got.detach(), wanted.detach()) for got, wanted in pairs]
    if pairs[0][1].dtype == torch.bool:
        return _inverted(pairs) or _moved(pairs)
    pairs = [(got.double(), wanted.double()) for got, wanted in pairs]
    relations = (_constant, _factor, _offset, _repeated, _moved, _function, _sums)
    return next((text for relation in relations if (text := relation(pairs, sizes))), "")


def describe_shape(pairs: Pairs) -> str:
    """How numbers of a wrong shape are the right ones all the same, or nothing."""
    pairs = [(got.to(wanted.dtype), wanted) for got, wanted in pairs]
    if all(_has_right_numbers(got, wanted) for got, wanted in pairs):
        axes = [_axes_exchanged(got, wanted) for got, wanted in pairs]
        if axes[0] and all(exchanged == axes[0] for exchanged in axes):
            return f"The numbers are right, but its axes are in another order: `permute{axes[0]}` mends it."
        return "The numbers are right; only the shape is not."
    if all(got.numel() == wanted.numel() and _same_numbers(got, wanted) for got, wanted in pairs):
        return "It has the right numbers, but in another order."
    return ""


def _has_right_numbers(got: Tensor, wanted: Tensor) -> bool:
    if got.numel() != wanted.numel():
        return False
    return is_close(got.reshape(wanted.shape), wanted) or bool(_axes_exchanged(got, wanted))


def _axes_exchanged(got: Tensor, wanted: Tensor) -> tuple[int, ...]:
    if got.ndim != wanted.ndim:
        return ()
    for axes in itertools.permutations(range(got.ndim)):
        if axes != tuple(range(got.ndim)) and is_close(got.permute(axes), wanted):
            return axes
    return ()


def _all_close(pairs: Pairs, change: Callable[[Tensor], Tensor]) -> bool:
    """Whether ``change`` makes what came from what is expected, on every input."""
    return all(is_close(got, change(wanted)) for got, wanted in pairs)


def _inverted(pairs: Pairs) -> str:
    return "Yours is True where it must be False, and the other way round." * _all_close(
        pairs, torch.bitwise_not
    )


def _constant(pairs: Pairs, sizes: object) -> str:
    same = all(got.numel() > 1 and (got == got.flatten()[0]).all() for got, _ in pairs)
    varied = any((wanted != wanted.flatten()[0]).any() for _, wanted in pairs)
    return "All your numbers are the same." if same and varied else ""


def _factor(pairs: Pairs, sizes: Sequence[dict[str, int]]) -> str:
    factors = []
    for got, wanted in pairs:
        largest = wanted.abs().argmax()
        factor = (got.flatten()[largest] / wanted.flatten()[largest]).item()
        if not math.isfinite(factor) or not is_close(got, factor * wanted):
            return ""
        factors.append(factor)
    if _alike(factors, [factors[0]] * len(factors)):
        if _alike(factors[:1], [-1.0]):
            return "All your numbers have the wrong sign."
        if abs(factors[0]) < 1e-6:
            return "All your numbers are 0."
        return f"Yours is {factors[0]:.4g} times what is expected, on every input."
    return _in_sizes(factors, sizes, "Yours is what is expected {}.") or (
        "On each input yours is what is expected times one number, another one each time: something is "
        "multiplied in, or divided by, that must not be."
        * (sum(wanted.numel() > 2 for _, wanted in pairs) > 1)
    )


def _in_sizes(factors: list[float], sizes: Sequence[dict[str, int]], sentence: str) -> str:
    """The factors as a size of the input, or its root, where there is one that explains all."""
    forms = {
        "times {}": lambda n: n,
        "divided by {}": lambda n: 1 / n,
        "times the root of {}": lambda n: n**0.5,
        "divided by the root of {}": lambda n: n**-0.5,
    }
    names = set.intersection(*(set(known) for known in sizes)) if sizes else set()
    for form, factor in forms.items():
        for name in sorted(names):
            expected = [factor(known[name]) if known[name] else 0.0 for known in sizes]
            if len(set(expected)) > 1 and _alike(factors, expected):
                return sentence.format(form.format(name))
    return ""


def _alike(mine: list[float], theirs: list[float]) -> bool:
    return all(math.isclose(a, b, rel_tol=1e-3) for a, b in zip(mine, theirs, strict=True))


def _offset(pairs: Pairs, sizes: object) -> str:
    offsets = [(got - wanted).flatten()[0].item() for got, wanted in pairs]
    if not all(math.isfinite(offset) for offset in offsets):
        return ""
    if all(is_close(got, wanted + offset) for (got, wanted), offset in zip(pairs, offsets, strict=True)):
        if all(math.isclose(offset, offsets[0], rel_tol=1e-3, abs_tol=1e-4) for offset in offsets):
            more = "more" if offsets[0] > 0 else "less"
            return f"Yours is {abs(offsets[0]):.4g} {more} than what is expected, everywhere."
        if sum(wanted.numel() > 2 for _, wanted in pairs) > 1:
            return "On each input yours is what is expected plus one number, another one each time."
    for axis in range(min(wanted.ndim for _, wanted in pairs)):
        if any(wanted.shape[axis] < 2 for _, wanted in pairs[:1]):
            continue
        differences = [got - wanted for got, wanted in pairs]
        if all(is_close(d, d.mean(axis, keepdim=True).expand_as(d)) for d in differences) and all(
            d.isfinite().all() for d in differences
        ):
            return f"Along axis {axis} all your numbers are off by the same amount."
    return ""


def _moved(pairs: Pairs, sizes: object = None) -> str:
    """The right numbers in other places."""
    if any(wanted.ndim == 0 for _, wanted in pairs):
        return ""
    axes = range(min(wanted.ndim for _, wanted in pairs))
    for axis in axes:
        if _all_close(pairs, lambda wanted, axis=axis: wanted.flip(axis)):
            return f"Yours is in reverse order along axis {axis}."
        for steps, direction in ((1, "later"), (-1, "earlier"), (2, "later"), (-2, "earlier")):
            if all(_is_shifted(got, wanted, axis, steps) for got, wanted in pairs):
                places = "one place" if abs(steps) == 1 else "two places"
                return f"Yours is shifted along axis {axis}: what is expected stands {places} {direction}."
    for one, other in itertools.combinations(axes, 2):
        if all(w.shape[one] == w.shape[other] for _, w in pairs) and _all_close(
            pairs, lambda wanted, one=one, other=other: wanted.transpose(one, other)
        ):
            return f"Yours is transposed: its axes {one} and {other} are exchanged."
    if all(_same_numbers(got, wanted) and len(wanted.unique()) > 2 for got, wanted in pairs):
        for axis in axes:
            if all(_same_rows(got, wanted, axis) for got, wanted in pairs):
                return f"Yours has the right parts along axis {axis}, but in another order."
        return "Yours has the right numbers, but in another order."
    return ""


def _is_shifted(got: Tensor, wanted: Tensor, axis: int, steps: int) -> bool:
    """Whether ``got`` is ``wanted``, moved; what comes in at the border may be anything."""
    kept = wanted.shape[axis] - abs(steps)
    if kept < 1:
        return False
    start, end = (0, steps) if steps > 0 else (-steps, 0)
    moved = wanted.narrow(axis, start, kept)
    return is_close(got.narrow(axis, end, kept), moved) and not is_close(
        moved, wanted.narrow(axis, end, kept)
    )


def _same_numbers(got: Tensor, wanted: Tensor) -> bool:
    return is_close(got.flatten().sort().values, wanted.flatten().sort().values)


def _same_rows(got: Tensor, wanted: Tensor, axis: int) -> bool:
    mine, theirs = (x.movedim(axis, 0).reshape(x.shape[axis], -1) for x in (got, wanted))
    distance = (mine[:, None] - theirs).abs().amax(-1)  # of each part to each other one
    return bool((distance.amin(1) < 1e-4).all() and (distance.amin(0) < 1e-4).all())


def _function(pairs: Pairs, sizes: object) -> str:
    functions = dict(_FUNCTIONS)
    for axis in range(min(wanted.ndim for _, wanted in pairs)):
        functions[f"a softmax over axis {axis}"] = lambda x, axis=axis: x.softmax(axis)
        functions[f"a log_softmax over axis {axis}"] = lambda x, axis=axis: x.log_softmax(axis)
        functions[f"a sum along axis {axis} as divisor"] = lambda x, axis=axis: x / x.sum(axis, keepdim=True)
    for name, function in functions.items():
        if _all_close(pairs, function):
            return f"There is {name} too much: yours is made of what is expected by it."
        if all(is_close(function(got), wanted) for got, wanted in pairs):
            return f"At the end {name} is missing: it would make yours right."
    if _all_close(pairs, lambda wanted: 1 - wanted):
        return "Yours is 1 minus what is expected."
    return ""


def _sums(pairs: Pairs, sizes: object) -> str:
    """Weights that must sum to 1 along one axis, and do not."""
    axes = range(min(wanted.ndim for _, wanted in pairs))

    def sum_to_1(axis: int, which: int) -> bool:
        sums = [pair[which].sum(axis) for pair in pairs]
        return all(is_close(total, torch.ones_like(total)) for total in sums)

    right = [axis for axis in axes if sum_to_1(axis, 1)]
    if not right or sum_to_1(right[0], 0):
        return ""
    other = next((f", but they do along axis {axis}" for axis in axes if sum_to_1(axis, 0)), "")
    return f"Your numbers do not sum to 1 along axis {right[0]}, as they must{other}."


def _repeated(pairs: Pairs, sizes: object) -> str:
    """The same numbers all along an axis along which others are expected."""
    for axis in range(min(wanted.ndim for _, wanted in pairs)):
        differ = [p for p in pairs if not is_close(p[1], p[1].narrow(axis, 0, 1).expand_as(p[1]))]
        if differ and all(is_close(got, got.narrow(axis, 0, 1).expand_as(got)) for got, _ in pairs):
            return f"Along axis {axis} all your numbers are the same."
    return ""
