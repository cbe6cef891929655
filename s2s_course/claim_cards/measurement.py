"""How a claim was measured, folded: source, conditions, seeds, versions, commits, and the command."""

from html import escape

from s2s_course.claims.claim import Claim, Measured

LEDGER = "claims-ledger.html"


def measurement_html(claim: Claim, measured: Measured, links: str = "") -> str:
    """A list that opens on demand; ``links`` in place of the link to the ledger."""
    source = "/".join(claim.experiment.__module__.split(".")) + ".py"
    took = f"{measured.seconds / 60:.0f} min" if measured.seconds >= 90 else f"{measured.seconds:.0f} s"
    at = f" at commit {measured.measured_at}" if measured.measured_at else ""
    rows = {
        "Source": f"{escape(claim.source, quote=False)}.",
        "Conditions": escape(claim.conditions, quote=False),
        "Seeds": ", ".join(map(str, measured.seeds)),
        "Measured": f"{measured.date}{at}, in {took}",
        "Versions": ", ".join(f"{name} {version}" for name, version in measured.versions.items()),
        "Carried": _carried(measured),
        "Experiment": f"<code>{source}</code>",
        "Again": f"<code>s2s claims run {claim.id}</code>",
    }
    items = "".join(f"<dt>{name}</dt><dd>{text}</dd>\n" for name, text in rows.items() if text)
    entry = f'<p class="s2s-in-book"><a href="{LEDGER}#{claim.id}">All numbers in the claims ledger</a></p>'
    return f"<details><summary>How it was measured</summary>\n<dl>{items}</dl></details>\n{links or entry}\n"


def _carried(measured: Measured) -> str:
    """To which code it was carried last: what that means stands in the ledger."""
    if not measured.carried:
        return ""
    last = measured.carried[-1]
    to = f"commit {last.target}" if last.target else "newer code"
    return f"to {to} on {last.date}, where the smallest scale gives the same bits"
