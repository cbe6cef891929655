import torch
from torch import nn

from s2s_course.layers.recurrent import RecurrentEncoder


def make(num_layers=2):
    torch.manual_seed(0)
    return RecurrentEncoder(input_size=3, hidden_size=5, num_layers=num_layers).double()


def test_equals_torch_gru_on_each_row_without_its_padding():
    encoder = make()
    inputs = torch.randn(4, 7, 3, dtype=torch.float64)
    lengths = [3, 7, 1, 5]
    mask = torch.arange(7) < torch.tensor(lengths)[:, None]
    memory, final = encoder(inputs, mask)
    plain = nn.GRU(3, 5, 2, batch_first=True).double()
    plain.load_state_dict(encoder.rnn.state_dict())
    for row, length in enumerate(lengths):
        outputs, hidden = plain(inputs[row : row + 1, :length])
        assert torch.allclose(memory[row, :length], outputs[0], atol=1e-10, rtol=0)
        assert torch.allclose(final[row], hidden[:, 0], atol=1e-10, rtol=0)
        assert memory[row, length:].eq(0).all()


def test_padding_gets_no_gradient():
    encoder = make(1)
    inputs = torch.randn(2, 5, 3, dtype=torch.float64, requires_grad=True)
    mask = torch.tensor([[True] * 5, [True] * 2 + [False] * 3])
    memory, final = encoder(inputs, mask)
    (memory.sum() + final.sum()).backward()
    assert inputs.grad[1, 2:].eq(0).all()
    assert inputs.grad[1, :2].ne(0).all()


def test_columns_that_are_padding_in_every_row_are_kept():
    encoder = make(1)
    inputs = torch.randn(2, 6, 3, dtype=torch.float64)
    mask = torch.arange(6) < torch.tensor([[4], [2]])
    memory, _ = encoder(inputs, mask)
    assert memory.shape == (2, 6, 5)
    assert memory[:, 4:].eq(0).all()
