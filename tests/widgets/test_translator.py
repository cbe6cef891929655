"""The Python half of Translator; tests/browser/test_translator.py drives the other half."""

import base64
import json

import pytest
import torch
from safetensors.torch import load

from s2s_course.decoding.translate import translate
from s2s_course.live.stored import live_examples, live_models, load_live
from s2s_course.trace import trace
from s2s_course.widgets import CourseWidget, Translator
from s2s_course.widgets.translator import translator as module

TEXT = "the old woman sees a small dog."


def answers(widget: Translator, *messages) -> list[dict]:
    """What the kernel sends for messages of the front end."""
    sent = []
    widget.send = sent.append
    for message in messages:
        widget._handle_custom_msg(message, [])
    return json.loads(json.dumps(sent))


def test_what_is_carried_is_what_the_models_write():
    widget = Translator.of(["gru", "bahdanau"], text=TEXT)
    names = set(Translator.class_trait_names()) - set(CourseWidget.class_trait_names())
    state = json.loads(json.dumps(widget.get_state(names)))
    assert [(entry["name"], entry["label"], entry["own"]) for entry in state["models"]] == [
        ("gru", "GRU", False),
        ("bahdanau", "Bahdanau", False),
    ]
    assert [entry["bleu"] for entry in state["models"]] == [
        live_models()[n]["bleu"] for n in ("gru", "bahdanau")
    ]
    assert state["text"] == state["shown"]["text"] == TEXT
    assert state["examples"] == [pair.src for pair in live_examples()[:12]]
    for name, written in state["shown"]["written"].items():
        translator = load_live(name)
        traced = trace(translator, TEXT)
        probabilities = torch.from_numpy(traced.log_probabilities).exp()
        assert [written["text"]] == translate(translator, [TEXT])
        assert [step["token"] for step in written["steps"]] == list(traced.tgt_tokens)
        for step, row in zip(written["steps"], probabilities, strict=True):
            tokens = translator.tgt_codec.vocab.tokens
            best = row.topk(module.TOP)
            assert [choice["token"] for choice in step["choices"]] == [
                tokens[i] for i in best.indices.tolist()
            ]
            shown = [choice["probability"] for choice in step["choices"]]
            assert shown == pytest.approx(best.values.tolist(), abs=6e-5)
            assert step["probability"] == pytest.approx(float(row[tokens.index(step["token"])]), abs=6e-5)


def test_the_text_alternative():
    [text] = translate(load_live("gru"), [TEXT])
    expected = f"Translator(title='Yours', {TEXT!r} becomes GRU: {text!r})"
    assert repr(Translator.of("gru", text=TEXT, title="Yours")) == expected


def test_the_kernel_sends_what_the_front_end_asks_for():
    widget = Translator.of("gru", text=TEXT)
    engine, course, gru, other, *rest = answers(
        widget,
        {"asset": "engine"},
        {"asset": "course"},
        {"asset": "gru"},
        {"asset": "../gru"},
        {"asset": 3},
        "asset",
        {},
    )
    assert engine["content"]["code"].startswith("(() => {") and "refused" not in engine
    assert course["content"]["models"] == live_models()
    assert base64.b64decode(gru["content"]["weights"])[8:9] == b"{"
    assert other["content"] is None and other["refused"].startswith("name must be one of engine, ")
    assert rest == []


def test_a_model_of_the_reader_s_own_is_sent_whole(translator):
    widget = Translator.from_translator(translator, text="the cat sleeps.", label="mine")
    [entry] = widget.models
    assert entry["own"] and entry["label"] == "mine" and entry["bleu"] is None
    [answer] = answers(widget, {"asset": entry["name"]})
    content = answer["content"]
    assert content["registry"] == "gru" and content["config"]["hidden_size"] == 32
    assert content["codecs"]["tgt"] == translator.tgt_codec.to_json()
    sent = load(base64.b64decode(content["weights"]))
    own = translator.model.state_dict()
    assert sent.keys() == own.keys() and all(torch.equal(sent[name], own[name]) for name in own)
    # another widget of the same kernel does not have it
    [refused] = answers(Translator.of("gru", text=TEXT), {"asset": entry["name"]})
    assert refused["content"] is None


def test_its_name_is_that_of_its_weights(translator):
    """What a notebook stores is the same at each run, and a page never mixes up two models."""
    one, same = (Translator.from_translator(translator, text="the cat sleeps.") for _ in range(2))
    assert one.models == same.models
    with torch.no_grad():
        translator.model.to_logits.bias[0] += 1
    assert Translator.from_translator(translator, text="the cat sleeps.").models != one.models


@pytest.mark.parametrize(
    ("names", "text", "sentence"),
    [
        ([], "a cat.", "names must hold at least one model, got none"),
        (["gru"], " ", "text must not be empty, got ' '"),
        (["gpt"], "a cat.", "name must be one of .*, got 'gpt'"),
    ],
)
def test_bad_input_is_refused_in_one_sentence(names, text, sentence):
    with pytest.raises(ValueError, match=sentence):
        Translator.of(names, text=text)


def test_a_model_that_is_too_large_for_a_page_is_refused(translator, monkeypatch):
    monkeypatch.setattr(module, "LARGEST_MODEL", 1000)
    with pytest.raises(ValueError, match=r"translator must have at most 1,000 bytes of weights, got [\d,]+$"):
        Translator.from_translator(translator, text="the cat sleeps.")
