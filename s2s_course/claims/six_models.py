"""All models of the course on one page: quality and weights."""

from s2s_course.claims.claim import Claim, Scale
from s2s_course.claims.clause import More
from s2s_course.claims.figures import Bars
from s2s_course.claims.transformer_tasks import CONDITIONS, RECURRENT, TRANSFORMER, best_rate, trained
from s2s_course.claims.translation_tasks import bleu_of, bleu_on_test, corpus_of

ALWAYS = {"context": "every_step"}
MODELS: dict[str, dict[str, str]] = {
    "rnn": ALWAYS,
    "lstm": ALWAYS,
    "gru": ALWAYS,
    "bahdanau": {},
    "luong-scaled-dot": {},
    "transformer": {},
}


def experiment(scale: Scale, seed: int) -> dict[str, float]:
    """For each model: BLEU on the test split and on longer sentences, weights, and its learning rate."""
    corpus, values = corpus_of(scale), {}
    for name, choices in MODELS.items():
        rate, called = best_rate(scale, name, **choices), name.replace("-", "_")
        translator = trained(scale, seed, name, rate=rate, **choices)
        values[f"{called}_bleu"] = bleu_on_test(scale, translator)
        values[f"{called}_longer_bleu"] = bleu_of(translator, corpus["longer"])
        values[f"{called}_parameters"] = float(translator.num_parameters)
        values[f"{called}_rate"] = rate
    return values


OTHERS = {
    "rnn": "an RNN",
    "lstm": "an LSTM",
    "gru": "a GRU",
    "bahdanau": "a model with Bahdanau's attention",
    "luong_scaled_dot": "a model with Luong's attention, scaled dot",
}


CLAIM = Claim(
    id="six-models",
    chapter=9,
    title="The Transformer translates best of six",
    statement="Of the six models the Transformer translates best.",
    source="Vaswani et al. 2017, abstract: superior in quality",
    conditions=CONDITIONS
    + TRANSFORMER
    + RECURRENT
    + "The three models without attention see the encoder's last state at every step. Bahdanau's encoder "
    "reads in both directions. Luong scores by scaled dot, without input feeding. Longer sentences are those "
    "of more than 14 words.",
    experiment=experiment,
    clauses=(
        *(
            More(f"It translates better than {model}.", "transformer_bleu", f"{name}_bleu", unit="BLEU")
            for name, model in OTHERS.items()
        ),
    ),
    figures=(
        Bars(
            "BLEU on the test split",
            {
                "rnn_bleu": "RNN",
                "lstm_bleu": "LSTM",
                "gru_bleu": "GRU",
                "bahdanau_bleu": "Bahdanau",
                "luong_scaled_dot_bleu": "Luong, scaled dot",
                "transformer_bleu": "Transformer",
            },
        ),
        Bars(
            "BLEU on sentences longer than in training",
            {
                "rnn_longer_bleu": "RNN",
                "lstm_longer_bleu": "LSTM",
                "gru_longer_bleu": "GRU",
                "bahdanau_longer_bleu": "Bahdanau",
                "luong_scaled_dot_longer_bleu": "Luong, scaled dot",
                "transformer_longer_bleu": "Transformer",
            },
        ),
        Bars(
            "weights",
            {
                "rnn_parameters": "RNN",
                "lstm_parameters": "LSTM",
                "gru_parameters": "GRU",
                "bahdanau_parameters": "Bahdanau",
                "luong_scaled_dot_parameters": "Luong, scaled dot",
                "transformer_parameters": "Transformer",
            },
            digits=0,
        ),
    ),
    names={
        "rnn_rate": "RNN, learning rate",
        "lstm_rate": "LSTM, learning rate",
        "gru_rate": "GRU, learning rate",
        "bahdanau_rate": "Bahdanau, learning rate",
        "luong_scaled_dot_rate": "Luong, scaled dot, learning rate",
        "transformer_rate": "Transformer, learning rate",
    },
)
