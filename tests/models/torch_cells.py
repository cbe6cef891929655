"""Recurrent encoder–decoders over one row, with torch's own cells in place of ours: the independent part."""

import torch
from torch import nn

SIZES = {"src_vocab_size": 13, "tgt_vocab_size": 17, "embed_size": 5, "hidden_size": 7}
TORCH = {"rnn": nn.RNNCell, "lstm": nn.LSTMCell, "gru": nn.GRUCell}


def cells(network):
    """One cell of torch's own for each layer of ``network``, with its weights."""
    made = []
    for layer in range(network.num_layers):
        suffix = f"_l{layer}"
        state = network.rnn.state_dict()
        weights = {k.removesuffix(suffix): v for k, v in state.items() if k.endswith(suffix)}
        made.append(TORCH[network.cell](weights["weight_ih"].size(1), network.hidden_size).double())
        made[-1].load_state_dict(weights)
    return made


def climb(layers, x, states):
    """One time step through all layers: their new states. An LSTM's state is a pair, hidden first."""
    new = []
    for cell, state in zip(layers, states, strict=True):
        new.append(cell(x, state))
        x = hidden(new[-1])
    return new


def hidden(state):
    return state[0] if isinstance(state, tuple) else state


def read_source(model, src_tokens):
    """Encoder states (S, M) and the decoder's first state (1, D) of one source, from torch's GRU cells."""
    H, bidirectional = model.config.hidden_size, model.config.bidirectional
    weights = model.encoder.rnn.state_dict()
    runs = []
    for suffix in ("", "_reverse")[: 1 + bidirectional]:
        cell = nn.GRUCell(model.config.embed_size, H).double()
        names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        cell.load_state_dict({name: weights[f"{name}_l0{suffix}"] for name in names})
        state, states = torch.zeros(1, H, dtype=torch.float64), {}
        positions = range(len(src_tokens))
        for s in reversed(positions) if suffix else positions:
            state = cell(model.src_embedding(src_tokens[s])[None], state)
            states[s] = state
        runs.append((torch.cat([states[s] for s in positions]), state))
    memory = torch.cat([states for states, _ in runs], dim=1)
    last = torch.cat([state for _, state in runs], dim=1)
    return memory, torch.tanh(model.bridge(last)) if bidirectional else last
