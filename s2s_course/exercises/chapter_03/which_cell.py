"""Exercise 3.5: which network does this gradient come from?"""

import torch

from s2s_course.exercises.engine.exercise import Case, Exercise, Task
from s2s_course.exercises.engine.misconception import mistake, mistakes_in
from s2s_course.seeds import python_random

TASK = Task(
    id="3.5",
    title="Reading a gradient plot",
    goal="Each curve comes from one of three networks: a plain RNN with a small U, an LSTM whose forget "
    "gates are open, or a plain RNN with a large U. Tell from the sizes of the gradient at the lags 0 to "
    "L-1 which one it is, by the mean factor per step: below 0.9, from 0.9 to 1, or above 1.",
    points=2,
    difficulty="medium",
    minutes=15,
    outputs=("kind",),
    hints=(
        "Each step multiplies the size of the gradient by a factor. What is the product of all these "
        "factors, if you write each as one value of the curve divided by the one before?",
        "In the product of all ratios everything cancels but the last value and the first. You want the one "
        "factor that gives this product when it is taken once for each step; how many steps lie between L "
        "lags? Then compare it with both bounds: a comparison gives True or False, and these can be added "
        "up.",
        "The product is `norms[:, -1] / norms[:, 0]`, and with L lags it has L-1 factors. Take its "
        "(L-1)-th root, then count the bounds that it has passed: `(factor >= 0.9).long()` for the first, "
        "and likewise for the second.",
    ),
)


def which_cell(norms: torch.Tensor) -> torch.Tensor:
    """Which of three networks each curve of gradient norms comes from.

    norms:   (N, L) positive; row k holds the size of the gradient of network k at the
             lags 0 … L-1: how much the loss depends on the state that many steps back
    returns: (N,) int64, by the geometric mean of the L-1 factors from one lag to the
             next: 0 below 0.9 (the plain RNN with a small U), 1 from 0.9 to 1 (the
             LSTM with open forget gates), 2 above 1 (the plain RNN with a large U)
    """
    steps = norms.shape[1] - 1
    factor = (norms[:, -1] / norms[:, 0]) ** (1 / steps)  # (N,)
    return (factor >= 0.9).long() + (factor > 1).long()


_VANISHING, _GATED, _EXPLODING = (0.6, 0.85), (0.93, 0.98), (1.03, 1.25)


def _case(name: str, factors: tuple[tuple[float, float], ...], L: int) -> Case:
    """A curve for each range of ``factors``, exact at both ends and noisy between: one step misleads."""

    def make(seed: int) -> tuple[torch.Tensor]:
        random = python_random(seed)
        curves = []
        for low, high in random.sample(factors, k=len(factors)):
            first, factor = random.choice((0.1, 20.0)) * random.uniform(1, 2), random.uniform(low, high)
            noise = [1.0, *random.choices((0.5, 0.7, 1.5, 2.0), k=L - 2), 1.0]
            curves.append([first * factor**lag * noise[lag] for lag in range(L)])
        return (torch.tensor(curves),)

    return Case(name, make)


def _same_by_every_formula(first: float, last: float) -> bool:
    """Whether the factor of one step is 0.9 as a float, from which no usual way to compute it falls off."""
    first, last = torch.tensor([first]), torch.tensor([last])
    by_logarithms = (last.log() - first.log()).exp(), (last / first).log().exp(), 10 ** (last / first).log10()
    in_float64 = (last.double() / first.double(), (last.double().log() - first.double().log()).exp())
    return bool(last / first == 0.9) and all((way >= 0.9).all() for way in (*by_logarithms, *in_float64))


def _on_the_bounds(seed: int) -> tuple[torch.Tensor]:
    """A single step each: by exactly 0.9, by exactly 1, and close to both bounds on either side."""
    random = python_random(seed)
    pairs = []
    while len(pairs) < 2:
        first = random.uniform(1, 20)
        if _same_by_every_formula(first, 0.9 * first):
            pairs.append([first, 0.9 * first])
    for factor in random.sample((1.0, 0.895, 0.905, 0.995, 1.005), k=5):
        first = random.uniform(1, 20)
        pairs.append([first, factor * first])
    return (torch.tensor(pairs),)


def _constant(seed: int) -> tuple[torch.Tensor]:
    """Curves that stay where they begin."""
    random = python_random(seed)
    return (torch.tensor([[random.uniform(0.1, 20)] * 7 for _ in range(3)]),)


CASES = (
    _case("one network of each kind", (_VANISHING, _GATED, _EXPLODING), 8),
    _case("short curves", ((0.86, 0.87), (0.86, 0.87), _GATED, _EXPLODING), 3),
    _case("long curves", (_VANISHING, _GATED, _GATED, _EXPLODING), 25),
    _case("a single network", (_GATED,), 10),
    _case("networks of one kind", (_GATED,) * 5, 6),
    Case("curves of a single step, on the bounds and beside them", _on_the_bounds),
    Case("constant curves", _constant),
)


def _by_factor(factor):
    return (factor >= 0.9).long() + (factor > 1).long()


@mistake(
    "root of the length",
    "You take the L-th root. From lag 0 to lag L-1 there are L-1 steps, so the root is the (L-1)-th. Your "
    "factor is too close to 1, most of all in a short curve.",
)
def _root_of_the_length(norms):
    return _by_factor((norms[:, -1] / norms[:, 0]) ** (1 / norms.shape[1]))


@mistake(
    "no root",
    "You take the ratio of the last value to the first, or divide it by the number of steps. That ratio is "
    "the product of L-1 factors, so the mean factor is its (L-1)-th root. 0.95 is a good memory, but over "
    "20 steps it leaves 0.36.",
)
def _no_root(norms):
    return _by_factor(norms[:, -1] / norms[:, 0])


@_no_root.variant
def _divided_by_the_steps(norms):
    return _by_factor(norms[:, -1] / norms[:, 0] / (norms.shape[1] - 1))


@mistake(
    "only the last value",
    "You look at the last value alone. It also depends on where the curve begins, which is set by the size "
    "of the loss and not by the cell. Divide by the first value.",
)
def _last_value(norms):
    return _by_factor(norms[:, -1])


@_last_value.variant
def _root_of_the_last_value(norms):
    return _by_factor(norms[:, -1] ** (1 / (norms.shape[1] - 1)))


@mistake(
    "arithmetic mean",
    "You average the factors by adding them. They are multiplied along the way, so their mean is the "
    "geometric one: a factor of 2 and one of 0.5 leave the gradient as it was, but their arithmetic mean is "
    "1.25.",
)
def _arithmetic_mean(norms):
    return _by_factor((norms[:, 1:] / norms[:, :-1]).mean(dim=1))


@mistake(
    "median",
    "You take the median of the factors. It tells nothing about their product, and the product is what is "
    "left of the gradient. Take the geometric mean.",
)
def _median(norms):
    return _by_factor((norms[:, 1:] / norms[:, :-1]).median(dim=1).values)


@mistake(
    "a single factor",
    "You judge by a single step, at the beginning or at the end. The curves are noisy, and one step may "
    "well go up where the gradient vanishes. Use the whole way from lag 0 to lag L-1.",
)
def _first_factor(norms):
    return _by_factor(norms[:, 1] / norms[:, 0])


@_first_factor.variant
def _last_factor(norms):
    return _by_factor(norms[:, -1] / norms[:, -2])


@mistake(
    "upside down",
    "Your factor is 1 over the right one: you divide the first value by the last, or the sign of your slope "
    "is wrong. Lag 0 stands first in the row, and going back in time means going to the right.",
)
def _upside_down(norms):
    return which_cell(norms.flip(1))


@mistake(
    "numbers exchanged",
    "You have exchanged the numbers of the two plain RNNs. 0 is the one whose gradient vanishes, 2 the one "
    "whose gradient explodes.",
)
def _numbers_exchanged(norms):
    return 2 - which_cell(norms)


@mistake(
    "line fitted",
    "You fit a straight line to the logarithms. That is a good way to read a noisy plot, and often a better "
    "one. Asked for is the geometric mean of the factors, which depends on both ends of the curve alone, "
    "and here the two fall on different sides of a bound.",
)
def _line_fitted(norms):
    lags = torch.arange(norms.shape[1]) - (norms.shape[1] - 1) / 2
    return _by_factor(((norms.log() * lags).sum(dim=1) / (lags**2).sum()).exp())


EXERCISE = Exercise.from_task(TASK, which_cell, CASES, mistakes_in(globals()))
