"""Imports point only downwards. A module may import what stands before it in ``ORDER``."""

import ast
import re
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "s2s_course"

# Bottom to top. A folder stands for all of its modules, which may import each other.
ORDER = (
    "seeds", "locks", "atomic", "stored_chapters", "checks", "devices", "text", "masks",
    "data",
    "layers",
    "models",
    "training", "decoding", "evaluation",
    "trace", "claims", "drawings", "plots", "claim_cards", "live",
    "widgets", "exercises",
    "course_address", "excerpt", "notebook", "chapters", "formulas", "sphinx_ext", "slides", "takeaway",
    "grading", "cli", "__main__",
)  # fmt: skip


def modules():
    return sorted(path.relative_to(PACKAGE) for path in PACKAGE.rglob("*.py"))


def unit(parts):
    return parts[0].removesuffix(".py")


def imports(path: Path, source: str) -> list[str]:
    """The names of all modules that ``source`` imports."""
    imported = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively: write the whole name"
            imported.append(node.module)
        elif isinstance(node, ast.Import):
            imported.extend(alias.name for alias in node.names)
    return imported


def upward_imports(path: Path, source: str) -> list[str]:
    """Imports in ``source`` of the course's units that do not stand before the unit of ``path``."""
    here, imported = unit(path.parts), imports(path, source)
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


def test_exercises_stand_on_their_engine_and_it_knows_none_of_them():
    """The registry finds them by folder, so that no import names one. Files of projects know each other."""
    for path in modules():
        if path.parts[0] == "exercises" and len(path.parts) == 3:
            allowed = ["s2s_course.exercises.engine."]
            allowed += ["s2s_course.exercises.projects."] * (path.parts[1] == "projects")
            for name in imports(path, (PACKAGE / path).read_text(encoding="utf-8")):
                if name.startswith("s2s_course.exercises"):
                    assert name.startswith(tuple(allowed)), f"{path} imports {name}"


def test_one_concept_has_one_file_of_readable_size():
    for path in modules():
        assert path.stem not in ("utils", "helpers", "common", "misc")
        lines = len((PACKAGE / path).read_text(encoding="utf-8").splitlines())
        assert lines <= 300, f"{path} has {lines} lines: does it hold more than one concept?"


def test_what_widgets_share_knows_none_of_them_and_no_widget_knows_another():
    for path in modules():
        if path.parts[0] != "widgets" or len(path.parts) < 3:
            continue
        imported = re.findall(
            r"^from s2s_course\.widgets(?:\.(\w+))?",
            (PACKAGE / path).read_text(encoding="utf-8"),
            re.MULTILINE,
        )
        room = path.parts[1]
        assert set(imported) <= {room, "shared"}, f"{path} imports {imported}"
