"""Copies with other names are found, and answers that several wrote on their own are not."""

import ast
import inspect
import random
import textwrap

import pytest

from s2s_course.exercises.engine.registry import find_exercise
from s2s_course.grading.likeness import LEAST_PIECES, alike, pieces, tokens

from .answers_here import solution
from .grades_made import exercise_grade, grade_of

IDS = ("5.1", "5.2", "5.3", "5.7")
EXERCISES = tuple(map(find_exercise, IDS))

# Each as one student might write it without having seen the others.
OWN = {
    "5.1": (
        "def additive_score(query, memory, W, U, v):\n    left = query.matmul(W.T)[:, None, :]\n"
        "    right = memory.matmul(U.T)\n    both = torch.add(left, right)\n    squashed = torch.tanh(both)\n"
        "    return torch.einsum('bsa,a->bs', squashed, v)\n",
        "def additive_score(query, memory, W, U, v):\n    B, S, _ = memory.shape\n"
        "    scores = torch.zeros(B, S)\n    for s in range(S):\n"
        "        scores[:, s] = (query @ W.T + memory[:, s] @ U.T).tanh() @ v\n    return scores\n",
        "def additive_score(query, memory, W, U, v):\n    q = torch.nn.functional.linear(query, W)\n"
        "    m = torch.nn.functional.linear(memory, U)\n    h = (q.unsqueeze(1).expand_as(m) + m).tanh()\n"
        "    return (h * v).sum(-1)\n",
    ),
    "5.2": (
        "def masked_softmax(scores, src_mask):\n    hidden = torch.where(src_mask, scores, -torch.inf)\n"
        "    return torch.softmax(hidden, dim=-1)\n",
        "def masked_softmax(scores, src_mask):\n"
        "    top = scores.masked_fill(~src_mask, -1e30).amax(1, True)\n"
        "    e = (scores - top).exp() * src_mask\n    return e / e.sum(dim=1, keepdim=True)\n",
        "def masked_softmax(scores, src_mask):\n    s = scores.clone()\n"
        "    s[src_mask == False] = float('-inf')\n"
        "    return torch.nn.functional.softmax(s, 1)\n",
    ),
    "5.3": (
        "def context_vector(weights, memory):\n    return torch.einsum('bs,bsd->bd', weights, memory)\n",
        "def context_vector(weights, memory):\n    c = torch.bmm(weights[:, None, :], memory)\n"
        "    return c[:, 0]\n",
        "def context_vector(weights, memory):\n    return (memory * weights[..., None]).sum(1)\n",
    ),
    "5.7": (
        "def alignment_error(predicted, gold):\n    A = set()\n    for t in range(predicted.shape[0]):\n"
        "        for s in range(predicted.shape[1]):\n            if predicted[t, s]:\n"
        "                A.add((s, t))\n"
        "    G = set(gold)\n    both = len(A & G)\n"
        "    return torch.tensor(1 - 2 * both / (len(A) + len(G)))\n",
        "def alignment_error(predicted, gold):\n    m = torch.zeros_like(predicted)\n    for s, t in gold:\n"
        "        m[t, s] = True\n    hit = (m & predicted).sum()\n"
        "    return (1 - 2 * hit / (m.sum() + predicted.sum())).float()\n",
        "def alignment_error(predicted, gold):\n"
        "    found = [(j, i) for i, j in predicted.nonzero().tolist()]\n"
        "    good = sum(1 for link in gold if link in found)\n"
        "    return torch.tensor(1.0 - (good + good) / (len(found) + len(gold)), dtype=torch.float32)\n",
    ),
}


class Renamed(ast.NodeTransformer):
    """All locals with other names, and annotations that were not there."""

    def visit_Name(self, node):
        return ast.Name(self.names.get(node.id, node.id), node.ctx)

    def visit_arg(self, node):
        return ast.arg(self.names.get(node.arg, node.arg), ast.Name("object"))

    def __init__(self, source):
        nodes = list(ast.walk(ast.parse(source)))
        found = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        found |= {node.arg for node in nodes if isinstance(node, ast.arg)}
        self.names = {name: f"my_{i}" for i, name in enumerate(sorted(found, reverse=True))}


def renamed(source):
    tree = Renamed(source).visit(ast.parse(source))
    tree.body[0].body.insert(0, ast.Expr(ast.Constant("My own work.")))
    return "# mine\n" + ast.unparse(ast.fix_missing_locations(tree)) + "\n\n\n"


def handed_in(key, *sources):
    exercises = tuple(
        exercise_grade(name, 4.0, 4.0, source=source) for name, source in zip(IDS, sources, strict=True)
    )
    return grade_of(key, key, exercises=exercises)


def pairs(grades):
    return {(pair.first, pair.second) for pair in alike(grades, EXERCISES)}


def own_work(style):
    return [OWN[name][style] for name in IDS]


@pytest.mark.parametrize("style", range(3))
def test_a_copy_with_other_names_comments_and_layout_is_found(style):
    copy = [renamed(source) for source in own_work(style)]
    assert all("my_0" in source and source not in own_work(style) for source in copy)
    others = [handed_in(f"other-{i}", *own_work(i)) for i in range(3) if i != style]
    grades = [*others, handed_in("first", *own_work(style)), handed_in("second", *copy)]
    [pair] = alike(grades, EXERCISES)
    assert (pair.first, pair.second, pair.share) == ("first", "second", 1.0)
    assert pair.count >= LEAST_PIECES and "5.1" in pair.exercises


def test_answers_of_one_style_each_are_not_alike():
    assert pairs([handed_in(f"s{i}", *own_work(i)) for i in range(3)]) == set()


def test_of_a_class_that_mixes_ways_only_what_is_the_same_is_named():
    """In four exercises with three ways and the published one, some have one or more alike by chance."""
    chance = random.Random(5)
    ways = {name: (*OWN[name], solution(name)) for name in IDS}
    grades = [handed_in(f"s{i}", *(chance.choice(ways[name]) for name in IDS)) for i in range(24)]
    written = {grade.key: {each.exercise_id: each.source for each in grade.exercises} for grade in grades}
    for pair in alike(grades, EXERCISES):
        first, second = written[pair.first], written[pair.second]
        assert pair.exercises and all(first[name] == second[name] for name in pair.exercises)


def test_what_is_published_is_no_sign_of_anything():
    published = [solution(name) for name in IDS]
    assert pairs([handed_in(f"s{i}", *map(renamed, published)) for i in range(5)]) == set()
    known = [exercise.misconceptions[0] for exercise in EXERCISES]
    wrong = [ast.unparse(ast.parse(_source(each.wrong))) for each in known]
    assert pairs([handed_in(f"s{i}", *wrong) for i in range(5)]) == set()


def _source(function):
    return textwrap.dedent(inspect.getsource(function))


def test_short_answers_and_what_many_write_are_alike_by_nature():
    short = ["", "", OWN["5.3"][0], ""]
    assert pairs([handed_in("a", *short), handed_in("b", *map(renamed, short[2:3] * 4))]) <= {("a", "b")}
    assert pairs([handed_in("a", *short), handed_in("b", *short)]) == set()
    common = [handed_in(f"s{i}", *own_work(0)) for i in range(10)]
    others = [handed_in(f"t{i}", *own_work(1 + i % 2)) for i in range(30)]
    assert not {pair for pair in pairs([*common, *others]) if pair[0].startswith("s")}


def test_unattempted_and_unreadable_answers_count_for_nothing():
    code = own_work(1)
    grade = handed_in("a", *code)
    unread = [
        exercise_grade(each.exercise_id, 0.0, 4.0, "unattempted", source=each.source)
        for each in grade.exercises
    ]
    assert (
        pairs([grade_of("a", "a", exercises=tuple(unread)), grade_of("b", "b", exercises=tuple(unread))])
        == set()
    )
    for source in ("def f(:", "\x00", "(" * 5_000, "x = " + "-" * 50_000 + "1", "9" * 10_000, "\ud800"):
        assert isinstance(pieces(source), set)
        alike([handed_in("a", *[source] * 4), handed_in("b", *[source] * 4)], EXERCISES)


def test_tokens_keep_what_is_said_and_drop_how():
    first = tokens("def f(a, b):\n    c = a + torch.tanh(b)  # hm\n    return c * 2.0\n")
    assert first == tokens(
        "def f(x: int, y) -> int:\n    '''doc'''\n    a = x + torch.tanh(y)\n    return a * 2\n"
    )
    for other in ("a - torch.tanh(b)", "a + torch.sin(b)", "b + torch.tanh(a)", "a + np.tanh(b)"):
        assert first != tokens(f"def f(a, b):\n    c = {other}\n    return c * 2.0\n")
    assert first != tokens("def f(a, b):\n    c = a + torch.tanh(b)\n    return c * 3.0\n")
