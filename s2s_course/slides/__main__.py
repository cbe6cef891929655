"""``make slides``: ``python -m s2s_course.slides [DECK.md ...]``."""

import sys
from pathlib import Path

from s2s_course.slides.build import BUILT, build_decks, deck_paths
from s2s_course.slides.deck import SlideError


def main(arguments: list[str]) -> None:
    paths = [Path(argument) for argument in arguments] or deck_paths()
    for path in paths:
        if not path.is_file():
            sys.exit(f"no deck {path}; there are {', '.join(one.name for one in deck_paths())}")
    try:
        decks = build_decks(paths)
    except SlideError as error:
        sys.exit(str(error))
    for deck in decks:
        print(f"{deck.name}: {len(deck.slides)} slides, {deck.minutes} minutes")
    print(f"The decks are in {BUILT}: open {BUILT / 'index.html'} in a browser.")


if __name__ == "__main__":
    main(sys.argv[1:])
