"""Questions on positions. tests/exercises/chapter_08/test_quiz.py computes their numbers."""

from s2s_course.widgets.quiz import Choice, Question

WITHOUT_POSITIONS = Question(
    "Networks of self-attention read “a b c” and “b a c”, without any positions. In which of them can the "
    "vector of the last word, c, come out different?",
    (
        Choice(
            "One layer with a causal mask",
            right=False,
            why="In the first layer c may see a, b and c in both cases: the same set, so the same sum. The "
            "mask has hidden something from a and b, but c has not heard of that yet.",
        ),
        Choice(
            "Six layers without a mask",
            right=False,
            why="Each layer maps a set of vectors to a set of vectors. However many there are, the words "
            "only change places with what they carry.",
        ),
        Choice(
            "Two layers with a causal mask",
            right=True,
            why="In the first layer the word in front sees only itself, the second one sees both. So a and b "
            "come out different, and in the second layer c notices. A causal mask tells something of the "
            "order.",
        ),
        Choice(
            "None of them: without positions there is no order",
            right=False,
            why="True without a mask. But a causal mask knows the order, since the place of a word decides "
            "how much it may see.",
        ),
    ),
)

LEARNED_TABLE = Question(
    "A model with a learned table of 512 positions is trained on sentences of at most 60 tokens, its weights "
    "changed by gradients alone. Then it reads a sentence of 100 tokens. What happens?",
    (
        Choice(
            "It works as before: neighboring positions have learned similar rows.",
            right=False,
            why="Rows that were used may have become similar. Row 60 and those behind it were never used, "
            "and no gradient flows from a row to its neighbor.",
        ),
        Choice(
            "It runs, and 40 tokens get the random rows the table began with.",
            right=True,
            why="A row that is never looked up has a gradient of 0, so rows 60 to 99 are as they were drawn. "
            "No error warns of it. An error comes only from token 513 on.",
        ),
        Choice(
            "It stops with an error at token 61.",
            right=False,
            why="The table has 512 rows, and they can all be looked up. Whether they have ever been trained, "
            "it does not know.",
        ),
        Choice(
            "It runs, and 40 tokens get no position, since their rows are 0.",
            right=False,
            why="A gradient of 0 leaves a row as it was drawn; it does not set it to 0. So the tokens get "
            "noise in place of a position.",
        ),
    ),
)

ADDED = Question(
    "A word e and a position p have 64 numbers each. Network A maps their sum e + p by a matrix W. Network B "
    "maps the two joined, [e; p], by a matrix V. Both give 64 numbers. What is true?",
    (
        Choice(
            "Each can compute what the other can; B only has more parameters.",
            right=False,
            why="V [e; p] = Vₑ e + Vₚ p, with two matrices that may differ. A has one matrix for both, so it "
            "cannot copy a B with Vₚ = 0 and Vₑ other than 0.",
        ),
        Choice(
            "Only B can tell words from positions: a sum cannot be taken apart.",
            right=False,
            why="It can, if words and positions use different directions among the 64. Then some W keeps the "
            "one and wipes out the other, and both are learned to make that so.",
        ),
        Choice(
            "A can do more: in a sum, word and position act on each other.",
            right=False,
            why="W (e + p) = W e + W p: the two are never multiplied, in neither network. They meet later, "
            "in the scores.",
        ),
        Choice(
            "A is the special case of B in which both halves of V are W.",
            right=True,
            why="W (e + p) = W e + W p = [W W] [e; p]. Joining allows two different halves, at the price of "
            "64 · 128 = 8,192 numbers in place of 4,096, and of wider vectors.",
        ),
    ),
)

ROTARY = Question(
    "With rotary positions a query q at position 7 and a key k at position 4 have the score 2.5. For which "
    "places is the score of the same q and k 2.5 again, whatever q and k are?",
    (
        Choice(
            "q at 107 and k at 104",
            right=True,
            why="q is turned by 7 steps and k by 4, and a dot product only feels the difference: 3 steps. "
            "Where the two stand together in the sentence does not count.",
        ),
        Choice(
            "q at 4 and k at 7",
            right=False,
            why="The distance is the same, but not the direction: the difference is −3 steps. Such a score "
            "can tell before from after, unless q and k have a special form.",
        ),
        Choice(
            "q at 14 and k at 8",
            right=False,
            why="That doubles both angles, so also their difference: 6 steps and not 3. The ratio of two "
            "positions has no meaning here.",
        ),
        Choice(
            "None: each angle grows with its position",
            right=False,
            why="Each of the two angles does. The dot product of two vectors in the plane does not change "
            "when both are turned by the same angle.",
        ),
    ),
)

ALIBI = Question(
    "A head with ALiBi has the slope 1/2. Two keys have the same dot product with the query; one stands 1 "
    "place before it, the other 5 places. How much more weight does the near one get?",
    (
        Choice(
            "2 more, as the penalties are 1/2 and 5/2",
            right=False,
            why="The difference of the scores is 2. Weights come out of the softmax: a difference of scores "
            "is a ratio of weights.",
        ),
        Choice(
            "5 times as much",
            right=False,
            why="Then a weight would be proportional to 1 / distance. The penalty is linear in the distance, "
            "so the weight falls exponentially.",
        ),
        Choice(
            "About 7.4 times as much",
            right=True,
            why="The scores differ by 4 · 1/2 = 2, and e² ≈ 7.4. In a head with the slope 1/256 it would be "
            "1.6 percent more, so that head looks far.",
        ),
        Choice(
            "16 times as much",
            right=False,
            why="That is 2⁴, as if each step halved the weight. The slope is subtracted from the score, so a "
            "step costs the factor e^(−1/2) ≈ 0.61.",
        ),
    ),
)

SHIFTED = Question(
    "A trained Transformer with sinusoids added to its embeddings reads a sentence at the positions 0, 1, 2, "
    "… and again at 1, 2, 3, … What happens to the scores between its words?",
    (
        Choice(
            "They stay: the dot product of two rows of the table depends on their distance.",
            right=False,
            why="It does. But the score is made from projected sums of word and position, and its other "
            "terms, such as a word with a position, do not depend on the distance alone.",
        ),
        Choice(
            "They all grow by the same number, so that the weights stay.",
            right=False,
            why="The terms in which a key’s position meets the query differ from key to key. Only what is "
            "the same for all keys of a query cancels in the softmax.",
        ),
        Choice(
            "They stay in the first layer and change in those above.",
            right=False,
            why="The first layer reads the embeddings with positions in them, so the change begins there. "
            "Where the scores depend on distances alone, nothing changes in any layer.",
        ),
        Choice(
            "They change: nothing makes the projections treat all places alike.",
            right=True,
            why="A score is (e + p) M (e′ + p′) with a learned M; its terms shift with p. A model may learn "
            "to care about distances only. Rotary positions, ALiBi and relative biases have it built in.",
        ),
    ),
)

QUESTIONS = (WITHOUT_POSITIONS, LEARNED_TABLE, ADDED, ROTARY, ALIBI, SHIFTED)
