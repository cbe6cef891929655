"""Exercise 7.4: find the bug in heads that are merged without a transpose."""

import torch

from s2s_course.exercises.engine.exercise import Case, Exercise, Task
from s2s_course.exercises.engine.misconception import mistake, mistakes_in
from s2s_course.seeds import torch_generator

TASK = Task(
    id="7.4",
    title="Find the bug: heads that mix up tokens",
    goal="This function merges the heads of a layer. All shapes are right, and with one head or one token "
    "so are the numbers. Else a token gets pieces of other tokens, even of later ones, in spite of "
    "the causal mask: what was learned in training is of no use when one translates token by token. "
    "Find out why, and merge the heads as it should be.",
    points=1,
    difficulty="medium",
    minutes=10,
    outputs=("merged",),
    hints=(
        "Take one sentence, two heads, two tokens, one number: heads are [[a, b], [c, d]], a row for each "
        "head. Which two numbers belong to the first token? Which does `reshape` give it?",
        "reshape takes the numbers in the order in which they lie: all tokens of the first head, then all of "
        "the second. What belongs to one token must lie side by side before axes are merged. Which two of "
        "the axes (B, H, T, d) have to change places first?",
        "`heads.transpose(1, 2)` has the shape (B, T, H, d). Then the last two axes may be merged: "
        "`flatten(2)`, or `reshape(B, T, H * d)`.",
    ),
)


def merge_heads(heads: torch.Tensor) -> torch.Tensor:
    """Put what the heads found for a token side by side, so that it has one vector.

    heads:   (B, H, T, d) the output of each head for each token
    returns: (B, T, H * d): for each token the d numbers of the first head, then those
             of the second, and so on
    """
    return heads.transpose(1, 2).flatten(2)


def _case(name: str, B: int, H: int, T: int, d: int) -> Case:
    def make(seed: int) -> tuple[torch.Tensor]:
        return (torch.randn(B, H, T, d, generator=torch_generator(seed)),)

    return Case(name, make)


CASES = (
    _case("two sentences, three heads, five tokens", 2, 3, 5, 2),
    _case("as many heads as tokens", 2, 3, 3, 4),
    _case("as many heads as numbers in a head", 1, 3, 4, 3),
    _case("a single head", 2, 1, 5, 3),
    _case("a single token, as when one translates", 3, 5, 1, 2),
    _case("more sentences than anything else", 5, 2, 4, 3),
)


@mistake(
    "the bug is still there",
    "The bug is still there. `reshape` and `view` read the numbers in the order in which they lie: first "
    "all tokens of the first head, then all of the second. So a vector is filled with several tokens of one "
    "head. Bring the axis of the tokens before that of the heads first.",
)
def mixed_tokens(heads):
    """The shape is right, and no error is raised."""
    B, H, T, d = heads.shape
    return heads.reshape(B, T, H * d)


@mistake(
    "heads interleaved",
    "Each token has its own numbers, but in turns: the first number of every head, then the second. "
    "Training would get used to it; but weights from elsewhere would not fit. The d numbers of a head stay "
    "together.",
)
def _interleaved(heads):
    return heads.permute(0, 2, 3, 1).flatten(2)


@mistake(
    "mean or sum over the heads",
    "You average the heads or add them up. Then it cannot be told any more which head found what, and H "
    "heads are hardly better than one. They are put side by side; the matrix that follows mixes them.",
)
def _mean(heads):
    return heads.mean(dim=1)


@_mean.variant
def _sum(heads):
    return heads.sum(dim=1)


@_mean.variant
def _mean_repeated(heads):
    return heads.mean(dim=1).repeat(1, 1, heads.shape[1])


@mistake(
    "first head only",
    "You keep the first head alone. The others have looked elsewhere, and what they found is lost.",
)
def _first_head(heads):
    return heads[:, 0].clone()


@_first_head.variant
def _first_head_for_all(heads):
    return heads[:, 0].repeat(1, 1, heads.shape[1])


@mistake(
    "heads joined along the tokens",
    "You put the heads one behind the other, so that there are H * T tokens. The sentence has T tokens; it "
    "is their vectors that become wider.",
)
def _joined_along_the_tokens(heads):
    return heads.flatten(1, 2)


@mistake(
    "not merged yet",
    "The axes are in the right order, but there are still four. Merge the last two into one of size H * d.",
)
def _not_merged(heads):
    return heads.transpose(1, 2).clone()


@mistake(
    "wrong axes exchanged",
    "You exchange two axes before you merge, but not the right ones, so numbers of other tokens or "
    "sentences get mixed in. Head and number must become neighbors, in this order, at the end: (B, T, H, d).",
)
def _last_two_exchanged(heads):
    B, H, T, d = heads.shape
    return heads.transpose(2, 3).reshape(B, T, H * d)


@_last_two_exchanged.variant
def _heads_and_numbers_exchanged(heads):
    B, H, T, d = heads.shape
    return heads.transpose(1, 3).reshape(B, T, H * d)


@_last_two_exchanged.variant
def _batch_and_heads_exchanged(heads):
    B, H, T, d = heads.shape
    return heads.transpose(0, 1).reshape(B, T, H * d)


@_last_two_exchanged.variant
def _batch_and_tokens_exchanged(heads):
    B, H, T, d = heads.shape
    return heads.transpose(0, 2).reshape(B, T, H * d)


@mistake(
    "tokens before the batch",
    "The heads of a token are side by side, but your first axis is that of the tokens. In this course the "
    "batch comes first.",
)
def _tokens_first(heads):
    return heads.permute(2, 0, 1, 3).flatten(2)


EXERCISE = Exercise.from_task(TASK, merge_heads, CASES, mistakes_in(globals()), broken=(mixed_tokens.wrong,))
