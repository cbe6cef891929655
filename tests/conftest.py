"""What all tests need: shapes enforced, one thread, an order for two workers, and a few small things."""

import os
import re
import signal

os.environ["OMP_NUM_THREADS"] = "1"  # for kernels and other processes too; read when torch is imported

from pathlib import Path

import pytest
from hypothesis import settings
from jaxtyping import install_import_hook

# A shell that starts the tests in the background has interrupts ignored, which processes inherit.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# The same examples in every run: what passes here passes there. `--hypothesis-profile default` tries others.
settings.register_profile("seeded", derandomize=True)
settings.load_profile("seeded")

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "s2s_course"

# Annotated shapes and types are enforced, from here on, in every part of the package but three: two hold
# experiments and answers, which call the other parts, and the grammar has no arrays, but makes 150 calls a
# sentence. The checks would take longer than they do; the grammar's types have a test of their own.
UNCHECKED = {"claims", "exercises", "data.grammar"}
DATA = {f"data.{path.stem}" for path in (PACKAGE / "data").iterdir()}
PARTS = {path.stem for path in PACKAGE.iterdir()} - {"data"} | DATA
CHECKED = {part for part in PARTS - UNCHECKED if "__" not in part}
install_import_hook([f"s2s_course.{part}" for part in sorted(CHECKED)], "beartype.beartype")

from s2s_course.data.pairs import ParallelCorpus, SentencePair  # noqa: E402
from s2s_course.models.translator import Translator  # noqa: E402

# What takes longest begins first, so that no worker waits for another at the end.
LONGEST = ("book/test_execution.py", "claims/test_ledger.py", "browser/test_site.py")
NEED_THE_SITE = (
    "browser/test_site.py",
    "browser/test_review_sheet.py",
    "browser/test_printing.py",
    "browser/test_claims_ledger.py",
    "browser/test_chapter_layout.py",
    "browser/test_search.py",
    "browser/test_symbols.py",
    "browser/test_accessibility.py",
    "browser/test_reading_aids.py",
)

PAIRS = [
    SentencePair("the cat sleeps.", "le chat dort.", ((0, 0), (1, 1), (2, 2), (3, 3))),
    SentencePair("the dog eats a cake.", "le chien mange un gâteau."),
    SentencePair("a cat eats.", "un chat mange."),
    SentencePair("the dog sleeps.", "le chien dort."),
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    places = {item: item.path.relative_to(ROOT / "tests").as_posix() for item in items}
    items.sort(key=lambda item: LONGEST.index(places[item]) if places[item] in LONGEST else len(LONGEST))
    for item in items:
        if "browser" in item.fixturenames:  # directly or not
            item.add_marker("browser")


def stay_together(nodeid: str) -> str:
    """What a test shares with those that run on the same worker: its file, its chapter, or the site."""
    place, chapter = nodeid.split("::")[0].removeprefix("tests/"), re.search(r"\[(\d\d-[a-z-]+)\]$", nodeid)
    if place == "book/test_execution.py":
        return chapter[1] if chapter else "01-sequences"
    return "the site" if place in NEED_THE_SITE else place


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    from xdist.scheduler import LoadScopeScheduling

    class Scheduling(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return stay_together(nodeid)

    return Scheduling(config, log)


@pytest.fixture(scope="session")
def shared(tmp_path_factory) -> Path:
    """A folder of this run that all workers see."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="module")
def small_grammar():
    """The commands load a small grammar corpus: where all types are checked, the whole takes a minute."""
    from s2s_course.cli import train, translate
    from s2s_course.data.grammar import grammar_corpus

    def load_corpus(name: str, src: str, tgt: str) -> ParallelCorpus:
        if name != "grammar":
            return load(name, src, tgt)
        return grammar_corpus(src=src, tgt=tgt, train=300, validation=500, test=20, longer=0, compositional=0)

    load = train.load_corpus
    with pytest.MonkeyPatch.context() as patch:
        for module in (train, translate):
            patch.setattr(module, "load_corpus", load_corpus)
        yield


@pytest.fixture
def pairs() -> list[SentencePair]:
    return PAIRS


@pytest.fixture
def translator() -> Translator:
    """A small translator that has learned nothing yet."""
    codecs = ParallelCorpus("made", "en", "fr", {"train": PAIRS}).codecs()
    return Translator.build("gru", *codecs, seed=0, embed_size=16, hidden_size=32)
