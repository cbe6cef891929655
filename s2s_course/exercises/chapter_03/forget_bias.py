"""Exercise 3.4: an LSTM that remembers from the start."""

import torch

from s2s_course.exercises.engine.exercise import Case, Exercise, Task
from s2s_course.exercises.engine.misconception import mistake, mistakes_in
from s2s_course.seeds import python_random, torch_generator

TASK = Task(
    id="3.4",
    title="The bias of the forget gate",
    goal="Set the two biases of an LSTM's forget gate so that together they are a given value, and leave "
    "all other biases as they are.",
    points=1,
    difficulty="easy",
    minutes=5,
    outputs=("b_input", "b_hidden"),
    hints=(
        "A bias has four blocks of H numbers in the order i, f, g, o. Which of its indices belong to the "
        "forget gate? And what does the gate read, when torch adds both biases?",
        "The forget gate is the second of the four blocks, so its numbers do not begin at index 0. Work on "
        "copies. In one of them this block gets value and in the other one 0, because torch adds the two. "
        "Nothing else changes.",
        "Make copies with `.clone()`. With `H = len(b_input) // 4` the forget gate has the indices "
        "`H : 2 * H`. Assign value there in the copy of b_input, and 0 in the copy of b_hidden.",
    ),
)


def set_forget_bias(
    b_input: torch.Tensor,
    b_hidden: torch.Tensor,
    value: float,
) -> tuple[torch.Tensor, torch.Tensor]:
    """The biases of an LSTM with those of the forget gate set, for initialization.

    b_input:  (4H,) bias beside the input weights, H numbers each for i, f, g, o
    b_hidden: (4H,) bias beside the recurrent weights, in the same order
    value:    what the two biases of the forget gate are together
    returns:  b_input with value, and b_hidden with 0, in the place of the forget gate;
              the rest as it was. New tensors: the arguments stay as they are.
    """
    b_input, b_hidden = b_input.detach().clone(), b_hidden.detach().clone()
    H = len(b_input) // 4
    b_input[H : 2 * H] = value
    b_hidden[H : 2 * H] = 0.0
    return b_input, b_hidden


def _case(name: str, H: int, *, value: float | None = None) -> Case:
    """Biases as torch draws them, uniform between -1 and 1 over the root of H."""

    def make(seed: int) -> tuple[torch.Tensor, torch.Tensor, float]:
        b_input, b_hidden = (2 * torch.rand(2, 4 * H, generator=torch_generator(seed)) - 1) / H**0.5
        return b_input, b_hidden, value or round(python_random(seed).uniform(1.5, 6.0), 1)

    return Case(name, make)


CASES = (
    _case("two units, a forget bias of 1", 2, value=1.0),
    _case("one unit", 1),
    _case("five units", 5),
)


def _with_block(bias, k, values):
    """A copy of ``bias`` with other values in block ``k``."""
    blocks = list(bias.detach().chunk(4))
    blocks[k] = torch.zeros_like(blocks[k]) + values
    return torch.cat(blocks)


@mistake(
    "twice the value",
    "You set the forget gate's part of both biases to value. The gate adds the two, so it gets 2 times "
    "value. A bias of 2 in place of 1 opens the gate to 0.88 in place of 0.73. Put value into one and 0 "
    "into the other.",
)
def _twice_the_value(b_input, b_hidden, value):
    return _with_block(b_input, 1, value), _with_block(b_hidden, 1, value)


@mistake(
    "only one bias set",
    "You set one of the two biases and leave the other as torch drew it. The gate adds the two, so together "
    "they are value plus a random number. The forget gate's part of the other bias must become 0.",
)
def _only_one_bias(b_input, b_hidden, value):
    return _with_block(b_input, 1, value), b_hidden.detach().clone()


@_only_one_bias.variant
def _only_the_other_bias(b_input, b_hidden, value):
    return b_input.detach().clone(), _with_block(b_hidden, 1, value)


@mistake(
    "right together",
    "Together your two biases are value, and the gate would do what is wanted. But asked for is value in "
    "b_input and 0 in b_hidden, so that one can see at a glance what was set.",
)
def _in_halves(b_input, b_hidden, value):
    return _with_block(b_input, 1, value / 2), _with_block(b_hidden, 1, value / 2)


@_in_halves.variant
def _made_up_for(b_input, b_hidden, value):
    return _with_block(b_input, 1, value - b_hidden.chunk(4)[1].detach()), b_hidden.detach().clone()


@_in_halves.variant
def _in_the_other_bias(b_input, b_hidden, value):
    return _with_block(b_input, 1, 0.0), _with_block(b_hidden, 1, value)


@mistake(
    "another block",
    "You have set a block that is not the forget gate's. The order is i, f, g, o, so the forget gate is the "
    "second quarter, from H to 2H.",
)
def _input_gate(b_input, b_hidden, value):
    return _with_block(b_input, 0, value), _with_block(b_hidden, 0, 0.0)


@_input_gate.variant
def _candidate(b_input, b_hidden, value):
    return _with_block(b_input, 2, value), _with_block(b_hidden, 2, 0.0)


@_input_gate.variant
def _output_gate(b_input, b_hidden, value):
    return _with_block(b_input, 3, value), _with_block(b_hidden, 3, 0.0)


@mistake(
    "all blocks",
    "You set the whole bias. That also opens the input gate and the output gate and shifts the candidate. "
    "Only the second quarter, from H to 2H, belongs to the forget gate.",
)
def _all_blocks(b_input, b_hidden, value):
    return torch.full_like(b_input, value), torch.zeros_like(b_hidden)


@_all_blocks.variant
def _all_blocks_of_both(b_input, b_hidden, value):
    return torch.full_like(b_input, value), torch.full_like(b_hidden, value)


@mistake(
    "added, not set",
    "You add value to what was there. The bias is then value plus a random number, another one for each "
    "unit. Set it: what was drawn there must not remain.",
)
def _added(b_input, b_hidden, value):
    return _with_block(b_input, 1, b_input.chunk(4)[1].detach() + value), b_hidden.detach().clone()


@_added.variant
def _added_to_both(b_input, b_hidden, value):
    return _added(b_input, b_hidden, value)[0], _added(b_hidden, b_input, value)[0]


@_added.variant
def _added_beside_zero(b_input, b_hidden, value):
    return _added(b_input, b_hidden, value)[0], _with_block(b_hidden, 1, 0.0)


@mistake(
    "the rest is 0",
    "The forget gate is right, but your other biases are 0. They must stay as they were: begin with a copy "
    "of each bias, not with zeros.",
)
def _the_rest_is_zero(b_input, b_hidden, value):
    zeros = torch.zeros_like(b_input)
    return _with_block(zeros, 1, value), zeros


EXERCISE = Exercise.from_task(TASK, set_forget_bias, CASES, mistakes_in(globals()), exact_zeros=True)
