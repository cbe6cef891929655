import numpy as np
import pytest
import torch

from s2s_course.data.batch import collate, encode_pairs
from s2s_course.decoding.translate import translate
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
