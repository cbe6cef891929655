"""Small tensors as plain text, rounded and aligned, independent of torch's print options."""

from torch import Tensor

from s2s_course.exercises.engine.close import find_wrong

_MOST_ELEMENTS = 60
_WINDOW, _BEFORE = 7, 3  # rows and columns of a large tensor that are shown, so many of them before a fault


def show_value(value: object) -> str:
    """``value`` for a learner: numbers with four decimals, a row of a tensor on each line."""
    if not isinstance(value, Tensor):
        return repr(value)
    if value.numel() > _MOST_ELEMENTS:
        return f"{dtype_name(value)} tensor of shape {tuple(value.shape)}"
    cells = [show_number(number) for number in value.detach().flatten().tolist()]
    width = max(map(len, cells), default=0)
    return _nested([cell.rjust(width) for cell in cells], tuple(value.shape), indent=0)


def show_named(name: str, value: object) -> str:
    """``name = value``, with the lines of a tensor below each other."""
    return f"{name} = " + show_value(value).replace("\n", "\n" + " " * (len(name) + 3))


def side_by_side(name: str, got: Tensor, wanted: Tensor) -> str:
    """Both results below each other, around the first place where they differ."""
    wrong = find_wrong(got, wanted).nonzero() if got.shape == wanted.shape else ()
    place = wrong[0].tolist() if len(wrong) else []
    return "\n".join(
        show_around(name, label, tensor, place or [0] * tensor.ndim)
        for label, tensor in (("yours   ", got), ("expected", wanted))
    )


def dtype_name(tensor: Tensor) -> str:
    return str(tensor.dtype).removeprefix("torch.")


def show_number(number: object) -> str:
    """A number with four decimals, or with four digits where it is so small that these would all be 0."""
    number = number.item() if isinstance(number, Tensor) else number
    if not isinstance(number, float):
        return str(number)
    number += 0.0  # makes -0.0 a plain 0
    return f"{number:.4f}" if number == 0 or not abs(number) < 5e-5 else f"{number:.1e}"


def show_around(name: str, label: str, value: Tensor, place: list[int]) -> str:
    """``value``, or where it is large its part around ``place``: ``mask[0, 0, 3:9, 2:8], yours = …``."""
    if value.numel() <= _MOST_ELEMENTS:
        return show_named(f"{name}, {label}", value)
    window, written = [], []
    for axis, (index, size) in enumerate(zip(place, value.shape, strict=True)):
        if axis < value.ndim - 2:
            window.append(slice(index, index + 1))
            written.append(str(index))
        else:
            start = max(0, min(index - _BEFORE, size - _WINDOW))
            window.append(slice(start, min(size, start + _WINDOW)))
            written.append(f"{start}:{min(size, start + _WINDOW)}")
    part = value[tuple(window)]
    part = part.reshape(part.shape[-2:])
    return show_named(f"{name}[{', '.join(written)}], {label}", part)


def _nested(cells: list[str], shape: tuple[int, ...], indent: int) -> str:
    """``cells`` in brackets as deep as ``shape``."""
    if not shape:
        return cells[0]
    if len(shape) == 1:
        return "[" + ", ".join(cells) + "]"
    size = len(cells) // shape[0] if shape[0] else 0
    rows = (cells[i * size : (i + 1) * size] for i in range(shape[0]))
    return "[" + (",\n" + " " * (indent + 1)).join(_nested(row, shape[1:], indent + 1) for row in rows) + "]"
