"""Noun phrases: determiners, nouns with their adjectives, names, pronouns, and several of them joined."""

from dataclasses import dataclass
from typing import Literal

from s2s_course.data.grammar import french
from s2s_course.data.grammar.french import Gender
from s2s_course.data.grammar.lexicon import Adjective, Noun, Word
from s2s_course.data.grammar.phrases import FrenchWord, Phrase, coordinate, english_words, phrase, uninflected

Owner = tuple[int, Gender]  # the person and the gender of a possessor


@dataclass(frozen=True, slots=True)
class NounPhrase:
    """A phrase and what a verb, an adjective or a pronoun must know to agree with it.

    ``person`` counts as in ``french.present`` (2 he or she, 5 they). ``nouns`` are the heads, one for each
    member of a coordination and none for names and pronouns.
    """

    phrase: Phrase
    person: int
    gender: Gender
    is_plural: bool
    nouns: tuple[Noun, ...] = ()
    is_human: bool = False
    is_pronoun: bool = False


@dataclass(frozen=True, slots=True)
class Determiner:
    """``kind`` "none" is *any*, ``de`` (after a negation), and "any" is *any*, ``des`` (in a question).

    ``owner`` belongs to a possessive, ``word`` is the numeral or quantifier.
    """

    kind: Literal[
        "definite",
        "indefinite",
        "none",
        "any",
        "demonstrative",
        "possessive",
        "every",
        "numeral",
        "quantifier",
    ]
    owner: Owner | None = None
    word: Word | None = None


@dataclass(frozen=True, slots=True)
class Pronoun:
    """A personal pronoun: the subject in both languages, and the objects (``le`` and ``lui``)."""

    person: int
    gender: Gender
    is_plural: bool
    english_subject: str
    french_subject: str
    english_object: str
    direct: str
    dative: str


PRONOUNS = {
    name: Pronoun(*fields)
    for name, *fields in (
        ("i", 0, "m", False, "i", "je", "me", "me", "me"),
        ("you", 1, "m", False, "you", "tu", "you", "te", "te"),
        ("he", 2, "m", False, "he", "il", "him", "le", "lui"),
        ("she", 2, "f", False, "she", "elle", "her", "la", "lui"),
        ("it", 2, "m", False, "it", "il", "it", "le", "lui"),
        ("it f", 2, "f", False, "it", "elle", "it", "la", "lui"),
        ("we", 3, "m", True, "we", "nous", "us", "nous", "nous"),
        ("they", 5, "m", True, "they", "ils", "them", "les", "leur"),
        ("they f", 5, "f", True, "they", "elles", "them", "les", "leur"),
    )
}

_POSSESSIVES = {
    0: (("my", "my"), "m"),
    1: (("your", "your"), "t"),
    2: (("his", "her"), "s"),
    3: (("our", "our"), "notre nos"),
    4: (("your", "your"), "votre vos"),
    5: (("their", "their"), "leur leurs"),
}


def formal_you(gender: Gender, is_plural: bool) -> Pronoun:
    """``vous``, to a madam, a sir, ladies or gentlemen."""
    return Pronoun(4, gender, is_plural, "you", "vous", "you", "vous", "vous")


def subject(pronoun: Pronoun) -> NounPhrase:
    """A pronoun as a subject."""
    return NounPhrase(
        phrase(pronoun.english_subject, pronoun.french_subject),
        pronoun.person,
        pronoun.gender,
        pronoun.is_plural,
        is_human=pronoun.english_subject != "it",
        is_pronoun=True,
    )


def name(word: Word) -> NounPhrase:
    """A person's name."""
    return NounPhrase(uninflected(word), 2, word.detail, False, is_human=True)


def _possessive(owner: Owner, gender: Gender, is_plural: bool, following: str) -> tuple[str, str]:
    person, owner_gender = owner
    english_forms, french_stem = _POSSESSIVES[person]
    english_form = english_forms[owner_gender == "f"]
    if person >= 3:
        return english_form, french_stem.split()[is_plural]
    if is_plural:
        return english_form, french_stem + "es"
    # "mon amie": the masculine form keeps two vowels apart.
    feminine = gender == "f" and not french.starts_with_vowel(following)
    return english_form, french_stem + ("a" if feminine else "on")


def _determiner_texts(
    determiner: Determiner, noun: Noun, is_plural: bool, following: str, adjective_first: bool
) -> tuple[str, str]:
    """The English and the French words of a determiner, before elision."""
    gender = noun.gender
    article = "les" if is_plural else {"m": "le", "f": "la"}[gender]
    match determiner.kind:
        case "definite":
            return "the", article
        case "indefinite" | "any" if is_plural:
            # "de petits chats": before an adjective, "des" becomes "de".
            return {"indefinite": "some", "any": "any"}[determiner.kind], "de" if adjective_first else "des"
        case "indefinite" | "any" if noun.is_mass:
            return {"indefinite": "some", "any": "any"}[determiner.kind], f"de {article}"
        case "indefinite" | "any":
            return "a", {"m": "un", "f": "une"}[gender]
        case "none":
            return "any" if is_plural or noun.is_mass else "a", "de"
        case "demonstrative" if is_plural:
            return "these", "ces"
        case "demonstrative" if gender == "f":
            return "this", "cette"
        case "demonstrative":
            return "this", "cet" if french.starts_with_vowel(following) else "ce"
        case "possessive":
            return _possessive(determiner.owner, gender, is_plural, following)
        case "every":
            return "every", "chaque"
        case _:
            return determiner.word.english, determiner.word.french


def noun_phrase(
    determiner: Determiner,
    noun: Noun,
    *,
    is_plural: bool = False,
    before: Adjective | None = None,
    after: Adjective | None = None,
    degree: Word | None = None,
) -> NounPhrase:
    """A determiner, a noun, and an adjective on one or both sides of the French noun.

    In English both adjectives precede the noun (*a small black cat*, ``un petit chat noir``). ``degree``
    (*very*) strengthens the adjective ``after``.
    """
    english_noun, french_noun = noun.forms(is_plural)
    core = phrase(english_noun, french_noun)
    following = french_noun
    if after is not None:
        right = phrase(after.english, french.agree(after.french, noun.gender, is_plural))
        if degree is not None:
            right = uninflected(degree) + right
        core = Phrase(right.english + core.english, core.french + right.french)
    if before is not None:
        form = french.agree(before.french, noun.gender, is_plural, following=french_noun)
        core = phrase(before.english, form) + core
        following = form
    english_text, french_text = _determiner_texts(determiner, noun, is_plural, following, before is not None)
    left = english_words(english_text)
    articles = [FrenchWord(text, left, text in ("le", "la", "les")) for text in french_text.split()]
    whole = Phrase(left + core.english, (*articles, *core.french))
    human = "person" in noun.classes
    return NounPhrase(whole, 5 if is_plural else 2, noun.gender, is_plural, (noun,), is_human=human)


def coordination(members: list[NounPhrase], conjunction: Word) -> NounPhrase:
    """Several third persons joined: plural, and feminine only if all of them are."""
    return NounPhrase(
        coordinate([member.phrase for member in members], uninflected(conjunction)),
        5,
        "f" if all(member.gender == "f" for member in members) else "m",
        True,
        tuple(noun for member in members for noun in member.nouns),
        is_human=all(member.is_human for member in members),
    )


def prepositional_phrase(english_text: str, french_text: str, complement: NounPhrase) -> Phrase:
    """A preposition and what it governs; an empty English text where only French has one."""
    return phrase(english_text, french_text) + complement.phrase
