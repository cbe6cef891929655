"""Which verbs go with which nouns: every verb of the lexicon with each of its frames (subcategorization)."""

from functools import cache
from typing import NamedTuple

from s2s_course.data.grammar.lexicon import VERBS, Frame, Noun, Verb, select

VERB = {verb.english: verb for verb in VERBS}


class VerbFrame(NamedTuple):
    """A verb and one of its frames: *read* with a book, *read* alone."""

    verb: Verb
    frame: Frame


FRAMES = tuple(VerbFrame(verb, frame) for verb in VERBS for frame in verb.frames if frame.special is None)


@cache
def frames_with_subject(noun: Noun | None) -> tuple[VerbFrame, ...]:
    """What a noun can do; None stands for people without a noun (names and pronouns)."""
    if noun is None:
        return tuple(use for use in FRAMES if "person" in use.verb.subject.split())
    return tuple(use for use in FRAMES if noun in select(use.verb.subject))


@cache
def frames_with_object(noun: Noun) -> tuple[VerbFrame, ...]:
    """What can be done to a noun, without any further object."""
    return tuple(
        use
        for use in FRAMES
        if use.frame.direct and not use.frame.oblique and noun in select(use.frame.direct)
    )
