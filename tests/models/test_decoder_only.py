"""One stack that reads the source and goes on with the target: its mask, against a rule written as loops."""

import pytest
import torch

from s2s_course.data.batch import collate
from s2s_course.models.decoder_only import DecoderOnly, DecoderOnlyConfig
from s2s_course.seeds import seed_everything

SIZES = {
    "src_vocab_size": 13, "tgt_vocab_size": 17, "d_model": 12, "num_heads": 3, "d_ff": 19, "num_layers": 2,
    "dropout": 0.0,
}  # fmt: skip
PAIRS = [([5, 6, 7], [4, 8]), ([9], [5, 5, 6])]


def build(**choices) -> DecoderOnly:
    seed_everything(0)
    return DecoderOnly(DecoderOnlyConfig(**{**SIZES, **choices})).double()


@pytest.mark.parametrize("prefix", [False, True])
def test_the_mask_is_the_rule(prefix):
    batch = collate(PAIRS)
    S, T = batch.src.size(1), batch.tgt_in.size(1)
    mask = build(prefix=prefix).mask(batch.src_mask, T)
    assert mask.shape == (2, 1, S + T, S + T)
    for row in range(2):
        for query in range(S + T):
            for key in range(S + T):
                real = key >= S or bool(batch.src_mask[row, key])
                sees = key <= query or (prefix and query < S and key < S)
                assert mask[row, 0, query, key] == (real and sees)


def test_in_a_prefix_the_first_source_word_knows_the_last():
    batch, changed = collate([([5, 6, 7], [4])]), collate([([5, 6, 8], [4])])
    for prefix in (False, True):
        model = build(prefix=prefix)
        one, other = (model.init_state(b.src, b.src_mask).memory[0, 0] for b in (batch, changed))
        assert torch.allclose(one, other, atol=1e-10) != prefix


def test_it_has_about_as_many_weights_as_an_encoder_and_a_decoder_of_half_the_layers():
    from s2s_course.models.transformer import Transformer, TransformerConfig

    def count(model):
        return sum(parameter.numel() for parameter in model.parameters())

    sizes = {**SIZES, "d_model": 48}
    two = count(Transformer(TransformerConfig(**{**sizes, "num_layers": 2})))
    one = count(build(d_model=48, num_layers=4))
    assert 0.7 < one / two < 1  # what is missing is the cross-attention


@pytest.mark.parametrize("positions", ["rotary", "relative", "alibi", "concatenated"])
def test_positions_that_would_count_padding_are_refused(positions):
    with pytest.raises(
        ValueError, match=f"positions must be one of none, sinusoidal, learned, got '{positions}'"
    ):
        build(positions=positions)
