"""Words a second of the models that compute in the page, in Chromium beside PyTorch on one thread.

    python benchmarks/live.py
    python benchmarks/live.py transformer --rounds 9

Each of the stored models translates the fifty example sentences greedily, one at a time, in the page and in
PyTorch in turns, so that whatever else the machine does slows both. A figure is the median of the rounds.
Then one sentence of twelve words is translated over and over: what a reader waits for after a key.
"""

import argparse
import base64
import json
import statistics
import sys
import time
from pathlib import Path

import torch
from playwright.sync_api import Page, sync_playwright

from s2s_course.decoding.translate import translate_to_indices
from s2s_course.live.assets import asset
from s2s_course.live.stored import live_examples, live_models, load_live, weights_file

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
from browser.browser import find, flags

TWELVE = "the old woman sees the small dog and the young man sleeps."
LOAD = """async (given) => {
  const { code, course, entry, weights } = JSON.parse(given);
  const engine = (0, eval)(code);
  const model = engine.buildModel({ name: entry.registry, config: entry.config },
    engine.readSafetensors(Uint8Array.from(atob(weights), (character) => character.charCodeAt(0))));
  const [srcCodec, tgtCodec] = ["src", "tgt"].map((side) => engine.createCodec(course.codecs[side]));
  window.write = (text) => engine.translate({ model, srcCodec, tgtCodec }, text).steps.length;
}"""
RUN = """(texts) => {
  const began = performance.now();
  const words = texts.reduce((sum, text) => sum + write(text), 0);
  return [words, performance.now() - began];
}"""


def measure(page: Page, name: str, rounds: int) -> dict[str, float]:
    """Words a second and milliseconds for a sentence of twelve words, in the page and in PyTorch."""
    translator, texts = load_live(name), [pair.src for pair in live_examples()]
    weights = base64.b64encode(weights_file(name).read_bytes()).decode()
    given = {"code": asset("engine")["code"], "course": asset("course"), "entry": live_models()[name]}
    page.evaluate(LOAD, json.dumps({**given, "weights": weights}))
    page.evaluate(RUN, texts)  # the browser compiles what is run often
    in_page, in_torch, waits = [], [], []
    for _ in range(rounds):
        words, milliseconds = page.evaluate(RUN, texts)
        in_page.append(1000 * words / milliseconds)
        began = time.perf_counter()
        outputs = translate_to_indices(translator, texts, batch_size=1)
        in_torch.append(sum(map(len, outputs)) / (time.perf_counter() - began))
        waits.append(page.evaluate(RUN, [TWELVE])[1])
    return {
        "page_words_a_second": statistics.median(in_page),
        "torch_words_a_second": statistics.median(in_torch),
        "page_to_torch": statistics.median(a / b for a, b in zip(in_page, in_torch, strict=True)),
        "twelve_words_ms": statistics.median(waits),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("models", nargs="*", default=list(live_models()))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true", help="print JSON")
    args = parser.parse_args()
    torch.set_num_threads(1)
    found = {}
    with sync_playwright() as playwright:
        page = playwright.chromium.launch(executable_path=find(), args=flags()).new_page()
        for name in args.models:
            found[name] = measure(page, name, args.rounds)
            if not args.json:
                speeds = found[name]
                print(
                    f"{name:12s} {speeds['page_words_a_second']:6.0f} words/s in the page, "
                    f"{speeds['torch_words_a_second']:6.0f} in PyTorch, ratio {speeds['page_to_torch']:.2f}; "
                    f"twelve words: {speeds['twelve_words_ms']:.1f} ms",
                    flush=True,
                )
    if args.json:
        print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
