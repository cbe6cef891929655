"""Exercise 5.2: from scores to weights, without padding."""

import torch

from s2s_course.exercises.engine.exercise import Case, Exercise, Task
from s2s_course.exercises.engine.misconception import mistake, mistakes_in
from s2s_course.seeds import torch_generator

TASK = Task(
    id="5.2",
    title="A softmax that does not see padding",
    goal="Turn scores into attention weights: positive, with the sum 1 over the real tokens of each "
    "sentence, and exactly 0 at padding, whatever score stands there.",
    points=2,
    difficulty="easy",
    minutes=10,
    outputs=("weights",),
    hints=(
        "The softmax divides exp(score) by the sum over the row. Which score must stand at padding, before "
        "the softmax, so that its exponential is exactly 0?",
        "Change the scores, not the weights: what is set to 0 after the softmax is missing in the sum. A "
        "large negative number gives a small weight, but exactly 0 comes from one value only. The mask is "
        "True at real words, so the places to fill are those where it is False.",
        "`scores.masked_fill(~src_mask, float('-inf'))` puts -inf at padding and leaves scores as it was. "
        "Then take the softmax over the axis of the words.",
    ),
)


def masked_softmax(
    scores: torch.Tensor,
    src_mask: torch.Tensor,
) -> torch.Tensor:
    """Attention weights: a softmax over the real tokens of each sentence.

    scores:   (B, S), of any size and sign
    src_mask: (B, S) bool, True = real token; at least one in each row, and padding
              may stand anywhere
    returns:  (B, S), exactly 0 at padding; each row sums to 1
    """
    real = scores.masked_fill(~src_mask, float("-inf"))
    return real.softmax(dim=1)


def _case(
    name: str,
    lengths: tuple[int, ...],
    S: int,
    *,
    around: float = 0.0,
    padding: float = 0.0,
    gaps: bool = False,
) -> Case:
    """Scores near ``around``; at padding ``padding`` more, as if it fitted better than any word.

    With ``gaps`` padding stands between the words.
    """

    def make(seed: int) -> tuple[torch.Tensor, torch.Tensor]:
        generator = torch_generator(seed)
        scores = around + 2 * torch.randn(len(lengths), S, generator=generator)
        places = torch.rand(len(lengths), S, generator=generator).argsort(1) if gaps else torch.arange(S)
        src_mask = places < torch.tensor(lengths).unsqueeze(1)
        return scores + padding * ~src_mask, src_mask

    return Case(name, make)


CASES = (
    _case("a padded sentence beside a longer one", (3, 2), 3),
    _case("three sentences of different length", (2, 5, 1), 5),
    _case("one sentence with padding behind it", (3,), 7),
    _case("scores far below 0", (3, 1), 3, around=-200.0),
    _case("large scores, and larger ones at padding", (5, 2), 5, around=200.0, padding=200.0),
    _case("scores of minus twenty thousand", (2, 1), 3, around=-20_000.0),
    _case("padding between the words, more sentences than positions", (2, 3, 1, 2, 2), 4, gaps=True),
)


@mistake(
    "no mask",
    "You take the softmax over all positions. Padding gets weight, so the context depends on how far the "
    "batch happened to be padded.",
)
def _no_mask(scores, src_mask):
    return scores.softmax(dim=1)


@mistake(
    "zeroed after the softmax",
    "You set the weights of padding to 0 after the softmax. They have already taken their share, so the "
    "weights of the words sum to less than 1 and the context is too small. Mask the scores before the "
    "softmax.",
)
def _zeroed_after(scores, src_mask):
    return scores.softmax(dim=1) * src_mask


@mistake(
    "zeroed and divided again",
    "You take the softmax over everything, set padding to 0 and divide by what is left. That is right on "
    "paper. But where a score at padding is far above the others the words have weights of exactly 0 "
    "already. Then 0 / 0 is NaN, or all weights are 0 if you add something to the denominator. Mask the "
    "scores before the softmax.",
)
def _zeroed_and_divided(scores, src_mask):
    weights = scores.softmax(dim=1) * src_mask
    return weights / weights.sum(dim=1, keepdim=True)


@_zeroed_and_divided.variant
def _zeroed_and_divided_with_a_tiny_number(scores, src_mask):
    weights = scores.softmax(dim=1) * src_mask
    return weights / (weights.sum(dim=1, keepdim=True) + 1e-9)


@mistake(
    "padding scored 0",
    "You give padding the score 0, or a tiny number such as 1e-9. A score of 0 is not a weight of 0: exp(0) "
    "is 1, more than any word with a negative score. The score whose exponential is 0 is -inf.",
)
def _scores_zeroed(scores, src_mask):
    return (scores * src_mask).softmax(dim=1)


@_scores_zeroed.variant
def _filled_with_a_tiny_number(scores, src_mask):
    return scores.masked_fill(~src_mask, 1e-9).softmax(dim=1)


@_scores_zeroed.variant
def _scores_zeroed_without_exponential_of_padding(scores, src_mask):
    return (scores * src_mask).softmax(dim=1) * src_mask


@mistake(
    "fill not low enough",
    "You give padding a negative score, but not one that is lower than every possible score. Where the "
    "words score lower still, padding gets all the weight. -inf is below everything.",
)
def _filled_with_minus_hundred(scores, src_mask):
    return scores.masked_fill(~src_mask, -100.0).softmax(dim=1)


@_filled_with_minus_hundred.variant
def _filled_with_minus_one(scores, src_mask):
    return scores.masked_fill(~src_mask, -1.0).softmax(dim=1)


@_filled_with_minus_hundred.variant
def _filled_with_minus_ten(scores, src_mask):
    return scores.masked_fill(~src_mask, -10.0).softmax(dim=1)


@mistake(
    "filled with plus infinity",
    "You fill padding with inf, and inf divided by inf is NaN. It must score lower than all words, not "
    "higher: the sign is missing.",
)
def _filled_with_plus_infinity(scores, src_mask):
    return scores.masked_fill(~src_mask, float("inf")).softmax(dim=1)


@mistake(
    "mask added as a number",
    "You add the mask to the scores as the numbers 1 and 0. That raises the words a little and removes "
    "nothing. A mask that is added must hold 0 at words and -inf at padding.",
)
def _mask_added(scores, src_mask):
    return (scores + src_mask.float()).softmax(dim=1)


@mistake(
    "mask inverted",
    "You remove the words and keep the padding; a sentence without padding has nothing left and gives NaN. "
    "In src_mask True means a real token, while `masked_fill` fills where its mask is True.",
)
def _mask_inverted(scores, src_mask):
    return masked_softmax(scores, ~src_mask)


@mistake(
    "softmax over the batch",
    "Your weights sum to 1 over the B sentences, not over the words of each. The axis of the source is the "
    "last one, `dim=1`. Positions that are padding in all sentences give NaN.",
)
def _over_the_batch(scores, src_mask):
    return scores.masked_fill(~src_mask, float("-inf")).softmax(dim=0)


@mistake(
    "one softmax for the whole batch",
    "Your weights sum to 1 over all real tokens of the batch together. Each sentence has a sum of 1 of its "
    "own. Indexing with the mask gives one flat list, which no longer knows where a sentence ends.",
)
def _over_all_real_tokens(scores, src_mask):
    weights = torch.zeros_like(scores)
    weights[src_mask] = scores[src_mask].softmax(dim=0)
    return weights


@_over_all_real_tokens.variant
def _over_everything(scores, src_mask):
    real = scores.masked_fill(~src_mask, float("-inf"))
    return real.flatten().softmax(dim=0).reshape(scores.shape)


@mistake(
    "no exponential",
    "You divide the scores by their sum. With scores of both signs that gives negative weights, and weights "
    "above 1, and the sum may be near 0. The softmax takes the exponential first.",
)
def _no_exponential(scores, src_mask):
    real = scores * src_mask
    return real / real.sum(dim=1, keepdim=True)


@mistake(
    "the exponential overflows",
    "You compute exp(score) yourself and divide. That is right on paper, but exp(200) is infinite in "
    "float32 and exp(-200) is 0, so large scores give NaN. `softmax` subtracts the largest score first, "
    "which changes nothing else.",
)
def _no_maximum_subtracted(scores, src_mask):
    exponentials = scores.exp() * src_mask
    return exponentials / exponentials.sum(dim=1, keepdim=True)


@_no_maximum_subtracted.variant
def _exponential_of_the_masked(scores, src_mask):
    exponentials = scores.masked_fill(~src_mask, float("-inf")).exp()
    return exponentials / exponentials.sum(dim=1, keepdim=True)


@mistake(
    "not normalized",
    "You take the exponential and do not divide by the sum of the row, so the weights do not sum to 1.",
)
def _not_normalized(scores, src_mask):
    return scores.exp() * src_mask


def _zeroed(weights, src_mask):
    weights = weights * src_mask
    return weights / weights.sum(dim=1, keepdim=True)


@mistake(
    "a sigmoid",
    "You use a sigmoid. It looks at each score alone, so words do not compete: what one gets is not taken "
    "from another. Use the softmax, which compares the exponentials of all scores of a sentence.",
)
def _sigmoid(scores, src_mask):
    return scores.sigmoid() * src_mask


@_sigmoid.variant
def _sigmoid_normalized(scores, src_mask):
    return _zeroed(scores.sigmoid(), src_mask)


@mistake(
    "logarithms of the weights",
    "You return the logarithms of the weights: `log_softmax` is for losses. Here the weights themselves are "
    "asked for.",
)
def _logarithms(scores, src_mask):
    return scores.masked_fill(~src_mask, float("-inf")).log_softmax(dim=1)


EXERCISE = Exercise.from_task(TASK, masked_softmax, CASES, mistakes_in(globals()), exact_zeros=True)
