"""Every model of the registry computes in a browser what torch does: logits, searches, gradients."""

import base64

import pytest
import torch
from playwright.sync_api import Page

from s2s_course.data.batch import Batch, collate, collate_sources
from s2s_course.data.grammar import generate
from s2s_course.data.pairs import SentencePair
from s2s_course.decoding.beam import beam_search
from s2s_course.decoding.greedy import greedy
from s2s_course.layers.positions import POSITIONS
from s2s_course.live.stored import FOLDER, live_models, load_live
from s2s_course.models.contract import EncoderDecoder
from s2s_course.models.registry import MODELS, build_model, model_config
from s2s_course.seeds import torch_generator
from s2s_course.text.vocab import Vocab
from s2s_course.training.objectives import translation_loss

from .loaded import load, load_weights

FORWARD = """async ([src, tgtIn, mask]) => {
  const { tensor } = await import("/tensor.js");
  const { buffer } = model.forward(src, tgtIn, mask && tensor(mask)).values;
  let text = ""; // the bytes as base64: numbers in JSON would take minutes
  for (let at = 0; at < buffer.byteLength; at += 30_000) {
    text += btoa(String.fromCharCode(...new Uint8Array(buffer).subarray(at, at + 30_000)));
  }
  return text;
}"""
SEARCH = """async ([sources, beamSize, maxLength]) => {
  const { greedy } = await import("/greedy.js");
  const { beamSearch } = await import("/beam.js");
  const ends = { maxLength, bosIndex: 1, eosIndex: 2 };
  const search = (src) => beamSize ? beamSearch(model, src, { ...ends, beamSize }) : greedy(model, src, ends);
  return sources.map(search);
}"""
GRADIENTS = """async ([src, tgtIn, tgtOut, mask]) => {
  const { crossEntropy, gradients, tensor } = await import("/tensor.js");
  const loss = gradients(() => crossEntropy(model.forward(src, tgtIn, tensor(mask)), tgtOut));
  const all = Object.entries(tensors).map(([name, { grad }]) => [name, Array.from(grad ?? [])]);
  return [loss.values[0], Object.fromEntries(all)];
}"""
WITHOUT_COUNTERPART: dict[str, str] = {}  # name of a model, and why the page does not have it
ENDS = {"bos_index": Vocab.bos_index, "eos_index": Vocab.eos_index}
SMALL = {"embed_size": 7, "hidden_size": 11}
STACK = {"d_model": 16, "num_heads": 4, "d_ff": 24, "num_layers": 2}
CHOICES = {
    **{name: [name, SMALL | {"num_layers": 2}] for name in ("rnn", "lstm", "gru")},
    "context at every step": ["lstm", SMALL | {"context": "every_step"}],
    "both directions": ["gru", SMALL | {"bidirectional": True}],
    "bahdanau": ["bahdanau", SMALL],
    "bahdanau, deep": ["bahdanau", SMALL | {"cell": "lstm", "score": "general", "num_layers": 2}],
    **{name: [name, SMALL] for name in MODELS if name.startswith("luong")},
    "input feeding": ["luong-dot", SMALL | {"input_feeding": True}],
    "tied": ["luong-general", SMALL | {"tied": True}],
    "a window that walks": ["luong-dot", SMALL | {"window": "local_m", "window_size": 1}],
    "a window that is predicted": ["luong-concat", SMALL | {"window": "local_p", "window_size": 2}],
    **{
        f"transformer, {positions}": ["transformer", STACK | {"positions": positions, "tied": False}]
        for positions in POSITIONS
    },
    "post-norm": ["transformer", STACK | {"norm_first": False, "norm_embedding": True, "activation": "silu"}],
    "decoder-only": ["decoder-only", STACK],
    "prefix-lm": ["prefix-lm", STACK | {"positions": "learned", "norm_first": False}],
}  # fmt: skip


def random_model(label: str) -> tuple[str, EncoderDecoder]:
    """A small model whose weights are larger than at its birth, so that nothing is nearly zero."""
    name, choices = CHOICES[label]
    model = build_model(
        name, model_config(name, src_vocab_size=13, tgt_vocab_size=17, **choices), seed=1
    ).eval()
    generator = torch_generator(2, label)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(torch.randn(parameter.shape, generator=generator) * 0.3)
    return name, model


def forward(engine: Page, batch: Batch) -> torch.Tensor:
    """The logits that the page's model gives, (B, T, V)."""
    given = [batch.src.tolist(), batch.tgt_in.tolist(), batch.src_mask.int().tolist()]
    numbers = bytearray(base64.b64decode(engine.evaluate(FORWARD, given)))
    return torch.frombuffer(numbers, dtype=torch.float32).view(*batch.tgt_in.shape, -1)


def random_batch(label: str) -> Batch:
    generator = torch_generator(3, label)

    def words(count: int, size: int) -> list[int]:
        return torch.randint(4, size, (count,), generator=generator).tolist()

    # one source is longer than near distances have buckets
    return collate([(words(length, 13), words(5, 17)) for length in (6, 4, 22)])


@pytest.mark.parametrize("label", CHOICES)
@torch.no_grad()
def test_a_model_of_random_weights(engine, label):
    name, model = random_model(label)
    load(engine, name, model)
    batch = random_batch(label)
    expected = model(batch.src, batch.tgt_in, batch.src_mask)
    torch.testing.assert_close(forward(engine, batch), expected, atol=2e-5, rtol=1e-5)
    sources = [row[: int(n)].tolist() for row, n in zip(batch.src, batch.src_lengths, strict=True)]
    one_by_one = [collate_sources([source[:-1]]) for source in sources]
    for size in (0, 5):
        search, more = (beam_search, {"beam_size": size}) if size else (greedy, {})
        written = [search(model, *each, max_length=12, **ENDS, **more)[0] for each in one_by_one]
        assert engine.evaluate(SEARCH, [sources, size, 12]) == written


@pytest.mark.parametrize("label", ["both directions", "bahdanau", "transformer, relative", "decoder-only"])
def test_gradients_of_whole_models(engine, label):
    name, model = random_model(label)
    load(engine, name, model)
    batch = random_batch(label)
    given = [
        batch.src.tolist(), batch.tgt_in.tolist(),
        batch.tgt_out.masked_fill(~batch.tgt_mask, -1).flatten().tolist(), batch.src_mask.int().tolist(),
    ]  # fmt: skip
    loss, gradients = engine.evaluate(GRADIENTS, given)
    expected = translation_loss(model, batch)
    expected.backward()
    assert loss == pytest.approx(expected.item(), abs=1e-5)
    assert gradients.keys() == dict(model.named_parameters()).keys()
    for key, parameter in model.named_parameters():
        torch.testing.assert_close(
            torch.tensor(gradients[key]), parameter.grad.flatten(), atol=1e-5, rtol=1e-4
        )


@pytest.mark.parametrize("name", live_models())
@torch.no_grad()
def test_a_stored_model(engine, name, sentences):
    """Logits along 200 sentences, and the words that are written, greedily and with a beam of 5."""
    translator, entry = load_live(name), live_models()[name]
    model, src_codec, tgt_codec = translator.model, translator.src_codec, translator.tgt_codec
    load_weights(engine, entry["registry"], entry["config"], (FOLDER / f"{name}.safetensors").read_bytes())
    batch = collate([(src_codec.encode(pair.src), tgt_codec.encode(pair.tgt)) for pair in sentences])
    expected, logits = model(batch.src, batch.tgt_in, batch.src_mask), forward(engine, batch)
    torch.testing.assert_close(logits[batch.tgt_mask], expected[batch.tgt_mask], atol=1e-4, rtol=1e-4)
    sources = [[*src_codec.encode(pair.src), Vocab.eos_index] for pair in sentences]
    assert engine.evaluate(SEARCH, [sources, 0, 30]) == greedy(
        model, batch.src, batch.src_mask, max_length=30, **ENDS
    )
    by_beam = beam_search(model, batch.src, batch.src_mask, max_length=30, beam_size=5, **ENDS)
    assert engine.evaluate(SEARCH, [sources, 5, 30]) == by_beam


@pytest.fixture(scope="module")
def sentences() -> list[SentencePair]:
    """Fresh ones of the grammar, in the lengths that the models know."""
    return generate(200, seed=12, max_length=14)


def test_every_model_of_the_registry_has_its_counterpart(engine):
    """Or a reason why the page has none. CONTRIBUTING says how to bring one."""
    here = engine.evaluate("async () => Object.keys((await import('/models.js')).MODELS)")
    assert set(MODELS) - set(here) == set(WITHOUT_COUNTERPART)
    assert set(here) <= set(MODELS)
    tried = {name for name, _ in CHOICES.values()}
    assert set(here) == tried
