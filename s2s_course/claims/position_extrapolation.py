"""Which kind of positions still works on sequences longer than those of training?"""

from functools import partial

from s2s_course.claims.claim import Claim, Scale
from s2s_course.claims.clause import Derived, More, ratio
from s2s_course.claims.figures import Curves
from s2s_course.claims.position_names import NAMES
from s2s_course.claims.position_tasks import CONDITIONS, WAYS, accuracies, symbol_before
from s2s_course.data.examples import Examples

LENGTHS, TESTED = range(6, 21), (10, 20, 40, 80, 160)
DISTANCES = (1, 3)


def new_answers(*, count: int, length: int, seed: int, distance: int) -> Examples:
    """``symbol_before``; in a sequence longer than any in training only the positions beyond are asked.

    The first ones are as in training: a causal stack does not see what follows.
    """
    examples = symbol_before(count=count, length=length, seed=seed, distance=distance)
    if length > max(LENGTHS):
        asked = examples.target_mask.clone()
        asked[:, : max(LENGTHS)] = False
        return Examples.of(examples.inputs, examples.mask, examples.targets, asked)
    return examples


def experiment(scale: Scale, seed: int) -> dict[str, float]:
    """Percent of right answers for each distance and kind of positions, at each length."""
    values = {}
    for distance in DISTANCES:
        make = partial(new_answers, distance=distance)
        for way in WAYS:
            found = accuracies(scale, seed, way, make, lengths=LENGTHS, tested=TESTED, causal=True)
            values |= {f"{way}_{distance}_length_{length}": percent for length, percent in found.items()}
    return values


def _kept(way: str) -> Derived:
    """The accuracy at 80 tokens as a share of that at 20."""
    return ratio(f"share kept, {NAMES[way]}", f"{way}_1_length_80", f"{way}_1_length_20")


CLAIM = Claim(
    id="position-extrapolation",
    chapter=8,
    title="ALiBi keeps its accuracy on longer sequences",
    statement="On sequences four times as long as any in training, ALiBi keeps its accuracy, and relative "
    "bias and rotary positions keep more of theirs than positions that are added (sinusoidal, learned).",
    source="Press et al. 2022, sections 2 and 4, for language models: added sinusoids hardly extrapolate, "
    "rotary positions and T5's bias do better, ALiBi best",
    conditions=CONDITIONS
    + "A causal stack names, at each token, the symbol one token before it, or three; trained on 6 to 20 "
    "tokens, tested on 1,000 sequences of each length. Beyond 20 only the tokens after the 20th count. Kept "
    "is the accuracy at 80 as a share of that at 20; at least 98 % of it counts as keeping it, and all "
    "kinds must be above 95 % at 20. The verdict is on one token before. Guessing gives 8 %. The learned "
    "table has rows for all lengths, but those beyond 20 are never trained.",
    experiment=experiment,
    clauses=(
        *(
            More(
                f"With {NAMES[way]} positions it is right at 20 tokens.", f"{way}_1_length_20", 95.0, unit="%"
            )
            for way in ("sinusoidal", "learned", "relative", "alibi", "rotary")
        ),
        More("ALiBi keeps its accuracy at 80 tokens.", _kept("alibi"), 0.98, digits=3),
        *(
            More(
                f"{NAMES[way].capitalize()} positions keep more than {NAMES[absolute]} ones.",
                _kept(way),
                _kept(absolute),
                digits=2,
            )
            for way in ("relative", "rotary")
            for absolute in ("sinusoidal", "learned")
        ),
    ),
    figures=(
        Curves(
            "right answers in percent, one token before",
            {
                "none_1_length_": "none",
                "sinusoidal_1_length_": "sinusoidal, added",
                "concatenated_1_length_": "sinusoidal, concatenated",
                "learned_1_length_": "learned",
                "relative_1_length_": "relative bias",
                "alibi_1_length_": "ALiBi",
                "rotary_1_length_": "rotary",
            },
            xlabel="length (training: 6 to 20 tokens)",
            at="{} tokens".format,
            log="x",
        ),
        Curves(
            "right answers in percent, three tokens before",
            {
                "none_3_length_": "none",
                "sinusoidal_3_length_": "sinusoidal, added",
                "concatenated_3_length_": "sinusoidal, concatenated",
                "learned_3_length_": "learned",
                "relative_3_length_": "relative bias",
                "alibi_3_length_": "ALiBi",
                "rotary_3_length_": "rotary",
            },
            xlabel="length (training: 6 to 20 tokens)",
            at="{} tokens".format,
            log="x",
        ),
    ),
)
