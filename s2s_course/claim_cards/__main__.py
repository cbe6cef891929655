"""``python -m s2s_course.claim_cards`` renews cards, figures and tables of claims in the stored chapters."""

from pathlib import Path

from s2s_course.claim_cards.stored import renew

BOOK = Path(__file__).parents[2] / "book"

if __name__ == "__main__":
    for path in sorted(BOOK.glob("*.ipynb")):
        print(f"{path.name}: {'renewed' if renew(path) else 'as it was'}")
