"""What answers need of the rest of a notebook: imports, definitions and constants, and nothing else.

A notebook may define one name several times. When a cell was run, the last definition above it was in force;
so each answer gets the one that was in force at its place.
"""

import builtins
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from s2s_course.grading.pieces import Piece

_KEPT = ("import", "definition", "constant", "block")
_ALWAYS_THERE = frozenset(dir(builtins)) | {"__name__", "__file__", "__doc__"}


@dataclass(frozen=True)
class Needed:
    """``helpers`` is one program; ``answers`` has for each exercise what is to be run after it.

    What ``helpers`` import from ``__future__`` holds for the answers too. ``dropped`` has for each exercise
    the names that it needs and that only dropped lines bind.
    """

    helpers: str
    answers: dict[str, str]
    dropped: dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class _Reach:
    """What an answer leads to: names with the pieces that bind them, and names of none."""

    in_force: dict[str, list[int]]
    missing: set[str]


def needed(
    pieces: Sequence[Piece], answers: Mapping[str, Piece], reserved: Mapping[str, Piece | None]
) -> Needed:
    """The program that the ``answers`` of the exercises need.

    ``reserved`` has names that are taken from one piece only, whatever other binds them: those of the
    exercises' functions from what was picked, those of solutions from none.
    """
    providers: dict[str, list[int]] = {}
    for number, piece in enumerate(pieces):
        for name in piece.binds if piece.kind in _KEPT else ():
            if name not in reserved or reserved[name] is piece:
                providers.setdefault(name, []).append(number)
    reached = {id: _reach(pieces, answer, providers) for id, answer in answers.items()}
    numbers = {number for reach in reached.values() for found in reach.in_force.values() for number in found}
    order = sorted(numbers, key=lambda number: (pieces[number].kind != "import", number))
    last = {name: number for number in order for name in pieces[number].binds}
    missing = {name for reach in reached.values() for name in reach.missing}
    dropped = {name for piece in pieces if piece.kind == "other" for name in piece.binds}
    texts = {}
    for id, reach in reached.items():
        own = {
            n
            for name, found in reach.in_force.items()
            for n in found
            if not _same(pieces, n, last[name], name)
        }
        texts[id] = _program([*(pieces[number].text for number in sorted(own)), answers[id].text])
    return Needed(
        _program([*_first(pieces, missing), *_once([pieces[number].text for number in order])]),
        texts,
        {id: tuple(sorted(reach.missing & dropped)) for id, reach in reached.items()},
    )


def _first(pieces: Sequence[Piece], missing: set[str]) -> list[str]:
    """What stands before everything. A chapter imports torch: answers alone are not to fail."""
    kinds = ("future", "star") if missing else ("future",)
    found = [piece.text for kind in kinds for piece in pieces if piece.kind == kind]
    return [*dict.fromkeys(found), *(["import torch"] if "torch" in missing else [])]


def _once(texts: list[str]) -> list[str]:
    """Each text once, where it stands last: there it decides what a name means in the end."""
    return [*dict.fromkeys(reversed(texts))][::-1]


def _program(texts: list[str]) -> str:
    return "\n\n\n".join(texts) + "\n" if texts else ""


def _same(pieces: Sequence[Piece], one: int, other: int, name: str) -> bool:
    return pieces[one].binds[name] == pieces[other].binds[name]


def _reach(pieces: Sequence[Piece], answer: Piece, providers: Mapping[str, list[int]]) -> _Reach:
    """Everything that ``answer`` needs, directly or through others."""
    found: dict[str, list[int]] = {}
    missing: set[str] = set()
    waiting = sorted(answer.needs - answer.binds.keys())
    while waiting:
        name = waiting.pop()
        if name in found or name in missing or name in answer.binds:
            continue
        if name not in providers:
            if name not in _ALWAYS_THERE:
                missing.add(name)
            continue
        chosen = _in_force(pieces, providers[name], answer.cell)
        # `import a.b` and `import a.c` both bind a, and both are needed.
        found[name] = [
            number
            for number in providers[name]
            if number == chosen
            or (
                pieces[chosen].kind == pieces[number].kind == "import" and _same(pieces, number, chosen, name)
            )
        ]
        waiting.extend(sorted(need for number in found[name] for need in pieces[number].needs))
    return _Reach(found, missing)


def _in_force(pieces: Sequence[Piece], numbers: list[int], cell: int) -> int:
    """The last that stands no later than the cell; the first of all where each stands later."""
    before = [number for number in numbers if pieces[number].cell <= cell]
    return before[-1] if before else numbers[0]
