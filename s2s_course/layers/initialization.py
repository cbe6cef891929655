"""How a recurrent network's weights begin, where it is not as torch draws them."""

import torch
from torch import nn

from s2s_course.layers.recurrent import RecurrentNetwork


@torch.no_grad()
def orthogonal_(network: RecurrentNetwork) -> None:
    """Make every block of the recurrent weights U a random orthogonal matrix (Saxe et al. 2014).

    A product of orthogonal matrices keeps every length. What still shrinks a gradient are the slopes of tanh.
    """
    for weights in network.weights():
        for block in weights.U.split(network.hidden_size):
            nn.init.orthogonal_(block)


@torch.no_grad()
def forget_bias_(network: RecurrentNetwork, value: float) -> None:
    """Set the bias of an LSTM's forget gates to ``value`` (Gers et al. 2000; Jozefowicz et al. 2015).

    A cell has two biases and adds them; one gets the value and the other zero.
    """
    if network.cell != "lstm":
        raise ValueError(f"network must be of cell 'lstm': only it has a forget gate, got {network.cell!r}")
    forget = slice(network.hidden_size, 2 * network.hidden_size)  # blocks are i, f, g, o
    for weights in network.weights():
        weights.b_input[forget] = value
        weights.b_hidden[forget] = 0.0
