"""From a student's notebooks to programs that a sandbox can run: one for each exercise, and what they share.

Cells are found by the function that they define, since ids and metadata do not survive every program that a
notebook goes through. Nothing that a student wrote is run here.
"""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

from s2s_course.grading.answers import Wanted, definitions, is_attempt, pick
from s2s_course.grading.cells import Cell, read_cells
from s2s_course.grading.names import readable, short
from s2s_course.grading.needed import needed
from s2s_course.grading.pieces import Piece, Unreadable, mentions, take_apart

_MOST_NOTES = 40


@dataclass(frozen=True)
class Normalized:
    """``helpers`` is one program text: the imports, definitions and constants that the answers need.

    ``answers`` has for each exercise the text that defines its function, to be run after ``helpers`` in the
    same namespace; ``problems`` says for each other exercise why there is none. ``notes`` are sentences for
    the student: what was left out or changed. A statement of ``helpers`` that fails should not keep the next
    from being run, as a cell that fails keeps no other from it: each stands alone at the top level.
    """

    helpers: str
    answers: dict[str, str]
    notes: tuple[str, ...]
    problems: dict[str, str]


def programs_of(notebooks: Sequence[tuple[str, bytes]], wanted: Sequence[Wanted]) -> Normalized:
    """The answers in notebooks, given as names and contents. Whatever a student wrote, nothing is raised."""
    cells, notes, refused = _all_cells(notebooks)
    if refused and not cells:
        return _encodable(Normalized("", {}, tuple(notes), {each.id: refused[0] for each in wanted}))
    pieces, unreadable = _all_pieces(cells, notes)
    answers, problems = {}, {}
    for each in wanted:
        answer, problem = _answer(each, pieces, unreadable, notes)
        if problem:
            problems[each.id] = problem
        else:
            answers[each.id] = answer
    for cell, why in unreadable:
        if not any(mentions(cell.source, each.function_name) for each in wanted):
            notes.append(f"{why} ({cell.place}). Nothing of this cell was taken.")
    taken: dict[str, Piece | None] = {each.solution_name: None for each in wanted}
    taken |= {each.function_name: answers.get(each.id) for each in wanted}
    found = needed(pieces, answers, taken)
    for each in wanted:
        if names := found.dropped.get(each.id):
            notes.append(_dropped_note(each.function_name, names))
    return _encodable(Normalized(found.helpers, found.answers, tuple(dict.fromkeys(notes)), problems))


def _all_cells(notebooks: Sequence[tuple[str, bytes]]) -> tuple[list[Cell], list[str], list[str]]:
    """All cells, sentences about what was left out, and those about notebooks that cannot be read."""
    cells, notes, refused = [], [], []
    for name, content in notebooks:
        several = len(notebooks) > 1
        try:
            found, left_out = read_cells(content, f" of {name}" if several else "")
        except ValueError as error:
            refused.append(f"{name}: {error}" if several else str(error))
            continue
        cells += found
        notes += left_out
    return cells, notes + refused, refused


def _all_pieces(cells: Sequence[Cell], notes: list[str]) -> tuple[list[Piece], list[tuple[Cell, str]]]:
    """All statements, and the cells that cannot be read, each with the reason."""
    pieces, unreadable = [], []
    for index, cell in enumerate(cells):
        try:
            found, commands = take_apart(cell, index)
        except Unreadable as reason:
            unreadable.append((cell, str(reason)))
            continue
        pieces += found
        if commands:
            first = f"`{short(commands[0])}`" + (" and others" if len(commands) > 1 else "")
            notes.append(
                f"Commands of Jupyter are no Python and were left out when grading: {first} in {cell.place}."
            )
    return pieces, unreadable


def _answer(
    wanted: Wanted, pieces: Sequence[Piece], unreadable: Sequence[tuple[Cell, str]], notes: list[str]
) -> tuple[Piece | None, str | None]:
    """What was picked, or why nothing was."""
    name = wanted.function_name
    answer = pick(pieces, wanted)
    attempted = answer is not None and is_attempt(answer, wanted)
    if not attempted and any(wanted.solution_name in (*p.functions, *p.needs) for p in pieces):
        notes.append(
            f"`{wanted.solution_name}` is the course's own solution. It does not count as your answer: "
            f"write your own into `{name}`."
        )
    broken = [(cell, why) for cell, why in unreadable if mentions(cell.source, name)]
    if broken and not attempted:
        cell, why = broken[-1]
        return None, f"{why} ({cell.place}). So there is no `{name}` to grade."
    if broken:
        notes.append(f"{broken[-1][1]} ({broken[-1][0].place}). The `{name}` of another cell was graded.")
    if answer is None:
        return None, _why_none(name, pieces, unreadable)
    several = definitions(pieces, name)
    if attempted and len([piece for piece in several if is_attempt(piece, wanted)]) > 1:
        notes.append(
            f"`{name}` is defined {len(several)} times. The last attempt was graded, in {answer.place}."
        )
    return answer, None


def _why_none(name: str, pieces: Sequence[Piece], unreadable: Sequence[tuple[Cell, str]]) -> str:
    for piece in reversed(pieces):
        if where := piece.elsewhere.get(name):
            return f"`{name}` is defined {where} ({piece.place}). Asked for is a plain function of its own."
    if any(name in piece.binds for piece in pieces):
        return f"`{name}` is no function in this notebook, but a name for something else."
    made = sorted({function for piece in pieces for function in piece.functions})
    near = difflib.get_close_matches(name, made, n=1, cutoff=0.8)
    hint = f" There is a `{short(near[0])}`: is it meant?" if near else ""
    if unreadable and not hint:
        cell, why = unreadable[0]
        hint = f" Some cells cannot be read: {why} ({cell.place})."
    return f"No cell defines `{name}`.{hint}"


def _dropped_note(name: str, names: Sequence[str]) -> str:
    listed = ", ".join(f"`{short(each)}`" for each in names[:5])
    return (
        f"`{name}` uses {listed} from a line that is not run when grading: only imports, functions, classes "
        "and simple constants are kept. Give it as an argument or compute it inside the function."
    )


def _encodable(found: Normalized) -> Normalized:
    """Without halves of pairs, which JSON can hold and no file: Python reads no program with them."""
    notes = tuple(readable(note) for note in found.notes[:_MOST_NOTES])
    if len(found.notes) > _MOST_NOTES:
        notes += (f"There are {len(found.notes) - _MOST_NOTES:,} more remarks of this kind.",)
    return Normalized(
        found.helpers, found.answers, notes, {i: readable(p) for i, p in found.problems.items()}
    )
