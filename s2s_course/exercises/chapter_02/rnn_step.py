"""Exercise 2.1: one step of the plain RNN."""

import torch

from s2s_course.exercises.engine.exercise import Case, Exercise, Task
from s2s_course.exercises.engine.misconception import mistake, mistakes_in
from s2s_course.seeds import torch_generator

TASK = Task(
    id="2.1",
    title="One step of the RNN",
    goal="Compute the next hidden state of a plain RNN, for a whole batch at once.",
    points=1,
    difficulty="easy",
    minutes=5,
    outputs=("hidden",),
    hints=(
        "The formula is for one column x. Here each row of the batch is one x: what must be multiplied "
        "by what, so that (B, E) becomes (B, H)?",
        "A row of the result is a row of inputs times W transposed: (B, E) times (E, H). Treat the old state "
        "and U in the same way. Both products have the shape (B, H), b is added to every row by itself, and "
        "the tanh comes once, around the whole sum.",
        "`inputs @ W.T` has the shape (B, H), and so has `hidden @ U.T`. Add both and b, then apply "
        "`torch.tanh` once.",
    ),
)


def rnn_step(
    inputs: torch.Tensor,
    hidden: torch.Tensor,
    W: torch.Tensor,
    U: torch.Tensor,
    b: torch.Tensor,
) -> torch.Tensor:
    """The next hidden state of a plain RNN: h = tanh(W x + U h' + b) in each row.

    inputs:  (B, E), the input x of this step
    hidden:  (B, H), the state h' before this step
    W, U, b: (H, E), (H, H) and (H,), the input weights, recurrent weights and bias
    returns: (B, H), the state h after this step
    """
    return torch.tanh(inputs @ W.T + hidden @ U.T + b)


def _case(name: str, B: int, E: int, H: int) -> Case:
    def make(seed: int) -> tuple[torch.Tensor, ...]:
        generator = torch_generator(seed)
        shapes = {"inputs": (B, E), "hidden": (B, H), "W": (H, E), "U": (H, H), "b": (H,)}
        drawn = {key: torch.randn(shape, generator=generator) for key, shape in shapes.items()}
        drawn["hidden"].tanh_()  # a state lies between -1 and 1
        return tuple(drawn.values())

    return Case(name, make)


CASES = (
    _case("two rows of three numbers and a state of two", 2, 3, 2),
    _case("inputs and states of the same size", 3, 4, 4),
    _case("a single row", 1, 2, 5),
    _case("more rows than numbers", 5, 3, 4),
)


@mistake(
    "no tanh",
    "You leave out the tanh. The network is then linear: many steps are no more than one matrix product, "
    "and the state can grow without bound.",
)
def _no_tanh(inputs, hidden, W, U, b):
    return inputs @ W.T + hidden @ U.T + b


@mistake(
    "sigmoid instead of tanh",
    "You use the sigmoid instead of tanh. Its values lie between 0 and 1, so no unit can be negative, and "
    "its slope is at most 1/4, so gradients fade faster through time. In the LSTM and the GRU the sigmoid "
    "is for gates.",
)
def _sigmoid(inputs, hidden, W, U, b):
    return torch.sigmoid(inputs @ W.T + hidden @ U.T + b)


@mistake(
    "ReLU instead of tanh",
    "You use ReLU instead of tanh. Such RNNs exist, but nothing keeps their state from growing, and the "
    "plain RNN of this chapter has tanh.",
)
def _relu(inputs, hidden, W, U, b):
    return torch.relu(inputs @ W.T + hidden @ U.T + b)


@mistake(
    "U not transposed",
    "You multiply with U, not with its transpose. U is square, so torch does not complain, but each unit "
    "then uses the weights that lead out of it, not into it. With the batch in rows, U h' is `hidden @ U.T`.",
)
def _u_not_transposed(inputs, hidden, W, U, b):
    return torch.tanh(inputs @ W.T + hidden @ U + b)


@mistake(
    "W reshaped instead of transposed",
    "You got the shape (E, H) for W with `reshape` or `view`. That deals out the same numbers in another "
    "order, so weights land at wrong inputs. Use `W.T`.",
)
def _reshaped(inputs, hidden, W, U, b):
    return torch.tanh(inputs @ W.reshape(W.shape[1], W.shape[0]) + hidden @ U.T + b)


@_reshaped.variant
def _reshaped_and_u_not_transposed(inputs, hidden, W, U, b):
    return _reshaped(inputs, hidden, W, U.T, b)


@mistake(
    "hidden state forgotten",
    "Your result does not depend on hidden, so the network remembers nothing: every step sees its own input "
    "alone. Add `hidden @ U.T` inside the tanh.",
)
def _no_hidden(inputs, hidden, W, U, b):
    return torch.tanh(inputs @ W.T + b)


@mistake(
    "hidden state added without U",
    "You add the old state itself, without the recurrent weights. Then each unit hears only itself, and how "
    "the past acts cannot be learned. U h' is asked for: `hidden @ U.T`.",
)
def _no_u(inputs, hidden, W, U, b):
    return torch.tanh(inputs @ W.T + hidden + b)


@mistake(
    "input forgotten",
    "Your result does not depend on inputs, so the network never reads the sequence. Add `inputs @ W.T` "
    "inside the tanh.",
)
def _no_inputs(inputs, hidden, W, U, b):
    return torch.tanh(hidden @ U.T + b)


@mistake(
    "bias forgotten",
    "You leave out the bias b. Without it the state 0 stays 0 at an input of 0, and no unit can have a "
    "threshold of its own.",
)
def _no_bias(inputs, hidden, W, U, b):
    return torch.tanh(inputs @ W.T + hidden @ U.T)


@mistake(
    "bias outside the tanh",
    "You add the bias after the tanh. It then shifts the state itself, which may leave the range from -1 to "
    "1. The bias belongs inside.",
)
def _bias_outside(inputs, hidden, W, U, b):
    return torch.tanh(inputs @ W.T + hidden @ U.T) + b


@mistake(
    "tanh of the parts instead of the sum",
    "Input and state do not meet inside one tanh. tanh is applied to the whole sum W x + U h' + b: only so "
    "can the state decide how strongly an input acts.",
)
def _tanh_of_each(inputs, hidden, W, U, b):
    return torch.tanh(inputs @ W.T + b) + torch.tanh(hidden @ U.T)


@_tanh_of_each.variant
def _hidden_outside(inputs, hidden, W, U, b):
    return torch.tanh(inputs @ W.T + b) + hidden @ U.T


@_tanh_of_each.variant
def _only_hidden_inside(inputs, hidden, W, U, b):
    return inputs @ W.T + torch.tanh(hidden @ U.T + b)


@_tanh_of_each.variant
def _tanh_of_each_and_of_the_bias(inputs, hidden, W, U, b):
    return torch.tanh(inputs @ W.T) + torch.tanh(hidden @ U.T) + torch.tanh(b)


@mistake(
    "old state added to the new one",
    "You add the old state to the new one. That is a residual connection: the state grows from step to "
    "step. In the plain RNN the new state replaces the old one.",
)
def _old_state_added(inputs, hidden, W, U, b):
    return hidden + rnn_step(inputs, hidden, W, U, b)


EXERCISE = Exercise.from_task(TASK, rnn_step, CASES, mistakes_in(globals()))
