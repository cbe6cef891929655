"""Exercise 2.3: one step of backpropagation through time."""

import torch

from s2s_course.exercises.engine.exercise import Case, Exercise, Task
from s2s_course.exercises.engine.misconception import mistake, mistakes_in
from s2s_course.seeds import torch_generator

TASK = Task(
    id="2.3",
    title="One step of backpropagation through time",
    goal="From the gradient at a hidden state compute, by hand, the gradient at the state before it and "
    "this step's share in the gradients of W, U and b.",
    points=3,
    difficulty="hard",
    minutes=25,
    outputs=("grad_previous", "grad_W", "grad_U", "grad_b"),
    hints=(
        "Give the sum inside the tanh a name, s = W x + U h' + b, and compute the gradient at s first. "
        "tanh has the slope 1 - tanh², and tanh(s) is hidden. All four results follow from it.",
        "Two steps. Through the tanh: each entry of grad_hidden is multiplied by the slope there. Through "
        "the sum: what was multiplied by U goes back by U; and the weight of unit i for the number j that it "
        "read gets the gradient at unit i times that number, added up over the batch. The shapes say what "
        "must be transposed.",
        "`grad_sum = grad_hidden * (1 - hidden**2)`. Then grad_previous is `grad_sum @ U`, grad_W is "
        "`grad_sum.T @ inputs`, grad_U is the same with previous, and grad_b sums grad_sum over the batch.",
    ),
)


def bptt_step(
    grad_hidden: torch.Tensor,
    hidden: torch.Tensor,
    previous: torch.Tensor,
    inputs: torch.Tensor,
    U: torch.Tensor,
):
    """One step of backpropagation through time, by hand.

    The step was hidden = tanh(W x + U h' + b) in each row, with h' = previous.

    grad_hidden: (B, H), the gradient of the loss with respect to hidden
    hidden:      (B, H), the state after the step
    previous:    (B, H), the state before the step
    inputs:      (B, E), the input x of the step
    U:           (H, H), the recurrent weights
    returns:     the gradients of the loss, grad_previous (B, H), grad_W (H, E),
                 grad_U (H, H) and grad_b (H,), the last three summed over the batch
    """
    grad_sum = grad_hidden * (1 - hidden**2)  # (B, H), for W x + U h' + b
    grad_previous = grad_sum @ U
    grad_W = grad_sum.T @ inputs
    grad_U = grad_sum.T @ previous
    grad_b = grad_sum.sum(dim=0)
    return grad_previous, grad_W, grad_U, grad_b


def _case(name: str, B: int, E: int, H: int) -> Case:
    """One step of an RNN with random weights, and a random gradient at its end."""

    def make(seed: int) -> tuple[torch.Tensor, ...]:
        generator = torch_generator(seed)
        shapes = ((B, H), (B, H), (B, E), (H, E), (H, H), (H,))
        grad_hidden, before, inputs, W, U, b = (torch.randn(shape, generator=generator) for shape in shapes)
        previous = torch.tanh(before)
        hidden = torch.tanh(inputs @ W.T + previous @ U.T + b)
        return grad_hidden, hidden, previous, inputs, U

    return Case(name, make)


CASES = (
    _case("two rows of three numbers and a state of two", 2, 3, 2),
    _case("inputs and states of the same size", 4, 3, 3),
    _case("a single row", 1, 2, 3),
)


def _through(grad_sum, previous, inputs, U):
    """The four gradients from the one before the tanh."""
    return grad_sum @ U, grad_sum.T @ inputs, grad_sum.T @ previous, grad_sum.sum(0)


@mistake(
    "slope of the tanh forgotten",
    "You leave out the slope of the tanh, `1 - hidden**2`, or use it in one place only. Every gradient of "
    "this step goes back through the tanh first. Where a unit is saturated, near -1 or 1, almost nothing "
    "comes through.",
)
def _no_slope(grad_hidden, hidden, previous, inputs, U):
    return _through(grad_hidden, previous, inputs, U)


@_no_slope.variant
def _no_slope_on_the_way_back(grad_hidden, hidden, previous, inputs, U):
    _, *grads = bptt_step(grad_hidden, hidden, previous, inputs, U)
    return grad_hidden @ U, *grads


@_no_slope.variant
def _no_slope_for_the_weights(grad_hidden, hidden, previous, inputs, U):
    grad_previous, *_ = bptt_step(grad_hidden, hidden, previous, inputs, U)
    return grad_previous, *_no_slope(grad_hidden, hidden, previous, inputs, U)[1:]


@mistake(
    "1 - h instead of 1 - h²",
    "You use 1 - h as the slope of the tanh. It is 1 - h²: at most 1, and 0 at both ends, -1 and 1. Yours "
    "is 2 at h = -1, so it would make gradients grow.",
)
def _one_minus_h(grad_hidden, hidden, previous, inputs, U):
    return _through(grad_hidden * (1 - hidden), previous, inputs, U)


@mistake(
    "slope of the sigmoid",
    "You use h (1 - h), the slope of the sigmoid. The slope of the tanh, written with its own output, is 1 "
    "- h².",
)
def _sigmoid_slope(grad_hidden, hidden, previous, inputs, U):
    return _through(grad_hidden * hidden * (1 - hidden), previous, inputs, U)


@mistake(
    "tanh applied once more",
    "You apply the tanh to hidden once more. hidden already is a tanh, so the slope is `1 - hidden**2`.",
)
def _tanh_once_more(grad_hidden, hidden, previous, inputs, U):
    return _through(grad_hidden * (1 - hidden.tanh() ** 2), previous, inputs, U)


@mistake(
    "slope at the previous state",
    "You take the slope of the tanh at previous. The tanh of this step gave hidden, so its slope is `1 - "
    "hidden**2`.",
)
def _slope_at_previous(grad_hidden, hidden, previous, inputs, U):
    return _through(grad_hidden * (1 - previous**2), previous, inputs, U)


@mistake(
    "U transposed on the way back",
    "Your grad_previous goes through U the forward way. In rows, the step computes `previous @ U.T`, so the "
    "gradient comes back with `@ U`. U is square, so torch does not complain.",
)
def _u_transposed(grad_hidden, hidden, previous, inputs, U):
    _, *grads = bptt_step(grad_hidden, hidden, previous, inputs, U)
    return bptt_step(grad_hidden, hidden, previous, inputs, U.T)[0], *grads


@mistake(
    "U left out",
    "Your grad_previous has not gone through U. previous enters the step as U h', so on the way back each "
    "step multiplies by the slope of the tanh and by U: this product is what vanishes or explodes.",
)
def _no_u(grad_hidden, hidden, previous, inputs, U):
    _, *grads = bptt_step(grad_hidden, hidden, previous, inputs, U)
    return grad_hidden * (1 - hidden**2), *grads


@mistake(
    "mean over the batch",
    "You average over the batch. All rows share the same weights, so their shares add up. If the loss is a "
    "mean, the division is already in grad_hidden, and yours is the second one.",
)
def _mean_over_batch(grad_hidden, hidden, previous, inputs, U):
    grad_previous, *grads = bptt_step(grad_hidden, hidden, previous, inputs, U)
    return grad_previous, *(grad / len(inputs) for grad in grads)


@_mean_over_batch.variant
def _mean_for_the_bias(grad_hidden, hidden, previous, inputs, U):
    *grads, grad_b = bptt_step(grad_hidden, hidden, previous, inputs, U)
    return *grads, grad_b / len(inputs)


@mistake(
    "bias gradient not summed",
    "Your grad_b still has one row for each row of the batch. All rows share one bias, so their gradients "
    "add up to the shape (H,).",
)
def _bias_not_summed(grad_hidden, hidden, previous, inputs, U):
    *grads, _ = bptt_step(grad_hidden, hidden, previous, inputs, U)
    return *grads, grad_hidden * (1 - hidden**2)


@mistake(
    "weight gradients transposed",
    "Your weight gradients are transposed. A gradient has the shape of its weights: the row is the unit "
    "that is computed, the column what it reads. So the gradient at the units comes first: `grad.T @ "
    "inputs`. U is square, so its shape does not show this.",
)
def _weights_transposed(grad_hidden, hidden, previous, inputs, U):
    grad_previous, grad_W, grad_U, grad_b = bptt_step(grad_hidden, hidden, previous, inputs, U)
    return grad_previous, grad_W.T, grad_U.T, grad_b


@_weights_transposed.variant
def _only_u_transposed(grad_hidden, hidden, previous, inputs, U):
    grad_previous, grad_W, grad_U, grad_b = bptt_step(grad_hidden, hidden, previous, inputs, U)
    return grad_previous, grad_W, grad_U.T, grad_b


@mistake(
    "W and U exchanged",
    "You have exchanged grad_W and grad_U. W reads inputs, so inputs stand in grad_W; U reads the previous "
    "state, so previous stands in grad_U.",
)
def _weights_exchanged(grad_hidden, hidden, previous, inputs, U):
    grad_previous, grad_W, grad_U, grad_b = bptt_step(grad_hidden, hidden, previous, inputs, U)
    return grad_previous, grad_U, grad_W, grad_b


@mistake(
    "hidden instead of previous in grad_U",
    "Your grad_U has hidden where previous belongs. A weight's gradient is what it read times the gradient "
    "of what it wrote, and U read the state before the step.",
)
def _hidden_for_u(grad_hidden, hidden, previous, inputs, U):
    grad_previous, grad_W, _, grad_b = bptt_step(grad_hidden, hidden, previous, inputs, U)
    return grad_previous, grad_W, bptt_step(grad_hidden, hidden, hidden, inputs, U)[2], grad_b


# A gradient is not differentiated again, so the checker must not ask for it.
EXERCISE = Exercise.from_task(TASK, torch.no_grad()(bptt_step), CASES, mistakes_in(globals()))
