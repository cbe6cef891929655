"""Does a GRU translate as well as an LSTM?"""

from s2s_course.claims.claim import Claim, Scale
from s2s_course.claims.clause import More
from s2s_course.claims.figures import Bars
from s2s_course.data.batch import BucketedBatches, batches_by_length, encode_pairs
from s2s_course.data.grammar import grammar_corpus
from s2s_course.evaluation.evaluate import evaluate
from s2s_course.models.translator import Translator
from s2s_course.training.loop import fit
from s2s_course.training.validation import mean_loss

# training pairs, test pairs, hidden units, steps of at most 800 target tokens
SIZES = {"smoke": (500, 50, 16, 5), "quick": (20_000, 500, 128, 900), "full": (100_000, 2_000, 512, 20_000)}
LEARNING_RATES = (2e-3, 4e-3)  # every cell gets both; validation chooses
MARGIN = 2.0  # BLEU: less than this is "as well"


def experiment(scale: Scale, seed: int) -> dict[str, float]:
    """Train all three on the same batches and score them on the same test sentences."""
    num_train, num_test, hidden_size, steps = SIZES[scale]
    corpus = grammar_corpus(seed=0, train=num_train, test=num_test, compositional=0)
    src_codec, tgt_codec = corpus.codecs()
    pairs = encode_pairs(corpus["train"], src_codec, tgt_codec)
    validation = batches_by_length(encode_pairs(corpus["validation"], src_codec, tgt_codec))
    sizes = dict(embed_size=96, hidden_size=hidden_size, context="every_step")
    values = {}
    for cell in ("rnn", "lstm", "gru"):
        trained = {}  # validation loss: translator, learning rate
        for learning_rate in LEARNING_RATES:
            translator = Translator.build(cell, src_codec, tgt_codec, seed=seed, **sizes)
            batches = BucketedBatches(pairs, max_tokens=800, seed=seed)
            fit(
                translator.model,
                batches,
                steps=steps,
                learning_rate=learning_rate,
                seed=seed,
                progress_bar=False,
            )
            trained[mean_loss(translator.model, validation)] = translator, learning_rate
        best, learning_rate = trained[min(trained)]
        values[f"{cell}_bleu"] = evaluate(best, corpus["test"]).bleu
        values[f"{cell}_learning_rate"] = learning_rate
        values[f"{cell}_parameters"] = float(best.num_parameters)
    return values


CLAIM = Claim(
    id="gru-accuracy",
    chapter=3,
    title="A GRU translates as well as an LSTM",
    statement="With a quarter fewer recurrent parameters, a GRU translates as well as an LSTM, or better.",
    source="Chung et al. 2014, section 5, on music and speech",
    conditions="The encoder and decoder of chapter 4, context at every step, 128 units; same pairs, batches "
    "and 900 steps. Each cell has two learning rates, 0.002 and 0.004, and the loss on validation data "
    "chooses. Weights begin as torch draws them. As well means: at most 2 BLEU below, on 500 test sentences.",
    experiment=experiment,
    clauses=(More("", "gru_bleu", "lstm_bleu", margin=MARGIN, unit="BLEU"),),
    figures=(
        Bars(
            "BLEU on the test split",
            {
                "rnn_bleu": "RNN",
                "lstm_bleu": "LSTM",
                "gru_bleu": "GRU",
            },
        ),
    ),
    names={
        "rnn_learning_rate": "RNN, learning rate",
        "lstm_learning_rate": "LSTM, learning rate",
        "gru_learning_rate": "GRU, learning rate",
        "rnn_parameters": "RNN, weights",
        "lstm_parameters": "LSTM, weights",
        "gru_parameters": "GRU, weights",
    },
)
