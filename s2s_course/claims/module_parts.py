"""A module of the package taken apart: its statements, what each binds, mentions and imports."""

import ast
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from s2s_course.claims.claim import SEEDS
from s2s_course.claims.normal_form import normal_form

# Decorators of other packages that do nothing but change what they decorate.
_PURE = {
    "abstractmethod", "cache", "cached_property", "classmethod", "contextmanager", "dataclass",
    "inference_mode", "lru_cache", "no_grad", "no_type_check", "property", "runtime_checkable", "setter",
    "staticmethod", "total_ordering",
}  # fmt: skip
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True)
class Import:
    """``name`` of the package's ``module``, or the whole module where ``name`` is ``None``."""

    module: str
    name: str | None = None


@dataclass(frozen=True)
class Statement:
    """A statement at the top of a module, or one name of an import there."""

    text: str
    binds: frozenset[str]
    mentions: frozenset[str]  # names that it does not bind itself
    imports: tuple[Import, ...]  # of the package's modules, also inside functions
    words: frozenset[str]  # all names in it, and attributes with a point before them
    is_import: bool = False
    acts: bool = False  # does it do more, when the module is imported, than bind names?
    names_a_scale: bool = False


@dataclass(frozen=True)
class Module:
    """A module of the package."""

    name: str
    path: Path
    statements: tuple[Statement, ...]

    @cached_property
    def binding(self) -> dict[str, list[int]]:
        """For each name the numbers of the statements that bind it."""
        found: dict[str, list[int]] = {}
        for number, statement in enumerate(self.statements):
            for name in statement.binds:
                found.setdefault(name, []).append(number)
        return found


class Package:
    """The package in ``folder``, as its files are now."""

    def __init__(self, folder: Path):
        self.folder = folder
        self._paths = {self._name(path): path for path in folder.rglob("*.py")}
        self._modules: dict[str, Module] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._paths

    def __getitem__(self, name: str) -> Module:
        """The module ``name``; ``ValueError`` where the package has none."""
        if name not in self._modules:
            if name not in self:
                raise ValueError(f"module must be one of the package {self.folder.name}, got {name!r}")
            path = self._paths[name]
            self._modules[name] = _read(name, path, path.stat().st_mtime_ns, path.stat().st_size)
        return self._modules[name]

    def _name(self, path: Path) -> str:
        parts = path.relative_to(self.folder.parent).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@lru_cache(maxsize=1000)
def _read(name: str, path: Path, *changed: int) -> Module:
    body = ast.parse(path.read_text(encoding="utf-8")).body
    around = name if path.name == "__init__.py" else name.rpartition(".")[0]
    own = {node.name for node in body if isinstance(node, _FUNCTIONS)}
    for node in body:
        if isinstance(node, ast.ImportFrom) and _source(node, around).split(".")[0] == name.split(".")[0]:
            own.update(alias.asname or alias.name for alias in node.names)
    statements = [statement for node in body for statement in _statements(node, around, own)]
    return Module(name, path, tuple(statements))


def _statements(node: ast.stmt, around: str, own: set[str]) -> Iterator[Statement]:
    if isinstance(node, ast.Import | ast.ImportFrom):
        for alias in node.names:
            single = copy(node)
            single.names = [alias]
            yield Statement(
                text=ast.unparse(single),
                binds=frozenset() if alias.name == "*" else frozenset([_bound_by(alias)]),
                mentions=frozenset(),
                imports=tuple(_imports(single, around)),
                words=frozenset(_words([alias])),
                is_import=True,
                acts=alias.name == "*",
            )
        return
    form = normal_form(node)
    if not form.text:
        return
    inside = list(ast.walk(node))
    yield Statement(
        text=form.text,
        binds=frozenset(_binds(node)),
        mentions=form.free_names,
        imports=tuple(found for part in inside for found in _imports(part, around)),
        words=frozenset(_words(inside)),
        acts=_acts(node, own),
        names_a_scale=any(isinstance(part, ast.Constant) and part.value in SEEDS for part in inside),
    )


def _source(node: ast.ImportFrom, around: str) -> str:
    """The module that ``node`` imports from, where ``around`` is the package that it stands in."""
    if not node.level:
        return node.module or ""
    above = around.split(".")[: len(around.split(".")) - node.level + 1]
    return ".".join([*above, *([node.module] if node.module else [])])


def _imports(node: ast.AST, around: str) -> Iterator[Import]:
    """The package's modules that one import statement imports."""
    package = around.split(".")[0]
    if isinstance(node, ast.Import):
        found = [Import(alias.name) for alias in node.names]
    elif isinstance(node, ast.ImportFrom):
        source = _source(node, around)
        found = [Import(source, None if alias.name == "*" else alias.name) for alias in node.names]
    else:
        return
    yield from (one for one in found if one.module.split(".")[0] == package)


def _bound_by(alias: ast.alias) -> str:
    return alias.asname or alias.name.split(".")[0]


def _binds(node: ast.AST) -> Iterator[str]:
    """The names of the module that a statement binds; what is inside a function binds only by ``global``."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            yield node.name
            for part in ast.walk(node):
                yield from part.names if isinstance(part, ast.Global) else ()
            return
        case ast.Name() if not isinstance(node.ctx, ast.Load):
            yield node.id
        case ast.ExceptHandler(name=str()) | ast.MatchAs(name=str()) | ast.MatchStar(name=str()):
            yield node.name
        case ast.alias():
            yield _bound_by(node)
    for child in ast.iter_child_nodes(node):
        yield from _binds(child)


def _words(nodes: list[ast.AST]) -> Iterator[str]:
    """Names as they are, attributes and what is imported with a point before them."""
    for node in nodes:
        match node:
            case ast.Name():
                yield node.id
            case ast.Attribute(value=ast.Name(id="sys"), attr="modules"):
                yield "sys.modules"
            case ast.Attribute():
                yield f".{node.attr}"
            case ast.FunctionDef():
                yield f".{node.name}"
            case ast.alias():
                yield from (f".{part}" for part in node.name.split("."))


def _acts(node: ast.stmt, own: set[str]) -> bool:
    """Does the statement do anything, when its module is imported, but bind names?"""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            defaults = [*node.args.defaults, *filter(None, node.args.kw_defaults)]
            return any(map(_calls, defaults)) or not all(_is_pure(d, own) for d in node.decorator_list)
        case ast.ClassDef():
            if node.keywords or any(map(_calls, node.bases)):
                return True
            if not all(_is_pure(decorator, own) for decorator in node.decorator_list):
                return True
            return any(_acts(statement, own) for statement in node.body)
        case ast.Assign(value=ast.Call(func=ast.Name(id="Claim"))):
            return False  # words around an experiment and a rule
        case ast.Assign() | ast.AnnAssign():
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            parts = [part for target in targets for part in ast.walk(target)]
            changes = any(isinstance(part, ast.Attribute | ast.Subscript) for part in parts)
            return changes or (node.value is not None and _calls(node.value))
        case ast.Import() | ast.ImportFrom() | ast.Pass() | ast.Expr(value=ast.Constant()):
            return False
    return True


def _calls(expression: ast.AST) -> bool:
    """Is anything called, outside of a lambda's body?"""
    if isinstance(expression, ast.Lambda):
        return False
    if isinstance(expression, ast.Call | ast.Await | ast.Yield | ast.YieldFrom):
        return True
    return any(map(_calls, ast.iter_child_nodes(expression)))


def _is_pure(decorator: ast.expr, own: set[str]) -> bool:
    function = decorator.func if isinstance(decorator, ast.Call) else decorator
    names = ast.unparse(function).split(".")
    return names[-1] in _PURE and own.isdisjoint(names)
