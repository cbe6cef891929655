"""Clauses: a subject, a verb in some tense, what follows it, and their order in both languages.

Who is aligned with whom: *did not see* and ``n'a pas vu`` give did–a, not–n', not–pas, see–vu; *saw* is
aligned with both ``a`` and ``vu``; *is going to see* and ``va voir`` give is–va, going–va, see–voir; never
is aligned with ``ne`` and ``jamais``. *do*, *does*, *to* before an infinitive and ``est-ce que`` have no
partner.
"""

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from s2s_course.data.grammar import english, french
from s2s_course.data.grammar.french import Gender
from s2s_course.data.grammar.lexicon import Verb, Word
from s2s_course.data.grammar.noun_phrases import NounPhrase, Pronoun
from s2s_course.data.grammar.phrases import EnglishWord, FrenchWord, Phrase, english_words, join, uninflected

Tense = Literal["present", "past", "going"]
EnglishWords = tuple[EnglishWord, ...]


@dataclass(slots=True)
class Clause:
    """What is said, before it is put in order.

    ``tense`` is present, past (simple past, ``passé composé``) or going (``futur proche``). ``negation`` is
    "", "not" or "never". ``modal`` is *want*, *can* or *must*, with the verb in the infinitive. ``direct``
    and ``dative`` are object pronouns, and ``dative_preposition`` is what English puts before the second.
    ``complements`` and ``adjuncts`` follow the verb in both languages; ``target`` is the direct object among
    the former, which a pronoun may take up later. ``preceding`` is the gender and the plural of what stands
    before ``que``, with which a participle agrees.
    """

    subject: NounPhrase
    verb: Verb
    tense: Tense = "present"
    negation: Literal["", "not", "never"] = ""
    modal: Verb | None = None
    frequency: Word | None = None
    direct: Pronoun | None = None
    dative: Pronoun | None = None
    dative_preposition: str = "to"
    complements: list[Phrase] = field(default_factory=list)
    adjuncts: list[Phrase] = field(default_factory=list)
    target: NounPhrase | None = None
    preceding: tuple[Gender, bool] | None = None


class _EnglishVerb(NamedTuple):
    """``auxiliary``, ``negation`` and ``rest`` stand in this order.

    ``negative``, ``finite`` and ``lexical`` are what the French negation, the finite verb and the participle
    or infinitive translate. In a question the subject stands after ``auxiliary``.
    """

    auxiliary: EnglishWords
    negation: EnglishWords
    rest: EnglishWords
    negative: EnglishWords
    finite: EnglishWords
    lexical: EnglishWords


def _be(person: int) -> str:
    return {0: "am", 2: "is"}.get(person, "are")


def _do(clause: Clause) -> str:
    if clause.tense == "past":
        return "did"
    return "does" if clause.subject.person == 2 else "do"


def _inflected(clause: Clause, verb: Verb) -> str:
    """The simple present or past of ``verb``, with its particle (*looks at*)."""
    base, _, particle = verb.english.partition(" ")
    if clause.tense == "past":
        base = verb.english_past
    elif clause.subject.person == 2:
        base = english.third_person(base)
    return f"{base} {particle}"


def _english_verb(clause: Clause, is_question: bool) -> _EnglishVerb:
    negation, lexical = english_words(clause.negation), english_words(clause.verb.english)
    modal, to = clause.modal, (EnglishWord("to"),)
    if modal is not None and modal.english != "want":
        if modal.english == "can" and clause.negation == "not" and not is_question:
            cannot = (EnglishWord("cannot"),)
            return _EnglishVerb(cannot, (), lexical, cannot, cannot, lexical)
        auxiliary = english_words(modal.english)
        return _EnglishVerb(auxiliary, negation, lexical, negation, auxiliary, lexical)
    if clause.tense == "going":
        auxiliary, going = english_words(_be(clause.subject.person)), (EnglishWord("going"),)
        return _EnglishVerb(auxiliary, negation, going + to + lexical, negation, auxiliary + going, lexical)
    if clause.verb.english == "be":
        auxiliary = english_words(_be(clause.subject.person))
        return _EnglishVerb(auxiliary, negation, (), negation, auxiliary, auxiliary)
    main = modal or clause.verb
    if is_question or clause.negation == "not":
        auxiliary, finite = (EnglishWord(_do(clause)),), english_words(main.english)
    else:
        auxiliary, finite = (), english_words(_inflected(clause, main))
    if modal is not None:
        return _EnglishVerb(auxiliary, negation, finite + to + lexical, negation, finite, lexical)
    did = auxiliary if clause.tense == "past" and auxiliary else finite
    return _EnglishVerb(auxiliary, negation, finite, negation, did, finite)


def _clitics(clause: Clause, direct: EnglishWords, dative: EnglishWords) -> tuple[FrenchWord, ...]:
    """Object pronouns in their order: me, te, nous, vous before le, la, les before lui, leur."""
    ranked = []
    if clause.direct is not None:
        rank = 1 if clause.direct.person in (2, 5) else 0
        ranked.append((rank, FrenchWord(clause.direct.direct, direct)))
    if clause.dative is not None:
        rank = 2 if clause.dative.person in (2, 5) else 0
        ranked.append((rank, FrenchWord(clause.dative.dative, dative)))
    return tuple([word for _, word in sorted(ranked, key=lambda item: item[0])])


def _participle(clause: Clause) -> str:
    """With ``être`` it agrees with the subject, with ``avoir`` only with a direct object before it."""
    agreement = clause.preceding
    if clause.verb.auxiliary == "être":
        agreement = (clause.subject.gender, clause.subject.is_plural)
    elif clause.direct is not None:
        agreement = (clause.direct.gender, clause.direct.is_plural)
    form = french.participle(clause.verb.french)
    return form if agreement is None else french.agree(form, *agreement)


def _french_forms(clause: Clause) -> tuple[str, str | None]:
    """The finite verb, and the participle or infinitive, if there is one."""
    person = clause.subject.person
    if clause.modal is not None:
        return french.present(clause.modal.french)[person], clause.verb.french
    if clause.tense == "going":
        return french.present("aller")[person], clause.verb.french
    if clause.tense == "past":
        return french.present(clause.verb.auxiliary)[person], _participle(clause)
    return french.present(clause.verb.french)[person], None


def _french_verb(
    clause: Clause, verb: _EnglishVerb, clitics: tuple[FrenchWord, ...]
) -> tuple[tuple[FrenchWord, ...], tuple[FrenchWord, ...]]:
    """``ne`` + pronouns + finite + ``pas``, and what comes after an adverb: the participle or infinitive.

    Pronouns stand before an infinitive (``il va le voir``), else before the finite verb.
    """
    finite, second = _french_forms(clause)
    has_infinitive = clause.modal is not None or clause.tense == "going"
    start = (*(() if has_infinitive else clitics), FrenchWord(finite, verb.finite))
    if clause.negation:
        second_part = {"not": "pas", "never": "jamais"}[clause.negation]
        start = (FrenchWord("ne", verb.negative), *start, FrenchWord(second_part, verb.negative))
    end = () if second is None else (FrenchWord(second, verb.lexical),)
    return start, (clitics if has_infinitive else ()) + end


def _ordered(clause: Clause, is_question: bool) -> tuple[EnglishWords, Phrase]:
    """The English auxiliary that a question puts first (else nothing), and everything else in order."""
    verb = _english_verb(clause, is_question)
    direct = dative = clitics = ()
    if clause.direct is not None:
        direct = english_words(clause.direct.english_object)
    if clause.dative is not None:
        dative = english_words(f"{clause.dative_preposition} {clause.dative.english_object}")
    if direct or dative:
        clitics = _clitics(clause, direct, dative)
    start, end = _french_verb(clause, verb, clitics)
    frequency = Phrase() if clause.frequency is None else uninflected(clause.frequency)
    first, auxiliary = (verb.auxiliary, ()) if is_question else ((), verb.auxiliary)
    group = Phrase(
        auxiliary + verb.negation + frequency.english + verb.rest + direct, start + frequency.french + end
    )
    body = join([clause.subject.phrase, group, *clause.complements, Phrase(dative), *clause.adjuncts])
    return first, body


def declarative(clause: Clause) -> Phrase:
    """The clause in the order of a statement, without punctuation."""
    return _ordered(clause, is_question=False)[1]


def question(clause: Clause) -> Phrase:
    """The clause in the order of a question with ``est-ce que``, without punctuation."""
    auxiliary, body = _ordered(clause, is_question=True)
    return Phrase(auxiliary + body.english, (FrenchWord("est-ce"), FrenchWord("que"), *body.french))
