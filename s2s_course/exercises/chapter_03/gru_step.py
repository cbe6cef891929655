"""Exercise 3.2: one step of the GRU."""

import torch

from s2s_course.exercises.engine.exercise import Case, Exercise, Task
from s2s_course.exercises.engine.misconception import mistake, mistakes_in
from s2s_course.seeds import torch_generator

TASK = Task(
    id="3.2",
    title="One step of the GRU",
    goal="Compute the new hidden state of a GRU, in the form that torch uses, from one input and the "
    "hidden state before it.",
    points=2,
    difficulty="medium",
    minutes=15,
    outputs=("hidden",),
    hints=(
        "Keep what comes from the inputs apart from what comes from the hidden state: the gates need their "
        "sum, but in the candidate the reset gate multiplies only the second. Both are (B, 3H) at first.",
        "For r and z add the two pieces, then squash the sum to 0 … 1. For n the reset gate comes in "
        "between: it multiplies the whole piece of the hidden state, with its bias, before the sum and the "
        "tanh. At last z says how much of the old state stays, and the rest is taken from n.",
        "Cut `inputs @ W.T + b_input` and `hidden @ U.T + b_hidden` into three pieces each. r and z are the "
        "sigmoid of a sum of two pieces, n is `(x_n + r * h_n).tanh()`, and the new state is "
        "`(1 - z) * n + z * hidden`.",
    ),
)


def gru_step(
    inputs: torch.Tensor,
    hidden: torch.Tensor,
    W: torch.Tensor,
    U: torch.Tensor,
    b_input: torch.Tensor,
    b_hidden: torch.Tensor,
) -> torch.Tensor:
    """One step of a GRU in the form of torch: the new hidden state.

    inputs:   (B, E) the inputs of this step
    hidden:   (B, H) the hidden states after the step before
    W:        (3H, E) input weights, H rows each for r, z, n in this order
    U:        (3H, H) recurrent weights, rows in the same order
    b_input:  (3H,) bias added to W x
    b_hidden: (3H,) bias added to U h'; in the candidate n, the reset gate multiplies
              the whole U h' + b_hidden
    returns:  hidden after this step, (B, H); z says how much of the old one stays
    """
    x_r, x_z, x_n = (inputs @ W.T + b_input).chunk(3, dim=1)  # each (B, H)
    h_r, h_z, h_n = (hidden @ U.T + b_hidden).chunk(3, dim=1)
    r, z = (x_r + h_r).sigmoid(), (x_z + h_z).sigmoid()
    n = (x_n + r * h_n).tanh()
    return (1 - z) * n + z * hidden


def _case(name: str, B: int, E: int, H: int) -> Case:
    """Standard normal numbers, and hidden states between -1 and 1."""

    def make(seed: int) -> tuple[torch.Tensor, ...]:
        generator = torch_generator(seed)
        shapes = (B, E), (B, H), (3 * H, E), (3 * H, H), (3 * H,), (3 * H,)
        inputs, hidden, *parameters = (torch.randn(shape, generator=generator) for shape in shapes)
        return inputs, hidden.tanh(), *parameters

    return Case(name, make)


CASES = (
    _case("two sequences, three inputs and two units", 2, 3, 2),
    _case("a single sequence", 1, 2, 3),
    _case("as many inputs as units", 5, 4, 4),
    _case("more units than inputs", 4, 2, 5),
)


def _parts(inputs, hidden, W, U, b_input, b_hidden):
    """Both gates, and what the inputs and the hidden state give to the candidate."""
    x_r, x_z, x_n = (inputs @ W.T + b_input).chunk(3, dim=1)
    h_r, h_z, h_n = (hidden @ U.T + b_hidden).chunk(3, dim=1)
    return (x_r + h_r).sigmoid(), (x_z + h_z).sigmoid(), x_n, h_n


@mistake(
    "update gate the other way round",
    "Your z says how much of the candidate comes in. Bahdanau et al. (2014) and Chung et al. (2014) write "
    "it so, and a network trained so is as good; but in torch, as in Cho et al. (2014), z says how much of "
    "the old state stays. Weights that were trained for one form do nonsense in the other. Here it is `(1 - "
    "z) * n + z * hidden`.",
)
def _update_gate_inverted(inputs, hidden, W, U, b_input, b_hidden):
    r, z, x_n, h_n = _parts(inputs, hidden, W, U, b_input, b_hidden)
    return z * (x_n + r * h_n).tanh() + (1 - z) * hidden


@mistake(
    "reset gate before the recurrent weights",
    "You multiply the hidden state by r and then apply U. That is right in the paper, Cho et al. (2014), so "
    "your reading is good. Asked for is the form of torch, which applies U first and resets the result, `r "
    "* (U_n h' + b_n)`: so all three blocks of U are applied in one product. The two forms give different "
    "numbers, and weights cannot be carried from one to the other.",
)
def _reset_before_weights(inputs, hidden, W, U, b_input, b_hidden):
    r, z, x_n, _ = _parts(inputs, hidden, W, U, b_input, b_hidden)
    n = (x_n + ((r * hidden) @ U.T + b_hidden).chunk(3, dim=1)[2]).tanh()
    return (1 - z) * n + z * hidden


@mistake(
    "both gates as in the papers",
    "This is the GRU of Bahdanau et al. (2014) and Chung et al. (2014), and it is a right GRU. The form of "
    "torch differs in two places: U comes before the reset gate, `r * (U_n h' + b_n)`, and z weights the "
    "old state, `(1 - z) * n + z * hidden`.",
)
def _both_as_in_papers(inputs, hidden, W, U, b_input, b_hidden):
    r, z, x_n, _ = _parts(inputs, hidden, W, U, b_input, b_hidden)
    n = (x_n + ((r * hidden) @ U.T + b_hidden).chunk(3, dim=1)[2]).tanh()
    return z * n + (1 - z) * hidden


@mistake(
    "reset gate and update gate exchanged",
    "You have exchanged the reset gate and the update gate. Torch keeps the rows in the order r, z, n "
    "(Keras in the order z, r, n). r acts inside the candidate, z mixes the candidate with the old state.",
)
def _gates_exchanged(inputs, hidden, W, U, b_input, b_hidden):
    z, r, x_n, h_n = _parts(inputs, hidden, W, U, b_input, b_hidden)
    return (1 - z) * (x_n + r * h_n).tanh() + z * hidden


@mistake(
    "no reset gate",
    "Your candidate reads the old state in full: r is not used. The reset gate lets a unit compute its "
    "candidate as if the sequence began anew.",
)
def _no_reset(inputs, hidden, W, U, b_input, b_hidden):
    _, z, x_n, h_n = _parts(inputs, hidden, W, U, b_input, b_hidden)
    return (1 - z) * (x_n + h_n).tanh() + z * hidden


@mistake(
    "reset gate on the inputs too",
    "Your reset gate multiplies the whole sum inside the candidate, or the candidate itself, so a closed "
    "one shuts out the inputs too. It stands before the part that comes from the hidden state alone.",
)
def _reset_on_the_whole_sum(inputs, hidden, W, U, b_input, b_hidden):
    r, z, x_n, h_n = _parts(inputs, hidden, W, U, b_input, b_hidden)
    return (1 - z) * (r * (x_n + h_n)).tanh() + z * hidden


@_reset_on_the_whole_sum.variant
def _reset_after_tanh(inputs, hidden, W, U, b_input, b_hidden):
    r, z, x_n, h_n = _parts(inputs, hidden, W, U, b_input, b_hidden)
    return (1 - z) * r * (x_n + h_n).tanh() + z * hidden


@mistake(
    "reset gate on the inputs",
    "Your reset gate multiplies the part of the candidate that comes from the inputs. It is there to leave "
    "out the past: multiply the part that comes from the hidden state.",
)
def _reset_on_the_inputs(inputs, hidden, W, U, b_input, b_hidden):
    r, z, x_n, h_n = _parts(inputs, hidden, W, U, b_input, b_hidden)
    return (1 - z) * (r * x_n + h_n).tanh() + z * hidden


@mistake(
    "bias outside the reset gate",
    "You add b_hidden of the candidate outside the reset gate, where it does nothing that b_input does not "
    "do. Torch keeps two biases because the second stands inside: `r * (U_n h' + b_n)`.",
)
def _bias_outside_the_reset(inputs, hidden, W, U, b_input, b_hidden):
    r, z, x_n, h_n = _parts(inputs, hidden, W, U, b_input, b_hidden)
    b_n = b_hidden.chunk(3)[2]
    return (1 - z) * (x_n + r * (h_n - b_n) + b_n).tanh() + z * hidden


@mistake(
    "no b_hidden",
    "You leave out b_hidden. It is added to U h' in all three blocks.",
)
def _no_hidden_bias(inputs, hidden, W, U, b_input, b_hidden):
    return gru_step(inputs, hidden, W, U, b_input, torch.zeros_like(b_hidden))


@mistake(
    "candidate with a sigmoid",
    "Your candidate n goes through a sigmoid, like the gates. It is not a gate, but the new content of the "
    "state, and needs tanh: otherwise the state can never become negative.",
)
def _candidate_with_sigmoid(inputs, hidden, W, U, b_input, b_hidden):
    r, z, x_n, h_n = _parts(inputs, hidden, W, U, b_input, b_hidden)
    return (1 - z) * (x_n + r * h_n).sigmoid() + z * hidden


@mistake(
    "no update gate",
    "Your new state is the candidate alone: z is not used. Then nothing is carried over as it is: every "
    "step makes the whole state anew, as the plain RNN does.",
)
def _no_update_gate(inputs, hidden, W, U, b_input, b_hidden):
    r, _, x_n, h_n = _parts(inputs, hidden, W, U, b_input, b_hidden)
    return (x_n + r * h_n).tanh()


@mistake(
    "the two parts do not share",
    "You weight only one of the two, the candidate or the old state, so their sum can leave the range from "
    "-1 to 1. The GRU takes an average: what z gives to the old state, 1 - z takes from the candidate.",
)
def _candidate_not_weighted(inputs, hidden, W, U, b_input, b_hidden):
    r, z, x_n, h_n = _parts(inputs, hidden, W, U, b_input, b_hidden)
    return (x_n + r * h_n).tanh() + z * hidden


@_candidate_not_weighted.variant
def _hidden_not_weighted(inputs, hidden, W, U, b_input, b_hidden):
    r, z, x_n, h_n = _parts(inputs, hidden, W, U, b_input, b_hidden)
    return (1 - z) * (x_n + r * h_n).tanh() + hidden


EXERCISE = Exercise.from_task(TASK, gru_step, CASES, mistakes_in(globals()))
