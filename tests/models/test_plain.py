import pytest
import torch
from models.torch_cells import SIZES, TORCH, cells, climb, hidden

from s2s_course.data.batch import collate
from s2s_course.models.plain import PlainConfig, PlainEncoderDecoder
from s2s_course.models.registry import model_config


@pytest.mark.parametrize("cell", TORCH)
@pytest.mark.parametrize("num_layers", [1, 2])
@pytest.mark.parametrize("context", ["first_step", "every_step"])
def test_equals_the_recurrence_written_out_by_hand(context, num_layers, cell):
    """The model as equations over one row; torch's cells are the independent part."""
    torch.manual_seed(0)
    config = PlainConfig(**SIZES, cell=cell, context=context, num_layers=num_layers)
    model = PlainEncoderDecoder(config).double()
    batch = collate([([4, 9, 5], [6, 8, 10])])
    zero = torch.zeros(1, 7, dtype=torch.float64)
    states = [(zero, zero) if cell == "lstm" else zero] * num_layers
    for token in batch.src[0]:
        states = climb(cells(model.encoder), model.src_embedding(token)[None], states)
    c, expected = hidden(states[-1]), []
    start = model.init_state(batch.src, batch.src_mask)
    assert torch.allclose(start.context, c, atol=1e-10, rtol=0)
    assert torch.equal(start.output, start.context)  # what a trace shows before the first step
    for token in batch.tgt_in[0]:
        x = model.tgt_embedding(token)[None]
        x = torch.cat([x, c], dim=1) if context == "every_step" else x
        states = climb(cells(model.decoder), x, states)
        expected.append(model.to_logits(hidden(states[-1]))[0])
    logits = model(batch.src, batch.tgt_in, batch.src_mask)[0]
    assert torch.allclose(logits, torch.stack(expected), atol=1e-10, rtol=0)


def test_the_context_of_every_step_reaches_every_step():
    """With the hidden state cut off, only ``every_step``, which is asked for, still knows the source."""
    for choices, depends in (({}, False), ({"context": "every_step"}, True)):
        torch.manual_seed(0)
        model = PlainEncoderDecoder(PlainConfig(**SIZES, **choices)).eval()
        logits = []
        for source in ([4, 5, 6], [9, 9]):
            batch = collate([(source, [6])])
            state = model.init_state(batch.src, batch.src_mask)
            object.__setattr__(state, "layers", tuple(torch.zeros_like(part) for part in state.layers))
            logits.append(model.step(torch.tensor([1]), state)[0])
        assert torch.allclose(*logits) != depends


@pytest.mark.parametrize("context", ["first_step", "every_step"])
def test_the_decoder_is_called_once(context):
    calls, model = [], PlainEncoderDecoder(PlainConfig(**SIZES, context=context))
    model.decoder.register_forward_hook(lambda *_: calls.append(1))
    batch = collate([([4, 9, 5], [6, 8, 10, 4])])
    model(batch.src, batch.tgt_in, batch.src_mask)
    assert len(calls) == 1


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({"context": "never"}, "context must be one of first_step, every_step, got 'never'"),
        ({"tied": True}, "embed_size and hidden_size must be equal if tied is True .*, got 5 and 7"),
        ({"window": "local_p"}, r"choices of model 'gru' must be among .*context.*, got 'window'"),
        ({"input_feeding": True}, r"choices of model 'gru' must be among .*context.*, got 'input_feeding'"),
    ],
)
def test_bad_configurations_are_refused(choices, message):
    with pytest.raises(ValueError, match=message):
        model_config("gru", **SIZES, **choices)
