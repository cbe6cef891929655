"""Numbers of measurements that stand typed in a chapter's text: those of the stored results, to the digit.

A number that a chapter computes is printed by a cell, and other pages take theirs with the role ``measured``.
Where a sentence of a chapter has one all the same, it is listed here: it must change with the result.
"""

from statistics import mean

import nbformat
import pytest

from s2s_course.chapters import chapter_paths
from s2s_course.claims import ledger


def runs(claim_id: str, name: str) -> list[float]:
    """One value for each seed."""
    return ledger.stored(claim_id).values[name]


def ahead(claim_id: str, one: str, other: str) -> list[float]:
    return [a - b for a, b in zip(runs(claim_id, one), runs(claim_id, other), strict=True)]


def in_words(count: int) -> str:
    return ("none", "one", "two", "three", "four", "five")[count]


def rungs(length: float) -> int:
    return (5, 10, 15, 20, 30, 40, 50, 75, 100).index(length)


def forget_bias() -> list[str]:
    pairs = zip(
        runs("copy-memory-lag", "lstm_longest_lag"),
        runs("copy-memory-lag", "lstm_forget_bias_1_longest_lag"),
        strict=True,
    )
    steps = [rungs(after) - rungs(before) for before, after in pairs]
    assert set(steps) - {0} == {1, 2}
    return [
        f"the bias of 1 is ahead by one or two rungs in {in_words(sum(s > 0 for s in steps))} of five runs"
    ]


def reach_of_the_plain_network() -> list[str]:
    gated = max(map(mean, (runs("gradient-reach", f"{cell}_lag_100") for cell in ("lstm", "gru"))))
    far = sum(left >= gated - 1 for left in runs("gradient-reach", "rnn_lag_100"))
    return [
        f"in {in_words(far)} run of five its gradient reached about as far as those of the gated networks"
    ]


def heads() -> list[str]:
    gain = ahead("one-head-or-many", "heads_4_bleu", "heads_1_bleu")
    return [f"In each of the five runs four heads are ahead of one, by {min(gain):.1f} to {max(gain):.1f} "]


def where_the_lead_is_lost() -> list[str]:
    def last_length_ahead(cores: int) -> int:
        lengths = (25, 50, 100, 200, 400, 800)
        attention, gru = (
            [mean(runs("parallel-time", f"{name}_{cores}_length_{length}")) for length in lengths]
            for name in ("attention", "gru")
        )
        return max(length for length, a, g in zip(lengths, attention, gru, strict=True) if a < g)

    one, two = last_length_ahead(1), last_length_ahead(2)
    return [f"between {one} and {2 * one} tokens, on two cores later, between {two} and {2 * two}"]


def concatenated() -> list[str]:
    count = sum(d > 0 for d in ahead("added-or-concatenated", "concatenated_bleu", "added_bleu"))
    return [f"are ahead in {in_words(count)} of five runs"]


def post_norm() -> list[str]:
    learned = sum(loss < 0.1 for loss in runs("post-norm-warm-up", "post_at_once"))
    further = sum(loss < 2.2 for loss in runs("post-norm-warm-up", "post_at_once"))
    return [f"in {in_words(learned)} of the five runs", f"in {in_words(further)} it gets a little further"]


def smoothing() -> list[str]:
    perplexity = [mean(runs("label-smoothing", f"{name}_perplexity")) for name in ("smoothed", "plain")]
    higher = sum(d > 0 for d in ahead("label-smoothing", "smoothed_bleu", "plain_bleu"))
    return [
        f"Perplexity gets worse in each run, {perplexity[0]:.2f} in place of {perplexity[1]:.2f}.",
        f"BLEU is higher in {in_words(higher)} runs and lower in {in_words(5 - higher)}.",
    ]


def lengths() -> list[str]:
    claim = "transformer-or-bahdanau"
    lead = ahead(claim, "transformer_bleu", "bahdanau_bleu")
    assert min(lead) > 0
    fall, kept = (mean(runs(claim, f"{name}_length_15")) for name in ("transformer", "bahdanau"))
    return [
        f"ahead in each run, by {mean(lead):.0f} BLEU in the mean",
        f"falls to {fall:.0f} BLEU where Bahdanau's model keeps {kept:.0f}",
    ]


def aligning_heads() -> list[str]:
    claim = "cross-attention-aligns"
    best, layer, all_of_them, recurrent = (
        mean(runs(claim, name)) for name in ("best_head", "best_layer_mean", "out_mean_of_all", "bahdanau")
    )
    assert max(ahead(claim, "best_layer_mean", "best_head")) < 0
    assert max(ahead(claim, "out_mean_of_all", "bahdanau")) < 0
    out = [runs(claim, f"out_layer_{layer}_head_{head}") for layer in (1, 2) for head in (1, 2, 3, 4)]
    errors = [error for head in out for error in head]
    return [
        f"makes {best:.0f} % errors, the mean of the heads of one layer {layer:.0f} %",
        f"the fewest: {all_of_them:.0f} %, in each run fewer than Bahdanau's attention",
        f"Bahdanau's attention with its {recurrent:.0f} %",
        f"all heads make {min(errors):.0f} to {max(errors):.0f} % errors",
    ]


def gaps() -> list[str]:
    encoder, decoder, both, whole = (
        mean(runs("fill-the-gap", f"{name}_percent"))
        for name in ("encoder_only", "decoder_only", "encoder_decoder", "rescored")
    )
    return [
        f"fills {encoder:.0f} % of the gaps rightly",
        f"asked for its next word, {decoder:.0f} %",
        f"is right in {both:.0f} % only",
        f"is right in {whole:.0f} % of the gaps",
    ]


def families() -> list[str]:
    claim = "families-translate"
    writers = [mean(runs(claim, f"{name}_bleu")) for name in ("encoder_decoder", "decoder_only", "prefix")]
    behind = ahead(claim, "decoder_only_bleu", "prefix_bleu")
    assert min(behind) > 0
    at_once, rounds = (mean(runs(claim, f"encoder_only_{name}")) for name in ("bleu", "4_rounds_bleu"))
    return [
        f"reach {min(writers):.0f} to {max(writers):.0f} [BLEU]",
        f"has {at_once:.0f}, although it was told how many there are; in four rounds {rounds:.0f}",
        f"is {mean(behind):.0f} BLEU behind the causal mask, in each run",
    ]


TYPED = [
    (3, forget_bias), (3, reach_of_the_plain_network), (7, heads), (7, where_the_lead_is_lost),
    (8, concatenated), (9, post_norm), (9, smoothing), (9, lengths), (9, aligning_heads), (10, gaps),
    (10, families),
]  # fmt: skip


@pytest.mark.parametrize(
    ("chapter", "sentences"), TYPED, ids=lambda part: getattr(part, "__name__", str(part))
)
def test_a_typed_number_is_the_measured_one(chapter, sentences):
    path = chapter_paths()[chapter - 1]
    assert path.stem.startswith(f"{chapter:02d}-")
    cells = nbformat.read(path, as_version=4).cells
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    for sentence in sentences():
        assert sentence in text
