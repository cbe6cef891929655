"""The static figure of LengthCurve: the curves, the numbers of all points, and a sentence of each length."""

from s2s_course.widgets.shared.charts import lines
from s2s_course.widgets.shared.figure import StaticFigure, digits, table


def figure(widget) -> StaticFigure:
    buckets = widget.buckets
    lengths = [_lengths(bucket) for bucket in buckets]
    curves = {
        name: [(float(i), bucket["bleu"][n]) for i, bucket in enumerate(buckets)]
        for n, name in enumerate(widget.models)
    }
    marks = {float(i): length for i, length in enumerate(lengths)}
    description = "; ".join(f"{name} from {of[0][1]:.0f} to {of[-1][1]:.0f}" for name, of in curves.items())
    head = [
        "words",
        "sentences",
        *(f"{name}: {measure}" for name in widget.models for measure in ("BLEU", "exact")),
    ]
    rows = [
        [lengths[i], str(bucket["count"]), *(
            text
            for bleu, exact in zip(bucket["bleu"], bucket["exact_match"], strict=True)
            for text in (digits(bleu, 1), f"{100 * exact:.0f} %")
        )]
        for i, bucket in enumerate(buckets)
    ]  # fmt: skip
    sentences = [_sentence(lengths[i], bucket["sentences"][0]) for i, bucket in enumerate(buckets)]
    trained = " In training sentences had {} to {} words.".format(*widget.trained) if widget.trained else ""
    return StaticFigure(
        widget.title,
        (
            lines(
                curves, x="words of the source", y="BLEU",
                ticks=(marks, {float(value): str(value) for value in range(0, 101, 20)}),
                description=f"BLEU by length of the source: {description}.",
            ),
            table("All points", head, rows),
            table("One sentence of each length", ["words", "source", "reference", *widget.models], sentences),
        ),
        f"Quality of translations by the length of the source.{trained}",
    )  # fmt: skip


def _lengths(bucket: dict) -> str:
    low, high = bucket["shortest"], bucket["longest"]
    return str(low) if low == high else f"{low}–{high}"


def _sentence(length: str, sentence: dict) -> list[str]:
    texts = [sentence["reference"], *sentence["hypotheses"]]
    plain = [sentence["reference"] if text is None else text for text in texts]
    return [length, sentence["src"], *(text.replace("\t", "") for text in plain)]
