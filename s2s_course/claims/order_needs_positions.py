"""A task that only the order decides: at chance without positions, solved with each kind of them?"""

from s2s_course.claims.claim import Claim, Scale
from s2s_course.claims.clause import More, Within
from s2s_course.claims.figures import Bars
from s2s_course.claims.position_names import NAMES
from s2s_course.claims.position_tasks import CONDITIONS, WAYS, accuracies, which_first

LENGTHS, TESTED = range(4, 21), (10, 20)
SOLVED = 95.0


def experiment(scale: Scale, seed: int) -> dict[str, float]:
    """Percent of right answers with each kind of positions, at each of two lengths."""
    values = {}
    for way in WAYS:
        found = accuracies(scale, seed, way, which_first, lengths=LENGTHS, tested=TESTED)
        values |= {f"{way}_length_{length}": percent for length, percent in found.items()}
    return values


CLAIM = Claim(
    id="order-needs-positions",
    chapter=8,
    title="Order needs positions",
    statement="Which of two symbols comes first? A Transformer encoder without positions guesses, and with "
    "any kind of positions it is right in more than 95 % of cases.",
    source="Vaswani et al. 2017, section 3.5: a model without recurrence must be told the order",
    conditions=CONDITIONS
    + "Sequences of 4 to 20 random symbols with one 0 and one 1; the question is put at the first token. "
    "Tested on 1,000 sequences of 10 and of 20. Guessing is right in half of the cases; between 45 and 55 % "
    "counts as guessing.",
    experiment=experiment,
    clauses=(
        *(
            Within(
                f"Without positions it guesses among {length} symbols.",
                f"none_length_{length}",
                45.0,
                55.0,
                unit="%",
            )
            for length in TESTED
        ),
        *(
            More(
                f"With {name} positions it is right among {length} symbols.",
                f"{way}_length_{length}",
                SOLVED,
                unit="%",
            )
            for way, name in NAMES.items()
            for length in TESTED
        ),
    ),
    figures=(
        Bars(
            "right answers in percent, 10 symbols",
            {
                "none_length_10": "none",
                "sinusoidal_length_10": "sinusoidal, added",
                "concatenated_length_10": "sinusoidal, concatenated",
                "learned_length_10": "learned",
                "relative_length_10": "relative bias",
                "alibi_length_10": "ALiBi",
                "rotary_length_10": "rotary",
            },
        ),
        Bars(
            "right answers in percent, 20 symbols",
            {
                "none_length_20": "none",
                "sinusoidal_length_20": "sinusoidal, added",
                "concatenated_length_20": "sinusoidal, concatenated",
                "learned_length_20": "learned",
                "relative_length_20": "relative bias",
                "alibi_length_20": "ALiBi",
                "rotary_length_20": "rotary",
            },
        ),
    ),
)
