"""What kind of statement stands in a cell: whether grading keeps it, and whether it makes functions."""

import ast
from collections.abc import Iterator

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_BLOCKS = (ast.If, ast.Try, ast.With)
_MAKERS = ("partial", "compile", "vmap", "no_grad", "inference_mode", "cache", "lru_cache", "script", "jit")
_PLAIN_CALLS = ("float", "int", "bool", "complex", "str", "tuple", "list", "set", "dict", "range")
_PLAIN_TORCH = ("tensor", "finfo", "iinfo", "zeros", "ones", "arange", "device", "sqrt")
_KEPT = ("import", "definition", "constant")
_PLAIN = (
    ast.Constant, ast.Name, ast.Attribute, ast.List, ast.Tuple, ast.Set, ast.Dict, ast.UnaryOp, ast.BinOp,
    ast.Subscript, ast.Slice, ast.Lambda, ast.JoinedStr, ast.Compare, ast.BoolOp, ast.IfExp, ast.Starred,
)  # fmt: skip


def kind_of(node: ast.stmt) -> str:
    """import, star, future, definition, constant, block or other.

    A block (``if``, ``try``, ``with``) holds nothing but what is kept, or a function that may be an answer.
    """
    if isinstance(node, ast.ImportFrom):
        if node.module == "__future__":
            return "future"
        return "other" if node.level else "star" if node.names[0].name == "*" else "import"
    if isinstance(node, ast.Import):
        return "import"
    if isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
        return "definition"
    if isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        named = all(_is_names(target) for target in targets)
        kept = node.value is not None and (_is_plain(node.value) or _makes_function(node.value))
        return "constant" if named and kept else "other"
    if type(node).__name__ == "TypeAlias":  # `type X = …`, since Python 3.12
        return "constant"
    if isinstance(node, _BLOCKS):
        inside = list(_inside(node))
        if any(isinstance(each, ast.FunctionDef) for each in inside) or all(map(_may_stand_inside, inside)):
            return "block"
    return "other"


def _may_stand_inside(node: ast.stmt) -> bool:
    """For what `_inside` gives, so that a block is judged by what it holds, once."""
    return isinstance(node, (ast.Pass, ast.Raise, *_BLOCKS)) or kind_of(node) in _KEPT


def _inside(node: ast.stmt | ast.ExceptHandler) -> Iterator[ast.stmt]:
    """The statements of a block, and of blocks in it."""
    for part in ("body", "orelse", "finalbody"):
        for each in getattr(node, part, []):
            yield each
            if isinstance(each, _BLOCKS):
                yield from _inside(each)
    for handler in getattr(node, "handlers", []):
        yield from _inside(handler)


def _is_names(target: ast.expr) -> bool:
    if isinstance(target, ast.Tuple | ast.List):
        return all(_is_names(each) for each in target.elts)
    return isinstance(target, ast.Name)


def _is_plain(value: ast.expr) -> bool:
    """Whether a value is a constant in the wide sense: nothing is computed but numbers and small tensors."""
    if isinstance(value, ast.Lambda):
        return True
    if isinstance(value, ast.Call):
        made = ast.unparse(value.func) if isinstance(value.func, ast.Name | ast.Attribute) else ""
        module, _, last = made.rpartition(".")
        known = made in _PLAIN_CALLS or last in _MAKERS or module == "math"
        known = known or (module in ("torch", "np", "numpy") and last in _PLAIN_TORCH)
        inside = [*value.args, *(keyword.value for keyword in value.keywords)]
        return known and all(_is_plain(each) for each in inside)
    if not isinstance(value, _PLAIN):
        return False
    return all(_is_plain(each) for each in ast.iter_child_nodes(value) if isinstance(each, ast.expr))


def functions_of(node: ast.stmt) -> Iterator[tuple[str, ast.FunctionDef | None]]:
    """Names of the functions that a statement makes, with their trees; None for a lambda and the like."""
    if isinstance(node, ast.FunctionDef):
        yield node.name, node
    elif isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
        if _makes_function(node.value):
            yield node.targets[0].id, None
    elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
        if _makes_function(node.value):
            yield node.target.id, None
    elif isinstance(node, _BLOCKS):
        for each in _inside(node):
            if not isinstance(each, _BLOCKS):
                yield from functions_of(each)


def _makes_function(value: ast.expr) -> bool:
    """Whether a value may be a function: a lambda, another name, or what wraps a function."""
    if isinstance(value, ast.Call):
        return isinstance(value.func, ast.Call | ast.Name | ast.Attribute) and (
            ast.unparse(value.func).split("(")[0].split(".")[-1] in _MAKERS
        )
    return isinstance(value, ast.Lambda | ast.Name | ast.Attribute)
