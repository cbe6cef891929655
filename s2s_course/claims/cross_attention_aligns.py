"""Do the heads of cross-attention align words, and which of them?"""

import numpy as np

from s2s_course.claims.claim import Claim, Scale, Values, Verdict, all_of, compare_paired
from s2s_course.claims.transformer_tasks import CONDITIONS, MEASURES, RECURRENT, TRANSFORMER, trained
from s2s_course.claims.translation_tasks import corpus_of
from s2s_course.evaluation.alignment import alignment_error_rate, attended_links
from s2s_course.evaluation.head_alignment import READINGS, head_errors


def experiment(scale: Scale, seed: int) -> dict[str, float]:
    """The alignment error rate in percent: of each head, the mean of all, the best, and Bahdanau's."""
    corpus, translator, values = corpus_of(scale), trained(scale, seed, "transformer"), {}
    best = {}
    for reading in READINGS:
        errors, together = head_errors(translator, corpus["test"], reading=reading)
        for (layer, head), error in np.ndenumerate(errors):
            values[f"{reading}_layer_{layer + 1}_head_{head + 1}"] = 100 * float(error)
        values[f"{reading}_mean_of_all"] = 100 * together
        on_validation, _ = head_errors(translator, corpus["validation"], reading=reading)
        chosen = np.unravel_index(on_validation.argmin(), on_validation.shape)
        best[on_validation.min()] = 100 * float(errors[chosen])
        values[f"{reading}_best_head"] = 100 * float(errors[chosen])
        values[f"{reading}_best_layer"] = float(chosen[0] + 1)
    values["best_head"] = best[min(best)]
    values["best_mean"] = min(values[f"{reading}_mean_of_all"] for reading in READINGS)
    gold = [pair.alignment for pair in corpus["test"]]
    links = attended_links(trained(scale, seed, "bahdanau"), corpus["test"])
    values["bahdanau"] = 100 * alignment_error_rate(links, gold)
    return values


def holds(values: Values) -> Verdict:
    return all_of(
        compare_paired(values["best_mean"], values["best_head"]),
        compare_paired(values["bahdanau"], values["best_head"]),
    )


CLAIM = Claim(
    id="cross-attention-aligns",
    chapter=9,
    statement="One head of cross-attention, chosen on validation data, aligns words with fewer errors "
    "than the "
    "mean of all heads, and than Bahdanau's attention.",
    source="The pictures in the appendix of Vaswani et al. 2017 suggest heads with tasks of their own; "
    "Garg et "
    "al. 2019 align with the mean of one layer's heads",
    conditions=CONDITIONS
    + TRANSFORMER
    + RECURRENT
    + "Led along the references of the test split. Weights are "
    "read in two ways, as those of the word that comes out and of the word that went in; reading, layer and "
    "head are chosen on the validation split. The mean gets the better of its two readings on the test "
    "split.",
    experiment=experiment,
    holds=holds,
    measures=(
        *MEASURES,
        "s2s_course.evaluation.alignment",
        "s2s_course.evaluation.head_alignment",
        "s2s_course.layers.attention",
        "s2s_course.layers.fused",
        "s2s_course.models.recurrent",
    ),
)
