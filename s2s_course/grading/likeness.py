"""Submissions that look alike, pointed out without accusing: likeness is no proof.

What is compared is the meaning of the code, not its letters: the names of locals, comments, docstrings,
annotations and layout do not count. Nor does what answers are expected to share: what stands in the
reference, in the template and in the known mistakes, and whatever several students have written alike. A pair
is pointed out when most of what is left of one of them is in the other too, and there is enough of it. Short
answers are alike by nature and leave nothing.
"""

import ast
import inspect
import math
import textwrap
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

from s2s_course.exercises.engine.exercise import Exercise
from s2s_course.grading.grade import Grade

LENGTH = 6  # tokens in a piece
LEAST_PIECES = 12  # that two share and that are not to be expected
LEAST_SHARE = 0.6  # of the one who has fewer such pieces
_MOST_ALIKE = 0.15  # what a larger part of the class has written is common
_MOST_TOKENS = 4_000  # of one answer

Piece = tuple[str, ...]


@dataclass(frozen=True)
class Likeness:
    """Two students by their keys, the exercises that are alike, and the share and number of shared pieces."""

    first: str
    second: str
    exercises: tuple[str, ...]
    share: float
    count: int


def alike(grades: Sequence[Grade], exercises: Sequence[Exercise]) -> tuple[Likeness, ...]:
    """Pairs of ``grades`` that share more than is to be expected, the most alike first."""
    expected = {exercise.id: _expected(exercise) for exercise in exercises}
    own: list[set[tuple[str, Piece]]] = [
        {
            (each.exercise_id, piece)
            for each in grade.exercises
            if each.attempted and each.exercise_id in expected
            for piece in pieces(each.source) - expected[each.exercise_id]
        }
        for grade in grades
    ]
    having = Counter(piece for those in own for piece in those)
    # A few may always have the same; in a large class more, before it counts as common.
    most = max(5, math.ceil(_MOST_ALIKE * len(grades)))
    holders = defaultdict(list)
    for i, those in enumerate(own):
        those &= {piece for piece in those if having[piece] <= most}
        for piece in those:
            holders[piece].append(i)
    shared: dict[tuple[int, int], Counter[str]] = defaultdict(Counter)
    for (exercise_id, _), students in holders.items():
        for pair in combinations(students, 2):
            shared[pair][exercise_id] += 1
    found = []
    for (i, j), counts in shared.items():
        count = sum(counts.values())
        share = count / min(len(own[i]), len(own[j]))
        if count >= LEAST_PIECES and share >= LEAST_SHARE:
            names = tuple(exercise.id for exercise in exercises if counts[exercise.id] >= LENGTH)
            found.append(Likeness(grades[i].key, grades[j].key, names, share, count))
    return tuple(sorted(found, key=lambda pair: (-pair.count * pair.share, pair.first, pair.second)))


def pieces(source: str) -> set[Piece]:
    """All runs of ``LENGTH`` tokens of ``source``; none where it cannot be parsed."""
    stream = tokens(source)
    return {tuple(stream[i : i + LENGTH]) for i in range(len(stream) - LENGTH + 1)}


def tokens(source: str) -> list[str]:
    """What ``source`` says: kinds of syntax, names that are not local, constants, numbered locals."""
    try:
        tree = ast.parse(textwrap.dedent(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    locals_ = {
        name: ""
        for node in ast.walk(tree)
        for name in (
            [node.arg] if isinstance(node, ast.arg)
            else [node.id] if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
            else [node.name] if isinstance(node, ast.FunctionDef)
            else []
        )
    }  # fmt: skip
    # A stack in place of recursion: an expression may be nested deeper than Python can call.
    stream, waiting = [], [tree]
    while waiting and len(stream) < _MOST_TOKENS:
        node = waiting.pop()
        stream.append(_token(node, locals_))
        waiting += reversed(list(_parts(node)))
    return stream


def _token(node: ast.AST, locals_: dict[str, str]) -> str:
    match node:
        case ast.Name(id=name) | ast.arg(arg=name) | ast.FunctionDef(name=name):
            if name in locals_:
                # Numbered as they are first met, so that a copy with other names has the same numbers.
                locals_[name] = locals_[name] or f"local {sum(map(bool, locals_.values()))}"
                name = locals_[name]
            return f"{type(node).__name__} {name}"
        case ast.Attribute(attr=name) | ast.keyword(arg=name):
            return f"{type(node).__name__} {name}"
        case ast.Constant(value=value):
            return f"constant {value!r:.40}" if not isinstance(value, int | float) else f"number {value:.6g}"
        case _:
            return type(node).__name__


def _parts(node: ast.AST) -> Iterable[ast.AST]:
    """The parts of ``node`` that do something: no annotations, no docstring, no context of names."""
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "ctx", "type_comment", "decorator_list"):
            continue
        if name == "body" and isinstance(value, list):
            value = [part for part in value if not _is_text(part)]
        yield from (
            part for part in (value if isinstance(value, list) else [value]) if isinstance(part, ast.AST)
        )


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


@lru_cache(maxsize=256)
def _expected(exercise: Exercise) -> set[Piece]:
    """Pieces that nobody needs another student for."""
    functions = [exercise.reference, *exercise.also_right, *exercise.broken]
    functions += [way for known in exercise.misconceptions for way in (known.wrong, *known.variants)]
    found = pieces(exercise.template)
    for function in functions:
        try:
            found |= pieces(inspect.getsource(inspect.unwrap(function)))
        except (OSError, TypeError):  # made without source
            continue
    return found
