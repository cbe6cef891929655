"""Switches on a page: boxes and heads break the stored model, and BLEU of what it writes then is shown."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from s2s_course.decoding.translate import translate_to_indices
from s2s_course.evaluation.evaluate import score_texts
from s2s_course.live.stored import live_examples, load_live
from s2s_course.models.translator import Translator
from s2s_course.widgets import Switches

from .live_page import live_folder, write_live_page

FINAL = 30_000  # milliseconds that fifty translations may take on a busy machine


@pytest.fixture(scope="session")
def switch_pages(shared) -> Path:
    def write() -> None:
        names = ["no scale", "wrong axis", "no positions"]
        write_live_page(folder, "transformer", [Switches.of("transformer", names, heads=True)])
        write_live_page(folder, "bahdanau", [Switches.of("bahdanau", ["mean", "wrong axis", "padding seen"])])

    folder = shared / "switch-pages"
    return live_folder(folder, write)


@pytest.fixture
def show(open_page, switch_pages):
    return lambda name="transformer", **options: open_page(
        (switch_pages / f"{name}.html").as_uri(), **options
    )


def load(page: Page) -> None:
    page.get_by_role("button", name="Load the model and its switches").click()
    expect(page.locator(".boxes input, .heads button").first).to_be_focused(timeout=20_000)


def score(page: Page) -> float:
    """What is shown of the model as it is now, when it has been counted."""
    expect(page.locator("output")).to_contain_text("BLEU", timeout=FINAL)
    return float(page.locator(".scores p").nth(1).locator("b").inner_text())


def bleu_of(translator: Translator) -> float:
    pairs = live_examples()
    outputs = translate_to_indices(translator, [pair.src for pair in pairs], max_length=28)
    words = [translator.tgt_codec.words(output) for output in outputs]
    return score_texts(words, [pair.tgt for pair in pairs], "fr")[0].score


def test_what_is_broken_is_what_the_package_breaks(show):
    page = show()
    whole = bleu_of(load_live("transformer"))
    assert float(page.locator(".scores b").first.inner_text()) == pytest.approx(whole, abs=0.06)
    load(page)
    page.get_by_label("no √d: the scores are not divided").check()
    broken = load_live("transformer")
    for layer in (*broken.model.encoder_layers, *broken.model.decoder_layers):
        for name in ("self_attention", "cross_attention"):
            if attention := getattr(layer, name, None):  # what is divided by √d later is made larger before
                attention.query.weight.data *= (attention.d_model / attention.num_heads) ** 0.5
                attention.query.bias.data *= (attention.d_model / attention.num_heads) ** 0.5
    assert score(page) == pytest.approx(bleu_of(broken), abs=0.3)
    expect(page.locator("output")).to_contain_text("It was not trained that way.")


def test_heads_by_keyboard_and_whole_again(show):
    page = show()
    load(page)
    head = page.get_by_role("button", name="head 2, decoder, source, layer 1")
    head.focus()
    page.keyboard.press("Space")
    expect(head).to_have_attribute("aria-pressed", "false")
    broken = load_live("transformer")
    attention = broken.model.decoder_layers[0].cross_attention
    size = attention.d_model // attention.num_heads
    attention.out.weight.data[:, size : 2 * size] = 0
    assert score(page) == pytest.approx(bleu_of(broken), abs=0.3)
    page.get_by_role("button", name="whole again").press("Enter")
    expect(page.locator("output")).to_contain_text("Whole: ", timeout=FINAL)
    assert score(page) == pytest.approx(bleu_of(load_live("transformer")), abs=0.3)
    expect(head).to_have_attribute("aria-pressed", "true")
    assert page.locator(".now:visible").count() == 0  # it writes what it wrote


def test_sentences_show_what_has_changed(show):
    page = show("bahdanau")
    load(page)
    page.get_by_label("softmax over the questions instead of the keys").check()
    assert score(page) < 20
    assert page.locator(".now:visible mark").count() > 0
    page.get_by_label("softmax over the questions instead of the keys").uncheck()
    expect(page.locator("output")).to_contain_text("Whole: ", timeout=FINAL)


def test_a_switch_that_is_flipped_meanwhile_counts(show):
    page = show("bahdanau")
    load(page)
    page.get_by_label("attention replaced by the mean").check()
    page.get_by_label("no mask over padding").check()
    page.get_by_label("attention replaced by the mean").uncheck()
    expect(page.locator("output")).to_contain_text("One part is broken", timeout=FINAL)


@pytest.mark.parametrize("width", [360, 800])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_no_wider_than_the_page(show, width, scheme):
    page = show(viewport={"width": width, "height": 800}, color_scheme=scheme)
    load(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_without_the_model_a_plain_line_says_so(show, open_page, switch_pages, tmp_path):
    write_live_page(tmp_path, "alone", [Switches.of("bahdanau", ["mean"])])
    (tmp_path / "static-host.js").write_bytes((switch_pages / "static-host.js").read_bytes())
    # not watched: the browser reports what it cannot load
    page = show().context.new_page()
    page.goto((tmp_path / "alone.html").as_uri())
    page.get_by_role("button", name="Load the model and its switches").click()
    expect(page.locator("output")).to_contain_text("The model cannot be run here: the file ")
    expect(page.get_by_role("button", name="Load the model and its switches")).to_be_enabled()
