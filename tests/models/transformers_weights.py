"""Which weight of MarianMT or BART in the ``transformers`` library is which weight of our ``Transformer``."""

from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import Tensor, nn

from s2s_course.layers.multihead import MultiHeadAttention
from s2s_course.layers.positions import sinusoids
from s2s_course.models.transformer import Transformer, TransformerConfig

EVERYTHING = slice(None)


class Pair(NamedTuple):
    """``mine`` is ``factor`` times the ``part`` of ``theirs``."""

    mine: Tensor
    theirs: Tensor
    part: tuple
    factor: float = 1.0


def halves_to_turns(d_model: int) -> Tensor:
    """Where, for each number of our vectors, Marian has the same number in its own.

    Its table has all sines first and then all cosines; ours has them in turns, as the paper writes them.
    So each of our vectors of size D is one of Marian's in another order. The vectors inside a head never
    meet the table and keep their order.
    """
    order, half = torch.empty(d_model, dtype=torch.long), (d_model + 1) // 2
    order[0::2], order[1::2] = torch.arange(half), torch.arange(half, d_model)
    return order


def mine_like(theirs: nn.Module, order: Tensor) -> Transformer:
    """Our model, in float64, with the configuration and the weights of ``theirs``."""
    config = theirs.config
    marian = config.model_type == "marian"
    mine = Transformer(
        TransformerConfig(
            src_vocab_size=config.vocab_size,
            tgt_vocab_size=theirs.lm_head.out_features,
            d_model=config.d_model,
            num_heads=config.encoder_attention_heads,
            d_ff=config.encoder_ffn_dim,
            num_layers=config.encoder_layers,
            positions="sinusoidal" if marian else "learned",
            max_length=config.max_position_embeddings,
            norm_first=False,
            norm_embedding=not marian,
            activation={"swish": "silu"}.get(config.activation_function, config.activation_function),
            # without their scale our embedding is theirs over √D, and no longer the matrix of the logits
            tied=config.tie_word_embeddings and config.scale_embedding,
        )
    )
    mine.double().eval()
    missing = {id(parameter) for parameter in mine.parameters()}
    with torch.no_grad():
        for pair in weight_pairs(mine, theirs, order):
            pair.mine.copy_(pair.theirs[pair.part] * pair.factor)
            missing.discard(id(pair.mine))
    assert not missing, "weights of our model have no counterpart"
    return mine


@torch.no_grad()
def fill_with_random_numbers(theirs: nn.Module, order: Tensor) -> None:
    """Put ``theirs`` in float64, with biases and norms that no fresh model has, so that none can be left out.

    The layers are weak beside the path around them, so that it writes more than one word again and again.
    """
    theirs.double().eval()
    theirs.final_logits_bias.requires_grad_()
    for name, parameter in (*theirs.named_parameters(), ("bias", theirs.final_logits_bias)):
        if parameter.requires_grad:
            nn.init.normal_(parameter, std=0.1 if "bias" in name else 1.0 if "norm" in name else 0.2)
    if theirs.config.model_type == "marian":  # its table is rounded to float32: the same numbers in full
        table = sinusoids(torch.arange(theirs.config.max_position_embeddings), theirs.config.d_model)
        for side in (theirs.model.encoder, theirs.model.decoder):
            side.embed_positions.weight[:, order] = table


def weight_pairs(mine: Transformer, theirs: nn.Module, order: Tensor) -> Iterator[Pair]:
    """All weights of our model, each with its counterpart."""
    body = theirs.model
    for embedding, side in ((mine.src_embedding, body.encoder), (mine.tgt_embedding, body.decoder)):
        factor = 1.0 if theirs.config.scale_embedding else theirs.config.d_model**-0.5
        yield Pair(embedding.words.weight, side.embed_tokens.weight, (EVERYTHING, order), factor)
        if theirs.config.model_type == "bart":
            after_offset = slice(side.embed_positions.offset, None)  # its table begins with two unused rows
            yield Pair(
                embedding.positions.table.weight, side.embed_positions.weight, (after_offset, EVERYTHING)
            )
            yield from norm_pairs(embedding.norm, side.layernorm_embedding, order)
    for layer, other in zip(mine.encoder_layers, body.encoder.layers, strict=True):
        yield from attention_pairs(layer.self_attention, other.self_attn, order)
        yield from feed_forward_pairs(layer.feed_forward, other, order)
        yield from norm_pairs(layer.around_attention.norm, other.self_attn_layer_norm, order)
        yield from norm_pairs(layer.around_feed_forward.norm, other.final_layer_norm, order)
    for layer, other in zip(mine.decoder_layers, body.decoder.layers, strict=True):
        yield from attention_pairs(layer.self_attention, other.self_attn, order)
        yield from attention_pairs(layer.cross_attention, other.encoder_attn, order)
        yield from feed_forward_pairs(layer.feed_forward, other, order)
        yield from norm_pairs(layer.around_self.norm, other.self_attn_layer_norm, order)
        yield from norm_pairs(layer.around_cross.norm, other.encoder_attn_layer_norm, order)
        yield from norm_pairs(layer.around_feed_forward.norm, other.final_layer_norm, order)
    if not mine.config.tied:
        yield Pair(mine.to_logits.weight, theirs.lm_head.weight, (EVERYTHING, order))
    yield Pair(mine.to_logits.bias, theirs.final_logits_bias, (0,))


def attention_pairs(mine: MultiHeadAttention, theirs: nn.Module, order: Tensor) -> Iterator[Pair]:
    for linear, other in (
        (mine.query, theirs.q_proj), (mine.key, theirs.k_proj), (mine.value, theirs.v_proj),
    ):  # fmt: skip
        yield from linear_pairs(linear, other, reads=order)
    yield from linear_pairs(mine.out, theirs.out_proj, writes=order)


def feed_forward_pairs(mine: nn.Module, theirs: nn.Module, order: Tensor) -> Iterator[Pair]:
    yield from linear_pairs(mine.widen, theirs.fc1, reads=order)
    yield from linear_pairs(mine.narrow, theirs.fc2, writes=order)


def linear_pairs(
    mine: nn.Linear,
    theirs: nn.Linear,
    *,
    reads: Tensor | slice = EVERYTHING,
    writes: Tensor | slice = EVERYTHING,
) -> Iterator[Pair]:
    yield Pair(mine.weight, theirs.weight, (writes, reads))
    yield Pair(mine.bias, theirs.bias, (writes,))


def norm_pairs(mine: nn.LayerNorm, theirs: nn.LayerNorm, order: Tensor) -> Iterator[Pair]:
    yield Pair(mine.weight, theirs.weight, (order,))
    yield Pair(mine.bias, theirs.bias, (order,))
