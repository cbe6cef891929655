"""Is attention as good an aligner as one that was made for it?"""

from s2s_course.claims.alignment_scores import diagonal
from s2s_course.claims.claim import Claim, Scale
from s2s_course.claims.clause import More
from s2s_course.claims.figures import Bars
from s2s_course.claims.translation_tasks import CONDITIONS, corpus_of, trained
from s2s_course.evaluation.alignment import alignment_error_rate, attended_links
from s2s_course.models.ibm1 import IBMModel1
from s2s_course.text.tokenize import WordTokenizer


def experiment(scale: Scale, seed: int) -> dict[str, float]:
    """Alignment error rates in percent: of attention, model 1, the diagonal, and the least possible."""
    corpus = corpus_of(scale)
    pairs, gold = corpus["test"], [pair.alignment for pair in corpus["test"]]
    english, french = WordTokenizer("en").tokenize, WordTokenizer("fr").tokenize
    ibm1 = IBMModel1([(english(pair.src), french(pair.tgt)) for pair in corpus["train"]])
    found = {
        "bahdanau": attended_links(trained(scale, seed, "bahdanau"), pairs),
        "ibm1": [ibm1.align(english(pair.src), french(pair.tgt)) for pair in pairs],
        "diagonal": [diagonal(pair) for pair in pairs],
        # a method that gives each target word one link at most cannot do better than this
        "one_link": [{j: (i, j) for i, j in links}.values() for links in gold],
    }
    return {f"{name}_error": 100 * alignment_error_rate(links, gold) for name, links in found.items()}


CLAIM = Claim(
    id="attention-aligns",
    chapter=5,
    title="Attention aligns better than IBM model 1",
    statement="Attention, which nobody told what an alignment is, aligns words better than IBM model 1, "
    "which learns nothing else.",
    source="Bahdanau et al. 2015, section 5.2.1, show alignments and do not score them; model 1 is from "
    "Brown et al. 1993",
    conditions=CONDITIONS
    + "Bahdanau's attention is led along the reference, and each target word linked to the "
    "source word with the largest weight. Model 1 has ten iterations on the same 20,000 pairs.",
    experiment=experiment,
    clauses=(More("", "ibm1_error", "bahdanau_error", unit="percentage points"),),
    figures=(
        Bars(
            "alignment error rate in percent, lower is better",
            {
                "bahdanau_error": "attention",
                "ibm1_error": "IBM model 1",
                "diagonal_error": "diagonal",
                "one_link_error": "least possible",
            },
        ),
    ),
)
