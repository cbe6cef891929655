"""Exercise 10.3: what an encoder–decoder learns from when it fills in spans."""

import torch

from s2s_course.exercises.engine.exercise import Case, Exercise, Task
from s2s_course.exercises.engine.misconception import mistake, mistakes_in
from s2s_course.seeds import python_random

TASK = Task(
    id="10.3",
    title="Span corruption",
    goal="T5 learns from plain text: a few spans of words are cut out, and the decoder has to write them. "
    "Make source and target from a text and the spans that are cut out. The text `a b c d e` with the span "
    "of `b c` gives the source `a <X> d e` and the target `<X> b c <Y>`.",
    points=2,
    difficulty="medium",
    minutes=20,
    outputs=("src", "tgt"),
    hints=(
        "Go through the spans in order and remember how far you have read. What goes into src, and what into "
        "tgt, at each of them? And what is left at the end?",
        "Keep one number: how far the text has been dealt with. At a gap src gets the words from there up to "
        "the gap, and one sentinel; tgt gets the same sentinel, then the words of the gap. Then the number "
        "moves to the end of the gap. Behind the last gap src may need more words, and tgt one more "
        "sentinel.",
        "For a span with its sentinel, src gets `tokens[read:start]` and the sentinel; tgt gets the sentinel "
        "and `tokens[start:end]`; then `read = end`. At last src gets `tokens[read:]`, and tgt the sentinel "
        "that is left.",
    ),
)


def span_corruption(
    tokens: list[int],
    spans: list[tuple[int, int]],
    sentinels: list[int],
):
    """A source with gaps, and a target that fills them (T5; Raffel et al. 2020).

    tokens:    the words of a text
    spans:     K pairs (start, end), tokens[start:end] is a gap; in order, none empty,
               and at least one word between two of them; K may be 0
    sentinels: K + 1 special tokens, one for each gap and one for the end
    returns:   src and tgt, int64 tensors. In src each gap is one sentinel; tgt has
               each sentinel with the words of its gap behind it, and the last sentinel.
    """
    src, tgt, read = [], [], 0
    for k, (start, end) in enumerate(spans):
        src += [*tokens[read:start], sentinels[k]]
        tgt += [sentinels[k], *tokens[start:end]]
        read = end
    src += tokens[read:]
    tgt += [sentinels[len(spans)]]
    return torch.tensor(src), torch.tensor(tgt)


def _case(name: str, kept: tuple[int, ...], gaps: tuple[int, ...]) -> Case:
    """Words in turns: so many kept, so many hidden, and so on; all words differ."""

    def make(seed: int) -> tuple[list[int], list[tuple[int, int]], list[int]]:
        random = python_random(seed)
        spans, place = [], 0
        for keep, gap in zip(kept, gaps, strict=False):
            spans.append((place + keep, place + keep + gap))
            place += keep + gap
        tokens = random.sample(range(200), k=sum(kept) + sum(gaps))
        return tokens, spans, random.sample(range(200, 300), k=len(gaps) + 1)

    return Case(name, make)


CASES = (
    _case("two gaps", (2, 3, 2), (2, 1)),
    _case("gaps at the beginning and at the end", (0, 2, 1, 0), (3, 2, 2)),
    _case("a single gap of a single word", (3, 4), (1,)),
    _case("many gaps", (1, 1, 3, 2, 1, 4), (1, 3, 2, 1, 5)),
    _case("no gap at all", (5,), ()),
    _case("the whole text is one gap", (0, 0), (4,)),
)


def _pair(src, tgt):
    return torch.tensor(src), torch.tensor(tgt)


def _with_gaps(tokens, spans, fill):
    """``tokens`` where ``fill(number, words)`` stands for the words of each span."""
    result, read = [], 0
    for number, (start, end) in enumerate(spans):
        result += [*tokens[read:start], *fill(number, tokens[start:end])]
        read = end
    return result + tokens[read:]


def _filled(tokens, spans, fill):
    return [token for k, (start, end) in enumerate(spans) for token in fill(k, tokens[start:end])]


def _src(tokens, spans, sentinels):
    return _with_gaps(tokens, spans, lambda k, words: [sentinels[k]])


def _tgt(tokens, spans, sentinels):
    return [*_filled(tokens, spans, lambda k, words: [sentinels[k], *words]), sentinels[len(spans)]]


def _named(change):
    """The right answer with other sentinels."""

    def wrong(tokens, spans, sentinels):
        return span_corruption(tokens, spans, change(sentinels))

    return wrong


@mistake(
    "a sentinel for each word",
    "You put a sentinel for each word that is cut out. One sentinel stands for a whole span: so the source "
    "becomes shorter, and the model has to find out how many words are missing.",
)
def _a_sentinel_for_each_word(tokens, spans, sentinels):
    src = _with_gaps(tokens, spans, lambda k, words: [sentinels[k]] * len(words))
    return _pair(src, _tgt(tokens, spans, sentinels))


@_a_sentinel_for_each_word.variant
def _a_sentinel_for_each_word_here_and_there(tokens, spans, sentinels):
    src = _with_gaps(tokens, spans, lambda k, words: [sentinels[k]] * len(words))
    tgt = _filled(tokens, spans, lambda k, words: [t for word in words for t in (sentinels[k], word)])
    return _pair(src, [*tgt, sentinels[len(spans)]])


@mistake(
    "one sentinel for all gaps",
    "All your gaps have the same sentinel, so nobody can tell which words of the target belong to which "
    "gap. Each gap has a sentinel of its own, in the order of the text.",
)
@_named
def _one_sentinel_for_all(sentinels):
    return sentinels[:1] * len(sentinels)


_one_sentinel_for_all.variant(_named(lambda s: [*s[:1] * (len(s) - 1), s[-1]]))
_one_sentinel_for_all.variant(_named(lambda s: [*s[:1] * (len(s) - 1), s[min(1, len(s) - 1)]]))


@mistake(
    "no last sentinel",
    "Your target ends with the words of the last gap. The sentinel that is left over comes behind them: it "
    "says that the last gap is filled.",
)
def _no_last_sentinel(tokens, spans, sentinels):
    return _pair(_src(tokens, spans, sentinels), _tgt(tokens, spans, sentinels)[:-1])


@_no_last_sentinel.variant
def _last_sentinel_cut_off(tokens, spans, sentinels):
    src, tgt = span_corruption(tokens, spans, sentinels)
    return src, tgt[:-1]


@mistake(
    "last sentinel in the source too",
    "Your source ends with the last sentinel as well. In the source a sentinel is a gap, and at its end "
    "none is left.",
)
def _last_sentinel_in_both(tokens, spans, sentinels):
    return _pair([*_src(tokens, spans, sentinels), sentinels[len(spans)]], _tgt(tokens, spans, sentinels))


@mistake(
    "sentinel of the last gap again",
    "Your target ends with the sentinel of the last gap once more, as if that gap came again. There is one "
    "more sentinel than gaps, and it ends the target.",
)
@_named
def _sentinel_of_the_last_gap_again(s):
    return [*s[:-1], s[max(len(s) - 2, 0)]]


@mistake(
    "whole text as the target",
    "Your target is the whole text. That is what BART learns from. T5 writes only what was cut out, and the "
    "much shorter target saves most of the decoder's work.",
)
def _whole_text(tokens, spans, sentinels):
    return _pair(_src(tokens, spans, sentinels), tokens)


@_whole_text.variant
def _whole_text_with_last_sentinel(tokens, spans, sentinels):
    return _pair(_src(tokens, spans, sentinels), [*tokens, sentinels[len(spans)]])


@mistake(
    "words left in the source",
    "Your source still holds the words that are asked for, so the model has only to copy them. The sentinel "
    "takes the place of the span.",
)
def _words_left_in_the_source(tokens, spans, sentinels):
    src = _with_gaps(tokens, spans, lambda k, words: [sentinels[k], *words])
    return _pair(src, _tgt(tokens, spans, sentinels))


@_words_left_in_the_source.variant
def _source_untouched(tokens, spans, sentinels):
    return _pair(tokens, _tgt(tokens, spans, sentinels))


@mistake(
    "gaps left out of the source",
    "You cut the spans out of the source and leave nothing in their places, so the model cannot see where "
    "words are missing. One sentinel stands for each span.",
)
def _gaps_left_out(tokens, spans, sentinels):
    src = _with_gaps(tokens, spans, lambda k, words: [])
    return _pair(src, _tgt(tokens, spans, sentinels))


@mistake(
    "no sentinels in the target",
    "Your target has the words without their sentinels. Where one gap ends and the next one begins could "
    "not be told.",
)
def _words_alone(tokens, spans, sentinels):
    return _pair(_src(tokens, spans, sentinels), _filled(tokens, spans, lambda k, words: words))


@_words_alone.variant
def _words_alone_with_last_sentinel(tokens, spans, sentinels):
    tgt = _filled(tokens, spans, lambda k, words: words)
    return _pair(_src(tokens, spans, sentinels), [*tgt, sentinels[len(spans)]])


@mistake(
    "sentinel behind its words",
    "In your target each sentinel stands behind its words. It comes first: it says which gap is filled now, "
    "before the first word is written.",
)
def _sentinel_behind_its_words(tokens, spans, sentinels):
    tgt = _filled(tokens, spans, lambda k, words: [*words, sentinels[k]])
    return _pair(_src(tokens, spans, sentinels), tgt)


@_sentinel_behind_its_words.variant
def _sentinel_behind_its_words_and_the_last(tokens, spans, sentinels):
    tgt = _filled(tokens, spans, lambda k, words: [*words, sentinels[k]])
    return _pair(_src(tokens, spans, sentinels), [*tgt, sentinels[len(spans)]])


@mistake(
    "end included",
    "You cut out too many words: a span ends before the word at end, as in `tokens[start:end]`, and end is "
    "a position and not a number of words.",
)
def _end_included(tokens, spans, sentinels):
    return span_corruption(tokens, [(start, end + 1) for start, end in spans], sentinels)


@_end_included.variant
def _end_is_a_length(tokens, spans, sentinels):
    return span_corruption(tokens, [(start, start + end) for start, end in spans], sentinels)


@mistake(
    "places slide",
    "You replace spans in a list that becomes shorter, and go on with the old positions. After the first "
    "replacement all words stand further left. Read from tokens and write to a new list, or begin with the "
    "last span.",
)
def _places_slide(tokens, spans, sentinels):
    src, tgt = list(tokens), []
    for (start, end), sentinel in zip(spans, sentinels, strict=False):
        tgt += [sentinel, *src[start:end]]
        src[start:end] = [sentinel]
    return _pair(src, [*tgt, sentinels[len(spans)]])


@mistake("source and target exchanged", "You have exchanged the two: src, the text with gaps, comes first.")
def _exchanged(tokens, spans, sentinels):
    return span_corruption(tokens, spans, sentinels)[::-1]


@mistake("sentinels from the other end", "You begin with the last sentinel. The first gap has the first one.")
@_named
def _sentinels_from_the_end(s):
    return s[::-1]


@mistake(
    "words behind the last gap lost",
    "Your source ends with the last gap. The words behind it belong to the source as well.",
)
def _rest_forgotten(tokens, spans, sentinels):
    src = _src(tokens, spans, sentinels)
    behind = len(tokens) - (spans[-1][1] if spans else 0)
    return _pair(src[: len(src) - behind], _tgt(tokens, spans, sentinels))


EXERCISE = Exercise.from_task(TASK, span_corruption, CASES, mistakes_in(globals()))
