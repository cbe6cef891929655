import pytest
import torch
from torch import nn

from s2s_course.models.sequence import SequenceConfig, SequenceModel

B, S, H = 4, 9, 5
MASK = torch.arange(S) < torch.tensor([9, 1, 4, 7])[:, None]


def make(**choices):
    torch.manual_seed(0)
    config = SequenceConfig(**{"cell": "gru", "num_outputs": 3, "hidden_size": H, **choices})
    return SequenceModel(config).double()


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
@pytest.mark.parametrize("bidirectional", [False, True])
def test_one_answer_comes_from_the_last_states_of_the_top_layer(cell, bidirectional):
    model = make(cell=cell, every_step=False, input_size=2, num_layers=2, bidirectional=bidirectional)
    inputs = torch.randn(B, S, 2, dtype=torch.float64)
    answers = model(inputs, MASK)
    for row, length in enumerate(MASK.sum(dim=1)):
        outputs, _ = model.recurrent.rnn(inputs[row, :length])  # torch's own, without a batch
        last = torch.cat([outputs[-1, :H], outputs[0, H:]])  # right to left ends at the first step
        assert torch.allclose(answers[row], model.to_outputs(last), atol=1e-10, rtol=0)


def test_an_answer_at_every_step_sees_the_past_only():
    model = make(every_step=True, vocab_size=11)
    tokens = torch.randint(11, (B, S))
    answers = model(tokens)
    assert answers.shape == (B, S, 3)
    other = tokens.clone()
    other[:, 5:] = (other[:, 5:] + 1) % 11
    changed = (model(other) != answers).any(dim=2)
    assert not changed[:, :5].any() and changed[:, 5:].all()


def test_both_directions_see_the_future_too():
    model = make(every_step=True, vocab_size=11, bidirectional=True)
    tokens = torch.randint(11, (B, S))
    other = tokens.clone()
    other[:, -1] = (other[:, -1] + 1) % 11
    assert (model(other) != model(tokens)).any(dim=2).all()


def test_padding_changes_nothing():
    model = make(every_step=False, vocab_size=11, bidirectional=True)
    tokens = torch.randint(11, (B, S))
    other = torch.where(MASK, tokens, (tokens + 1) % 11)
    assert torch.equal(model(tokens, MASK), model(other, MASK))


def test_tokens_are_embedded_and_vectors_are_not():
    assert isinstance(make(every_step=True, vocab_size=11).embedding, nn.Embedding)
    assert isinstance(make(every_step=True, input_size=2).embedding, nn.Identity)


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({"cell": "elman", "input_size": 2}, "cell must be one of rnn, lstm, gru, got 'elman'"),
        ({}, "vocab_size or input_size must be given, and not both, got None and None"),
        ({"vocab_size": 3, "input_size": 2}, "vocab_size or input_size must be given, and not both"),
        ({"input_size": 0}, "input_size must be at least 1, got 0"),
        ({"input_size": 2, "hidden_size": 0}, "hidden_size must be at least 1, got 0"),
        ({"input_size": 2, "num_outputs": 0}, "num_outputs must be at least 1, got 0"),
    ],
)
def test_bad_choices_are_refused(choices, message):
    with pytest.raises(ValueError, match=message):
        SequenceConfig(**{"cell": "gru", "num_outputs": 3, "every_step": True, **choices})
