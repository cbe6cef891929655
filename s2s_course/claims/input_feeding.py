"""Does input feeding improve translation?"""

from s2s_course.claims.claim import Claim, Scale
from s2s_course.claims.clause import More
from s2s_course.claims.figures import Bars
from s2s_course.claims.translation_tasks import (
    CONDITIONS,
    bleu_by_length,
    bleu_on_test,
    corpus_of,
    trained,
)
from s2s_course.evaluation.alignment import alignment_error_rate, attended_links


def experiment(scale: Scale, seed: int) -> dict[str, float]:
    """BLEU, over all and by length, and the alignment error rate in percent, without and with it."""
    pairs, values = corpus_of(scale)["test"], {}
    gold = [pair.alignment for pair in pairs]
    for name, input_feeding in (("without", False), ("with", True)):
        choices = {"input_feeding": True} if input_feeding else {}
        translator = trained(scale, seed, "luong-general", **choices)
        values[f"{name}_bleu"] = bleu_on_test(scale, translator)
        values[f"{name}_error"] = 100 * alignment_error_rate(attended_links(translator, pairs), gold)
        values |= bleu_by_length(scale, translator, name)
    return values


CLAIM = Claim(
    id="input-feeding",
    chapter=6,
    title="Input feeding improves translation",
    statement="Input feeding improves translation.",
    source="Luong et al. 2015, table 1: 1.3 BLEU more on English to German, with the location score",
    conditions=CONDITIONS + "Luong's order, general score, one direction.",
    experiment=experiment,
    clauses=(More("", "with_bleu", "without_bleu", unit="BLEU"),),
    figures=(
        Bars("BLEU on the test split", {"without_bleu": "without", "with_bleu": "with input feeding"}),
        Bars(
            "alignment error rate in percent, lower is better",
            {"without_error": "without", "with_error": "with input feeding"},
        ),
    ),
    family="luong",
    names={
        "without_length_": "without, from {} words",
        "with_length_": "with input feeding, from {} words",
    },
)
