"""Drawing the content words of a noun phrase: a noun, a name, adjectives."""

from s2s_course.data.grammar.draft import Draft
from s2s_course.data.grammar.lexicon import Adjective, Noun, adjectives_of, words
from s2s_course.data.grammar.noun_phrases import NounPhrase, name


class NounSampler:
    """Draws words that the sentence does not have yet."""

    def __init__(self, draft: Draft):
        self.draft = draft

    def noun(self, candidates: tuple[Noun, ...]) -> Noun:
        """A noun that the sentence does not have yet, if that is easy to find."""
        for _ in range(4):
            noun = self.draft.rng.choice(candidates)
            if noun.english not in self.draft.mentioned:
                break
        self.draft.mentioned.add(noun.english)
        return noun

    def name(self) -> NounPhrase:
        """A name that the sentence does not have yet."""
        free = [word for word in words("name") if word.english not in self.draft.mentioned]
        word = self.draft.rng.choice(free)
        self.draft.mentioned.add(word.english)
        return name(word)

    def adjectives(self, noun: Noun, count: int) -> tuple[Adjective | None, Adjective | None]:
        """Up to ``count`` adjectives: one before the French noun, one after it."""
        before = after = None
        wanted = [adjective for adjective in adjectives_of(noun) if adjective.kind != "state"]
        if count != 1:
            wanted = [a for a in wanted if a.place == "before" or a.kind == "color"]
        self.draft.rng.shuffle(wanted)
        for adjective in wanted:
            if before is None and adjective.place == "before" and (after is None or count == 2):
                before = adjective if self.draft.may("adjective_before", 1.0) else None
            elif after is None and adjective.place == "after" and (before is None or count == 2):
                after = adjective if self.draft.may("adjective_after", 1.0) else None
        for adjective in (before, after):
            if adjective is not None:
                self.draft.combine("adjective", adjective.english, [noun])
        return before, after
