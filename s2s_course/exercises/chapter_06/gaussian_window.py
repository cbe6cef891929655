"""Exercise 6.6: the weights of Luong's local attention, with a window and a Gaussian around a center."""

import torch

from s2s_course.exercises.engine.exercise import Case, Exercise, Task
from s2s_course.exercises.engine.misconception import mistake, mistakes_in
from s2s_course.seeds import torch_generator

TASK = Task(
    id="6.6",
    title="A Gaussian window",
    goal="Let attention look at a few words around a position: a softmax over the window, in which a word "
    "counts less the farther it is from the center. Add the logarithm of the Gaussian to the scores before "
    "the softmax, so that the weights sum to 1.",
    points=2,
    difficulty="hard",
    minutes=20,
    outputs=("weights",),
    hints=(
        "exp(a) g = exp(a + log g): multiplying each word's share by g is the same as adding log g to its "
        "score. What is the logarithm of exp(-x)? And which score gives the weight 0?",
        "Three pieces of shape (B, S): the distance of every word from its center; the logarithm of the "
        "Gaussian, which is minus the squared distance over 2 sigma^2; and a mask that is True where a word "
        "is near enough and also real. The second is added to the scores, the third says where -inf must "
        "stand, and a softmax comes last.",
        "`torch.arange(S) - centers.unsqueeze(1)` holds every s - p, in the shape (B, S). Subtract "
        "its square over 2 sigma^2 from the scores, fill with -inf where the distance is above half_width or "
        "src_mask is False, then take the softmax over the words.",
    ),
)


def gaussian_window(
    scores: torch.Tensor,
    centers: torch.Tensor,
    half_width: int,
    src_mask: torch.Tensor,
) -> torch.Tensor:
    """The attention weights of one step around a center p, for each sentence.

    scores:     (B, S) for the words at the positions s = 0 … S-1
    centers:    (B,) the position p to look at, any real number, also one outside the
                sentence; p is learned
    half_width: D_w, at least 1; words with |s - p| <= D_w are in the window
    src_mask:   (B, S) bool, True = real word; padding may stand anywhere, and at least
                one real word is in the window
    returns:    (B, S), the softmax over the real words in the window of
                score - (s - p)^2 / (2 sigma^2) with sigma = D_w / 2; exactly 0
                elsewhere
    """
    positions = torch.arange(scores.shape[1], device=scores.device)
    distance = positions - centers.unsqueeze(1)  # (B, S)
    log_gaussian = -(distance**2) / (2 * (half_width / 2) ** 2)
    may_attend = (distance.abs() <= half_width) & src_mask
    return (scores + log_gaussian).masked_fill(~may_attend, -torch.inf).softmax(dim=-1)


def _case(
    name: str,
    lengths: tuple[int, ...],
    S: int,
    half_width: int,
    *,
    at: tuple[float, float],
    around: float = 0.0,
    gaps: bool = False,
) -> Case:
    """Centers between the two fractions of each sentence's length; whole where the fractions are equal.

    Scores are near ``around``. With ``gaps`` padding stands between the words, but not nearest to p.
    """

    def make(seed: int) -> tuple[torch.Tensor, torch.Tensor, int, torch.Tensor]:
        generator = torch_generator(seed)
        scores = around + torch.randn(len(lengths), S, generator=generator)
        length = torch.tensor(lengths)
        low, high = at
        centers = length * (low + (high - low) * torch.rand(len(lengths), generator=generator))
        src_mask = torch.arange(S) < length.unsqueeze(1)
        if gaps:
            src_mask &= torch.rand(len(lengths), S, generator=generator) < 0.6
            src_mask[torch.arange(len(lengths)), centers.round().long()] = True
        return scores, centers.floor() if low == high else centers, half_width, src_mask

    return Case(name, make)


CASES = (
    _case("a window at the start of the sentences", (11, 9), 11, 2, at=(0.0, 0.3)),
    _case("centers on whole positions", (7, 5, 7), 7, 2, at=(0.5, 0.5)),
    _case("a wide window at the end of the sentences", (4, 7), 11, 3, at=(0.8, 1.0)),
    _case("a narrow window", (8, 5), 8, 1, at=(0.1, 0.9)),
    _case("padding between the words", (9, 7, 8), 9, 3, at=(0.2, 0.8), gaps=True),
    _case("scores far below 0, many sentences", (4, 2, 4, 3, 4), 4, 1, at=(0.0, 0.7), around=-400.0),
    _case("a window wider than the sentences", (4, 3), 4, 6, at=(0.0, 0.9)),
    _case("centers in front of the sentences", (5, 7), 7, 2, at=(-0.15, -0.05)),
    _case("centers behind the sentences", (4, 6), 9, 3, at=(1.05, 1.2)),
)


def _distance(scores, centers):
    return torch.arange(scores.shape[1]) - centers.unsqueeze(1)


def _log_gaussian(scores, centers, sigma):
    return -_distance(scores, centers).square() / (2 * sigma**2)


def _gaussian(scores, centers, half_width):
    return _log_gaussian(scores, centers, half_width / 2).exp()


def _window(scores, centers, half_width):
    return _distance(scores, centers).abs() <= half_width


def _softmax(scores, may_attend):
    return scores.masked_fill(~may_attend, -torch.inf).softmax(dim=-1)


@mistake(
    "multiplied after the softmax",
    "You multiply the weights by the Gaussian after the softmax. That is what the paper says (equation 10), "
    "so your reading is good, but such weights sum to less than 1: by how much depends on where the center "
    "falls, and the context shrinks with it. Asked for is the form that keeps the sum at 1: the logarithm "
    "of the Gaussian is added to the scores.",
)
def _multiplied_after(scores, centers, half_width, src_mask):
    return _no_gaussian(scores, centers, half_width, src_mask) * _gaussian(scores, centers, half_width)


@mistake(
    "window cut after the softmax",
    "You set the weights outside the window to 0 after the softmax. Those words have taken their share by "
    "then, so what is left sums to less than 1. Words outside must be out before the softmax: with the "
    "score -inf they get exactly 0.",
)
def _cut_after(scores, centers, half_width, src_mask):
    return _no_window(scores, centers, half_width, src_mask) * _window(scores, centers, half_width)


@mistake(
    "mask after the softmax",
    "You set the weights of padding to 0 after the softmax. Near the end of a sentence padding lies in the "
    "window and has taken its share by then, so the weights sum to less than 1. Mask the scores.",
)
def _masked_after(scores, centers, half_width, src_mask):
    return _no_mask(scores, centers, half_width, src_mask) * src_mask


@mistake(
    "0 instead of -inf",
    "You give the score 0 to what may not be attended to. 0 is a score like any other, and inside the "
    "window many are lower. Only -inf becomes the weight 0.",
)
def _filled_with_zero(scores, centers, half_width, src_mask):
    may_attend = _window(scores, centers, half_width) & src_mask
    scores = scores + _log_gaussian(scores, centers, half_width / 2)
    return scores.masked_fill(~may_attend, 0.0).softmax(dim=-1)


@mistake(
    "mask missing",
    "You do not use src_mask. At the end of a sentence the window reaches into padding, and the context is "
    "mixed with what stands there.",
)
def _no_mask(scores, centers, half_width, src_mask):
    return gaussian_window(scores, centers, half_width, torch.ones_like(src_mask))


@mistake(
    "window missing",
    "Your Gaussian is right, but there is no window: far words get tiny weights where they must get none. "
    "With exact zeros those words need not even be scored, which is what makes local attention cheap.",
)
def _no_window(scores, centers, half_width, src_mask):
    return _softmax(scores + _log_gaussian(scores, centers, half_width / 2), src_mask)


@mistake(
    "Gaussian missing",
    "All words of your window count the same but for their scores. That is the paper's local-m. Without the "
    "Gaussian no gradient reaches the center, so where to look cannot be learned.",
)
def _no_gaussian(scores, centers, half_width, src_mask):
    return _softmax(scores, _window(scores, centers, half_width) & src_mask)


@mistake(
    "center rounded",
    "You round the center to a whole position. Then no gradient reaches it, so where to look cannot be "
    "learned. The center is a real number, and the window lies around it as it is.",
)
def _center_rounded(scores, centers, half_width, src_mask):
    return gaussian_window(scores, centers.round(), half_width, src_mask)


@_center_rounded.variant
def _center_as_an_integer(scores, centers, half_width, src_mask):
    return gaussian_window(scores, centers.trunc(), half_width, src_mask)


@_center_rounded.variant
def _center_cut_off(scores, centers, half_width, src_mask):
    return gaussian_window(scores, centers.floor(), half_width, src_mask)


@mistake(
    "positions counted from 1",
    "Your positions run from 1 to S, so window and Gaussian lie one word too far to the left. The first "
    "word stands at position 0.",
)
def _counted_from_one(scores, centers, half_width, src_mask):
    return gaussian_window(scores, centers - 1, half_width, src_mask)


@mistake(
    "border left out",
    "You leave out words at the distance D_w itself. They belong to the window: |s - p| <= D_w. It shows "
    "only where the center is a whole number.",
)
def _border_left_out(scores, centers, half_width, src_mask):
    inside = _distance(scores, centers).abs() < half_width
    return _no_window(scores, centers, half_width, inside & src_mask)


@mistake(
    "D_w taken for the whole width",
    "Your window reaches D_w / 2 to each side. D_w is the half-width: it reaches D_w to each side. Only "
    "sigma is half of it.",
)
def _width_for_half_width(scores, centers, half_width, src_mask):
    inside = _window(scores, centers, half_width / 2)
    return _no_window(scores, centers, half_width, inside & src_mask)


@mistake(
    "sigma is D_w",
    "Your sigma is D_w, so the Gaussian is still at 0.61 at the border of the window. With sigma = D_w / 2 "
    "the border is two sigmas away, where it has fallen to 0.14.",
)
def _sigma_is_the_half_width(scores, centers, half_width, src_mask):
    scores = scores + _log_gaussian(scores, centers, half_width)
    return _no_gaussian(scores, centers, half_width, src_mask)


@mistake(
    "factor 2 forgotten",
    "You divide by sigma squared. The exponent of a Gaussian is (s - p)^2 / (2 sigma^2): the factor 2 is "
    "missing, and your bell is too narrow.",
)
def _no_factor_2(scores, centers, half_width, src_mask):
    scores = scores + 2 * _log_gaussian(scores, centers, half_width / 2)
    return _no_gaussian(scores, centers, half_width, src_mask)


@mistake(
    "sigma not squared",
    "You divide by sigma where sigma squared must be. With D_w = 2 the two are the same, and with no other "
    "width.",
)
def _sigma_not_squared(scores, centers, half_width, src_mask):
    scores = scores - _distance(scores, centers).square() / (2 * (half_width / 2))
    return _no_gaussian(scores, centers, half_width, src_mask)


@mistake(
    "minus forgotten",
    "Your words count more the farther they are from the center: the sign in the exponent is wrong.",
)
def _minus_forgotten(scores, centers, half_width, src_mask):
    scores = scores - _log_gaussian(scores, centers, half_width / 2)
    return _no_gaussian(scores, centers, half_width, src_mask)


@mistake(
    "no logarithm",
    "You add the Gaussian itself to the scores. The softmax takes the exponential of what it is given, so a "
    "factor on the weights is its logarithm on the scores.",
)
def _no_logarithm(scores, centers, half_width, src_mask):
    return _no_gaussian(scores + _gaussian(scores, centers, half_width), centers, half_width, src_mask)


@mistake(
    "scores multiplied",
    "You multiply the scores by the Gaussian. That moves a far word's score toward 0, which raises it where "
    "it was negative. A factor on the weights is a summand on the scores.",
)
def _scores_multiplied(scores, centers, half_width, src_mask):
    return _no_gaussian(scores * _gaussian(scores, centers, half_width), centers, half_width, src_mask)


EXERCISE = Exercise.from_task(TASK, gaussian_window, CASES, mistakes_in(globals()), exact_zeros=True)
