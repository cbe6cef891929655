"""Exercise 4.2: sources in the opposite order."""

import torch

from s2s_course.exercises.engine.exercise import Case, Exercise, Task
from s2s_course.exercises.engine.misconception import mistake, mistakes_in
from s2s_course.seeds import torch_generator

TASK = Task(
    id="4.2",
    title="Reading backward",
    goal="Reverse the words of each source in a padded batch, so that the encoder reads the first word "
    "last. `<eos>` stays behind the words, and padding behind `<eos>`.",
    points=2,
    difficulty="medium",
    minutes=10,
    outputs=("turned",),
    hints=(
        "Write down one row with two words, <eos> and two paddings, before and after. How many tokens of it "
        "move, and how do you get this number from src_mask?",
        "The number of real tokens in a row includes <eos>, which must not move, so there is one word fewer. "
        "Go row by row: turn this front part over, and leave the rest of the row as it was in a copy of src.",
        "`src_mask.sum(dim=1)` gives the lengths with <eos>. Start from `src.clone()`. In each row, the "
        "first `length - 1` tokens become `src[row, : length - 1].flip(0)`.",
    ),
)


def reverse_source(src: torch.Tensor, src_mask: torch.Tensor) -> torch.Tensor:
    """The words of each source from the last to the first.

    src:      (B, S) int64; a row holds the words of a sentence, <eos>, and padding
    src_mask: (B, S) bool, True = real token, False = padding; <eos> is real
    returns:  (B, S) int64, a new tensor: the words of each row reversed, <eos> and
              padding where they were
    """
    turned = src.clone()
    for row, length in enumerate(src_mask.sum(dim=1)):
        words = length - 1  # <eos> is the last of the real tokens
        turned[row, :words] = src[row, :words].flip(0)
    return turned


def _case(name: str, words: tuple[int, ...], S: int) -> Case:
    """Sentences of so many ``words``, all different; 0 is a word of the first one, and padding is not 0."""

    def make(seed: int) -> tuple[torch.Tensor, torch.Tensor]:
        generator = torch_generator(seed)
        eos_index, pad_index = (torch.randperm(7, generator=generator)[:2] + 13).tolist()
        src = torch.full((len(words), S), pad_index)
        for row, count in zip(src, words, strict=True):
            row[:count] = torch.randperm(12, generator=generator)[:count] + 1
            row[count] = eos_index
        src[0, torch.randint(words[0], (), generator=generator)] = 0
        return src, torch.arange(S) <= torch.tensor(words).unsqueeze(1)

    return Case(name, make)


CASES = (
    _case("a padded sentence below a longer one", (4, 2), 5),
    _case("sentences of many lengths, one of them empty", (3, 5, 0, 2, 7), 8),
    _case("padding behind every sentence", (2, 4, 3), 7),
    _case("sentences of equal length", (3, 3), 4),
    _case("more sentences than columns", (2, 0, 3, 1, 2), 4),
)


def _turned(src, starts, stops):
    """Each row reversed between its own two places."""
    rows = []
    for row, start, stop in zip(src, starts.tolist(), stops.clamp(min=starts).tolist(), strict=True):
        rows.append(torch.cat([row[:start], row[start:stop].flip(0), row[stop:]]))
    return torch.stack(rows)


def _turned_up_to(src, stops):
    return _turned(src, torch.zeros_like(stops), stops)


@mistake(
    "padding first",
    "You reverse whole rows, so padding comes to the front. The encoder would begin with it, and src_mask "
    "would no longer fit: it says that the real tokens stand first. Turn round the words of each row and "
    "leave the rest.",
)
def _whole_row_flipped(src, src_mask):
    return src.flip(1)


@_whole_row_flipped.variant
def _padding_brought_to_the_front(src, src_mask):
    rows = []
    for row, length in zip(src, src_mask.sum(1).tolist(), strict=True):
        rows.append(torch.cat([row[length:], row[: length - 1].flip(0), row[length - 1 : length]]))
    return torch.stack(rows)


@mistake(
    "<eos> turned too",
    "You reverse all real tokens, and the last of them is <eos>: it now stands in front of the sentence. It "
    "is not a word but the sign that the sentence is over, so it stays behind the words. There is one word "
    "fewer than real tokens.",
)
def _eos_turned_too(src, src_mask):
    return _turned_up_to(src, src_mask.sum(1))


@mistake(
    "<eos> expected in the last column",
    "You reverse all columns but the last. That is right where a row has no padding; elsewhere <eos> stands "
    "further left, and padding gets in between. Each row has its own length, `src_mask.sum(dim=1)`.",
)
def _last_column_is_eos(src, src_mask):
    return torch.cat([src[:, :-1].flip(1), src[:, -1:]], dim=1)


@mistake(
    "one length for all rows",
    "You use one length, of the longest or of the first row, for all rows. In a shorter row <eos> and "
    "padding are reversed with the words. Each row needs its own length.",
)
def _longest_for_all(src, src_mask):
    lengths = src_mask.sum(1)
    return _turned_up_to(src, torch.full_like(lengths, int(lengths.max()) - 1))


@_longest_for_all.variant
def _first_for_all(src, src_mask):
    lengths = src_mask.sum(1)
    return _turned_up_to(src, torch.full_like(lengths, int(lengths[0]) - 1))


@mistake(
    "flipped over the batch",
    "You flip the axis of the batch, so the sentences change places and no longer stand beside their "
    "translations. Time is the second axis here, since the batch comes first.",
)
def _over_the_batch(src, src_mask):
    return src.flip(0)


@_over_the_batch.variant
def _over_both_axes(src, src_mask):
    return src.flip(0, 1)


@mistake(
    "nothing turned",
    "Your result is the source as it came. `flip` leaves its tensor as it is and returns a new one: keep "
    "what it returns. A loop that exchanges two words must stop in the middle, or each pair is exchanged "
    "twice.",
)
def _unchanged(src, src_mask):
    return src.clone()


@mistake(
    "last word left in its place",
    "You reverse one word too few: the last one stays in front of <eos>. Of `length` real tokens all but "
    "one are words, and a slice up to `length - 1` holds them all.",
)
def _last_word_left(src, src_mask):
    return _turned_up_to(src, src_mask.sum(1) - 2)


@mistake(
    "first word left in its place",
    "You leave the first token where it is, as if it were <bos>. A source has none: the decoder needs a "
    "token to begin with, the encoder does not. The words start at 0.",
)
def _first_word_left(src, src_mask):
    lengths = src_mask.sum(1)
    return _turned(src, torch.ones_like(lengths), lengths - 1)


@mistake(
    "read from what was just written",
    "You read from the same tensor that you write to. By the middle of the sentence the first words are "
    "overwritten, so the second half repeats the first in a mirror. Read from src, and write to a copy.",
)
def _overwritten(src, src_mask):
    turned = src.clone()
    for row, length in enumerate(src_mask.sum(1).tolist()):
        for s in range(length - 1):
            turned[row, s] = turned[row, length - 2 - s]
    return turned


@mistake(
    "mask inverted",
    "You count the padding, not the real tokens. In src_mask True means a real token.",
)
def _mask_inverted(src, src_mask):
    return reverse_source(src, ~src_mask)


@_mask_inverted.variant
def _padding_counted(src, src_mask):
    return _turned_up_to(src, (~src_mask).sum(1))


@mistake(
    "padding taken to be index 0",
    "You take the tokens with index 0 for padding. Here 0 is an ordinary word and padding has another "
    "index: what is real is said by src_mask alone.",
)
def _padding_is_zero(src, src_mask):
    return reverse_source(src, src != 0)


EXERCISE = Exercise.from_task(TASK, reverse_source, CASES, mistakes_in(globals()))
