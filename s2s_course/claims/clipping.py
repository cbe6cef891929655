"""Does clipping rescue training from exploding gradients?"""

import itertools
import math
from statistics import median

import torch

from s2s_course.claims.claim import Claim, Scale
from s2s_course.claims.clause import Derived, More
from s2s_course.claims.figures import Bars
from s2s_course.data.grammar import sentences
from s2s_course.data.text_stream import TextStream
from s2s_course.models.language_model import LanguageModel, LanguageModelConfig
from s2s_course.seeds import seed_everything
from s2s_course.text.codec import TextCodec
from s2s_course.text.tokenize import CharacterTokenizer
from s2s_course.training.history import History
from s2s_course.training.loop import fit
from s2s_course.training.objectives import TruncatedBackpropagation
from s2s_course.training.validation import mean_loss

# sentences for training and for validation, hidden units, steps of 32 chunks of 100 characters
SIZES = {"smoke": (400, 400, 8, 3), "quick": (3_400, 600, 128, 300), "full": (50_000, 2_000, 512, 3_000)}
RATE = 3.0
LOWER_RATES = (0.5, 1.0, 2.0)  # without clipping; the best of them counts


def experiment(scale: Scale, seed: int) -> dict[str, float]:
    """Validation loss in nats a character, and the gradient's norm where training without clipping broke."""
    num_train, num_validation, hidden_size, steps = SIZES[scale]
    found = sentences(seed=0, max_length=12)
    texts = [sentence.pair.src for sentence in itertools.islice(found, num_train + num_validation)]
    codec = TextCodec.build(CharacterTokenizer("en"), texts[:num_train])
    train = TextStream.from_texts(texts[:num_train], codec, batch_size=32, chunk=100)
    validation = TextStream.from_texts(texts[num_train:], codec, batch_size=32, chunk=100)
    guessing = math.log(len(codec.vocab))

    def run(learning_rate: float, clip_norm: float) -> tuple[float, History]:
        seed_everything(seed)
        config = LanguageModelConfig(vocab_size=len(codec.vocab), cell="rnn", hidden_size=hidden_size)
        model = LanguageModel(config)
        history = fit(
            model,
            train,
            steps=steps,
            optimizer=torch.optim.SGD,
            learning_rate=learning_rate,
            clip_norm=clip_norm,
            loss_of=TruncatedBackpropagation(),
            seed=seed,
            progress_bar=False,
        )
        return mean_loss(model, validation.epoch(0), loss_of=TruncatedBackpropagation()), history

    clipped, _ = run(RATE, 1.0)
    unclipped, history = run(RATE, math.inf)
    # Steps up to the one that broke the network: after it the loss is far worse than guessing.
    broken = next((i for i, loss in enumerate(history.losses) if i > 0 and loss > 1.5 * guessing), None)
    return {
        "guessing_loss": guessing,
        "clipped_loss": clipped,
        "unclipped_loss": unclipped,
        "unclipped_slower_loss": min(run(rate, math.inf)[0] for rate in LOWER_RATES),
        "norm_before": median(history.gradient_norms[:broken]),
        "norm_that_broke": max(history.gradient_norms[:broken]),
    }


def _at_most_guessing(name: str, value: str) -> Derived:
    """A loss, seed by seed; where training broke it counts as that of guessing."""
    return Derived(name, lambda values: list(map(min, values[value], values["guessing_loss"])))


CLAIM = Claim(
    id="clipping",
    chapter=2,
    title="Clipping rescues training",
    statement="Clipping rescues training from exploding gradients: at a learning rate at which a plain RNN "
    "diverges without it, it trains with it, and ends better than without it at the best of three lower "
    "rates.",
    source="Pascanu et al. 2013, section 3.2 and algorithm 1",
    conditions="A language model over characters of the grammar's sentences: a plain RNN with 128 units, "
    "300 steps of plain stochastic gradient descent, gradients through 100 steps. Rate 3 with and without "
    "clipping to norm 1, and rates 0.5, 1 and 2 without, of which the best counts. Same text, same first "
    "weights. A loss above that of guessing counts as guessing.",
    experiment=experiment,
    clauses=(
        More(
            "At a rate of 3 it ends with a lower loss with clipping than without.",
            _at_most_guessing("rate 3, not clipped", "unclipped_loss"),
            _at_most_guessing("rate 3, clipped", "clipped_loss"),
            unit="nats a character",
            digits=2,
        ),
        More(
            "With clipping at a rate of 3 it ends lower than without at the best of three lower rates.",
            _at_most_guessing("best lower rate, not clipped", "unclipped_slower_loss"),
            _at_most_guessing("rate 3, clipped", "clipped_loss"),
            unit="nats a character",
            digits=2,
        ),
    ),
    figures=(
        Bars(
            "validation loss (nats a character)",
            {
                "clipped_loss": "rate 3, clipped to norm 1",
                "unclipped_slower_loss": "best lower rate, not clipped",
                "unclipped_loss": "rate 3, not clipped",
                "guessing_loss": "guessing",
            },
            digits=2,
        ),
    ),
    family="rnn",
    names={
        "norm_before": "usual norm of the gradient, not clipped",
        "norm_that_broke": "largest norm before the loss jumps, not clipped",
    },
)
