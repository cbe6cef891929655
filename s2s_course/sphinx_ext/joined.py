"""One script out of a folder's ES modules, for pages that are opened as files: these may not import.

All modules share one scope, so no two may declare the same name. Comments and indentation stay in the
modules.
"""

import re
from collections import Counter
from pathlib import Path

_IMPORT = re.compile(r'^import \{[^}]*\} from "\./([\w.]+)";\n', re.MULTILINE)
_DECLARED = re.compile(r"^(?:export )?(?:async )?(?:function|class|const|let) (\w+)", re.MULTILINE)
_EXPORTED = re.compile(r"^export (?:async )?(?:function|class|const|let) (\w+)", re.MULTILINE)
_LIST = re.compile(r"^export \{([^}]*)\};\n", re.MULTILINE)
_COMMENT = re.compile(r"^ *//.*\n| // .*$", re.MULTILINE)
_BLANK = re.compile(r"^\s*\n| +$|^ +", re.MULTILINE)


def joined(entry: Path) -> str:
    """An expression whose value is the object of what the module ``entry`` exports.

    Raises ``ValueError`` where two modules declare the same name, or import each other in a circle.
    """
    texts = [path.read_text(encoding="utf-8") for path in _in_order(entry)]
    declared = Counter(name for text in texts for name in _DECLARED.findall(text))
    if twice := [name for name, count in declared.items() if count > 1]:
        raise ValueError(f"modules that are joined must declare different names, got {twice[0]} twice")
    last = texts[-1]
    given = _EXPORTED.findall(last) + [
        name for names in _LIST.findall(last) for name in re.findall(r"\w+", names)
    ]
    return f"(() => {{\n{''.join(map(_bare, texts))}return {{ {', '.join(given)} }};\n}})()"


def _in_order(entry: Path) -> list[Path]:
    """``entry`` and what it imports, directly or not, each behind what it needs itself."""
    order: list[Path] = []

    def visit(path: Path, above: tuple[Path, ...]) -> None:
        if path in above:
            raise ValueError(f"modules that are joined must not import in a circle, got {path.name}")
        if path not in order:
            for name in _IMPORT.findall(path.read_text(encoding="utf-8")):
                visit(path.with_name(name), (*above, path))
            order.append(path)

    visit(entry, ())
    return order


def _bare(text: str) -> str:
    text = _LIST.sub("", _IMPORT.sub("", text))
    text = re.sub(r"^export (?=async |function|class|const|let)", "", text, flags=re.MULTILINE)
    return _BLANK.sub("", _COMMENT.sub("", text))
