import pytest
import torch
from torch import nn

from s2s_course.data.batch import collate
from s2s_course.models.recurrent import RecurrentConfig, RecurrentEncoderDecoder
from s2s_course.models.registry import build_model, config_to_json, model_config

SIZES = {"src_vocab_size": 13, "tgt_vocab_size": 17, "embed_size": 5, "hidden_size": 7}


TORCH = {"rnn": nn.RNNCell, "lstm": nn.LSTMCell, "gru": nn.GRUCell}


def cells(network):
    """One cell of torch's own for each layer of ``network``, with its weights."""
    made = []
    for layer in range(network.num_layers):
        suffix = f"_l{layer}"
        state = network.rnn.state_dict()
        weights = {k.removesuffix(suffix): v for k, v in state.items() if k.endswith(suffix)}
        made.append(TORCH[network.cell](weights["weight_ih"].size(1), network.hidden_size).double())
        made[-1].load_state_dict(weights)
    return made


def climb(layers, x, states):
    """One time step through all layers: their new states. An LSTM's state is a pair, hidden first."""
    new = []
    for cell, state in zip(layers, states, strict=True):
        new.append(cell(x, state))
        x = hidden(new[-1])
    return new


def hidden(state):
    return state[0] if isinstance(state, tuple) else state


@pytest.mark.parametrize("cell", TORCH)
@pytest.mark.parametrize("num_layers", [1, 2])
@pytest.mark.parametrize("context", ["first_step", "every_step"])
def test_equals_the_recurrence_written_out_by_hand(context, num_layers, cell):
    """The model as equations over one row; torch's cells are the independent part."""
    torch.manual_seed(0)
    config = RecurrentConfig(**SIZES, cell=cell, context=context, num_layers=num_layers)
    model = RecurrentEncoderDecoder(config).double()
    batch = collate([([4, 9, 5], [6, 8, 10])])
    zero = torch.zeros(1, 7, dtype=torch.float64)
    states = [(zero, zero) if cell == "lstm" else zero] * num_layers
    for token in batch.src[0]:
        states = climb(cells(model.encoder), model.src_embedding(token)[None], states)
    c, expected = hidden(states[-1]), []
    for token in batch.tgt_in[0]:
        x = model.tgt_embedding(token)[None]
        x = torch.cat([x, c], dim=1) if context == "every_step" else x
        states = climb(cells(model.decoder), x, states)
        expected.append(model.to_logits(hidden(states[-1]))[0])
    logits = model(batch.src, batch.tgt_in, batch.src_mask)[0]
    assert torch.allclose(logits, torch.stack(expected), atol=1e-10, rtol=0)


def test_the_context_of_every_step_reaches_every_step():
    """With the hidden state cut off, only ``every_step`` still knows the source."""
    for context, depends in (("first_step", False), ("every_step", True)):
        torch.manual_seed(0)
        model = RecurrentEncoderDecoder(RecurrentConfig(**SIZES, context=context)).eval()
        logits = []
        for source in ([4, 5, 6], [9, 9]):
            batch = collate([(source, [6])])
            state = model.init_state(batch.src, batch.src_mask)
            object.__setattr__(state, "layers", tuple(torch.zeros_like(part) for part in state.layers))
            logits.append(model.step(torch.tensor([1]), state)[0])
        assert torch.allclose(*logits) != depends


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({"cell": "ltsm"}, "cell must be one of rnn, lstm, gru, got 'ltsm'"),
        ({"context": "never"}, "context must be one of first_step, every_step, got 'never'"),
        ({"hidden_size": 0}, "hidden_size must be at least 1, got 0"),
        ({"num_layers": 0}, "num_layers must be at least 1, got 0"),
        ({"dropout": 1.0}, r"dropout must lie in \[0, 1\), got 1.0"),
    ],
)
def test_bad_configurations_are_refused(choices, message):
    with pytest.raises(ValueError, match=message):
        model_config("gru", **{**SIZES, **choices})


def test_an_unknown_model_is_refused():
    with pytest.raises(ValueError, match=r"model must be one of .*gru.*, got 'lstm2'"):
        model_config("lstm2", **SIZES)


def test_a_choice_that_the_model_does_not_have_is_refused():
    with pytest.raises(
        ValueError, match=r"choices of model 'gru' must be among .*context.*, got 'num_heads'"
    ):
        model_config("gru", **SIZES, num_heads=4)


def test_a_configuration_survives_json():
    config = model_config("gru", **SIZES, context="every_step")
    assert model_config("gru", **config_to_json(config)) == config
    assert build_model("gru", config, seed=0).config == config
