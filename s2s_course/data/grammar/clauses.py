"""Clauses: a subject, a verb in some tense, what follows it, and their order in both languages.

Who is aligned with whom: *did not see* and ``n'a pas vu`` give did–a, not–n', not–pas, see–vu; *saw* is
aligned with both ``a`` and ``vu``; *is going to see* and ``va voir`` give is–va, going–va, see–voir; never
is aligned with ``ne`` and ``jamais``. *do*, *does*, *to* before an infinitive and ``est-ce que`` have no
partner.
"""

from dataclasses import dataclass, field
from typing import no_type_check

from s2s_course.data.grammar import english, french
from s2s_course.data.grammar.lexicon import Verb, Word
from s2s_course.data.grammar.noun_phrases import NounPhrase, Pronoun
from s2s_course.data.grammar.phrases import EnglishWord, FrenchWord, Phrase, join, phrase

TENSES = ("present", "past", "going")


@no_type_check
@dataclass(slots=True)
class Clause:
    """What is said, before it is put in order.

    ``tense`` is present, past (simple past, ``passé composé``) or going (``futur proche``). ``negation`` is
    "", "not" or "never". ``modal`` is *want*, *can* or *must*, with the verb in the infinitive. ``direct``
    and ``dative`` are object pronouns, and ``dative_preposition`` is what English puts before the second.
    ``complements`` and ``adjuncts`` follow the verb in both languages. ``preceding`` is the gender and the
    plural of the antecedent of ``que``, with which a participle agrees.
    """

    subject: NounPhrase
    verb: Verb
    tense: str = "present"
    negation: str = ""
    modal: Verb | None = None
    frequency: Word | None = None
    direct: Pronoun | None = None
    dative: Pronoun | None = None
    dative_preposition: str = "to"
    complements: list[Phrase] = field(default_factory=list)
    adjuncts: list[Phrase] = field(default_factory=list)
    preceding: tuple[str, bool] | None = None


@no_type_check
@dataclass(slots=True)
class _EnglishVerb:
    """``auxiliary`` is what a question puts first; ``finite`` and ``lexical`` are what the French finite
    verb and the French participle or infinitive translate."""

    auxiliary: list[EnglishWord]
    negation: list[EnglishWord]
    rest: list[EnglishWord]
    finite: list[EnglishWord]
    lexical: list[EnglishWord]


@no_type_check
def _words(text: str) -> list[EnglishWord]:
    return [EnglishWord(part) for part in text.split()]


@no_type_check
def _be(person: int) -> str:
    return {0: "am", 2: "is"}.get(person, "are")


@no_type_check
def _inflected(clause: Clause, verb: Verb) -> str:
    """The simple present or past of ``verb``, with its particle (*looks at*)."""
    base, _, particle = verb.english.partition(" ")
    if clause.tense == "past":
        base = verb.english_past
    elif clause.subject.person == 2:
        base = english.third_person(base)
    return f"{base} {particle}"


@no_type_check
def _english_verb(clause: Clause, is_question: bool) -> _EnglishVerb:
    negation = _words(clause.negation)
    lexical = _words(clause.verb.english)
    if clause.modal is not None and clause.modal.english != "want":
        if clause.modal.english == "can" and clause.negation == "not" and not is_question:
            auxiliary = negation = _words("cannot")
            return _EnglishVerb(auxiliary, negation, lexical, auxiliary, lexical)
        auxiliary = _words(clause.modal.english)
        return _EnglishVerb(auxiliary, negation, lexical, auxiliary, lexical)
    if clause.tense == "going":
        auxiliary, going = _words(_be(clause.subject.person)), _words("going")
        return _EnglishVerb(auxiliary, negation, going + _words("to") + lexical, auxiliary + going, lexical)
    if clause.verb.english == "be":
        auxiliary = _words(_be(clause.subject.person))
        return _EnglishVerb(auxiliary, negation, [], auxiliary, auxiliary)
    main = clause.modal or clause.verb
    if is_question or clause.negation == "not":
        do = {True: "did", False: "does" if clause.subject.person == 2 else "do"}[clause.tense == "past"]
        auxiliary, finite = _words(do), _words(main.english)
    else:
        auxiliary, finite = [], _words(_inflected(clause, main))
    if clause.modal is not None:
        return _EnglishVerb(auxiliary, negation, finite + _words("to") + lexical, finite, lexical)
    did = auxiliary if clause.tense == "past" and auxiliary else finite
    return _EnglishVerb(auxiliary, negation, finite, did, finite)


@no_type_check
def _clitics(clause: Clause, direct: list[EnglishWord], dative: list[EnglishWord]) -> list[FrenchWord]:
    """Object pronouns in their order: me, te, nous, vous before le, la, les before lui, leur."""
    ranked = []
    if clause.direct is not None:
        rank = 1 if clause.direct.person in (2, 5) else 0
        ranked.append((rank, FrenchWord(clause.direct.direct, direct)))
    if clause.dative is not None:
        rank = 2 if clause.dative.person in (2, 5) else 0
        ranked.append((rank, FrenchWord(clause.dative.dative, dative)))
    return [word for _, word in sorted(ranked, key=lambda item: item[0])]


@no_type_check
def _participle(clause: Clause) -> str:
    """With ``être`` it agrees with the subject, with ``avoir`` only with a direct object before it."""
    agreement = clause.preceding
    if clause.verb.auxiliary == "être":
        agreement = (clause.subject.gender, clause.subject.is_plural)
    elif clause.direct is not None:
        agreement = (clause.direct.gender, clause.direct.is_plural)
    form = french.participle(clause.verb.french)
    return form if agreement is None else french.agree(form, *agreement)


@no_type_check
def _french_verb(
    clause: Clause, verb: _EnglishVerb, clitics: list[FrenchWord]
) -> tuple[list[FrenchWord], list[FrenchWord]]:
    """``ne`` + pronouns + finite + ``pas``, and what comes after an adverb: the participle or infinitive.

    Pronouns stand before an infinitive (``il va le voir``), else before the finite verb.
    """
    person = clause.subject.person
    if clause.modal is not None:
        finite, second = french.present(clause.modal.french)[person], clause.verb.french
    elif clause.tense == "going":
        finite, second = french.present("aller")[person], clause.verb.french
    elif clause.tense == "past":
        finite, second = french.present(clause.verb.auxiliary)[person], _participle(clause)
    else:
        finite, second = french.present(clause.verb.french)[person], None
    has_infinitive = clause.modal is not None or clause.tense == "going"
    before = [] if has_infinitive else clitics
    after = clitics if has_infinitive else []
    words = [*before, FrenchWord(finite, verb.finite)]
    if clause.negation:
        second_part = {"not": "pas", "never": "jamais"}[clause.negation]
        words = [FrenchWord("ne", verb.negation), *words, FrenchWord(second_part, verb.negation)]
    return words, [*after, *([] if second is None else [FrenchWord(second, verb.lexical)])]


@no_type_check
def _ordered(clause: Clause, is_question: bool) -> tuple[list[EnglishWord], Phrase]:
    """The English auxiliary that a question puts first (else nothing), and everything else in order."""
    verb = _english_verb(clause, is_question)
    direct = [] if clause.direct is None else _words(clause.direct.english_object)
    dative = (
        [] if clause.dative is None else _words(f"{clause.dative_preposition} {clause.dative.english_object}")
    )
    start, end = _french_verb(clause, verb, _clitics(clause, direct, dative))
    frequency = Phrase([], [])
    if clause.frequency is not None:
        frequency = phrase(clause.frequency.english, clause.frequency.french)
    auxiliary = [] if is_question else verb.auxiliary
    negation = [] if verb.negation is verb.auxiliary else verb.negation
    group = Phrase(
        auxiliary + negation + frequency.english + verb.rest + direct, start + frequency.french + end
    )
    complements = join(clause.complements)
    complements = Phrase(complements.english + dative, complements.french)
    body = clause.subject.phrase + group + complements + join(clause.adjuncts)
    return (verb.auxiliary if is_question else []), body


@no_type_check
def declarative(clause: Clause) -> Phrase:
    """The clause in the order of a statement, without punctuation."""
    return _ordered(clause, is_question=False)[1]


@no_type_check
def question(clause: Clause) -> Phrase:
    """The clause in the order of a question with ``est-ce que``, without punctuation."""
    auxiliary, body = _ordered(clause, is_question=True)
    return Phrase(auxiliary + body.english, [FrenchWord("est-ce"), FrenchWord("que"), *body.french])
