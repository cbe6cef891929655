"""Which kind of positions still works on sequences longer than those of training?"""

from functools import partial

from s2s_course.claims.claim import Claim, Scale, Values, Verdict, all_of, compare_paired
from s2s_course.claims.figures import Curves
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


def holds(values: Values) -> Verdict:
    def kept(way: str) -> list[float]:
        lengths = (values[f"{way}_1_length_{length}"] for length in (80, 20))
        return [far / near for far, near in zip(*lengths, strict=True)]

    learned = (
        values[f"{way}_1_length_20"] for way in ("sinusoidal", "learned", "relative", "alibi", "rotary")
    )
    return all_of(
        *(compare_paired(percents, [95.0] * len(percents)) for percents in learned),
        compare_paired(kept("alibi"), [0.98] * len(kept("alibi"))),
        *(
            compare_paired(kept(way), kept(absolute))
            for way in ("relative", "rotary")
            for absolute in ("sinusoidal", "learned")
        ),
    )


CLAIM = Claim(
    id="position-extrapolation",
    chapter=8,
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
    holds=holds,
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
            log="x",
        ),
    ),
)
