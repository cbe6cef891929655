"""The grammar: English–French sentence pairs with gold word alignments, made as many as are needed.

Start with ``corpus`` (what can be asked for). Below it the samplers draw what is said, from the sentence down
to the word (``sentence_sampler`` lists them), and share a ``draft``. ``clauses``, ``noun_phrases`` and
``phrases`` say it in both languages at once, ``french`` and ``english`` inflect words, and ``lexicon``
knows them.
"""

from s2s_course.data.grammar.corpus import (
    CONSTRUCTIONS,
    generate,
    grammar_corpus,
    held_out_combinations,
    sentences,
)

__all__ = ["CONSTRUCTIONS", "generate", "grammar_corpus", "held_out_combinations", "sentences"]
