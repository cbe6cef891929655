"""Do the heads of cross-attention align words, and which of them?"""

import numpy as np

from s2s_course.claims.claim import Claim, Scale
from s2s_course.claims.clause import More
from s2s_course.claims.figures import Bars
from s2s_course.claims.transformer_tasks import CONDITIONS, RECURRENT, TRANSFORMER, trained
from s2s_course.claims.translation_tasks import corpus_of
from s2s_course.evaluation.alignment import alignment_error_rate, attended_links
from s2s_course.evaluation.head_alignment import READINGS, head_errors


def experiment(scale: Scale, seed: int) -> dict[str, float]:
    """The alignment error rate in percent: of heads, means of layers, the mean of all, and Bahdanau's.

    The best head and the best layer's mean, and how to read them, are chosen on the validation split.
    """
    corpus, translator, values = corpus_of(scale), trained(scale, seed, "transformer"), {}
    chosen = {"head": [], "mean": []}  # (error on validation, error on test)
    for reading in READINGS:
        on_test = head_errors(translator, corpus["test"], reading=reading)
        on_validation = head_errors(translator, corpus["validation"], reading=reading)
        for (layer, head), error in np.ndenumerate(on_test[0]):
            values[f"{reading}_layer_{layer + 1}_head_{head + 1}"] = 100 * float(error)
        for layer, error in enumerate(on_test[1][:-1]):
            values[f"{reading}_layer_{layer + 1}_mean"] = 100 * float(error)
        values[f"{reading}_mean_of_all"] = 100 * float(on_test[1][-1])
        heads = zip(on_validation[0].flat, on_test[0].flat, strict=True)
        means = zip(on_validation[1][:-1], on_test[1][:-1], strict=True)
        chosen["head"] += heads
        chosen["mean"] += means
    values["best_head"], values["best_layer_mean"] = (100 * float(min(each)[1]) for each in chosen.values())
    gold = [pair.alignment for pair in corpus["test"]]
    links = attended_links(trained(scale, seed, "bahdanau"), corpus["test"])
    values["bahdanau"] = 100 * alignment_error_rate(links, gold)
    return values


CLAIM = Claim(
    id="cross-attention-aligns",
    chapter=9,
    title="One head of cross-attention aligns best",
    statement="One head of cross-attention, chosen on validation data, aligns words with fewer errors than "
    "the mean of one layer's heads, and than Bahdanau's attention.",
    source="The pictures in the appendix of Vaswani et al. 2017 suggest heads with tasks of their own; Garg "
    "et al. 2019 align with the mean of one layer's heads",
    conditions=CONDITIONS
    + TRANSFORMER
    + RECURRENT
    + "Led along the references of the test split. Weights are read in two ways, as those of the word that "
    "comes out and of the word that went in. Reading, layer and head are chosen on the validation split.",
    experiment=experiment,
    clauses=(
        More(
            "It makes fewer errors than the mean of one layer's heads.",
            "best_layer_mean",
            "best_head",
            unit="percentage points",
        ),
        More(
            "It makes fewer errors than Bahdanau's attention.",
            "bahdanau",
            "best_head",
            unit="percentage points",
        ),
    ),
    figures=(
        Bars(
            "alignment error rate in percent, lower is better",
            {
                "best_head": "best head",
                "best_layer_mean": "mean of the best layer",
                "out_mean_of_all": "mean of all heads",
                "bahdanau": "Bahdanau attention",
            },
        ),
        Bars(
            "alignment error rate in percent, weights of the word that comes out",
            {
                "out_layer_1_head_1": "layer 1, head 1",
                "out_layer_1_head_2": "layer 1, head 2",
                "out_layer_1_head_3": "layer 1, head 3",
                "out_layer_1_head_4": "layer 1, head 4",
                "out_layer_2_head_1": "layer 2, head 1",
                "out_layer_2_head_2": "layer 2, head 2",
                "out_layer_2_head_3": "layer 2, head 3",
                "out_layer_2_head_4": "layer 2, head 4",
                "out_layer_1_mean": "layer 1, mean",
                "out_layer_2_mean": "layer 2, mean",
                "out_mean_of_all": "mean of all",
            },
        ),
        Bars(
            "alignment error rate in percent, weights of the word that went in",
            {
                "in_layer_1_head_1": "layer 1, head 1",
                "in_layer_1_head_2": "layer 1, head 2",
                "in_layer_1_head_3": "layer 1, head 3",
                "in_layer_1_head_4": "layer 1, head 4",
                "in_layer_2_head_1": "layer 2, head 1",
                "in_layer_2_head_2": "layer 2, head 2",
                "in_layer_2_head_3": "layer 2, head 3",
                "in_layer_2_head_4": "layer 2, head 4",
                "in_layer_1_mean": "layer 1, mean",
                "in_layer_2_mean": "layer 2, mean",
                "in_mean_of_all": "mean of all",
            },
        ),
    ),
    family="transformer",
)
