"""How a source is cut into slides, and what is said of one that is written otherwise."""

import pytest

from s2s_course.slides.deck import SlideError, read_deck

FIRST = "# The title\n\nA question?\n\nNotes: 1 minute\n\nSay hello.\n"
SECOND = "## The second\n\nLeft\n\n||| 2:1\n\nRight\n\n===\n\nBelow\n\nNotes: 12 minutes\n\nAsk.\n\nListen.\n"


def deck_of(tmp_path, text, name="05-some-chapter"):
    path = tmp_path / f"{name}.md"
    path.write_text(text, encoding="utf-8")
    return read_deck(path)


def test_slides_have_title_columns_notes_and_minutes(tmp_path):
    deck = deck_of(tmp_path, f"{FIRST}\n---\n{SECOND}")
    assert (deck.name, deck.chapter, deck.title, deck.minutes) == ("05-some-chapter", 5, "The title", 13)
    first, second = deck.slides
    assert (first.columns, first.shares, first.below, first.notes) == (
        ("A question?",),
        None,
        "",
        "Say hello.",
    )
    assert (second.title, second.columns, second.shares) == ("The second", ("Left", "Right"), (2, 1))
    assert (second.below, second.notes, second.minutes) == ("Below", "Ask.\n\nListen.", 12)


def test_within_a_fence_nothing_is_cut(tmp_path):
    deck = deck_of(tmp_path, "# Title\n\n```\na\n---\n===\nb\n```\n\nNotes: 1 minute\n")
    assert deck.slides[0].columns == ("```\na\n---\n===\nb\n```",)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("No title\n\nNotes: 1 minute", "slide 1: must begin with its title after '#', got 'No title'"),
        ("## Not the first\n\nNotes: 1 minute", "slide 1: must begin with its title after '#'"),
        (f"{FIRST}\n---\n# Too large\n\nNotes: 1 minute", "slide 2: must begin with its title after '##'"),
        ("# Title\n\nText", "slide 1: must have notes"),
        (
            "# Title\n\nNotes: soon",
            "slide 1: notes must begin with a line 'Notes: 3 minutes', got 'Notes: soon'",
        ),
        (
            f"{FIRST}\n---\n## Two\n\n||| 1:2\n\n|||\n\nNotes: 1 minute",
            "slide 2: '||| 2:1' needs two columns",
        ),
    ],
)
def test_what_is_wrong_is_said_with_file_and_slide(tmp_path, text, message):
    with pytest.raises(SlideError, match=r"^05-some-chapter\.md, slide") as caught:
        deck_of(tmp_path, text)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_deck_is_named_like_its_chapter(tmp_path):
    with pytest.raises(SlideError, match="must be named like its chapter"):
        deck_of(tmp_path, FIRST, name="Attention")
