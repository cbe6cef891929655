"""What computes in the published page, in Firefox, as ``make firefox`` runs it: a smoke test.

The tests of ``make test`` drive Chromium and look at every number. Here each of these widgets is used once on
a page that was opened as a file, and once on one from a server, and what comes out is compared with Python.
"""

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest
import torch

from s2s_course.live.stored import live_moments, load_live
from s2s_course.live.tasks import find_task
from s2s_course.live.training import learn
from s2s_course.models.translator import Translator
from s2s_course.trace import trace
from s2s_course.trace.transformer_steps import trace_transformer
from s2s_course.training.checkpoint import save_checkpoint
from s2s_course.widgets import HiddenStates, Moments, Switches, Training, TransformerSteps
from s2s_course.widgets import Translator as TranslatorWidget

from .crawl import serve
from .firefox_session import NO_FIREFOX, Firefox, find, start
from .live_page import live_folder, write_live_page
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
STATUS, OUTPUT = ".own-sentence [aria-live]", "output"


@pytest.fixture(scope="module")
def folder(shared) -> Path:
    def write() -> None:
        for name, make in WIDGETS.items():
            widget = make()
            if name == "training":
                widget.lesson = widget.lesson | {"steps": STEPS, "batchSize": BATCH_SIZE}
            write_live_page(shared / "firefox", name, [widget])

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
        firefox.until(f"document.querySelectorAll('.s2s-{name}').length", 1)
        return firefox

    yield open_page
    width = firefox.evaluate("[innerWidth, document.documentElement.scrollWidth]")
    assert firefox.problems == []
    assert width[1] <= width[0]


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
    traced = trace(load_live("gru"), SENTENCE)
    assert page.texts(".tokens span") == [*traced.src_tokens, *traced.tgt_tokens]


def score(page: Firefox) -> float:
    page.until(f"document.querySelector({OUTPUT!r}).textContent.includes('BLEU')")
    return float(page.texts(".scores b")[1])


def use_switches(page: Firefox) -> None:
    page.click(".begin")
    page.until("document.activeElement.type", "checkbox")
    page.press(" ")
    broken = score(page)
    whole = load_live("transformer")
    for layer in (*whole.model.encoder_layers, *whole.model.decoder_layers):
        for name in ("self_attention", "cross_attention"):
            if attention := getattr(layer, name, None):  # what is divided by √d later is made larger before
                attention.query.weight.data *= (attention.d_model / attention.num_heads) ** 0.5
                attention.query.bias.data *= (attention.d_model / attention.num_heads) ** 0.5
    assert broken == pytest.approx(bleu_of(whole), abs=0.3)
    assert broken < float(page.texts(".scores b")[0])


def use_training(page: Firefox) -> None:
    page.click("button.main")
    page.until("document.querySelector('button.main').textContent", "Start again")
    task = find_task("copy_memory")
    rows = "Array.from(document.querySelectorAll('.results tbody tr'), (row) => row.cells[1].textContent)"
    for entry, loss in zip(task.models, page.evaluate(rows), strict=True):
        steps = learn(entry, task, options={"lag": 10}, seed=0, rate=task.rate, batch_size=BATCH_SIZE)
        last = [each for _, each in islice(steps, STEPS)][-10:]
        assert float(loss) == pytest.approx(sum(last) / 10, abs=0.0061), entry.name
    curves = "Array.from(document.querySelectorAll('.chart .line'), (n) => n.getAttribute('d').split('L').length)"
    assert page.evaluate(curves) == [STEPS] * 3
    assert page.texts(OUTPUT)[0].startswith("Done. Right on fresh examples: RNN ")


def use_moments(page: Firefox) -> None:
    sources, moments = live_moments("bahdanau")
    page.click("button[aria-label='later moment']")
    for keys, moment in (((), 4), (("ArrowLeft",), 3), (("End",), 15)):
        if keys == ("End",):
            page.evaluate("document.querySelector('input[aria-label=\"moment of training\"]').focus()")
        page.press(*keys)
        written = [token for token in moments[moment]["outputs"][0]["tokens"] if token != "<eos>"]
        assert page.texts(OUTPUT)[0].endswith(f"writes: {' '.join(written)} ")
    assert page.texts("thead th") == list(sources[0])


def use_transformer_steps(page: Firefox) -> None:
    show(page, SENTENCE)
    traced = trace_transformer(load_live("transformer"), SENTENCE)
    page.click("[role=application] output")
    page.evaluate("document.querySelector('[role=application]').focus()")
    page.press("End")
    tokens = page.texts(".sentence > div > span > span")
    assert tokens == [*traced.src_tokens, *traced.tgt_tokens]
    [said] = page.texts(OUTPUT)
    assert "With it the translation ends." in said
    logits = torch.from_numpy(traced.logits[-1])
    assert float(re.search(r"probability ([\d.]+)", said)[1]) == pytest.approx(float(logits.softmax(0).max()), abs=0.006)


USES = {name: globals()[f"use_{name.replace('-', '_')}"] for name in WIDGETS}


@pytest.mark.parametrize("name", WIDGETS)
def test_it_computes_what_python_computes(page, name):
    USES[name](page(name))


@pytest.mark.parametrize("firefox", ["dark"], indirect=True)
@pytest.mark.parametrize("name", WIDGETS)
def test_on_a_phone_in_the_dark(page, name):
    phone = page(name, width=360)
    theme = "[document.querySelector('.s2s-widget').dataset.theme, innerWidth]"
    assert phone.evaluate(theme) == ["dark", 360]
    USES[name](phone)
