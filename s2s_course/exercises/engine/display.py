"""Small tensors as plain text, rounded and aligned, independent of torch's print options."""

from torch import Tensor

_MOST_ELEMENTS = 60


def show_value(value: object) -> str:
    """``value`` for a learner: numbers with four decimals, a row of a tensor on each line."""
    if not isinstance(value, Tensor):
        return repr(value)
    if value.numel() > _MOST_ELEMENTS:
        return f"{dtype_name(value)} tensor of shape {tuple(value.shape)}"
    cells = [_cell(number) for number in value.detach().flatten().tolist()]
    width = max(map(len, cells), default=0)
    return _nested([cell.rjust(width) for cell in cells], tuple(value.shape), indent=0)


def show_named(name: str, value: object) -> str:
    """``name = value``, with the lines of a tensor below each other."""
    return f"{name} = " + show_value(value).replace("\n", "\n" + " " * (len(name) + 3))


def dtype_name(tensor: Tensor) -> str:
    return str(tensor.dtype).removeprefix("torch.")


def _cell(number: object) -> str:
    return f"{number:.4f}" if isinstance(number, float) else str(number)


def _nested(cells: list[str], shape: tuple[int, ...], indent: int) -> str:
    """``cells`` in brackets as deep as ``shape``."""
    if not shape:
        return cells[0]
    if len(shape) == 1:
        return "[" + ", ".join(cells) + "]"
    size = len(cells) // shape[0] if shape[0] else 0
    rows = (cells[i * size : (i + 1) * size] for i in range(shape[0]))
    return "[" + (",\n" + " " * (indent + 1)).join(_nested(row, shape[1:], indent + 1) for row in rows) + "]"
