"""From which size on, and up to which, each construction is thought of at all."""

from contextlib import suppress

import pytest

from s2s_course.data.grammar import CONSTRUCTIONS
from s2s_course.data.grammar.draft import DeadEnd
from s2s_course.data.grammar.plan import Plan
from s2s_course.data.grammar.sentence_sampler import SentenceSampler
from s2s_course.seeds import python_random


def thought_of(draw) -> dict[str, list[int]]:
    """The sizes at which ``draw(sampler, size)`` thinks of each construction, where it never takes one."""
    sampler, sizes = SentenceSampler(python_random(0), frozenset(CONSTRUCTIONS)), {}
    for size in range(3, 25):
        asked = set()
        sampler.draft.start()
        sampler.draft.may = lambda construction, probability, asked=asked: asked.add(construction)
        with suppress(DeadEnd):
            draw(sampler, size)
        for construction in asked:
            sizes.setdefault(construction, []).append(size)
    return sizes


def test_what_a_sentence_can_be():
    sizes = thought_of(lambda sampler, size: sampler._whole(size))
    assert sizes["address"] == list(range(6, 25))  # "marie," and four words at least
    assert sizes["wh_question"] == list(range(5, 18))
    assert sizes["question"] == list(range(4, 18))


@pytest.mark.parametrize("plan", [Plan(), Plan(unbound=False)])
def test_what_a_statement_can_be(plan):
    sizes = thought_of(lambda sampler, size: sampler.statements.statement(size, plan))
    assert sizes["complement_clause"] == list(range(6, 25))  # "marie says that" and three words at least
    assert sizes["existential"] == list(range(7, 16))
    assert set(range(13, 25)) <= set(sizes["coordination"])  # one clause holds twelve words
    assert min(sizes["coordination"]) >= 7
