"""What a statement does, as a text: two statements with the same text do the same.

Comments, layout, docstrings, annotations and the names of local variables are not in it. Names of parameters
are, since a caller may use them, and so are the names, order and defaults of a dataclass's fields.
"""

import ast
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_SKIPPED = {"ctx", "kind", "type_comment", "type_params", "annotation", "returns"}
_SEES_LOCALS = {"dir", "locals", "vars"}  # functions that see the names of variables
_MEANT_FIELDS = {"ClassVar", "InitVar", "KW_ONLY"}  # annotations that say what a dataclass does with a field


@dataclass(frozen=True)
class NormalForm:
    """The text of a statement, and the names in it that no function of its own binds."""

    text: str
    free_names: frozenset[str]


def normal_form(statement: ast.stmt) -> NormalForm:
    """The normal form of a statement at the top of a module; the text is empty where it does nothing."""
    writer = _Writer()
    text = "".join(writer.statements([statement]))
    return NormalForm(text, frozenset(writer.free_names))


class _Scope(dict[str, str]):
    """For each name that a function, comprehension or class binds, what is written in its place."""

    def __init__(self, depth: int, kept: Iterable[str], renamed: Iterable[str], *, of_class: bool = False):
        super().__init__({name: name for name in kept})
        self.depth, self.renamed, self.of_class = depth, set(renamed) - set(kept), of_class

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or name in self.renamed

    def __missing__(self, name: str) -> str:
        """A variable is called by the depth of its function and by its turn: no name can look like that."""
        self[name] = f"${self.depth}.{sum(new.startswith('$') for new in self.values())}"
        return self[name]


class _Writer:
    def __init__(self) -> None:
        self.scopes: list[_Scope] = []  # outermost first
        self.free_names: set[str] = set()

    def statements(self, body: list[ast.stmt]) -> list[str]:
        """The texts of those that do something."""
        in_class = bool(self.scopes) and self.scopes[-1].of_class
        return [
            self.field(statement) if in_class and isinstance(statement, ast.AnnAssign) else self(statement)
            for statement in body
            if (in_class and isinstance(statement, ast.AnnAssign)) or not _does_nothing(statement)
        ]

    @contextmanager
    def scope(self, kept: Iterable[str], renamed: Iterable[str], *, of_class: bool = False) -> Iterator[None]:
        """Inside the block names mean what is bound here or around, but not in a class around."""
        around = self.scopes
        seen = [scope for scope in around if not scope.of_class]
        self.scopes = [*seen, _Scope(len(seen), kept, renamed, of_class=of_class)]
        yield
        self.scopes = around

    def __call__(self, node: object) -> str:
        match node:
            case list():
                if node and isinstance(node[0], ast.stmt):
                    return f"[{','.join(self.statements(node))}]"
                return f"[{','.join(map(self, node))}]"
            case ast.Name():
                return f"Name({self.name(node.id)})"
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                return self.function(node)
            case ast.Lambda():
                return f"Lambda({self.parameters(node.args)},{self.inside(node.args, [node.body])})"
            case ast.ClassDef():
                return self.klass(node)
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                return self.comprehension(node)
            case ast.AnnAssign():
                return self(ast.Assign(targets=[node.target], value=node.value))
            case ast.Global() | ast.Nonlocal():
                return f"{type(node).__name__}({','.join(map(self.name, node.names))})"
            case ast.ExceptHandler(name=str()) | ast.MatchAs(name=str()) | ast.MatchStar(name=str()):
                return f"{self.fields(node, leave_out='name')}as({self.name(node.name)})"
            case ast.MatchMapping(rest=str()):
                return f"{self.fields(node, leave_out='rest')}as({self.name(node.rest)})"
            case ast.AST():
                return self.fields(node)
        return repr(node)

    def fields(self, node: ast.AST, *, leave_out: str = "") -> str:
        """The type of a node and all in it that counts."""
        inside = (
            f"{name}={self(value)}"
            for name, value in ast.iter_fields(node)
            if name not in _SKIPPED and name != leave_out and value is not None and value != []
        )
        return f"{type(node).__name__}({','.join(inside)})"

    def name(self, name: str) -> str:
        found = next((scope for scope in reversed(self.scopes) if name in scope), None)
        if found is None or found.of_class:  # a class's name may be of the module before the class binds it
            self.free_names.add(name)
        return name if found is None else found[name]

    def function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
        decorators = [self(d) for d in node.decorator_list if ast.unparse(d) != "no_type_check"]
        head = f"{type(node).__name__}({node.name},[{','.join(decorators)}],{self.parameters(node.args)}"
        return f"{head},{self.inside(node.args, node.body)})"

    def parameters(self, arguments: ast.arguments) -> str:
        """Their names, kinds and defaults."""
        return self.fields(arguments)

    def inside(self, arguments: ast.arguments, body: list[ast.stmt] | list[ast.expr]) -> str:
        """A function's body, with its variables renamed."""
        parameters = [node.arg for node in ast.walk(arguments) if isinstance(node, ast.arg)]
        renamed, kept = _bound(body)
        if any(isinstance(n, ast.Name) and n.id in _SEES_LOCALS for part in body for n in ast.walk(part)):
            kept |= renamed
        with self.scope([*parameters, *kept], renamed):
            return self(body)

    def klass(self, node: ast.ClassDef) -> str:
        """Names in a class's body are attributes, and keep their names."""
        head = [self(part) for part in (node.decorator_list, node.bases, node.keywords)]
        attributes, kept = _bound(node.body)
        with self.scope(attributes | kept, [], of_class=True):
            return f"ClassDef({node.name},{','.join(head)},{self(node.body)})"

    def field(self, node: ast.AnnAssign) -> str:
        """A field of a dataclass: what it is called, its default, and no type."""
        meant = sorted(
            name for name in _MEANT_FIELDS if node.annotation and name in ast.unparse(node.annotation)
        )
        return f"Field({self(node.target)},{self(node.value) if node.value else ''},{meant})"

    def comprehension(self, node: ast.expr) -> str:
        """The first iterable belongs to the scope around, all else to one of the comprehension's own."""
        first, *others = node.generators
        source = self(first.iter)
        targets = [name for generator in node.generators for name in _stored(generator.target)]
        with self.scope([], targets):
            parts = [self(first.target), self(first.ifs), str(first.is_async), self(others)]
            parts += [self(part) for name in ("elt", "key", "value") if (part := getattr(node, name, None))]
        return f"{type(node).__name__}({source},{','.join(parts)})"


def _does_nothing(statement: ast.stmt) -> bool:
    match statement:
        case ast.Pass() | ast.Expr(value=ast.Constant()) | ast.AnnAssign(value=None):
            return True
    return False


def _stored(node: ast.AST) -> Iterator[str]:
    return (n.id for n in ast.walk(node) if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load))


def _bound(body: Iterable[ast.AST]) -> tuple[set[str], set[str]]:
    """What a ``body`` binds: variables, and names that are kept, of functions, classes, imports, globals."""
    variables, kept, nonlocals = set(), set(), set()

    def visit(node: ast.AST, in_comprehension: bool = False) -> None:
        match node:
            case ast.Name() if not isinstance(node.ctx, ast.Load) and not in_comprehension:
                variables.add(node.id)
            case ast.NamedExpr():
                variables.add(node.target.id)
            case ast.ExceptHandler() | ast.MatchAs() | ast.MatchStar() if node.name:
                variables.add(node.name)
            case ast.MatchMapping() if node.rest:
                variables.add(node.rest)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                kept.add(node.name)
            case ast.alias():
                kept.add(node.asname or node.name.partition(".")[0])
            case ast.Global():
                kept.update(node.names)
            case ast.Nonlocal():
                nonlocals.update(node.names)
        for child in _in_scope(node):
            visit(child, in_comprehension or isinstance(node, _COMPREHENSIONS))

    for node in body:
        visit(node)
    return variables - nonlocals, kept


def _in_scope(node: ast.AST) -> Iterable[ast.AST]:
    """The children that bind in the scope of ``node``: not those in a function, lambda or class inside."""
    if isinstance(node, _FUNCTIONS):
        return [*node.decorator_list, *node.args.defaults, *filter(None, node.args.kw_defaults)]
    if isinstance(node, ast.Lambda):
        return [*node.args.defaults, *filter(None, node.args.kw_defaults)]
    if isinstance(node, ast.ClassDef):
        return [*node.decorator_list, *node.bases, *node.keywords]
    return ast.iter_child_nodes(node)
