"""Questions on the encoder–decoder and writing. tests/exercises/chapter_04/test_quiz.py has their numbers."""

from s2s_course.widgets.quiz import Choice, Question

ONCE_OR_EVERY_STEP = Question(
    "Decoder A gets the context c once, as its first state. Decoder B gets it as its first state and as an "
    "input of every step. After 9 words the states of both are set to 0. Then both read the word “and”, "
    "whatever the source. Whose next logits still depend on the source?",
    (
        Choice(
            "Those of both: the 9 words were written for this source.",
            right=False,
            why="Nothing reads these words any more. A decoder reads the word before, which is “and” for "
            "any source, and its state, which is 0.",
        ),
        Choice(
            "Those of A: its first state is c, and c does not change.",
            right=False,
            why="c does not change, but the state does: each step computes a new one from the one before. "
            "A has nothing of c but what it carries along, and that was set to 0.",
        ),
        Choice(
            "Those of B: it reads c along with every word it is given.",
            right=True,
            why="c comes in again beside the word. In A all that is known of the source stands in the state, "
            "so A must carry it from step to step while it writes, and here it is lost.",
        ),
        Choice(
            "Those of neither: the state is all that a decoder remembers.",
            right=False,
            why="It is all that it remembers. But B need not remember c: like the word, it is given at each "
            "step.",
        ),
    ),
)

TEACHER_FORCING = Question(
    "With the true words as input, a model’s best guess is right at 95 % of the positions. Suppose that "
    "mistakes hit the positions independently. Now it writes on its own, greedily. What share of its "
    "translations of 20 tokens has no mistake at all?",
    (
        Choice(
            "About 36 %: so many get through 20 positions unharmed.",
            right=True,
            why="That is 0.95²⁰. Up to the first mistake its own words are the true ones, so it reads what "
            "it would be given in training. What comes after a mistake makes a translation worse, but this "
            "one is lost already.",
        ),
        Choice(
            "95 %, since this is the accuracy that was measured.",
            right=False,
            why="That is the share of right words, each with a right past. A translation without mistake "
            "needs 20 right words in a row.",
        ),
        Choice(
            "Clearly less than 36 %, since it goes on from its own mistakes.",
            right=False,
            why="It does, and that makes wrong translations worse. But a translation without mistake has "
            "read none, so their share is 0.95²⁰ ≈ 0.36, whatever a model does after a mistake.",
        ),
        Choice(
            "Almost none: 5 % of 20 words is one mistake in each.",
            right=False,
            why="It is one on average. Some translations have two or three, so others have none: "
            "0.95²⁰ ≈ 0.36 of all.",
        ),
    ),
)

EMPTY_SENTENCE = Question(
    "A translation has 12 tokens, `<eos>` included, and at each step the model gives the right one 0.8. At "
    "the first step `<eos>` has 0.08. All other tokens have less than 0.01 at any step. What do greedy "
    "search and a beam of 2 write, without a length penalty?",
    (
        Choice(
            "Both write the translation.",
            right=False,
            why="Greedy search does. The beam compares whole hypotheses: 0.8¹² ≈ 0.069 for the translation "
            "and 0.08 for the empty sentence. Twelve small losses are more than one big one.",
        ),
        Choice(
            "Both write an empty sentence.",
            right=False,
            why="The beam does. At the first step greedy search compares 0.8 with 0.08, takes the word, and "
            "never comes back to `<eos>`.",
        ),
        Choice(
            "Greedy search writes an empty sentence, the beam the translation.",
            right=False,
            why="It is the other way round. Greedy search takes 0.8 at each step. It is the beam that keeps "
            "the `<eos>` of the first step, with 0.08, and 0.8¹² ≈ 0.069 is less.",
        ),
        Choice(
            "Greedy search writes the translation, the beam an empty sentence.",
            right=True,
            why="0.08 is more than 0.8¹² ≈ 0.069. The beam searches better and translates worse: the model "
            "is to blame. With a length penalty, α = 0.6, the scores are −1.43 and −2.53, and the "
            "translation wins.",
        ),
    ),
)

BOTTLENECK = Question(
    "A trained encoder gives exactly the same c for two sources that differ in their first word. The "
    "decoder gets nothing else of the source, and the encoder stays as it is. Which change could make the "
    "two translations differ?",
    (
        Choice(
            "Giving c to the decoder at every step",
            right=False,
            why="Then it gets the same numbers more often. Every step helps not to forget c; it adds "
            "nothing to c.",
        ),
        Choice(
            "Letting the decoder read h₁ as well",
            right=True,
            why="h₁ was computed from the first word alone, so there the two still differ. A decoder that "
            "may look at all the states h₁ … hₛ has attention.",
        ),
        Choice(
            "A wider decoder, trained for longer",
            right=False,
            why="From the same c and the same `<bos>` any decoder computes the same first logits, and so "
            "on. What is not in c cannot be learned back.",
        ),
        Choice(
            "Beam search in place of greedy search",
            right=False,
            why="A search chooses among what the logits offer. They are the same for both sources, so it "
            "finds the same for both.",
        ),
    ),
)

REVERSING = Question(
    "Six words become six words, in the same order. The encoder reads one word a step; then the decoder "
    "writes one word a step. Count the steps from reading a word to writing its translation. What changes "
    "if the source is read backward?",
    (
        Choice(
            "All six distances become shorter.",
            right=False,
            why="Forward each is 6; backward they are 1, 3, 5, 7, 9 and 11. Three become shorter and "
            "three longer: the last word is now read first and still written last.",
        ),
        Choice(
            "Their mean falls from 6 to 3.5.",
            right=False,
            why="3.5 is the mean of 1 to 6: the steps of reading alone. Before word 3 is written, two other "
            "words are, and these steps count too. The distances are 1, 3, 5, 7, 9 and 11.",
        ),
        Choice(
            "Their mean stays 6, but the smallest falls to 1.",
            right=True,
            why="Forward each is 6; backward they are 1, 3, 5, 7, 9 and 11, which is 6 on average. The "
            "first words come close to their translations; Sutskever et al. suppose that training gets a "
            "hold there.",
        ),
        Choice(
            "None: the encoder reads the same words, so c is the same.",
            right=False,
            why="The same words in another order give another c. What was read last has passed through the "
            "fewest steps, and now that is the first word.",
        ),
    ),
)

TEMPERATURE = Question(
    "A model gives the word “oui” 0.8 and the word “non” 0.2. Before sampling, its logits are divided by a "
    "temperature of 2. What are the probabilities then?",
    (
        Choice(
            "0.67 and 0.33",
            right=True,
            why="The difference of the logits is halved, so the ratio 4 becomes its square root, 2. The "
            "model is less sure now. The order stays, so greedy search writes the same.",
        ),
        Choice(
            "0.94 and 0.06",
            right=False,
            why="That is temperature 0.5, which squares the ratio: 4 becomes 16. Heat makes a model less "
            "sure, cold makes it surer.",
        ),
        Choice(
            "0.80 and 0.20",
            right=False,
            why="A common divisor would cancel if the probabilities were divided and then normalized. Logits "
            "stand in an exponent: there a common summand cancels, and a common divisor takes a root.",
        ),
        Choice(
            "0.40 and 0.10",
            right=False,
            why="These are the probabilities divided by 2, and they do not sum to 1. The logits are divided, "
            "and softmax comes afterwards.",
        ),
    ),
)

QUESTIONS = (
    ONCE_OR_EVERY_STEP,
    TEACHER_FORCING,
    EMPTY_SENTENCE,
    BOTTLENECK,
    REVERSING,
    TEMPERATURE,
)
