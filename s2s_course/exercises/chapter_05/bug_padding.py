"""Exercise 5.5: find the bug in an attention that attends to padding."""

import torch

from s2s_course.exercises.engine.exercise import Case, Exercise, Task
from s2s_course.exercises.engine.misconception import mistake, mistakes_in
from s2s_course.seeds import torch_generator

TASK = Task(
    id="5.5",
    title="Find the bug: an attention that attends to padding",
    goal="For most batches this attention is an error, but with as many sentences as steps it runs: every "
    "row of weights sums to 1, and yet some sentences attend to padding while others never see their "
    "last words. Find out why, and hide from each sentence its own padding, at all of its steps.",
    points=2,
    difficulty="medium",
    minutes=10,
    outputs=("weights",),
    hints=(
        "Write the shapes below each other, aligned at the right: B T S and, below it, B S. Which axis of "
        "the mask meets which axis of the scores?",
        "Sentences must meet sentences and words must meet words. The steps stand between them, and the mask "
        "is the same for all steps. So the mask lacks an axis: where must it be put in, so that B meets B on "
        "the left and S meets S on the right?",
        "`src_mask.unsqueeze(1)` has the shape (B, 1, S): sentence meets sentence, word meets word, and the "
        "1 stands for all steps. Fill with -inf, then take the softmax over the words.",
    ),
)


def weights_of_all_steps(
    scores: torch.Tensor,
    src_mask: torch.Tensor,
) -> torch.Tensor:
    """Attention weights of all decoder steps at once.

    scores:   (B, T, S), a row of S scores for each of the T steps of each sentence
    src_mask: (B, S) bool, True = real token; at least one in each sentence, and
              padding may stand anywhere
    returns:  (B, T, S), exactly 0 at padding of the source; each row sums to 1
    """
    mask = src_mask.unsqueeze(1)  # (B, 1, S): the same for all steps
    return scores.masked_fill(~mask, float("-inf")).softmax(dim=2)


def _case(
    name: str, lengths: tuple[int, ...], T: int, S: int, *, around: float = 0.0, gaps: bool = False
) -> Case:
    """Scores near ``around``; with ``gaps`` padding stands between the words.

    Where B = T = S, B = 1 or T = 1 a mask on a wrong axis gives numbers, and not an error that finds it.
    """

    def make(seed: int) -> tuple[torch.Tensor, torch.Tensor]:
        generator = torch_generator(seed)
        scores = around + 2 * torch.randn(len(lengths), T, S, generator=generator)
        places = torch.rand(len(lengths), S, generator=generator).argsort(1) if gaps else torch.arange(S)
        return scores, places < torch.tensor(lengths).unsqueeze(1)

    return Case(name, make)


CASES = (
    _case("as many sentences as steps and words", (3, 1, 2), 3, 3),
    _case("five sentences, five steps, five words", (2, 5, 1, 4, 3), 5, 5),
    _case("a single sentence", (2,), 5, 5),
    _case("a single step, as when one translates", (3, 1, 2), 1, 3),
    _case("scores of minus twenty thousand", (2, 3, 1), 3, 3, around=-20_000.0),
    _case("more steps than words, padding between them", (2, 3), 5, 4, gaps=True),
    _case("more words than steps, and more sentences than both", (3, 1, 2, 3, 2), 2, 4),
)


def _softmax(scores, mask, dim=2):
    return scores.masked_fill(~mask, float("-inf")).softmax(dim=dim)


def leaking_weights(scores, src_mask):
    """No error where there are as many sentences as steps, and a sum of 1 in every row."""
    return scores.masked_fill(~src_mask, float("-inf")).softmax(dim=2)


_the_bug_is_still_there = mistake(
    "the bug is still there",
    "The bug is still there: step t of every sentence gets the mask of sentence t. Shapes are matched from "
    "the right, so the B of (B, S) falls on the T of (B, T, S). The mask needs an axis for the steps, "
    "between its two.",
)(leaking_weights)


@mistake(
    "mask laid along the steps",
    "Your mask has the shape (B, S, 1), so it switches whole steps off instead of words. Where it is False "
    "all scores of a step are -inf, and the softmax gives NaN. This is how a mask of the target would lie; "
    "the new axis belongs between the two of src_mask.",
)
def _mask_along_the_steps(scores, src_mask):
    return _softmax(scores, src_mask.unsqueeze(2))


@mistake(
    "no mask",
    "You leave the mask out. That ends the mix-up of sentences, but now all of them attend to their padding.",
)
def _no_mask(scores, src_mask):
    return scores.softmax(dim=2)


@mistake(
    "one mask for all sentences",
    "You use one mask of shape (S,) for all sentences. Sentences differ in length, so some of them attend "
    "to padding or lose words. Each keeps its own row of src_mask.",
)
def _mask_of_the_first_sentence(scores, src_mask):
    return _softmax(scores, src_mask[0])


@_mask_of_the_first_sentence.variant
def _mask_of_the_longest_sentence(scores, src_mask):
    return _softmax(scores, src_mask.any(dim=0))


@_mask_of_the_first_sentence.variant
def _mask_of_the_shortest_sentence(scores, src_mask):
    return _softmax(scores, src_mask.all(dim=0))


@mistake(
    "zeroed after the softmax",
    "You set weights to 0 after the softmax. What padding has taken by then is lost, and the weights of the "
    "words sum to less than 1. Mask the scores before the softmax.",
)
def _zeroed_after(scores, src_mask):
    return scores.softmax(dim=2) * src_mask.unsqueeze(1)


@_zeroed_after.variant
def _zeroed_after_in_the_wrong_sentence(scores, src_mask):
    return scores.softmax(dim=2) * src_mask


@mistake(
    "padding scored 0",
    "You give padding the score 0, or another number of ordinary size. exp(0) is 1, so padding still gets "
    "its share. Only -inf has an exponential of 0.",
)
def _padding_scored_0(scores, src_mask):
    return (scores * src_mask.unsqueeze(1)).softmax(dim=2)


@_padding_scored_0.variant
def _padding_scored_tiny(scores, src_mask):
    return scores.masked_fill(~src_mask.unsqueeze(1), 1e-9).softmax(dim=2)


@_padding_scored_0.variant
def _padding_scored_minus_one(scores, src_mask):
    return scores.masked_fill(~src_mask.unsqueeze(1), -1.0).softmax(dim=2)


@mistake(
    "mask added as a number",
    "You add the mask to the scores as the numbers 1 and 0. That raises the words a little and removes "
    "nothing. Fill the scores at padding with -inf.",
)
def _mask_added(scores, src_mask):
    return (scores + src_mask.unsqueeze(1).float()).softmax(dim=2)


@mistake(
    "mask inverted",
    "You remove the words and keep the padding; a sentence without padding gives NaN. In src_mask True "
    "means a real token, while `masked_fill` fills where its mask is True.",
)
def _mask_inverted(scores, src_mask):
    return _softmax(scores, ~src_mask.unsqueeze(1))


@mistake(
    "softmax over the steps",
    "Your mask lies right, but the softmax runs over the T steps: each word hands out a sum of 1. Each step "
    "must; its words stand on the last axis.",
)
def _over_the_steps(scores, src_mask):
    return _softmax(scores, src_mask.unsqueeze(1), dim=1)


@_over_the_steps.variant
def _over_the_steps_with_words_zeroed(scores, src_mask):
    return scores.softmax(dim=1) * src_mask.unsqueeze(1)


@mistake(
    "later words hidden",
    "At step t you hide the words behind position t. That mask is for a decoder that looks at its own "
    "words, where later ones are not written yet. The source is complete: every step may look at all of it.",
)
def _no_future(scores, src_mask):
    _, T, S = scores.shape
    return _softmax(scores, src_mask.unsqueeze(1) & torch.ones(T, S, dtype=torch.bool).tril())


@_no_future.variant
def _no_future_and_no_mask(scores, src_mask):
    return _softmax(scores, torch.ones(scores.shape[1:], dtype=torch.bool).tril())


@mistake(
    "only one step masked",
    "You mask one of the steps, and the others still attend to padding. An axis of size 1 in the mask "
    "applies it to all steps.",
)
def _only_the_first_step(scores, src_mask):
    masked = scores.clone()
    masked[:, 0] = masked[:, 0].masked_fill(~src_mask, float("-inf"))
    return masked.softmax(dim=2)


@_only_the_first_step.variant
def _only_the_last_step(scores, src_mask):
    return _only_the_first_step(scores.flip(1), src_mask).flip(1)


EXERCISE = Exercise.from_task(
    TASK, weights_of_all_steps, CASES, mistakes_in(globals()), broken=(leaking_weights,), exact_zeros=True
)
