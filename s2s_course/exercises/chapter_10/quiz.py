"""Questions on the three families. tests/exercises/chapter_10/test_quiz.py computes their numbers."""

from s2s_course.widgets.quiz import Choice, Question

PREFIX_AND_CAUSAL = Question(
    "A source of 5 words and a target of 3 are read as one sequence of 8. The mask of a prefix language "
    "model lets the source be read in both directions. How many pairs of words does it allow that the causal "
    "mask does not?",
    (
        Choice(
            "15: each of 3 target words now sees all 5 source words",
            right=False,
            why="The target comes behind the source, so it sees all of it under the causal mask as well. "
            "What is new lies within the source.",
        ),
        Choice(
            "10: each source word now sees the source words behind it",
            right=True,
            why="5 · 4 / 2 = 10. It has 46 pairs in all; the causal mask has 36, and an encoder alone 64. "
            "The 46 are just those that an encoder and a decoder have together.",
        ),
        Choice(
            "25: each source word now sees all source words",
            right=False,
            why="There are 5 · 5 pairs within the source, but 15 of them the causal mask allows too: each "
            "word sees itself and those before it.",
        ),
        Choice(
            "28: each word now sees the words behind it",
            right=False,
            why="8 · 7 / 2 = 28 pairs look ahead. All of them would make an encoder, whose target reads its "
            "own answers. In a prefix language model only the source looks ahead.",
        ),
    ),
)

TWO_GAPS = Question(
    "Half of all texts have “New York” in one place, the other half “Los Angeles”. An encoder that fills "
    "gaps has learned this perfectly. Both words are hidden, and it draws both at once, each from the "
    "probabilities at its own gap. How often does neither city come out?",
    (
        Choice(
            "Never: it has learned the texts perfectly",
            right=False,
            why="Perfect are the probabilities of each gap. That the two belong together nobody tells it: "
            "while it fills one gap, the other one still holds the mask.",
        ),
        Choice(
            "Never: it reads in both directions, so the two agree",
            right=False,
            why="It reads what stands there in both directions, and there stand two masks. What it chooses "
            "for one gap, the other one does not see.",
        ),
        Choice(
            "In half of the draws",
            right=True,
            why="“New Angeles” and “Los York” come each with ½ · ½ = ¼. Filled one after the other they "
            "would agree. A decoder always does so: each word is written in sight of those before it.",
        ),
        Choice(
            "In a quarter of the draws",
            right=False,
            why="½ · ½ = ¼ is the probability of one wrong pair, and there are two.",
        ),
    ),
)

DECODER_ALONE = Question(
    "A decoder alone, with a causal mask throughout, translates: it has read 5 words of the source and has "
    "written 3 of the target behind them. Now word 5 of the source is replaced, and everything is computed "
    "anew for the same 8 places. Which vectors may change?",
    (
        Choice(
            "All 8",
            right=False,
            why="So it is with an encoder, and with a prefix language model. Under the causal mask words 1 "
            "to 4 never see what stands behind them.",
        ),
        Choice(
            "Only those of the 3 target words",
            right=False,
            why="They may change, as they look at word 5. But the vector of word 5 itself begins with the "
            "embedding of the new word.",
        ),
        Choice(
            "Only that of word 5: what was written is finished",
            right=False,
            why="The words stay, but their vectors are computed from all words before them. A cache would "
            "have to be thrown away from word 5 on.",
        ),
        Choice(
            "Those of word 5 and of the 3 target words",
            right=True,
            why="A vector depends on its own word and on those before it. So word 1 of the source is never "
            "read in the light of word 5: the price for having one network and one kind of mask.",
        ),
    ),
)

SIGNAL = Question(
    "A text of 400 words is read once in training: by an encoder with 15 % of the words hidden, and by a "
    "decoder alone, which predicts each word from those before it. How many words give a loss in each?",
    (
        Choice(
            "60 and 400",
            right=True,
            why="15 % of 400 are 60; the others are shown, and to ask for them would teach copying. A causal "
            "mask makes every place a question. But an answer of the encoder may use both sides.",
        ),
        Choice(
            "340 and 400",
            right=False,
            why="340 words are shown to the encoder. They serve as context, and their targets are ignored.",
        ),
        Choice(
            "60 and 1, the word behind the text",
            right=False,
            why="One word is what is written when the text goes on. In training all 400 places predict at "
            "once, each from its own past: that is what the causal mask is for.",
        ),
        Choice(
            "400 and 400",
            right=False,
            why="The encoder reads in both directions. A word that is not hidden would be read and asked for "
            "at once, so its loss would teach nothing but copying.",
        ),
    ),
)

SPANS = Question(
    "From a text of 400 words T5 cuts out 20 spans of 3 words. The source marks each gap; the target holds "
    "what was cut out, in order, so that one can tell what belongs where, and a mark for its end. How many "
    "tokens have the two?",
    (
        Choice(
            "Source 340, target 60",
            right=False,
            why="So many words they have. But the source has one sentinel for each gap besides, and the "
            "target the same sentinels in front of the words.",
        ),
        Choice(
            "Source 360, target 400",
            right=False,
            why="The source is right. To write the whole text is BART’s task; T5 writes only what is missing "
            "and so spares the decoder most of its steps.",
        ),
        Choice(
            "Source 360, target 81",
            right=True,
            why="400 − 60 + 20 = 360, since each span leaves one sentinel. And 20 sentinels, 60 words, one "
            "last sentinel: 81. The decoder has a fifth of the steps that the whole text would take.",
        ),
        Choice(
            "Source 400, target 81",
            right=False,
            why="In a source of 400 each hidden word would have a mark of its own. Here one mark stands for "
            "a span, and how many words are missing has to be found out.",
        ),
    ),
)

SAME_BUILD = Question(
    "Whisper listens: one stack of layers reads a piece of speech, every moment of it seeing all others. A "
    "second stack writes the words from left to right and looks at the speech in each layer. Which of these "
    "is built like it?",
    (
        Choice(
            "BERT, which learns by filling gaps in a text",
            right=False,
            why="BERT is the first stack alone: it reads in both directions and writes nothing from left to "
            "right.",
        ),
        Choice(
            "NLLB, which translates between 200 languages",
            right=True,
            why="Encoder and decoder, with attention from the second to the first; T5, BART and mBART are "
            "built so too. Whether a source is text or sound matters only to the lowest layers.",
        ),
        Choice(
            "GPT, which goes on with the text that it is given",
            right=False,
            why="GPT is a second stack alone, and it has no attention to another one. A source would have to "
            "be the beginning of its own text.",
        ),
    ),
)

QUESTIONS = (PREFIX_AND_CAUSAL, TWO_GAPS, DECODER_ALONE, SIGNAL, SPANS, SAME_BUILD)
