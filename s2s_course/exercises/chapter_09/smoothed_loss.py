"""Exercise 9.5: the loss with label smoothing."""

import torch

from s2s_course.exercises.engine.exercise import Case, Exercise, Task
from s2s_course.exercises.engine.misconception import mistake, mistakes_in
from s2s_course.seeds import torch_generator

TASK = Task(
    id="9.5",
    title="Label smoothing",
    goal="Compute the cross-entropy with a smoothed target: the share ε of the probability is spread evenly "
    "over the vocabulary, and the right word gets the rest beside its own part of ε.",
    points=2,
    difficulty="medium",
    minutes=15,
    outputs=("loss",),
    hints=(
        "Write the target for V = 5 and ε = 0.1 as five numbers. What is their sum? The loss is the sum of "
        "-share · log-probability over the words.",
        "The target is a mixture: with the weight 1 - ε the usual one, with the weight ε an even one over "
        "all V words. So the loss is a mixture too: of the usual loss, and of the mean of -log-probability "
        "over the whole vocabulary. The average over the positions comes last.",
        "`log_probs = logits.log_softmax(dim=1)`. The share ε / V for every word gives ε times the mean of a "
        "row. The share 1 - ε more for the right word gives (1 - ε) times its own, which `gather` picks.",
    ),
)


def smoothed_loss(
    logits: torch.Tensor,
    targets: torch.Tensor,
    smoothing: float,
) -> torch.Tensor:
    """Cross-entropy with a target that leaves some probability to every word.

    logits:    (N, V) scores before the softmax
    targets:   (N,) int64, the right words
    smoothing: ε. The target gives the share ε / V to every word of the vocabulary, and
               1 - ε more to the right one.
    returns:   a tensor of shape (), in nats: the mean over the N positions
    """
    log_probs = logits.log_softmax(dim=1)  # (N, V)
    right = log_probs.gather(1, targets.unsqueeze(1)).squeeze(1)  # (N,)
    everywhere = log_probs.mean(dim=1)  # (N,), the share 1 / V for each word
    return -((1 - smoothing) * right + smoothing * everywhere).mean()


def _case(name: str, N: int, V: int, smoothing: float, *, scale: float = 1.0) -> Case:
    """The first target is word 0."""

    def make(seed: int) -> tuple[torch.Tensor, torch.Tensor, float]:
        generator = torch_generator(seed)
        targets = torch.randint(V, (N,), generator=generator)
        targets[0] = 0
        return scale * torch.randn(N, V, generator=generator), targets, smoothing

    return Case(name, make)


CASES = (
    _case("three positions, five words", 3, 5, 0.1),
    _case("much smoothing", 5, 7, 0.4),
    _case("a single position and a large vocabulary", 1, 101, 0.1),
    _case("more positions than words", 7, 4, 0.3),
    _case("scores so large that a softmax gives exact zeros", 4, 5, 0.2, scale=200.0),
)


def _right(log_probs, targets):
    return log_probs.gather(1, targets.unsqueeze(1)).squeeze(1)


def _one_hot(logits, targets):
    return torch.zeros_like(logits).scatter(1, targets.unsqueeze(1), 1.0)


def _mixture(logits, targets, smoothing):
    return (1 - smoothing) * _one_hot(logits, targets) + smoothing / logits.shape[1]


@mistake(
    "ε shared by the other words",
    "You spread ε over the V - 1 other words and leave 1 - ε to the right one. Some libraries do so, and "
    "for a large vocabulary it is nearly the same. Here ε is spread over all V words, the right one among "
    "them.",
)
def _shared_by_the_others(logits, targets, smoothing):
    share = smoothing / (logits.shape[1] - 1)
    mixture = torch.full_like(logits, share).scatter(1, targets.unsqueeze(1), 1 - smoothing)
    return -(mixture * logits.log_softmax(1)).sum(1).mean()


@mistake(
    "shares do not sum to 1",
    "The shares of your target do not sum to 1. The right word gets 1 - ε and ε / V besides; each other "
    "word gets ε / V.",
)
def _no_share_for_the_right_word(logits, targets, smoothing):
    share = smoothing / logits.shape[1]
    mixture = torch.full_like(logits, share).scatter(1, targets.unsqueeze(1), 1 - smoothing)
    return -(mixture * logits.log_softmax(1)).sum(1).mean()


@_no_share_for_the_right_word.variant
def _right_word_whole(logits, targets, smoothing):
    share = smoothing / logits.shape[1]
    mixture = torch.full_like(logits, share).scatter(1, targets.unsqueeze(1), 1.0)
    return -(mixture * logits.log_softmax(1)).sum(1).mean()


@_no_share_for_the_right_word.variant
def _added_to_the_whole(logits, targets, smoothing):
    log_probs = logits.log_softmax(1)
    return -(_right(log_probs, targets) + smoothing * log_probs.mean(1)).mean()


@_no_share_for_the_right_word.variant
def _whole_epsilon_for_each(logits, targets, smoothing):
    log_probs = logits.log_softmax(1)
    return -((1 - smoothing) * _right(log_probs, targets) + smoothing * log_probs.sum(1)).mean()


@mistake(
    "averaged over the words too",
    "Your loss is V times too small: you average over positions and words. Over the words of one position "
    "the products are summed; only over positions one takes the mean.",
)
def _mean_over_the_words_too(logits, targets, smoothing):
    return smoothed_loss(logits, targets, smoothing) / logits.shape[1]


@mistake(
    "summed, not averaged",
    "You add up the losses of the positions. Take their mean: else the loss and its gradient grow with the "
    "batch.",
)
def _summed(logits, targets, smoothing):
    return smoothed_loss(logits, targets, smoothing) * len(logits)


@mistake(
    "not smoothed",
    "This is the ordinary cross-entropy: nothing is smoothed.",
)
def _not_smoothed(logits, targets, smoothing):
    return smoothed_loss(logits, targets, 0.0)


@mistake(
    "1 - ε and ε exchanged",
    "You have exchanged ε and 1 - ε: nearly all of your target is spread over the vocabulary, and the model "
    "hardly learns which word is right.",
)
def _shares_exchanged(logits, targets, smoothing):
    return smoothed_loss(logits, targets, 1 - smoothing)


@mistake(
    "answer smoothed instead of the target",
    "You smooth what the model answers, its probabilities or its logits. Smooth the target: the model "
    "itself has to learn to leave something to the other words.",
)
def _answer_smoothed(logits, targets, smoothing):
    mixed = (1 - smoothing) * logits.softmax(1) + smoothing / logits.shape[1]
    return -_right(mixed.log(), targets).mean()


@_answer_smoothed.variant
def _logits_smoothed(logits, targets, smoothing):
    return smoothed_loss((1 - smoothing) * logits + smoothing / logits.shape[1], targets, 0.0)


@_answer_smoothed.variant
def _logits_divided(logits, targets, smoothing):
    return smoothed_loss(logits / (1 + smoothing), targets, 0.0)


@mistake(
    "no logarithm",
    "You multiply the shares of the target by probabilities. The cross-entropy multiplies them by "
    "log-probabilities: a right word that was held for impossible must cost much.",
)
def _no_logarithm(logits, targets, smoothing):
    return -(_mixture(logits, targets, smoothing) * logits.softmax(1)).sum(1).mean()


@_no_logarithm.variant
def _one_minus_agreement(logits, targets, smoothing):
    return 1 + _no_logarithm(logits, targets, smoothing)


@mistake(
    "no softmax",
    "You take the logits for log-probabilities. They are scores of any size: `log_softmax` must come first.",
)
def _no_softmax(logits, targets, smoothing):
    return -(_mixture(logits, targets, smoothing) * logits).sum(1).mean()


@mistake(
    "logarithm of a softmax",
    "You take the logarithm of a softmax. Where a probability is so small that it becomes exactly 0, the "
    "loss is infinite, and with label smoothing every word counts, so it happens often. `log_softmax` stays "
    "finite.",
)
def _log_of_softmax(logits, targets, smoothing):
    return -(_mixture(logits, targets, smoothing) * logits.softmax(1).log()).sum(1).mean()


@mistake(
    "divergence instead of cross-entropy",
    "You subtract the entropy of the target: that is the Kullback-Leibler divergence, which `F.kl_div` "
    "gives. It trains the same, since that entropy depends on nothing that is learned, and its smallest "
    "value is 0. Asked for is the cross-entropy.",
)
def _divergence(logits, targets, smoothing):
    mixture = _mixture(logits, targets, smoothing)
    return (mixture * (mixture.log() - logits.log_softmax(1))).sum(1).mean()


@_divergence.variant
def _divergence_per_word(logits, targets, smoothing):
    return _divergence(logits, targets, smoothing) / logits.shape[1]


@mistake(
    "entropy of the model rewarded",
    "You reward the entropy of the model. It is a relative of label smoothing, called a confidence penalty. "
    "Label smoothing leaves the cross-entropy as it is and changes its target.",
)
def _entropy_rewarded(logits, targets, smoothing):
    log_probs = logits.log_softmax(1)
    entropy = -(log_probs.exp() * log_probs).sum(1)
    return (-_right(log_probs, targets) - smoothing * entropy).mean()


@mistake(
    "minus sign forgotten",
    "The sign of your loss is wrong. Minimizing it would make the right words less likely.",
)
def _minus_forgotten(logits, targets, smoothing):
    return -smoothed_loss(logits, targets, smoothing)


def _with_small_number(small, *, clamped=False):
    def wrong(logits, targets, smoothing):
        probs = logits.softmax(1)
        log_probs = (probs.clamp(min=small) if clamped else probs + small).log()
        return -(_mixture(logits, targets, smoothing) * log_probs).sum(1).mean()

    return wrong


_small_number_added = mistake(
    "a small number added to the probability",
    "You keep the logarithm finite with a small number, as in `log(p + 1e-9)` or `clamp`. Then no word costs "
    "more than -log of that number, about 21, and the gradient of improbable words vanishes. `log_softmax` "
    "needs no such number.",
)(_with_small_number(1e-9))
for _small in (1e-5, 1e-6, 1e-7, 1e-8, 1e-10, 1e-12, 1e-20):
    _small_number_added.variant(_with_small_number(_small))
for _small in (1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-12, 1e-20):
    _small_number_added.variant(_with_small_number(_small, clamped=True))


@mistake(
    "softmax over the positions",
    "Your softmax runs over the N positions. The words of the vocabulary stand on the last axis.",
)
def _over_the_positions(logits, targets, smoothing):
    return -(_mixture(logits, targets, smoothing) * logits.log_softmax(0)).sum(1).mean()


EXERCISE = Exercise.from_task(TASK, smoothed_loss, CASES, mistakes_in(globals()))
