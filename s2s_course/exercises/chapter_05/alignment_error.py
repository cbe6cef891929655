"""Exercise 5.7: the alignment error rate of one sentence."""

import torch

from s2s_course.exercises.engine.exercise import Case, Exercise, Task
from s2s_course.exercises.engine.misconception import mistake, mistakes_in
from s2s_course.seeds import torch_generator

TASK = Task(
    id="5.7",
    title="The alignment error rate",
    goal="Compare the links of one sentence with the right ones: 0 where they agree, 1 where none is right, "
    "and a missed link costs as much as one too many (Och and Ney 2003, where every gold link is sure).",
    points=2,
    difficulty="easy",
    minutes=10,
    outputs=("error",),
    hints=(
        "Make a set of pairs (s, t) of both. `predicted.nonzero()` lists the places that are True, row "
        "first; which of its two numbers is s?",
        "The two name their links in different orders: predicted has the target on its rows, gold has the "
        "source first. Bring both to one order, then count three things: the common links, the predicted "
        "ones, the right ones. A common link stands in both lists, so it counts twice.",
        "With sets A and G the common links are `A & G`. Compute `1 - 2 * len(A & G) / (len(A) + len(G))` "
        "and make a tensor of it with `torch.tensor(…)`.",
    ),
)


def alignment_error(
    predicted: torch.Tensor,
    gold: list[tuple[int, int]],
) -> torch.Tensor:
    """1 - 2 |A ∩ G| / (|A| + |G|), for links A that were predicted and right links G.

    predicted: (T, S) bool, True at t, s where target word t is linked to source word s;
               at least one is True
    gold:      the right links, each once, as pairs (s, t): source position first;
               there may be none
    returns:   float32 of shape (): 0 where A and G agree, 1 where they share no link
    """
    A = {(s, t) for t, s in predicted.nonzero().tolist()}
    G = set(gold)
    return torch.tensor(1 - 2 * len(A & G) / (len(A) + len(G)))


def _case(name: str, T: int, S: int, *, found: int, extra: int, missed: int) -> Case:
    """``found`` links are in both, ``extra`` only predicted, ``missed`` only gold.

    Every link can be read the other way round as well, and none is the mirror image of another: so
    exchanged positions give a number, and never the right one.
    """

    def make(seed: int) -> tuple[torch.Tensor, list[tuple[int, int]]]:
        generator = torch_generator(seed)
        below = [(s, t) for t in range(min(T, S)) for s in range(t)]
        pairs = [below[i] for i in torch.randperm(len(below), generator=generator)]
        flips = torch.rand(len(pairs), generator=generator) < 0.5
        links = [pair[::-1] if flip else pair for pair, flip in zip(pairs, flips, strict=True)]
        predicted = torch.zeros(T, S, dtype=torch.bool)
        for s, t in links[: found + extra]:
            predicted[t, s] = True
        return predicted, links[:found] + links[found + extra :][:missed]

    return Case(name, make)


CASES = (
    _case("links missed and links too many", 5, 5, found=3, extra=2, missed=1),
    _case("every predicted link is right, but some are missed", 7, 5, found=2, extra=0, missed=3),
    _case("every gold link is found, among others", 5, 7, found=2, extra=4, missed=0),
    _case("no link is right", 5, 5, found=0, extra=2, missed=3),
    _case("all links are right", 5, 7, found=4, extra=0, missed=0),
    _case("there is no right link", 5, 6, found=0, extra=3, missed=0),
)


def _counts(predicted, gold):
    """|A ∩ G|, |A| and |G|."""
    common = sum(bool(predicted[t, s]) for s, t in gold)
    return common, int(predicted.sum()), len(gold)


@mistake(
    "positions exchanged",
    "You take the target position for the source position. A link in gold is (s, t), source first, while "
    "predicted has a row for each target word: `predicted[t, s]`.",
)
def _gold_transposed(predicted, gold):
    return alignment_error(predicted, [(t, s) for s, t in gold])


@mistake(
    "one minus precision",
    "You divide by the number of predicted links: that is 1 minus the precision. A model could predict a "
    "single safe link and have no error. Links that are missed must cost something too.",
)
def _one_minus_precision(predicted, gold):
    common, mine, _ = _counts(predicted, gold)
    return torch.tensor(1 - common / mine)


@mistake(
    "one minus recall",
    "You divide by the number of gold links: that is 1 minus the recall. A model could link every word with "
    "every word and have no error. Links that are too many must cost something too.",
)
def _one_minus_recall(predicted, gold):
    common, _, right = _counts(predicted, gold)
    return torch.tensor(1 - common / right)


@mistake(
    "intersection over union",
    "You divide by the size of the union, |A ∪ G| (the Jaccard distance). It puts answers for one sentence "
    "in the same order, but has other values. Divide twice the common links by |A| + |G|.",
)
def _jaccard(predicted, gold):
    common, mine, right = _counts(predicted, gold)
    return torch.tensor(1 - common / (mine + right - common))


@mistake(
    "factor 2 missing",
    "The factor 2 is missing. A common link is counted in |A| and in |G|; without the 2 a perfect answer "
    "would have the error 0.5.",
)
def _factor_2_missing(predicted, gold):
    common, mine, right = _counts(predicted, gold)
    return torch.tensor(1 - common / (mine + right))


@mistake(
    "agreement, not error",
    "You return how well the links agree (the F-measure). The error is 1 minus that: 0 is perfect.",
)
def _agreement(predicted, gold):
    common, mine, right = _counts(predicted, gold)
    return torch.tensor(2 * common / (mine + right))


@mistake(
    "mean of precision and recall",
    "You average precision and recall by adding them. In the error rate the links of both sides are added "
    "up first and divided once, so an answer that is bad in one of the two cannot make up for it as easily.",
)
def _mean_of_both(predicted, gold):
    common, mine, right = _counts(predicted, gold)
    return torch.tensor(1 - (common / mine + common / right) / 2)


@mistake(
    "the larger or the smaller number of links",
    "You divide by the larger, or by the smaller, of |A| and |G|. Divide twice the common links by the sum "
    "of both.",
)
def _larger_of_both(predicted, gold):
    common, mine, right = _counts(predicted, gold)
    return torch.tensor(1 - common / max(mine, right))


@_larger_of_both.variant
def _smaller_of_both(predicted, gold):
    common, mine, right = _counts(predicted, gold)
    return torch.tensor(1 - common / min(mine, right))


@mistake(
    "all cells counted",
    "You compare all T times S cells. Nearly all of them are empty on both sides, so an answer without any "
    "right link seems nearly perfect. Count links only.",
)
def _wrong_cells(predicted, gold):
    common, mine, right = _counts(predicted, gold)
    return torch.tensor((mine + right - 2 * common) / predicted.numel())


@_wrong_cells.variant
def _right_cells(predicted, gold):
    return 1 - _wrong_cells(predicted, gold)


@mistake(
    "errors counted, not divided",
    "You count the links that stand on one side only. A rate is a share: divide by |A| + |G|, so that long "
    "sentences can be compared with short ones.",
)
def _number_of_errors(predicted, gold):
    common, mine, right = _counts(predicted, gold)
    return torch.tensor(float(mine + right - 2 * common))


@mistake(
    "in percent",
    "You return percent. Asked for is a number from 0 to 1.",
)
def _percent(predicted, gold):
    return 100 * alignment_error(predicted, gold)


@mistake(
    "words counted",
    "You count target words with right or wrong links. A word may have several links or none; the error "
    "rate counts the links themselves.",
)
def _by_target_word(predicted, gold):
    """The share of target words whose links are not exactly the right ones."""
    right = torch.zeros_like(predicted)
    for s, t in gold:
        right[t, s] = True
    return (predicted != right).any(dim=1).float().mean()


@_by_target_word.variant
def _by_target_word_any_link(predicted, gold):
    found = {t for s, t in gold if predicted[t, s]}
    return torch.tensor(1 - len(found) / len(predicted))


EXERCISE = Exercise.from_task(TASK, alignment_error, CASES, mistakes_in(globals()))
