"""``python -m s2s_course.claim_cards`` renews cards, figures and tables of claims in the stored chapters."""

from s2s_course.claim_cards.stored import renew
from s2s_course.stored_chapters import renew_all

if __name__ == "__main__":
    renew_all(renew)
