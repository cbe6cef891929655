"""What computes in the published page, in Firefox, as ``make firefox`` runs it: a smoke test.

The tests of ``make test`` drive Chromium and look at every number. Here each of these widgets is used once on
a page that was opened as a file, and once on one from a server, and what comes out is compared with Python;
then once more on a phone in the dark.
"""

import re
from collections.abc import Iterator
from functools import cache
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch

from s2s_course.live.stored import live_moments, load_live
from s2s_course.live.tasks import Entry, find_task
from s2s_course.live.training import learn
from s2s_course.trace import trace
from s2s_course.trace.transformer_steps import trace_transformer
from s2s_course.training.checkpoint import save_checkpoint
from s2s_course.widgets import HiddenStates, Moments, Switches, Training, TransformerSteps
from s2s_course.widgets import Translator as TranslatorWidget

from .crawl import serve
from .firefox_session import NO_FIREFOX, Firefox, find, start
from .live_page import live_folder, write_live_page
from .own_sentence_pages import examples
from .test_own_sentence_line import NAMES
from .test_switches import bleu_of
from .transformer_steps_page import trace as small_pass

STORED, SENTENCE = "the cat sleeps.", "the old woman sees a small dog."
STEPS, BATCH_SIZE = 40, 8
PLACES = ("file", "served")
WIDGETS = {
    "translator": lambda: TranslatorWidget.of(["gru", "bahdanau"], text=STORED),
    "hidden-states": lambda: HiddenStates.from_trace(trace(load_live("gru"), STORED)),
    "switches": lambda: Switches.of("transformer", ["no scale"], heads=True),
    "training": lambda: Training.of("copy_memory"),
    "moments": lambda: Moments.of("bahdanau", moment=3),
    "transformer-steps": lambda: TransformerSteps.from_trace(small_pass()),
}
FIELD = "input[aria-label='your sentence, in English']"
STATUS = ".own-sentence [aria-live]"


@pytest.fixture(scope="module")
def folder(shared) -> Path:
    def write() -> None:
        for name, make in WIDGETS.items():
            widget = make()
            if name == "training":
                widget.lesson = widget.lesson | {"steps": STEPS, "batchSize": BATCH_SIZE}
            write_live_page(shared / "firefox", name, [widget])
        for name, widget in examples().items():
            write_live_page(shared / "firefox", f"line-{name}", [widget])

    return live_folder(shared / "firefox", write)


@pytest.fixture(scope="module", params=PLACES)
def address(request, folder) -> Iterator[str]:
    if request.param == "file":
        yield folder.as_uri()
    else:
        with serve(folder) as served:
            yield served


@pytest.fixture(scope="module", params=["light"])
def firefox(request) -> Iterator[Firefox]:
    if find() is None:
        pytest.fail(NO_FIREFOX, pytrace=False)
    with start(request.param) as firefox:
        print(f"Firefox {firefox.version}, {request.param}")
        yield firefox


@pytest.fixture
def page(firefox, address):
    """Open a page. At the end of the test it may have had no problem, and be no wider than the window."""

    def open_page(name: str, **options) -> Firefox:
        firefox.open(f"{address}/{name}.html", **options)
        firefox.until("document.querySelectorAll('.s2s-widget').length", 1)
        return firefox

    yield open_page
    wider = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert firefox.problems == []
    assert not firefox.evaluate(wider)


def show(page: Firefox, text: str) -> None:
    """Type into the line “your sentence”, by keyboard."""
    page.type(FIELD, text)
    page.press("Enter")
    page.until(f"document.querySelector({STATUS!r}).textContent.startsWith('Shown is your sentence')")


def use_translator(page: Firefox) -> None:
    page.type(FIELD, SENTENCE)
    for place, name in enumerate(("gru", "bahdanau"), 1):
        words = [*trace(load_live(name), SENTENCE).tgt_tokens[:-1], "end"]
        shown = f".model:nth-of-type({place}) .words button span"
        page.until(f"Array.from(document.querySelectorAll({shown!r}), (n) => n.textContent)", words)


def use_hidden_states(page: Firefox) -> None:
    show(page, SENTENCE)
    for name in ("rnn", "lstm", "gru"):
        page.until(f"document.querySelector({STATUS!r}).textContent.includes('read by {name.upper()}.')")
        traced = trace(load_live(name), SENTENCE)
        assert page.texts(".tokens span") == [*traced.src_tokens, *traced.tgt_tokens]
        page.focus(".own-sentence select")
        page.press("ArrowDown")


def score(page: Firefox, begins: str) -> float:
    """What is shown of the model as it is now, once the readout begins so."""
    page.until(f"document.querySelector('output').textContent.startsWith({begins!r})")
    return float(page.texts(".scores b")[1])


@cache
def bleu_without_a_head() -> float:
    broken = load_live("transformer")
    attention = broken.model.decoder_layers[0].cross_attention
    size = attention.d_model // attention.num_heads
    attention.out.weight.data[:, size : 2 * size] = 0
    return bleu_of(broken)


def use_switches(page: Firefox) -> None:
    page.click(".begin")
    page.until("document.activeElement.type", "checkbox")
    whole = float(page.texts(".scores b")[0])
    page.press(" ")
    assert score(page, "One part is broken") < whole
    page.press(" ")
    assert score(page, "Whole: ") == pytest.approx(whole, abs=0.3)
    page.click("button[aria-label='head 2, decoder, source, layer 1']")
    assert score(page, "One part is broken") == pytest.approx(bleu_without_a_head(), abs=0.3)


@cache
def loss_by_pytorch(entry: Entry) -> float:
    task = find_task("copy_memory")
    steps = learn(entry, task, options={"lag": 10}, seed=0, rate=task.rate, batch_size=BATCH_SIZE)
    return sum([each for _, each in islice(steps, STEPS)][-10:]) / 10


def use_training(page: Firefox) -> None:
    page.evaluate("void (window.made = 0)")
    counted = "class extends Worker { constructor(...all) { super(...all); window.made += 1; } }"
    page.evaluate(f"void (window.Worker = {counted})")
    page.click("button.main")
    page.until("document.querySelector('button.main').textContent", "Start again")
    assert page.evaluate("made") == 1
    task = find_task("copy_memory")
    rows = "Array.from(document.querySelectorAll('.results tbody tr'), (row) => row.cells[1].textContent)"
    for entry, loss in zip(task.models, page.evaluate(rows), strict=True):
        assert float(loss) == pytest.approx(loss_by_pytorch(entry), abs=0.0061), entry.name
    curves = (
        "Array.from(document.querySelectorAll('.chart .line'), (n) => n.getAttribute('d').split('L').length)"
    )
    assert page.evaluate(curves) == [STEPS] * 3
    assert page.texts("output")[0].startswith("Done. Right on fresh examples: RNN ")


def use_moments(page: Firefox) -> None:
    sources, moments = live_moments("bahdanau")
    page.click("button[aria-label='later moment']")
    for key, moment in ((None, 4), ("ArrowLeft", 3), ("End", 15)):
        if key == "End":
            page.focus("input[aria-label='moment of training']")
        page.press(*[key] if key else [])
        written = [token for token in moments[moment]["outputs"][0]["tokens"] if token != "<eos>"]
        assert page.texts("output")[0].endswith(f"writes: {' '.join(written)} ")
    assert page.texts("thead th") == list(sources[0])


def use_transformer_steps(page: Firefox) -> None:
    show(page, SENTENCE)
    traced = trace_transformer(load_live("transformer"), SENTENCE)
    page.focus("[role=application]")
    page.press("End")
    assert page.texts(".sentence > div > span > span") == [*traced.src_tokens, *traced.tgt_tokens]
    [said] = page.texts("output")
    probability = np.exp(traced.log_probabilities[-1].max())
    assert "With it the translation ends." in said
    assert float(re.search(r"probability ([\d.]+)", said)[1]) == pytest.approx(probability, abs=0.006)


DARK = pytest.mark.parametrize(("firefox", "address"), [("dark", "file")], indirect=True)
USES = {name: globals()[f"use_{name.replace('-', '_')}"] for name in WIDGETS}


@pytest.mark.parametrize("name", WIDGETS)
def test_it_computes_what_python_computes(page, name):
    USES[name](page(name))


@DARK
@pytest.mark.parametrize("name", WIDGETS)
def test_on_a_phone_in_the_dark(page, name):
    phone = page(name, width=360)
    phone.until("innerWidth", 360)
    widget = "document.querySelector('.s2s-widget')"
    assert phone.evaluate(f"{widget}.dataset.theme") == "dark"
    paper = phone.evaluate(f"getComputedStyle({widget}).backgroundColor")
    assert max(map(int, re.findall(r"\d+", paper)[:3])) < 80
    USES[name](phone)


@DARK
@pytest.mark.parametrize("name", NAMES)
def test_every_widget_takes_the_readers_sentence(page, name):
    phone = page(f"line-{name}", width=360)
    drawn = "Array.from(document.querySelector('.s2s-widget').children, (node) => node.textContent).slice(2)"
    assert not any("woman" in text or "femme" in text for text in phone.evaluate(drawn))
    show(phone, SENTENCE)
    assert any("woman" in text or "femme" in text for text in phone.evaluate(drawn))


def test_a_model_of_the_reader_opens(page, tmp_path):
    own = load_live("gru")
    with torch.no_grad():
        own.model.to_logits.bias[own.tgt_codec.vocab.encode(["chat"])[0]] += 50  # writes nothing else
    save_checkpoint(own, tmp_path)
    translator = page("translator")
    translator.click(".own-model summary")
    translator.give("input[type=file]", sorted(tmp_path.iterdir()))
    translator.until("document.querySelector('.own-model').textContent.includes('Your model (gru) is open.')")
    first = "document.querySelector('.model:nth-of-type(3) .words button span')?.textContent"
    translator.until(first, "chat")


def test_a_problem_would_be_seen(firefox, address, folder):
    text = "<!doctype html><meta charset='utf-8'><link rel='icon' href='data:,'>{}<body>{}"
    bad = "<script src='none.js'></script><script src='http://example.org/a.js'></script>"
    thrown = "<script>console.error('said'); setTimeout(() => { throw new Error('thrown'); });</script>"
    for name, parts in (("good", ("", "")), ("bad", (bad, thrown))):
        (folder / f"{name}.html").write_text(text.format(*parts), encoding="utf-8")
        firefox.open(f"{address}/{name}.html")
        firefox.evaluate("new Promise((resolve) => setTimeout(resolve, 100))")
        found = "\n".join(firefox.problems)
        assert bool(found) == (name == "bad")
    problems = ["console: said", "javascript: Error: thrown", "off-origin: http://example.org/a.js"]
    if address.startswith("http"):  # Firefox says nothing of a file that is missing beside a file
        problems.append(f"status 404: {address}/none.js")
    assert [problem for problem in problems if problem not in found] == []
