"""The words of the grammar: what they mean in both languages and what they may stand beside.

The entries live in four tables beside this file (``nouns.tsv``, ``verbs.tsv``, ``adjectives.tsv`` and
``words.tsv``, columns separated by tabs). A noun belongs to semantic classes ("person", "food",
"openable"). Verbs and adjectives say what they go with in a *selection* such as ``"person animal -snake"``:
nouns of these classes, or these nouns by their English name, without those after a minus sign.

An entry is made once, when the tables are read: two are equal only if they are the same object.
"""

import csv
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Literal

from s2s_course.checks import check_one_of
from s2s_course.data.grammar import english, french
from s2s_course.data.grammar.french import Gender

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, eq=False)
class Noun:
    """``classes`` are semantic (person, food), or say what its number is: mass, pair, sole, single."""

    english: str
    french: str
    gender: Gender
    classes: frozenset[str]

    @cached_property
    def is_mass(self) -> bool:
        """Whether it is not counted: *some water*, ``de l'eau``."""
        return "mass" in self.classes

    @cached_property
    def has_plural(self) -> bool:
        return not self.classes & {"mass", "single", "sole"}

    def forms(self, is_plural: bool) -> tuple[str, str]:
        """The English and the French form."""
        if is_plural:
            return english.plural(self.english), french.plural(self.french)
        return self.english, self.french


@dataclass(frozen=True, slots=True, eq=False)
class Adjective:
    """``place`` is "before" or "after" the French noun; ``nouns`` is the selection that it can describe.

    ``kind`` is size, age, opinion, color, quality, state or absolute: two of one kind clash, and some have
    no degrees. ``comparative`` is None where *more* makes it.
    """

    english: str
    french: str
    place: Literal["before", "after"]
    kind: str
    comparative: str | None
    nouns: str


@dataclass(frozen=True, eq=False)
class Frame:
    """What follows a verb: a direct object, a phrase with a preposition, both, or a special complement.

    ``direct`` and ``oblique`` are selections of nouns. An empty ``english_preposition`` means that
    only French has one (*phone the doctor*, ``téléphoner au médecin``). ``special`` is "adjective", "that"
    or "infinitive".
    """

    direct: str | None = None
    oblique: str | None = None
    english_preposition: str = ""
    french_preposition: str = ""
    special: str | None = None

    @cached_property
    def is_dative(self) -> bool:
        """Whether the phrase with ``à`` can become ``lui`` or ``leur``."""
        if self.french_preposition != "à" or self.oblique is None:
            return False
        return any("person" in noun.classes for noun in select(self.oblique))


@dataclass(frozen=True, eq=False)
class Verb:
    """``adjuncts`` says what else the verb takes: "place", "water", "with", "for", "often", "manner".

    Two of them are limits: "present" (never in the past) and "definite" (no *a* or *some* object).
    """

    english: str
    french: str
    auxiliary: Literal["avoir", "être"]
    subject: str
    frames: tuple[Frame, ...]
    adjuncts: frozenset[str]

    @cached_property
    def english_past(self) -> str:
        return english.past(self.english.split()[0])

    @cached_property
    def is_syncretic(self) -> bool:
        """Whether English writes present and past alike (*they read*)."""
        return self.english_past == self.english.split()[0]


@dataclass(frozen=True, slots=True, eq=False)
class Word:
    """A name or a word that is never inflected. ``detail`` is the gender of a name or title, and the
    selection of nouns after a preposition."""

    english: str
    french: str
    category: str
    detail: str


def _rows(name: str) -> list[dict[str, str]]:
    with (_FOLDER / f"{name}.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def _frame(text: str) -> Frame:
    """``"food"``, ``"book > to à person"``, ``"> - de instrument"``, ``"=that"`` or ``"-"``."""
    if text.startswith("="):
        return Frame(special=text[1:])
    direct, _, rest = (part.strip() for part in text.partition(">"))
    if not rest:
        return Frame(direct=None if direct == "-" else direct)
    english_preposition, french_preposition, oblique = rest.split(" ", 2)
    return Frame(direct or None, oblique, english_preposition.strip("-"), french_preposition)


NOUNS = tuple(
    Noun(row["english"], row["french"], row["gender"], frozenset(row["classes"].split()))
    for row in _rows("nouns")
)
ADJECTIVES = tuple(
    Adjective(**{**row, "comparative": row["comparative"].strip("-") or None}) for row in _rows("adjectives")
)
VERBS = tuple(
    Verb(
        row["english"],
        row["french"],
        row["auxiliary"],
        row["subject"],
        tuple(_frame(text.strip()) for text in row["frames"].split(";")),
        frozenset(row["adjuncts"].split()),
    )
    for row in _rows("verbs")
)
WORDS = tuple(Word(**row) for row in _rows("words"))


@cache
def select(selection: str) -> tuple[Noun, ...]:
    """The nouns that a selection allows, in the order of the table."""
    wanted = {name for name in selection.split() if not name.startswith("-")}
    refused = {name[1:] for name in selection.split() if name.startswith("-")}
    return tuple(
        noun
        for noun in NOUNS
        if (noun.classes | {noun.english}) & wanted and not (noun.classes | {noun.english}) & refused
    )


@cache
def adjectives_of(noun: Noun) -> tuple[Adjective, ...]:
    """The adjectives that can describe ``noun``."""
    return tuple(adjective for adjective in ADJECTIVES if noun in select(adjective.nouns))


@cache
def words(category: str) -> tuple[Word, ...]:
    """The uninflected words of one category."""
    check_one_of(sorted({word.category for word in WORDS}), category=category)
    return tuple(word for word in WORDS if word.category == category)


@cache
def word(category: str, english_text: str) -> Word:
    """The uninflected word of a category that is ``english_text`` in English."""
    return next(entry for entry in words(category) if entry.english == english_text)
