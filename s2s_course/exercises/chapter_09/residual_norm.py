"""Exercise 9.1: a part of a layer with the path around it, and the norm before or after."""

import torch

from s2s_course.exercises.engine.exercise import Case, Exercise, Task
from s2s_course.exercises.engine.misconception import mistake, mistakes_in
from s2s_course.exercises.engine.random_map import RandomMap
from s2s_course.seeds import torch_generator

TASK = Task(
    id="9.1",
    title="Pre-norm and post-norm",
    goal="Lead x around a part of a layer, and normalize: before the part (pre-norm) or after the sum "
    "(post-norm). Write the layer norm by hand.",
    points=2,
    difficulty="medium",
    minutes=15,
    outputs=("vectors",),
    hints=(
        "Write the norm as a small function of its own and test it on one vector: mean 0 and mean square 1, "
        "before gain and bias. Then only the order of three things is left: norm, part, sum.",
        "Mean and mean square are taken along the last axis, for each word by itself, and this axis is kept "
        "with size 1 so that the shapes fit. 1e-5 is added under the root. Then there are two cases: what "
        "part reads is normalized and the sum is left alone, or part reads x itself and the sum is "
        "normalized.",
        "`v.mean(dim=-1, keepdim=True)` is the mean of each vector, and the mean of the squared deviations "
        "along the same axis is its variance. Post-norm returns `norm(x + part(x))`, pre-norm "
        "`x + part(norm(x))`.",
    ),
)


def residual_norm(
    x: torch.Tensor,
    part,
    gain: torch.Tensor,
    bias: torch.Tensor,
    norm_first: bool,
) -> torch.Tensor:
    """One part of a Transformer layer, the path around it, and a layer norm.

    x:          (B, T, D)
    part:       what the layer does: a function, (B, T, D) to (B, T, D)
    gain, bias: (D,), of the norm
    norm_first: True is pre-norm, x + part(norm(x)); False is post-norm,
                norm(x + part(x))
    returns:    (B, T, D). norm(v) takes the mean of each vector from it, divides by
                the root of (the mean square of what is left + 1e-5), multiplies by gain
                and adds bias.
    """

    def norm(v):
        centered = v - v.mean(dim=-1, keepdim=True)
        variance = (centered**2).mean(dim=-1, keepdim=True)
        return gain * centered / torch.sqrt(variance + 1e-5) + bias

    return x + part(norm(x)) if norm_first else norm(x + part(x))


def _case(name: str, B: int, T: int, D: int, *, norm_first: bool, scale: float = 3.0) -> Case:
    def make(seed: int) -> tuple[torch.Tensor, RandomMap, torch.Tensor, torch.Tensor, bool]:
        generator = torch_generator(seed)
        x = scale * (torch.randn(B, T, D, generator=generator) + 4 * torch.arange(D))
        gain, bias = 0.5 + torch.rand(D, generator=generator), torch.randn(D, generator=generator)
        return x, RandomMap(seed, 1.0), gain, bias, norm_first

    return Case(name, make)


def _nearly_constant(name: str, *, norm_first: bool) -> Case:
    """Vectors with a variance near 1e-5, so that it matters where this is added, and one that is constant.

    So little varies that gradients differ by rounding alone.
    """

    def make(seed: int) -> tuple[torch.Tensor, RandomMap, torch.Tensor, torch.Tensor, bool]:
        generator = torch_generator(seed)
        x = 0.003 * torch.randn(3, 2, 4, generator=generator)
        x[0, 0] = 0.5
        gain, bias = 0.5 + torch.rand(4, generator=generator), torch.randn(4, generator=generator)
        return x, RandomMap(seed, 1.0 if norm_first else 0.003), gain, bias, norm_first

    return Case(name, make, gradient=False)


CASES = (
    _case("post-norm", 2, 3, 5, norm_first=False),
    _case("pre-norm", 2, 3, 5, norm_first=True),
    _case("pre-norm of large vectors", 3, 2, 7, norm_first=True, scale=30.0),
    _case("post-norm, as many sentences as words as numbers", 3, 3, 3, norm_first=False),
    _case("pre-norm, more sentences than words and numbers", 5, 4, 3, norm_first=True),
    _nearly_constant("pre-norm of vectors that hardly vary", norm_first=True),
    _nearly_constant("post-norm of vectors that hardly vary", norm_first=False),
)


def _norm(v, gain, bias, dim=-1, correction=0):
    variance, mean = torch.var_mean(v, dim=dim, keepdim=True, correction=correction)
    return gain * (v - mean) / torch.sqrt(variance + 1e-5) + bias


def _with(norm):
    """The right order of things with another norm."""

    def wrong(x, part, gain, bias, norm_first):
        if norm_first:
            return x + part(norm(x, gain, bias))
        return norm(x + part(x), gain, bias)

    return wrong


@mistake(
    "pre-norm and post-norm exchanged",
    "You have exchanged the two. With norm_first the part reads normalized vectors and nothing is "
    "normalized after the sum; without it the sum is normalized, and the part reads x as it is.",
)
def _exchanged(x, part, gain, bias, norm_first):
    return residual_norm(x, part, gain, bias, not norm_first)


@mistake(
    "norm_first is ignored",
    "You do the same whatever norm_first is: one of the two kinds is right, and the other is missing. "
    "Distinguish the two.",
)
def _always_after(x, part, gain, bias, norm_first):
    return residual_norm(x, part, gain, bias, False)


@_always_after.variant
def _always_before(x, part, gain, bias, norm_first):
    return residual_norm(x, part, gain, bias, True)


@mistake(
    "normalized vectors on the path",
    "In pre-norm you add the part to normalized vectors. The path around it must carry x itself: then there "
    "is a way from the top of the network to the bottom without any norm, and gradients take it. Keep what "
    "the part reads apart from what it is added to.",
)
def _normed_path(x, part, gain, bias, norm_first):
    if not norm_first:
        return residual_norm(x, part, gain, bias, False)
    normed = _norm(x, gain, bias)
    return normed + part(normed)


@mistake(
    "no path around the part",
    "You leave the path around the part out: x is not added. The part has to say everything anew, and in a "
    "deep network hardly any gradient comes back to the first layers.",
)
def _no_path(x, part, gain, bias, norm_first):
    return part(_norm(x, gain, bias)) if norm_first else _norm(part(x), gain, bias)


@mistake(
    "post-norm normalizes the part alone",
    "In post-norm you normalize what the part gives and then add x. The norm comes after the sum: it "
    "normalizes x and the part's answer together.",
)
def _norm_of_the_part_alone(x, part, gain, bias, norm_first):
    return residual_norm(x, part, gain, bias, True) if norm_first else x + _norm(part(x), gain, bias)


@mistake(
    "normalized twice",
    "In pre-norm you normalize the sum as well. Between two parts nothing is normalized there; a pre-norm "
    "network has one more norm at its very end, and it belongs to no layer.",
)
def _norm_before_and_after(x, part, gain, bias, norm_first):
    result = residual_norm(x, part, gain, bias, norm_first)
    return _norm(result, gain, bias) if norm_first else result


@mistake(
    "norm over another axis",
    "Your norm takes its mean over words or sentences. A layer norm looks at one vector at a time, over its "
    "D numbers; so a word neither sees later words nor other sentences, and padding changes nothing.",
)
@_with
def _over_time(v, gain, bias):
    return _norm(v, gain, bias, dim=1)


_over_time.variant(_with(lambda v, gain, bias: _norm(v, gain, bias, dim=0)))
_over_time.variant(_with(lambda v, gain, bias: _norm(v, gain, bias, dim=(0, 1))))


@mistake(
    "divided by D - 1",
    "Your variance divides by D - 1, which is what `var` and `std` do unless they are told otherwise. A "
    "layer norm takes the mean of the squares, so it divides by D: `correction=0`.",
)
@_with
def _unbiased(v, gain, bias):
    return _norm(v, gain, bias, correction=1)


def _by_std(epsilon):
    @_with
    def wrong(v, gain, bias):
        return gain * (v - v.mean(-1, keepdim=True)) / (v.std(-1, keepdim=True) + epsilon) + bias

    return wrong


for _epsilon in (0.0, 1e-5, 1e-6, 1e-8):
    _unbiased.variant(_by_std(_epsilon))


@mistake(
    "1e-5 at another place",
    "Where a vector hardly varies your norm differs: 1e-5 is missing, is another number, or is added to the "
    "root. It is added to the mean square, before the root is taken, so that a constant vector gives bias, "
    "and neither NaN nor noise blown up.",
)
@_with
def _no_epsilon(v, gain, bias):
    variance, mean = torch.var_mean(v, dim=-1, keepdim=True, correction=0)
    return gain * (v - mean) / variance.sqrt() + bias


def _with_epsilon(outside, inside):
    @_with
    def wrong(v, gain, bias):
        variance, mean = torch.var_mean(v, dim=-1, keepdim=True, correction=0)
        return gain * (v - mean) / ((variance + inside).sqrt() + outside) + bias

    return wrong


for _outside in (1e-5, 1e-6, 1e-8, 1e-12):
    _no_epsilon.variant(_with_epsilon(_outside, 0.0))
for _inside in (1e-3, 1e-4, 1e-6, 1e-8, 1e-9, 1e-12):
    _no_epsilon.variant(_with_epsilon(0.0, _inside))


@mistake(
    "gain or bias forgotten",
    "Your norm leaves out its gain, its bias, or both. After the division every number is multiplied by its "
    "own gain, and its own bias is added.",
)
@_with
def _no_gain_and_bias(v, gain, bias):
    return _norm(v, 1, 0)


_no_gain_and_bias.variant(_with(lambda v, gain, bias: _norm(v, 1, bias)))
_no_gain_and_bias.variant(_with(lambda v, gain, bias: _norm(v, gain, 0)))


@mistake(
    "mean left in",
    "You do not take the mean from each vector. A norm without it exists (RMSNorm, in many large language "
    "models), but the layer norm subtracts the mean first, and divides by the deviation from it.",
)
@_with
def _mean_left_in(v, gain, bias):
    return gain * v / ((v**2).mean(-1, keepdim=True) + 1e-5).sqrt() + bias


@mistake(
    "divided by something else",
    "You divide by the variance, or by the length of the vector. Divide by the root of the mean square of "
    "what is left after the mean has been taken away: then its standard deviation is 1.",
)
@_with
def _divided_by_the_variance(v, gain, bias):
    variance, mean = torch.var_mean(v, dim=-1, keepdim=True, correction=0)
    return gain * (v - mean) / (variance + 1e-5) + bias


@_divided_by_the_variance.variant
@_with
def _divided_by_the_length(v, gain, bias):
    centered = v - v.mean(-1, keepdim=True)
    return gain * centered / centered.norm(dim=-1, keepdim=True).clamp(min=1e-5) + bias


EXERCISE = Exercise.from_task(TASK, residual_norm, CASES, mistakes_in(globals()))
