"""Exercise 9.6: how many parameters a layer of a Transformer has."""

import torch

from s2s_course.exercises.exercise import Case, Exercise, Misconception
from s2s_course.seeds import python_random


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


def _corrected(by):
    """The right number and ``by`` (D, H, d_ff) more."""

    def wrong(d_model, num_heads, d_ff):
        return layer_parameters(d_model, num_heads, d_ff) + by(d_model, num_heads, d_ff)

    return wrong


_heads_of_full_size = _corrected(lambda D, H, F: (H - 1) * 4 * (D * D + D))
_heads_of_full_size_but_one_out = _corrected(lambda D, H, F: (H - 1) * 3 * (D * D + D))
_heads_of_full_size_and_out_reads_all = _corrected(
    lambda D, H, F: (H - 1) * (3 * (D * D + D)) + (H - 1) * D * D
)
_one_head = _corrected(lambda D, H, F: -3 * (D * D + D) * (H - 1) // H)
_one_head_and_its_out = _corrected(lambda D, H, F: -(3 * (D * D + D) + D * D) * (H - 1) // H)
_heads_that_read_their_part = _corrected(lambda D, H, F: -3 * D * D * (H - 1) // H)
_all_heads_read_their_part = _corrected(lambda D, H, F: -4 * D * D * (H - 1) // H)
_no_biases = _corrected(lambda D, H, F: -(5 * D + F))
_no_biases_anywhere = _corrected(lambda D, H, F: -(5 * D + F) - 2 * D)
_no_norms_or_no_biases_in_attention = _corrected(lambda D, H, F: -4 * D)
_no_biases_in_feed_forward = _corrected(lambda D, H, F: -(F + D))
_both_biases_narrow = _corrected(lambda D, H, F: D - F)
_both_biases_wide = _corrected(lambda D, H, F: F - D)
_one_bias_in_feed_forward = _corrected(lambda D, H, F: -D)
_only_the_narrow_bias = _corrected(lambda D, H, F: -F)
_one_norm = _corrected(lambda D, H, F: -2 * D)
_a_norm_more = _corrected(lambda D, H, F: 2 * D)
_norms_of_one_number = _corrected(lambda D, H, F: 4 - 4 * D)
_no_out = _corrected(lambda D, H, F: -(D * D + D))
_decoder_layer = _corrected(lambda D, H, F: 4 * (D * D + D) + 2 * D)
_decoder_layer_with_two_norms = _corrected(lambda D, H, F: 4 * (D * D + D))
_one_map_in_feed_forward = _corrected(lambda D, H, F: -(D * F + D))
_square_maps_in_feed_forward = _corrected(lambda D, H, F: 2 * F * F - 2 * D * F + F - D)
_one_map_between = _corrected(lambda D, H, F: F * F + F)


def _four_times_as_wide(d_model, num_heads, d_ff):
    return layer_parameters(d_model, num_heads, 4 * d_model)


def _case(name: str, heads: tuple[int, ...], factor: tuple[float, float]) -> Case:
    """Random sizes, d_ff by a ``factor`` in this range times D, and not a round one."""

    def make(seed: int) -> tuple[int, int, int]:
        random = python_random(seed)
        num_heads = random.choice(heads)
        d_model = num_heads * random.randint(5, 99)
        d_ff = round(random.uniform(*factor) * d_model)
        return d_model, num_heads, d_ff + (d_ff in (d_model, 4 * d_model))

    return Case(name, make)


EXERCISE = Exercise(
    id="9.6",
    title="Counting a layer",
    goal="Compute from its sizes how many parameters one encoder layer of a Transformer has.",
    points=2,
    outputs=("count",),
    reference=layer_parameters,
    cases=(
        _case("a wide feed-forward part", (2, 3, 5, 7), (3.0, 5.0)),
        _case("a narrow feed-forward part", (2, 4, 8), (0.3, 0.8)),
        _case("many heads", (11, 12, 13, 16), (1.5, 2.5)),
        _case("a single head", (1,), (2.0, 4.0)),
    ),
    misconceptions=(
        Misconception(
            "each head of full size",
            _heads_of_full_size,
            "You count H times too many numbers in the attention. The heads share D: each has D / H numbers, "
            "so all heads together have D × D weights for queries, and as many for keys and for values. "
            "More heads cost no more parameters.",
            (_heads_of_full_size_but_one_out, _heads_of_full_size_and_out_reads_all),
        ),
        Misconception(
            "only one head counted",
            _one_head,
            "You count one head where there are H. Each has its own maps to its D / H numbers; all heads "
            "together give D numbers, so a map to queries has D × D weights.",
            (_one_head_and_its_out,),
        ),
        Misconception(
            "each head reads its part alone",
            _heads_that_read_their_part,
            "Your heads read D / H numbers each. A head gives D / H numbers but reads the whole vector, all "
            "D of them: it is after the projection that vectors are cut into heads.",
            (_all_heads_read_their_part,),
        ),
        Misconception(
            "map behind the heads forgotten",
            _no_out,
            "You count three maps in the attention: to queries, keys and values. There is a fourth, which "
            "reads the joined heads and mixes them.",
        ),
        Misconception(
            "biases forgotten",
            _no_biases,
            "Biases are missing, in some of the maps or in all of them. Each of the six linear maps adds as "
            "many numbers as it gives.",
            (
                _no_biases_anywhere,
                _no_biases_in_feed_forward,
                _one_bias_in_feed_forward,
                _only_the_narrow_bias,
            ),
        ),
        Misconception(
            "biases of a wrong size",
            _both_biases_narrow,
            "Your two biases of the feed-forward part have the same size. A bias has as many numbers as its "
            "map gives: d_ff for the first, D for the second.",
            (_both_biases_wide,),
        ),
        Misconception(
            "number of norms",
            _one_norm,
            "Your number of norms is not two. Each part has one: attention and feed-forward. The one at the "
            "end of a pre-norm network belongs to no layer.",
            (_a_norm_more,),
        ),
        Misconception(
            "four times D missing",
            _no_norms_or_no_biases_in_attention,
            "You count 4 D too few. Either the norms are missing, two of them with a gain and a bias of D "
            "numbers each, or the biases of the four maps of the attention.",
        ),
        Misconception(
            "norms of one gain and one bias",
            _norms_of_one_number,
            "Your norms have one gain and one bias for the whole vector. Each of the D numbers has a gain "
            "and a bias of its own.",
        ),
        Misconception(
            "decoder layer counted",
            _decoder_layer,
            "You count the layer of a decoder, which has a second attention, to the encoder's outputs. An "
            "encoder layer has self-attention alone.",
            (_decoder_layer_with_two_norms,),
        ),
        Misconception(
            "feed-forward part of one map",
            _one_map_in_feed_forward,
            "You count one map in the feed-forward part. There are two, with a bend between them: D numbers "
            "to d_ff, and d_ff back to D.",
        ),
        Misconception(
            "square maps in the feed-forward part",
            _square_maps_in_feed_forward,
            "Your feed-forward part has a map of d_ff × d_ff weights. It has two maps, one from D numbers to "
            "d_ff and one from d_ff to D, and nothing between them but the bend.",
            (_one_map_between,),
        ),
        Misconception(
            "d_ff is ignored",
            _four_times_as_wide,
            "You take 4 D for the width of the feed-forward part. The paper has it so (512 and 2048), but "
            "here d_ff is given, and it may be any number.",
        ),
    ),
    hints=(
        "List the linear maps of the layer: what does each read, and what does it give? A map from m to n "
        "numbers has m · n weights and n biases.",
        "Four maps from D to D, one from D to d_ff, one from d_ff to D, each with its bias; and two norms "
        "with 2 D numbers each. H is not in the sum. Return `torch.tensor(count)`.",
    ),
)
