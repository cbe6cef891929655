"""Exercise 8.4: queries and keys that turn with their position."""

import torch

from s2s_course.exercises.engine.exercise import Case, Exercise, Task
from s2s_course.exercises.engine.misconception import mistake, mistakes_in
from s2s_course.seeds import torch_generator

TASK = Task(
    id="8.4",
    title="Queries and keys that turn",
    goal="Turn queries or keys by their positions, each pair of numbers at a speed of its own. When your "
    "function is right, try it: the score of a query and a key does not change when both move on by the "
    "same number of places.",
    points=3,
    difficulty="hard",
    minutes=20,
    outputs=("turned heads",),
    hints=(
        "The angles are a table (T, d / 2): positions times frequencies. `heads[..., 0::2]` has all x of "
        "the pairs and `heads[..., 1::2]` all y, each (B, H, T, d / 2), so they fit the angles from the "
        "right.",
        "Cosine and sine of the angles are two tables (T, d / 2), the same for all sentences and heads. A "
        "turn mixes x and y: a quarter of a turn takes the point (1, 0) to (0, 1), and (0, 1) to (-1, 0). "
        "Which of the four terms has a minus? In the result new x and new y take turns again.",
        "The new x is `x * cos - y * sin`, the new y `x * sin + y * cos`. `torch.stack([new_x, new_y], "
        "dim=-1)` is (B, H, T, d / 2, 2), and `flatten(-2)` puts the pairs back in turns.",
    ),
)


def rotate(heads: torch.Tensor) -> torch.Tensor:
    """Rotary positions: turn pairs of numbers by an angle that grows with the position.

    heads:   (B, H, T, d) queries or keys of the positions 0 … T - 1; d is even
    returns: (B, H, T, d): at position t the numbers 2i and 2i + 1, as a point (x, y) in
             the plane, are turned about 0 by the angle t · 10000 ** (-2i / d), in
             radians, from the x axis toward the y axis (counterclockwise)
    """
    T, d = heads.shape[-2:]
    frequencies = 10000 ** (-torch.arange(0, d, 2) / d)  # (d / 2,)
    angles = torch.arange(T)[:, None] * frequencies  # (T, d / 2)
    x, y = heads[..., 0::2], heads[..., 1::2]  # each (B, H, T, d / 2)
    cos, sin = angles.cos(), angles.sin()
    turned = x * cos - y * sin, x * sin + y * cos
    return torch.stack(turned, dim=-1).flatten(-2)


def _case(name: str, B: int, H: int, T: int, d: int) -> Case:
    """Standard normal numbers."""

    def make(seed: int) -> tuple[torch.Tensor]:
        return (torch.randn(B, H, T, d, generator=torch_generator(seed)),)

    return Case(name, make)


CASES = (
    _case("one head, three positions", 1, 1, 3, 4),
    _case("two sentences, three heads", 2, 3, 5, 6),
    _case("as many heads as positions", 2, 3, 3, 8),
    _case("a single pair", 3, 2, 7, 2),
    _case("more sentences than anything else", 5, 4, 3, 2),
)


def _frequencies(size, factor=2.0):
    return 10000 ** (-factor * torch.arange(size // 2) / size)


def _angles(heads, first=0):
    return torch.arange(first, first + heads.shape[2])[:, None] * _frequencies(heads.shape[3])


def _turn(x, y, angles):
    return x * angles.cos() - y * angles.sin(), x * angles.sin() + y * angles.cos()


def _turned(heads, angles):
    return torch.stack(_turn(heads[..., 0::2], heads[..., 1::2], angles), dim=-1).flatten(-2)


@mistake(
    "turned the other way",
    "You turn clockwise. If queries and keys both do, scores still depend on the distance alone, and one "
    "could train so just as well; but before and after are exchanged for weights that were trained the "
    "other way. Asked for is the direction from x toward y: at x = 1, y = 0 the new y is the sine.",
)
def _clockwise(heads):
    return _turned(heads, -_angles(heads))


@mistake(
    "halves in place of neighbors",
    "Your pairs are made of a number in the first half and one in the second. That is another published "
    "layout, just as good to train with, and many programs have it. But weights trained with one do not fit "
    "the other. Here neighbors are pairs, 2i and 2i + 1.",
)
def _halves(heads):
    return torch.cat(_turn(*heads.chunk(2, dim=-1), _angles(heads)), dim=-1)


@_halves.variant
def _halves_clockwise(heads):
    return torch.cat(_turn(*heads.chunk(2, dim=-1), -_angles(heads)), dim=-1)


@mistake(
    "pairs not put back",
    "You take the pairs apart in one way and put them together in another: neighbors become halves, or "
    "halves neighbors. Put each number back to where it came from; `stack` with `flatten` interleaves, "
    "`cat` does not.",
)
def _not_put_back_in_turns(heads):
    return torch.cat(_turn(heads[..., 0::2], heads[..., 1::2], _angles(heads)), dim=-1)


@_not_put_back_in_turns.variant
def _halves_put_in_turns(heads):
    return torch.stack(_turn(*heads.chunk(2, dim=-1), _angles(heads)), dim=-1).flatten(-2)


@mistake(
    "same angle for all pairs",
    "All your pairs turn by the angle t. After about six positions they are back where they started, so far "
    "words look like near ones. Each pair has its own speed, 10000 ** (-2i / d).",
)
def _same_angle(heads):
    return _turned(heads, torch.arange(heads.shape[2])[:, None] + torch.zeros(heads.shape[3] // 2))


@mistake(
    "wrong speeds",
    "Your first pair is right, but the others turn at wrong speeds. The exponent is -2i / d with i counting "
    "pairs (`arange(0, d, 2)` is 2i already), d the size of one head, and the minus makes later pairs "
    "slower.",
)
def _half_of_the_exponent(heads):
    return _turned(heads, torch.arange(heads.shape[2])[:, None] * _frequencies(heads.shape[3], 1.0))


@_half_of_the_exponent.variant
def _twice_the_exponent(heads):
    return _turned(heads, torch.arange(heads.shape[2])[:, None] * _frequencies(heads.shape[3], 4.0))


@_half_of_the_exponent.variant
def _exponent_positive(heads):
    return _turned(heads, torch.arange(heads.shape[2])[:, None] / _frequencies(heads.shape[3]))


@_half_of_the_exponent.variant
def _size_of_all_heads(heads):
    size = heads.shape[1] * heads.shape[3]
    return _turned(heads, torch.arange(heads.shape[2])[:, None] * _frequencies(size)[: heads.shape[3] // 2])


@mistake(
    "2i / (d - 2) in the exponent",
    "Your exponents run from 0 to exactly -1, as `linspace` gives them: 2i is divided by d - 2. It is "
    "divided by d, so that the last exponent is a little above -1.",
)
def _up_to_one(heads):
    size = heads.shape[3]
    frequencies = 10000 ** (-2 * torch.arange(size // 2) / max(size - 2, 1))
    return _turned(heads, torch.arange(heads.shape[2])[:, None] * frequencies)


@mistake(
    "cosine alone",
    "You only multiply by the cosine. That shrinks a vector, where a rotation keeps its length. x and y "
    "must mix: each of the two new numbers needs both old ones.",
)
def _cosine_alone(heads):
    return heads * _angles(heads).cos().repeat_interleave(2, dim=-1)


@mistake(
    "signs of a rotation",
    "Your signs are not those of a rotation: with two plus signs lengths change, and with the minus in the "
    "second line the plane is mirrored. The minus belongs to the sine in the new x, and nowhere else.",
)
def _both_plus(heads):
    x, y, angles = heads[..., 0::2], heads[..., 1::2], _angles(heads)
    both = x * angles.cos() + y * angles.sin(), x * angles.sin() + y * angles.cos()
    return torch.stack(both, dim=-1).flatten(-2)


@_both_plus.variant
def _mirrored(heads):
    x, y, angles = heads[..., 0::2], heads[..., 1::2], _angles(heads)
    both = x * angles.cos() + y * angles.sin(), x * angles.sin() - y * angles.cos()
    return torch.stack(both, dim=-1).flatten(-2)


@mistake(
    "x overwritten too early",
    "You compute the new y from the new x. Both need the old numbers: keep the old x until both are done.",
)
def _x_overwritten(heads):
    x, y, angles = heads[..., 0::2], heads[..., 1::2], _angles(heads)
    x = x * angles.cos() - y * angles.sin()
    y = x * angles.sin() + y * angles.cos()
    return torch.stack([x, y], dim=-1).flatten(-2)


@mistake(
    "positions counted from 1",
    "You turn the first position by one step. Positions count from 0, so it stays as it is. (The scores "
    "would be the same, since only differences count.)",
)
def _from_one(heads):
    return _turned(heads, _angles(heads, first=1))


@mistake(
    "turned along another axis",
    "Your angle grows with the number of the head or of the sentence. It must grow with the position, on "
    "the third axis of (B, H, T, d).",
)
def _by_the_head(heads):
    angles = torch.arange(heads.shape[1])[:, None, None] * _frequencies(heads.shape[3])
    return _turned(heads, angles)


@_by_the_head.variant
def _by_the_sentence(heads):
    angles = torch.arange(heads.shape[0])[:, None, None, None] * _frequencies(heads.shape[3])
    return _turned(heads, angles)


@mistake(
    "added in place of turned",
    "You add sines and cosines. That is the older way, for embeddings. Here nothing is added: each pair is "
    "turned, so its length stays.",
)
def _table_added(heads):
    angles = _angles(heads)
    return heads + torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(-2)


@mistake(
    "degrees",
    "You convert the angles as if they were degrees. They are in radians already, as `sin` and `cos` want "
    "them.",
)
def _degrees(heads):
    return _turned(heads, _angles(heads).deg2rad())


@mistake(
    "first pair alone",
    "You turn the first two numbers of a head and leave the rest. All d / 2 pairs turn, each at its own "
    "speed.",
)
def _first_pair_alone(heads):
    return torch.cat([_turned(heads[..., :2], _angles(heads)[:, :1]), heads[..., 2:]], dim=-1)


EXERCISE = Exercise.from_task(TASK, rotate, CASES, mistakes_in(globals()))
