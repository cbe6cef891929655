"""Questions on batches and BLEU. tests/exercises/chapter_01/test_quiz.py computes their numbers."""

from s2s_course.widgets.quiz import Choice, Question

WHEN_TO_STOP = Question(
    "In which of these tasks must the model itself decide when to stop?",
    (
        Choice(
            "Give each word of a sentence its part of speech.",
            right=False,
            why="That is aligned labeling: one output for each word, in the same order. The input says how "
            "many there are.",
        ),
        Choice(
            "Say for each 10 ms of a recording whether somebody speaks.",
            right=False,
            why="A long output, but again one for each step of the input. Its length is known before "
            "anything is written.",
        ),
        Choice(
            "Summarize an article.",
            right=True,
            why="Nothing in the article says how long the summary is. The model writes `<eos>` when it is "
            "done, like any other token, and has to learn when.",
        ),
        Choice(
            "Say whether a review is good or bad.",
            right=False,
            why="The length of the input varies, that of the output does not: it is one label. Only what "
            "goes in is a sequence.",
        ),
    ),
)

PLACES = Question(
    "Three sources of 4, 7 and 2 words are collated to a batch. Each gets an `<eos>`. How many places has "
    "`src`, and at how many is `src_mask` True?",
    (
        Choice(
            "24 places, 16 True",
            right=True,
            why="With `<eos>` the rows have 5, 8 and 3 tokens. All are filled up to the longest: 3 · 8 = 24 "
            "places, of which 5 + 8 + 3 = 16 are real.",
        ),
        Choice(
            "24 places, 13 True",
            right=False,
            why="13 are the words alone. `<eos>` is a real token: in a target it must be learned, so a mask "
            "that leaves it out would train a model that never stops.",
        ),
        Choice(
            "21 places, 13 True",
            right=False,
            why="That forgets `<eos>`. Each row is one token longer than its sentence, the longest too.",
        ),
        Choice(
            "16 places, all True",
            right=False,
            why="A tensor is a rectangle: its rows are equally long. What is missing in the shorter ones is "
            "filled with `<pad>`, and the mask says where.",
        ),
    ),
)

OTHER_MASKS = Question(
    "`nn.MultiheadAttention` takes a `key_padding_mask` that is True where a key is to be left out. Somebody "
    "passes `src_mask` of this course as it is, for a batch in which one sentence has no padding. What "
    "happens?",
    (
        Choice(
            "An error, since the mask is of the wrong kind.",
            right=False,
            why="Both are bool and of the same shape, so nothing can be noticed. That is what makes this "
            "mistake a classic.",
        ),
        Choice(
            "Nothing: a mask is a mask.",
            right=False,
            why="Libraries disagree on what True means. Here True means that a position counts; there, that "
            "it does not. Between the two stands a `~`.",
        ),
        Choice(
            "The padding is looked at too, as if there were no mask.",
            right=False,
            why="That is what a forgotten mask does. A mask with its meaning turned around lets attention "
            "see the padding *only*, which is worse.",
        ),
        Choice(
            "Padded sentences attend to their padding alone, and the one without padding gets NaN.",
            right=True,
            why="What is real is left out, what is padding is kept. Where there is none, the softmax goes "
            "over nothing, and 0 divided by 0 is NaN.",
        ),
    ),
)

WHAT_IS_READ = Question(
    "Training with teacher forcing. The right answer is `le chat noir dort .`, and at the third place the "
    "model finds `rouge` likeliest. What does it read before it writes the fourth?",
    (
        Choice(
            "`rouge`, what it wrote itself.",
            right=False,
            why="So it is when the model translates and there is no answer to read from. In training its "
            "past is the true one. The gap between the two is called exposure bias.",
        ),
        Choice(
            "`noir`, the right word.",
            right=True,
            why="The decoder reads `tgt_in`, which is known beforehand. That is why all positions can be "
            "trained at once, and why it never reads a mistake of its own.",
        ),
        Choice(
            "`<unk>`, since the word was wrong.",
            right=False,
            why="`<unk>` stands for words outside of the vocabulary. Whether a guess was right changes the "
            "loss and not what is read next.",
        ),
        Choice(
            "Nothing: training goes on with the next sentence.",
            right=False,
            why="Each position has its own loss, whatever happened at the others. A wrong word at the third "
            "place does not spare the fourth.",
        ),
    ),
)

CLIPPED = Question(
    "The reference is `le chat noir dort .`, the output `le le le le le`. How many of its single words "
    "match, as BLEU counts?",
    (
        Choice(
            "1 of 5",
            right=True,
            why="A sequence counts at most as often as the reference has it. One `le` matches, four are "
            "clipped; they still stand below the line.",
        ),
        Choice(
            "5 of 5",
            right=False,
            why="Each of them occurs in the reference, but the reference has one `le`. Without clipping the "
            "most frequent word, often enough, would be a perfect translation by single words.",
        ),
        Choice(
            "1 of 1",
            right=False,
            why="Only the count of matches is clipped. What was written too often stays in the number that "
            "it is divided by, or repeating would cost nothing.",
        ),
        Choice(
            "0 of 5, since the words do not stand where they should",
            right=False,
            why="BLEU does not ask where a sequence stands. Order matters only inside of a sequence, by its "
            "runs of two, three and four words.",
        ),
    ),
)

TOO_SHORT = Question(
    "The reference is `la petite fille mange la pomme rouge .`, the output its first half, `la petite fille "
    "mange`. All its sequences match. What is its BLEU?",
    (
        Choice(
            "100, since nothing in it is wrong",
            right=False,
            why="The four shares are 1, but they only look at what was written. For what is missing there is "
            "the brevity penalty.",
        ),
        Choice(
            "50, since half of the words are there",
            right=False,
            why="BLEU has no such share: it does not count how much of the reference was found. It punishes "
            "shortness by an exponential, exp(1 − r/c).",
        ),
        Choice(
            "0, since the sentence has no end",
            right=False,
            why="No word is asked for in particular. A score of 0 needs an output without four words in a "
            "row, or without a single match.",
        ),
        Choice(
            "36.8",
            right=True,
            why="With r = 8 and c = 4 the penalty is exp(1 − 8/4) = exp(−1) ≈ 0.368, and the mean of the "
            "four shares is 1.",
        ),
    ),
)

QUESTIONS = (WHEN_TO_STOP, PLACES, OTHER_MASKS, WHAT_IS_READ, CLIPPED, TOO_SHORT)
