"""Is a window better than the whole sentence?"""

from s2s_course.claims.claim import Claim, Scale
from s2s_course.claims.clause import More
from s2s_course.claims.figures import Bars
from s2s_course.claims.translation_tasks import CONDITIONS, bleu_on_test, corpus_of, trained
from s2s_course.evaluation.alignment import alignment_error_rate, attended_links


def experiment(scale: Scale, seed: int) -> dict[str, float]:
    """BLEU and the alignment error rate in percent of each window."""
    pairs, values = corpus_of(scale)["test"], {}
    gold = [pair.alignment for pair in pairs]
    for window in ("global", "local_m", "local_p"):
        choices = {} if window == "global" else {"window": window}
        translator = trained(scale, seed, "luong-general", **choices)
        values[f"{window}_bleu"] = bleu_on_test(scale, translator)
        values[f"{window}_error"] = 100 * alignment_error_rate(attended_links(translator, pairs), gold)
    return values


CLAIM = Claim(
    id="local-attention",
    chapter=6,
    title="Local attention translates better",
    statement="Attention to a predicted window translates better than attention to the whole sentence.",
    source="Luong et al. 2015, table 4: 19.0 BLEU for local-p with the general score against 17.3 for global",
    conditions=CONDITIONS
    + "Luong's order, general score, one direction, three words on each side of the center. "
    "English and French have much the same order here, and sentences are short.",
    experiment=experiment,
    clauses=(More("", "local_p_bleu", "global_bleu", unit="BLEU"),),
    figures=(
        Bars(
            "BLEU on the test split",
            {
                "global_bleu": "global",
                "local_m_bleu": "local-m",
                "local_p_bleu": "local-p",
            },
        ),
        Bars(
            "alignment error rate in percent, lower is better",
            {
                "global_error": "global",
                "local_m_error": "local-m",
                "local_p_error": "local-p",
            },
        ),
    ),
    family="luong",
)
