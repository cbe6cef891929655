import pytest
import torch
from models.torch_cells import SIZES, TORCH, cells, read_source

from s2s_course.data.batch import collate
from s2s_course.models.bahdanau import BahdanauConfig, BahdanauEncoderDecoder
from s2s_course.models.registry import model_config


@pytest.mark.parametrize("bidirectional", [False, True])
def test_equals_the_papers_equations(bidirectional):
    """Bahdanau et al. 2015, appendix A.1.2, step by step: the state before the step asks."""
    torch.manual_seed(0)
    model = BahdanauEncoderDecoder(BahdanauConfig(**SIZES, bidirectional=bidirectional)).double()
    batch = collate([([4, 9, 5], [6, 8, 10, 4])])
    memory, z = read_source(model, batch.src[0])
    [cell] = cells(model.decoder)
    score, expected = model.attention.score, []
    for token in batch.tgt_in[0]:
        y = model.tgt_embedding(token)[None]
        e = torch.stack([score.v(torch.tanh(score.W(z[0]) + score.U(h))) for h in memory])
        c = (e.softmax(dim=0) * memory).sum(dim=0, keepdim=True)
        z = cell(torch.cat([y, c], dim=1), z)
        expected.append(model.to_logits(torch.tanh(model.combine(torch.cat([c, z, y], dim=1))))[0])
    logits = model(batch.src, batch.tgt_in, batch.src_mask)[0]
    assert torch.allclose(logits, torch.stack(expected), atol=1e-10, rtol=0)


@pytest.mark.parametrize("cell", TORCH)
def test_the_query_is_the_hidden_state_of_the_last_layer_before_the_step(cell):
    torch.manual_seed(0)
    model = BahdanauEncoderDecoder(BahdanauConfig(**SIZES, cell=cell, num_layers=2))
    queries, hidden_states = [], []
    model.attention.register_forward_pre_hook(lambda _, inputs: queries.append(inputs[0]))
    model.decoder.register_forward_hook(lambda _, inputs, outputs: hidden_states.append(outputs[0]))
    batch = collate([([4, 9, 5], [6, 8, 10])])
    model(batch.src, batch.tgt_in, batch.src_mask)
    assert len(queries) == 4
    for query, before in zip(queries[1:], hidden_states[:-1], strict=True):
        assert torch.equal(query, before)


def test_by_default_it_is_the_model_of_the_paper():
    model = BahdanauEncoderDecoder(BahdanauConfig(**SIZES))
    assert model.encoder.directions == 2 and hasattr(model.attention.score, "v")
    assert model_config("bahdanau", **SIZES) == BahdanauConfig(**SIZES)


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({"context": "every_step"}, "choices of model 'bahdanau' must be among .*score.*, got 'context'"),
        ({"input_feeding": True}, "choices of model 'bahdanau' must be among .*score.*, got 'input_feeding'"),
    ],
)
def test_choices_of_other_models_are_refused(choices, message):
    with pytest.raises(ValueError, match=message):
        model_config("bahdanau", **SIZES, **choices)
