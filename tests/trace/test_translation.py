import numpy as np
import pytest
import torch

from s2s_course.data.batch import collate, encode_pairs
from s2s_course.decoding.translate import translate, translate_to_indices
from s2s_course.models.translator import Translator
from s2s_course.trace import trace


def test_a_trace_writes_what_greedy_search_writes(translator):
    traced = trace(translator, "the cat sleeps.", max_length=9)
    words = [token for token in traced.tgt_tokens if token not in ("<pad>", "<bos>", "<eos>")]
    text = translator.tgt_codec.tokenizer.detokenize(words)
    assert [text] == translate(translator, ["the cat sleeps."], max_length=9)
    assert traced.src_tokens == ("the", "cat", "sleeps", ".", "<eos>")


def test_a_forced_trace_holds_what_forward_computes(translator, pairs):
    pair = pairs[1]
    traced = trace(translator, pair.src, forced=pair.tgt)
    batch = collate(encode_pairs([pair], translator.src_codec, translator.tgt_codec))
    logits = translator.model(batch.src, batch.tgt_in, batch.src_mask)[0].detach()
    assert traced.tgt_tokens == ("le", "chien", "mange", "un", "gâteau", ".", "<eos>")
    assert np.allclose(traced.log_probabilities, logits.log_softmax(-1).numpy(), atol=1e-5)
    states = torch.tensor(traced.decoder_states)
    assert torch.allclose(translator.model.to_logits(states), logits, atol=1e-5)
    memory = translator.model.init_state(batch.src, batch.src_mask).memory[0].detach()
    assert np.allclose(traced.encoder_states, memory.numpy(), atol=1e-6)
    assert traced.attention is None


@pytest.mark.parametrize("name", ["gru", "bahdanau", "transformer"])
def test_what_a_model_wrote_is_traced_as_it_is(translator, name):
    """Unknown words stay one token each, and where the output was cut no <eos> is invented."""
    codecs = translator.src_codec, translator.tgt_codec
    translator = Translator.build(name, *codecs, seed=0)
    vocab = codecs[1].vocab
    written = [vocab.unk_index, *codecs[1].encode("chat"), vocab.unk_index]
    for forced in (written, [*written, vocab.eos_index]):
        traced = trace(translator, "the cat sleeps.", forced=forced)
        assert traced.tgt_tokens == tuple(vocab.decode(forced)) and traced.tgt_tokens.count("<unk>") == 2
    as_text = trace(translator, "the cat sleeps.", forced=codecs[1].decode(written))
    assert as_text.tgt_tokens == ("<unk>", "chat", "<unk>", "<eos>")
    assert np.array_equal(as_text.log_probabilities, traced.log_probabilities)
    [cut] = translate_to_indices(translator, ["the cat sleeps."], max_length=2)
    assert trace(translator, "the cat sleeps.", max_length=2).tgt_tokens == tuple(vocab.decode(cut))
    with pytest.raises(ValueError, match="forced must hold at least one token, got none"):
        trace(translator, "the cat sleeps.", forced=[])


@pytest.mark.parametrize("name", ["gru", "bahdanau", "transformer"])
def test_a_model_in_bfloat16_is_traced_in_float32(translator, pairs, name):
    translator = Translator.build(name, translator.src_codec, translator.tgt_codec, seed=0)
    exact = trace(translator, pairs[1].src, forced=pairs[1].tgt)
    translator.model.to(torch.bfloat16)
    traced = trace(translator, pairs[1].src, forced=pairs[1].tgt)
    assert traced.log_probabilities.dtype == np.float32
    assert np.allclose(np.exp(traced.log_probabilities).sum(axis=1), 1, atol=1e-5)
    assert np.allclose(traced.log_probabilities, exact.log_probabilities, atol=0.1)


def test_shapes_agree(translator):
    traced = trace(translator, "a cat eats.", max_length=3)
    assert len(traced.encoder_states) == len(traced.src_tokens) == 5
    assert len(traced.decoder_states) == len(traced.tgt_tokens) == len(traced.log_probabilities) <= 3


def test_an_empty_sentence_and_unknown_words_can_be_traced(translator):
    assert trace(translator, "", max_length=2).src_tokens == ("<eos>",)
    assert trace(translator, "zzz", max_length=2).src_tokens == ("<unk>", "<eos>")


def test_max_length_zero_is_refused(translator):
    with pytest.raises(ValueError, match="max_length must be at least 1, got 0"):
        trace(translator, "a", max_length=0)
