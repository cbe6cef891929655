"""Whose row is whose: students of a gradebook and those who handed in, by id first, then by unique name."""

import unicodedata
from collections.abc import Mapping, Sequence

from s2s_course.grading.grade import Grade


def match(
    rows: Mapping[int, tuple[Sequence[str], str]], grades: Sequence[Grade]
) -> tuple[dict[int, Grade], list[int]]:
    """The grade of each row, and the rows that were matched by name alone.

    ``rows`` has the ids and the name of each row of the gradebook. Where two could be meant, none is.
    """
    by_id = _unique_pairs(
        {row: {_plain_id(text) for text in ids} - {""} for row, (ids, _) in rows.items()},
        {i: {_plain_id(grade.lms_id or "")} - {""} for i, grade in enumerate(grades)},
    )
    rest = {i: spellings(grade.student) for i, grade in enumerate(grades)}
    by_name = _unique_pairs({row: spellings(name) for row, (_, name) in rows.items()}, rest)
    taken = set(by_id.values())
    by_name = {row: i for row, i in by_name.items() if row not in by_id and i not in taken}
    return {row: grades[i] for row, i in {**by_id, **by_name}.items()}, sorted(by_name)


def spellings(name: str) -> set[str]:
    """The ways in which a name is written in gradebooks and file names: ``doejane``, ``janedoe``."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    last, comma, first = plain.partition(",")
    written = {plain} | ({f"{first} {last}"} if comma else set())
    return {"".join(c for c in text if c.isalnum() or unicodedata.combining(c)) for text in written} - {""}


def _plain_id(text: str) -> str:
    """``Participant 123456`` and ``123456`` are one id."""
    return text.strip().casefold().rpartition(" ")[2]


def _unique_pairs(left: Mapping[int, set[str]], right: Mapping[int, set[str]]) -> dict[int, int]:
    """Pairs that share a text with each other and with nobody else."""
    partners: dict[int, set[int]] = {row: set() for row in left}
    found: dict[str, list[int]] = {}
    for i, texts in right.items():
        for text in texts:
            found.setdefault(text, []).append(i)
    for row, texts in left.items():
        for text in texts:
            partners[row].update(found.get(text, ()))
    count: dict[int, int] = {}
    for others in partners.values():
        for other in others:
            count[other] = count.get(other, 0) + 1
    return {
        row: other
        for row, others in partners.items()
        if len(others) == 1
        for other in others
        if count[other] == 1
    }
