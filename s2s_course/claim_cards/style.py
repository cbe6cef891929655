"""The style of cards and figures: inline, so that a notebook shows them anywhere."""

from s2s_course.claim_cards.colors import FAMILIES, variables
from s2s_course.drawings.language.palette import PALETTE, on_dark


def _paper(shade: int) -> str:
    return "".join(f"--s2s-{role}:{PALETTE[role][shade]};" for role in ("paper", "ink", "quiet"))


def _color(family: str) -> str:
    """All marks are drawn in the color of the text around them."""
    of = f".s2s-of-{family}"
    marks = (f"{of} svg", f"g{of}", f"li{of} svg")
    return f"{','.join(f'.s2s-claim {mark}' for mark in marks)}{{color:var(--s2s-{family})}}"


STYLE = f"""
.s2s-claim{{{_paper(0)}{variables(0)}--s2s-yes:#0a6e55;--s2s-no:#b3261e;
--s2s-hair:color-mix(in srgb,var(--s2s-ink) 14%,transparent);color:var(--s2s-ink);
background:var(--s2s-paper);box-sizing:border-box;max-width:688px;margin:1.25rem 0;padding:1rem 1.1rem .7rem;
border:1px solid color-mix(in srgb,var(--s2s-ink) 22%,transparent);border-radius:8px;line-height:1.45;
container-type:inline-size;font-size:1em;white-space:normal}}
{on_dark(".s2s-claim")}{{{_paper(1)}{variables(1)}--s2s-yes:#4ad3a8;--s2s-no:#ff8a80}}
.s2s-claim :is(p,ul,ol,dl,dd,li){{margin:0;padding:0;color:inherit;font-size:inherit}}
.s2s-claim :is(ul,ol){{list-style:none}}
.s2s-claim.s2s-alone{{padding:0;border:0}}
.s2s-claim .s2s-kind{{color:var(--s2s-quiet);font-size:.85em;margin-bottom:.2rem}}
.s2s-claim .s2s-statement{{font-size:1.08em;font-weight:600;margin-bottom:.6rem}}
.s2s-claim .s2s-sum{{margin-bottom:.5rem}}
.s2s-claim .s2s-badge{{display:inline-block;padding:.02em .55em .06em;border:1.5px solid;border-radius:1em;
font-weight:600;font-size:.9em;white-space:nowrap;color:var(--s2s-quiet)}}
.s2s-claim .s2s-badge.holds{{color:var(--s2s-yes)}}
.s2s-claim .s2s-badge.contradicted{{color:var(--s2s-no);border-radius:3px}}
.s2s-claim .s2s-badge.inconclusive{{border-style:dashed}}
.s2s-claim .s2s-clause{{padding:.5rem 0 .35rem;border-top:1px solid var(--s2s-hair)}}
.s2s-claim .s2s-clause.s2s-only{{padding-top:0;border:0}}
.s2s-claim .s2s-said{{display:flex;flex-wrap:wrap;gap:.1rem .8rem;
justify-content:space-between;align-items:baseline}}
.s2s-claim .s2s-what{{color:var(--s2s-quiet);font-size:.9em}}
.s2s-claim .s2s-what b{{color:var(--s2s-ink);font-size:1.1em}}
.s2s-claim a{{color:inherit}}
.s2s-claim svg{{display:block;overflow:visible;margin:0;max-width:none}}
.s2s-claim svg svg{{display:inline}}
.s2s-claim svg text{{fill:var(--s2s-ink);font-size:12px;font-family:inherit}}
.s2s-claim .s2s-forest{{margin:.3rem 0 .1rem}}
.s2s-claim .s2s-forest .s2s-asked{{fill:var(--s2s-ink);fill-opacity:.07}}
.s2s-claim .s2s-forest text{{fill:var(--s2s-quiet)}}
.s2s-claim .s2s-grid{{stroke:var(--s2s-quiet);stroke-opacity:.3}}
.s2s-claim .s2s-ticks text,.s2s-claim .s2s-axes text{{fill:var(--s2s-quiet)}}
.s2s-claim .s2s-picture{{margin:1rem 0 .6rem}}
.s2s-claim .s2s-label{{font-size:.9em;font-weight:600;margin-bottom:.2rem}}
.s2s-claim .s2s-row{{display:grid;grid-template-columns:minmax(6rem,30%) 1fr;gap:.7rem;align-items:center}}
.s2s-claim .s2s-row span{{font-size:.9em;line-height:1.2;color:var(--s2s-ink);padding-top:.6rem}}
.s2s-claim .s2s-axes{{padding:.5rem .9rem 1.7rem 2.9rem}}
.s2s-claim .s2s-xlabel{{font-size:.85em;color:var(--s2s-quiet);text-align:center}}
.s2s-claim .s2s-legend{{display:flex;flex-wrap:wrap;gap:.1rem 1.1rem;font-size:.9em}}
.s2s-claim .s2s-legend li{{color:var(--s2s-ink)}}
.s2s-claim .s2s-legend svg{{display:inline-block;vertical-align:-2px}}
.s2s-claim details{{margin:.5rem 0 .2rem;font-size:.9em;border:0;background:none;padding:0;box-shadow:none}}
.s2s-claim summary{{cursor:pointer;padding:.25rem 0;color:inherit;background:none;font-weight:400}}
.s2s-claim dl{{display:grid;grid-template-columns:auto minmax(0,1fr);gap:.3rem .9rem;margin:.3rem 0}}
.s2s-claim dt{{color:var(--s2s-quiet);font-weight:400}}
.s2s-claim :is(dd,code){{overflow-wrap:anywhere;white-space:normal}}
.s2s-claim table{{width:100%;margin:.2rem 0;border-collapse:collapse;font-size:.9em;
font-variant-numeric:tabular-nums;color:inherit;background:none;border:0}}
.s2s-claim :is(td,th){{padding:.2rem .6rem .2rem 0;text-align:left;font-weight:400;border:0;
background:none;color:inherit;white-space:normal}}
.s2s-claim tr{{border:0;border-top:1px solid var(--s2s-hair);background:none}}
.s2s-claim thead tr{{border:0}}
.s2s-claim thead th,.s2s-claim .s2s-group th{{color:var(--s2s-quiet)}}
.s2s-claim :is(td,thead th:not(:first-child)){{text-align:right;white-space:nowrap}}
.s2s-claim .s2s-group th{{padding-top:.6rem;font-weight:600}}
body[data-jp-theme-light] .s2s-claim .s2s-in-book,html[theme] .s2s-claim .s2s-in-book{{display:none}}
@container (max-width:479px){{
.s2s-claim tr:not([hidden]){{display:grid;grid-template-columns:auto 1fr 1fr}}
.s2s-claim tr>th:first-child{{grid-column:1/-1;padding-bottom:0}}
.s2s-claim thead th:first-child{{display:none}}
.s2s-claim .s2s-row{{grid-template-columns:1fr;gap:0}}.s2s-claim .s2s-row span{{padding-top:.25rem}}
.s2s-claim dl{{grid-template-columns:minmax(0,1fr);gap:0}}.s2s-claim dd{{margin-bottom:.4rem}}
}}
@media print{{.s2s-claim{{break-inside:avoid}}.s2s-claim *{{print-color-adjust:exact}}
.s2s-claim details::details-content{{content-visibility:visible;height:auto}}}}
{"".join(map(_color, FAMILIES))}
""".lstrip()
