"""Exercise 9.4: the learning rate of the first Transformer."""

import torch

from s2s_course.exercises.engine.exercise import Case, Exercise, Task
from s2s_course.exercises.engine.misconception import mistake, mistakes_in
from s2s_course.seeds import python_random

TASK = Task(
    id="9.4",
    title="Warm-up",
    goal="Compute the learning rate that the first Transformer was trained with: it rises in a straight "
    "line during the warm-up, then falls with the inverse root of the step.",
    points=1,
    difficulty="easy",
    minutes=10,
    outputs=("rates",),
    hints=(
        "Draw both numbers for warm_up = 4, at the steps 1, 4 and 16. Where do they cross, and which one is "
        "smaller on which side?",
        "One curve falls with the inverse root of the step, the other rises in proportion to the step, and "
        "they meet at step warm_up. At each step the smaller of the two counts, so before the meeting it is "
        "the one that rises. The size of the model is a factor in front of both.",
        "`steps**-0.5` falls and `steps * warm_up**-1.5` rises. `torch.minimum` takes the smaller one at "
        "each step; multiply by `d_model**-0.5`.",
    ),
)


def warm_up_rate(
    steps: torch.Tensor,
    d_model: int,
    warm_up: int,
) -> torch.Tensor:
    """The learning rate at each step: up in a straight line, then down.

    steps:   (N,) int64, numbers of training steps, counted from 1
    d_model: D, the size of the model
    warm_up: the step up to which the rate rises
    returns: (N,) float32, 1/√D times the smaller of two numbers: 1/√step, and
             step / warm_up^1.5 (Vaswani et al. 2017, equation 3)
    """
    falling = steps**-0.5  # (N,)
    rising = steps * warm_up**-1.5
    return d_model**-0.5 * torch.minimum(falling, rising)


def _case(name: str, d_model: tuple[int, int], warm_up: tuple[int, int], longest: int) -> Case:
    """Sizes in these ranges; the step 1, the last of the warm-up, the one behind it, and others."""

    def make(seed: int) -> tuple[torch.Tensor, int, int]:
        random = python_random(seed)
        peak = random.randint(*warm_up)
        steps = [1, 2, peak, peak + 1, *sorted(random.sample(range(3, longest), 5))]
        return torch.tensor(steps), random.randint(*d_model), peak

    return Case(name, make)


CASES = (
    _case("a tiny model and a short warm-up", (3, 8), (5, 11), 40),
    _case("a warm-up that is longer than most of the training", (5, 30), (20, 29), 30),
    _case("a larger model", (100, 600), (10, 60), 5000),
)


@mistake(
    "larger instead of smaller",
    "You take the larger of the two numbers. The rate then begins high, falls during the warm-up and grows "
    "without bound after it. Each number is the smaller one on its own side of warm_up.",
)
def _larger(steps, d_model, warm_up):
    return d_model**-0.5 * torch.maximum(steps**-0.5, steps * warm_up**-1.5)


@mistake(
    "D is not in the place of 1/√D",
    "Your dependence on the size of the model is not 1/√D. A larger model has to take smaller steps, in "
    "both parts of the curve: 4 times the size means half the rate.",
)
def _times_the_root_of_D(steps, d_model, warm_up):
    return d_model * warm_up_rate(steps, d_model, warm_up)


@_times_the_root_of_D.variant
def _without_D(steps, d_model, warm_up):
    return d_model**0.5 * warm_up_rate(steps, d_model, warm_up)


@_times_the_root_of_D.variant
def _divided_by_D(steps, d_model, warm_up):
    return warm_up_rate(steps, d_model, warm_up) / d_model**0.5


@_times_the_root_of_D.variant
def _D_in_the_falling_part_alone(steps, d_model, warm_up):
    return torch.minimum(d_model**-0.5 * steps**-0.5, steps * warm_up**-1.5)


@_times_the_root_of_D.variant
def _D_in_the_rising_part_alone(steps, d_model, warm_up):
    return torch.minimum(steps**-0.5, d_model**-0.5 * steps * warm_up**-1.5)


@mistake(
    "steps counted differently",
    "You count the steps differently. The first step has the number 1: counted from 0 its rate is 0, and "
    "the step is taken for nothing. Use the numbers in steps as they are.",
)
def _counted_from_0(steps, d_model, warm_up):
    return warm_up_rate(steps - 1, d_model, warm_up)


@_counted_from_0.variant
def _counted_from_2(steps, d_model, warm_up):
    return warm_up_rate(steps + 1, d_model, warm_up)


@mistake(
    "the two parts do not meet",
    "Your power of warm_up is another one. The two parts have to meet at step = warm_up, where the falling "
    "one is warm_up^-0.5: step · warm_up^p has that value there for one p alone.",
)
def _rising_to_1(steps, d_model, warm_up):
    return d_model**-0.5 * torch.minimum(steps**-0.5, steps / warm_up)


@_rising_to_1.variant
def _root_of_warm_up(steps, d_model, warm_up):
    return d_model**-0.5 * torch.minimum(steps**-0.5, steps * warm_up**-0.5)


@mistake(
    "no warm-up",
    "Your rate falls from the first step on. At the start the gradients are large and Adam has seen too few "
    "of them to know their sizes, so it is then that steps must be small. If you do take the smaller of two "
    "numbers, look at the sign in the power of warm_up.",
)
def _without_warm_up(steps, d_model, warm_up):
    return d_model**-0.5 * steps**-0.5


@_without_warm_up.variant
def _times_warm_up(steps, d_model, warm_up):
    return d_model**-0.5 * torch.minimum(steps**-0.5, steps * warm_up**1.5)


@mistake(
    "never falls",
    "Your rate does not fall after the warm-up: it goes on rising, or stays at its height. After warm_up it "
    "falls with the inverse root of the step.",
)
def _never_falling(steps, d_model, warm_up):
    return d_model**-0.5 * steps * warm_up**-1.5


@_never_falling.variant
def _held(steps, d_model, warm_up):
    return warm_up_rate(steps.clamp(max=warm_up), d_model, warm_up)


@mistake(
    "falls in another way",
    "After the warm-up your rate falls too fast: with the inverse of the step, or in a straight line. With "
    "the inverse root, 4 times as many steps mean half the rate.",
)
def _falling_too_fast(steps, d_model, warm_up):
    return (d_model * warm_up) ** -0.5 * torch.minimum(steps / warm_up, warm_up / steps)


@_falling_too_fast.variant
def _falling_too_fast_and_not_meeting(steps, d_model, warm_up):
    return d_model**-0.5 * torch.minimum(1 / steps, steps * warm_up**-1.5)


@_falling_too_fast.variant
def _falling_in_a_straight_line(steps, d_model, warm_up):
    share = torch.minimum(steps / warm_up, (2 - steps / warm_up).clamp(min=0))
    return (d_model * warm_up) ** -0.5 * share


@mistake(
    "rises in another way",
    "Your rate rises with the root of the step. During the warm-up it rises in a straight line: twice as "
    "many steps mean twice the rate.",
)
def _rising_with_the_root(steps, d_model, warm_up):
    share = torch.minimum((steps / warm_up) ** 0.5, (warm_up / steps) ** 0.5)
    return (d_model * warm_up) ** -0.5 * share


@mistake(
    "share of the highest rate",
    "The shape of your curve is right, but its highest point is 1. That is how the course writes the "
    "schedule for itself, as a share of a rate that is given elsewhere. Equation 3 gives the rate itself: "
    "its highest point is (D · warm_up)^-0.5.",
)
def _share_of_the_highest(steps, d_model, warm_up):
    return torch.minimum(steps / warm_up, (warm_up / steps) ** 0.5)


EXERCISE = Exercise.from_task(TASK, warm_up_rate, CASES, mistakes_in(globals()))
