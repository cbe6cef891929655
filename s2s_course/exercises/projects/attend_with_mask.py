"""The attention of project 2: a masked softmax and weighted sums, for all steps of a batch at once."""

import torch

from s2s_course.exercises.engine.exercise import Case, Exercise, Task
from s2s_course.exercises.engine.misconception import mistake, mistakes_in
from s2s_course.seeds import torch_generator

TASK = Task(
    id="P2.1",
    title="Attend with a mask",
    goal="Turn the scores of all steps into weights that are 0 at padding, and add up the encoder states by "
    "them.",
    points=2,
    difficulty="medium",
    minutes=10,
    outputs=("context", "weights"),
    hints=(
        "Exercises 5.2, 5.3 and 5.5 have the parts: which words may have weight, and what they add up.",
        "A mask (B, S) meets scores (B, T, S): its steps are missing. Padding gets the score -inf, then "
        "comes the softmax over the words. Then it is one product of matrices for each sentence.",
        "`scores.masked_fill(~src_mask.unsqueeze(1), float('-inf')).softmax(dim=2)` are the weights, and "
        "`weights @ memory` the contexts.",
    ),
)


def attend_with_mask(
    scores: torch.Tensor,
    memory: torch.Tensor,
    src_mask: torch.Tensor,
) -> tuple[torch.Tensor, torch.Tensor]:
    """What every step of a decoder reads of its padded source.

    scores:   (B, T, S), a row of S scores for each of the T steps of each sentence
    memory:   (B, S, M) the encoder's states
    src_mask: (B, S) bool, True = real token; at least one in each sentence
    returns:  context (B, T, M) and weights (B, T, S), which are exactly 0 at padding;
              each row of weights sums to 1
    """
    scores = scores.masked_fill(~src_mask.unsqueeze(1), float("-inf"))
    weights = scores.softmax(dim=2)
    return weights @ memory, weights


def _case(name: str, lengths: tuple[int, ...], T: int, S: int, M: int) -> Case:
    def make(seed: int) -> tuple[torch.Tensor, ...]:
        generator = torch_generator(seed)
        src_mask = torch.arange(S) < torch.tensor(lengths).unsqueeze(1)
        B = len(lengths)
        scores, memory = torch.randn(B, T, S, generator=generator), torch.randn(B, S, M, generator=generator)
        return 3 * scores, memory, src_mask

    return Case(name, make)


CASES = (
    _case("two sentences, one with padding", (4, 2), 3, 4, 5),
    _case("as many sentences as steps", (1, 5, 3), 3, 5, 2),
    _case("no padding", (3, 3), 5, 3, 4),
    _case("a single step of a single word", (1,), 1, 2, 3),
)


@mistake(
    "no mask",
    "Your weights are not 0 at padding: the mask is not used. It needs the score -inf, before the softmax.",
)
def _no_mask(scores, memory, src_mask):
    weights = scores.softmax(dim=2)
    return weights @ memory, weights


@mistake(
    "padding set to 0 after the softmax",
    "You set the weights of padding to 0 after the softmax, so the others no longer sum to 1. Mask the "
    "scores before it.",
)
def _masked_afterwards(scores, memory, src_mask):
    weights = scores.softmax(dim=2) * src_mask.unsqueeze(1)
    return weights @ memory, weights


@mistake(
    "padding gets the score 0",
    "You give padding the score 0 before the softmax, and exp(0) is 1. Its score must be -inf.",
)
def _score_0(scores, memory, src_mask):
    weights = (scores * src_mask.unsqueeze(1)).softmax(dim=2)
    return weights @ memory, weights


@mistake(
    "softmax over the steps",
    "Your weights sum to 1 over the steps, not over the words. The words of scores stand on the last axis.",
)
def _over_the_steps(scores, memory, src_mask):
    weights = scores.softmax(dim=1).masked_fill(~src_mask.unsqueeze(1), 0.0)
    return weights @ memory, weights


@mistake(
    "contexts of the bare scores",
    "Your weights are right, but you add up the encoder states by the scores and not by the weights.",
)
def _by_the_scores(scores, memory, src_mask):
    _, weights = attend_with_mask(scores, memory, src_mask)
    return (scores * src_mask.unsqueeze(1)) @ memory, weights


EXERCISE = Exercise.from_task(TASK, attend_with_mask, CASES, mistakes_in(globals()))
