"""Results are carried to newer code that gives the same bits, and to no other: in a small repository of git.

It holds a copy of the package with claims made up here on top of the real batching, seeds and BLEU.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace

import pytest

from s2s_course.claims import context_every_step, ledger, trees
from s2s_course.claims.carry import Outcome, _difference, carry
from s2s_course.claims.claim import Measured
from s2s_course.claims.dependencies import PACKAGE, roots_of
from s2s_course.claims.trees import TreeError, commit_of, tree

CLAIMS = """
import time
from s2s_course.claims.claim import Claim
from s2s_course.claims.clause import Derived, More, Within
from s2s_course.data.batch import BucketedBatches
from s2s_course.evaluation.bleu import bleu
from s2s_course.seeds import python_random

SIZES = {"smoke": 3, "quick": 40, "full": 50}

def bleu_scores(scale, seed):
    return {"bleu": bleu([["a", "b", "c", "d", str(seed)]], [["a", "b", "c", "d", "e"]]).score}

def batch_sizes(scale, seed):
    pairs = [([1] * n, [1] * n) for n in range(1, 9)]
    found = BucketedBatches(pairs, max_tokens=20, collate=len).epoch(0)
    return {f"rows_{n}": float(rows) for n, rows in enumerate(sorted(found))}

def draws(scale, seed):
    return {"drawn": python_random(seed, "made up").random()}

def sums(scale, seed):
    return {"sum": float(sum(range(SIZES[scale]))), "nothing": float("nan")}

def gaps(scale, seed):
    return {"gap": 0.5}

def seconds(scale, seed):
    return {"time": time.perf_counter()}

def made(name, experiment, clause=Within("", Derived("", lambda values: [0.0]), each_seed=True)):
    return Claim(id=name, chapter=1, title=name, statement=f"About {name}.", source="us", conditions="none",
                 experiment=experiment, clauses=(clause,))

CLAIMS = {claim.id: claim for claim in (
    made("bleu", bleu_scores), made("batching", batch_sizes), made("seed", draws), made("sum", sums),
    made("judged", sums, More("", "sum", 1.0)), made("gap", gaps), made("time", seconds),
)}

def find_claim(name):
    if name not in CLAIMS:
        raise ValueError(f"claim must be one of {', '.join(CLAIMS)}, got {name!r}")
    return CLAIMS[name]
"""


class Repository:
    def __init__(self, folder):
        self.folder, self.package = folder, folder / PACKAGE.name
        ignored = shutil.ignore_patterns("__pycache__", "results", "exercises", "widgets", "static")
        shutil.copytree(PACKAGE, self.package, ignore=ignored)
        (self.package / "claims" / "registry.py").write_text(CLAIMS)
        self.git("init", "--quiet")
        self.commit()

    def git(self, *arguments):
        name = ["-c", "user.name=Name", "-c", "user.email=name@example.org"]
        answer = subprocess.run(
            ["git", *name, *arguments], cwd=self.folder, check=True, capture_output=True, text=True
        )
        return answer.stdout.strip()

    def commit(self):
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "more")
        return self.git("rev-parse", "--short=7", "HEAD")

    def edit(self, name, old, new):
        path = self.package / name
        content = path.read_text()
        assert content.count(old) == 1, f"{old!r} must stand once in {name}"
        path.write_text(content.replace(old, new))

    def python(self, code):
        """What ``code`` prints as JSON, run in this copy of the package."""
        start = "import json\nfrom s2s_course.claims import carry, ledger, registry\n"
        answer = subprocess.run(
            [sys.executable, "-c", start + code], cwd=self.folder, capture_output=True, text=True,
            env=os.environ | {"PYTHONPATH": str(self.folder)},
        )  # fmt: skip
        assert answer.returncode == 0, answer.stderr
        return json.loads(answer.stdout)

    def measure(self):
        self.python(
            "for claim in registry.CLAIMS.values(): ledger.store(ledger.run_claim(claim, 'quick'))\nprint(0)"
        )

    def carry(self, source):
        """For each claim what became of it, and why; from each result's commit where ``source`` is empty."""
        outcomes = f"carry.carry(list(registry.CLAIMS.values()), {str(source)!r} or None)"
        rows = self.python(f"print(json.dumps([vars(outcome) for outcome in {outcomes}]))")
        return {row["claim_id"]: (row["outcome"], row["why"]) for row in rows}

    def result(self, name):
        return json.loads((self.package / "claims" / "results" / f"{name}.json").read_text())


AGAIN = "measure again"


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    """All claims are measured; then the code is changed in every way."""
    made = Repository(tmp_path_factory.mktemp("repository") / "course")
    made.first = made.git("rev-parse", "--short=7", "HEAD")
    made.measure()
    made.measured = {path.stem: path.read_text() for path in (made.package / "claims/results").iterdir()}
    made.measured_in = made.commit()
    made.edit("evaluation/bleu.py", "return Bleu(score.score,", "return Bleu(-score.score,")
    made.edit("data/batch.py", "(len(buckets[-1]) + 1) *", "(len(buckets[-1]) - 1) *")
    made.edit("seeds.py", 'digest()[:8], "big") >> 1', 'digest()[:8], "big") >> 2')
    made.edit(
        "claims/registry.py", 'float(sum(range(SIZES[scale]))), "n', '0.0 + sum(range(SIZES[scale])), "n'
    )
    made.edit("claims/registry.py", 'More("", "sum", 1.0)', 'More("", 1.0, "sum")')
    made.edit("claims/registry.py", "time.perf_counter()}", "0.0 + time.perf_counter()}")
    made.second = made.commit()
    made.outcomes = made.carry("")
    return made


def test_a_changed_sign_in_bleu_in_batching_or_in_a_seed_is_noticed(repository):
    assert repository.outcomes["bleu"] == (AGAIN, "1 of 1 smoke values differ, first bleu")
    assert repository.outcomes["batching"][0] == AGAIN
    assert repository.outcomes["seed"] == (AGAIN, "1 of 1 smoke values differ, first drawn")


def test_times_are_measured_again(repository):
    assert repository.outcomes["time"] == (AGAIN, "1 of 1 smoke values differ, first time")


def test_a_result_whose_verdict_changes_is_not_carried(repository):
    assert repository.outcomes["judged"] == (AGAIN, "the verdict on its numbers is another now")


def test_what_is_not_carried_stays_as_it_is(repository):
    for name in ("bleu", "batching", "seed", "judged", "time"):
        path = repository.package / "claims" / "results" / f"{name}.json"
        assert path.read_text() == repository.measured[name]


def test_the_same_bits_are_carried_and_the_record_says_so(repository):
    """Not a number is the same bits as not a number."""
    assert repository.outcomes["sum"] == ("carried", "")
    before, after = json.loads(repository.measured["sum"]), repository.result("sum")
    assert before["measured_at"] == after["measured_at"] == repository.first
    assert before["carried"] == []
    [record] = after["carried"]
    assert (record["source"], record["target"]) == (repository.first, repository.second)
    assert after["code"] != before["code"]
    unchanged = set(before) - {"code", "carried"}
    assert json.dumps({name: before[name] for name in unchanged}, sort_keys=True) == json.dumps(
        {name: after[name] for name in unchanged}, sort_keys=True
    )
    shown, code, again = repository.python(
        "claim = registry.CLAIMS['sum']\nagain = carry.carry([claim], '.')[0].outcome\n"
        "print(json.dumps([repr(ledger.stored('sum')), ledger.code_hash(claim), again]))"
    )
    assert code == after["code"] and again == "up to date"
    date = record["date"]
    assert f"measured {before['date']} at commit {repository.first} in 0 s with python" in shown
    assert shown.endswith(f", carried to commit {repository.second} on {date} (smoke scale bit-identical).")


def test_results_of_one_version_only_are_not_carried(repository, tmp_path):
    """From a folder; one claim each for what may be missing or may not be seen at scale smoke."""
    for name in ("older", "newer"):
        repository.git("clone", "--quiet", ".", str(tmp_path / name))
        repository.git("-C", str(tmp_path / name), "checkout", "--quiet", repository.measured_in)
    newer = Repository.__new__(Repository)
    newer.folder, newer.package = tmp_path / "newer", tmp_path / "newer" / PACKAGE.name
    newer.edit("claims/registry.py", '"quick": 40', '"quick": 41')
    newer.edit("claims/registry.py", '{"drawn":', '{"other":')
    newer.edit("claims/registry.py", 'return {"bleu":', 'raise OSError("no disk")\n    return {"bleu":')
    newer.edit("claims/registry.py", 'made("batching", ', 'made("late", ')
    newer.edit("claims/registry.py", '"gap": 0.5', '"gap": 0.25 + 0.25')
    for name, old in (("late", "batching"), ("gap", "gap")):
        result = newer.result(old) | {"claim_id": name, "code": "0123456789abcdef"}
        (newer.package / f"claims/results/{name}.json").write_text(json.dumps(result))
    (newer.package / "claims/results/time.json").unlink()
    assert newer.carry(tmp_path / "older") == {
        "bleu": (AGAIN, "now, the experiment fails with OSError: no disk"),
        "late": (AGAIN, "before, there is no such claim"),
        "seed": (AGAIN, "only one version has the value drawn"),
        "sum": (AGAIN, "code that names a scale has changed, and smoke does not show the others"),
        "judged": (AGAIN, "code that names a scale has changed, and smoke does not show the others"),
        "gap": (AGAIN, "its result is not of that version's code"),
        "time": (AGAIN, "it has not been measured"),
    }


def test_a_result_that_was_hashed_anew_by_newer_rules_is_carried():
    """The older version would hash its code otherwise; what was measured is known by today's rules, too."""
    claim = context_every_step.CLAIM
    values = ledger.stored(claim.id).values
    result = Measured(
        claim.id, "quick", (0, 1), values, "contradicted", ledger.code_hash(claim), "", {}, "", 1
    )
    found = {"code": "by older rules", "values": [], "roots": roots_of(claim)}
    assert claim.holds(values) != "contradicted"
    assert _difference(claim, result, found, found, PACKAGE.parent) == (
        "the verdict on its numbers is another now"  # and nothing else
    )
    other = replace(result, code="0123456789abcdef")
    assert _difference(claim, other, found, found, PACKAGE.parent) == (
        "its result is not of that version's code"
    )


def test_where_no_commit_has_the_code_of_a_result_one_must_say_the_version(monkeypatch):
    """Nothing is run."""
    claim = context_every_step.CLAIM
    for belongs_to in ("", "1234567 and changes"):
        result = Measured(claim.id, "quick", (0, 1), {}, "holds", "other", belongs_to, {}, "", 1.0)
        monkeypatch.setattr(ledger, "stored", lambda _, result=result: result)
        assert carry([claim]) == [Outcome(claim.id, AGAIN, "its code is in no commit: say --from")]


def test_a_measurement_says_at_which_commit_and_with_which_changes(repository, tmp_path):
    head = repository.git("rev-parse", "--short=7", "HEAD")
    assert commit_of(repository.package) == head
    repository.git("clone", "--quiet", ".", str(tmp_path / "clone"))
    clone = tmp_path / "clone" / PACKAGE.name
    assert commit_of(clone) == head
    (clone / "claims" / "results" / "sum.json").write_text("{}")  # is not code
    assert commit_of(clone) == head
    (clone / "claims" / "late.py").write_text("LATE = 1\n")
    assert commit_of(clone) == f"{head} and changes"
    (tmp_path / PACKAGE.name).mkdir()
    assert commit_of(tmp_path / PACKAGE.name) == ""


def test_a_version_is_a_folder_or_a_copy_of_a_commit(repository, monkeypatch):
    monkeypatch.setattr(trees, "PACKAGE", repository.package)
    with tree(repository.first[:6]) as (root, called):
        assert called == repository.first
        assert "Bleu(score.score," in (root / PACKAGE.name / "evaluation" / "bleu.py").read_text()
    assert not root.exists()
    with tree(str(repository.folder)) as (root, called):
        assert root == repository.folder.resolve() and called == commit_of(repository.package)


@pytest.mark.parametrize(
    ("source", "environment", "message"),
    [
        ("no-such", {}, "the older version must be a folder or a commit that has s2s_course, got no-such"),
        ("/", {}, "the older version must be a folder with s2s_course in it, got /"),
        ("HEAD", {"PATH": ""}, "git is not installed, and a commit needs it: name a folder with --from"),
        ("HEAD", {"GIT_DIR": "/nowhere"}, "is not in a git repository: name a folder with --from"),
    ],
)
def test_a_version_that_cannot_be_had_is_one_sentence(repository, monkeypatch, source, environment, message):
    monkeypatch.setattr(trees, "PACKAGE", repository.package)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(TreeError, match=re.escape(message)), tree(source):
        pass
