import pytest
import torch

from s2s_course.models.language_model import LanguageModel, LanguageModelConfig


def make(**choices):
    torch.manual_seed(0)
    return LanguageModel(LanguageModelConfig(vocab_size=11, hidden_size=7, **choices)).double()


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_reading_on_with_the_state_equals_reading_at_once(cell):
    model = make(cell=cell, num_layers=2)
    tokens = torch.randint(11, (3, 9))
    whole, _ = model(tokens)
    first, state = model(tokens[:, :4])
    second, _ = model(tokens[:, 4:], state)
    assert whole.shape == (3, 9, 11)
    assert torch.allclose(torch.cat([first, second], dim=1), whole, atol=1e-10, rtol=0)
    fresh, _ = model(tokens[:, 4:])
    assert not torch.allclose(fresh, second)


def test_the_future_changes_nothing():
    model = make()
    tokens = torch.randint(11, (3, 9))
    other = tokens.clone()
    other[:, 6:] = (other[:, 6:] + 1) % 11
    assert torch.equal(model(tokens)[0][:, :6], model(other)[0][:, :6])


def test_bad_choices_are_refused():
    with pytest.raises(ValueError, match="cell must be one of rnn, lstm, gru, got 'mgu'"):
        LanguageModelConfig(vocab_size=11, cell="mgu")
    with pytest.raises(ValueError, match="embed_size must be at least 1, got 0"):
        LanguageModelConfig(vocab_size=11, embed_size=0)
