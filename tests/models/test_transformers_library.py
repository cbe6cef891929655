"""Our Transformer against MarianMT and BART of the ``transformers`` library: the same weights, in float64."""

import socket

import pytest
import torch
from models.transformers_weights import fill_with_random_numbers, halves_to_turns, mine_like, weight_pairs
from transformers import BartConfig, BartForConditionalGeneration, MarianConfig, MarianMTModel

from s2s_course.data.batch import Batch, collate, collate_sources
from s2s_course.decoding.greedy import greedy
from s2s_course.layers.positions import sinusoids
from s2s_course.text.vocab import Vocab

MODELS = {"marian": (MarianConfig, MarianMTModel), "bart": (BartConfig, BartForConditionalGeneration)}
SHARED = {
    "vocab_size": 17,
    "d_model": 14,
    "encoder_attention_heads": 2,
    "decoder_attention_heads": 2,
    "encoder_ffn_dim": 19,
    "decoder_ffn_dim": 19,
    "encoder_layers": 2,
    "decoder_layers": 2,
    "max_position_embeddings": 13,
    "pad_token_id": Vocab.pad_index,
    "bos_token_id": Vocab.bos_index,
    "eos_token_id": Vocab.eos_index,
    "decoder_start_token_id": Vocab.bos_index,
    "forced_eos_token_id": None,
    "attn_implementation": "eager",  # the one that returns its weights
}
SWISH = {"activation_function": "swish", "scale_embedding": True}
ODD = {"d_model": 15, "encoder_attention_heads": 3, "decoder_attention_heads": 3}
TWO_VOCABULARIES = {"vocab_size": 11, "decoder_vocab_size": 17, "share_encoder_decoder_embeddings": False}
KINDS = {
    "marian": ("marian", SWISH),
    "marian, odd sizes": ("marian", {**SWISH, **ODD}),
    "marian, two vocabularies": ("marian", {**SWISH, **TWO_VOCABULARIES}),
    "marian, not tied": ("marian", {**SWISH, **TWO_VOCABULARIES, "tie_word_embeddings": False}),
    "marian, torch's attention": ("marian", {**SWISH, "attn_implementation": "sdpa"}),
    "bart": ("bart", {"scale_embedding": False}),
    "bart, scaled": ("bart", {"scale_embedding": True}),
    "bart, odd sizes, relu": ("bart", {"scale_embedding": True, **ODD, "activation_function": "relu"}),
}
# Awkward lengths: the longest source with the shortest target, an empty source, a single word.
PAIRS = [([5, 6, 7, 8, 9, 10, 5], [4]), ([], [6, 7, 8, 9, 4]), ([9], [5, 5, 6]), ([4, 4, 8], [7, 10, 9])]


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    def refuse(*_):
        raise AssertionError("nothing here may be downloaded")

    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.fixture
def batch() -> Batch:
    return collate(PAIRS)


def theirs_and_order(kind: str):
    """A model of the library with random weights, and where it has the numbers of our vectors."""
    name, choices = KINDS[kind]
    config_class, model_class = MODELS[name]
    theirs = model_class(config_class(**{**SHARED, **choices}))
    d_model = theirs.config.d_model
    order = halves_to_turns(d_model) if name == "marian" else torch.arange(d_model)
    torch.manual_seed(0)  # here, since a new model has drawn already
    fill_with_random_numbers(theirs, order)
    return theirs, order


@pytest.fixture(params=KINDS)
def models(request):
    theirs, order = theirs_and_order(request.param)
    return mine_like(theirs, order), theirs, order


def close(mine, theirs):
    return mine.shape == theirs.shape and torch.allclose(mine, theirs, atol=1e-10, rtol=0)


def run(theirs, batch: Batch, **choices):
    return theirs(
        input_ids=batch.src, attention_mask=batch.src_mask.long(), decoder_input_ids=batch.tgt_in, **choices
    )


@pytest.mark.parametrize("d_model", [14, 15])
def test_marians_table_is_ours_in_another_order(d_model):
    one_head = {"encoder_attention_heads": 1, "decoder_attention_heads": 1}
    theirs = MarianMTModel(MarianConfig(**{**SHARED, **one_head, "d_model": d_model}))
    for side in (theirs.model.encoder, theirs.model.decoder):
        table = side.embed_positions.weight[:, halves_to_turns(d_model)]
        assert torch.allclose(table.double(), sinusoids(torch.arange(13), d_model), atol=1e-7, rtol=0)


def test_encoder_and_decoder_vectors_and_logits(models, batch):
    mine, theirs, order = models
    expected = run(theirs, batch, output_hidden_states=True)
    memory = mine.encode(batch.src, batch.src_mask)
    assert close(memory, expected.encoder_last_hidden_state[..., order])
    outputs = mine.outputs(batch.src, batch.tgt_in, batch.src_mask)
    assert close(outputs, expected.decoder_hidden_states[-1][..., order])
    assert close(mine(batch.src, batch.tgt_in, batch.src_mask), expected.logits)


def test_a_mask_over_the_end_of_the_target_changes_no_real_word(models, batch):
    mine, theirs, _ = models
    expected = run(theirs, batch, decoder_attention_mask=batch.tgt_mask.long()).logits
    logits = mine(batch.src, batch.tgt_in, batch.src_mask)
    assert close(logits[batch.tgt_mask], expected[batch.tgt_mask])


@pytest.mark.parametrize("models", [kind for kind in KINDS if "torch's" not in kind], indirect=True)
def test_all_attention_weights(models, batch):
    mine, theirs, _ = models
    expected = run(theirs, batch, output_attentions=True)
    for weights, others in zip(
        mine.attentions(batch.src, batch.tgt_in, batch.src_mask),
        (expected.encoder_attentions, expected.decoder_attentions, expected.cross_attentions),
        strict=True,
    ):
        assert close(weights, torch.stack(others, dim=1))


def test_gradients_of_all_weights(models, batch):
    """Over real words alone: the library cuts off the gradient of a padding token's embedding."""
    mine, theirs, order = models
    for model, logits in (
        (mine, mine(batch.src, batch.tgt_in, batch.src_mask)),
        (theirs, run(theirs, batch).logits),
    ):
        model.zero_grad()
        logits[batch.tgt_mask].sin().sum().backward()
    gradients = {}  # one weight of theirs may be several of ours: then its gradient is their sum
    for pair in weight_pairs(mine, theirs, order):
        _, so_far = gradients.get(id(pair.theirs), (None, 0.0))
        gradients[id(pair.theirs)] = (pair, so_far + pair.mine.grad * pair.factor)
    for pair, gradient in gradients.values():
        assert close(gradient, pair.theirs.grad[pair.part])
    learned = [parameter for parameter in theirs.parameters() if parameter.requires_grad]
    assert {id(parameter) for parameter in learned} <= set(gradients)


@torch.no_grad()
def test_step_by_step_with_keys_and_values_kept(models, batch):
    mine, theirs, order = models
    returns_weights = theirs.config._attn_implementation == "eager"
    state, past = mine.init_state(batch.src, batch.src_mask, need_weights=True), None
    memory = theirs.model.encoder(batch.src, attention_mask=batch.src_mask.long())
    for t in range(batch.tgt_in.size(1)):
        logits, state = mine.step(batch.tgt_in[:, t], state)
        expected = theirs(
            encoder_outputs=memory,
            attention_mask=batch.src_mask.long(),
            decoder_input_ids=batch.tgt_in[:, [t]],
            past_key_values=past,
            use_cache=True,
            output_attentions=returns_weights,
            output_hidden_states=True,
        )
        past = expected.past_key_values
        assert close(logits, expected.logits[:, 0])
        assert close(state.output, expected.decoder_hidden_states[-1][:, 0, order])
        if returns_weights:
            assert close(state.weights, torch.stack(expected.cross_attentions, dim=1)[:, :, :, 0])
        for ours, cache in (
            (state.caches, past.self_attention_cache),
            (state.memory_caches, past.cross_attention_cache),
        ):
            for mine_of_layer, layer in zip(ours, cache.layers, strict=True):
                assert close(mine_of_layer.key, layer.keys)
                assert close(mine_of_layer.value, layer.values)


def test_greedy_search_writes_what_generate_writes(models):
    mine, theirs, _ = models
    src, src_mask = collate_sources([[4 + size * k % 7 for k in range(size)] for size in range(9)])
    choices = {"attention_mask": src_mask.long(), "num_beams": 1, "do_sample": False, "max_new_tokens": 9}
    without_end = theirs.generate(src, **choices, eos_token_id=None)[:, 1:].tolist()
    eos_index = word_at_different_places(without_end)
    expected = theirs.generate(src, **choices, eos_token_id=eos_index)[:, 1:]  # without <bos>
    written = greedy(mine, src, src_mask, max_length=9, bos_index=Vocab.bos_index, eos_index=eos_index)
    padded = [row + [Vocab.pad_index] * (expected.size(1) - len(row)) for row in written]
    assert padded == expected.tolist()
    assert len({len(row) for row in written}) > 1


def word_at_different_places(rows: list[list[int]]) -> int:
    """A word that comes earlier in one row than in another: as the end, it makes them differ in length."""
    for word in sorted({word for row in rows for word in row}):
        if len({row.index(word) if word in row else len(row) for row in rows}) > 1:
            return word
    raise AssertionError(f"every row would have the same length: {rows}")
