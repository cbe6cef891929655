"""Which score aligns words best?"""

from s2s_course.claims.claim import Claim, Scale
from s2s_course.claims.clause import More
from s2s_course.claims.figures import Bars
from s2s_course.claims.translation_tasks import CONDITIONS, bleu_on_test, corpus_of, trained
from s2s_course.data.pairs import SentencePair
from s2s_course.evaluation.alignment import alignment_error_rate, attended_links
from s2s_course.text.tokenize import WordTokenizer

SEES_WORDS = ("dot", "scaled-dot", "general", "concat")


def experiment(scale: Scale, seed: int) -> dict[str, float]:
    """The alignment error rate of each score, in percent, and of the diagonal."""
    pairs = corpus_of(scale)["test"]
    gold = [pair.alignment for pair in pairs]
    values = {"diagonal_error": 100 * alignment_error_rate([diagonal(pair) for pair in pairs], gold)}
    for score in (*SEES_WORDS, "location"):
        translator = trained(scale, seed, f"luong-{score}")
        name = score.replace("-", "_")
        values[f"{name}_error"] = 100 * alignment_error_rate(attended_links(translator, pairs), gold)
        values[f"{name}_bleu"] = bleu_on_test(scale, translator)
    return values


def diagonal(pair: SentencePair) -> set[tuple[int, int]]:
    """Each target word linked to the source word at the same share of the way."""
    S, T = (len(WordTokenizer(lang).tokenize(text)) for lang, text in (("en", pair.src), ("fr", pair.tgt)))
    return {(min(S - 1, int((j + 0.5) * S / T)), j) for j in range(T)}


CLAIM = Claim(
    id="alignment-scores",
    chapter=6,
    title="Scores that see words align better than the diagonal",
    statement="With every score that sees the words (dot, scaled dot, general, concat), attention aligns "
    "words better than the diagonal does.",
    source="Luong et al. 2015, section 5.4, who score location and general on English and German",
    conditions=CONDITIONS
    + "Luong's order, one direction, no input feeding. The model is led along the reference; "
    "each target word is linked to the source word with the largest weight, and compared with gold.",
    experiment=experiment,
    clauses=(
        More("Dot aligns better than the diagonal.", "diagonal_error", "dot_error", unit="percentage points"),
        More(
            "Scaled dot aligns better than the diagonal.",
            "diagonal_error",
            "scaled_dot_error",
            unit="percentage points",
        ),
        More(
            "General aligns better than the diagonal.",
            "diagonal_error",
            "general_error",
            unit="percentage points",
        ),
        More(
            "Concat aligns better than the diagonal.",
            "diagonal_error",
            "concat_error",
            unit="percentage points",
        ),
    ),
    figures=(
        Bars(
            "alignment error rate in percent, lower is better",
            {
                "dot_error": "dot",
                "scaled_dot_error": "scaled dot",
                "general_error": "general",
                "concat_error": "concat",
                "location_error": "location",
                "diagonal_error": "diagonal",
            },
        ),
        Bars(
            "BLEU on the test split",
            {
                "dot_bleu": "dot",
                "scaled_dot_bleu": "scaled dot",
                "general_bleu": "general",
                "concat_bleu": "concat",
                "location_bleu": "location",
            },
        ),
    ),
    family="luong",
)
