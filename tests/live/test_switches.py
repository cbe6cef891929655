"""Each switch of the page breaks what it says: the same is done to the model in torch, by hand."""

from collections.abc import Callable

import pytest
import torch
from torch import nn

from s2s_course.layers import multihead, transformer
from s2s_course.layers.attention import Attention
from s2s_course.live.recipes import RECIPES
from s2s_course.models import transformer as transformer_model
from s2s_course.models.contract import EncoderDecoder
from s2s_course.models.registry import build_model, model_config
from s2s_course.seeds import torch_generator
from s2s_course.text.vocab import Vocab
from s2s_course.widgets.switches.switches import SWITCHES

from .loaded import load

STEPS = """async ([names, off, src, words]) => {
  const { breakModel } = await import("/switches.js");
  const model = breakModel(rebuild(), names, off);
  const logits = [];
  let state = model.initState([src], null);
  for (const word of words) {
    const [after, next] = model.step([word], state);
    logits.push(Array.from(after.values));
    state = next;
  }
  return logits;
}"""
FORWARD = """async ([names, off, src, words]) => {
  const { breakModel } = await import("/switches.js");
  return Array.from(breakModel(rebuild(), names, off).forward([src], [words], null).values);
}"""
SRC, WORDS = [5, 9, 4, 7, 2], [1, 6, 6, 11, 8]
STACK = {"d_model": 16, "num_heads": 4, "d_ff": 24, "num_layers": 2}
SMALL = {"embed_size": 7, "hidden_size": 11}


def built(name: str, **choices) -> EncoderDecoder:
    sizes = STACK if name == "transformer" else SMALL
    config = model_config(name, src_vocab_size=13, tgt_vocab_size=17, **{**sizes, **choices})
    model, generator = build_model(name, config, seed=1).eval(), torch_generator(2, name)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(torch.randn(parameter.shape, generator=generator) * 0.3)
    return model


@torch.no_grad()
def steps(model: EncoderDecoder, src: list[int] = SRC) -> torch.Tensor:
    """The logits at each of ``WORDS``, step by step."""
    source = torch.tensor([src])
    state = model.init_state(source, torch.ones_like(source, dtype=torch.bool), need_weights=True)
    logits = []
    for word in WORDS:
        after, state = model.step(torch.tensor([word]), state)
        logits.append(after[0])
    return torch.stack(logits)


@torch.no_grad()
def forward(model: EncoderDecoder, src: list[int] = SRC) -> torch.Tensor:
    source = torch.tensor([src])
    return model(source, torch.tensor([WORDS]), torch.ones_like(source, dtype=torch.bool))[0]


def without_scale(model: EncoderDecoder, patch: pytest.MonkeyPatch) -> None:
    for module in model.modules():
        if isinstance(module, multihead.MultiHeadAttention):
            module.query.weight.data *= (module.d_model / module.num_heads) ** 0.5
            module.query.bias.data *= (module.d_model / module.num_heads) ** 0.5


def weighing(weigh: Callable[[torch.Tensor], torch.Tensor]) -> Callable:
    """Another way from scores to weights, in attention of both kinds."""

    def do(model: EncoderDecoder, patch: pytest.MonkeyPatch) -> None:
        def attention(query, key, value, mask=None, bias=None):
            scores = query @ key.transpose(-2, -1) / query.size(-1) ** 0.5
            scores = scores if mask is None else scores.masked_fill(~mask, -torch.inf)
            return weigh(scores) @ value, weigh(scores)

        def forward(self, query, keys, memory, src_mask, position):
            weights = weigh(self.scores(query, keys, src_mask, position))
            return weights @ memory, weights

        patch.setattr(multihead, "attention", attention)
        patch.setattr(multihead, "fast_attention", lambda *given, dropout: attention(*given)[0])
        patch.setattr(Attention, "forward", forward)

    return do


def level(scores: torch.Tensor) -> torch.Tensor:
    return scores.isfinite() / scores.isfinite().sum(dim=-1, keepdim=True)


def embedding_places(place: Callable[[int], int]) -> Callable:
    """Positions are looked up elsewhere."""

    def do(model: EncoderDecoder, patch: pytest.MonkeyPatch) -> None:
        for embedding in (model.src_embedding, model.tgt_embedding):
            rows = embedding.positions.rows(0, 40, embedding.words.weight)

            def embed(vectors, first=0, rows=rows):
                return vectors + rows[[place(first + t) for t in range(vectors.size(1))]]

            patch.setattr(embedding.positions, "embed", embed)

    return do


def without_positions(model: EncoderDecoder, patch: pytest.MonkeyPatch) -> None:
    for embedding in (model.src_embedding, model.tgt_embedding):
        patch.setattr(embedding.positions, "embed", lambda vectors, first=0: vectors)


def first_for_all(model: EncoderDecoder, patch: pytest.MonkeyPatch) -> None:
    embed = model.tgt_embedding.positions.embed
    patch.setattr(model.tgt_embedding.positions, "embed", lambda vectors, first=0: embed(vectors, 0))


def without_residual(model: EncoderDecoder, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(transformer.Residual, "after", lambda self, vectors, change: change)


def without_norm(model: EncoderDecoder, patch: pytest.MonkeyPatch) -> None:
    model.encoder_norm = model.decoder_norm = nn.Identity()
    for module in model.modules():
        if isinstance(module, transformer.Residual):
            module.norm = nn.Identity()


def holding(cell: str, block: int, value: float) -> Callable:
    """A gate that is held: its weights are 0, and its bias beyond what a sigmoid tells from ``value``."""

    def do(model: EncoderDecoder, patch: pytest.MonkeyPatch) -> None:
        for network in (model.encoder, model.decoder):
            for W, U, b_input, b_hidden in network.weights():
                H = U.size(1)
                rows = slice(block * H, (block + 1) * H)
                W.data[rows], U.data[rows], b_hidden.data[rows] = 0, 0, 0
                b_input.data[rows] = 100 if value else -100

    return do


IN_TORCH = {
    "no scale": ("transformer", {}, without_scale),
    "mean": ("transformer", {}, weighing(level)),
    "no positions": ("transformer", {}, without_positions),
    "positions swapped": ("transformer", {}, embedding_places(lambda place: place ^ 1)),
    "cache without positions": ("transformer", {}, first_for_all),
    "no residual": ("transformer", {}, without_residual),
    "no norm": ("transformer", {}, without_norm),
    "forget 0": ("lstm", {}, holding("lstm", 1, 0)),
    "forget 1": ("lstm", {}, holding("lstm", 1, 1)),
    "update 0": ("gru", {}, holding("gru", 1, 0)),
    "update 1": ("gru", {}, holding("gru", 1, 1)),
}


@pytest.mark.parametrize("switch", IN_TORCH)
def test_a_switch_step_by_step(engine, switch, monkeypatch):
    name, choices, do = IN_TORCH[switch]
    model = built(name, **choices)
    load(engine, name, model)
    whole = steps(model)
    torch.testing.assert_close(
        torch.tensor(engine.evaluate(STEPS, [[], [], SRC, WORDS])), whole, atol=1e-4, rtol=1e-4
    )
    do(model, monkeypatch)
    broken = steps(model)
    assert not torch.allclose(broken, whole, atol=1e-2)
    there = torch.tensor(engine.evaluate(STEPS, [[switch], [], SRC, WORDS]))
    torch.testing.assert_close(there, broken, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("name", ["bahdanau", "luong-general"])
@pytest.mark.parametrize("switch", ["mean", "wrong axis"])
def test_a_recurrent_attention(engine, name, switch, monkeypatch):
    model = built(name)
    load(engine, name, model)
    # a step has one question, to which softmax over the questions gives all of every key
    weighing(level if switch == "mean" else torch.ones_like)(model, monkeypatch)
    there = torch.tensor(engine.evaluate(STEPS, [[switch], [], SRC, WORDS]))
    torch.testing.assert_close(there, steps(model), atol=1e-4, rtol=1e-4)


def test_softmax_over_the_questions(engine, monkeypatch):
    model = built("transformer")
    load(engine, "transformer", model)
    weighing(lambda scores: scores.softmax(dim=-2))(model, monkeypatch)
    there = torch.tensor(engine.evaluate(FORWARD, [["wrong axis"], [], SRC, WORDS]))
    torch.testing.assert_close(there.view(len(WORDS), -1), forward(model), atol=1e-4, rtol=1e-4)


def test_without_a_mask_a_step_is_the_last_row_of_all_that_see_each_other(engine, monkeypatch):
    model = built("transformer")
    load(engine, "transformer", model)
    all_true = lambda length, device=None: torch.ones(length, length, dtype=torch.bool)  # noqa: E731
    monkeypatch.setattr(transformer_model, "causal_mask", all_true)
    src = torch.tensor([SRC])
    expected = [
        model(src, torch.tensor([WORDS[: t + 1]]), torch.ones_like(src, dtype=torch.bool))[0, -1]
        for t in range(len(WORDS))
    ]
    there = torch.tensor(engine.evaluate(STEPS, [["no mask"], [], SRC, WORDS]))
    torch.testing.assert_close(there, torch.stack(expected).detach(), atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("name", ["transformer", "bahdanau"])
def test_padding_that_is_read(engine, name):
    model = built(name)
    load(engine, name, model)
    there = torch.tensor(engine.evaluate(STEPS, [["padding seen"], [], SRC, WORDS]))
    torch.testing.assert_close(there, steps(model, SRC + [Vocab.pad_index] * 8), atol=1e-4, rtol=1e-4)


def test_a_context_that_is_given_once(engine):
    model = built("gru", context="every_step")
    load(engine, "gru", model)
    src = torch.tensor([SRC])
    state, expected = model.init_state(src, torch.ones_like(src, dtype=torch.bool)), []
    for word in WORDS:
        logits, state = model.step(torch.tensor([word]), state)
        expected.append(logits[0])
        object.__setattr__(state, "context", torch.zeros_like(state.context))
    there = torch.tensor(engine.evaluate(STEPS, [["context once"], [], SRC, WORDS]))
    torch.testing.assert_close(there, torch.stack(expected).detach(), atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("part", ["encoder", "decoder", "cross"])
def test_a_silent_head_is_one_whose_columns_are_zero_in_the_map_behind(engine, part):
    model = built("transformer")
    load(engine, "transformer", model)
    layers = model.encoder_layers if part == "encoder" else model.decoder_layers
    attention = layers[1].cross_attention if part == "cross" else layers[1].self_attention
    attention.out.weight.data[:, 8:12] = 0  # of head 2, counted from 0, with 4 numbers
    there = torch.tensor(engine.evaluate(STEPS, [[], [{"part": part, "layer": 1, "head": 2}], SRC, WORDS]))
    torch.testing.assert_close(there, steps(model), atol=1e-4, rtol=1e-4)


def test_python_knows_the_switches_of_the_page_and_each_fits_a_stored_model(engine):
    assert engine.evaluate("async () => Object.keys((await import('/switches.js')).SWITCHES)") == list(
        SWITCHES
    )
    fitting = set()
    for recipe in RECIPES.values():
        sizes = {
            key: value for key, value in recipe.choices.items() if key in ("context", "tied", "bidirectional")
        }
        if recipe.registry in ("rnn", "lstm", "gru"):
            sizes |= {"embed_size": 11, "tied": False}
        if recipe.registry in ("decoder-only",):
            continue
        load(engine, recipe.registry, built(recipe.registry, **sizes))
        fitting |= set(
            engine.evaluate("""async () => {
          const { SWITCHES } = await import("/switches.js");
          return Object.keys(SWITCHES).filter((name) => SWITCHES[name].fits(model));
        }""")
        )
    assert fitting == set(SWITCHES)
