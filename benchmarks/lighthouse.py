"""Lighthouse's scores of the built book, as a phone and as a desktop computer meet it.

    make lighthouse
    make lighthouse PAGES="book/index.html book/05-bahdanau-attention.html"

Serves ``_build/html`` compressed on this machine and looks at the first page, the claims ledger and every
chapter, one at a time. Only the score for performance depends on what else the machine does: where it misses
its goal the page is measured twice more, and the median counts. All scores, and what made a page miss one,
are written to ``_build/lighthouse.json``. Lighthouse comes from npm; ``make lighthouse`` installs it.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
from browser.browser import find, flags
from browser.compressed import serve_compressed

ROOT = Path(__file__).resolve().parents[1]
SITE, RESULTS = ROOT / "_build" / "html", ROOT / "_build" / "lighthouse.json"
# The least that is wanted, in percent.
GOALS = {
    "mobile": {"performance": 95, "accessibility": 100, "best-practices": 100, "seo": 100},
    "desktop": {"performance": 98, "accessibility": 100, "best-practices": 100, "seo": 100},
}
TIMES = {
    "first-contentful-paint": "FCP",
    "largest-contentful-paint": "LCP",
    "total-blocking-time": "TBT",
    "speed-index": "SI",
}
WITHOUT_SCORE = ("notApplicable", "manual", "informative")
ROUNDS = 3


def pages() -> list[str]:
    """The first page, the ledger and the chapters, as paths below the site."""
    chapters = sorted((ROOT / "book").glob("[0-9][0-9]-*.ipynb"))
    return [f"book/{name}.html" for name in ("index", "claims-ledger", *(path.stem for path in chapters))]


def look(program: Path, address: str, device: str) -> dict:
    """Lighthouse's report on one page. Raises ``RuntimeError`` with what it said where it gives none."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = ["node", program, address, "--quiet", "--output=json", f"--output-path={report}"]
        command += [f"--only-categories={','.join(GOALS[device])}"]
        command += [f"--chrome-flags={' '.join(['--headless=new', *quoted(flags())])}"]
        command += ["--preset=desktop"] if device == "desktop" else []
        run = subprocess.run(
            command, capture_output=True, text=True, env=os.environ | {"CHROME_PATH": find() or ""}
        )
        if not report.is_file():
            raise RuntimeError(f"Lighthouse gave no report of {address}:\n{run.stdout}{run.stderr}")
        return json.loads(report.read_text(encoding="utf-8"))


def quoted(names: list[str]) -> list[str]:
    return [f'"{name}"' if " " in name else name for name in names]


def summary(report: dict) -> dict:
    """Scores in percent, times in milliseconds, the layout's shift, and what stands in the way of 100."""
    audits, categories = report["audits"], report["categories"]
    misses = {
        name: [reference["id"] for reference in category["auditRefs"]
               if reference["weight"] and (audits[reference["id"]]["score"] or 0) < 1
               and audits[reference["id"]]["scoreDisplayMode"] not in WITHOUT_SCORE]
        for name, category in categories.items()
    }  # fmt: skip
    return {
        "scores": {name: round(100 * (category["score"] or 0)) for name, category in categories.items()},
        "milliseconds": {short: round(audits[name]["numericValue"]) for name, short in TIMES.items()},
        "layout shift": round(audits["cumulative-layout-shift"]["numericValue"], 3),
        "bytes": round(audits["total-byte-weight"]["numericValue"]),
        "misses": {name: {one: nodes(audits[one]) for one in ids} for name, ids in misses.items() if ids},
    }


def nodes(audit: dict) -> list[str]:
    """The first parts of the page that an audit names."""
    items = (audit.get("details") or {}).get("items") or []
    return [item["node"]["selector"] for item in items if isinstance(item.get("node"), dict)][:5]


def measured(program: Path, address: str, device: str, rounds: int = ROUNDS) -> dict:
    """The summary whose score for performance is the median; one look where that reaches the goal at once."""
    looks = [summary(look(program, address, device))]
    if looks[0]["scores"]["performance"] < GOALS[device]["performance"]:
        looks += [summary(look(program, address, device)) for _ in range(rounds - 1)]
    scores = [one["scores"]["performance"] for one in looks]
    middle = looks[scores.index(statistics.median_low(scores))]
    return middle | {"performance of each look": scores}


def line(page: str, device: str, result: dict) -> str:
    scores = "  ".join(f"{value:>3}" for value in result["scores"].values())
    times = "  ".join(f"{name} {value:>5,}" for name, value in result["milliseconds"].items())
    return f"{page:<38}{device:<8}  {scores}   {times}  shift {result['layout shift']}  {result['bytes']:>9,}"


def below(result: dict, device: str) -> bool:
    return any(result["scores"][name] < goal for name, goal in GOALS[device].items())


def main() -> None:
    parser = argparse.ArgumentParser(description="Lighthouse's scores of the built book.")
    parser.add_argument("pages", nargs="*", default=pages(), help="paths below the site")
    parser.add_argument("--program", type=Path, required=True, help="Lighthouse's cli/index.js")
    parser.add_argument("--device", choices=list(GOALS), action="append", help="one of them; both by default")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="looks at a page that misses its goal")
    options = parser.parse_args()
    results, missed = {}, []
    print(f"{'page':<38}{'device':<8}  performance, accessibility, best practices, SEO; milliseconds; bytes")
    with serve_compressed(SITE) as address:
        for page in options.pages:
            for device in options.device or GOALS:
                result = measured(options.program.resolve(), f"{address}/{page}", device, options.rounds)
                results.setdefault(page, {})[device] = result
                missed += [f"{page} ({device})"] if below(result, device) else []
                print(line(page, device, result), flush=True)
                RESULTS.write_text(json.dumps({"goals": GOALS, "pages": results}, indent=1), encoding="utf-8")
    if missed:
        sys.exit(f"below the goal: {', '.join(missed)}; {RESULTS} says why")


if __name__ == "__main__":
    main()
