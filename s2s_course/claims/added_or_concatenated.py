"""Why are positions added to the words and not put beside them?"""

from s2s_course.claims.claim import Claim, Scale
from s2s_course.claims.clause import More
from s2s_course.claims.figures import Bars, Curves
from s2s_course.claims.transformer_tasks import CONDITIONS, SIZES, TRANSFORMER, trained
from s2s_course.claims.translation_tasks import bleu_by_length, bleu_on_test, words_from


def experiment(scale: Scale, seed: int) -> dict[str, float]:
    """BLEU of each, on the test split and by length, and how many weights each has."""
    added = trained(scale, seed, "transformer")
    sizes = SIZES[scale]
    # What shorter word vectors save is given back as width of the feed-forward parts, one each layer.
    saved = sum(len(codec.vocab) for codec in (added.src_codec, added.tgt_codec)) * (sizes["d_model"] // 4)
    wider = round(saved / (2 * sizes["num_layers"] * (2 * sizes["d_model"] + 1)))
    concatenated = trained(scale, seed, "transformer", positions="concatenated", d_ff=sizes["d_ff"] + wider)
    values = {}
    for name, translator in (("added", added), ("concatenated", concatenated)):
        values[f"{name}_bleu"] = bleu_on_test(scale, translator)
        values[f"{name}_parameters"] = float(translator.num_parameters)
        values |= bleu_by_length(scale, translator, name)
    return values


CLAIM = Claim(
    id="added-or-concatenated",
    chapter=8,
    title="Adding positions is better than appending them",
    statement="Sinusoidal positions that are added to the word vectors translate better than the same that "
    "are put behind shorter word vectors, with the same number of weights.",
    source="Often given as the reason why Vaswani et al. 2017 (section 3.5) add; the paper itself gives none",
    conditions=CONDITIONS
    + TRANSFORMER
    + "Concatenated: 96 numbers for the word and 32 for the position; what the shorter word vectors save "
    "goes into wider feed-forward parts. The rate was chosen with added positions.",
    experiment=experiment,
    clauses=(More("", "added_bleu", "concatenated_bleu", unit="BLEU"),),
    figures=(
        Bars("BLEU on the test split", {"added_bleu": "added", "concatenated_bleu": "concatenated"}),
        Curves(
            "BLEU",
            {"added_length_": "added", "concatenated_length_": "concatenated"},
            xlabel="source length, from this many words (training: 3 to 14)",
            at=words_from,
        ),
    ),
    names={
        "added_parameters": "added, weights",
        "concatenated_parameters": "concatenated, weights",
    },
)
