"""Project 1: the learner's own recurrent cell reads and writes in the encoder–decoder of chapter 4."""

import torch
from torch import Tensor, nn

from s2s_course.exercises.engine.registry import find_exercise
from s2s_course.exercises.projects.project import Function, Parts, Project, Scale
from s2s_course.layers.cells import Cell, State
from s2s_course.layers.fused import FusedRecurrent
from s2s_course.layers.recurrent import Recurrent
from s2s_course.models.plain import PlainConfig, PlainEncoderDecoder
from s2s_course.training.contract import LossOf
from s2s_course.training.fast_loss import FastTranslationLoss

FORGET_BIAS = 1.0


class OwnCell(Cell):
    """A cell with the weights of ``ours`` and the step ``step``, a function as in exercise 3.1 or 3.2."""

    def __init__(self, ours: Cell, step: Function):
        nn.Module.__init__(self)  # no weights are drawn
        self.from_input, self.from_hidden, self.step = ours.from_input, ours.from_hidden, step

    def gates(self, inputs: Tensor, hidden: Tensor) -> dict[str, Tensor]:
        return {}  # only ``step`` knows them

    def forward(self, inputs: Tensor, state: State) -> State:
        W, U, b_input, b_hidden = self.weights
        if len(state) == 2:  # hidden state and cell state: an LSTM, whose two biases may be one
            return tuple(self.step(inputs, *state, W, U, b_input + b_hidden))
        return (self.step(inputs, *state, W, U, b_input, b_hidden),)


def with_own_cells(network: FusedRecurrent, step: Function) -> Recurrent:
    """The same network as a loop in Python that calls ``step`` at each word."""
    loop = network.as_loop()
    loop.cells = nn.ModuleList(OwnCell(cell, step) for cell in loop.cells)
    return loop


@torch.no_grad()
def open_forget_gates(network: Recurrent, set_forget_bias: Function) -> None:
    """Begin with forget gates that keep most of the cell state (exercise 3.4)."""
    for weights in network.weights():
        b_input, b_hidden = set_forget_bias(weights.b_input, weights.b_hidden, FORGET_BIAS)
        weights.b_input.copy_(b_input)
        weights.b_hidden.copy_(b_hidden)


def assemble(parts: Parts, src_size: int, tgt_size: int, width: int) -> tuple[PlainEncoderDecoder, LossOf]:
    """The plain encoder–decoder with a GRU, or with an LSTM if that is what the learner has written."""
    is_lstm = "lstm_step" in parts.own and "gru_step" not in parts.own
    config = PlainConfig(
        src_vocab_size=src_size,
        tgt_vocab_size=tgt_size,
        cell="lstm" if is_lstm else "gru",
        embed_size=width,
        hidden_size=width,
        context="every_step",
    )
    model = PlainEncoderDecoder(config)
    step = parts["lstm_step" if is_lstm else "gru_step"]
    model.encoder = with_own_cells(model.encoder, step)
    model.decoder = with_own_cells(model.decoder, step)
    if is_lstm:
        for network in (model.encoder, model.decoder):
            open_forget_gates(network, parts["set_forget_bias"])
    return model, FastTranslationLoss()


def forgets_its_past(inputs, hidden, W, U, b_input, b_hidden):
    """A GRU that keeps nothing of the old state and proposes the new one from the input alone."""
    _, x_z, x_n = (inputs @ W.T + b_input).chunk(3, dim=1)
    return (1 - x_z.sigmoid()) * x_n.tanh()


PROJECT = Project(
    number=1,
    chapter=3,
    title="Your own cell",
    goal="Let your own recurrent cell, a GRU or an LSTM, read English and write French: it takes the place "
    "of ours in both networks of an encoder-decoder.",
    points=5,
    minutes=30,
    pieces=tuple(map(find_exercise, ("3.2", "3.1", "3.4"))),
    core=("gru_step", "lstm_step"),
    assemble=assemble,
    scale=Scale(max_length=8, width=128, steps=1_200, minutes=2.0, learning_rate=1.2e-2, bleu=40.0),
    wrong={"gru_step": forgets_its_past},
    wrong_in_words="a cell that forgets its past",
)
