"""Anaphora: a pronoun takes up a noun phrase of the clause before, in gender and number."""

from dataclasses import replace

from s2s_course.data.grammar.noun_phrases import PRONOUNS, NounPhrase, Pronoun, subject
from s2s_course.data.grammar.phrases import phrase


def pronoun_for(antecedent: NounPhrase) -> Pronoun:
    """The third person that takes up ``antecedent``."""
    if antecedent.person == 5:
        return PRONOUNS["they" if antecedent.gender == "m" else "they f"]
    if antecedent.is_human:
        return PRONOUNS["he" if antecedent.gender == "m" else "she"]
    return PRONOUNS["it" if antecedent.gender == "m" else "it f"]


def can_be_taken_up(antecedent: NounPhrase) -> bool:
    """Not *every child* nor *who*: they have no pronoun that both languages agree on."""
    return not any(word.text in ("every", "who") for word in antecedent.phrase.english)


def taken_up(antecedent: NounPhrase) -> NounPhrase:
    """The subject of the clause before once more, as a pronoun; its nouns still decide what fits."""
    if antecedent.is_pronoun:
        english, french = antecedent.phrase
        return replace(antecedent, phrase=phrase(english[0].text, french[0].text))
    return replace(subject(pronoun_for(antecedent)), nouns=antecedent.nouns)
