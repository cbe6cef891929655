"""The kinds of slips: what can be changed at one place of a program."""

import ast
import itertools
from collections.abc import Callable, Iterator

_SWAPS = {
    ast.Add: (ast.Sub, "a minus stands where a plus belongs"),
    ast.Sub: (ast.Add, "a plus stands where a minus belongs"),
    ast.Mult: (ast.Div, "you divide where you must multiply"),
    ast.Div: (ast.Mult, "you multiply where you must divide"),
    ast.FloorDiv: (ast.Mod, "the rest of a division stands where its quotient belongs"),
    ast.Mod: (ast.FloorDiv, "the quotient of a division stands where its rest belongs"),
    ast.BitAnd: (ast.BitOr, "you join by *or* what must be joined by *and*"),
    ast.BitOr: (ast.BitAnd, "you join by *and* what must be joined by *or*"),
    ast.Lt: (ast.LtE, "a bound is included that must be left out"),
    ast.LtE: (ast.Lt, "a bound is left out that must be included"),
    ast.Gt: (ast.GtE, "a bound is included that must be left out"),
    ast.GtE: (ast.Gt, "a bound is left out that must be included"),
    ast.Eq: (ast.NotEq, "a condition is inverted"),
    ast.NotEq: (ast.Eq, "a condition is inverted"),
}
_ALIKE = (
    ("tanh", "sigmoid", "relu"),
    ("softmax", "log_softmax", "sigmoid"),
    ("mean", "sum", "amax"),
    ("sin", "cos"),
    ("argmax", "argmin"),
    ("minimum", "maximum"),
    ("min", "max"),
    ("cumsum", "cumprod"),
)


Change = tuple[Callable[[ast.AST], bool], str]
"""What changes a node in place and says whether it could, and what is said about it."""


def changes_at(node: ast.AST, names: list[str]) -> Iterator[Change]:
    if isinstance(node, ast.Assign | ast.Return):
        yield from _of_statement(node, names)
    elif isinstance(node, ast.BinOp):
        yield from _of_operation(node)
    elif isinstance(node, ast.Compare) and type(node.ops[0]) in _SWAPS:
        other, text = _SWAPS[type(node.ops[0])]
        yield lambda n: _set(n, ops=[other()]), text
    elif isinstance(node, ast.UnaryOp):
        missing = "a minus is missing" if isinstance(node.op, ast.USub) else "a negation is missing"
        if not isinstance(node.operand, ast.Constant):
            yield lambda n: _become(n, n.operand), missing
    elif isinstance(node, ast.Call):
        yield from _of_call(node)
    elif isinstance(node, ast.Attribute) and node.attr == "T":
        yield lambda n: _become(n, n.value), f"`{ast.unparse(node.value)}` is not transposed"
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in names:
        yield from _of_name(node, names)
    elif isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        yield from _of_number(node)
    elif isinstance(node, ast.Slice) and (node.lower or node.upper):
        yield lambda n: _set(n, lower=None, upper=None), "a slice is missing"


def _of_statement(node: ast.Assign | ast.Return, names: list[str]) -> Iterator[Change]:
    """Two names exchanged on one side of a statement."""
    sides = [("value", node.value)]
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple):
        sides.append(("targets", node.targets[0]))
    for side, part in sides:
        used = {n.id for n in ast.walk(part or node) if isinstance(n, ast.Name)}
        for one, other in itertools.combinations([name for name in names if name in used], 2):
            text = f"`{one}` and `{other}` are exchanged"
            yield lambda n, side=side, one=one, other=other: _exchange(n, side, one, other), text


def _exchange(node: ast.AST, side: str, one: str, other: str) -> bool:
    part = node.value if side == "value" else node.targets[0]
    for name in ast.walk(part):
        if isinstance(name, ast.Name) and name.id in (one, other):
            name.id = other if name.id == one else one
    return True


def _of_operation(node: ast.BinOp) -> Iterator[Change]:
    if type(node.op) in _SWAPS:
        other, text = _SWAPS[type(node.op)]
        yield lambda n: _set(n, op=other()), text
    for side, rest in (("left", "right"), ("right", "left")):
        if not (isinstance(node.op, ast.Sub | ast.Div | ast.Pow) and side == "left"):
            missing = ast.unparse(getattr(node, side))
            yield lambda n, rest=rest: _become(n, getattr(n, rest)), f"`{missing}` is missing"
    if isinstance(node.op, ast.Sub | ast.Div | ast.Pow | ast.MatMult):
        yield lambda n: _set(n, left=n.right, right=n.left), "two parts are exchanged"
    if isinstance(node.op, ast.Pow):
        yield lambda n: _set(n, op=ast.Mult()), "you multiply where a power belongs"
    if isinstance(node.op, ast.Mult):
        yield lambda n: _set(n, op=ast.Add()), "you add where you must multiply"
    if isinstance(node.op, ast.Add):
        yield lambda n: _set(n, op=ast.Mult()), "you multiply where you must add"


def _of_call(node: ast.Call) -> Iterator[Change]:
    if not isinstance(node.func, ast.Attribute):
        return
    name = node.func.attr
    for group in _ALIKE:
        for other in group if name in group else ():
            if other != name:
                yield (
                    lambda n, other=other: _set(n.func, attr=other),
                    f"`{other}` stands where `{name}` belongs",
                )
    owner = node.func.value
    if isinstance(owner, ast.Name) and owner.id == "torch":
        if len(node.args) == 1:
            yield lambda n: _become(n, n.args[0]), f"`{name}` is missing"
        if len(node.args) == 3 and name == "where":
            yield lambda n: _set(n, args=[n.args[0], n.args[2], n.args[1]]), "a choice is inverted"
    else:
        yield lambda n: _become(n, n.func.value), f"`{name}` is missing"
    yield lambda n: _without_dim(n), f"`{name}` has no axis, or another one"


def _of_name(node: ast.Name, names: list[str]) -> Iterator[Change]:
    for other in names:
        if other != node.id:
            yield lambda n, other=other: _set(n, id=other), f"`{other}` stands where `{node.id}` belongs"
    minus = ast.UnaryOp(ast.USub(), ast.Name(node.id, ast.Load()))
    yield lambda n: _become(n, minus), f"`{node.id}` has a minus"
    from_one = ast.BinOp(ast.Constant(1), ast.Sub(), ast.Name(node.id, ast.Load()))
    yield lambda n: _become(n, from_one), f"`1 - {node.id}` stands where `{node.id}` belongs"
    yield (
        lambda n: _become(n, ast.Attribute(ast.Name(n.id, ast.Load()), "T", ast.Load())),
        (f"`{node.id}` is transposed"),
    )


def _of_number(node: ast.Constant) -> Iterator[Change]:
    if isinstance(node.value, bool):
        yield lambda n: _set(n, value=not n.value), f"{not node.value} stands where {node.value} belongs"
        return
    whole = (-2, -1, 0, 1, 2, 3, 4, 2 * node.value, node.value + 1, node.value - 1)
    parts = (0.0, 1.0, 2.0, -node.value, 2 * node.value, node.value / 2, node.value**2, 1.5 * node.value)
    for other in whole if isinstance(node.value, int) else parts:
        if other != node.value:
            text = f"{other:g} stands where {node.value:g} belongs"
            yield lambda n, other=other: _set(n, value=other), text


def _without_dim(node: ast.Call) -> bool:
    before = len(node.args) + len(node.keywords)
    node.keywords = [keyword for keyword in node.keywords if keyword.arg not in ("dim", "keepdim")]
    return len(node.args) + len(node.keywords) < before


def _set(node: ast.AST, **fields: object) -> bool:
    for name, value in fields.items():
        setattr(node, name, value)
    return True


def _become(node: ast.AST, other: ast.AST) -> bool:
    """Turn ``node`` into ``other`` where it stands, which a walk over the tree cannot replace."""
    node.__class__ = other.__class__
    fields = dict(vars(other))
    vars(node).clear()
    vars(node).update(fields)
    return True
