"""The modules of the search alone, on a small index: distances, what is found first, what is shown."""

from pathlib import Path

import pytest

from s2s_course.seeds import python_random

from .crawl import module_page

MODULES = Path(__file__).parents[2] / "s2s_course" / "sphinx_ext" / "search"
INDEX = {
    "pages": [["a.html", "5. Attention"], ["glossary.html", "Glossary"]],
    "sections": [
        [0, "attention", "chapter", "5. Attention", ["chapter 5", "5", "Attention"],
         [[1, "A weighted sum."]]],
        [0, "exercise-5-1", "exercise", "Exercise 5.1: The score", ["Exercise 5.1", "5.1", "The score"],
         [[1, "Write the élève's score."], [2, "class AdditiveScore(Score): def forward(self)"]]],
        [0, "exercise-5-2", "exercise", "Exercise 5.2: The sum", ["Exercise 5.2", "5.2"],
         [[1, "AdditiveScore"]]],
        [1, "term-mask", "term", "padding mask", ["padding mask"], [[1, "What may be attended to."]]],
    ],
}  # fmt: skip
FIND = """async ([data, queries]) => {
  const [{ readIndex }, { find }] = await Promise.all([import("/index.js"), import("/matching.js")]);
  const index = readIndex(data);
  const places = (query) => find(index, query).map(({ section, passage }) => [section.anchor, passage.at]);
  return queries.map(places);
}"""


@pytest.fixture(scope="module")
def modules(browser):
    with module_page(browser, MODULES) as page:
        yield page


def distance(typed: str, word: str) -> int:
    """Written by the definition: the least number of single changes and swaps of neighbors."""
    if not typed or not word:
        return len(typed) + len(word)
    costs = [
        distance(typed[:-1], word) + 1,
        distance(typed, word[:-1]) + 1,
        distance(typed[:-1], word[:-1]) + (typed[-1] != word[-1]),
    ]
    if len(typed) > 1 and len(word) > 1 and typed[-1] == word[-2] and typed[-2] == word[-1]:
        costs.append(distance(typed[:-2], word[:-2]) + 1)
    return min(costs)


def test_distances(modules):
    random = python_random(0, "distances")
    pairs = [["".join(random.choices("abc", k=random.randrange(6))) for _ in "12"] for _ in range(150)]
    script = """async (pairs) => {
      const { editDistance, lettersOf, mayBeNear } = await import("/distance.js");
      return pairs.map(([a, b]) => [
        editDistance(a, b, 2), editDistance(a, b, 2, true), mayBeNear(lettersOf(a), lettersOf(b), 2),
      ]);
    }"""
    for (a, b), (whole, begun, near) in zip(pairs, modules.evaluate(script, pairs), strict=True):
        assert whole == min(distance(a, b), 3), (a, b)
        assert begun == min(3, *(distance(a, b[:n]) for n in range(len(b) + 1))), (a, b)
        assert near or whole == 3, (a, b)


def test_what_is_found_first(modules):
    queries = {
        "exercise 5.1": ["exercise-5-1", 0],
        "5.1": ["exercise-5-1", 0],
        "chapter 5": ["attention", 0],
        "padding msak": ["term-mask", 0],
        "padd": ["term-mask", 0],
        "AdditiveScore": ["exercise-5-1", 2],
        "eleves": None,
        "eleve": ["exercise-5-1", 1],
        "atended": ["term-mask", 1],
        "wieghted sum": ["attention", 1],
    }
    for (query, first), results in zip(
        queries.items(), modules.evaluate(FIND, [INDEX, list(queries)]), strict=True
    ):
        assert first is None or results[0] == first, (query, results)


def test_all_words_are_wanted_where_some_place_has_them(modules):
    (both, one) = modules.evaluate(FIND, [INDEX, ["write score", "write nothing"]])
    assert both == [["exercise-5-1", 1]]
    assert one == [["exercise-5-1", 1]]


def test_a_long_passage_is_cut_where_the_words_are(modules):
    text = "word " * 100 + "the needle lies here, " + "after " * 100
    script = """async ([text, begin]) =>
      (await import("/snippet.js")).snippet(text, ["needle"], begin)"""
    pieces = modules.evaluate(script, [text, False])
    shown = "".join(piece["text"] for piece in pieces)
    assert [piece["text"] for piece in pieces if piece["marked"]] == ["needle"]
    assert shown.startswith("… ") and shown.endswith(" …") and len(shown) < 200
    assert shown.strip("… ") in text
    assert modules.evaluate(script, [text, True])[0]["text"].startswith("word word")
