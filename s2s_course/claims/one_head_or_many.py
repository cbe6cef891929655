"""One head or many, with the same number of weights?"""

from s2s_course.claims.claim import Claim, Scale
from s2s_course.claims.clause import More
from s2s_course.claims.figures import Bars
from s2s_course.claims.transformer_tasks import CONDITIONS, TRANSFORMER, trained
from s2s_course.claims.translation_tasks import bleu_on_test

HEADS: dict[Scale, tuple[int, ...]] = {"smoke": (1, 4, 8), "quick": (1, 4, 8), "full": (1, 4, 8)}


def experiment(scale: Scale, seed: int) -> dict[str, float]:
    """BLEU on the test split, by number of heads."""
    values = {}
    for heads in HEADS[scale]:
        values[f"heads_{heads}_bleu"] = bleu_on_test(
            scale, trained(scale, seed, "transformer", num_heads=heads)
        )
    return values


CLAIM = Claim(
    id="one-head-or-many",
    chapter=7,
    title="Four heads translate better than one",
    statement="Four heads translate better than one, with the same number of weights.",
    source="Vaswani et al. 2017, table 3 (A): a single head is 0.9 BLEU worse than the best number",
    conditions=CONDITIONS + TRANSFORMER + "The rate was chosen with 4 heads.",
    experiment=experiment,
    clauses=(More("", "heads_4_bleu", "heads_1_bleu", unit="BLEU"),),
    figures=(
        Bars(
            "BLEU on the test split",
            {
                "heads_1_bleu": "1 head",
                "heads_4_bleu": "4 heads",
                "heads_8_bleu": "8 heads",
            },
        ),
    ),
    family="transformer",
)
