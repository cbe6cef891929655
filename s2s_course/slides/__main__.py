"""``make slides``: ``python -m s2s_course.slides [--out FOLDER] [DECK.md ...]``."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from s2s_course.slides.build import BUILT, build_decks, deck_paths
from s2s_course.slides.deck import SlideError


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m s2s_course.slides", description="Build slide decks.")
    parser.add_argument("decks", nargs="*", type=Path, metavar="DECK.md", help="all decks if none is named")
    parser.add_argument("--out", type=Path, default=BUILT, help="the folder to write into")
    chosen = parser.parse_args(arguments)
    for path in chosen.decks:
        if not path.is_file():
            sys.exit(f"no deck {path}; there are {', '.join(one.name for one in deck_paths())}")
    try:
        decks = build_decks(chosen.decks or deck_paths(), chosen.out)
    except SlideError as error:
        sys.exit(str(error))
    for deck in decks:
        print(f"{deck.name}: {len(deck.slides)} slides, {deck.minutes} minutes")
    print(f"The decks are in {chosen.out}: open {chosen.out / 'index.html'} in a browser.")


if __name__ == "__main__":
    main(sys.argv[1:])
