"""The static figure of Switches: what the whole model writes, and what can be broken."""

from s2s_course.widgets.shared.figure import StaticFigure, listing, paragraph, table


def figure(widget) -> StaticFigure:
    whole = widget.whole
    rows = [[one["src"], one["tgt"], one["written"]] for one in whole["sentences"]]
    switches = [*widget.switches, *(["each head by itself"] if widget.heads else [])]
    return StaticFigure(
        widget.title,
        (
            table("The whole model", ["source", "reference", widget.label], rows),
            paragraph("What can be switched where the page computes:"),
            listing(switches),
        ),
        f"{widget.label} as it was trained has {whole['bleu']} BLEU on {whole['count']} sentences.",
    )
