"""All that the course says of speed, for the machine at hand: ``make bench``, in at most 15 minutes.

Writes ``_build/bench.json`` and ``_build/bench.svg``, and prints a table. Peak memory first, each in a
process of its own, before this one grows; then training (benchmarks/training.py), where all rows take turns;
then decoding (benchmarks/decoding.py) by two models that are trained for a minute, since one that has learned
nothing never stops. The machine must have nothing else to do.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import matplotlib
import torch
from training import BASELINES, OURS, measure, peak_mib, rows

ROOT = Path(__file__).resolve().parents[1]
DECODED = ("transformer", "bahdanau")
RATIOS = {"transformer": "torch-nn-transformer"} | dict.fromkeys(
    ("bahdanau", "luong-general", "gru"), "plain-bahdanau"
)


def decoding(minutes: float, threads: int) -> list[dict]:
    """Sentences a second of models that are trained for ``minutes``."""
    with TemporaryDirectory() as folder:
        for name in DECODED:
            options = ["--model", name, "--data", "multi30k", "--src", "de", "--tgt", "en"]
            of_run = ["--minutes", str(minutes), "--out", f"{folder}/{name}"]
            run("-m", "s2s_course", "train", *options, *of_run)
        told = ["--sentences", "500", "--rounds", "2", "--threads", str(threads), "--json"]
        found = json.loads(
            run(str(ROOT / "benchmarks/decoding.py"), *(f"{folder}/{name}" for name in DECODED), *told)
        )
    return [{key: value for key, value in row.items() if key != "checkpoint"} for row in found]


def run(*command: str) -> str:
    """What a Python process prints."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, *command], stdout=subprocess.PIPE, text=True, env=environment)
    if done.returncode:
        raise SystemExit(done.returncode)
    return done.stdout


def with_ratios(found: list[dict]) -> list[dict]:
    """Each row with its ratio to the baseline of its kind, and, with one means off, to the same model."""
    by_name = {row["name"]: row["tokens_per_s"] for row in found}
    for row in found:
        if row["model"] in RATIOS:
            row["times_baseline"] = round(row["tokens_per_s"] / by_name[RATIOS[row["model"]]], 2)
        if ", without" in row["name"]:
            row["means_gives"] = round(by_name[row["model"]] / row["tokens_per_s"], 2)
    return found


def draw(found: list[dict], product: float, path: Path) -> None:
    """Bars of the tokens a second, one panel for the rows and one for what each means gives."""
    matplotlib.use("svg")
    from matplotlib import pyplot as plt

    whole = [row for row in found if "means_gives" not in row]
    off = [row for row in found if "means_gives" in row]
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 0.34 * max(len(whole), len(off)) + 1))
    left.barh([row["name"] for row in whole], [row["tokens_per_s"] for row in whole], color="0.45")
    for place, row in enumerate(whole):
        left.text(
            row["tokens_per_s"],
            place,
            f" {row['tokens_per_s']:,.0f} · {row['share_of_product']:.0%}",
            va="center",
        )
    left.set_title(f"target tokens a second, and share of {product:.0f} GFLOP/s", loc="left")
    right.barh(
        [row["name"].replace(", without", ":") for row in off],
        [row["means_gives"] for row in off],
        color="0.45",
    )
    right.axvline(1.0, color="0.2", linewidth=0.8)
    right.set_title("how many times faster with it", loc="left")
    for axes in (left, right):
        axes.invert_yaxis()
        axes.spines[["top", "right"]].set_visible(False)
    left.margins(x=0.25)
    figure.tight_layout()
    figure.savefig(path)


def show(told: dict) -> None:
    """The table, on standard output."""
    print(f"{told['machine']}: {told['product_gflops']:.0f} GFLOP/s on {told['threads']} threads")
    for row in told["training"]:
        memory = f"{row['peak_mib']:6,} MiB" if "peak_mib" in row else " " * 10
        ratio = f"{row['times_baseline']:6.2f} x baseline" if "times_baseline" in row else " " * 17
        gives = f"  the means gives {row['means_gives']:.2f}" if "means_gives" in row else ""
        print(
            f"{row['tokens_per_s']:9,.0f} tokens/s {row['share_of_product']:5.0%} {ratio} {memory}  "
            f"{row['name']}{gives}"
        )
    for row in told["decoding"]:
        print(f"{row['sentences_per_s']:9,.1f} sentences/s  {row['model']}, {row['way']}")
    print(f"{told['minutes']:.1f} minutes")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=6, help="windows of each row of training")
    parser.add_argument("--seconds", type=float, default=3.0, help="of a window")
    parser.add_argument("--minutes", type=float, default=1.0, help="that the models which decode are trained")
    parser.add_argument(
        "--out", type=Path, default=ROOT / "_build", help="folder for bench.json and bench.svg"
    )
    arguments = parser.parse_args()
    for name in ("threads", "rounds", "seconds", "minutes"):
        if not getattr(arguments, name) > 0:
            parser.error(f"--{name} must be more than 0, got {getattr(arguments, name)}")
    start = time.monotonic()
    torch.set_num_threads(arguments.threads)
    wanted = rows()
    with_memory = [row for row in wanted if row.name in (*BASELINES, *OURS)]
    peaks = {row.name: round(peak_mib(row, arguments.threads)) for row in with_memory}
    found, product = measure(wanted, rounds=arguments.rounds, seconds=arguments.seconds)
    for row in found:
        row |= {"peak_mib": peaks[row["name"]]} if row["name"] in peaks else {}
    told = {
        "machine": f"{platform.system()} {platform.machine()}, torch {torch.__version__}",
        "threads": arguments.threads,
        "product_gflops": round(product, 1),
        "training": with_ratios(found),
        "decoding": decoding(arguments.minutes, arguments.threads),
    }
    told["minutes"] = round((time.monotonic() - start) / 60, 1)
    arguments.out.mkdir(parents=True, exist_ok=True)
    (arguments.out / "bench.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    draw(found, product, arguments.out / "bench.svg")
    show(told)


if __name__ == "__main__":
    main()
