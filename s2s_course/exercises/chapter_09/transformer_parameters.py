"""Exercise 9.6: how many parameters a layer of a Transformer has."""

import torch

from s2s_course.exercises.engine.exercise import Case, Exercise, Task
from s2s_course.exercises.engine.misconception import mistake, mistakes_in
from s2s_course.seeds import python_random

TASK = Task(
    id="9.6",
    title="Counting a layer",
    goal="Compute from its sizes how many parameters one encoder layer of a Transformer has.",
    points=2,
    difficulty="easy",
    minutes=10,
    outputs=("count",),
    hints=(
        "List the linear maps of the layer: what does each read, and what does it give? A map from m to n "
        "numbers has m · n weights and n biases.",
        "Make three groups: attention, feed-forward part, norms. The maps of the attention all go from D to "
        "D, however many heads there are: heads only cut what comes out. The feed-forward part widens, then "
        "narrows. A norm has a gain and a bias for each of the D numbers.",
        "Four maps from D to D, one from D to d_ff, one from d_ff to D, each with its bias; and two norms "
        "with 2 D numbers each. H is not in the sum. Return `torch.tensor(count)`.",
    ),
)


def layer_parameters(d_model: int, num_heads: int, d_ff: int) -> torch.Tensor:
    """The number of parameters of one encoder layer.

    d_model:   D, the size of all vectors that the layer reads and gives
    num_heads: H heads of D / H numbers each
    d_ff:      the width inside the feed-forward part
    returns:   a tensor of shape () (int64). Every linear map has a bias: those to
               queries, keys and values, the one behind the joined heads, and the two of
               the feed-forward part. Both parts have a layer norm with gain and bias.
    """
    attention = 4 * (d_model * d_model + d_model)
    feed_forward = (d_model * d_ff + d_ff) + (d_ff * d_model + d_model)
    norms = 2 * (2 * d_model)
    return torch.tensor(attention + feed_forward + norms)


def _case(name: str, heads: tuple[int, ...], factor: tuple[float, float]) -> Case:
    """Random sizes, d_ff by a ``factor`` in this range times D, and not a round one."""

    def make(seed: int) -> tuple[int, int, int]:
        random = python_random(seed)
        num_heads = random.choice(heads)
        d_model = num_heads * random.randint(5, 99)
        d_ff = round(random.uniform(*factor) * d_model)
        return d_model, num_heads, d_ff + (d_ff in (d_model, 4 * d_model))

    return Case(name, make)


CASES = (
    _case("a wide feed-forward part", (2, 3, 5, 7), (3.0, 5.0)),
    _case("a narrow feed-forward part", (2, 4, 8), (0.3, 0.8)),
    _case("many heads", (11, 12, 13, 16), (1.5, 2.5)),
    _case("a single head", (1,), (2.0, 4.0)),
)


def _corrected(by):
    """The right number and ``by`` (D, H, d_ff) more."""

    def wrong(d_model, num_heads, d_ff):
        return layer_parameters(d_model, num_heads, d_ff) + by(d_model, num_heads, d_ff)

    return wrong


@mistake(
    "each head of full size",
    "You count H times too many numbers in the attention. The heads share D: each has D / H numbers, so all "
    "heads together have D × D weights for queries, and as many for keys and for values. More heads cost no "
    "more parameters.",
)
@_corrected
def _heads_of_full_size(D, H, F):
    return (H - 1) * 4 * (D * D + D)


@_heads_of_full_size.variant
@_corrected
def _heads_of_full_size_but_one_out(D, H, F):
    return (H - 1) * 3 * (D * D + D)


@_heads_of_full_size.variant
@_corrected
def _heads_of_full_size_and_out_reads_all(D, H, F):
    return (H - 1) * (3 * (D * D + D)) + (H - 1) * D * D


@mistake(
    "only one head counted",
    "You count one head where there are H. Each has its own maps to its D / H numbers; all heads together "
    "give D numbers, so a map to queries has D × D weights.",
)
@_corrected
def _one_head(D, H, F):
    return -3 * (D * D + D) * (H - 1) // H


@_one_head.variant
@_corrected
def _one_head_and_its_out(D, H, F):
    return -(3 * (D * D + D) + D * D) * (H - 1) // H


@mistake(
    "each head reads its part alone",
    "Your heads read D / H numbers each. A head gives D / H numbers but reads the whole vector, all D of "
    "them: it is after the projection that vectors are cut into heads.",
)
@_corrected
def _heads_that_read_their_part(D, H, F):
    return -3 * D * D * (H - 1) // H


@_heads_that_read_their_part.variant
@_corrected
def _all_heads_read_their_part(D, H, F):
    return -4 * D * D * (H - 1) // H


@mistake(
    "map behind the heads forgotten",
    "You count three maps in the attention: to queries, keys and values. There is a fourth, which reads the "
    "joined heads and mixes them.",
)
@_corrected
def _no_out(D, H, F):
    return -(D * D + D)


@mistake(
    "biases forgotten",
    "Biases are missing, in some of the maps or in all of them. Each of the six linear maps adds as many "
    "numbers as it gives.",
)
@_corrected
def _no_biases(D, H, F):
    return -(5 * D + F)


@_no_biases.variant
@_corrected
def _no_biases_anywhere(D, H, F):
    return -(5 * D + F) - 2 * D


@_no_biases.variant
@_corrected
def _no_biases_in_feed_forward(D, H, F):
    return -(F + D)


@_no_biases.variant
@_corrected
def _one_bias_in_feed_forward(D, H, F):
    return -D


@_no_biases.variant
@_corrected
def _only_the_narrow_bias(D, H, F):
    return -F


@mistake(
    "biases of a wrong size",
    "Your two biases of the feed-forward part have the same size. A bias has as many numbers as its map "
    "gives: d_ff for the first, D for the second.",
)
@_corrected
def _both_biases_narrow(D, H, F):
    return D - F


@_both_biases_narrow.variant
@_corrected
def _both_biases_wide(D, H, F):
    return F - D


@mistake(
    "number of norms",
    "You count 2 D too many or too few. There are two norms, one for each part, attention and feed-forward, "
    "and each has a gain and a bias of D numbers: 4 D together. (The norm at the end of a pre-norm network "
    "belongs to no layer.)",
)
@_corrected
def _one_norm(D, H, F):
    return -2 * D


@_one_norm.variant
@_corrected
def _a_norm_more(D, H, F):
    return 2 * D


@mistake(
    "four times D missing",
    "You count 4 D too few. Either the norms are missing, two of them with a gain and a bias of D numbers "
    "each, or the biases of the four maps of the attention.",
)
@_corrected
def _no_norms_or_no_biases_in_attention(D, H, F):
    return -4 * D


@mistake(
    "norms of one gain and one bias",
    "Your norms have one gain and one bias for the whole vector. Each of the D numbers has a gain and a "
    "bias of its own.",
)
@_corrected
def _norms_of_one_number(D, H, F):
    return 4 - 4 * D


@mistake(
    "decoder layer counted",
    "You count the layer of a decoder, which has a second attention, to the encoder's outputs. An encoder "
    "layer has self-attention alone.",
)
@_corrected
def _decoder_layer(D, H, F):
    return 4 * (D * D + D) + 2 * D


@_decoder_layer.variant
@_corrected
def _decoder_layer_with_two_norms(D, H, F):
    return 4 * (D * D + D)


@mistake(
    "feed-forward part of one map",
    "You count one map in the feed-forward part. There are two, with a bend between them: D numbers to "
    "d_ff, and d_ff back to D.",
)
@_corrected
def _one_map_in_feed_forward(D, H, F):
    return -(D * F + D)


@mistake(
    "square maps in the feed-forward part",
    "Your feed-forward part has a map of d_ff × d_ff weights. It has two maps, one from D numbers to d_ff "
    "and one from d_ff to D, and nothing between them but the bend.",
)
@_corrected
def _square_maps_in_feed_forward(D, H, F):
    return 2 * F * F - 2 * D * F + F - D


@_square_maps_in_feed_forward.variant
@_corrected
def _one_map_between(D, H, F):
    return F * F + F


@mistake(
    "d_ff is ignored",
    "You take 4 D for the width of the feed-forward part. The paper has it so (512 and 2048), but here d_ff "
    "is given, and it may be any number.",
)
def _four_times_as_wide(d_model, num_heads, d_ff):
    return layer_parameters(d_model, num_heads, 4 * d_model)


EXERCISE = Exercise.from_task(TASK, layer_parameters, CASES, mistakes_in(globals()))
