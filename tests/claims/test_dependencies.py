"""What a claim depends on: in a small package made up here, and in a copy of ours with one thing changed."""

import ast
import shutil
import sys
from pathlib import Path

import pytest

from s2s_course.claims.dependencies import PACKAGE, reached_from, roots_of
from s2s_course.claims.registry import CLAIMS, find_claim

ROOT = [("made.claim", "experiment")]
FILES = {
    "__init__.py": '"""A package."""\n',
    "claim.py": """
from made import whole
from made.parts import used, VALUE as renamed
from made.parts import Kind
from made.unread import Word
from made.shown import Figure

def experiment(scale: Word):
    from made.late import late
    return used(renamed) + late() + Kind().method() + len(dir(whole))

def other():
    return 0

CLAIM = Claim("what it says", experiment=experiment)
""",
    "parts.py": """
import math
from made.deep import helper, unused_helper

VALUE = 3

def used(a):
    return math.sqrt(helper(a))

def unused(a):
    return unused_helper(a)

class Base:
    size = 1

class Kind(Base):
    def method(self): return 1
    def second(self): return 2
""",
    "deep.py": "def helper(a):\n    return a + 1\n\n\ndef unused_helper(a):\n    return a\n",
    "whole.py": "def any_of_it():\n    return 1\n",
    "late.py": "def late():\n    return 1\n",
    "unread.py": "Word = str\n\nPLACES = {}\nPLACES['here'] = 1\n",
    "shown.py": "class Figure:\n    label = 'words'\n",
    "apart.py": "def nobody():\n    return 1\n",
    "data/__init__.py": "",
    "data/table.py": """
from pathlib import Path

ROWS = (Path(__file__).parent / 'rows' / 'a.tsv').read_text()
""",
    "data/rows/a.tsv": "1\t2\n",
    "text.txt": "beside the modules\n",
}


@pytest.fixture
def made(tmp_path):
    folder = tmp_path / "made"
    for name, content in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)
    return folder


def edit(folder, name, old, new):
    path = folder / name
    content = path.read_text()
    assert content.count(old) == 1, f"{old!r} must stand once in {name}"
    path.write_text(content.replace(old, new))


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("claim.py", "used(renamed)", "used(-renamed)"),
        ("parts.py", "VALUE = 3", "VALUE = 4"),
        ("parts.py", "import math", "import cmath as math"),
        ("parts.py", "math.sqrt(helper(a))", "math.sqrt(-helper(a))"),
        ("parts.py", "import helper, unused_helper", "import unused_helper as helper, unused_helper"),
        ("deep.py", "a + 1", "a - 1"),
        ("parts.py", "return 2", "return 3"),  # a class counts as a whole
        ("parts.py", "size = 1", "size = 2"),  # and so do its bases
        ("late.py", "return 1", "return 2"),  # imported inside a function
        ("whole.py", "return 1", "return 2"),  # a module that is used as a value
        ("unread.py", "PLACES['here'] = 1", "PLACES['here'] = 2"),  # runs when the module is imported
        ("parts.py", "VALUE = 3", "VALUE = 3\nVALUE = 4"),  # bound twice
        ("parts.py", "VALUE = 3", "VALUE = 3\nBase.size = 2"),
        ("parts.py", "VALUE = 3", "VALUE = 3\nif VALUE:\n    VALUE = 4"),
        ("parts.py", "VALUE = 3", "VALUE = 3\n@register\ndef unheard_of(): pass"),
        ("parts.py", "VALUE = 3", "VALUE = 3\nimport made.data.table"),  # reads a file when imported
        ("text.txt", "beside", "next to"),
    ],
)
def test_a_change_in_what_is_reached_is_seen(made, name, old, new):
    before = reached_from(ROOT, made).hash()
    edit(made, name, old, new)
    assert reached_from(ROOT, made).hash() != before


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("claim.py", "what it says", "other words"),
        ("claim.py", "return 0", "return 1"),
        ("claim.py", "(scale: Word)", "(scale)"),
        ("parts.py", "unused_helper(a)", "unused_helper(-a)"),
        ("parts.py", "import helper, unused_helper", "import unused_helper, helper"),
        ("deep.py", "    return a\n", "    return -a\n"),
        ("apart.py", "return 1", "return 2"),
        ("claim.py", "from made.shown import Figure\n", ""),  # nothing of it is used, and nothing runs
        ("shown.py", "words", "other words"),
        ("unread.py", "Word = str", "Word = int"),
        ("parts.py", "VALUE = 3", '"""What it is."""\nVALUE: int = 3  # three'),
        ("data/rows/a.tsv", "1", "3"),
    ],
)
def test_a_change_in_anything_else_is_not(made, name, old, new):
    before = reached_from(ROOT, made).hash()
    edit(made, name, old, new)
    assert reached_from(ROOT, made).hash() == before


def test_tables_that_the_code_looks_for_count(made):
    edit(made, "late.py", "def late", "from made.data.table import ROWS\n\n\ndef late")
    edit(made, "late.py", "return 1", "return ROWS")
    reached = reached_from(ROOT, made)
    assert [path.name for path in reached.tables] == ["a.tsv", "text.txt"]
    before = reached.hash()
    edit(made, "data/rows/a.tsv", "1", "3")
    assert reached_from(ROOT, made).hash() != before


@pytest.mark.parametrize(
    "looks_up",
    ["import_module('made.apart')", "__import__('made.apart')", "eval('1')", "globals()['x']",
     "sys.modules['x']", "Kind.__subclasses__()", "get_type_hints(Kind)"],
)  # fmt: skip
def test_where_names_are_looked_up_at_run_time_everything_counts(made, looks_up):
    start = "from importlib import import_module\nfrom typing import get_type_hints\nimport sys\n"
    edit(made, "late.py", "def late", f"{start}\n\ndef late")
    edit(made, "late.py", "return 1", f"return {looks_up}")
    before = reached_from(ROOT, made).hash()
    edit(made, "apart.py", "return 1", "return 2")
    assert reached_from(ROOT, made).hash() != before


def test_the_method_eval_of_a_model_looks_nothing_up(made):
    edit(made, "late.py", "return 1", "return model.eval()")
    assert not reached_from(ROOT, made).everything


def test_a_star_import_counts_the_whole_module(made):
    edit(made, "late.py", "def late", "from made.apart import *\n\n\ndef late")
    before = reached_from(ROOT, made).hash()
    edit(made, "apart.py", "return 1", "return 2")
    assert reached_from(ROOT, made).hash() != before


def test_a_relative_import_is_followed(made):
    edit(made, "late.py", "def late", "from . import apart\nfrom .deep import unused_helper\n\n\ndef late")
    edit(made, "late.py", "return 1", "return apart.nobody() + unused_helper(1)")
    for name, old, new in (("apart.py", "return 1", "return 2"), ("deep.py", "return a\n", "return -a\n")):
        before = reached_from(ROOT, made).hash()
        edit(made, name, old, new)
        assert reached_from(ROOT, made).hash() != before


def test_the_hash_does_not_depend_on_where_the_package_stands(made, tmp_path):
    copy = shutil.copytree(made, tmp_path / "elsewhere" / "made")
    assert reached_from(ROOT, copy).hash() == reached_from(ROOT, made).hash()


def test_a_module_that_is_not_there_is_refused(made):
    with pytest.raises(ValueError, match=r"module must be one of the package made, got 'made.gone'"):
        reached_from([("made.gone", "experiment")], made)


# A claim on translation and what it must not be blind to: the module, and a function or method there.
CLAIM = "alignment-scores"
USED = [
    ("seeds.py", "derive"),
    ("text/tokenize.py", "tokenize"),
    ("data/batch.py", "collate"),
    ("data/batch.py", "epoch"),
    ("layers/recurrent.py", "unroll"),
    ("models/contract.py", "evaluating"),
    ("decoding/greedy.py", "greedy"),
    ("evaluation/bleu.py", "bleu"),
    ("evaluation/alignment.py", "alignment_error_rate"),
    ("training/loop.py", "fit"),
    ("claims/translation_tasks.py", "trained"),
    ("claims/alignment_scores.py", "experiment"),
]


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A copy of the package, to be changed and put right again."""
    ignored = shutil.ignore_patterns("__pycache__", "results", "static", "*.js", "*.css")
    return shutil.copytree(PACKAGE, tmp_path_factory.mktemp("copy") / PACKAGE.name, ignore=ignored)


def hash_in(folder: Path, claim_id: str) -> str:
    return reached_from(roots_of(find_claim(claim_id)), folder).hash()


@pytest.mark.parametrize(("name", "function"), USED, ids=[f"{name}-{function}" for name, function in USED])
def test_a_claim_depends_on_every_function_that_it_uses(course, name, function):
    path = course / name
    source, before = path.read_text(), hash_in(course, CLAIM)
    tree = ast.parse(source)
    changed = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name == function]
    assert changed
    try:
        for one in changed:
            one.returns = None
        path.write_text(ast.unparse(tree))  # without comments, too
        assert hash_in(course, CLAIM) == before
        for one in changed:
            one.body.append(ast.Return(ast.Constant(1)))
        path.write_text(ast.unparse(tree))
        assert hash_in(course, CLAIM) != before
    finally:
        path.write_text(source)


@pytest.mark.parametrize(
    "name",
    ["plots.py", "claims/registry.py", "claims/ledger.py", "claims/normal_form.py", "claims/six_models.py",
     "claims/post_norm_warm_up.py", "trace/gradients.py"],
)  # fmt: skip
def test_a_claim_does_not_depend_on_what_it_does_not_use(course, name):
    path = course / name
    source, before = path.read_text(), hash_in(course, CLAIM)
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            node.body.append(ast.Return(ast.Constant(1)))
    try:
        path.write_text(ast.unparse(tree))
        assert hash_in(course, CLAIM) == before
    finally:
        path.write_text(source)


def test_the_words_of_a_claim_and_its_rule_do_not_count_and_its_experiment_does(course):
    path = course / "claims/alignment_scores.py"
    source, before = path.read_text(), hash_in(course, CLAIM)
    tree = ast.parse(source)
    [claim] = [n.value for n in tree.body if isinstance(n, ast.Assign) and ast.unparse(n.targets) == "CLAIM"]
    [experiment] = [n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == "experiment"]
    try:
        for keyword in claim.keywords:
            if keyword.arg not in ("id", "experiment"):  # also the clauses: test_ledger.py sees their verdict
                keyword.value = ast.Constant("other")
        claim.keywords.append(ast.keyword("names", ast.Dict([ast.Constant("a")], [ast.Constant("words")])))
        path.write_text(ast.unparse(tree))
        assert hash_in(course, CLAIM) == before
        experiment.body.insert(0, ast.Return(ast.Constant(1)))
        path.write_text(ast.unparse(tree))
        assert hash_in(course, CLAIM) != before
    finally:
        path.write_text(source)


def test_an_edit_of_one_claim_makes_no_other_old_that_does_not_import_it():
    modules = {claim.experiment.__module__ for claim in CLAIMS.values()}
    for claim in CLAIMS.values():
        reached = reached_from(roots_of(claim))
        assert not reached.everything  # else every edit would make it old
        counted = set(reached.statements)
        sources = [reached.package[name].path.read_text(encoding="utf-8") for name in counted]
        for other in counted & modules - {claim.experiment.__module__}:
            assert any(f"from {other} import" in source for source in sources)


def test_what_runs_is_among_what_counts():
    """All functions of ours that an experiment enters were found by reading."""
    claim, entered = find_claim("post-norm-warm-up"), set()

    def note(frame, event, argument):
        module, name = frame.f_globals.get("__name__", ""), frame.f_code.co_qualname.split(".")[0]
        if event == "call" and module.startswith("s2s_course.") and not name.startswith(("<", "__")):
            entered.add((module, name))

    sys.setprofile(note)
    try:
        claim.experiment("smoke", 0)
    finally:
        sys.setprofile(None)
    reached = reached_from(roots_of(claim))
    counted = {
        (module, name)
        for module, statements in reached.statements.items()
        for statement in statements
        for name in statement.binds
    }
    assert len(entered) > 30 and entered <= counted
