"""Exercise 4.5: comparing finished hypotheses of different length."""

import torch

from s2s_course.exercises.engine.exercise import Case, Exercise, Task
from s2s_course.exercises.engine.misconception import mistake, mistakes_in
from s2s_course.seeds import python_random, torch_generator

TASK = Task(
    id="4.5",
    title="Length penalty",
    goal="Score the finished hypotheses of a beam search, log P divided by ((5 + n) / 6) to the power of "
    "alpha, so that long ones have a chance, and find the best.",
    points=2,
    difficulty="easy",
    minutes=10,
    outputs=("scores", "best"),
    hints=(
        "Try alpha = 1 with pencil and paper: what is the divisor for n = 1, and what for n = 7? Then, what "
        "does a power of 0.5 make of them?",
        "The penalty depends on the length alone: one number above 0 for each hypothesis, with the power "
        "around the whole fraction. log P is negative, so a larger divisor brings it nearer to 0. Compute "
        "the N penalties first, then the N scores, then the place of the largest.",
        "`((5 + lengths) / 6) ** alpha` has one number for each hypothesis. Divide totals by it, and take "
        "`argmax` of the result.",
    ),
)


def best_hypothesis(
    totals: torch.Tensor,
    lengths: torch.Tensor,
    alpha: float,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Scores with the length penalty of Wu et al. (2016), equation 14, and the best.

    totals:  (N,) log P of each finished hypothesis
    lengths: (N,) int64, its number n of tokens, <eos> included
    alpha:   strength of the penalty; with 0 there is none
    returns: scores (N,), log P divided by ((5 + n) / 6) to the power of alpha, and
             best, a tensor of shape (), int64: the place of the best score
    """
    penalty = ((5 + lengths) / 6) ** alpha
    scores = totals / penalty
    return scores, scores.argmax()


def _penalty(lengths, alpha):
    return ((5 + lengths) / 6) ** alpha


def _case(
    name: str,
    lengths: tuple[int, ...],
    *,
    overtaken: bool = False,
    strength: tuple[float, float] = (0.4, 0.9),
) -> Case:
    """``overtaken``: the most probable hypothesis does not have the best score. Neither is a close call."""

    def make(seed: int) -> tuple[torch.Tensor, torch.Tensor, float]:
        generator, random = torch_generator(seed), python_random(seed)
        while True:
            n = torch.tensor(random.sample(lengths, k=len(lengths)))
            totals = -3 - 0.1 * n - 3 * torch.rand(len(n), generator=generator)
            alpha = round(random.uniform(*strength), 2)
            scores = totals / _penalty(n, alpha)
            clear = all((v.sort().values.diff().abs() > 0.01).all() for v in (scores, totals))
            if clear and (totals.argmax() != scores.argmax()) == overtaken:
                return totals, n, alpha

    return Case(name, make)


CASES = (
    _case("a longer hypothesis overtakes a more probable one", (3, 5, 11), overtaken=True),
    _case("the most probable one stays the best", (2, 7, 13)),
    _case("many hypotheses", (1, 4, 6, 9, 17), overtaken=True),
    _case("a single hypothesis", (8,)),
    _case("no penalty", (1, 5, 12), strength=(0.0, 0.0)),
    _case("the full penalty", (2, 6, 14), strength=(1.0, 1.0)),
)


def _scored(scores):
    return scores, scores.argmax()


@mistake(
    "multiplied, not divided",
    "You multiply by the penalty. log P is negative, so that makes a long hypothesis still worse. Dividing "
    "brings it closer to 0, and the more so the longer it is.",
)
def _multiplied(totals, lengths, alpha):
    return _scored(totals * _penalty(lengths, alpha))


@mistake(
    "subtracted or added",
    "You add or subtract the penalty. It is a divisor: log P is a sum over n tokens, so it grows with n, "
    "and is to be made comparable by dividing.",
)
def _subtracted(totals, lengths, alpha):
    return _scored(totals - _penalty(lengths, alpha))


@_subtracted.variant
def _added(totals, lengths, alpha):
    return _scored(totals + _penalty(lengths, alpha))


@mistake(
    "alpha is not the exponent",
    "You use alpha as a factor, or no alpha at all. As a factor it is the same for all hypotheses and "
    "changes nothing in their order. It is the exponent of (5 + n) / 6.",
)
def _alpha_as_a_factor(totals, lengths, alpha):
    return _scored(totals / (alpha * (5 + lengths) / 6))


@_alpha_as_a_factor.variant
def _no_alpha(totals, lengths, alpha):
    return _scored(totals / ((5 + lengths) / 6))


@mistake(
    "alpha in the wrong place",
    "You raise only a part to the power of alpha, or the whole quotient of log P. The power belongs to all "
    "of (5 + n) / 6 and to nothing else: `((5 + n) / 6) ** alpha`.",
)
def _alpha_above_the_line(totals, lengths, alpha):
    return _scored(totals / ((5 + lengths) ** alpha / 6))


@_alpha_above_the_line.variant
def _alpha_below_the_line(totals, lengths, alpha):
    return _scored(totals / ((5 + lengths) / 6**alpha))


@_alpha_above_the_line.variant
def _alpha_on_the_length(totals, lengths, alpha):
    return _scored(totals / ((5 + lengths**alpha) / 6))


@_alpha_above_the_line.variant
def _alpha_on_the_whole(totals, lengths, alpha):
    scores = -((-totals / ((5 + lengths) / 6)) ** alpha)
    return _scored(scores)


@mistake(
    "divided by the length itself",
    "You divide by n, or by n to the power of alpha. That was tried first; but from n = 1 to n = 2 it is a "
    "factor of 2 (with alpha = 1), so very short hypotheses are judged unlike all others. With 5 + n the "
    "penalty grows more gently.",
)
def _mean(totals, lengths, alpha):
    return _scored(totals / lengths)


@_mean.variant
def _length_to_alpha(totals, lengths, alpha):
    return _scored(totals / lengths**alpha)


@mistake(
    "not divided by 6",
    "You divide by (5 + n) ** alpha. The order is right, but the scores are not: divided by 6 the penalty "
    "of a single token is exactly 1, so that scores keep to the scale of log P.",
)
def _not_divided_by_6(totals, lengths, alpha):
    return _scored(totals / (5 + lengths) ** alpha)


@mistake(
    "brackets missing",
    "You divide only a part of 5 + n by 6. A division comes before an addition, so the sum needs brackets: "
    "`(5 + n) / 6`.",
)
def _only_the_5_divided(totals, lengths, alpha):
    return _scored(totals / (5 / 6 + lengths) ** alpha)


@_only_the_5_divided.variant
def _only_the_length_divided(totals, lengths, alpha):
    return _scored(totals / (5 + lengths / 6) ** alpha)


@mistake(
    "division without the rest",
    "You divide with `//`, which drops the rest: all lengths from 1 to 6 get the same penalty. Use `/`.",
)
def _whole_numbers(totals, lengths, alpha):
    return _scored(totals / ((5 + lengths) // 6) ** alpha)


@mistake(
    "<eos> taken off",
    "Your n is one too small. <eos> is a token that the model had to write like any other, and its "
    "log-probability is in log P; lengths counts it already.",
)
def _eos_not_counted(totals, lengths, alpha):
    return _scored(totals / _penalty(lengths - 1, alpha))


@mistake(
    "no penalty",
    "You return log P as it is. Each token adds something negative, so the shortest hypotheses tend to win, "
    "whatever they say.",
)
def _no_penalty(totals, lengths, alpha):
    return totals.clone(), totals.argmax()


@mistake(
    "probabilities",
    "You turn the logarithms into probabilities. The penalty divides log P; a probability divided by it "
    "makes long hypotheses worse. Leave out `exp`.",
)
def _probabilities(totals, lengths, alpha):
    return _scored(totals.exp() / _penalty(lengths, alpha))


@_probabilities.variant
def _probabilities_of_scores(totals, lengths, alpha):
    return _scored((totals / _penalty(lengths, alpha)).exp())


@mistake(
    "lowest score taken",
    "Your scores are right, but best is the lowest. They are negative, and the best one is the closest to "
    "0: `argmax`.",
)
def _smallest(totals, lengths, alpha):
    scores = totals / _penalty(lengths, alpha)
    return scores, scores.argmin()


@mistake(
    "sign turned",
    "You have turned the sign of the scores, as if they were losses. log P divided by a positive number "
    "stays negative, and higher is better.",
)
def _sign_turned(totals, lengths, alpha):
    scores = -totals / _penalty(lengths, alpha)
    return _scored(scores)


@mistake(
    "best by log P",
    "Your scores are right, but best is the hypothesis with the highest log P. Then the penalty decides "
    "nothing. Look for the best score.",
)
def _best_by_totals(totals, lengths, alpha):
    return totals / _penalty(lengths, alpha), totals.argmax()


@mistake(
    "score in place of its place",
    "Your best is the best score itself. Asked for is its place, so that the hypothesis can be found: "
    "`argmax`, not `max`.",
)
def _score_of_the_best(totals, lengths, alpha):
    scores = totals / _penalty(lengths, alpha)
    return scores, scores.max()


# A search has no gradient, so the checker must not ask for one.
EXERCISE = Exercise.from_task(TASK, torch.no_grad()(best_hypothesis), CASES, mistakes_in(globals()))
