"""Exercise 7.6: what a layer of self-attention costs."""

import torch

from s2s_course.exercises.engine.exercise import Case, Exercise, Task
from s2s_course.exercises.engine.misconception import mistake, mistakes_in
from s2s_course.seeds import python_random

TASK = Task(
    id="7.6",
    title="What self-attention costs",
    goal="Count the multiplications of one layer of multi-head self-attention, from the number of tokens, "
    "the size of their vectors and the number of heads. Which parts grow with the square of the length?",
    points=2,
    difficulty="medium",
    minutes=15,
    outputs=("count",),
    hints=(
        "A product of a matrix (a, b) with one (b, c) takes a · b · c multiplications. Write down the two "
        "shapes of each product for one head: queries with keys, weights with values. How many heads are "
        "there, and how wide are they?",
        "A projection is (T, D) times (D, D), and there is one each for queries, keys, values and output. "
        "Inside a head each of T queries meets each of T keys in d numbers, and the weighted sums take as "
        "many again. Add them up over the heads: what is H times d?",
        "Four projections of T · D · D. Per head, scores take T · d · T and sums T · T · d; with H heads "
        "that is T · T · D each, since H · d = D. Return `torch.tensor(count)`.",
    ),
)


def attention_cost(length: int, d_model: int, num_heads: int) -> torch.Tensor:
    """The multiplications that one layer of self-attention takes for a sentence.

    length:    T tokens, all of which look at all
    d_model:   D, the size of a token's vector
    num_heads: H; each head has d = D / H numbers
    returns:   a tensor of shape () (int64): the multiplications in the matrix products
               (four projections, scores, weighted sums). Biases, the scale and the
               softmax are not counted.
    """
    T, D, d = length, d_model, d_model // num_heads
    projections = 4 * T * D * D  # queries, keys, values, and the output
    scores = num_heads * T * T * d
    sums = num_heads * T * T * d  # of values
    return torch.tensor(projections + scores + sums)


def _case(name: str, lengths: tuple[int, int], head_dims: tuple[int, int], num_heads: int) -> Case:
    def make(seed: int) -> tuple[int, int, int]:
        random = python_random(seed)
        return random.randint(*lengths), num_heads * random.randint(*head_dims), num_heads

    return Case(name, make)


CASES = (
    _case("a single head", (20, 60), (16, 48), 1),
    _case("a short sentence and wide vectors", (5, 15), (30, 64), 8),
    _case("a long text and narrow vectors", (500, 2000), (4, 16), 3),
)


def _total(projections, products):
    return torch.tensor(projections + products)


@mistake(
    "heads counted again",
    "You multiply by H, but leave the heads as wide as the whole vector. A head has d = D / H numbers, so H "
    "heads together cost what one wide head would: H cancels. More heads at the same D are free of charge "
    "here.",
)
def _heads_counted_again(length, d_model, num_heads):
    T, D, H = length, d_model, num_heads
    return _total(4 * T * D * D, 2 * H * T * T * D)


@_heads_counted_again.variant
def _heads_counted_again_in_the_scores(length, d_model, num_heads):
    T, D, H = length, d_model, num_heads
    return _total(4 * T * D * D, (H + 1) * T * T * D)


@_heads_counted_again.variant
def _everything_for_each_head(length, d_model, num_heads):
    return num_heads * attention_cost(length, d_model, num_heads)


@_heads_counted_again.variant
def _three_projections_for_each_head(length, d_model, num_heads):
    T, D, H = length, d_model, num_heads
    return _total((3 * H + 1) * T * D * D, 2 * T * T * D)


@_heads_counted_again.variant
def _four_projections_for_each_head(length, d_model, num_heads):
    T, D, H = length, d_model, num_heads
    return _total(4 * H * T * D * D, 2 * T * T * D)


@mistake(
    "one head only",
    "You count what a single head costs, d = D / H numbers. There are H such heads, so D again.",
)
def _one_head(length, d_model, num_heads):
    T, D, d = length, d_model, d_model // num_heads
    return _total(4 * T * D * D, 2 * T * T * d)


@_one_head.variant
def _one_head_everywhere(length, d_model, num_heads):
    return attention_cost(length, d_model, num_heads) // num_heads


@mistake(
    "projections forgotten",
    "You count the scores and the sums, but no projections. For short sentences these are most of the cost: "
    "each token is multiplied by four matrices of D · D numbers.",
)
def _no_projections(length, d_model, num_heads):
    return _total(0, 2 * length * length * d_model)


@mistake(
    "a projection forgotten",
    "You count fewer than four projections. There are three before the attention, for queries, keys and "
    "values, and one after it, which mixes the heads.",
)
def _three_projections(length, d_model, num_heads):
    return _total(3 * length * d_model * d_model, 2 * length * length * d_model)


@_three_projections.variant
def _one_projection(length, d_model, num_heads):
    return _total(length * d_model * d_model, 2 * length * length * d_model)


@mistake(
    "scores or sums forgotten",
    "You count T · T · D once, or not at all. It comes twice: for the scores, queries with keys, and for "
    "the sums, weights with values.",
)
def _half_of_the_products(length, d_model, num_heads):
    return _total(4 * length * d_model * d_model, length * length * d_model)


@_half_of_the_products.variant
def _projections_alone(length, d_model, num_heads):
    return _total(4 * length * d_model * d_model, 0)


@mistake(
    "one multiplication a pair",
    "You count one multiplication for a pair of tokens. A score is a dot product of d numbers, and a weight "
    "is multiplied by all d numbers of a value.",
)
def _one_product_a_pair(length, d_model, num_heads):
    return _total(4 * length * d_model * d_model, 2 * num_heads * length * length)


@_one_product_a_pair.variant
def _one_product_a_score(length, d_model, num_heads):
    T, D = length, d_model
    return _total(4 * T * D * D, num_heads * T * T + T * T * D)


@mistake(
    "linear in the length",
    "Your scores and sums grow with T, and not with its square. Every token looks at every token, and each "
    "of these T · T pairs costs D multiplications in all heads together, twice.",
)
def _linear(length, d_model, num_heads):
    return _total(4 * length * d_model * d_model, 2 * length * d_model)


@_linear.variant
def _width_squared(length, d_model, num_heads):
    return _total(4 * length * d_model * d_model, 2 * length * d_model * d_model)


@mistake(
    "projections are not matrices",
    "Your projections are too cheap: one multiplication for each number. Each of the D numbers that come "
    "out is a sum over all D numbers that go in.",
)
def _number_by_number(length, d_model, num_heads):
    return _total(4 * length * d_model, 2 * length * length * d_model)


@mistake(
    "projections of pairs",
    "Your projections grow with the square of the length. A projection treats each token by itself: T "
    "tokens, D · D multiplications each. Only scores and sums are about pairs.",
)
def _length_of_a_projection(length, d_model, num_heads):
    return _total(4 * length * length * d_model, 2 * length * length * d_model)


@mistake(
    "additions counted too",
    "Your number is twice the right one. You count the additions as well, as is usual where one speaks of "
    "floating-point operations. Asked for are the multiplications alone.",
)
def _additions_too(length, d_model, num_heads):
    return 2 * attention_cost(length, d_model, num_heads)


@mistake(
    "half of the pairs",
    "You count only pairs of a token with itself and earlier ones, as under a causal mask. Here all tokens "
    "look at all. (And a mask hides scores that have been computed already, unless the code takes pains to "
    "skip them.)",
)
def _causal(length, d_model, num_heads):
    return _total(4 * length * d_model * d_model, length * (length + 1) * d_model)


@mistake(
    "softmax counted too",
    "You also count one operation for each score: the scale, or the softmax. It is left out here, since it "
    "is small beside the products. (It is also the only part that grows with H.)",
)
def _softmax_too(length, d_model, num_heads):
    return attention_cost(length, d_model, num_heads) + num_heads * length * length


EXERCISE = Exercise.from_task(TASK, attention_cost, CASES, mistakes_in(globals()))
