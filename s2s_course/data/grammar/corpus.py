"""The embedded corpus of the course: English-French sentence pairs with gold word alignments.

A grammar of some 25 constructions over a lexicon of more than 500 entries builds both sentences and
their alignment together (``phrases``, ``noun_phrases``, ``clauses``); the samplers draw at random what it
says. Lengths count the English tokens, the final punctuation included.

One English sentence has one French translation. Where English leaves something open, the grammar decides:
*you* is ``tu``, but ``vous`` after *madam,*, *sir,*, *ladies,* or *gentlemen,*; *i*, *you*, *we*, *they*,
*it* and *them* are masculine, unless a name that is called or a noun before says otherwise; the simple
past is the ``passé composé``; *they read* is the present.

The alignment holds words that translate each other. ``du``, ``au``, ``des`` and ``aux`` are aligned with all
words of which they are made, both ``ne`` and ``pas`` with *not*, the auxiliary and the participle with the
simple past, *is* and *going* with ``va``. *do*, *does*, *to* before an infinitive and ``est-ce que`` have no
partner (``s2s_course.data.grammar.clauses``).
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache

from s2s_course.checks import check_at_least
from s2s_course.data.grammar.lexicon import ADJECTIVES, VERBS, select
from s2s_course.data.grammar.sentence_sampler import Sentence, SentenceSampler
from s2s_course.data.pairs import ParallelCorpus, SentencePair, check_languages
from s2s_course.seeds import derive, python_random

CONSTRUCTIONS = (
    "address",
    "adjective_after",
    "adjective_before",
    "adverb",
    "anaphora",
    "comparison",
    "complement_clause",
    "coordination",
    "dative_clitic",
    "demonstrative",
    "existential",
    "futur_proche",
    "modal",
    "negation",
    "object_clitic",
    "partitive",
    "passe_compose",
    "possessive",
    "predicate_adjective",
    "prepositional_phrase",
    "quantifier",
    "question",
    "relative_clause",
    "subordinate_clause",
    "wh_question",
)
SHORTEST, LONGEST = 3, 60
SPLITS = ("train", "validation", "test", "longer", "compositional")

# After so many failures in a row there is nothing new to be found.
_PATIENCE = 3_000
# One combination in so many is kept out of training.
_HELD_OUT_SHARE = 25
# What a held-out combination is made of occurs in at least one training sentence in so many.
_OFTEN = 2_000


def sentences(
    *,
    seed: int = 0,
    min_length: int = SHORTEST,
    max_length: int = 16,
    constructions: Iterable[str] | None = None,
    stream: str = "generate",
) -> Iterator[Sentence]:
    """Distinct random sentences without end: no English and no French sentence comes twice.

    ``constructions`` are the only ones that may occur besides the plain clause (None: all of them), and
    ``stream`` names an independent sequence of the same seed. Raises a ``ValueError`` when no more sentences
    are found.
    """
    allowed = _checked_constructions(constructions)
    _check_lengths(min_length, max_length)
    return _draw(seed, min_length, max_length, allowed, stream, lambda sentence: True)


def _draw(
    seed: int,
    min_length: int,
    max_length: int,
    allowed: frozenset[str],
    stream: str,
    accepts: Callable[[Sentence], bool],
) -> Iterator[Sentence]:
    rng = python_random(seed, "grammar", stream)
    sampler = SentenceSampler(rng, allowed)
    seen: set[str] = set()
    failures = 0
    while failures < _PATIENCE:
        failures += 1
        sentence = sampler.sentence(rng.randint(min_length, max_length))
        if sentence is None or not min_length <= sentence.length <= max_length:
            continue
        pair = sentence.pair
        if pair.src in seen or f"fr {pair.tgt}" in seen or not accepts(sentence):
            continue
        seen |= {pair.src, f"fr {pair.tgt}"}
        failures = 0
        yield sentence
    raise ValueError(
        f"min_length {min_length}, max_length {max_length} and constructions must leave enough different "
        f"sentences to choose from, got only {len(seen) // 2} of them"
    )


def generate(
    num_pairs: int,
    *,
    seed: int = 0,
    min_length: int = SHORTEST,
    max_length: int = 16,
    constructions: Iterable[str] | None = None,
) -> list[SentencePair]:
    """``num_pairs`` different random pairs; the arguments are those of ``sentences``."""
    check_at_least(1, num_pairs=num_pairs)
    found = sentences(seed=seed, min_length=min_length, max_length=max_length, constructions=constructions)
    return [next(found).pair for _ in range(num_pairs)]


def held_out_combinations(seed: int = 0) -> frozenset[tuple[str, str, str]]:
    """The adjective-noun and verb-object pairs that only the compositional split has.

    About one in twenty-five of all pairs that make sense, the same for every size of the corpus.
    """
    described = [("adjective", a.english, noun.english) for a in ADJECTIVES for noun in select(a.nouns)]
    done = [
        ("verb", verb.english, noun.english)
        for verb in VERBS
        for frame in verb.frames
        if frame.direct
        for noun in select(frame.direct)
    ]
    combinations = (*described, *done)
    return frozenset(c for c in combinations if derive(seed, "held out", *c) % _HELD_OUT_SHARE == 0)


@cache
def grammar_corpus(
    *,
    src: str = "en",
    tgt: str = "fr",
    seed: int = 0,
    train: int = 20_000,
    validation: int = 500,
    test: int = 500,
    longer: int = 500,
    compositional: int = 500,
    max_length: int = 8,
) -> ParallelCorpus:
    """The corpus, with splits of the sizes given.

    ``train``, ``validation`` and ``test`` are alike. ``longer`` has more than ``max_length`` English tokens,
    up to 60. ``compositional`` has in every sentence a combination (adjective and noun, verb and object)
    that no other split has, made of words that ``train`` has often. No sentence of either language is
    in two splits. A larger ``train`` changes neither validation nor test.
    """
    check_languages(src, tgt, allowed=("en", "fr"))
    sizes = {"validation": validation, "test": test, "longer": longer, "train": train}
    check_at_least(0, **sizes, compositional=compositional)
    if not SHORTEST <= max_length < LONGEST:
        raise ValueError(f"max_length must be from {SHORTEST} to {LONGEST - 1}, got {max_length}")
    splits = _Splits(seed, max_length, turned=src == "fr", compositional=compositional)
    for name, size in sizes.items():
        splits.add(name, size)
    return ParallelCorpus("grammar", src, tgt, splits)


class _Splits(Mapping):
    """The splits by name. They are drawn one after the other, and each knows what the earlier ones have.

    The last, ``compositional``, takes as long as all others together and is drawn when it is asked for.
    ``turned`` gives every pair in the other direction.
    """

    def __init__(self, seed: int, max_length: int, *, turned: bool, compositional: int):
        self.seed = seed
        self.max_length = max_length
        self.turned = turned
        self.compositional = compositional
        self.held_out = held_out_combinations(seed)
        self.taken: set[str] = set()
        self.parts: set[tuple[str, str]] = set()  # words that training has often in its combinations
        self.pairs: dict[str, tuple[SentencePair, ...]] = {}

    def __getitem__(self, split: str) -> tuple[SentencePair, ...]:
        if split == "compositional" and split not in self.pairs:
            self.add(split, self.compositional)
        return self.pairs[split]

    def __iter__(self) -> Iterator[str]:
        return iter(SPLITS)

    def __len__(self) -> int:
        return len(SPLITS)

    def add(self, split: str, size: int) -> None:
        """Draw ``size`` pairs for a split; ``compositional`` comes after ``train``."""
        longer = split == "longer"
        lengths = (self.max_length + 1, LONGEST) if longer else (SHORTEST, self.max_length)
        accepts = self._is_compositional if split == "compositional" else self._is_ordinary
        found = _draw(self.seed, *lengths, frozenset(CONSTRUCTIONS), split, accepts)
        chosen = [next(found) for _ in range(size)]
        if split == "train":
            counts = Counter(part for sentence in chosen for part in _parts(sentence.combinations))
            self.parts = {part for part, count in counts.items() if count >= max(1, size // _OFTEN)}
        pairs = tuple(sentence.pair for sentence in chosen)
        self.taken |= {text for pair in pairs for text in (pair.src, pair.tgt)}
        self.pairs[split] = tuple(pair.reversed() for pair in pairs) if self.turned else pairs

    def _is_new(self, sentence: Sentence) -> bool:
        return sentence.pair.src not in self.taken and sentence.pair.tgt not in self.taken

    def _is_ordinary(self, sentence: Sentence) -> bool:
        return not sentence.combinations & self.held_out and self._is_new(sentence)

    def _is_compositional(self, sentence: Sentence) -> bool:
        novel = sentence.combinations & self.held_out
        return bool(novel) and _parts(sentence.combinations) <= self.parts and self._is_new(sentence)


def _parts(combinations: frozenset[tuple[str, str, str]]) -> set[tuple[str, str]]:
    """The words of combinations: adjectives, verbs and nouns."""
    words = {(kind, word) for kind, word, _ in combinations}
    return words | {("noun", noun) for _, _, noun in combinations}


def _checked_constructions(constructions: Iterable[str] | None) -> frozenset[str]:
    allowed = frozenset(CONSTRUCTIONS if constructions is None else constructions)
    unknown = sorted(allowed - set(CONSTRUCTIONS))
    if unknown:
        known = ", ".join(CONSTRUCTIONS)
        raise ValueError(f"constructions must be among {known}, got {', '.join(map(repr, unknown))}")
    return allowed


def _check_lengths(min_length: int, max_length: int) -> None:
    for name, length in (("min_length", min_length), ("max_length", max_length)):
        if not SHORTEST <= length <= LONGEST:
            raise ValueError(f"{name} must be from {SHORTEST} to {LONGEST}, got {length}")
    if min_length > max_length:
        raise ValueError(f"min_length must be at most max_length, got {min_length} and {max_length}")
