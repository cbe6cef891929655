"""What of a clause is settled before it is drawn."""

from dataclasses import dataclass
from typing import Literal

from s2s_course.data.grammar.clauses import Tense
from s2s_course.data.grammar.frames import VerbFrame
from s2s_course.data.grammar.noun_phrases import NounPhrase


@dataclass(frozen=True, slots=True)
class Plan:
    """What of a clause is settled before it is drawn.

    ``who`` is the subject, ``frame`` the verb, ``tense`` the tense. ``asks`` is "" for a statement, "polar"
    for a question that is answered by yes or no, "wh" for one with a question word. ``unbound`` says that
    nothing before could be meant by *it*, *they* and *them*, so that these pronouns are masculine.
    ``without_object`` leaves the place of the direct object free for *what* or *that*. Without ``recursive``
    there are no relative clauses, without ``adjuncts`` nothing says where or when, without ``negatable``
    there is no negation.
    """

    who: NounPhrase | None = None
    frame: VerbFrame | None = None
    tense: Tense | None = None
    asks: Literal["", "polar", "wh"] = ""
    unbound: bool = True
    recursive: bool = True
    without_object: bool = False
    adjuncts: bool = True
    negatable: bool = True
