"""Exercise 1.1: what the decoder reads and what it is asked for."""

import torch

from s2s_course.exercises.engine.exercise import Case, Exercise, Task
from s2s_course.exercises.engine.misconception import mistake, mistakes_in
from s2s_course.seeds import python_random

TASK = Task(
    id="1.1",
    title="Teacher forcing",
    goal="Turn a list of target sentences into the decoder's input tgt_in, its desired output tgt_out "
    "and the mask of the tokens that count.",
    points=2,
    difficulty="medium",
    minutes=15,
    outputs=("tgt_in", "tgt_out", "tgt_mask"),
    hints=(
        "Write one sentence, with <bos> before it and <eos> behind it, on paper. Which part of it may "
        "the decoder read, and what must it answer at each position?",
        "Let T be the longest sentence plus 1, and begin with three tensors of shape (B, T): two full of "
        "pad_index, one full of False. Then go through the sentences one by one. How many places of its row "
        "does a sentence of n words fill, in each of the three?",
        "For each sentence tgt_in holds `[bos_index, *sentence]` and tgt_out `[*sentence, eos_index]`, "
        "both of length `len(sentence) + 1`. Fill them into rows of pad_index, and set tgt_mask to True "
        "there.",
    ),
)


def teacher_forcing(
    targets: list[list[int]],
    pad_index: int,
    bos_index: int,
    eos_index: int,
):
    """What the decoder reads, what it is asked for, and where that is real.

    targets: B sentences as lists of token indices, without special tokens; a sentence
             may be empty
    returns: tgt_in, tgt_out (int64) and tgt_mask (bool, True = real token of tgt_out),
             each of shape (B, T) with T = the longest sentence + 1. Rows are padded on
             the right with pad_index. No <eos> in tgt_in, no <bos> in tgt_out.
    """
    B, T = len(targets), 1 + max(len(sentence) for sentence in targets)
    tgt_in = torch.full((B, T), pad_index)
    tgt_out = torch.full((B, T), pad_index)
    tgt_mask = torch.zeros(B, T, dtype=torch.bool)
    for row, sentence in enumerate(targets):
        length = len(sentence) + 1
        tgt_in[row, :length] = torch.tensor([bos_index, *sentence])
        tgt_out[row, :length] = torch.tensor([*sentence, eos_index])
        tgt_mask[row, :length] = True
    return tgt_in, tgt_out, tgt_mask


def _case(name: str, lengths: tuple[int, ...]) -> Case:
    """Sentences of ``lengths``; index 0 is an ordinary word in the first one that has words."""

    def make(seed: int) -> tuple[list[list[int]], int, int, int]:
        random = python_random(seed)
        pad_index, bos_index, eos_index = random.sample(range(1, 30), 3)
        words = [index for index in range(40) if index not in (pad_index, bos_index, eos_index)]
        sentences = [random.choices(words, k=length) for length in lengths]
        for sentence in list(filter(None, sentences))[:1]:
            sentence[0] = 0
        return sentences, pad_index, bos_index, eos_index

    return Case(name, make)


CASES = (
    _case("two sentences of different length", (4, 2)),
    _case("an empty sentence among others", (3, 0, 1)),
    _case("a single sentence", (5,)),
    _case("sentences of equal length", (3, 3)),
    _case("more sentences than columns", (1, 2, 1, 0, 2)),
    _case("nothing but empty sentences", (0, 0)),
)


def _pad(rows: list[list[int]], value: int) -> torch.Tensor:
    T = max(map(len, rows))
    return torch.tensor([[*row, *[value] * (T - len(row))] for row in rows], dtype=torch.int64)


def _mask(rows: list[list[int]]) -> torch.Tensor:
    return _pad([[1] * len(row) for row in rows], 0).bool()


def _from_rows(rows_in: list[list[int]], rows_out: list[list[int]], pad_index: int):
    return _pad(rows_in, pad_index), _pad(rows_out, pad_index), _mask(rows_out)


@mistake(
    "not shifted",
    "Your tgt_in and tgt_out are the same sequence. The decoder then reads the very token that it must "
    "predict, and learns to copy it. tgt_in must be one position behind: it starts with <bos> and ends with "
    "the last word, while tgt_out starts with the first word and ends with <eos>.",
)
def _not_shifted(targets, pad_index, bos_index, eos_index):
    rows = [[*sentence, eos_index] for sentence in targets]
    return _from_rows(rows, rows, pad_index)


@_not_shifted.variant
def _not_shifted_with_bos(targets, pad_index, bos_index, eos_index):
    rows = [[bos_index, *sentence, eos_index] for sentence in targets]
    return _from_rows(rows, rows, pad_index)


@mistake(
    "shifted the wrong way",
    "You have exchanged tgt_in and tgt_out, so the decoder would have to predict the token before the one "
    "it reads. It reads <bos> first and is asked for <eos> last.",
)
def _shifted_the_wrong_way(targets, pad_index, bos_index, eos_index):
    tgt_in, tgt_out, tgt_mask = teacher_forcing(targets, pad_index, bos_index, eos_index)
    return tgt_out, tgt_in, tgt_mask


@mistake(
    "no <eos> in tgt_out",
    "Your tgt_out ends with the last word. Without <eos> as the last target the decoder never learns to "
    "stop.",
)
def _no_eos(targets, pad_index, bos_index, eos_index):
    rows = [[bos_index, *sentence] for sentence in targets]
    return _from_rows([row[:-1] for row in rows], [row[1:] for row in rows], pad_index)


@_no_eos.variant
def _no_eos_but_as_long(targets, pad_index, bos_index, eos_index):
    tgt_in, tgt_out, _ = teacher_forcing(targets, pad_index, bos_index, eos_index)
    tgt_out[tgt_out == eos_index] = pad_index
    return tgt_in, tgt_out, tgt_out != pad_index


@mistake(
    "mask counts the <eos> of tgt_in",
    "Your mask says where tgt_in is not padding, and in the shorter sentences tgt_in still holds <eos>. So "
    "one padded position of tgt_out counts as a real token in each of them. The mask belongs to tgt_out; "
    "and <eos> is never read, only predicted.",
)
def _mask_from_eos_in_tgt_in(targets, pad_index, bos_index, eos_index):
    tgt_in, tgt_out, _ = _eos_in_tgt_in(targets, pad_index, bos_index, eos_index)
    return tgt_in, tgt_out, tgt_in != pad_index


@mistake(
    "<eos> left in tgt_in",
    "Your tgt_in still holds <eos>. If you padded first and cut off the last column afterwards, the cut "
    "took <eos> from the longest sentences, but only padding from the shorter ones. The decoder never reads "
    "<eos>: build tgt_in without it, then pad.",
)
def _eos_in_tgt_in(targets, pad_index, bos_index, eos_index):
    padded = _pad([[bos_index, *sentence, eos_index] for sentence in targets], pad_index)
    _, tgt_out, tgt_mask = teacher_forcing(targets, pad_index, bos_index, eos_index)
    return padded[:, :-1], tgt_out, tgt_mask


@_eos_in_tgt_in.variant
def _eos_in_tgt_in_not_cut(targets, pad_index, bos_index, eos_index):
    padded = _pad([[bos_index, *sentence, eos_index] for sentence in targets], pad_index)
    _, tgt_out, tgt_mask = teacher_forcing(targets, pad_index, bos_index, eos_index)
    return padded, tgt_out, tgt_mask


@mistake(
    "mask leaves out <eos>",
    "Your mask counts the words but not the <eos> of tgt_out. <eos> is a real target: where it does not "
    "count in the loss, the decoder never learns to stop.",
)
def _mask_leaves_out_eos(targets, pad_index, bos_index, eos_index):
    tgt_in, tgt_out, tgt_mask = teacher_forcing(targets, pad_index, bos_index, eos_index)
    return tgt_in, tgt_out, tgt_mask & (tgt_out != eos_index)


@mistake(
    "mask inverted",
    "Your mask is True at padding. In this course, as in `F.scaled_dot_product_attention`, True means a "
    "real token. Only `nn.MultiheadAttention` means it the other way round.",
)
def _mask_inverted(targets, pad_index, bos_index, eos_index):
    tgt_in, tgt_out, tgt_mask = teacher_forcing(targets, pad_index, bos_index, eos_index)
    return tgt_in, tgt_out, ~tgt_mask


@mistake(
    "padded on the left",
    "You pad on the left. The course pads on the right, so that position 0 is <bos> in every row.",
)
def _padded_left(targets, pad_index, bos_index, eos_index):
    backwards = [sentence[::-1] for sentence in targets]
    tgt_out, tgt_in, tgt_mask = teacher_forcing(backwards, pad_index, eos_index, bos_index)
    return tgt_in.flip(1), tgt_out.flip(1), tgt_mask.flip(1)


@mistake(
    "padded with 0",
    "You pad with 0 whatever pad_index is. Here 0 is an ordinary word: `torch.zeros` and `pad_sequence` "
    "without `padding_value` fill with it.",
)
def _padded_with_zero(targets, pad_index, bos_index, eos_index):
    return teacher_forcing(targets, 0, bos_index, eos_index)


@_padded_with_zero.variant
def _padded_with_zero_mask_compares_pad(targets, pad_index, bos_index, eos_index):
    tgt_in, tgt_out, _ = teacher_forcing(targets, 0, bos_index, eos_index)
    return tgt_in, tgt_out, tgt_out != pad_index


@_padded_with_zero.variant
def _padded_with_zero_mask_compares_zero(targets, pad_index, bos_index, eos_index):
    tgt_in, tgt_out, _ = teacher_forcing(targets, 0, bos_index, eos_index)
    return tgt_in, tgt_out, tgt_out != 0


@mistake(
    "padded with <eos>",
    "You pad with <eos>. Some programs use one index for both, but here padding is pad_index: with <eos> "
    "behind <eos> nobody can tell from the row where the sentence ends.",
)
def _padded_with_eos(targets, pad_index, bos_index, eos_index):
    tgt_in, tgt_out, tgt_mask = teacher_forcing(targets, eos_index, bos_index, eos_index)
    return tgt_in, tgt_out, tgt_mask


@_padded_with_eos.variant
def _tgt_out_padded_with_eos(targets, pad_index, bos_index, eos_index):
    tgt_in, tgt_out, tgt_mask = teacher_forcing(targets, pad_index, bos_index, eos_index)
    return tgt_in, tgt_out.masked_fill(~tgt_mask, eos_index), tgt_mask


@_padded_with_eos.variant
def _tgt_in_padded_with_eos(targets, pad_index, bos_index, eos_index):
    tgt_in, tgt_out, tgt_mask = teacher_forcing(targets, pad_index, bos_index, eos_index)
    return tgt_in.masked_fill(~tgt_mask, eos_index), tgt_out, tgt_mask


@_padded_with_eos.variant
def _padded_with_eos_and_everything_counts(targets, pad_index, bos_index, eos_index):
    tgt_in, tgt_out, tgt_mask = teacher_forcing(targets, eos_index, bos_index, eos_index)
    return tgt_in, tgt_out, torch.ones_like(tgt_mask)


@_padded_with_eos.variant
def _padded_with_eos_and_no_eos_counts(targets, pad_index, bos_index, eos_index):
    tgt_in, tgt_out, _ = teacher_forcing(targets, eos_index, bos_index, eos_index)
    return tgt_in, tgt_out, tgt_out != eos_index


@mistake(
    "mask compares with 0",
    "Your mask is True where tgt_out is not 0. Here 0 is an ordinary word, and padding is pad_index.",
)
def _mask_compares_zero(targets, pad_index, bos_index, eos_index):
    tgt_in, tgt_out, _ = teacher_forcing(targets, pad_index, bos_index, eos_index)
    return tgt_in, tgt_out, tgt_out != 0


EXERCISE = Exercise.from_task(TASK, teacher_forcing, CASES, mistakes_in(globals()))
