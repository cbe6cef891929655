"""Exercise 8.3: a penalty on distance, another for each head."""

import torch

from s2s_course.exercises.engine.exercise import Case, Exercise, Task
from s2s_course.exercises.engine.misconception import mistake, mistakes_in
from s2s_course.seeds import python_random

TASK = Task(
    id="8.3",
    title="A penalty on distance",
    goal="Make the bias of ALiBi: from each score it takes away the distance of the two words, times a slope "
    "that is steep in the first head and nearly flat in the last.",
    points=2,
    difficulty="medium",
    minutes=15,
    outputs=("bias",),
    hints=(
        "Two parts: H slopes, and a (T, T) table of distances, which are the same for all heads. For T = 3 "
        "the first row of distances is 0, 1, 2; what is the second?",
        "A distance is the absolute difference of row and column number. The slopes are powers of 2: with H "
        "= 8 they are 1/2, 1/4, … 1/256, and in general head h, counted from 1, has the exponent -8h / H. To "
        "multiply each slope with the whole table, slopes need the shape (H, 1, 1).",
        "`positions[:, None] - positions` has all differences; take `.abs()`. The slopes need two more axes, "
        "`slopes[:, None, None]`, to be multiplied with it. Do not forget the minus.",
    ),
)


def alibi_bias(length: int, num_heads: int) -> torch.Tensor:
    """What ALiBi adds to the scores of self-attention, before the softmax.

    length:    T words, each both query t (row) and key s (column)
    num_heads: H; head h = 1 … H has the slope m = 2 ** (-8h / H)
    returns:   (H, T, T) float32: -m · |t - s|
    """
    h = torch.arange(1, num_heads + 1)
    slopes = 2.0 ** (-8 * h / num_heads)  # (H,)
    positions = torch.arange(length)
    distances = (positions[:, None] - positions).abs()  # (T, T)
    return -slopes[:, None, None] * distances


def _case(name: str, lengths: tuple[int, int], heads: tuple[int, int]) -> Case:
    def make(seed: int) -> tuple[int, int]:
        random = python_random(seed)
        return random.randint(*lengths), random.randint(*heads)

    return Case(name, make)


CASES = (
    _case("a few words, a few heads", (3, 12), (2, 7)),
    _case("eight heads", (3, 60), (8, 8)),
    _case("sixteen heads", (2, 45), (16, 16)),
    _case("a single head", (3, 90), (1, 1)),
    _case("a single word", (1, 1), (2, 40)),
)


def _slopes(num_heads, first=1):
    return 2.0 ** (-8 * torch.arange(first, first + num_heads) / num_heads)


def _differences(length):
    """s - t, negative for what comes before."""
    return torch.arange(length) - torch.arange(length)[:, None]


def _bias(slopes, distances):
    return -slopes[:, None, None] * distances


@mistake(
    "sign",
    "Your bias is positive: the further a word, the higher its score. It must be negative, or zero at "
    "distance 0, so that near words are preferred.",
)
def _reward(length, num_heads):
    return -alibi_bias(length, num_heads)


@mistake(
    "heads counted from 0",
    "You count the heads from 0, so the first slope is 1. They count from 1 to H, and the last slope is 2 "
    "** -8 for every H.",
)
def _heads_from_0(length, num_heads):
    return _bias(_slopes(num_heads, first=0), _differences(length).abs())


@mistake(
    "no absolute value",
    "You take t - s or s - t without its absolute value: words on one side get a bonus that grows with the "
    "distance. A decoder with a causal mask would never see it, as it looks to one side only. Here both "
    "sides count alike.",
)
def _no_absolute_value(length, num_heads):
    return _bias(_slopes(num_heads), -_differences(length))


@_no_absolute_value.variant
def _no_absolute_value_and_turned(length, num_heads):
    return _bias(_slopes(num_heads), _differences(length))


def _one_slope(slope, length, num_heads):
    return _bias(torch.full((num_heads,), slope), _differences(length).abs())


@mistake(
    "same slope for all heads",
    "All your heads have the same slope. With different ones some heads look at neighbors only, and others "
    "at the whole sentence.",
)
def _no_slopes(length, num_heads):
    return _one_slope(1.0, length, num_heads)


@_no_slopes.variant
def _first_slope(length, num_heads):
    return _one_slope(2.0 ** (-8 / num_heads), length, num_heads)


@_no_slopes.variant
def _last_slope(length, num_heads):
    return _one_slope(2.0**-8, length, num_heads)


@_no_slopes.variant
def _halved_slope(length, num_heads):
    return _one_slope(0.5, length, num_heads)


@mistake(
    "not the distance itself",
    "You do not use the distance itself, but its square, its logarithm, or its share of the length. The L "
    "in ALiBi is for linear: each step of distance costs the same, in a sentence of any length.",
)
def _squared(length, num_heads):
    return _bias(_slopes(num_heads), _differences(length) ** 2)


@_squared.variant
def _logarithm(length, num_heads):
    return _bias(_slopes(num_heads), _differences(length).abs().float().log1p())


@_squared.variant
def _as_a_share_of_the_length(length, num_heads):
    return alibi_bias(length, num_heads) / length


@mistake(
    "slopes of eight heads",
    "Your slopes are 1/2, 1/4, 1/8 and so on. They are so for 8 heads. For H heads the exponent is -8h / H, "
    "so that the last slope is 2 ** -8 in any case; with 16 heads yours would end at 2 ** -16.",
)
def _eight_heads(length, num_heads):
    return _bias(2.0 ** -torch.arange(1, num_heads + 1).float(), _differences(length).abs())


@mistake(
    "slopes from another formula",
    "Your slopes are not 2 ** (-8h / H): the power, the 8, the base 2 or the minus in the exponent is "
    "missing. They fall from head to head by the same factor, down to 2 ** -8.",
)
def _no_power(length, num_heads):
    return _bias(8 * torch.arange(1, num_heads + 1) / num_heads, _differences(length).abs())


@_no_power.variant
def _no_eight(length, num_heads):
    return _bias(2.0 ** (-torch.arange(1, num_heads + 1) / num_heads), _differences(length).abs())


@_no_power.variant
def _exponential(length, num_heads):
    return _bias((-8 * torch.arange(1, num_heads + 1) / num_heads).exp(), _differences(length).abs())


@_no_power.variant
def _exponent_positive(length, num_heads):
    return _bias(1 / _slopes(num_heads), _differences(length).abs())


@mistake(
    "slopes evenly spaced from 1/2 to 1/256",
    "Your slopes run from one fixed number to another, as `logspace` or `linspace` give them. The last one "
    "is 2 ** -8 for every H, but the first is 2 ** (-8 / H): the closer to 1, the more heads there are. "
    "Only for 8 heads is it 1/2.",
)
def _from_one_half(length, num_heads):
    exponents = torch.linspace(-1.0, -8.0, num_heads)
    return _bias(2.0**exponents, _differences(length).abs())


@_from_one_half.variant
def _from_one(length, num_heads):
    return _bias(2.0 ** torch.linspace(0.0, -8.0, num_heads), _differences(length).abs())


@_from_one_half.variant
def _in_powers_of_ten(length, num_heads):
    return _bias(torch.logspace(-1.0, -8.0, num_heads), _differences(length).abs())


@_from_one_half.variant
def _in_powers_of_ten_of_the_right_exponents(length, num_heads):
    return _bias(torch.logspace(-8.0 / num_heads, -8.0, num_heads), _differences(length).abs())


@_from_one_half.variant
def _in_a_straight_line(length, num_heads):
    return _bias(torch.linspace(0.5, 2.0**-8, num_heads), _differences(length).abs())


@mistake(
    "heads in reverse",
    "Your slopes are right, but in reverse order. The first head has the steepest. Weights of a trained "
    "model have got used to it.",
)
def _heads_turned_round(length, num_heads):
    return alibi_bias(length, num_heads).flip(0)


@mistake(
    "mixed up with the causal mask",
    "You treat what comes after a word in another way, with -inf or with no penalty. To hide the future is "
    "the business of the mask. The bias is the same to both sides, so that an encoder can use it too.",
)
def _future_hidden(length, num_heads):
    return alibi_bias(length, num_heads).masked_fill(_differences(length) > 0, float("-inf"))


@_future_hidden.variant
def _future_free(length, num_heads):
    return _bias(_slopes(num_heads), -_differences(length).clamp(max=0))


@mistake(
    "heads on the last axis",
    "Your axes are (T, T, H). Scores are (B, H, T, T), and shapes are matched from the right: the heads "
    "come before rows and columns.",
)
def _heads_last(length, num_heads):
    return alibi_bias(length, num_heads).permute(1, 2, 0)


@mistake(
    "one row only",
    "You return the distances from one word only, as when a decoder writes its last word. Each of the T "
    "queries has a row of its own.",
)
def _one_row(length, num_heads):
    return alibi_bias(length, num_heads)[:, -1:]


@_one_row.variant
def _one_row_flat(length, num_heads):
    return alibi_bias(length, num_heads)[:, -1]


EXERCISE = Exercise.from_task(TASK, alibi_bias, CASES, mistakes_in(globals()))
