"""A training of well under a second, for tests of runs."""

import signal

import torch

from s2s_course.data.batch import BucketedBatches, collate
from s2s_course.models.registry import build_model, model_config
from s2s_course.training.loop import fit
from s2s_course.training.objectives import translation_loss
from s2s_course.training.validation import Validation

PAIRS = [([4 + n % 7] * (1 + n % 3), [5 + n % 5]) for n in range(40)]


def train(run=None, *, stop=None, signal_number=signal.SIGINT, hidden_size=8, **options):
    """The model and the history. A signal comes during step ``stop``."""
    config = model_config(
        "gru", src_vocab_size=12, tgt_vocab_size=12, embed_size=4, hidden_size=hidden_size, dropout=0.5
    )
    model = build_model("gru", config, seed=0)

    def loss_of(model, batch):
        if stop is not None and torch.is_grad_enabled() and next(steps) == stop:
            signal.raise_signal(signal_number)
        return translation_loss(model, batch)

    steps = iter(range(1, 1_000))
    options = {
        "steps": 20,
        "learning_rate": 0.01,
        "validation": Validation([collate(PAIRS[:9])], every=6),
        **options,
    }
    batches = BucketedBatches(PAIRS, max_tokens=40)
    return model, fit(model, batches, loss_of=loss_of, progress_bar=False, run=run, **options)


def same(one, other):
    """Whether two trainings ended with the same bits."""
    (model, history), (theirs, told) = one, other
    weights = theirs.state_dict()
    return (
        all(torch.equal(value, weights[name]) for name, value in model.state_dict().items())
        and (history.losses, history.gradient_norms) == (told.losses, told.gradient_norms)
        and history.validation_losses == told.validation_losses
        and history.validation_steps == told.validation_steps
        and (history.targets, history.ended_by) == (told.targets, told.ended_by)
    )
