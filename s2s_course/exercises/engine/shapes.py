"""The sizes that a reference's docstring names: ``memory: (B, S, M)`` says what S is for a given input."""

import inspect
import re
from collections.abc import Callable, Sequence

from torch import Tensor

_ARGUMENT = re.compile(r"(?P<names>\w+(?:, \w+)*): +(?P<text>.*)")
_SHAPE = re.compile(r"\((?=[^()]*[A-Za-z])[\w ,+*/]*\)")
_SIZE = re.compile(r"(?P<times>\d*)(?P<name>[A-Z](_\w)?|[dt])")
_BARE = re.compile(r"[A-Z](_\w)?\b(?! [+*])")


def shapes_in(reference: Callable) -> dict[str, tuple[str, ...]]:
    """The shape that the docstring gives for each argument, as written: ``{"W": ("4H", "E")}``.

    A size that is an argument itself, such as ``d_model: D`` or ``K: how many``, has a shape of that one
    name, ``("D",)``, and so has a list, as in ``spans: K pairs``.
    """
    arguments = inspect.signature(reference).parameters
    shapes = {}
    for line in (inspect.getdoc(reference) or "").splitlines():
        match = _ARGUMENT.fullmatch(line)
        names = match["names"].split(", ") if match else []
        if not names or not set(names) <= set(arguments):
            continue
        found = [tuple(re.findall(r"[^(), ][^(),]*", shape)) for shape in _SHAPE.findall(match["text"])]
        if bare := _BARE.match(match["text"]):
            shapes[names[0]] = (bare[0],)
        elif len(found) == len(names):
            shapes |= zip(names, found, strict=True)
        elif len(found) == 1:
            shapes |= {name: found[0] for name in names}
        elif _BARE.fullmatch(names[0]):
            shapes[names[0]] = (names[0],)
    return shapes


def sizes_of(reference: Callable, inputs: Sequence[object]) -> dict[str, int]:
    """What each named size is for these ``inputs``: ``{"B": 2, "S": 5, …}``."""
    sizes = {}
    for name, value in zip(inspect.signature(reference).parameters, inputs, strict=True):
        written = shapes_in(reference).get(name, ())
        if isinstance(value, Tensor):
            lengths = tuple(value.shape)
        else:
            lengths = (value if isinstance(value, int) else len(value),) if written else ()
        for letter, length in zip(written, lengths, strict=False):
            if match := _SIZE.fullmatch(letter):
                sizes.setdefault(match["name"], length // int(match["times"] or 1))
    return sizes
