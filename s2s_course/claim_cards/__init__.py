"""Claims as readers meet them: one card each, with what came out, its intervals and its figures.

``claim("attention-aligns")`` gives a card, ``claim_figure("alignment-scores", 1)`` a figure and
``claim_numbers("cache-time", "saved")`` a table; in a notebook they show themselves. They are HTML with
a little inline style: they need nothing else, follow light and dark mode, and are legible on a telephone, in
print and without the style. ``python -m s2s_course.claim_cards`` renews those in the stored chapters.
"""

from s2s_course.claim_cards.card import claim
from s2s_course.claim_cards.figure import claim_figure
from s2s_course.claim_cards.values import claim_numbers

__all__ = ["claim", "claim_figure", "claim_numbers"]
