"""Does it help to divide the dot product by the root of its size?"""

from s2s_course.claims.claim import Claim, Scale
from s2s_course.claims.clause import More
from s2s_course.claims.figures import Bars
from s2s_course.claims.translation_tasks import CONDITIONS, bleu_on_test, corpus_of, trained
from s2s_course.evaluation.alignment import alignment_error_rate, attended_links


def experiment(scale: Scale, seed: int) -> dict[str, float]:
    """BLEU and the alignment error rate in percent, without and with the division."""
    pairs, values = corpus_of(scale)["test"], {}
    gold = [pair.alignment for pair in pairs]
    for score in ("dot", "scaled_dot"):
        translator = trained(scale, seed, f"luong-{score.replace('_', '-')}")
        values[f"{score}_bleu"] = bleu_on_test(scale, translator)
        values[f"{score}_error"] = 100 * alignment_error_rate(attended_links(translator, pairs), gold)
    return values


CLAIM = Claim(
    id="scaled-dot",
    chapter=6,
    title="A scaled dot product translates better",
    statement="A dot product divided by the root of its size translates better than a plain one.",
    source="Vaswani et al. 2017, section 3.2.1, who give the reason and no number",
    conditions=CONDITIONS + "Luong's order, one direction, no input feeding.",
    experiment=experiment,
    clauses=(More("", "scaled_dot_bleu", "dot_bleu", unit="BLEU"),),
    figures=(Bars("BLEU on the test split", {"dot_bleu": "dot", "scaled_dot_bleu": "scaled dot"}),),
    family="luong",
    names={
        "dot_error": "dot, alignment error rate (%)",
        "scaled_dot_error": "scaled dot, alignment error rate (%)",
    },
)
