"""Every vector of a pass, against the same pass written out with torch's functions and the weights alone."""

import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from s2s_course.decoding.translate import translate
from s2s_course.layers.positions import sinusoids
from s2s_course.models.translator import Translator
from s2s_course.trace import trace, trace_heads
from s2s_course.trace.transformer_steps import trace_transformer

D, H, L = 12, 3, 2
SIZES = {"d_model": D, "num_heads": H, "d_ff": 19, "num_layers": L, "dropout": 0.5}
AROUND = {
    "encoder": {"self_attention": "attention", "feed_forward": "feed_forward"},
    "decoder": {"self_attention": "self", "cross_attention": "cross", "feed_forward": "feed_forward"},
}


def build(translator: Translator, name: str = "transformer", **choices) -> Translator:
    built = Translator.build(name, translator.src_codec, translator.tgt_codec, seed=0, **SIZES | choices)
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():  # no norm is the identity, and no bias is 0
        for parameter in built.model.parameters():
            parameter += 0.2 * torch.randn(parameter.shape, generator=generator)
    return built


class Written:
    """The pass of ``model`` on one sentence, all positions at once, from its weights alone."""

    def __init__(self, translator: Translator, src: list[int], read: list[int]):
        self.state = translator.model.state_dict()
        self.first = translator.model.config.norm_first
        self.seen: dict[str, dict] = {}
        memory = self.stack("encoder", "src", src, None)
        outputs = self.stack("decoder", "tgt", read, memory)
        self.logits = self.linear("to_logits", outputs)

    def linear(self, name: str, vectors: torch.Tensor) -> torch.Tensor:
        return F.linear(vectors, self.state[f"{name}.weight"], self.state[f"{name}.bias"])

    def norm(self, name: str, vectors: torch.Tensor) -> torch.Tensor:
        return F.layer_norm(vectors, (D,), self.state[f"{name}.weight"], self.state[f"{name}.bias"])

    def attend(self, name: str, read: torch.Tensor, memory: torch.Tensor, masked: bool):
        query, key, value = (
            self.linear(f"{name}.{part}", vectors).unflatten(-1, (H, -1)).transpose(0, 1)
            for part, vectors in (("query", read), ("key", memory), ("value", memory))
        )
        scores = query @ key.mT / math.sqrt(D / H)
        if masked:
            scores = scores.masked_fill(~torch.ones(scores.shape[-2:]).tril().bool(), -math.inf)
        heads = scores.softmax(-1) @ value
        return self.linear(f"{name}.out", heads.transpose(0, 1).flatten(1)), scores

    def stack(self, side: str, language: str, ids: list[int], memory: torch.Tensor | None) -> torch.Tensor:
        words = self.state[f"{language}_embedding.words.weight"][ids] * math.sqrt(D)
        vectors = words + sinusoids(torch.arange(len(ids)), D).float()
        seen = {"words": words, "start": vectors, "scores": {}}
        seen |= {name: [] for name in ("norms", "changes", "streams", "inside")}
        for n in range(L):
            for part, around in AROUND[side].items():
                name, norm = f"{side}_layers.{n}.{part}", f"{side}_layers.{n}.around_{around}.norm"
                before = vectors
                read = self.norm(norm, before) if self.first else before
                if part == "feed_forward":
                    seen["inside"].append(self.linear(f"{name}.widen", read).relu())
                    change = self.linear(f"{name}.narrow", seen["inside"][-1])
                else:
                    asked = memory if part == "cross_attention" else read
                    masked = side == "decoder" and part == "self_attention"
                    change, scores = self.attend(name, read, asked, masked)
                    seen["scores"].setdefault(part, []).append(scores)
                total = before + change
                vectors = total if self.first else self.norm(norm, total)
                seen["norms"].append(read if self.first else vectors)
                seen["changes"].append(change)
                seen["streams"].append(total)
        seen["outputs"] = self.norm(f"{side}_norm", vectors) if self.first else vectors
        self.seen[side] = seen
        return seen["outputs"]


@pytest.fixture(params=[True, False], ids=["pre-norm", "post-norm"])
def both(request, translator, pairs):
    built = build(translator, norm_first=request.param)
    traced = trace_transformer(built, pairs[1].src, forced=pairs[1].tgt)
    src, tgt = built.src_codec, built.tgt_codec
    written = [*tgt.encode(pairs[1].tgt), tgt.vocab.eos_index]
    truth = Written(
        built, [*src.encode(pairs[1].src), src.vocab.eos_index], [tgt.vocab.bos_index, *written[:-1]]
    )
    return built, traced, truth


@torch.no_grad()
@pytest.mark.parametrize("side", ["encoder", "decoder"])
def test_every_vector_is_what_torchs_functions_give(both, side):
    _, traced, truth = both
    stack, seen = getattr(traced, side), truth.seen[side]
    assert stack.parts == tuple(AROUND[side])
    parts = len(stack.parts)
    for name in ("words", "start", "outputs"):
        assert np.allclose(getattr(stack, name), seen[name], atol=1e-5), name
    assert np.allclose(stack.inside, torch.stack(seen["inside"]), atol=1e-5)
    for name in ("norms", "changes", "streams"):
        expected = torch.stack(seen[name]).unflatten(0, (L, parts))
        assert np.allclose(getattr(stack, name), expected, atol=1e-5), name
    assert stack.scores.keys() == stack.weights.keys() == seen["scores"].keys()
    for part, scores in seen["scores"].items():
        scores = torch.stack(scores)
        assert np.allclose(stack.scores[part], scores, atol=1e-5)
        assert np.allclose(stack.weights[part], scores.softmax(-1), atol=1e-6)


@pytest.mark.parametrize("side", ["encoder", "decoder"])
def test_the_stream_after_a_part_is_the_stream_before_it_plus_the_change(both, side):
    built, traced, _ = both
    stack, before = getattr(traced, side), getattr(traced, side).start
    for n in range(L):
        for p in range(len(stack.parts)):
            assert np.allclose(stack.streams[n, p], before + stack.changes[n, p], atol=1e-6)
            before = stack.streams[n, p] if built.model.config.norm_first else stack.norms[n, p]


@pytest.mark.parametrize("side", ["encoder", "decoder"])
def test_the_carried_maps_make_the_norms(both, side):
    _, traced, _ = both
    stack, before = getattr(traced, side), getattr(traced, side).start
    for n in range(L):
        for p in range(len(stack.parts)):
            given = before if traced.norm_first else stack.streams[n, p]
            weight, bias = stack.norm_maps[n, p]
            spread = np.sqrt(given.var(axis=-1, keepdims=True) + 1e-5)
            normed = (given - given.mean(axis=-1, keepdims=True)) / spread * weight + bias
            assert np.allclose(normed, stack.norms[n, p], atol=1e-5)
            before = stack.streams[n, p] if traced.norm_first else stack.norms[n, p]
    assert (stack.last_norm_map is None) == (not traced.norm_first)


def test_the_logits_are_those_of_the_steps(both, pairs):
    built, traced, truth = both
    steps = trace(built, pairs[1].src, forced=pairs[1].tgt)
    assert (traced.src_tokens, traced.tgt_tokens) == (steps.src_tokens, steps.tgt_tokens)
    assert np.allclose(traced.log_probabilities, steps.log_probabilities, atol=1e-6)
    assert np.allclose(traced.logits, truth.logits.detach(), atol=1e-5)
    model, src = built.model.eval(), torch.tensor([[*built.src_codec.encode(pairs[1].src), 2]])
    state = model.init_state(src, torch.ones_like(src, dtype=torch.bool))
    for t, token in enumerate(traced.read_tokens):
        logits, state = model.step(torch.tensor(built.tgt_codec.vocab.encode([token])), state)
        assert np.allclose(logits[0].detach(), traced.logits[t], atol=1e-5)


def test_the_cache_grows_by_one_position_in_each_layer_with_each_word(both):
    _, traced, _ = both
    T = len(traced.tgt_tokens)
    assert traced.cached.tolist() == [[t + 1] * L for t in range(T)]
    assert traced.read_tokens == ("<bos>", *traced.tgt_tokens[:-1])


@pytest.mark.parametrize("positions", ["none", "learned", "concatenated", "relative", "alibi", "rotary"])
def test_with_every_kind_of_positions_the_weights_are_the_models_own(translator, pairs, positions):
    tied = positions != "concatenated"
    built = build(translator, positions=positions, tied=tied, d_model=24)
    traced = trace_transformer(built, pairs[1].src, forced=pairs[1].tgt)
    heads = trace_heads(built, pairs[1].src, forced=pairs[1].tgt)
    assert np.allclose(traced.encoder.weights["self_attention"], heads.encoder, atol=1e-5)
    assert np.allclose(traced.decoder.weights["self_attention"], heads.decoder, atol=1e-5)
    assert np.allclose(traced.decoder.weights["cross_attention"], heads.cross, atol=1e-5)
    assert traced.positions == positions and traced.encoder.words.shape[1] <= 24


def test_without_a_given_target_it_writes_what_greedy_search_writes(translator, pairs):
    built = build(translator)
    built.model.train()
    traced = trace_transformer(built, pairs[0].src, max_length=7)
    assert built.model.training and not built.model._forward_hooks  # as before
    assert not any(module._forward_hooks for module in built.model.modules())
    [text] = translate(built, [pairs[0].src], max_length=7)
    vocab = built.tgt_codec.vocab
    assert built.tgt_codec.decode(vocab.encode(traced.tgt_tokens)) == text
    assert traced.vocabulary == tuple(vocab.tokens)


def test_a_model_that_is_no_transformer_is_refused(translator):
    with pytest.raises(ValueError, match="translator must be a Transformer, got the model 'gru'") as caught:
        trace_transformer(translator, "the cat sleeps.")
    assert "\n" not in str(caught.value)
