"""Questions on the Transformer. tests/exercises/chapter_09/test_quiz.py computes their numbers."""

from s2s_course.widgets.quiz import Choice, Question

ANOTHER_SOURCE_WORD = Question(
    "Word 3 of the source is replaced by another, and the words of the target stay. The first layer of the "
    "decoder has two attentions, one to the target and one to the source. Which of their queries, keys and "
    "values change?",
    (
        Choice(
            "One key and one value of the attention to the source, those of word 3",
            right=False,
            why="So it would be if the decoder looked at embeddings. It looks at what the encoder gives, and "
            "there each word has attended to all the others.",
        ),
        Choice(
            "All keys and values of the attention to the source",
            right=True,
            why="They are made from the encoder’s outputs, and each of these has seen word 3. The queries "
            "come from the target, and so does everything in the attention to the target.",
        ),
        Choice(
            "All queries, keys and values of the attention to the source",
            right=False,
            why="Its queries are made from the words of the target, which in the first layer know nothing of "
            "the source yet. The source answers with keys and values.",
        ),
        Choice(
            "All keys and values of both attentions",
            right=False,
            why="The first attention reads the target alone. From the second layer on all of them change, "
            "queries too, since the vectors of the target then carry something of the source.",
        ),
    ),
)

POSITIONS_COMPUTED = Question(
    "A translation of 20 tokens is written one by one. Without a cache each step computes the vectors of all "
    "positions so far anew; with keys and values in a cache only that of the newest. How many positions does "
    "a decoder layer compute in all, without cache and with it?",
    (
        Choice(
            "210 and 20",
            right=True,
            why="1 + 2 + … + 20 = 210, against one in each of 20 steps. In training it is 20 too, but in a "
            "single call: all words are known. The cache spares work; 20 calls one after the other remain.",
        ),
        Choice(
            "20 and 1",
            right=False,
            why="20 positions in one call is training, where the words to be written are known. When one "
            "translates, step 2 needs the word that step 1 has chosen, with or without a cache.",
        ),
        Choice(
            "400 and 20",
            right=False,
            why="20 · 20 would be 20 positions in each step. Step 1 has one position, step 2 has two: half "
            "of the square, roughly.",
        ),
        Choice(
            "210 and 210, but the cache spares the attention to the source",
            right=False,
            why="Under the causal mask a vector does not change when words follow it. So its key and value "
            "can be kept, and nothing of the earlier positions is computed again.",
        ),
    ),
)

QUERIES_NOT_KEPT = Question(
    "While a translation is written, each layer of the decoder keeps the keys and values of earlier words in "
    "a cache. Why not their queries?",
    (
        Choice(
            "They change with every new word, so they would be out of date.",
            right=False,
            why="Then keys and values would be out of date as well, since all three are made from the same "
            "vector. The causal mask keeps it as it is: earlier words do not see later ones.",
        ),
        Choice(
            "They can be computed from the keys when they are needed.",
            right=False,
            why="Query and key are two maps of one vector, and neither can be had from the other in general. "
            "But nobody needs an old query.",
        ),
        Choice(
            "No later step asks for them: only the newest word looks back.",
            right=True,
            why="A query says what its own word looks for. Its output has been computed, and the next step "
            "asks for another one. Keys and values of a word are looked at by all words after it.",
        ),
    ),
)

PATHS = Question(
    "A number passes 20 parts, and each part is 0.1 x: its derivative is 0.1. Once the parts simply follow "
    "one another, and once each is x + part(x), without a norm. By which factor does the gradient change "
    "from the top to the bottom?",
    (
        Choice(
            "By 10⁻²⁰, and with the paths by 1",
            right=False,
            why="The path alone carries it with the factor 1, but what comes through the part is added. Each "
            "x + part(x) has the derivative 1.1.",
        ),
        Choice(
            "By 10⁻²⁰ in both: each part takes nine tenths away",
            right=False,
            why="That holds for parts that follow one another. With a path around it a part can add to the "
            "gradient, or take from it, but the path does not pass through the part.",
        ),
        Choice(
            "By 2, and with the paths by 3",
            right=False,
            why="20 · 0.1 = 2, and 1 + 2 = 3: here derivatives have been added. Along a chain they are "
            "multiplied.",
        ),
        Choice(
            "By 10⁻²⁰, and with the paths by about 6.7",
            right=True,
            why="0.1²⁰ = 10⁻²⁰ and 1.1²⁰ ≈ 6.7. With such small parts the path keeps the gradient alive at "
            "any depth. It may grow, and the vectors grow likewise: one thing that the norms are for.",
        ),
    ),
)

FIRST_STEP = Question(
    "The first step of a training with Adam, at once with the whole learning rate of 0.001. One weight has "
    "the gradient 0.0002, another one 0.2. How far do the two move?",
    (
        Choice(
            "By 0.0000002 and by 0.0002",
            right=False,
            why="That is gradient descent: the rate times the gradient. Adam divides by the size that the "
            "gradients of this weight have had so far.",
        ),
        Choice(
            "Both by about 0.001",
            right=True,
            why="In the first step Adam knows one gradient of each weight, and this divided by its own size "
            "is 1 or −1. All weights take a full step in a direction that one batch has chosen. A rate "
            "that rises slowly keeps such steps short.",
        ),
        Choice(
            "Both hardly at all, since Adam’s averages begin at 0",
            right=False,
            why="They do, but Adam corrects for it: in the first step it divides both averages by what they "
            "lack. So the step is a full one.",
        ),
        Choice(
            "The second moves 1000 times as far as the first.",
            right=False,
            why="Its gradient is 1000 times as large, and Adam divides by just this size. What a small "
            "gradient loses in length it gets back.",
        ),
    ),
)

SURE_AND_SURER = Question(
    "A vocabulary of 1000 words. Model A gives the right word 0.9, model B gives it 0.999; each spreads the "
    "rest evenly. Which one has the smaller loss, first without and then with label smoothing (ε = 0.1)?",
    (
        Choice(
            "B, then A",
            right=True,
            why="Without: 0.001 for B, 0.105 for A. With: 1.38 for B, 1.01 for A, who leaves about as much "
            "to the others as the target does. So smoothing costs perplexity, and yet BLEU may rise.",
        ),
        Choice(
            "B, then B",
            right=False,
            why="Being surer of the right word pays only up to the share that the smoothed target gives it, "
            "about 0.9. B gives each other word 0.000001, and the target asks for 0.0001.",
        ),
        Choice(
            "B, then neither: both choose the same word",
            right=False,
            why="The same word, but not the same probabilities, and those are what a loss is made of. BLEU "
            "would see no difference here.",
        ),
        Choice(
            "A, then A",
            right=False,
            why="Without smoothing the loss is −log of the right word’s probability alone: 0.105 for A and "
            "0.001 for B.",
        ),
    ),
)

QUESTIONS = (ANOTHER_SOURCE_WORD, POSITIONS_COMPUTED, QUERIES_NOT_KEPT, PATHS, FIRST_STEP, SURE_AND_SURER)
