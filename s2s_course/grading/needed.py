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

    ``dropped`` has for each exercise the names that it needs and that only dropped lines bind.
    """

    helpers: str
    answers: dict[str, str]
    dropped: dict[str, tuple[str, ...]]


def needed(
    pieces: Sequence[Piece], answers: Mapping[str, Piece], unused: Mapping[str, Piece | None]
) -> Needed:
    """The program that the ``answers`` of the exercises need.

    ``unused`` has names that are taken from one statement only, whatever others define them: those of the
    exercises' functions from what was picked, those of solutions from none.
    """
    providers: dict[str, list[int]] = {}
    for number, piece in enumerate(pieces):
        for name in piece.binds if piece.kind in _KEPT else ():
            if name not in unused or unused[name] is piece:
                providers.setdefault(name, []).append(number)
    reached = {id: _reach(pieces, answer, providers) for id, answer in answers.items()}
    wanted = {name for in_force, missing in reached.values() for name in missing | in_force.keys()}
    stars = [p for p in pieces if p.kind == "star"] if any(missing for _, missing in reached.values()) else []
    numbers = sorted(
        {number for in_force, _ in reached.values() for found in in_force.values() for number in found},
        key=lambda number: (pieces[number].kind != "import", number),
    )
    futures = [*dict.fromkeys(p.text for p in pieces if p.kind == "future")]
    lines = [*futures]
    if "torch" in wanted and "torch" not in providers:
        lines.append("import torch")
    lines += dict.fromkeys([p.text for p in stars] + [pieces[number].text for number in numbers])
    last = {name: number for number in numbers for name in pieces[number].binds}
    texts, dropped = {}, {}
    for id, (in_force, missing) in reached.items():
        own = sorted(
            {
                n
                for name, found in in_force.items()
                for n in found
                if not _is_same(pieces, n, last[name], name)
            }
        )
        texts[id] = (
            "\n\n\n".join([*futures, *(pieces[number].text for number in own), answers[id].text]) + "\n"
        )
        bound = {name for piece in pieces if piece.kind == "other" for name in piece.binds}
        dropped[id] = tuple(sorted(missing & bound))
    return Needed("\n\n\n".join(lines) + "\n" if lines else "", texts, dropped)


def _is_same(pieces: Sequence[Piece], one: int, other: int, name: str) -> bool:
    return pieces[one].binds[name] == pieces[other].binds[name]


def _reach(
    pieces: Sequence[Piece], answer: Piece, providers: Mapping[str, list[int]]
) -> tuple[dict[str, list[int]], set[str]]:
    """Each name that ``answer`` needs, directly or through others, with the numbers of what binds it.

    The second is the names that nothing binds which is kept.
    """
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
                pieces[chosen].kind == pieces[number].kind == "import"
                and _is_same(pieces, number, chosen, name)
            )
        ]
        waiting.extend(sorted(need for number in found[name] for need in pieces[number].needs))
    return found, missing


def _in_force(pieces: Sequence[Piece], numbers: list[int], cell: int) -> int:
    """The last that stands no later than the cell; the first of all where each stands later."""
    before = [number for number in numbers if pieces[number].cell <= cell]
    return before[-1] if before else numbers[0]
