"""The static figure of Translator: what each model writes, word by word with probabilities."""

from s2s_course.widgets.shared.figure import StaticFigure, digits, paragraph, table


def figure(widget) -> StaticFigure:
    shown = widget.shown
    rows, tables = [], []
    for entry in widget.models:
        written = shown["written"][entry["name"]]
        bleu = "" if entry["bleu"] is None else digits(entry["bleu"], 1)
        rows.append([entry["label"], bleu, written["text"]])
        words = [
            [step["token"], digits(step["probability"]), ", ".join(
                f"{choice['token']} {digits(choice['probability'])}"
                for choice in step["choices"][:3] if choice["token"] != step["token"]
            )]
            for step in written["steps"]
        ]  # fmt: skip
        tables.append(table(entry["label"], ["word", "probability", "next likely"], words))
    return StaticFigure(
        widget.title,
        (
            paragraph(f"Read: {shown['text']}"),
            table("Translations", ["model", "BLEU on the test split", "translation"], rows),
            *tables,
        ),
        "What trained models make of one sentence, and how sure they are of each word.",
    )
