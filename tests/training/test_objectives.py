import math

import torch
import torch.nn.functional as F

from s2s_course.data.examples import FreshExamples
from s2s_course.data.text_stream import TextStream
from s2s_course.data.toy import adding_problem, copy_memory
from s2s_course.masks import places_of
from s2s_course.models.language_model import LanguageModel, LanguageModelConfig
from s2s_course.models.sequence import SequenceConfig, SequenceModel
from s2s_course.training.loop import fit
from s2s_course.training.objectives import (
    TruncatedBackpropagation,
    labeling_loss,
    masked_cross_entropy,
    regression_loss,
)
from s2s_course.training.validation import mean_loss


def example():
    torch.manual_seed(0)
    logits = torch.randn(3, 5, 11, dtype=torch.float64, requires_grad=True)
    tgt_out = torch.randint(1, 11, (3, 5))
    tgt_mask = torch.arange(5) < torch.tensor([[5], [1], [3]])
    return logits, tgt_out.masked_fill(~tgt_mask, 0), tgt_mask


def test_equals_torch_with_ignored_padding():
    logits, tgt_out, tgt_mask = example()
    expected = F.cross_entropy(logits.flatten(0, 1), tgt_out.flatten(), ignore_index=0)
    assert torch.allclose(masked_cross_entropy(logits, tgt_out, places_of(tgt_mask)), expected, atol=1e-12)


def test_padding_gets_no_gradient():
    logits, tgt_out, tgt_mask = example()
    masked_cross_entropy(logits, tgt_out, places_of(tgt_mask)).backward()
    assert logits.grad[~tgt_mask].eq(0).all()
    assert logits.grad[tgt_mask].abs().sum(dim=-1).gt(0).all()


def test_uniform_logits_cost_the_logarithm_of_the_vocabulary():
    _, tgt_out, tgt_mask = example()
    loss = masked_cross_entropy(torch.zeros(3, 5, 11), tgt_out, places_of(tgt_mask))
    assert torch.allclose(loss, torch.tensor(11.0).log())


def labeler():
    torch.manual_seed(0)
    return SequenceModel(
        SequenceConfig(cell="gru", num_outputs=6, every_step=True, vocab_size=6, hidden_size=16)
    )


def test_labeling_loss_counts_the_steps_that_are_asked_for():
    model, examples = labeler(), copy_memory(5, 3, num_items=2, num_symbols=4)
    total = torch.tensor(0.0)
    for row, logits in enumerate(model(examples.inputs)):
        for step in examples.target_mask[row].nonzero().squeeze(1):
            total -= logits[step].log_softmax(dim=0)[examples.targets[row, step]]
    assert math.isclose(labeling_loss(model, examples).item(), total.item() / 10, rel_tol=1e-5)


def test_the_loop_trains_a_labeler_on_fresh_examples():
    def make(seed):
        return copy_memory(32, 1, num_items=1, num_symbols=4, seed=seed)

    model = labeler()
    history = fit(
        model, FreshExamples(make), steps=150, learning_rate=0.01, loss_of=labeling_loss, progress_bar=False
    )
    assert history.targets == 150 * 32
    assert history.losses[0] > 1 > 0.1 > mean_loss(model, [make(seed=-1)], loss_of=labeling_loss)


def test_regression_loss_is_the_mean_squared_error():
    torch.manual_seed(0)
    model = SequenceModel(SequenceConfig(cell="rnn", num_outputs=1, every_step=False, input_size=2))
    examples = adding_problem(7, 5)
    answers = model(examples.inputs, examples.mask)[:, 0].detach()
    by_hand = ((answers - examples.targets) ** 2).mean().item()
    assert math.isclose(regression_loss(model, examples).item(), by_hand, rel_tol=1e-6)


class TestTruncatedBackpropagation:
    """Against one long run whose state is carried, or whose gradient is cut by hand."""

    def setup_method(self):
        torch.manual_seed(0)
        self.model = LanguageModel(LanguageModelConfig(vocab_size=9, hidden_size=7)).double()
        self.chunks = list(TextStream(torch.randint(9, (41,)).tolist(), batch_size=2, chunk=5).epoch(0))

    def gradient(self, loss):
        return torch.autograd.grad(loss, self.model.recurrent.rnn.weight_hh_l0)[0]

    def test_the_state_goes_on(self):
        loss_of = TruncatedBackpropagation()
        losses = [loss_of(self.model, chunk) for chunk in self.chunks]
        tokens, targets = (
            torch.cat([getattr(c, n) for c in self.chunks], dim=1) for n in ("inputs", "targets")
        )
        logits, _ = self.model(tokens)
        whole = F.cross_entropy(logits.transpose(1, 2), targets)
        assert torch.allclose(torch.stack(losses).mean(), whole, atol=1e-10)

    def test_the_gradient_stops_where_the_chunk_begins(self):
        loss_of = TruncatedBackpropagation()
        loss_of(self.model, self.chunks[0])
        cut = self.gradient(loss_of(self.model, self.chunks[1]))
        _, state = self.model(self.chunks[0].inputs)
        logits, _ = self.model(self.chunks[1].inputs, tuple(part.detach() for part in state))
        by_hand = self.gradient(F.cross_entropy(logits.transpose(1, 2), self.chunks[1].targets))
        assert torch.allclose(cut, by_hand, atol=1e-10)
        _, state = self.model(self.chunks[0].inputs)
        logits, _ = self.model(self.chunks[1].inputs, state)
        whole = self.gradient(F.cross_entropy(logits.transpose(1, 2), self.chunks[1].targets))
        assert not torch.allclose(cut, whole)
