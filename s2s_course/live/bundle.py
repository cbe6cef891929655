"""One script out of the engine's modules: what pages and notebooks load.

A page that is opened as a file may neither fetch nor import, and neither may a module from a blob. So the
modules of the engine become one scope, and those of a part a function's scope each, in an order in which
every one stands behind those that it imports.
"""

import re
from collections import Counter
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
ENTRY = "engine.js"  # what it exports is what the script gives
_ENGINE = "$engine"  # what a part calls the engine's modules

_IMPORT = re.compile(r'^import \{([^}]*)\} from "\./([\w.]+)";\n', re.MULTILINE)
_IMPORT_ALL = re.compile(r'^import "\./([\w.]+)";\n', re.MULTILINE)  # for what it adds to others
_EXPORT = re.compile(
    r"^export (?=(?:async )?(?:function\*?|class|const|let) (\w+|\[[\w, ]+\]))", re.MULTILINE
)
_DECLARED = re.compile(
    r"^(?:export )?(?:async )?(?:function\*?|class|const|let) (\w+|\[[\w, ]+\])", re.MULTILINE
)
_EXPORT_FROM = re.compile(r'^export \{([^}]*)\} from "\./([\w.]+)";\n', re.MULTILINE)
# A comment on a line of its own, or behind code: no text of the engine has slashes between spaces.
_COMMENT = re.compile(r"^ *//.*\n| // .*$", re.MULTILINE)
_BLANK = re.compile(r"^\s*\n| +$|^ +", re.MULTILINE)


@cache
def bundle(entry: str = ENTRY, *, alone: bool = False) -> str:
    """A script whose last value is the object of what ``entry`` exports; the engine's has ``modules``, too.

    That of another entry is a function instead: of the engine's ``modules``, which it shares, so that what it
    imports is what the page's models are made of. One that is ``alone``, in a worker, has its own.
    Comments and indentation stay in the modules: whoever wants to read opens those.
    """
    if entry == ENTRY:
        return _engine()
    if alone:
        return _function("()", _in_order(entry), _variable(entry)) + "()"
    own = [name for name in _in_order(entry) if name not in _in_order(ENTRY)]
    return _function(_ENGINE, own, _variable(entry))


def _engine() -> str:
    """All modules of the engine in one scope, which is the smallest: no two may declare the same name."""
    names = _in_order(ENTRY)
    declared = Counter(name for module in names for name in _names(_DECLARED, _source(module)))
    if twice := [name for name, count in declared.items() if count > 1]:
        raise ValueError(f"modules of the engine must declare different names, got {twice[0]} twice")
    texts = "".join(_bare(_IMPORT.sub("", _source(name))) for name in names)
    exported = [name for module in names for name in _names(_EXPORT, _source(module))]
    given = [name.strip() for names, _ in _EXPORT_FROM.findall(_source(ENTRY)) for name in names.split(",")]
    return f"(() => {{\n{texts}return {{ {', '.join(given)}, modules: {{ {', '.join(exported)} }} }};\n}})()"


def _names(pattern: re.Pattern, text: str) -> list[str]:
    return [name for found in pattern.findall(text) for name in re.findall(r"\w+", found)]


def _function(parameters: str, names: list[str], result: str) -> str:
    """A function with the modules ``names``, which may use those that ``parameters`` bring."""
    scopes = "\n".join(_scope(name, names) for name in names)
    return f"({parameters} => {{\n{scopes}\nreturn {result};\n}})"


def _source(name: str) -> str:
    path = FOLDER / name
    if not path.is_file():
        raise ValueError(f"a module of the engine must be a file of {FOLDER.name}/, got {name!r}")
    return path.read_text(encoding="utf-8")


def imports_of(name: str) -> list[str]:
    """The modules that the module ``name`` imports or passes on."""
    text = _source(name)
    found = _IMPORT_ALL.findall(text)
    found += [module for pattern in (_IMPORT, _EXPORT_FROM) for _, module in pattern.findall(text)]
    return list(dict.fromkeys(found))


def _in_order(entry: str) -> list[str]:
    """``entry`` and what it imports, directly or not, each behind what it needs itself."""
    order: list[str] = []

    def visit(name: str, above: tuple[str, ...]) -> None:
        if name in above:
            raise ValueError(
                f"modules of the engine must not import in a circle, got {' → '.join(above)} → {name}"
            )
        if name not in order:
            for needed in imports_of(name):
                visit(needed, (*above, name))
            order.append(name)

    visit(entry, ())
    return order


def _variable(name: str) -> str:
    return "$" + name.removesuffix(".js")


def _scope(name: str, beside: list[str]) -> str:
    """The module ``name`` as a function's scope that returns what it exports.

    What it imports comes from the modules ``beside`` it, or from the engine.
    """

    def place(module: str) -> str:
        return _variable(module) if module in beside else _ENGINE

    text = _source(name)
    passed_on = [(names.strip(" ,\n"), module) for names, module in _EXPORT_FROM.findall(text)]
    bound = _IMPORT.sub(lambda found: f"const {{{found[1]}}} = {place(found[2])};\n", text)
    given = _names(_EXPORT, text)
    given += [f"...(({{ {names} }}) => ({{ {names} }}))({place(module)})" for names, module in passed_on]
    return f"const {_variable(name)} = (() => {{\n{_bare(bound)}return {{ {', '.join(given)} }};\n}})();"


def _bare(text: str) -> str:
    """Without what only modules have, comments and indentation."""
    text = _IMPORT_ALL.sub("", _EXPORT_FROM.sub("", text))
    return _BLANK.sub("", _COMMENT.sub("", _EXPORT.sub("", text)))
