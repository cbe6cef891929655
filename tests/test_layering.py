"""Imports point only downwards. A module may import what stands before it in ``ORDER``."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "s2s_course"

# Bottom to top. A folder stands for all of its modules, which may import each other.
ORDER = (
    "seeds", "atomic", "checks", "text", "masks",
    "data",
    "layers",
    "models",
    "training", "decoding", "evaluation",
    "trace", "claims", "plots",
    "widgets", "exercises",
    "notebook", "chapters", "sphinx_ext", "cli",
)  # fmt: skip


def modules():
    return sorted(path.relative_to(PACKAGE) for path in PACKAGE.rglob("*.py"))


def unit(parts):
    return parts[0].removesuffix(".py")


def upward_imports(path: Path, source: str) -> list[str]:
    """Imports in ``source`` of the course's units that do not stand before the unit of ``path``."""
    here = unit(path.parts)
    imported = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively: write the whole name"
            imported.append(node.module)
        elif isinstance(node, ast.Import):
            imported.extend(alias.name for alias in node.names)
    units = [name.split(".")[1] for name in imported if name.startswith("s2s_course.")]
    return [name for name in units if name != here and ORDER.index(name) >= ORDER.index(here)]


@pytest.mark.parametrize("path", modules(), ids=str)
def test_imports_point_downwards(path):
    if path.parts != ("__init__.py",):
        assert upward_imports(path, (PACKAGE / path).read_text(encoding="utf-8")) == []


def test_an_upward_import_would_be_found():
    source = "from s2s_course.models.contract import State\nimport s2s_course.widgets.base"
    assert upward_imports(Path("layers/recurrent.py"), source) == ["models", "widgets"]
    assert upward_imports(Path("training/loop.py"), source) == ["widgets"]


def test_one_concept_has_one_file_of_readable_size():
    for path in modules():
        assert path.stem not in ("utils", "helpers", "common", "misc")
        lines = len((PACKAGE / path).read_text(encoding="utf-8").splitlines())
        assert lines <= 300, f"{path} has {lines} lines: does it hold more than one concept?"
