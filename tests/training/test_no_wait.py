"""No step waits for the device: nothing of what it computes is read before whoever trains asks for it.

On ``meta`` tensors have no numbers, so that every read is an error there. On the CPU the operations that
would wait are counted.
"""

import itertools
import math
from dataclasses import dataclass
from functools import partial

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from s2s_course.data.batch import collate
from s2s_course.data.corruption import mask_tokens
from s2s_course.data.examples import collate_labels
from s2s_course.data.text_stream import TextStream
from s2s_course.data.toy import adding_problem
from s2s_course.models.language_model import LanguageModel, LanguageModelConfig
from s2s_course.models.registry import MODELS, build_model, is_transformer, model_config
from s2s_course.models.sequence import SequenceConfig, SequenceModel
from s2s_course.models.stack import Stack, StackConfig
from s2s_course.training import history
from s2s_course.training.fast_loss import FastTranslationLoss
from s2s_course.training.label_smoothing import SmoothedTranslationLoss
from s2s_course.training.loop import fit, training_loop
from s2s_course.training.objectives import (
    TruncatedBackpropagation,
    labeling_loss,
    regression_loss,
    translation_loss,
)
from s2s_course.training.schedule import constant
from s2s_course.training.scheduled_sampling import ScheduledSampling
from s2s_course.training.step import train_step

PAIRS = [([5, 6], [7, 8, 9]), ([8, 4, 3, 9, 5], [9, 4])]
TRANSFORMER = {"d_model": 8, "num_heads": 2, "d_ff": 8, "num_layers": 1}
READS = ("_local_scalar_dense", "nonzero", "equal", "masked_select", "_unique2", "unique_dim")


def small(name):
    sizes = TRANSFORMER if is_transformer(name) else {"embed_size": 8, "hidden_size": 8}
    return build_model(name, model_config(name, src_vocab_size=12, tgt_vocab_size=12, **sizes), seed=0)


def sequence(**choices):
    return SequenceModel(SequenceConfig(cell="lstm", hidden_size=8, **choices))


def others():
    """Models of other tasks, each with its loss and a batch."""
    labels, stack = collate_labels([([5, 6, 7], [1, 2, 3]), ([4], [0])]), {"vocab_size": 12, **TRANSFORMER}
    yield sequence(every_step=True, vocab_size=12, num_outputs=4), labeling_loss, labels
    yield sequence(every_step=False, input_size=2, num_outputs=1), regression_loss, adding_problem(3, 5)
    yield Stack(StackConfig(**stack, num_labels=4)), labeling_loss, labels
    yield Stack(StackConfig(**stack, causal=True)), labeling_loss, mask_tokens([[4, 5], [6]], mask_index=3)
    chunk = next(iter(TextStream(range(12), batch_size=2, chunk=3).epoch(0)))
    yield LanguageModel(LanguageModelConfig(vocab_size=12, hidden_size=8)), TruncatedBackpropagation(), chunk


def losses():
    return (
        translation_loss, FastTranslationLoss(chunk_size=3), SmoothedTranslationLoss(chunk_size=3),
        ScheduledSampling(calls=3, last=0.2),
    )  # fmt: skip


@pytest.mark.parametrize("name", MODELS)
def test_a_step_reads_nothing_from_meta(name):
    model, batch = small(name).to("meta"), collate(PAIRS).to("meta")
    optimizer = torch.optim.Adam(model.parameters())
    for loss_of in losses():
        for told in train_step(model, batch, optimizer, loss_of, 1.0):
            assert told.is_meta and told.shape == ()


def test_a_step_of_another_task_reads_nothing_from_meta():
    for model, loss_of, batch in others():
        optimizer = torch.optim.Adam(model.to("meta").parameters())
        for _ in range(2):  # a stream goes on from the state of the first
            assert all(told.is_meta for told in train_step(model, batch.to("meta"), optimizer, loss_of, 1.0))


@pytest.mark.parametrize(
    "read",
    [
        torch.Tensor.item, bool, float, torch.Tensor.tolist, torch.Tensor.cpu, torch.Tensor.nonzero,
        torch.Tensor.unique, lambda x: x[x > 0], lambda x: x.masked_select(x > 0),
        lambda x: torch.equal(x, x),
    ],
)  # fmt: skip
def test_meta_refuses_to_be_read(read):
    with pytest.raises((RuntimeError, NotImplementedError)):
        read(torch.ones(1, device="meta"))


class Waiting(TorchDispatchMode):
    """Counts what waits for a device."""

    def __init__(self):
        super().__init__()
        self.found = []

    def __torch_dispatch__(self, function, types, arguments=(), named=None):
        name = function.overloadpacket.__name__
        # torch's own packing reads the sizes of its steps, whole numbers that are on the CPU always
        reads = name in READS and not (name == READS[0] and arguments[0].dtype == torch.long)
        if reads or (name.strip("_").startswith("index") and has_boolean(arguments)):
            self.found.append(name)
        return function(*arguments, **(named or {}))


def has_boolean(arguments):
    """Whether a place is given by a mask."""
    places = arguments[1] if isinstance(arguments[1], (list, tuple)) else []
    return any(place is not None and place.dtype == torch.bool for place in places)


@pytest.mark.parametrize("name", MODELS)
def test_a_step_does_nothing_on_the_cpu_that_would_wait_elsewhere(name):
    model, batch = small(name), collate(PAIRS)
    optimizer = torch.optim.Adam(model.parameters(), fused=True)
    with Waiting() as waiting:
        for loss_of in (*losses(), FastTranslationLoss(bfloat16=True)):
            train_step(model, batch, optimizer, loss_of, 1.0)
    assert waiting.found == []


def test_nor_does_a_step_of_another_task():
    for model, loss_of, batch in others():
        with Waiting() as waiting:
            train_step(model, batch, torch.optim.Adam(model.parameters(), fused=True), loss_of, 1.0)
        assert waiting.found == []


def test_the_loop_goes_from_step_to_step_without_waiting():
    model, batches = small("bahdanau"), [collate(PAIRS), collate(PAIRS[:1])]
    optimizer = torch.optim.Adam(model.parameters(), fused=True)
    loop = training_loop(model, Again(batches), optimizer, 1e-3, constant, translation_loss, 1.0)
    with Waiting() as waiting:
        assert [step for step, *_ in itertools.islice(loop, 5)] == [1, 2, 3, 4, 5]
    assert waiting.found == []


def test_a_training_reads_its_losses_together(monkeypatch):
    """Once at its end, if that comes before ``READ_EVERY``: the losses, then the norms."""
    monkeypatch.setattr(history, "READ_EVERY", math.inf)
    reads, tolist = [], torch.Tensor.tolist
    monkeypatch.setattr(torch.Tensor, "tolist", lambda tensor: reads.append(tensor) or tolist(tensor))
    model, batches = small("transformer"), Again([collate(PAIRS)])
    with Waiting() as waiting:
        trained = fit(model, batches, steps=4, optimizer=partial(torch.optim.Adam, fused=True))
    assert waiting.found == [] and [len(read) for read in reads] == [4, 4] and len(trained.losses) == 4


@dataclass
class Again:
    """The same batches in every epoch."""

    batches: list

    def epoch(self, number):
        return self.batches


@pytest.mark.parametrize(
    "wait", [lambda x: x.sum().item(), lambda x: x[x > 0], lambda x: bool(x.all()), torch.nonzero]
)
def test_waiting_is_found(wait):
    with Waiting() as waiting:
        wait(torch.ones(3))
    assert len(waiting.found) >= 1
