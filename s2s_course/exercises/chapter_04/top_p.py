"""Exercise 4.3: nucleus sampling, which cuts off the improbable words."""

import math

import torch

from s2s_course.exercises.engine.exercise import Case, Exercise, Task
from s2s_course.exercises.engine.misconception import mistake, mistakes_in
from s2s_course.seeds import python_random, torch_generator

TASK = Task(
    id="4.3",
    title="Top-p",
    goal="Before a word is drawn, cut off the improbable ones: keep the smallest set of words whose "
    "probability together reaches p, and let it sum to 1 again.",
    points=2,
    difficulty="hard",
    minutes=20,
    outputs=("probs",),
    hints=(
        "Sort the probabilities of one row, the largest first, and write below each what the words *before* "
        "it add up to. Which of these sums say that the word is still needed?",
        "The running sum at a word includes the word itself; what comes before it is the running sum without "
        "its own probability. A word is needed as long as that is below p, so the first one always is. The "
        "others become 0. Then bring all back to the order of the vocabulary, and divide by what is left in "
        "the row.",
        "`ordered, words = probs.sort(dim=-1, descending=True)`. A word is kept where "
        "`ordered.cumsum(dim=-1) - ordered < p`. Set the others to 0, put all back with "
        "`torch.zeros_like(ordered).scatter(-1, words, …)`, and divide by the sum of the row.",
    ),
)


def top_p(logits: torch.Tensor, p: float) -> torch.Tensor:
    """What to draw the next word from: the most probable words alone.

    logits:  (B, V) scores before the softmax
    p:       how much probability to keep, above 0 and below 1
    returns: (B, V) probabilities. In each row the smallest set of words whose
             probabilities add up to p or more keeps its proportions and sums to 1; all
             other words have exactly 0. Of words that are equally probable, and not
             all needed, it does not matter which are kept.
    """
    ordered, words = logits.softmax(dim=-1).sort(dim=-1, descending=True)
    before = ordered.cumsum(dim=-1) - ordered  # what the more probable words add up to
    kept = ordered * (before < p)
    probs = torch.zeros_like(kept).scatter(-1, words, kept)
    return probs / probs.sum(dim=-1, keepdim=True)


def _case(name: str, B: int, V: int, low: float, high: float, *, scale: float = 2.0) -> Case:
    """p lies between ``low`` and ``high``, and no sum of probabilities comes close to it."""

    def make(seed: int) -> tuple[torch.Tensor, float]:
        generator, random = torch_generator(seed), python_random(seed)
        while True:
            logits = scale * torch.randn(B, V, generator=generator)
            p = round(random.uniform(low, high), 2)
            sums = logits.softmax(-1).sort(-1, descending=True).values.cumsum(-1)
            if (sums - p).abs().min() > 0.005:
                return logits, p

    return Case(name, make)


def _tied(seed: int) -> tuple[torch.Tensor, float]:
    """Two words of exactly one half, and p = 0.5: either of them is enough."""
    random = python_random(seed)
    logits = torch.full((1, random.randint(4, 9)), -200.0)
    logits[0, random.sample(range(logits.shape[1]), 2)] = float(random.randint(-9, 9))
    return logits, 0.5


CASES = (
    _case("two sentences", 2, 5, 0.6, 0.9),
    _case("a p that the most probable word may reach alone", 3, 7, 0.2, 0.4),
    _case("words of similar probability", 2, 7, 0.7, 0.9, scale=0.5),
    _case("five sentences", 5, 3, 0.5, 0.8, scale=1.0),
    Case("two words of the same probability, of which one reaches p", _tied),
)


def _count(probs, p):
    """(B, 1) how many words are kept."""
    sums = probs.sort(-1, descending=True).values.cumsum(-1)
    return (sums < p).sum(-1, keepdim=True) + 1


def _first(probs, count):
    """(B, V) True at the ``count`` most probable words."""
    return probs.argsort(-1, descending=True).argsort(-1) < count


def _normalized(kept):
    return kept / kept.sum(-1, keepdim=True)


def _nucleus(logits, p):
    probs = logits.softmax(-1)
    return probs, _first(probs, _count(probs, p))


@mistake(
    "the word that reaches p is left out",
    "You keep words as long as their sum is below p, and leave out the one that reaches it. The set then "
    "has less than p, and where the first word alone reaches p it is empty (0 / 0 gives NaN). A word "
    "belongs to the set if the words *before* it do not reach p.",
)
def _stops_below_p(logits, p):
    probs = logits.softmax(-1)
    return _normalized(probs * _first(probs, _count(probs, p) - 1))


@_stops_below_p.variant
def _stops_below_p_but_keeps_one(logits, p):
    probs = logits.softmax(-1)
    return _normalized(probs * _first(probs, (_count(probs, p) - 1).clamp(min=1)))


@mistake(
    "one word too many",
    "You keep one word more than needed: the set without it reaches p already. If you compare cumulative "
    "sums and shift them by one place, compare with `<` and shift once.",
)
def _one_word_too_many(logits, p):
    probs = logits.softmax(-1)
    return _normalized(probs * _first(probs, _count(probs, p) + 1))


@mistake(
    "not normalized",
    "You keep the right words, but together they have less than 1. What was cut off must be shared out "
    "among the rest: divide by the sum that is left.",
)
def _not_normalized(logits, p):
    probs, kept = _nucleus(logits, p)
    return probs * kept


@mistake(
    "divided by p",
    "You divide by p. The words kept have p *or more*, so your probabilities may sum to more than 1. Divide "
    "by what they add up to.",
)
def _divided_by_p(logits, p):
    return _not_normalized(logits, p) / p


@mistake(
    "softmax twice",
    "You take the softmax of probabilities. They all lie between 0 and 1, so it makes the words nearly "
    "equal (and gives a share to those with 0). The proportions must stay: divide by the sum.",
)
def _softmax_again(logits, p):
    probs, kept = _nucleus(logits, p)
    return probs.masked_fill(~kept, -torch.inf).softmax(-1)


_softmax_again.variant(lambda logits, p: _not_normalized(logits, p).softmax(-1))


@mistake(
    "logits set to 0",
    "You set the logits of the words to be cut off to 0. exp(0) is 1, so they still get a share, sometimes "
    "more than before. What removes a word is the logit -inf or the probability 0.",
)
def _logits_zeroed(logits, p):
    return (logits * _nucleus(logits, p)[1]).softmax(-1)


@mistake(
    "single words compared with p",
    "You compare the probability of each word with p or 1 - p. p is about their sum: with p = 0.9 one word "
    "of 0.6 and three of 0.1 are kept together, though none reaches 0.9. Where no word passes, nothing is "
    "left and 0 / 0 gives NaN.",
)
def _words_above_p(logits, p):
    probs = logits.softmax(-1)
    return _normalized(probs * (probs > p))


_words_above_p.variant(lambda logits, p: _words_above_p(logits, 1 - p))


@mistake(
    "relative to the most probable word",
    "You keep the words that have at least p times the probability of the best one. That rule exists too, "
    "as *min-p*. Top-p adds up the probabilities from the best word on.",
)
def _relative_to_the_best(logits, p):
    probs = logits.softmax(-1)
    return _normalized(probs * (probs >= p * probs.amax(-1, keepdim=True)))


@mistake(
    "a share of the words",
    "You keep a share p of the vocabulary, the same number of words in every row: this is top-k. Top-p is a "
    "share of the probability, so it keeps few words where the model is sure and many where it is not.",
)
def _share_of_the_words(logits, p):
    probs = logits.softmax(-1)
    return _normalized(probs * _first(probs, math.ceil(p * probs.shape[-1])))


@mistake(
    "left in the order of probability",
    "Your probabilities are right but stand in sorted order, so each belongs to another word now. `sort` "
    "also returns where each value came from: put them back with it.",
)
def _in_order_of_probability(logits, p):
    return top_p(logits, p).sort(-1, descending=True).values


@mistake(
    "put back the wrong way",
    "You put the sorted probabilities back with `gather`, or by indexing with the order of the sort. That "
    "sorts once more. The i-th value must be *written to* the place it came from: `scatter` does so.",
)
def _gathered(logits, p):
    words = logits.argsort(-1, descending=True)
    return _in_order_of_probability(logits, p).gather(-1, words)


@mistake(
    "not sorted",
    "You add up in the order of the vocabulary. Which words are kept then depends on their index. The "
    "smallest set begins with the most probable word: sort first, descending.",
)
def _not_sorted(logits, p):
    probs = logits.softmax(-1)
    return _normalized(probs * (probs.cumsum(-1) - probs < p))


@mistake(
    "least probable words kept",
    "You keep the least probable words, either because `sort` is ascending unless told otherwise or because "
    "your mask is inverted. The set begins with the most probable word.",
)
def _least_probable(logits, p):
    probs = logits.softmax(-1)
    ordered, words = probs.sort(-1)
    kept = ordered * (ordered.cumsum(-1) - ordered < p)
    return _normalized(torch.zeros_like(kept).scatter(-1, words, kept))


@_least_probable.variant
def _the_tail(logits, p):
    probs, kept = _nucleus(logits, p)
    return _normalized(probs * ~kept)


@mistake(
    "one number of words for all rows",
    "You keep as many words in every row as in the first or in the widest. How many are needed depends on "
    "how sure the model is: each row has its own set.",
)
def _count_of_the_first_row(logits, p):
    probs = logits.softmax(-1)
    return _normalized(probs * _first(probs, _count(probs, p)[0]))


@mistake(
    "all words of the same probability kept",
    "You keep every word that is as probable as the last one kept. Where several share that probability, "
    "one of them may be enough: count places in the sorted order, and do not compare with a threshold.",
)
def _threshold(logits, p):
    probs = logits.softmax(-1)
    ordered = probs.sort(-1, descending=True).values
    return _normalized(probs * (probs >= ordered.gather(-1, _count(probs, p) - 1)))


@mistake(
    "over the batch",
    "You work along the batch: sentences compete with each other for a word. The V words of one sentence "
    "are what sums to 1, on the last axis, `dim=-1`.",
)
def _over_the_batch(logits, p):
    return top_p(logits.T, p).T


@_over_the_batch.variant
def _softmax_over_the_batch(logits, p):
    return top_p(logits.softmax(0).log(), p)


def _last_of_equals(logits, p):
    """The right answer where the last of equally probable words counts as the first."""
    return top_p(logits.flip(-1), p).flip(-1)


# Drawing a word has no gradient, so the checker must not ask for one.
EXERCISE = Exercise.from_task(
    TASK,
    torch.no_grad()(top_p),
    CASES,
    mistakes_in(globals()),
    exact_zeros=True,
    also_right=(_last_of_equals,),
)
