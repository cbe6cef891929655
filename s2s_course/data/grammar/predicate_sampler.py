"""Drawing clauses around *be* and *become*: adjectives, comparisons, and *there is*."""

from dataclasses import replace
from typing import no_type_check

from s2s_course.data.grammar import french
from s2s_course.data.grammar.clause_sampler import VERB, common_adjectives
from s2s_course.data.grammar.clauses import Clause
from s2s_course.data.grammar.lexicon import ADJECTIVES, Adjective, select, words
from s2s_course.data.grammar.noun_phrases import Determiner, NounPhrase, noun_phrase
from s2s_course.data.grammar.noun_sampler import DeadEnd, Setting
from s2s_course.data.grammar.phrases import EnglishWord, FrenchWord, Phrase, phrase
from s2s_course.data.grammar.verb_sampler import Plan, VerbSampler

_BECOMING = frozenset(
    ["rich", "poor", "sad", "sick", "strong", "famous", "polite", "lazy", "jealous", "nervous"]
)
# "nouveau" is not said of a subject, and "plus bon" does not exist.
_NEVER_PREDICATE = frozenset(["new"])
_NEVER_COMPARED = frozenset(["good", "bad"])
_FOUND_SOMEWHERE = (
    "person -thief -hero pet cow duck goose car truck tree flower box suitcase bicycle motorcycle"
)


@no_type_check
class PredicateSampler(VerbSampler):
    """Draws clauses that describe their subject."""

    def predicate_clause(self, size: int, plan: Plan) -> Clause:
        """*the house is very old*, *paul is going to be tired*, *the cat is as big as the dog*."""
        who = plan.who or self._described_subject(size, plan)
        adjectives = self._predicates(who)
        becoming = [a for a in adjectives if a.english in _BECOMING]
        verb = VERB["be"]
        is_human = who.is_human and all("person" in noun.classes for noun in who.nouns)
        if plan.tense == "past" or (is_human and becoming and self.rng.random() < 0.15):
            verb, adjectives = VERB["become"], becoming
        if not adjectives or (plan.tense == "past" and not is_human):
            raise DeadEnd
        adjective = self.rng.choice(adjectives)
        self.pairs |= {("adjective", adjective.english, noun.english) for noun in who.nouns}
        clause = Clause(who, verb, plan.tense or self.choose_tense(verb))
        if adjective.kind in ("color", "state", "absolute", "age", "size") and clause.tense == "going":
            clause.tense = "present"
        self._modality(clause, replace(plan, tense=clause.tense))
        if clause.negation == "never" and adjective.kind != "quality":
            clause.negation = "not"
        left = size - len(who.phrase) - 1
        standard = None
        if left >= 4 and verb.english == "be" and clause.negation != "never" and len(who.nouns) < 2:
            standard = self._comparison(who, adjective)
        if standard is None and "predicate_adjective" not in self.allowed:
            raise DeadEnd
        if standard is not None:
            clause.complements.append(standard)
        else:
            clause.complements.append(self._adjective(adjective, who, left))
        return self.finish(clause, None)

    def _predicates(self, who: NounPhrase) -> list[Adjective]:
        """What can be said of ``who`` without clashing with its adjectives (*the big cat is small*)."""
        nouns = {noun.english for noun in who.nouns}
        said = {word for kind, word, noun in self.pairs if kind == "adjective" and noun in nouns}
        kinds = {adjective.kind for adjective in ADJECTIVES if adjective.english in said}
        return [
            adjective
            for adjective in common_adjectives(who)
            if adjective.kind not in kinds and adjective.english not in _NEVER_PREDICATE
        ]

    def _described_subject(self, size: int, plan: Plan) -> NounPhrase:
        polarity = "question" if plan.asks == "polar" else "positive"
        setting = Setting("subject", polarity, recursive=plan.recursive)
        share = self.rng.randint(1, max(1, size - 2))
        selections = ("person", "person", "animal", "thing openable", "place", "vehicle clothing", "food")
        selection = self.rng.choice(selections)
        return self.subject(selection, share, setting, unbound=plan.unbound and not self.mentioned)

    def _adjective(self, adjective: Adjective, who: NounPhrase, room: int) -> Phrase:
        form = french.agree(adjective.french, who.gender, who.is_plural)
        described = phrase(adjective.english, form)
        if adjective.kind in ("quality", "size", "age") and room > 1 and self.may("adverb", 0.3):
            degree = self.rng.choice(words("degree"))
            described = phrase(degree.english, degree.french) + described
        return described

    def _comparison(self, who: NounPhrase, adjective: Adjective) -> Phrase | None:
        """*as old as the house*, *older than the house*, *more famous than paul*."""
        if adjective.kind not in ("quality", "size", "age") or adjective.english in _NEVER_COMPARED:
            return None
        if not who.is_human and not who.nouns:
            return None
        if not self.may("comparison", 0.5):
            return None
        form = french.agree(adjective.french, who.gender, who.is_plural)
        standard = self._standard(who, adjective).phrase
        if self.rng.random() < 0.5:
            return phrase("as", "aussi") + phrase(adjective.english, form) + phrase("as", "que") + standard
        if adjective.comparative is None:
            more = phrase("more", "plus") + phrase(adjective.english, form)
        else:
            word = EnglishWord(adjective.comparative)
            more = Phrase([word], [FrenchWord("plus", [word]), FrenchWord(form, [word])])
        return more + phrase("than", "que") + standard

    def _standard(self, who: NounPhrase, adjective: Adjective) -> NounPhrase:
        """What ``who`` is compared with: something of the same class."""
        if not who.nouns:
            return self.pick_name()
        candidates = tuple(
            noun
            for noun in select(adjective.nouns)
            if noun.classes & who.nouns[0].classes and noun.english not in self.mentioned
        )
        if not candidates:
            raise DeadEnd
        noun = self.pick_noun(candidates)
        # The adjective is said of both nouns.
        self.pairs.add(("adjective", adjective.english, noun.english))
        determiner = Determiner("demonstrative" if self.may("demonstrative", 0.3) else "definite")
        return noun_phrase(determiner, noun)

    def existential(self, size: int, *, is_question: bool) -> Phrase:
        """*there is a dog in the garden*, ``il y a un chien dans le jardin``, or its question.

        The place belongs to the construction and is not counted as a prepositional phrase.
        """
        negated = self.may("negation", 0.25)
        polarity = "negative" if negated else "question" if is_question else "positive"
        noun = self.pick_noun(select(_FOUND_SOMEWHERE))
        is_plural = self.rng.random() < 0.4
        before, after = self.adjectives(noun, min(1, max(0, size - 7)))
        determiner = self._existential_determiner(is_plural, polarity)
        thing = noun_phrase(determiner, noun, is_plural=is_plural, before=before, after=after)
        place = self.location(size - 3 - len(thing.phrase), Setting("oblique", polarity, recursive=False))
        there, be = EnglishWord("there"), EnglishWord("are" if is_plural else "is")
        negation = [EnglishWord("not")] if negated else []
        french_words = [FrenchWord("y", [there]), FrenchWord("a", [be])]
        if negated:
            french_words = [FrenchWord("ne", negation), *french_words, FrenchWord("pas", negation)]
        french_words = [FrenchWord("il", [there]), *french_words]
        rest = thing.phrase + place
        if is_question:
            opening = [FrenchWord("est-ce"), FrenchWord("que")]
            return Phrase([be, there, *negation, *rest.english], [*opening, *french_words, *rest.french])
        return Phrase([there, be, *negation, *rest.english], [*french_words, *rest.french])

    def _existential_determiner(self, is_plural: bool, polarity: str) -> Determiner:
        if polarity == "negative":
            return Determiner("none")
        if polarity == "positive" and is_plural and self.may("quantifier", 0.4):
            word = self.rng.choice(words(self.rng.choice(("numeral", "quantifier"))))
            return Determiner(word.category, word=word)
        return Determiner("any" if polarity == "question" and is_plural else "indefinite")
