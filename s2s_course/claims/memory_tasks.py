"""What the experiments on memory have in common: train on a toy task, and climb a ladder of lags."""

from collections.abc import Callable, Sequence

import torch

from s2s_course.claims.claim import Scale
from s2s_course.data.examples import FreshExamples
from s2s_course.data.toy import adding_problem, copy_memory
from s2s_course.layers.initialization import forget_bias_, orthogonal_
from s2s_course.layers.recurrent import RecurrentNetwork
from s2s_course.models.contract import evaluating
from s2s_course.models.sequence import SequenceConfig, SequenceModel
from s2s_course.seeds import seed_everything
from s2s_course.training.loop import fit
from s2s_course.training.objectives import labeling_loss, regression_loss
from s2s_course.training.validation import mean_loss

LEARNING_RATES = (3e-3, 1e-2)  # every network gets both, and the better counts
BATCH_SIZE, NUM_SYMBOLS = 64, 8
STEPS: dict[Scale, int] = {"smoke": 2, "quick": 400, "full": 4_000}
HIDDEN_SIZE: dict[Scale, int] = {"smoke": 4, "quick": 64, "full": 256}
LAGS: dict[Scale, tuple[int, ...]] = {
    "smoke": (2,),
    "quick": (5, 10, 15, 20, 30, 40, 50, 75, 100),
    "full": (5, 10, 15, 20, 30, 40, 50, 75, 100, 150, 200, 300, 500),
}  # fmt: skip

# The networks that are compared: a cell and how its weights begin; None leaves them as torch draws them.
Start = Callable[[RecurrentNetwork], None] | None
NETWORKS: dict[str, tuple[str, Start]] = {
    "rnn": ("rnn", None),
    "rnn_orthogonal": ("rnn", orthogonal_),
    "lstm": ("lstm", None),
    "lstm_forget_bias_0": ("lstm", lambda network: forget_bias_(network, 0.0)),
    "lstm_forget_bias_1": ("lstm", lambda network: forget_bias_(network, 1.0)),
    "gru": ("gru", None),
}


def build(name: str, *, seed: int, **choices) -> SequenceModel:
    """One of ``NETWORKS`` inside a sequence model; ``choices`` go to its configuration."""
    cell, start = NETWORKS[name]
    seed_everything(seed)
    model = SequenceModel(SequenceConfig(cell=cell, **choices))
    if start is not None:
        start(model.recurrent)
    return model


def train_on_copy_memory(
    name: str, lag: int, *, steps: int, hidden_size: int, learning_rate: float, seed: int
) -> SequenceModel:
    """A network trained to recall one of eight symbols after ``lag`` + 1 steps."""

    def make(seed: int):
        return copy_memory(BATCH_SIZE, lag, num_items=1, num_symbols=NUM_SYMBOLS, seed=seed)

    size = NUM_SYMBOLS + 2  # and the blank and the delimiter
    model = build(
        name, seed=seed, num_outputs=size, vocab_size=size, every_step=True, hidden_size=hidden_size
    )
    fit(
        model, FreshExamples(make, seed), steps=steps, learning_rate=learning_rate, loss_of=labeling_loss,
        seed=seed, progress_bar=False,
    )  # fmt: skip
    return model


@torch.no_grad()
def recall_accuracy(model: SequenceModel, lag: int, *, seed: int) -> float:
    """The share of symbols recalled right, on 512 sequences that are not for training."""
    unseen = copy_memory(512, lag, num_items=1, num_symbols=NUM_SYMBOLS, seed=-1 - seed)
    with evaluating(model):
        answers = model(unseen.inputs, unseen.mask).argmax(dim=-1)
    return (answers == unseen.targets)[unseen.target_mask].float().mean().item()


def train_on_adding(
    name: str, length: int, *, steps: int, hidden_size: int, learning_rate: float, seed: int
) -> SequenceModel:
    """A network trained on the adding problem over ``length`` steps."""

    def make(seed: int):
        return adding_problem(BATCH_SIZE, length, seed=seed)

    model = build(name, seed=seed, num_outputs=1, input_size=2, every_step=False, hidden_size=hidden_size)
    fit(
        model, FreshExamples(make, seed), steps=steps, learning_rate=learning_rate, loss_of=regression_loss,
        seed=seed, progress_bar=False,
    )  # fmt: skip
    return model


def adding_error(model: SequenceModel, length: int, *, seed: int) -> float:
    """The mean squared error on 512 sequences that are not for training."""
    return mean_loss(model, [adding_problem(512, length, seed=-1 - seed)], loss_of=regression_loss)


def copies(name: str, lag: int, *, scale: Scale, seed: int) -> bool:
    """Does the network, with one of the learning rates, recall at least 95 % of the symbols?"""
    sizes = dict(steps=STEPS[scale], hidden_size=HIDDEN_SIZE[scale], seed=seed)
    return any(
        recall_accuracy(train_on_copy_memory(name, lag, learning_rate=rate, **sizes), lag, seed=seed) >= 0.95
        for rate in LEARNING_RATES
    )


def adds(name: str, length: int, *, scale: Scale, seed: int) -> bool:
    """Is the mean squared error, with one of the learning rates, at most 0.01? Answering 1 gives 0.17."""
    sizes = dict(steps=STEPS[scale], hidden_size=HIDDEN_SIZE[scale], seed=seed)
    return any(
        adding_error(train_on_adding(name, length, learning_rate=rate, **sizes), length, seed=seed) <= 0.01
        for rate in LEARNING_RATES
    )


def longest_solved(solves: Callable[[int], bool], lags: Sequence[int]) -> float:
    """The last of the ascending ``lags`` before the first that is not solved; 0 where none is."""
    longest = 0
    for lag in lags:
        if not solves(lag):
            break
        longest = lag
    return float(longest)
