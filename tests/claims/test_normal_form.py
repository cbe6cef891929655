"""What counts in a statement, shown on pairs of statements that do the same, or do not."""

import ast

import pytest

from s2s_course.claims.normal_form import normal_form


def text(source: str) -> str:
    [statement] = ast.parse(source).body
    return normal_form(statement).text


SAME = {
    "comments and layout": (
        "def f(a):\n    return a + 1",
        "def f(a):\n\n    # more\n    return (a\n      + 1)",
    ),
    "docstrings": ('def f():\n    """One."""\n    return 1', "def f():\n    return 1"),
    "a docstring alone": ('class A:\n    """One."""', "class A:\n    pass"),
    "annotations of arguments and returns": (
        'def f(a: Int[Tensor, "B S"], *b: int, c: "X" = 1) -> float:\n    return a',
        "def f(a, *b, c=1):\n    return a",
    ),
    "annotations of variables": (
        "def f():\n    x: int = 1\n    return x",
        "def f():\n    x = 1\n    return x",
    ),
    "a variable that is only annotated": ("def f():\n    x: int\n    return 1", "def f():\n    return 1"),
    "annotations of constants": ("X: dict[str, int] = {}", "X = {}"),
    "the type of a field": ("class A:\n    a: int = 3", "class A:\n    a: float | None = 3"),
    "no_type_check": ("@no_type_check\ndef f():\n    return 1", "def f():\n    return 1"),
    "names of variables": (
        "def f(a):\n    x, y = a\n    return x - y",
        "def f(a):\n    left, right = a\n    return left - right",
    ),
    "names in loops, blocks and handlers": (
        "def f(a):\n for i in a:\n  with a as b:\n   try: i()\n   except E as e: raise e\n   b(w := 1, w)",
        "def f(a):\n for k in a:\n  with a as c:\n   try: k()\n   except E as x: raise x\n   c(v := 1, v)",
    ),
    "names in comprehensions": (
        "X = {k: v for k, v in pairs if v for _ in k}",
        "X = {a: b for a, b in pairs if b for c in a}",
    ),
    "a variable that an inner function reads": (
        "def f():\n x = 1\n def g(): return x\n return g",
        "def f():\n y = 1\n def g(): return y\n return g",
    ),
    "a variable that an inner function sets": (
        "def f():\n x = 1\n def g():\n  nonlocal x\n  x = 2\n return x",
        "def f():\n y = 1\n def g():\n  nonlocal y\n  y = 2\n return y",
    ),
    "names in patterns": (
        "def f(a):\n match a:\n  case [x, *y] | {'k': x, **y}: return x, y",
        "def f(a):\n match a:\n  case [p, *q] | {'k': p, **q}: return p, q",
    ),
    "names in a walrus inside a comprehension": (
        "def f(a):\n if any(x := i for i in a): return x",
        "def f(a):\n if any(y := j for j in a): return y",
    ),
}  # fmt: skip

OTHER = {
    "an operator": ("def f(a):\n    return a + 1", "def f(a):\n    return a - 1"),
    "a comparison": ("def f(a):\n    return a < 1", "def f(a):\n    return a <= 1"),
    "a constant": ("X = 1", "X = 2"),
    "the type of a constant": ("X = 1", "X = 1.0"),
    "a truth value": ("X = 1", "X = True"),
    "a text": ("def f():\n    return 'a'", "def f():\n    return 'b'"),
    "a default": ("def f(a=1):\n    return a", "def f(a=2):\n    return a"),
    "a new default": ("def f(a):\n    return a", "def f(a=None):\n    return a"),
    "the name of a parameter": ("def f(a):\n    return a", "def f(b):\n    return b"),
    "a parameter by keyword only": ("def f(a):\n    return a", "def f(*, a):\n    return a"),
    "a decorator": ("def f():\n    return 1", "@cache\ndef f():\n    return 1"),
    "the default of a field": ("class A:\n    a: int = 3", "class A:\n    a: int = 4"),
    "the order of fields": ("class A:\n    a: int\n    b: int", "class A:\n    b: int\n    a: int"),
    "a new field": ("class A:\n    a: int", "class A:\n    a: int\n    b: int"),
    "a field in a block": ("class A:\n    if B:\n        a: int", "class A:\n    if B:\n        b: int"),
    "a field that is none": ("class A:\n    a: int = 3", "class A:\n    a: ClassVar[int] = 3"),
    "a field and a plain attribute": ("class A:\n    a: int = 3", "class A:\n    a = 3"),
    "a base class": ("class A(B):\n    pass", "class A(C):\n    pass"),
    "which variable is read": (
        "def f(a):\n x, y = a\n return x",
        "def f(a):\n x, y = a\n return y",
    ),
    "a variable or a name of the module": (
        "def f():\n x = 1\n return x",
        "def f():\n x = 1\n return y",
    ),
    "a variable or a parameter": ("def f(a):\n x = 1\n return x", "def f(a):\n x = 1\n return a"),
    "the first iterable is of the scope around": (
        "def f(x):\n return [x for x in x]",
        "def f(x):\n return [x for x in y]",
    ),
    "which loop of two": (
        "X = [a for a in A for b in B]",
        "X = [b for a in A for b in B]",
    ),
    "an inner variable or the outer one": (
        "def f():\n x = 1\n def g():\n  x = 2\n return x",
        "def f():\n x = 1\n def g():\n  nonlocal x\n  x = 2\n return x",
    ),
    "a variable or a global": ("def f():\n x = 1", "def f():\n global x\n x = 1"),
    "an attribute of an inner class": (
        "def f():\n x = 1\n class A:\n  x = 2\n return x, A",
        "def f():\n y = 1\n class A:\n  y = 2\n return y, A",
    ),
    "the order of statements": ("def f():\n    a()\n    b()", "def f():\n    b()\n    a()"),
    "names that locals() gives": (
        "def f():\n x = 1\n return locals()",
        "def f():\n y = 1\n return locals()",
    ),
    "the name in an f-string with =": (
        "def f():\n x = 1\n return f'{x=}'", "def f():\n y = 1\n return f'{y=}'"
    ),
    "how an f-string shows a value": ("X = f'{y:.2f}'", "X = f'{y:.3f}'"),
    "an attribute": ("X = a.b", "X = a.c"),
    "a keyword": ("X = f(a=1)", "X = f(b=1)"),
    "where a lambda's parameter goes": ("X = lambda a, b: a", "X = lambda a, b: b"),
}  # fmt: skip


@pytest.mark.parametrize(("one", "two"), SAME.values(), ids=SAME)
def test_what_does_not_count(one, two):
    assert text(one) == text(two)


@pytest.mark.parametrize(("one", "two"), OTHER.values(), ids=OTHER)
def test_what_counts(one, two):
    assert text(one) != text(two)


@pytest.mark.parametrize("source", ['"""Words."""', "...", "pass", "x: int"])
def test_what_does_nothing_has_no_text(source):
    assert text(source) == ""


def test_free_names_are_those_that_the_module_must_bind():
    source = """
def f(a, b=DEFAULT):
    x = helper(a)
    y = [z + OFFSET for z in x]
    def inner(c: Unread): return c + x + deep
    return inner(y), len(b)
"""
    [statement] = ast.parse(source).body
    assert normal_form(statement).free_names == {"DEFAULT", "helper", "OFFSET", "deep", "len"}


def test_a_name_that_a_class_binds_may_be_read_from_the_module_before():
    [statement] = ast.parse("class A(B):\n    x = x + 1\n    def m(self): return y").body
    assert normal_form(statement).free_names == {"B", "x", "y"}
