"""Exercise 5.6: find the bug in an attention that normalizes over the wrong axis."""

import torch

from s2s_course.exercises.engine.exercise import Case, Exercise, Task
from s2s_course.exercises.engine.misconception import mistake, mistakes_in
from s2s_course.seeds import torch_generator

TASK = Task(
    id="5.6",
    title="Find the bug: maps that look odd",
    goal="In this attention no score is masked and no shape is wrong, but the maps look odd: what a step "
    "gets adds up to anything. With a single step, as when one translates word by word, every weight "
    "is exactly 1. Find out why, and compute contexts and weights as they should be.",
    points=2,
    difficulty="medium",
    minutes=10,
    outputs=("contexts", "weights"),
    hints=(
        "Take one sentence, three words, one step. Over which axis of scores must the sum be 1, so that the "
        "step gets an average of the three states?",
        "The last axis of these scores counts steps. The sum that must be 1 runs over the words, for one "
        "step at a time. So the softmax takes another axis; and after it two axes change places, so that the "
        "S weights of a step stand in a row that can be multiplied with memory.",
        "The words of scores stand on axis 1: `scores.softmax(dim=1)`. Then `transpose(1, 2)` turns the "
        "weights to (B, T, S), and `torch.bmm` multiplies them with memory.",
    ),
)


def contexts_of_all_steps(
    scores: torch.Tensor,
    memory: torch.Tensor,
) -> tuple[torch.Tensor, torch.Tensor]:
    """What the decoder reads at each step of a batch without padding.

    scores:  (B, S, T), the words of the source before the steps of the decoder, as
             torch.bmm(memory, queries.transpose(1, 2)) gives them
    memory:  (B, S, M) the encoder's states
    returns: the contexts (B, T, M) and the weights (B, T, S); each row of weights
             belongs to one step and sums to 1
    """
    weights = scores.softmax(dim=1).transpose(1, 2)  # (B, T, S)
    return torch.bmm(weights, memory), weights


def _case(name: str, B: int, S: int, T: int, M: int) -> Case:
    def make(seed: int) -> tuple[torch.Tensor, torch.Tensor]:
        generator = torch_generator(seed)
        scores = 2 * torch.randn(B, S, T, generator=generator)
        return scores, torch.randn(B, S, M, generator=generator)

    return Case(name, make)


CASES = (
    _case("two sentences, three words, two steps", 2, 3, 2, 2),
    _case("a single step, as when one translates", 3, 5, 1, 2),
    _case("as many words as steps", 2, 3, 3, 5),
    _case("more steps than words", 3, 2, 7, 3),
)


def _with(weights, memory):
    return torch.bmm(weights, memory), weights


def spread_contexts(scores, memory):
    """Softmax over the last axis, as everybody does."""
    weights = scores.softmax(dim=-1).transpose(1, 2)
    return torch.bmm(weights, memory), weights


_the_bug_is_still_there = mistake(
    "the bug is still there",
    "The bug is still there: your softmax runs over the T steps, so each word hands out a sum of 1. The "
    "words must compete for each step. On which axis do the S words of scores stand?",
)(spread_contexts)


@mistake(
    "softmax over the batch",
    "Your softmax runs over the B sentences, so the weights of a word depend on what other sentences are in "
    "the batch. It must run over the words of one sentence.",
)
def _over_the_batch(scores, memory):
    return _with(scores.softmax(dim=0).transpose(1, 2), memory)


@mistake(
    "one softmax over words and steps",
    "You normalize a whole map at once: all steps of a sentence share a sum of 1, and each gets less the "
    "longer the translation is. Each step has a sum of 1 of its own.",
)
def _over_words_and_steps(scores, memory):
    return _with(scores.flatten(1).softmax(dim=1).reshape(scores.shape).transpose(1, 2), memory)


@_over_words_and_steps.variant
def _over_everything(scores, memory):
    return _with(scores.flatten().softmax(dim=0).reshape(scores.shape).transpose(1, 2), memory)


@mistake(
    "normalized twice, over both axes",
    "Your softmax still runs over the steps, and then you normalize once more over the words. The rows sum "
    "to 1, which hides the bug: the weights of a step still depend on the scores of other steps, even of "
    "later ones. Take one softmax, over the words.",
)
def _divided_by_the_sum_as_well(scores, memory):
    weights = scores.softmax(dim=2).transpose(1, 2)
    return _with(weights / weights.sum(dim=2, keepdim=True), memory)


@_divided_by_the_sum_as_well.variant
def _softmax_over_one_then_the_other(scores, memory):
    return _with(scores.softmax(dim=2).softmax(dim=1).transpose(1, 2), memory)


@_divided_by_the_sum_as_well.variant
def _softmax_over_the_words_and_then_the_steps(scores, memory):
    return _with(scores.softmax(dim=1).softmax(dim=2).transpose(1, 2), memory)


@_divided_by_the_sum_as_well.variant
def _divided_by_the_steps(scores, memory):
    return _with((scores.softmax(dim=2) / scores.shape[1]).transpose(1, 2), memory)


@mistake(
    "reshaped instead of transposed",
    "You got from (B, S, T) to (B, T, S) with `reshape` or `view`. That deals out the same numbers in "
    "another order, so weights land at wrong words and steps. Use `transpose(1, 2)`.",
)
def _reshaped(scores, memory):
    B, S, T = scores.shape
    return _with(scores.reshape(B, T, S).softmax(dim=2), memory)


@_reshaped.variant
def _weights_reshaped(scores, memory):
    B, S, T = scores.shape
    return _with(scores.softmax(dim=1).reshape(B, T, S), memory)


@_reshaped.variant
def _bug_reshaped(scores, memory):
    B, S, T = scores.shape
    return _with(scores.softmax(dim=2).reshape(B, T, S), memory)


@mistake(
    "softmax twice",
    "Your axis is right, but you apply the softmax twice. The second one flattens the weights, since "
    "numbers between 0 and 1 differ little.",
)
def _softmax_twice(scores, memory):
    return _with(scores.softmax(dim=1).softmax(dim=1).transpose(1, 2), memory)


@mistake(
    "no softmax",
    "Your weights are not a softmax of the scores: they do not sum to 1, or are negative. Asked for is the "
    "softmax, exponential and division, over the words.",
)
def _no_softmax(scores, memory):
    return _with(scores.transpose(1, 2), memory)


@_no_softmax.variant
def _no_exponential(scores, memory):
    return _with((scores / scores.sum(dim=1, keepdim=True)).transpose(1, 2), memory)


@_no_softmax.variant
def _not_normalized(scores, memory):
    return _with(scores.exp().transpose(1, 2), memory)


@_no_softmax.variant
def _sigmoid(scores, memory):
    return _with(scores.sigmoid().transpose(1, 2), memory)


@_no_softmax.variant
def _logarithms(scores, memory):
    return _with(scores.log_softmax(dim=1).transpose(1, 2), memory)


@mistake(
    "weights not turned",
    "Your weights are right, but of shape (B, S, T), with the words first. Return them with the steps "
    "first, (B, T, S): a row for each step, as a map is read.",
)
def _weights_not_turned(scores, memory):
    contexts, weights = contexts_of_all_steps(scores, memory)
    return contexts, weights.transpose(1, 2)


@mistake(
    "two kinds of weights",
    "Only one of your two results is repaired. The contexts must be made with the very weights that you "
    "return; otherwise a map shows something that the decoder does not do.",
)
def _other_weights_in_the_contexts(scores, memory):
    return spread_contexts(scores, memory)[0], contexts_of_all_steps(scores, memory)[1]


@_other_weights_in_the_contexts.variant
def _other_weights_returned(scores, memory):
    return contexts_of_all_steps(scores, memory)[0], spread_contexts(scores, memory)[1]


@mistake(
    "outputs exchanged",
    "You return the weights first and the contexts second. The order is contexts, weights.",
)
def _outputs_exchanged(scores, memory):
    return contexts_of_all_steps(scores, memory)[::-1]


EXERCISE = Exercise.from_task(
    TASK, contexts_of_all_steps, CASES, mistakes_in(globals()), broken=(spread_contexts,)
)
