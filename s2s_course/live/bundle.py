"""One script out of the engine's modules: what pages and notebooks load.

A page that is opened as a file may neither fetch nor import, and neither may a module from a blob. So each
module becomes a function's scope, in an order in which every one stands behind those that it imports.
"""

import re
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
ENTRY = "engine.js"  # what it exports is what the script gives

_IMPORT = re.compile(r'^import \{([^}]*)\} from "\./([\w.]+)";\n', re.MULTILINE)
_IMPORT_ALL = re.compile(r'^import "\./([\w.]+)";\n', re.MULTILINE)  # for what it adds to others
_EXPORT = re.compile(
    r"^export (?=(?:async )?(?:function\*?|class|const|let) (\w+|\[[\w, ]+\]))", re.MULTILINE
)
_EXPORT_FROM = re.compile(r'^export \{([^}]*)\} from "\./([\w.]+)";\n', re.MULTILINE)
# A comment on a line of its own, or behind code: no text of the engine holds two spaces' worth of slashes.
_COMMENT = re.compile(r"^ *//.*\n| // .*$", re.MULTILINE)
_BLANK = re.compile(r"^\s*\n| +$|^ +", re.MULTILINE)


@cache
def bundle(entry: str = ENTRY, *, alone: bool = False) -> str:
    """A script whose last value is the object of everything that ``entry`` exports; the engine's has ``modules``.

    That of another entry is a function instead: of the engine's modules, which it shares, so that what it
    imports is what the page's models are made of. One that is ``alone``, in a worker, has its own.
    Comments and indentation stay in the modules: whoever wants to read opens those.
    """
    engine = _in_order(ENTRY)
    modules = f"{{ {', '.join(map(_variable, engine))} }}"
    if entry == ENTRY:
        return _function("()", engine, f"{{ ...{_variable(ENTRY)}, modules: {modules} }}") + "()"
    if alone:
        return _function("()", _in_order(entry), _variable(entry)) + "()"
    return _function(
        f"({modules})", [name for name in _in_order(entry) if name not in engine], _variable(entry)
    )


def _function(parameters: str, names: list[str], result: str) -> str:
    """A function with the modules ``names``, which may use those that ``parameters`` bring."""
    scopes = "\n".join(map(_scope, names))
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


def _scope(name: str) -> str:
    """The module ``name`` as a function's scope that returns what it exports."""
    text = _source(name)
    passed_on = [(names.strip(" ,\n"), module) for names, module in _EXPORT_FROM.findall(text)]
    exported = [name for names in _EXPORT.findall(text) for name in re.findall(r"\w+", names)]
    text = _IMPORT_ALL.sub("", _EXPORT_FROM.sub("", text))
    text = _IMPORT.sub(
        lambda found: f"const {{{found[1].replace(' as ', ': ')}}} = {_variable(found[2])};\n", text
    )
    text = _BLANK.sub("", _COMMENT.sub("", _EXPORT.sub("", text)))
    given = ", ".join(exported + [f"...{_chosen(names, module)}" for names, module in passed_on])
    return f"const {_variable(name)} = (() => {{\n{text}return {{ {given} }};\n}})();"


def _chosen(names: str, module: str) -> str:
    return f"(({{ {names} }}) => ({{ {names} }}))({_variable(module)})"
