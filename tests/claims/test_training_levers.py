"""What takes a means away leaves the mathematics as it is, and does take it away."""

import torch
from torch import nn

from s2s_course.claims.training_levers import dropout_of_torch, experiment, keys_each_step, sentences
from s2s_course.data.batch import collate
from s2s_course.layers.dropout import Dropout
from s2s_course.models.registry import build_model, model_config
from s2s_course.training.objectives import translation_loss

BATCH = collate([([4, 5, 6], [7, 8, 9, 10]), ([6, 7], [8, 4])])


def model(name, **choices):
    config = model_config(name, src_vocab_size=12, tgt_vocab_size=12, **choices)
    return build_model(name, config, seed=3).double()


def gradients(of):
    translation_loss(of, BATCH).backward()
    return [weights.grad for weights in of.parameters()]


def test_keys_at_each_step_give_the_same_gradient_and_are_made_as_often_as_there_are_steps():
    once, again = (model("bahdanau", embed_size=5, hidden_size=7) for _ in range(2))
    keys_each_step(again)
    made = []
    for each in (once, again):
        each.attention.score.keys = counted(each.attention.score.keys, made)
    for mine, other in zip(gradients(once), gradients(again), strict=True):
        assert torch.allclose(mine, other, rtol=0, atol=1e-12)
    assert len(made) == 1 + 1 + BATCH.tgt_in.size(1), "once for each encoder, and at each step of the second"


def counted(task, calls):
    def run(*inputs):
        calls.append(inputs)
        return task(*inputs)

    return run


def test_dropout_of_torch_replaces_every_dropout_and_keeps_its_share():
    sizes = {"d_model": 8, "num_heads": 2, "d_ff": 8, "num_layers": 2, "dropout": 0.3}
    ours, theirs = model("transformer", **sizes), model("transformer", **sizes)
    dropout_of_torch(theirs)
    places = [name for name, module in ours.named_modules() if isinstance(module, Dropout)]
    assert len(places) > 8
    assert not any(isinstance(module, Dropout) for module in theirs.modules())
    assert all(theirs.get_submodule(name).p == 0.3 for name in places)
    assert [name for name, module in theirs.named_modules() if isinstance(module, nn.Dropout)] == places
    for mine, other in zip(gradients(ours.eval()), gradients(theirs.eval()), strict=True):
        assert torch.equal(mine, other)


def test_sentences_have_the_lengths_that_the_claim_tells():
    lengths = sorted(len(tgt) for seed in range(5) for _, tgt in sentences("quick", seed))
    assert (lengths[len(lengths) // 4], lengths[3 * len(lengths) // 4]) == (9, 16)
    assert sentences("quick", 1) == sentences("quick", 1) != sentences("quick", 2)


def test_a_ratio_is_the_time_without_over_the_time_with():
    values = experiment("smoke", 0)
    for lever in ("buckets", "keys", "real", "bytes"):
        assert values[f"{lever}_gain"] == values[f"{lever}_without"] / values[f"{lever}_with"] > 0
