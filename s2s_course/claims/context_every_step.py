"""Does the decoder translate better when it gets the context vector at every step?"""

from s2s_course.claims.claim import Claim, Scale
from s2s_course.claims.clause import More
from s2s_course.claims.figures import Bars
from s2s_course.data.batch import BucketedBatches, encode_pairs
from s2s_course.data.grammar import grammar_corpus
from s2s_course.evaluation.evaluate import evaluate
from s2s_course.models.translator import Translator
from s2s_course.training.loop import fit

# training pairs, test pairs, hidden units, steps of at most 800 target tokens
SIZES = {"smoke": (500, 50, 16, 5), "quick": (20_000, 500, 128, 900), "full": (100_000, 2_000, 512, 20_000)}


def experiment(scale: Scale, seed: int) -> dict[str, float]:
    """Train both kinds on the same batches and score both on the same test sentences."""
    num_train, num_test, hidden_size, steps = SIZES[scale]
    corpus = grammar_corpus(seed=0, train=num_train, test=num_test, compositional=0)
    src_codec, tgt_codec = corpus.codecs()
    pairs = encode_pairs(corpus["train"], src_codec, tgt_codec)
    values = {}
    for context in ("first_step", "every_step"):
        translator = Translator.build(
            "gru", src_codec, tgt_codec, seed=seed, embed_size=96, hidden_size=hidden_size, context=context
        )
        batches = BucketedBatches(pairs, max_tokens=800, seed=seed)
        fit(translator.model, batches, steps=steps, learning_rate=4e-3, seed=seed, progress_bar=False)
        scores = evaluate(translator, corpus["test"])
        values[f"{context}_bleu"] = scores.bleu
        values[f"{context}_exact_match"] = 100 * scores.exact_match
        values[f"{context}_parameters"] = float(translator.num_parameters)
    return values


CLAIM = Claim(
    id="context-every-step",
    chapter=4,
    title="The context belongs to every step",
    statement="A decoder that gets the context vector at every step translates better than one that gets it "
    "at its first step only.",
    source="Cho et al. 2014, section 2.2 (every step), against Sutskever et al. 2014 (first step)",
    conditions="English–French pairs of at most 8 words. Same pairs, batches, steps, learning rate and "
    "hidden size; nothing was tuned for either. Reading the context at every step costs more weights in "
    "the decoder's GRU.",
    experiment=experiment,
    clauses=(More("", "every_step_bleu", "first_step_bleu", unit="BLEU"),),
    figures=(
        Bars(
            "BLEU on the test split", {"first_step_bleu": "first step only", "every_step_bleu": "every step"}
        ),
    ),
    family="gru",
    names={
        "first_step_exact_match": "first step only, sentences exactly right (%)",
        "every_step_exact_match": "every step, sentences exactly right (%)",
        "first_step_parameters": "first step only, weights",
        "every_step_parameters": "every step, weights",
    },
)
