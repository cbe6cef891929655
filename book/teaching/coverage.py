"""Exercise 5.91: how much each source word has been attended to."""

import torch

from s2s_course.exercises.engine.exercise import Case, Exercise, Task
from s2s_course.exercises.engine.misconception import mistake, mistakes_in
from s2s_course.seeds import torch_generator

TASK = Task(
    id="5.91",
    title="Coverage",
    goal="Add up, for each source word, the attention that it got over all real steps of the decoder.",
    points=2,
    difficulty="easy",
    minutes=10,
    outputs=("coverage",),
    hints=(
        "Whose weights sum to 1: those of a step, or those of a source word? You need the other sum.",
        "Set the weights of padded steps to zero, then add up over the steps.",
        "`weights.masked_fill(~tgt_mask.unsqueeze(2), 0)` is zero at padded steps; the steps are axis 1.",
    ),
)


def coverage(weights: torch.Tensor, tgt_mask: torch.Tensor) -> torch.Tensor:
    """How much attention each source word got while a translation was written.

    weights:  (B, T, S), a row of attention weights for each step; what stands at padded
              steps is arbitrary
    tgt_mask: (B, T) bool, True = real step; at least one in each row
    returns:  (B, S)
    """
    return weights.masked_fill(~tgt_mask.unsqueeze(2), 0).sum(dim=1)


def _case(name: str, B: int, T: int, S: int) -> Case:
    def make(seed: int) -> tuple[torch.Tensor, ...]:
        generator = torch_generator(seed)
        weights = torch.randn(B, T, S, generator=generator).softmax(dim=2)
        lengths = torch.randint(1, T + 1, (B, 1), generator=generator)
        return weights, torch.arange(T) < lengths

    return Case(name, make)


CASES = (
    _case("more words than steps", 4, 3, 5),
    _case("more steps than words", 3, 6, 2),
    _case("as many steps as words", 4, 4, 4),
    _case("a single sentence", 1, 5, 3),
)


@mistake(
    "summed over the words",
    "You add up the weights of each step. They sum to 1 whatever the model does, so this says nothing. Add "
    "up over the steps: what did this word get from all of them?",
)
def _summed_over_words(weights, tgt_mask):
    return weights.masked_fill(~tgt_mask.unsqueeze(2), 0).sum(dim=2)


@mistake(
    "padded steps counted",
    "You count steps that were never taken: behind the end of a short translation there is padding, and its "
    "weights mean nothing.",
)
def _padded_steps_counted(weights, tgt_mask):
    return weights.sum(dim=1)


@mistake(
    "a mean",
    "You divide by the number of steps. Coverage is a sum: a word that was translated once has about 1, in a "
    "short sentence as in a long one.",
)
def _mean(weights, tgt_mask):
    return coverage(weights, tgt_mask) / tgt_mask.sum(dim=1, keepdim=True)


@_mean.variant
def _mean_over_all_steps(weights, tgt_mask):
    return coverage(weights, tgt_mask) / weights.shape[1]


EXERCISE = Exercise.from_task(TASK, coverage, CASES, mistakes_in(globals()))
