"""What does a wider beam do to quality and to length?"""

from functools import partial

from s2s_course.claims.claim import Claim, Scale
from s2s_course.claims.clause import More
from s2s_course.claims.figures import Curves
from s2s_course.claims.translation_tasks import CONDITIONS, corpus_of, trained, words_written
from s2s_course.decoding.beam import beam_search
from s2s_course.evaluation.evaluate import score_texts
from s2s_course.text.tokenize import WordTokenizer

WIDTHS = (1, 2, 4, 8, 16)
SENTENCES: dict[Scale, int] = {"smoke": 4, "quick": 500, "full": 2_000}


def experiment(scale: Scale, seed: int) -> dict[str, float]:
    """BLEU, and words written for each word of the reference, by width; without a length penalty."""
    translator = trained(scale, seed, "gru", context="every_step")
    pairs, tokenize = corpus_of(scale)["test"][: SENTENCES[scale]], WordTokenizer("fr").tokenize
    references, values = [pair.tgt for pair in pairs], {}
    for width in WIDTHS:
        search = partial(beam_search, beam_size=width, length_penalty=0.0)
        outputs = words_written(translator, pairs, search)
        values[f"bleu_width_{width}"] = score_texts(outputs, references, "fr")[0].score
        wanted = sum(len(tokenize(text)) for text in references)
        values[f"length_width_{width}"] = sum(map(len, outputs)) / wanted
    return values


CLAIM = Claim(
    id="beam-width",
    chapter=4,
    title="A small beam helps, a wide one shortens",
    statement="A beam of four gives more BLEU than greedy search, and without a length penalty a wide beam "
    "writes shorter translations.",
    source="Sutskever et al. 2014, table 1 (BLEU by beam); Koehn and Knowles 2017, section 3.6 (shorter)",
    conditions=CONDITIONS.replace("Greedy search. ", "")
    + "GRU cells, no attention, the context at every step. 500 test sentences.",
    experiment=experiment,
    clauses=(
        More(
            "A beam of four gives more BLEU than greedy search.", "bleu_width_4", "bleu_width_1", unit="BLEU"
        ),
        More(
            "Without a length penalty a beam of sixteen writes fewer words than greedy search.",
            "length_width_1",
            "length_width_16",
            unit="words for each of the reference",
            digits=3,
        ),
    ),
    figures=(
        Curves(
            "BLEU on 500 test sentences",
            {"bleu_width_": "no attention"},
            xlabel="beam width",
            at="beam of {}".format,
        ),
        Curves(
            "words written for each word of the reference",
            {"length_width_": "no attention"},
            xlabel="beam width",
            at="beam of {}".format,
        ),
    ),
    family="gru",
)
