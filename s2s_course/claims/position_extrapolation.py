"""Which kind of positions still works on sequences longer than those of training?"""

from functools import partial

from s2s_course.claims.claim import Claim, Scale, Values, Verdict, all_of, compare_paired
from s2s_course.claims.position_tasks import CONDITIONS, MEASURES, WAYS, accuracies, symbol_before

LENGTHS, TESTED = range(6, 21), (10, 20, 40, 80, 160)
DISTANCES = (1, 3)


def experiment(scale: Scale, seed: int) -> dict[str, float]:
    """Percent of right answers for each distance and kind of positions, at each length."""
    values = {}
    for distance in DISTANCES:
        make = partial(symbol_before, distance=distance)
        for way in WAYS:
            found = accuracies(scale, seed, way, make, lengths=LENGTHS, tested=TESTED, causal=True)
            values |= {f"{way}_{distance}_length_{length}": percent for length, percent in found.items()}
    return values


def holds(values: Values) -> Verdict:
    return all_of(
        compare_paired(values["alibi_1_length_80"], [95.0] * len(values["alibi_1_length_80"])),
        *(
            compare_paired(values[f"{way}_1_length_80"], values[f"{absolute}_1_length_80"])
            for way in ("relative", "rotary")
            for absolute in ("sinusoidal", "learned")
        ),
    )


CLAIM = Claim(
    id="position-extrapolation",
    chapter=8,
    statement="On sequences four times as long as any in training, ALiBi is as good as before, and relative "
    "bias and rotary positions keep more of their accuracy than positions that are added (sinusoidal, "
    "learned).",
    source="Press et al. 2022, sections 2 and 4, for language models; there rotary positions extrapolate "
    "hardly "
    "better than sinusoidal ones",
    conditions=CONDITIONS + "A causal stack names, at each token, the symbol one token before it, or three; "
    "trained on 6 to 20 tokens, tested on 1,000 sequences of each length. The verdict is on one token "
    "before; as "
    "good as before means above 95 %. Guessing gives 8 %. The learned table has rows for all lengths, but "
    "those "
    "beyond 20 are never trained.",
    experiment=experiment,
    holds=holds,
    measures=MEASURES,
)
