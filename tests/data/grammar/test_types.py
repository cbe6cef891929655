"""The types of the grammar hold, in a process that enforces them: in all tests it would double their time."""

import subprocess
import sys
import textwrap

SCRIPT = textwrap.dedent(
    """
    from beartype.claw import beartype_package
    from beartype.roar import BeartypeCallHintViolation

    beartype_package("s2s_course.data.grammar")

    from s2s_course.data.grammar import CONSTRUCTIONS, generate, grammar_corpus
    from s2s_course.data.grammar.draft import Draft
    from s2s_course.data.grammar.noun_phrases import Determiner
    from s2s_course.data.grammar.samples import samples_page
    from s2s_course.data.grammar.setting import Setting
    from s2s_course.seeds import python_random

    WRONG = {
        "a kind of determiner that does not exist": lambda: Determiner("definitive"),
        "a role that does not exist": lambda: Setting("indirect"),
        "a list for a set": lambda: Draft(python_random(0), ["negation"]),
        "a number for a word": lambda: Draft(python_random(0), frozenset()).combine("verb", 1, []),
    }
    for name, wrong in WRONG.items():
        try:
            wrong()
        except BeartypeCallHintViolation:
            print("refused:", name)
        else:
            print("let through:", name)

    generate(300, seed=0, max_length=40)
    for construction in CONSTRUCTIONS:
        generate(10, seed=1, max_length=25, constructions={construction})
    grammar_corpus(train=100, validation=10, test=10, longer=10, compositional=3, max_length=14)
    samples_page()
    print("all types hold")
    """
)


def test_a_wrong_type_is_refused_and_there_is_none():
    run = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True)
    assert run.stderr == ""
    *refused, last = run.stdout.splitlines()
    assert last == "all types hold" and len(refused) == 4
    assert all(line.startswith("refused: ") for line in refused)
