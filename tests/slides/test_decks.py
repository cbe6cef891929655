"""The decks of the course: one for each chapter, little text, real notes, no measured number typed."""

import re

import nbformat
import pytest

from s2s_course.chapters import ROOT, chapter_paths
from s2s_course.drawings.registry import CHAPTERS, PAGES
from s2s_course.slides.build import build_decks, chapter_parts, deck_paths
from s2s_course.slides.deck import SlideError, read_deck
from s2s_course.slides.page import deck_html
from s2s_course.slides.references import REFERENCES

PATHS = {path.stem: path for path in deck_paths()}
MOST_WORDS = 45
# A unit behind a number: such numbers come out of measurements.
MEASURED = re.compile(r"\d+(?:\.\d+)? ?(?:BLEU|%|percent\b|ms\b)")
TOLD = {"15 %", "95 %"}  # of tokens, by the paper on BERT; an interval
BRITISH = re.compile(
    r"\b(?:\w*colour|behaviour|neighbour\w*|labell\w+|\w+(?:al|im|n|t)is(?:e|ed|ing)|towards)\b"
)


@pytest.fixture(scope="module")
def decks():
    return {name: read_deck(path) for name, path in PATHS.items()}


def visible(slide):
    """What a slide shows that stands in its source: no references, no fences, no formulas."""
    text = "\n".join([*slide.columns, slide.below])
    text = re.sub(
        r"^```.*?^```$|\$\$.*?\$\$|^\{[a-z-]+\} .*$|^\|.*$", " ", text, flags=re.MULTILINE | re.DOTALL
    )
    return re.sub(r"\$[^$]+\$|<[^>]+>", " x ", text)


def test_every_chapter_has_a_deck_with_its_title(decks):
    for path in chapter_paths():
        heading = next(c.source for c in nbformat.read(path, as_version=4).cells if c.source.startswith("# "))
        assert decks[path.stem].title == heading.splitlines()[0].removeprefix("# ")
    assert len(decks) == len(chapter_paths())


@pytest.mark.parametrize("name", PATHS)
def test_it_can_be_given_in_an_hour(decks, name):
    deck = decks[name]
    assert 12 <= len(deck.slides) <= 18
    assert 45 <= deck.minutes <= 60
    for slide in deck.slides:
        assert len(visible(slide).split()) <= MOST_WORDS, slide.title
        assert len(slide.notes.split()) >= 20, f"notes of {slide.title!r}"
    assert sum("sk" in slide.notes for slide in deck.slides) >= len(deck.slides) // 2, "few questions to ask"


@pytest.mark.parametrize("name", PATHS)
def test_it_has_the_parts_of_a_lecture(name):
    text = PATHS[name].read_text(encoding="utf-8")
    for part in ("{drawing} ", "{exercise} ", "{mistake} ", "{message} ", "\n> "):
        assert part in text, part
    assert re.search(r"[Bb]y hand", text)
    assert re.search(r"^\{(?:code|source)\} ", text, re.MULTILINE)
    assert "{widget} " in text
    if name != "01-sequences":  # which has no claims
        assert text.count("{claim} ") >= 2


@pytest.mark.parametrize("number", CHAPTERS)
def test_all_drawings_of_a_chapter_are_in_its_deck(number):
    [text] = [path.read_text(encoding="utf-8") for name, path in PATHS.items() if int(name[:2]) == number]
    shown = set(re.findall(r"^\{drawing\} (\S+)$", text, re.MULTILINE))
    assert shown - {name for names in PAGES.values() for name in names} == set(CHAPTERS[number])


@pytest.mark.parametrize("name", PATHS)
def test_the_guide_says_how_its_deck_is_built(name):
    guide = ROOT / "book" / "teaching" / f"guide-{name[:2]}.md"
    assert f"`make slides DECKS=slides/{PATHS[name].name}`" in guide.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", PATHS)
def test_what_was_measured_is_not_typed(name):
    assert MEASURED.findall("30.5 BLEU, 8%, 3 ms") == ["30.5 BLEU", "8%", "3 ms"]
    for line in PATHS[name].read_text(encoding="utf-8").splitlines():
        assert set(MEASURED.findall(line)) <= TOLD, line
        assert not BRITISH.search(line), line


@pytest.mark.parametrize("name", PATHS)
def test_each_reference_resolves(decks, name):
    html = deck_html(decks[name], chapter_parts(decks[name]))
    assert html.count('class="deck-frame"') == len(decks[name].slides)
    shown = re.sub(r"<script.*?</script>|<(?:code|pre).*?</(?:code|pre)>", "", html, flags=re.DOTALL)
    for kind in (*REFERENCES, "measured", "verdict"):
        assert f"{{{kind}}}" not in shown, "a reference that was not understood"
    assert 'src="http' not in html and 'href="http' not in html


def test_an_error_names_file_and_slide_and_nothing_is_written(tmp_path):
    good = PATHS["01-sequences"].read_text(encoding="utf-8")
    (tmp_path / "01-sequences.md").write_text(good.replace("{figure} we–nous", "{figure} you–vous"), "utf-8")
    with pytest.raises(SlideError, match=r"^01-sequences\.md, slide 4: figure 'you–vous' must fit one"):
        build_decks([tmp_path / "01-sequences.md"], tmp_path / "out")
    assert not (tmp_path / "out").exists()
    unknown = good.replace("{drawing} whole-way", "{drawing} whole-road")
    (tmp_path / "01-sequences.md").write_text(unknown, "utf-8")
    with pytest.raises(
        SlideError, match=r"^01-sequences\.md, slide 17: name must be one of .*got 'whole-road'"
    ):
        build_decks([tmp_path / "01-sequences.md"], tmp_path / "out")
    (tmp_path / "11-nothing.md").write_text("# T\n\nNotes: 1 minute\n", "utf-8")
    with pytest.raises(SlideError, match="must be named like a chapter, one of 01-sequences"):
        build_decks([tmp_path / "11-nothing.md"], tmp_path / "out")
