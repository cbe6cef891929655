"""Exercise 8.1: the table of sines and cosines."""

import torch

from s2s_course.exercises.engine.exercise import Case, Exercise, Task
from s2s_course.exercises.engine.misconception import mistake, mistakes_in
from s2s_course.seeds import python_random

TASK = Task(
    id="8.1",
    title="Sines and cosines",
    goal="Make the table of positions of the Transformer: in each pair of columns a sine and a cosine of the "
    "same angle, which grows with the position; fast in the first pair, slowly in the last.",
    points=2,
    difficulty="medium",
    minutes=15,
    outputs=("table",),
    hints=(
        "First the angles, (T, D / 2): a column of positions, (T, 1), divided by a row of D / 2 powers. "
        "Then sine and cosine of all of them. How do two tables of (T, D / 2) become one in which their "
        "columns take turns?",
        "The columns 2i and 2i + 1 share an angle. Make the (T, D / 2) table of angles from a column of "
        "positions and a row of D / 2 divisors, in float64 from the start. To let sines and cosines take "
        "turns, set each cosine beside its sine on a new last axis, then merge the last two axes.",
        "`10000 ** (torch.arange(0, d_model, 2, dtype=torch.float64) / d_model)` has the powers. "
        "`torch.stack([angles.sin(), angles.cos()], dim=-1)` is (T, D / 2, 2), and `flatten(1)` puts its "
        "pairs side by side. Or write into `table[:, 0::2]` and `table[:, 1::2]`.",
    ),
)


def sinusoids(length: int, d_model: int) -> torch.Tensor:
    """A vector for each position, made of sines and cosines of different speed.

    length:  T, the positions are 0 … T - 1
    d_model: D, even
    returns: (T, D) float64. With i = 0 … D / 2 - 1 counting pairs of columns, and
             angle = t / 10000 ** (2i / D): column 2i of row t is the sine of angle,
             column 2i + 1 the cosine
    """
    positions = torch.arange(length, dtype=torch.float64)[:, None]  # (T, 1)
    i = torch.arange(d_model // 2, dtype=torch.float64)
    angles = positions / 10000 ** (2 * i / d_model)  # (T, D / 2)
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1)


def _case(name: str, lengths: tuple[int, int], pairs: tuple[int, int]) -> Case:
    """At most 30 positions, so that angles made in float32 are near enough too."""

    def make(seed: int) -> tuple[int, int]:
        random = python_random(seed)
        return random.randint(*lengths), 2 * random.randint(*pairs)

    return Case(name, make)


CASES = (
    _case("a small table of a few pairs", (2, 12), (2, 6)),
    _case("more positions than columns", (10, 30), (2, 4)),
    _case("more columns than positions", (5, 11), (16, 40)),
)


def _positions(length, first=0):
    return torch.arange(first, first + length, dtype=torch.float64)[:, None]


def _pairs(d_model):
    return torch.arange(d_model // 2, dtype=torch.float64)


def _in_turns(sines, cosines):
    return torch.stack([sines, cosines], dim=-1).flatten(1)


def _of(angles):
    return _in_turns(angles.sin(), angles.cos())


def _angles(length, d_model, *, first=0, base=10000):
    return _positions(length, first) / base ** (2 * _pairs(d_model) / d_model)


@mistake(
    "i / D in the exponent",
    "Your exponent is i / D with i counting pairs. It must be 2i / D, from 0 to nearly 1: else the slowest "
    "angle grows by about 1 / 100 of a radian a step in place of about 1 / 10000.",
)
def _half_of_the_exponent(length, d_model):
    return _of(_positions(length) / 10000 ** (_pairs(d_model) / d_model))


@mistake(
    "factor 2 twice",
    "Your exponent is twice what it must be: `arange(0, D, 2)` is 2i already, so it is divided by D as it "
    "is. The second half of your columns hardly changes from position to position.",
)
def _twice_the_exponent(length, d_model):
    return _of(_positions(length) / 10000 ** (4 * _pairs(d_model) / d_model))


@mistake(
    "2i / (D - 2) in the exponent",
    "Your exponent runs from 0 to exactly 1: it is 2i / (D - 2), or i / (D / 2 - 1), as some programs have "
    "it and as `linspace` gives it. The paper divides by D, so that the last exponent is a little below 1.",
)
def _up_to_one(length, d_model):
    return _of(_positions(length) / 10000 ** (2 * _pairs(d_model) / max(d_model - 2, 1)))


def _by_columns(factor, length, d_model):
    columns = torch.arange(d_model, dtype=torch.float64)
    angles = _positions(length) / 10000 ** (factor * columns / d_model)
    return _in_turns(angles[:, ::2].sin(), angles[:, 1::2].cos())


@mistake(
    "another angle in each column",
    "Your sine and your cosine of a pair have different angles: you put the number of the column where i "
    "stands. Both columns of a pair have the same i. Only then is the step from one position to another a "
    "rotation of each pair.",
)
def _own_angle_for_each_column(length, d_model):
    return _by_columns(2, length, d_model)


@_own_angle_for_each_column.variant
def _own_angle_without_the_factor(length, d_model):
    return _by_columns(1, length, d_model)


@mistake(
    "sines first, then cosines",
    "All your sines stand in the first half and all cosines in the second. That is another published "
    "layout, and just as good to train with. But asked for is the paper's, sine and cosine in turns: "
    "weights trained with one do not fit the other.",
)
def _halves(length, d_model):
    angles = _angles(length, d_model)
    return torch.cat([angles.sin(), angles.cos()], dim=1)


@_halves.variant
def _halves_exchanged(length, d_model):
    angles = _angles(length, d_model)
    return torch.cat([angles.cos(), angles.sin()], dim=1)


@mistake(
    "cosine before sine",
    "In each pair your cosine comes before the sine. The sine is in column 2i, the cosine in column 2i + 1.",
)
def _cosine_first(length, d_model):
    angles = _angles(length, d_model)
    return _in_turns(angles.cos(), angles.sin())


@mistake(
    "no power",
    "You multiply 10000 by 2i / D. It is a power, `10000 ** (2i / D)`, so that each pair is slower than the "
    "one before by the same factor.",
)
def _base_times_exponent(length, d_model):
    i = _pairs(d_model)
    divisors = torch.where(i == 0, 1.0, 10000 * 2 * i / d_model)
    return _of(_positions(length) / divisors)


@_base_times_exponent.variant
def _no_power(length, d_model):
    return _of(_positions(length) / 10000 * (2 * _pairs(d_model) / d_model))


@mistake(
    "faster in place of slower",
    "Your angles are multiplied by the power of 10000, so the later columns turn faster and faster, many "
    "times around from one position to the next. Divide by it, or take the exponent negative.",
)
def _faster_and_faster(length, d_model):
    return _of(_angles(length, d_model, base=1e-4))


@mistake(
    "another base",
    "The base of your power is not 10000. (With `exp` it is `exp(-log(10000) * 2i / D)`.) The base says how "
    "slow the slowest pair is, and so how far positions can be told apart.",
)
def _base_of_one_thousand(length, d_model):
    return _of(_angles(length, d_model, base=1000))


@_base_of_one_thousand.variant
def _base_of_e(length, d_model):
    return _of(_positions(length) * (-2 * _pairs(d_model) / d_model).exp())


@mistake(
    "same speed for all pairs",
    "All your pairs turn at the same speed. Such a table repeats itself after one turn, or cannot tell "
    "neighbors apart. It takes fast pairs and slow ones, like the hands of a clock.",
)
def _same_speed(length, d_model):
    return _of(_positions(length).expand(-1, d_model // 2))


@_same_speed.variant
def _slowest_for_all(length, d_model):
    return _of((_positions(length) / 10000).expand(-1, d_model // 2))


@mistake(
    "positions counted from 1",
    "Your first row is that of position 1. Positions count from 0: the first row is 0, 1, 0, 1 and so on.",
)
def _from_one(length, d_model):
    return _of(_angles(length, d_model, first=1))


@mistake(
    "degrees or turns",
    "You convert the angles, to degrees or to whole turns. They are in radians already, as `sin` and `cos` "
    "want them.",
)
def _degrees(length, d_model):
    return _of(_angles(length, d_model).deg2rad())


@_degrees.variant
def _whole_turns(length, d_model):
    return _of(_angles(length, d_model) * 2 * torch.pi)


@mistake(
    "sines or cosines alone",
    "Both columns of a pair are the same: two sines or two cosines. A sine alone cannot tell the way up "
    "from the way down. Sine and cosine together are a point on a circle.",
)
def _sines_alone(length, d_model):
    angles = _angles(length, d_model)
    return _in_turns(angles.sin(), angles.sin())


@_sines_alone.variant
def _cosines_alone(length, d_model):
    angles = _angles(length, d_model)
    return _in_turns(angles.cos(), angles.cos())


@_sines_alone.variant
def _angles_alone(length, d_model):
    angles = _angles(length, d_model)
    return _in_turns(angles, angles)


@mistake(
    "in turns by position",
    "You take the sine for even positions and the cosine for odd ones. The columns alternate, not the rows: "
    "every position has sines and cosines.",
)
def _by_position(length, d_model):
    """Sine for even positions, cosine for odd ones."""
    angles = _angles(length, d_model).repeat_interleave(2, dim=1)
    return torch.where(_positions(length) % 2 == 0, angles.sin(), angles.cos())


@mistake(
    "transposed",
    "Your table lies on its side. A row belongs to a position, so that row t can be added to word t: (T, D).",
)
def _transposed(length, d_model):
    return sinusoids(length, d_model).T


EXERCISE = Exercise.from_task(TASK, sinusoids, CASES, mistakes_in(globals()))
