"""What the three recurrent encoder–decoders have in common."""

import dataclasses
import math

import pytest
import torch
from models.torch_cells import SIZES, TORCH
from torch import nn

from s2s_course.data.batch import collate
from s2s_course.models.registry import build_model, model_config

BATCH = collate([([4, 9, 5], [6, 8, 10])] * 60)
KINDS = pytest.mark.parametrize("name", ["gru", "bahdanau", "luong-general"])


def make(name, **choices):
    return build_model(name, model_config(name, **{**SIZES, **choices}), seed=0)


@pytest.mark.parametrize("cell", TORCH)
def test_each_layer_starts_from_both_directions_of_its_own_layer(cell):
    model = make(cell, num_layers=2, bidirectional=True).double()
    batch = collate([([4, 9, 5], [6])])
    state = model.init_state(batch.src, batch.src_mask)
    _, last = model.encoder.rnn(model.src_embedding(batch.src))  # torch: both directions of a layer, then on
    for part, ends in zip(state.layers, last if cell == "lstm" else (last,), strict=True):
        for layer in range(2):
            both = torch.cat([ends[2 * layer], ends[2 * layer + 1]], dim=1)
            expected = torch.tanh(model.bridge(both))
            assert torch.allclose(part[:, layer], expected, atol=1e-10, rtol=0)


@pytest.mark.parametrize("choices", [{}, {"cell": "lstm", "num_layers": 2}])
@KINDS
def test_the_state_after_all_steps_at_once_is_the_state_after_one_step_each(name, choices):
    model = make(name, **choices).double()
    batch = collate([([4, 9, 5, 6], [6, 8, 10]), ([7], [9, 9, 4])])
    state = model.init_state(batch.src, batch.src_mask)
    _, at_once = model.decode(model.tgt_embedding(batch.tgt_in), state)
    for t in range(batch.tgt_in.size(1)):
        _, state = model.step(batch.tgt_in[:, t], state)
    for field in dataclasses.fields(state):
        mine, expected = (getattr(each, field.name) for each in (at_once, state))
        for one, other in zip(
            *((v if isinstance(v, tuple) else (v,)) for v in (mine, expected)), strict=True
        ):
            assert one is other is None or torch.allclose(one.double(), other.double(), atol=1e-10, rtol=0)


class TestDropout:
    P = 0.3

    def watch(self, model, *names):
        """What goes into each of the parts called ``names``, call by call."""
        seen = {name: [] for name in names}
        for name, inputs in seen.items():
            getattr(model, name).register_forward_pre_hook(lambda _, args, to=inputs: to.append(args[0]))
        return seen

    def assert_dropped(self, got, whole):
        """Each number is 0, with the probability P, or what it was, divided by 1 - P."""
        kept = got != 0
        assert torch.allclose(got[kept], whole[kept] / (1 - self.P), atol=1e-6)
        assert (~kept).double().mean().item() == pytest.approx(self.P, abs=0.08)

    @KINDS
    def test_falls_on_both_embeddings_in_training_and_in_steps(self, name):
        model = make(name, dropout=self.P)
        seen = self.watch(model, "encoder", "decoder")
        model(BATCH.src, BATCH.tgt_in, BATCH.src_mask)
        calls = len(seen["decoder"])
        words = torch.cat(seen["decoder"], dim=1)[:, :, : SIZES["embed_size"]]
        self.assert_dropped(seen["encoder"][0], model.src_embedding(BATCH.src))
        self.assert_dropped(words, model.tgt_embedding(BATCH.tgt_in))
        model.step(BATCH.tgt_in[:, 1], model.init_state(BATCH.src, BATCH.src_mask))
        words = seen["decoder"][calls][:, 0, : SIZES["embed_size"]]
        self.assert_dropped(seen["encoder"][1], model.src_embedding(BATCH.src))
        self.assert_dropped(words, model.tgt_embedding(BATCH.tgt_in[:, 1]))

    @KINDS
    def test_falls_on_what_the_logits_are_computed_from(self, name):
        model = make(name, dropout=self.P)
        seen, whole = self.watch(model, "to_logits"), []
        model.dropout.register_forward_pre_hook(lambda _, args: whole.append(args[0]))
        model(BATCH.src, BATCH.tgt_in, BATCH.src_mask)
        self.assert_dropped(seen["to_logits"][0], whole[-1])
        _, state = model.step(BATCH.tgt_in[:, 0], model.init_state(BATCH.src, BATCH.src_mask))
        self.assert_dropped(seen["to_logits"][1], state.output)

    @KINDS
    @pytest.mark.parametrize("side", ["encoder", "decoder"])
    def test_falls_between_layers(self, name, side):
        """Same inputs, same weights: with two layers the outputs differ from call to call, with one not."""
        for num_layers in (1, 2):
            network = getattr(make(name, dropout=self.P, num_layers=num_layers), side)
            inputs = torch.randn(2, 3, network.input_size)
            outputs = [network(inputs)[0] for _ in range(2)]
            assert torch.equal(*outputs) == (num_layers == 1)
            network.eval()
            assert torch.equal(network(inputs)[0], network(inputs)[0])

    @KINDS
    def test_is_off_in_evaluation(self, name):
        """The same seed draws the same weights, with dropout or without."""
        with_it, without = (make(name, num_layers=2, dropout=p).eval() for p in (self.P, 0.0))
        for model in (with_it, without):
            model.logits = model(BATCH.src, BATCH.tgt_in, BATCH.src_mask)
        assert torch.equal(with_it.logits, without.logits)
        assert not torch.equal(with_it.train()(BATCH.src, BATCH.tgt_in, BATCH.src_mask), without.logits)


@KINDS
def test_weights_begin_at_the_scale_that_torch_gives_them(name):
    """Embeddings have variance 1; a matrix lies within the root of one over the size of its input."""
    sizes = {"src_vocab_size": 300, "tgt_vocab_size": 400, "embed_size": 50, "hidden_size": 60}
    model = make(name, **sizes, bidirectional=True)
    for module in model.modules():
        if isinstance(module, nn.Embedding):
            assert module.weight.mean().item() == pytest.approx(0, abs=0.05)
            assert module.weight.std().item() == pytest.approx(1, abs=0.05)
        elif isinstance(module, nn.Linear):
            bound = 1 / math.sqrt(module.in_features)
            assert 0.9 * bound < module.weight.abs().max() <= bound
        elif isinstance(module, nn.RNNBase):
            for weight in module.parameters():
                assert 0.9 / math.sqrt(60) < weight.abs().max() <= 1 / math.sqrt(60)


@pytest.mark.parametrize("name", ["gru", "bahdanau", "luong-dot"])
def test_tied_weights_are_one_matrix(name):
    model = make(name, embed_size=7, tied=True)
    assert model.to_logits.weight is model.tgt_embedding.weight
    assert make(name).to_logits.weight is not model.tgt_embedding.weight


@KINDS
@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({"cell": "ltsm"}, "cell must be one of rnn, lstm, gru, got 'ltsm'"),
        ({"src_vocab_size": 0}, "src_vocab_size must be at least 1, got 0"),
        ({"tgt_vocab_size": 0}, "tgt_vocab_size must be at least 1, got 0"),
        ({"embed_size": 0}, "embed_size must be at least 1, got 0"),
        ({"hidden_size": 0}, "hidden_size must be at least 1, got 0"),
        ({"num_layers": 0}, "num_layers must be at least 1, got 0"),
        ({"dropout": 1.0}, r"dropout must lie in \[0, 1\), got 1.0"),
        ({"dropout": -0.1}, r"dropout must lie in \[0, 1\), got -0.1"),
    ],
)
def test_bad_configurations_are_refused(name, choices, message):
    with pytest.raises(ValueError, match=message):
        model_config(name, **{**SIZES, **choices})
