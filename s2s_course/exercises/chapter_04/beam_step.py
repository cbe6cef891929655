"""Exercise 4.4: one step of beam search."""

import torch

from s2s_course.exercises.engine.exercise import Case, Exercise, Task
from s2s_course.exercises.engine.misconception import mistake, mistakes_in
from s2s_course.seeds import torch_generator

TASK = Task(
    id="4.4",
    title="One step of beam search",
    goal="Continue each hypothesis with every word, and keep the K best of all of them: their total "
    "log-probabilities, which hypothesis each came from, and its new word.",
    points=3,
    difficulty="hard",
    minutes=20,
    outputs=("totals", "parents", "tokens"),
    hints=(
        "There are N * V candidates. Make a table of shape (N, V) that holds the total of each; what has to "
        "be added to what, and along which axis must totals be repeated?",
        "The total of a longer hypothesis is that of its parent plus the log-probability of the new word: a "
        "column of N totals is added to the table (N, V). All K best may come from one row, so look for them "
        "among all N * V numbers at once. A place in the flat table becomes a row and a column by division "
        "with remainder.",
        "`totals.unsqueeze(1) + log_probs` is the table. `flatten().topk(K)` gives the K best values and "
        "their places in the flat table. A row of it is V long, so `places // V` are the parents, and "
        "`places % V` are the tokens.",
    ),
)


def beam_step(
    totals: torch.Tensor,
    log_probs: torch.Tensor,
    K: int,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """The K best hypotheses that are one word longer.

    totals:    (N,) log-probability of each hypothesis so far; N is 1 at the first step
    log_probs: (N, V) log-probability of each word, if it came next
    K:         how many hypotheses to keep, at most N * V
    returns:   totals (K,) of the new hypotheses, best first; parents (K,) int64, the
               hypothesis that each one continues; tokens (K,) int64, its new word
    """
    V = log_probs.shape[1]
    candidates = totals.unsqueeze(1) + log_probs  # (N, V)
    new_totals, places = candidates.flatten().topk(K)
    return new_totals, places // V, places % V


def _candidates(totals, log_probs):
    return totals.unsqueeze(1) + log_probs


def _case(name: str, N: int, K: int, V: int) -> Case:
    """Candidates whose totals differ clearly, so that the order of the best does not hang on rounding."""

    def make(seed: int) -> tuple[torch.Tensor, torch.Tensor, int]:
        generator = torch_generator(seed)
        while True:
            totals = -1 - 2 * torch.rand(N, generator=generator)
            log_probs = (1.5 * torch.randn(N, V, generator=generator)).log_softmax(-1)
            best = _candidates(totals, log_probs).flatten().sort(descending=True).values[: K + 1]
            if best.diff().abs().min() > 1e-3:
                return totals, log_probs, K

    return Case(name, make)


CASES = (
    _case("three hypotheses", 3, 3, 5),
    _case("a single hypothesis, as at the first step", 1, 3, 7),
    _case("two hypotheses and more words", 2, 2, 11),
    _case("one hypothesis fewer than are to be kept", 4, 5, 7),
    _case("a beam of 1, which is greedy search", 1, 1, 5),
    _case("more to keep than there are words", 6, 4, 3),
    _case("all candidates are kept", 2, 6, 3),
)


def _best(scores, K):
    values, places = scores.flatten().topk(K)
    return values, places // scores.shape[1], places % scores.shape[1]


@mistake(
    "each hypothesis continued by itself",
    "You continue each hypothesis with its own best word. All candidates must compete with each other: the "
    "best two may both come from one parent, and a weak hypothesis may die out. Your beam is several greedy "
    "searches side by side.",
)
def _one_word_each(totals, log_probs, K):
    values, tokens = _candidates(totals, log_probs).max(dim=1)
    values, parents = values.sort(descending=True)
    return values, parents, tokens[parents]


@_one_word_each.variant
def _one_word_each_unsorted(totals, log_probs, K):
    values, tokens = _candidates(totals, log_probs).max(dim=1)
    return values, torch.arange(len(totals)), tokens


@mistake(
    "parents and tokens exchanged",
    "You have exchanged parents and tokens. The candidates of the first hypothesis are the first V places "
    "of the flat tensor: the place divided by V, without the rest, is the parent; the rest is the word.",
)
def _exchanged(totals, log_probs, K):
    values, parents, tokens = beam_step(totals, log_probs, K)
    return values, tokens, parents


@mistake(
    "divided by the number of hypotheses",
    "You divide the place by K or N. After `flatten` of (N, V) a row is V long, so parent and word come "
    "from dividing by V.",
)
def _divided_by_K(totals, log_probs, K):
    values, places = _candidates(totals, log_probs).flatten().topk(K)
    return values, places // K, places % K


@_divided_by_K.variant
def _divided_by_N(totals, log_probs, K):
    values, places = _candidates(totals, log_probs).flatten().topk(K)
    return values, places // len(totals), places % len(totals)


@mistake(
    "places taken for tokens",
    "Your tokens are places in the flat tensor of N * V candidates. A word of any hypothesis but the first "
    "lies beyond the vocabulary there. The token is what is left when the place is divided by V.",
)
def _places_as_tokens(totals, log_probs, K):
    values, places = _candidates(totals, log_probs).flatten().topk(K)
    return values, places // log_probs.shape[1], places


@mistake(
    "probabilities added",
    "You add probabilities. Those of a word and of what came before it are multiplied, and a product of "
    "probabilities is a sum of their logarithms: add the log-probabilities as they are, without `exp`.",
)
def _probabilities_added(totals, log_probs, K):
    return _best(totals.unsqueeze(1) + log_probs.exp(), K)


@_probabilities_added.variant
def _both_as_probabilities_added(totals, log_probs, K):
    return _best(totals.exp().unsqueeze(1) + log_probs.exp(), K)


@mistake(
    "probabilities returned",
    "You have the right candidates, but return probabilities. They shrink with every word, and after a long "
    "sentence floating point makes them 0, all alike. Stay with the logarithms.",
)
def _as_probabilities(totals, log_probs, K):
    return _best(_candidates(totals, log_probs).exp(), K)


@mistake(
    "log-probabilities multiplied",
    "You multiply log-probabilities. Both are negative, so the product is large where both are improbable. "
    "Probabilities are multiplied; their logarithms are added.",
)
def _multiplied(totals, log_probs, K):
    return _best(totals.unsqueeze(1) * log_probs, K)


@mistake(
    "totals forgotten",
    "You choose by the last word alone. A hypothesis that was improbable so far gets in with one good word. "
    "What counts is the whole: the total so far plus the log-probability of the word.",
)
def _totals_forgotten(totals, log_probs, K):
    return _best(log_probs, K)


@_totals_forgotten.variant
def _totals_added_too_late(totals, log_probs, K):
    values, parents, tokens = _best(log_probs, K)
    return values + totals[parents], parents, tokens


@mistake(
    "last word alone returned",
    "You have the right candidates, but your totals are the log-probabilities of the last words. The next "
    "step adds to what you return, so it must be the whole sum.",
)
def _last_word_alone_returned(totals, log_probs, K):
    _, parents, tokens = beam_step(totals, log_probs, K)
    return log_probs[parents, tokens], parents, tokens


@mistake(
    "least probable kept",
    "You keep the smallest sums. A log-probability is negative, and the best one is the one closest to 0: "
    "the largest.",
)
def _smallest(totals, log_probs, K):
    values, places = _candidates(totals, log_probs).flatten().topk(K, largest=False)
    return values, places // log_probs.shape[1], places % log_probs.shape[1]


@mistake(
    "worst first",
    "You keep the right hypotheses, but the worst of them comes first. `sort` is ascending unless told "
    "otherwise.",
)
def _worst_first(totals, log_probs, K):
    return tuple(output.flip(0) for output in beam_step(totals, log_probs, K))


@mistake(
    "only the best parent continued",
    "You continue only the hypothesis that is best so far. The others were kept for the case that they "
    "overtake it, and here some do.",
)
def _best_parent_alone(totals, log_probs, K):
    best = totals.argmax()
    values, tokens = (totals[best] + log_probs[best]).topk(K)
    return values, torch.full_like(tokens, int(best)), tokens


@mistake(
    "too few candidates",
    "You take the K best words of each hypothesis before you compare. Where K is above the number of words "
    "`topk(K)` raises an error. All N * V candidates can be compared at once.",
)
def _best_of_each_parent_first(totals, log_probs, K):
    values, words = _candidates(totals, log_probs).topk(K, dim=1)
    values, places = values.flatten().topk(K)
    return values, places // K, words.flatten()[places]


@mistake(
    "each word once",
    "You keep only the best parent of each word. Two hypotheses that end in the same word are still two: "
    "the decoder's state knows all words before, not only the last. (Where the last word is all that "
    "counts, as in Viterbi's algorithm, you would be right.)",
)
def _each_word_once(totals, log_probs, K):
    values, parents = _candidates(totals, log_probs).max(dim=0)
    values, tokens = values.topk(K)
    return values, parents[tokens], tokens


@mistake(
    "normalized again",
    "You make the candidates sum to 1. The sum is right as it stands: it is the log-probability of the "
    "whole hypothesis, and only so can it be compared with one that ended earlier.",
)
def _normalized_again(totals, log_probs, K):
    candidates = _candidates(totals, log_probs)
    return _best(candidates - candidates.logsumexp(dim=(0, 1)), K)


@mistake(
    "averaged",
    "You take the mean of the total and the new word. The order is right in this step, but at the next one "
    "the first words would count half, then a quarter. Totals are sums; lengths are corrected for when a "
    "hypothesis is finished.",
)
def _averaged(totals, log_probs, K):
    return _best(_candidates(totals, log_probs) / 2, K)


# A search has no gradient, so the checker must not ask for one.
EXERCISE = Exercise.from_task(TASK, torch.no_grad()(beam_step), CASES, mistakes_in(globals()))
