"""Exercise 10.2: the mask of a prefix language model."""

import torch

from s2s_course.exercises.engine.exercise import Case, Exercise, Task
from s2s_course.exercises.engine.misconception import mistake, mistakes_in
from s2s_course.seeds import python_random

TASK = Task(
    id="10.2",
    title="The mask of a prefix language model",
    goal="Source and target are read as one sequence by one network. Make the mask with which the source is "
    "read in both directions, and the target is written from left to right.",
    points=1,
    difficulty="medium",
    minutes=10,
    outputs=("mask",),
    hints=(
        "Draw four blocks for S = 3 and T = 2: source to source, source to target, target to source, target "
        "to target. Which are full, which is empty, which is causal?",
        "Look at the columns. The first S are the source, which every row may see, whether it is a word of "
        "the source or of the target. For the other columns compare with a causal mask of all S + T words: "
        "does it let a word of the source see the target? Which target words does it show to a target word?",
        "Begin with the causal mask of all S + T words, `torch.ones(N, N, dtype=torch.bool).tril()`. Only "
        "one of the four blocks is not right yet, and whole columns may be set to True for it.",
    ),
)


def prefix_mask(src_length: int, tgt_length: int) -> torch.Tensor:
    """Who may attend to whom where one network reads source and target as one sequence.

    src_length: S, at least 1; the source comes first
    tgt_length: T, at least 1; the target follows
    returns:    (S + T, S + T) bool, True = the row may attend to the column. A word of
                the source sees all of the source and nothing of the target. A word of
                the target sees all of the source, the target before it, and itself.
    """
    N = src_length + tgt_length
    causal = torch.ones(N, N, dtype=torch.bool).tril()
    in_source = torch.arange(N) < src_length  # (N,), of the columns
    return causal | in_source


def _case(name: str, S: tuple[int, int], T: tuple[int, int]) -> Case:
    """Random lengths in these ranges."""

    def make(seed: int) -> tuple[int, int]:
        random = python_random(seed)
        return random.randint(*S), random.randint(*T)

    return Case(name, make)


def _small(name: str) -> Case:
    """At most seven words, so that the whole mask can be shown."""

    def make(seed: int) -> tuple[int, int]:
        random = python_random(seed)
        src_length = random.randint(1, 5)
        return src_length, random.randint(2, 7 - src_length)

    return Case(name, make)


CASES = (
    _small("a few words"),
    _case("a source longer than the target", (15, 60), (2, 14)),
    _case("a target longer than the source", (2, 17), (18, 70)),
    _case("a target of a single word", (5, 95), (1, 1)),
    _case("a source of a single word", (1, 1), (5, 95)),
)


def _ones(src_length, tgt_length):
    return torch.ones(src_length + tgt_length, src_length + tgt_length, dtype=torch.bool)


def _changed(rows, columns):
    """A decorator: the right mask, but for a block whose ones become ``change(ones)``."""

    def decorate(change):
        def wrong(src_length, tgt_length):
            mask = prefix_mask(src_length, tgt_length)
            parts = {"src": slice(src_length), "tgt": slice(src_length, None)}
            block = mask[parts[rows], parts[columns]]
            mask[parts[rows], parts[columns]] = change(torch.ones_like(block))
            return mask

        return wrong

    return decorate


@mistake(
    "causal everywhere",
    "This is the causal mask of a decoder alone: a word of the source sees the words before it and none "
    "behind. The source is complete before anything is written, so each of its words may see all of it.",
)
def _causal(src_length, tgt_length):
    return _ones(src_length, tgt_length).tril()


@mistake(
    "source sees the target",
    "Your source sees the target. In training the target stands there, and the first word written could "
    "read the answer from the source's vectors. When the model translates, nothing is there yet.",
)
@_changed("src", "tgt")
def _source_sees_target(ones):
    return ones


@_source_sees_target.variant
def _rows_of_the_source(src_length, tgt_length):
    in_source = torch.arange(src_length + tgt_length) < src_length
    return _causal(src_length, tgt_length) | in_source.unsqueeze(1)


@mistake(
    "no causal mask in the target",
    "A word of your target sees words behind it, so it reads its own answer. Within the target the causal "
    "mask holds.",
)
@_changed("tgt", "tgt")
def _target_sees_all(ones):
    return ones


@_target_sees_all.variant
def _all(src_length, tgt_length):
    return _ones(src_length, tgt_length)


@_target_sees_all.variant
@_changed("tgt", "tgt")
def _target_sees_words_behind(ones):
    return ones.triu()


@mistake(
    "target sees the next word",
    "A word of your target sees one word too many: the one behind it, which is what it is asked for. It "
    "sees the words up to itself.",
)
@_changed("tgt", "tgt")
def _target_sees_the_next_word(ones):
    return ones.tril(1)


@mistake(
    "target does not see itself",
    "A word of your target does not see itself. It may: it is read, and the word behind it is asked for. "
    "The diagonal is True.",
)
@_changed("tgt", "tgt")
def _target_sees_words_before(ones):
    return ones.tril(-1)


@mistake(
    "target does not see the source",
    "Your target does not see the source, or not all of it. Then it cannot translate it: every word of the "
    "target sees the whole source.",
)
@_changed("tgt", "src")
def _target_sees_only_itself(ones):
    return ~ones


@_target_sees_only_itself.variant
@_changed("tgt", "src")
def _target_sees_source_as_far_as_it_is(ones):
    return ones.tril()


@mistake(
    "target sees the source alone",
    "Your target sees the source and nothing of itself: each word is written without knowing the words "
    "before it. It sees those too, and itself.",
)
@_changed("tgt", "tgt")
def _target_sees_only_source(ones):
    return ~ones


@_target_sees_only_source.variant
def _and_instead_of_or(src_length, tgt_length):
    return _causal(src_length, tgt_length) & (torch.arange(src_length + tgt_length) < src_length)


@mistake(
    "border one off",
    "Your border between source and target is off by one. Counted from 0, the source has the columns 0 to S "
    "- 1, and column S is the first of the target.",
)
def _source_one_longer(src_length, tgt_length):
    return prefix_mask(src_length + 1, tgt_length - 1)


@_source_one_longer.variant
def _source_one_shorter(src_length, tgt_length):
    return prefix_mask(src_length - 1, tgt_length + 1)


@mistake(
    "lengths exchanged",
    "You have exchanged the two lengths: the first S rows and columns belong to the source.",
)
def _target_reads_first(src_length, tgt_length):
    return prefix_mask(tgt_length, src_length)


@mistake(
    "rows and columns exchanged",
    "Your mask is transposed: a row says who looks, a column who is looked at. The rows of the target are "
    "those that see everything before.",
)
def _transposed(src_length, tgt_length):
    return prefix_mask(src_length, tgt_length).T


@mistake(
    "True where it is forbidden",
    "Your mask is inverted. In this course, as in `F.scaled_dot_product_attention`, True means that a row "
    "may attend to a column.",
)
def _forbidden(src_length, tgt_length):
    return ~prefix_mask(src_length, tgt_length)


@mistake(
    "numbers instead of True and False",
    "Your mask is right but consists of numbers, which would be added to the scores: 1 and 0 remove "
    "nothing, 0 and -inf would do. Here the mask is bool.",
)
def _floats(src_length, tgt_length):
    return prefix_mask(src_length, tgt_length).float()


@_floats.variant
def _added_scores(src_length, tgt_length):
    mask = prefix_mask(src_length, tgt_length)
    return torch.zeros(mask.shape).masked_fill(~mask, float("-inf"))


EXERCISE = Exercise.from_task(TASK, prefix_mask, CASES, mistakes_in(globals()))
