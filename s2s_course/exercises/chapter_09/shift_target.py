"""Exercise 9.2: find the bug in a batch whose target is not shifted."""

import torch

from s2s_course.exercises.engine.exercise import Case, Exercise, Task
from s2s_course.exercises.engine.misconception import mistake, mistakes_in
from s2s_course.seeds import torch_generator

TASK = Task(
    id="9.2",
    title="Find the bug: a loss that is too good",
    goal="This makes from a padded batch what a Transformer has to read and what it has to predict. In "
    "training its loss falls to nearly 0 within minutes, on new sentences too; yet when it "
    "translates, it writes nonsense. The causal mask is right. Find out why, and repair it.",
    points=2,
    difficulty="medium",
    minutes=15,
    outputs=("tgt_in", "tgt_out"),
    hints=(
        "Write one sentence of two words in a batch of four columns, and below each other what is read and "
        "what is asked for. Which token of the one is never in the other? Where does `<eos>` stand?",
        "Both have T + 1 columns. tgt_in is tgt, moved one place to the right. In tgt_out the words stay "
        "where they are, and <eos> follows the last of them: at a column that differs from row to row, not "
        "at the end of the batch. Behind it is padding.",
        "Join a column of bos_index in front of tgt for tgt_in, and a column of pad_index behind it for "
        "tgt_out. Then set one place in each row of tgt_out: row number and length give it.",
    ),
)


def shift_target(
    tgt: torch.Tensor,
    lengths: torch.Tensor,
    bos_index: int,
    eos_index: int,
    pad_index: int,
):
    """What the decoder reads and what it is asked for, of a batch already padded.

    tgt:     (B, T) int64, the words of each sentence, then padding; no <bos>, no <eos>
    lengths: (B,) int64, the number of words of each sentence, from 0 to T
    returns: tgt_in and tgt_out, each (B, T + 1) int64 and padded behind with pad_index.
             What tgt_in has at a position, tgt_out has one position earlier.
    """
    B = len(tgt)
    tgt_in = torch.cat([torch.full((B, 1), bos_index), tgt], dim=1)
    tgt_out = torch.cat([tgt, torch.full((B, 1), pad_index)], dim=1)
    tgt_out[torch.arange(B), lengths] = eos_index
    return tgt_in, tgt_out


def _case(name: str, lengths: tuple[int, ...], T: int) -> Case:
    """Sentences of ``lengths``; index 0 is the first word of the first one that has words."""

    def make(seed: int) -> tuple[torch.Tensor, torch.Tensor, int, int, int]:
        generator = torch_generator(seed)
        bos_index, eos_index, pad_index = (torch.randperm(9, generator=generator)[:3] + 1).tolist()
        tgt = torch.randint(10, 100, (len(lengths), T), generator=generator)
        numbers = torch.tensor(lengths)
        tgt[numbers.nonzero()[0], 0] = 0
        tgt = tgt.masked_fill(torch.arange(T) >= numbers.unsqueeze(1), pad_index)
        return tgt, numbers, bos_index, eos_index, pad_index

    return Case(name, make)


CASES = (
    _case("a padded sentence below a longer one", (4, 2), 4),
    _case("five sentences, one of them empty", (3, 0, 5, 1, 2), 5),
    _case("padding behind every sentence", (2, 3, 1), 7),
    _case("sentences of equal length", (3, 3), 3),
    _case("more sentences than columns", (1, 2, 0, 2, 1), 2),
)


def _column(tgt, index):
    return torch.full((len(tgt), 1), index)


@mistake(
    "the bug is still there",
    "The bug is still there: where the decoder is asked for a word, it reads this word. A causal mask lets "
    "each position see itself, so the model learns to copy, and it has nothing to copy when it translates. "
    "tgt_in begins with <bos>, tgt_out with the first word: so what is read is one position behind what is "
    "asked for.",
)
def unshifted_target(tgt, lengths, bos_index, eos_index, pad_index):
    """A loss that falls to nearly 0, and a model that cannot translate."""
    B = len(tgt)
    tgt_in = torch.cat([tgt, torch.full((B, 1), pad_index)], dim=1)
    tgt_in[torch.arange(B), lengths] = eos_index
    tgt_out = tgt_in.clone()
    return tgt_in, tgt_out


@unshifted_target.variant
def _words_read_as_they_are(tgt, lengths, bos_index, eos_index, pad_index):
    _, tgt_out = shift_target(tgt, lengths, bos_index, eos_index, pad_index)
    return torch.cat([tgt, _column(tgt, pad_index)], 1), tgt_out


@unshifted_target.variant
def _both_begin_with_bos(tgt, lengths, bos_index, eos_index, pad_index):
    tgt_in, _ = shift_target(tgt, lengths, bos_index, eos_index, pad_index)
    return tgt_in, tgt_in.clone()


@unshifted_target.variant
def _bos_in_place_of_the_first_word(tgt, lengths, bos_index, eos_index, pad_index):
    _, tgt_out = shift_target(tgt, lengths, bos_index, eos_index, pad_index)
    return torch.cat([_column(tgt, bos_index), tgt_out[:, 1:]], 1), tgt_out


@mistake(
    "shifted the wrong way",
    "You shift the wrong way: the decoder reads the words and is asked for the word before each. It has "
    "read that one already. It must read <bos> and be asked for the first word.",
)
def _exchanged(tgt, lengths, bos_index, eos_index, pad_index):
    return shift_target(tgt, lengths, bos_index, eos_index, pad_index)[::-1]


@mistake(
    "<eos> behind the padding",
    "You put <eos> into the last column. In a shorter sentence padding comes between, so after its last "
    "word the model is asked for padding, which does not count in the loss, and it never learns to stop. "
    "<eos> belongs right behind the last word: lengths says where.",
)
def _eos_behind_the_padding(tgt, lengths, bos_index, eos_index, pad_index):
    tgt_in, _ = shift_target(tgt, lengths, bos_index, eos_index, pad_index)
    return tgt_in, torch.cat([tgt, _column(tgt, eos_index)], 1)


@mistake(
    "<eos> in place of padding",
    "You fill everything behind the words with <eos>. Only the first <eos> is a target; the others would "
    "count in the loss as real tokens, more of them the more a sentence is padded.",
)
def _eos_for_padding_too(tgt, lengths, bos_index, eos_index, pad_index):
    tgt_in, tgt_out = shift_target(tgt, lengths, bos_index, eos_index, pad_index)
    behind = torch.arange(tgt_out.shape[1]) >= lengths.unsqueeze(1)
    return tgt_in, tgt_out.masked_fill(behind, eos_index)


@mistake(
    "<eos> written into every row",
    "You write <eos> into the columns of all lengths in every row, and so over words. `tgt_out[:, lengths]` "
    "takes these columns for each row; to take one place in each row, give the rows as numbers too, as in "
    "`tgt_out[torch.arange(B), lengths]`.",
)
def _eos_in_every_column(tgt, lengths, bos_index, eos_index, pad_index):
    tgt_in, _ = shift_target(tgt, lengths, bos_index, eos_index, pad_index)
    tgt_out = torch.cat([tgt, _column(tgt, pad_index)], 1)
    tgt_out[:, lengths] = eos_index
    return tgt_in, tgt_out


@mistake(
    "<eos> over the last word",
    "You write <eos> over the last word, one place too early. Counted from 0, the last word of a sentence "
    "stands at `lengths - 1`, and the place behind it is `lengths`.",
)
def _eos_for_the_last_word(tgt, lengths, bos_index, eos_index, pad_index):
    tgt_in, _ = shift_target(tgt, lengths, bos_index, eos_index, pad_index)
    tgt_out = torch.cat([tgt, _column(tgt, pad_index)], 1)
    tgt_out[torch.arange(len(tgt)), lengths - 1] = eos_index
    return tgt_in, tgt_out


@mistake(
    "no <eos>",
    "Your tgt_out has no <eos>. After the last word the model is asked for nothing, so it never learns to "
    "stop.",
)
def _no_eos(tgt, lengths, bos_index, eos_index, pad_index):
    tgt_in, _ = shift_target(tgt, lengths, bos_index, eos_index, pad_index)
    return tgt_in, torch.cat([tgt, _column(tgt, pad_index)], 1)


@mistake(
    "<eos> is read",
    "Your tgt_in holds <eos>. Cutting off the last column takes it from the longest sentences only. When "
    "<eos> has been written the sentence is over, and nothing reads it: tgt_in is <bos>, the words, and "
    "padding.",
)
def _eos_read(tgt, lengths, bos_index, eos_index, pad_index):
    _, tgt_out = shift_target(tgt, lengths, bos_index, eos_index, pad_index)
    return torch.cat([_column(tgt, bos_index), tgt_out[:, :-1]], 1), tgt_out


@_eos_read.variant
def _eos_read_in_the_longest_too(tgt, lengths, bos_index, eos_index, pad_index):
    _, tgt_out = shift_target(tgt, lengths, bos_index, eos_index, pad_index)
    return torch.cat([_column(tgt, bos_index), tgt_out], 1), tgt_out


@mistake(
    "<eos> instead of <bos>",
    "Your tgt_in begins with <eos>. Some libraries do so, and it can work. Here the first token that the "
    "decoder reads is <bos>.",
)
def _eos_read_instead_of_bos(tgt, lengths, bos_index, eos_index, pad_index):
    return shift_target(tgt, lengths, eos_index, eos_index, pad_index)


@mistake(
    "shifted in a circle",
    "You shift in a circle: what falls out at the end comes back at the front, so tgt_in begins with "
    "padding, <eos> or a word. When the model translates, it begins with <bos>, which it would never have "
    "read.",
)
def _rolled(tgt, lengths, bos_index, eos_index, pad_index):
    _, tgt_out = shift_target(tgt, lengths, bos_index, eos_index, pad_index)
    return tgt_out.roll(1, dims=1), tgt_out


@_rolled.variant
def _rolled_words(tgt, lengths, bos_index, eos_index, pad_index):
    _, tgt_out = shift_target(tgt, lengths, bos_index, eos_index, pad_index)
    return torch.cat([tgt, _column(tgt, pad_index)], 1).roll(1, dims=1), tgt_out


@mistake(
    "shifted by two",
    "You shift twice: the model is asked for the word after the next one, and never for the first. tgt_out "
    "begins with the first word, tgt_in with <bos>; that is already the whole shift.",
)
def _shifted_by_two(tgt, lengths, bos_index, eos_index, pad_index):
    tgt_in, tgt_out = shift_target(tgt, lengths, bos_index, eos_index, pad_index)
    return tgt_in, torch.cat([tgt_out[:, 1:], _column(tgt, pad_index)], 1)


@mistake(
    "padded with 0",
    "The column that you add holds 0 where it should hold pad_index. Here 0 is an ordinary word, and "
    "`torch.zeros` and `F.pad` fill with it.",
)
def _padded_with_zero(tgt, lengths, bos_index, eos_index, pad_index):
    tgt_in, _ = shift_target(tgt, lengths, bos_index, eos_index, pad_index)
    _, tgt_out = shift_target(tgt, lengths, bos_index, eos_index, 0)
    return tgt_in, tgt_out


EXERCISE = Exercise.from_task(
    TASK, shift_target, CASES, mistakes_in(globals()), broken=(unshifted_target.wrong,)
)
