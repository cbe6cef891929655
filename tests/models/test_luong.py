import pytest
import torch
from models.torch_cells import SIZES, cells, read_source

from s2s_course.data.batch import collate
from s2s_course.models.luong import LuongConfig, LuongEncoderDecoder
from s2s_course.models.registry import model_config


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("input_feeding", [False, True])
@pytest.mark.parametrize("tied", [False, True])
def test_equals_the_papers_equations(tied, input_feeding, bidirectional):
    """Luong et al. 2015, section 3, step by step: the state after the step asks."""
    torch.manual_seed(0)
    config = LuongConfig(
        **SIZES, score="general", bidirectional=bidirectional, input_feeding=input_feeding, tied=tied
    )
    model = LuongEncoderDecoder(config).double()
    batch = collate([([4, 9, 5], [6, 8, 10, 4])])
    memory, z = read_source(model, batch.src[0])
    [cell] = cells(model.decoder)
    a, expected = torch.zeros(1, 5 if tied else 7, dtype=torch.float64), []
    for token in batch.tgt_in[0]:
        y = model.tgt_embedding(token)[None]
        z = cell(torch.cat([y, a], dim=1) if input_feeding else y, z)
        e = torch.stack([(z[0] @ model.attention.score.W(h))[None] for h in memory])
        c = (e.softmax(dim=0) * memory).sum(dim=0, keepdim=True)
        a = torch.tanh(torch.cat([c, z], dim=1) @ model.combine.weight.T)
        expected.append(model.to_logits(a)[0])
    logits = model(batch.src, batch.tgt_in, batch.src_mask)[0]
    assert torch.allclose(logits, torch.stack(expected), atol=1e-10, rtol=0)


def test_without_input_feeding_the_decoder_is_called_once():
    for choices, expected in (({}, 1), ({"input_feeding": True}, 5)):
        calls = []
        model = LuongEncoderDecoder(LuongConfig(**SIZES, score="dot", **choices))
        model.decoder.register_forward_hook(lambda *_, calls=calls: calls.append(1))
        batch = collate([([4, 9, 5], [6, 8, 10, 4])])
        model(batch.src, batch.tgt_in, batch.src_mask)
        assert len(calls) == expected


def test_what_is_fed_in_has_no_dropout():
    """Dropout falls on what the logits are computed from, not on what goes on to the next step."""
    torch.manual_seed(0)
    config = LuongConfig(**{**SIZES, "hidden_size": 50}, score="dot", input_feeding=True, dropout=0.5)
    model, inputs = LuongEncoderDecoder(config), []
    model.decoder.register_forward_pre_hook(lambda _, args: inputs.append(args[0]))
    batch = collate([([4, 9, 5], [6, 8, 10, 4])])
    model(batch.src, batch.tgt_in, batch.src_mask)
    fed = torch.cat(inputs, dim=1)[:, :, SIZES["embed_size"] :]
    assert (fed[:, 0] == 0).all() and (fed[:, 1:] != 0).all()


def test_a_choice_of_another_model_is_refused():
    with pytest.raises(ValueError, match=r"choices of model 'luong-dot' must be among .*, got 'context'"):
        model_config("luong-dot", **SIZES, context="every_step")
