"""Translator on a page: it writes what the package writes, by mouse and keyboard, and for odd input, too."""

import json
from pathlib import Path

import pytest
import torch
from playwright.sync_api import Page, expect

from s2s_course.decoding.translate import translate
from s2s_course.live.stored import live_examples, load_live
from s2s_course.models.translator import Translator as Trained
from s2s_course.text.codec import TextCodec
from s2s_course.text.tokenize import BPETokenizer
from s2s_course.trace import trace
from s2s_course.training.checkpoint import save_checkpoint
from s2s_course.widgets import HiddenStates, Translator

from .live_page import live_folder, write_live_page

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True}
SENTENCE = "the old woman sees a small dog."


@pytest.fixture(scope="session")
def translator_pages(shared) -> Path:
    def write() -> None:
        write_live_page(folder, "two", [Translator.of(["gru", "bahdanau"], text="the cat sleeps.")])
        states = HiddenStates.from_trace(trace(load_live("gru"), "the cat sleeps."))
        write_live_page(folder, "beside", [Translator.of("luong", text="the cat sleeps."), states])

    folder = shared / "translator-pages"
    return live_folder(folder, write)


@pytest.fixture
def show(open_page, translator_pages):
    return lambda name="two", **options: open_page((translator_pages / f"{name}.html").as_uri(), **options)


def written(page: Page, place: int) -> list[str]:
    return page.locator(".model").nth(place).locator(".words button span").all_text_contents()


def expect_words(page: Page, place: int, text: str, name: str) -> None:
    traced = trace(load_live(name), text)
    words = ["end" if token == "<eos>" else token for token in traced.tgt_tokens]
    expect(page.locator(".model").nth(place).locator(".words button span")).to_have_text(
        words, timeout=20_000
    )


def field(page: Page):
    return page.get_by_role("textbox", name="your sentence, in English").first


def test_nothing_is_loaded_before_a_reader_types(show):
    page = show()
    expect_words(page, 0, "the cat sleeps.", "gru")
    assert page.evaluate("Object.keys(s2sLive.assets)") == []
    page.locator(".words button").first.click()
    assert page.evaluate("Object.keys(s2sLive.assets)") == []
    field(page).fill(SENTENCE)
    expect_words(page, 1, SENTENCE, "bahdanau")
    assert set(page.evaluate("Object.keys(s2sLive.assets)")) == {"engine", "course", "gru", "bahdanau"}


def test_a_sentence_is_translated_while_it_is_typed(show):
    page = show()
    field(page).fill("")
    field(page).press_sequentially(SENTENCE)
    for place, name in enumerate(("gru", "bahdanau")):
        expect_words(page, place, SENTENCE, name)
    [text] = translate(load_live("bahdanau"), [SENTENCE])
    expect(page.locator("output")).to_contain_text(text)
    field(page).fill(SENTENCE.removesuffix("."))  # read with a full stop
    expect_words(page, 1, SENTENCE, "bahdanau")


def test_a_word_says_what_else_was_likely(show):
    page = show()
    field(page).fill(SENTENCE)
    expect_words(page, 0, SENTENCE, "gru")
    traced = trace(load_live("gru"), SENTENCE)
    page.locator(".model").first.locator(".words button").nth(2).press("Enter")
    rows = page.locator(".model").first.locator(".choices tr")
    best = torch.from_numpy(traced.log_probabilities[2]).exp().topk(5)
    vocabulary = load_live("gru").tgt_codec.vocab.tokens
    expect(rows.locator("th")).to_have_text([vocabulary[index] for index in best.indices.tolist()])
    shown = [float(text.removesuffix(" %")) for text in rows.locator("td:not(.bar)").all_text_contents()]
    assert shown == pytest.approx([100 * p for p in best.values.tolist()], abs=0.51)


def test_what_differs_from_the_right_translation_is_marked(show):
    page = show()
    wrong = next(
        pair for pair in live_examples()[:12] if translate(load_live("gru"), [pair.src]) != [pair.tgt]
    )
    page.get_by_label("examples").select_option(wrong.src)
    expect_words(page, 0, wrong.src, "gru")
    expect(page.locator("output")).to_contain_text(f"Right: {wrong.tgt}")
    marked = page.locator(".model").first.locator(".words .wrong span").all_text_contents()
    right = load_live("gru").tgt_codec.tokenizer.tokenize(wrong.tgt)
    assert (marked and not set(marked) <= set(right)) or len(marked) < len(written(page, 0))
    kept = [word for word in written(page, 0)[:-1] if word not in marked]
    assert all(word in right for word in kept)


def test_a_word_that_no_model_knows_is_named_and_near_ones_are_offered(show):
    page = show()
    field(page).fill("the old elefant sleeps.")
    advice = page.locator(".advice")
    expect(advice).to_contain_text("The models have never seen “elefant”")
    page.get_by_role("button", name="replace elefant by elephant").click()
    expect(field(page)).to_have_value("the old elephant sleeps.")
    expect(field(page)).to_be_focused()
    expect(advice).to_be_empty()


def test_words_are_completed(show):
    page = show()
    field(page).fill("the ele")
    expect(page.locator(".completions button").first).to_have_text("elephant")
    expect(page.locator(".advice")).to_be_empty()  # the word is still being written
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(field(page)).to_have_value("the elephant ")


ODD = {
    "markup": "<img src=x onerror='window.taken = 1'>",
    "emoji": "🐈‍⬛ 👩🏽‍🚀 !",
    "right to left": "القطة تنام.",
    "long": "the cat " * 200,
    "invisible": "\u200b",
    "pattern": "\\b(.*) $& [",
    "one word": "a" * 1900,
}


@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
def test_any_text_has_its_sensible_result(show, text):
    page = show()
    field(page).fill(text)
    expect(page.locator("output")).not_to_have_text("Type a sentence of your own: the models load then.")
    page.wait_for_function(
        "!document.querySelector('output').textContent.startsWith('Loading')", timeout=20_000
    )
    assert page.evaluate("window.taken") is None and page.locator(".s2s-widget img").count() == 0
    field(page).fill(SENTENCE)
    expect_words(page, 1, SENTENCE, "bahdanau")


def test_an_empty_field_asks_for_a_sentence(show):
    page = show()
    field(page).fill("   ")
    expect(page.locator("output")).to_have_text("Type a sentence, or choose an example.")
    assert written(page, 0) == []


@pytest.mark.parametrize(
    "options", [PHONE, PHONE | {"color_scheme": "dark"}, {}], ids=["phone", "dark", "desk"]
)
def test_it_is_no_wider_than_the_page(show, options):
    page = show(**options)
    field(page).fill("the small dog and the old elephant see a beautiful house.")
    expect(page.locator(".model").first.locator(".end")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_tab_reaches_every_part_with_a_visible_focus(show):
    page = show()
    field(page).focus()
    for selector in ("input[type=text]", "select", ".words button", "summary"):
        while not page.evaluate(f"document.activeElement.matches({json.dumps(selector)})"):
            page.keyboard.press("Tab")
        style = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert style == "solid", selector


def test_a_model_of_the_reader_opens_in_this_widget_and_in_those_that_fit(show, tmp_path):
    own = load_live("gru")
    with torch.no_grad():
        own.model.to_logits.bias[own.tgt_codec.vocab.encode(["chat"])[0]] += 50  # writes nothing else
    save_checkpoint(own, tmp_path)
    page = show("beside")
    page.get_by_text("a model of your own").click()
    page.locator("input[type=file]").set_input_files(sorted(tmp_path.iterdir()))
    expect(page.locator(".own-model")).to_contain_text("Your model (gru) is open.")
    expect(page.locator(".model").nth(1).locator(".words button span").first).to_have_text("chat")
    line = page.locator(".s2s-hidden-states .own-sentence")
    line.get_by_role("textbox").fill(SENTENCE)
    line.get_by_role("textbox").press("Enter")
    expect(line.locator("[aria-live]")).to_contain_text(
        "Shown is your sentence, read by your own model", timeout=20_000
    )
    read = len(own.src_codec.encode(SENTENCE)) + 1
    expect(page.locator(".s2s-hidden-states .tokens span").nth(read)).to_have_text("chat")


def test_a_model_with_subwords_and_parts_that_no_stored_model_has_opens(show, tmp_path):
    texts = [[pair.src for pair in live_examples()], [pair.tgt for pair in live_examples()]]
    codecs = [
        TextCodec.build(BPETokenizer.train(side, language=language, num_tokens=120), side)
        for language, side in zip(("en", "fr"), texts, strict=True)
    ]
    sizes = {"d_model": 16, "num_heads": 2, "d_ff": 24, "num_layers": 1, "positions": "rotary"}
    own = Trained.build("transformer", *codecs, seed=3, **sizes)
    save_checkpoint(own, tmp_path)
    page = show()
    field(page).fill(SENTENCE)
    page.get_by_text("a model of your own").click()
    page.locator("input[type=file]").set_input_files(sorted(tmp_path.iterdir()))
    expect(page.locator(".own-model")).to_contain_text("Your model (transformer) is open.", timeout=20_000)
    tokens = trace(own, SENTENCE, max_length=120).tgt_tokens
    words = ["end" if token == "<eos>" else token for token in tokens]
    expect(page.locator(".model").nth(2).locator(".words button span")).to_have_text(words, timeout=20_000)


def damaged(folder: Path, kind: str) -> list[Path]:
    manifest = folder / "checkpoint.json"
    document = json.loads(manifest.read_text())
    weights = folder / document["weights"]
    match kind:
        case "no manifest":
            manifest.unlink()
        case "no weights":
            weights.unlink()
        case "no JSON":
            manifest.write_text("{")
        case "other weights":
            weights.write_bytes(weights.read_bytes()[:-4] + b"\0\0\0\1")
        case "no such model":
            manifest.write_text(json.dumps(document | {"model": "mamba"}))
        case "sizes that do not fit":
            config = document["config"] | {"embed_size": 7}
            tokens = document["src"]["tokens"][:5]
            manifest.write_text(
                json.dumps(document | {"config": config, "tgt": document["tgt"] | {"tokens": tokens}})
            )
        case "too large":
            weights.write_bytes(bytes(20_000_001))
    return sorted(folder.iterdir())


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("no manifest", "a folder of s2s train has a file checkpoint.json, and it must be among the files"),
        ("no weights", "which is not among the files"),
        ("no JSON", "checkpoint.json is damaged: it is not JSON"),
        ("other weights", "the file of weights is damaged"),
        ("no such model", "the page has no model “mamba”"),
        ("sizes that do not fit", "the weights do not fit the model that the manifest describes"),
        ("too large", "weights may have at most 20 MB in a page, got 20.0 MB"),
    ],
)
def test_a_foreign_or_damaged_file_is_refused_in_one_sentence(show, tmp_path, kind, sentence):
    save_checkpoint(load_live("gru"), tmp_path)
    page = show()
    page.get_by_text("a model of your own").click()
    page.locator("input[type=file]").set_input_files(damaged(tmp_path, kind))
    status = page.locator(".own-model [aria-live]")
    expect(status).to_contain_text(sentence)
    assert status.inner_text().startswith("This cannot be opened: ") and status.inner_text().count(".") <= 3
    assert page.locator(".model").count() == 2


def test_a_model_of_a_notebook_shows_what_was_stored(open_page, translator_pages, tmp_path, translator):
    widget = Translator.from_translator(translator, text="the cat sleeps.")
    write_live_page(tmp_path, "own", [widget])
    for path in ("static-host.js", "live"):
        (tmp_path / path).symlink_to(translator_pages / path)
    page = open_page((tmp_path / "own.html").as_uri())
    words = [step["token"] for step in widget.shown["written"][widget.models[0]["name"]]["steps"]]
    expect(page.locator(".words button span")).to_have_text(["end" if w == "<eos>" else w for w in words])
    field(page).fill(SENTENCE)
    expect(page.locator("output")).to_have_text(
        "This cannot be translated here: this model is in the notebook only; open it there and run its cell."
    )


# Renders the widget as JupyterLab and Colab do: no static host, and a kernel that answers messages.
IN_A_NOTEBOOK = """async (state) => {
  const url = URL.createObjectURL(new Blob([state._esm], { type: "text/javascript" }));
  const { default: widget } = await import(url);
  const listeners = new Map();
  const of = (name) => listeners.get(name) ?? listeners.set(name, new Set()).get(name);
  const model = {
    get: (name) => state[name],
    set: (name, value) => { state[name] = value; for (const each of [...of(`change:${name}`)]) each(); },
    save_changes() {},
    on: (name, listener) => of(name).add(listener),
    off: (name, listener) => of(name).delete(listener),
    async send(message) {
      const answer = JSON.parse(await kernel(JSON.stringify(message)));
      for (const each of [...of("msg:custom")]) each(answer, []);
    },
  };
  window.waiting = () => of("msg:custom").size;
  await widget.render({ model, el: document.body });
}"""


def test_in_a_notebook_the_kernel_sends_the_models(open_page, tmp_path):
    own = load_live("gru")
    with torch.no_grad():
        own.model.to_logits.bias[own.tgt_codec.vocab.encode(["chat"])[0]] += 50
    widget, sent = Translator.from_translator(own, text="the cat sleeps."), []
    widget.send = sent.append
    blank = "<!doctype html><meta charset=utf-8><link rel=icon href=data:,><body>"
    (tmp_path / "page.html").write_text(blank)
    page = open_page((tmp_path / "page.html").as_uri())

    def kernel(message: str) -> str:
        widget._handle_custom_msg(json.loads(message), [])
        return json.dumps(sent.pop())

    page.expose_function("kernel", kernel)
    names = ("title", "text", "models", "examples", "shown", "_esm")
    page.evaluate(IN_A_NOTEBOOK, json.loads(json.dumps({name: getattr(widget, name) for name in names})))
    expect(page.locator(".words button span").first).to_have_text("chat")
    field(page).fill(SENTENCE)
    [text] = translate(own, [SENTENCE], max_length=120)
    expect(page.locator("output")).to_have_text(text, timeout=20_000)
    assert page.evaluate("waiting()") == 0, "nothing listens for answers that have come"
