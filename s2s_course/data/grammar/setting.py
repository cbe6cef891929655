"""Where in a sentence a noun phrase stands, and what this place permits."""

from dataclasses import dataclass
from typing import Literal

from s2s_course.data.grammar.clauses import Tense
from s2s_course.data.grammar.noun_phrases import NounPhrase, Owner

Role = Literal["subject", "object", "oblique"]
Polarity = Literal["positive", "negative", "question"]


@dataclass(frozen=True, slots=True)
class Setting:
    """The place of a noun phrase.

    ``role`` is subject, object (direct) or oblique (after the French preposition ``preposition``);
    ``polarity`` is positive, negative or question; ``owner`` is whom *his*, *her* or *their* would mean;
    ``definite`` rules out *a* and *some* (*loves the coffee*); ``tense`` is that of the clause around,
    to which a relative clause keeps. Without ``recursive`` there is no relative clause and no *of*.
    """

    role: Role
    polarity: Polarity = "positive"
    preposition: str = ""
    owner: Owner | None = None
    definite: bool = False
    tense: Tense = "present"
    recursive: bool = True


def owner_after(subject: NounPhrase) -> Owner | None:
    """Whom *his*, *her* or *their* means after this subject."""
    if not subject.is_human or subject.person not in (2, 5):
        return None
    return subject.person, subject.gender
