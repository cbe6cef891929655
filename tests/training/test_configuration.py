import math
from dataclasses import dataclass
from functools import partial

import torch

from s2s_course.data.batch import BucketedBatches, collate
from s2s_course.models.registry import build_model, model_config
from s2s_course.training.configuration import describe, differences
from s2s_course.training.fast_loss import FastTranslationLoss
from s2s_course.training.label_smoothing import SmoothedTranslationLoss
from s2s_course.training.objectives import translation_loss
from s2s_course.training.schedule import WarmUpAndDecay, constant
from s2s_course.training.scheduled_sampling import ScheduledSampling
from s2s_course.training.validation import Validation

PAIRS = [([n], [n, 5]) for n in range(4, 40)]


def model(**sizes):
    sizes = {"embed_size": 4, "hidden_size": 6, **sizes}
    return build_model("gru", model_config("gru", src_vocab_size=9, tgt_vocab_size=9, **sizes), seed=0)


def adam(**choices):
    return partial(torch.optim.Adam, **choices)


def batches(pairs=PAIRS, max_tokens=9):
    return BucketedBatches(pairs, max_tokens=max_tokens)


def validation(pairs=PAIRS, **choices):
    return Validation([collate(pairs)], **choices)


def smoothed(**choices):
    return SmoothedTranslationLoss(**choices)


def test_each_choice_is_named_with_what_it_was_and_is():
    for was, now, told in [
        (model(), model(hidden_size=8), "it.hidden_size was 6 and is 8"),
        (adam(betas=(0.9, 0.98)), adam(betas=(0.9, 0.999)), "it.betas was [0.9, 0.98] and is [0.9, 0.999]"),
        (adam(fused=True), adam(), "it.fused was true and is not there"),
        (0.5, math.inf, 'it was 0.5 and is "inf"'),
        (WarmUpAndDecay(4, steps=20), WarmUpAndDecay(4, steps=40), "it.steps was 20 and is 40"),
        (batches(), batches(max_tokens=8), "it.max_tokens was 9 and is 8"),
        (smoothed(smoothing=0.2), smoothed(), "it.smoothing was 0.2 and is 0.1"),
        (validation(), validation(patience=3), "it.patience was null and is 3"),
        (
            translation_loss,
            constant,
            'it was "s2s_course.training.objectives.translation_loss" and is '
            '"s2s_course.training.schedule.constant"',
        ),
    ]:  # fmt: skip
        assert differences(describe({"it": was}), describe({"it": now})) == [told]


def test_another_class_is_told_and_every_difference_counts():
    was, now = (
        describe({"loss": FastTranslationLoss(chunk_size=3)}),
        describe({"loss": SmoothedTranslationLoss()}),
    )
    assert differences(was, now) == [
        'loss.class was "FastTranslationLoss" and is "SmoothedTranslationLoss"',
        "loss.chunk_size was 3 and is 1024",
        "loss.smoothing was not there and is 0.1",
    ]  # fmt: skip


def test_one_other_word_in_the_data_or_number_in_a_tensor_is_noticed():
    changed = [*PAIRS[:-1], ([39], [39, 6])]
    [told] = differences(
        *(describe({"it": BucketedBatches(each, max_tokens=9)}) for each in (PAIRS, changed))
    )
    assert told.startswith('it.pairs was "36 entries ')
    weights = torch.ones(3, 4)
    other = weights.clone()
    other[2, 3] += 1e-7
    assert describe(weights) == describe(weights.clone()) != describe(other)
    assert describe(torch.zeros(2)) != describe(torch.zeros(2, dtype=torch.int32))
    assert describe(validation()) == describe(validation()) != describe(validation(changed))


def test_what_changes_while_it_is_used_does_not_count():
    fresh, used = ScheduledSampling(calls=5), ScheduledSampling(calls=5)
    used.made = 3
    assert describe(fresh) == describe(used) != describe(ScheduledSampling(calls=6))
    trained = model()
    torch.nn.init.zeros_(next(trained.parameters()))
    assert describe(trained) == describe(model())


def test_a_model_without_choices_is_told_by_its_shapes():
    told = differences(*(describe({"it": torch.nn.Linear(2, size)}) for size in (3, 4)))
    assert told == ["it.weight was [3, 2] and is [4, 2]", "it.bias was [3] and is [4]"]


def test_values_that_hold_each_other_come_to_an_end():
    @dataclass
    class Knot:
        other: object = None

    knot = Knot()
    knot.other = knot
    assert describe(knot) == describe(knot)
