"""Exercise 2.4: clipping gradients by their global norm."""

import torch

from s2s_course.exercises.engine.exercise import Case, Exercise, Task
from s2s_course.exercises.engine.misconception import mistake, mistakes_in
from s2s_course.seeds import python_random, torch_generator

TASK = Task(
    id="2.4",
    title="Clip the gradient",
    goal="Scale three gradients by one common factor, so that together they are no longer than max_norm; "
    "leave them alone where they are not.",
    points=2,
    difficulty="medium",
    minutes=10,
    outputs=("clipped_W", "clipped_U", "clipped_b"),
    hints=(
        "Think of all the entries of the three gradients as one long vector. How long is it? By which one "
        "number must it be multiplied, when it is too long and when it is not?",
        "Square every entry of all three, add everything up, and take one root: that is the norm. The factor "
        "is max_norm / norm where that is below 1, and else 1, since no gradient may become longer. All "
        "three are multiplied by the same factor.",
        "The norm is the root of the sum of the three sums of squares. All gradients are multiplied by "
        "`min(1.0, max_norm / norm)`.",
    ),
)


def clip_by_global_norm(
    grad_W: torch.Tensor,
    grad_U: torch.Tensor,
    grad_b: torch.Tensor,
    max_norm: float,
):
    """Shorten gradients that are together longer than max_norm; keep their direction.

    grad_W, grad_U, grad_b: gradients of any shapes; they stay as they are
    max_norm: the largest length allowed, above 0
    returns:  clipped_W, clipped_U and clipped_b, new gradients of the same shapes; seen
              as one long vector, their Euclidean norm is at most max_norm. Where it
              already was, they are unchanged.
    """
    gradients = (grad_W, grad_U, grad_b)
    norm = torch.sqrt(sum((grad**2).sum() for grad in gradients))
    scale = min(1.0, max_norm / norm)
    return tuple(scale * grad for grad in gradients)


def _norm(*gradients, order=2):
    return torch.cat([gradient.flatten() for gradient in gradients]).norm(order)


def _scaled(gradients, scale):
    return tuple(scale * gradient for gradient in gradients)


def _case(
    name: str,
    length: float,
    shapes: tuple[tuple[int, ...], ...] = ((3, 2), (3, 3), (3,)),
    *,
    even: bool = False,
) -> Case:
    """Gradients whose global norm is ``length`` times max_norm; ``even``: each of the three as long."""

    def make(seed: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, float]:
        generator = torch_generator(seed)
        gradients = [torch.randn(shape, generator=generator) for shape in shapes]
        if even:
            gradients = [gradient / _norm(gradient) for gradient in gradients]
        max_norm = round(python_random(seed).uniform(0.5, 3.0), 2)
        return *_scaled(gradients, length * max_norm / _norm(*gradients)), max_norm

    return Case(name, make)


CASES = (
    _case("gradients that explode", 20.0),
    _case("gradients a little too long", 1.5),
    _case("gradients that are short enough", 0.3),
    _case("gradients that are all 0", 0.0),
    _case("each of them short enough, and together too long", 1.3, even=True),
    _case("together almost as long as allowed", 0.95, even=True),
    _case("gradients of other shapes", 1.6, ((2, 3, 2), (5,), ())),
)


@mistake(
    "each clipped by its own norm",
    "You clip each gradient by its own norm. Together they may still be longer than max_norm, and their "
    "proportions change, so the step no longer goes in the direction of the gradient. One norm over all "
    "three gives one factor for all three.",
)
def _each_by_its_own_norm(grad_W, grad_U, grad_b, max_norm):
    gradients = (grad_W, grad_U, grad_b)
    return tuple(gradient * min(1.0, max_norm / _norm(gradient)) for gradient in gradients)


@mistake(
    "clipped by value",
    "You cut every entry to the range from -max_norm to max_norm. That turns the gradient: large entries "
    "are cut, small ones are not. Clipping by norm scales all of them by one factor.",
)
def _by_value(grad_W, grad_U, grad_b, max_norm):
    return tuple(gradient.clamp(-max_norm, max_norm) for gradient in (grad_W, grad_U, grad_b))


@mistake(
    "short gradients scaled up",
    "You always divide by the norm, so a short gradient is scaled up to max_norm (and a gradient of 0 may "
    "become NaN). Near a minimum the steps would then never get smaller. The factor is at most 1.",
)
def _small_scaled_up(grad_W, grad_U, grad_b, max_norm):
    gradients = (grad_W, grad_U, grad_b)
    return _scaled(gradients, max_norm / _norm(*gradients))


@_small_scaled_up.variant
def _small_scaled_up_except_zero(grad_W, grad_U, grad_b, max_norm):
    gradients = (grad_W, grad_U, grad_b)
    return _scaled(gradients, max_norm / _norm(*gradients).clamp(min=1e-12))


@mistake(
    "short gradients scaled up and long ones kept",
    "You leave long gradients as they are and scale up the short ones: it is just the other way round. The "
    "factor must be the smaller one of 1 and max_norm / norm.",
)
def _only_small_scaled(grad_W, grad_U, grad_b, max_norm):
    gradients = (grad_W, grad_U, grad_b)
    return _scaled(gradients, max(1.0, max_norm / _norm(*gradients)))


@mistake(
    "ratio upside down",
    "Your factor is norm / max_norm. A gradient twice too long must be halved: the factor is max_norm / "
    "norm, and at most 1.",
)
def _ratio_upside_down(grad_W, grad_U, grad_b, max_norm):
    gradients = (grad_W, grad_U, grad_b)
    return _scaled(gradients, min(1.0, _norm(*gradients) / max_norm))


@_ratio_upside_down.variant
def _upside_down_where_long(grad_W, grad_U, grad_b, max_norm):
    gradients = (grad_W, grad_U, grad_b)
    return _scaled(gradients, max(1.0, _norm(*gradients) / max_norm))


@mistake(
    "sum of the norms",
    "You add up the three norms. The sum is larger than the norm of the whole, so you clip too much. Add up "
    "the squares of all entries, then take one root.",
)
def _sum_of_norms(grad_W, grad_U, grad_b, max_norm):
    gradients = (grad_W, grad_U, grad_b)
    return _scaled(gradients, min(1.0, max_norm / sum(map(_norm, gradients))))


@mistake(
    "square root forgotten",
    "You compare the squared norm with max_norm: the square root is missing. Above 1 a square is larger "
    "than its root, and you clip far too much; below 1 it is smaller, and you clip too little.",
)
def _no_root(grad_W, grad_U, grad_b, max_norm):
    gradients = (grad_W, grad_U, grad_b)
    return _scaled(gradients, min(1.0, max_norm / _norm(*gradients) ** 2))


@mistake(
    "largest entry instead of the norm",
    "You compare the largest entry with max_norm. That is the maximum norm. The Euclidean norm is asked "
    "for, the root of the sum of all squares: many middling entries make a long gradient too.",
)
def _largest_entry(grad_W, grad_U, grad_b, max_norm):
    gradients = (grad_W, grad_U, grad_b)
    return _scaled(gradients, min(1.0, max_norm / _norm(*gradients, order=float("inf"))))


@mistake(
    "sum of absolute values",
    "You add up the absolute values. That is the 1-norm, which grows with the number of weights much faster "
    "than the length does. Add up the squares and take the root.",
)
def _absolute_values(grad_W, grad_U, grad_b, max_norm):
    gradients = (grad_W, grad_U, grad_b)
    return _scaled(gradients, min(1.0, max_norm / _norm(*gradients, order=1)))


@mistake(
    "bias left out",
    "You leave out grad_b, in the norm or altogether. All gradients of the network are one vector: the bias "
    "counts in the norm and is scaled with the rest.",
)
def _bias_left_out(grad_W, grad_U, grad_b, max_norm):
    return *_scaled((grad_W, grad_U), min(1.0, max_norm / _norm(grad_W, grad_U))), grad_b


@_bias_left_out.variant
def _bias_not_in_the_norm(grad_W, grad_U, grad_b, max_norm):
    return _scaled((grad_W, grad_U, grad_b), min(1.0, max_norm / _norm(grad_W, grad_U)))


@mistake(
    "scaled to length 1",
    "You scale a long gradient to length 1, whatever max_norm is. It must be as long as max_norm.",
)
def _unit_length(grad_W, grad_U, grad_b, max_norm):
    gradients = (grad_W, grad_U, grad_b)
    norm = _norm(*gradients)
    return _scaled(gradients, 1 / norm if norm > max_norm else 1.0)


# A gradient is not differentiated again, so the checker must not ask for it.
EXERCISE = Exercise.from_task(TASK, torch.no_grad()(clip_by_global_norm), CASES, mistakes_in(globals()))
