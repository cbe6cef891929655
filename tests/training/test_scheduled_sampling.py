import pytest
import torch

from s2s_course.data.batch import collate
from s2s_course.models.registry import build_model, model_config
from s2s_course.seeds import torch_generator
from s2s_course.training.objectives import translation_loss
from s2s_course.training.scheduled_sampling import ScheduledSampling

PAIRS = [([5, 6, 7, 8], [4, 9, 9]), ([9], [5, 5, 6, 8, 7]), ([4, 4, 8], [7, 10, 9, 11])]


@pytest.fixture(params=["gru", "bahdanau"])
def model(request):
    config = model_config(request.param, src_vocab_size=13, tgt_vocab_size=17, embed_size=7, hidden_size=11)
    return build_model(request.param, config, seed=0).double()


def test_at_first_it_is_teacher_forcing(model):
    batch = collate(PAIRS)
    loss = ScheduledSampling(calls=10, last=0.0)(model, batch)
    assert torch.allclose(loss, translation_loss(model, batch), atol=1e-12)


def test_at_the_end_the_model_reads_its_own_words(model):
    batch, loss_of = collate(PAIRS), ScheduledSampling(calls=1, last=0.0)
    loss_of(model, batch)
    total, count = 0.0, 0
    for src, tgt in PAIRS:  # by hand, one sentence after the other
        alone = collate([(src, tgt)])
        state, token = model.init_state(alone.src, alone.src_mask), torch.tensor([1])
        for wanted in alone.tgt_out[0]:
            logits, state = model.step(token, state)
            token = logits.argmax(dim=-1)
            total -= logits[0].log_softmax(dim=-1)[wanted]
            count += 1
    assert torch.allclose(loss_of(model, batch), total / count, atol=1e-12)


def test_epsilon_falls_in_a_straight_line_and_stays(model):
    loss_of, seen = ScheduledSampling(calls=4, last=0.2), []
    for _ in range(6):
        seen.append(loss_of.epsilon)
        loss_of(model, collate(PAIRS))
    assert seen == pytest.approx([1.0, 0.8, 0.6, 0.4, 0.2, 0.2])


def test_the_first_word_read_is_always_bos_and_the_share_of_true_words_is_epsilon(model, monkeypatch):
    long = [([5], [6] * 400)] * 5
    batch, read, plain = collate(long), [], type(model).step

    def step(self, tokens, state):
        read.append(tokens)
        logits, state = plain(self, tokens, state)
        logits = logits.clone()
        logits[:, 12] = 1e6  # its own word is always 12
        return logits, state

    monkeypatch.setattr(type(model), "step", step)
    loss_of = ScheduledSampling(calls=1, last=0.3, seed=3)
    loss_of.made = 1
    loss_of(model, batch)
    read = torch.stack(read, dim=1)
    assert (read[:, 0] == 1).all()
    assert set(read[:, 1:].unique().tolist()) == {6, 12}
    assert (read[:, 1:] == 6).double().mean().item() == pytest.approx(0.3, abs=0.04)


def test_the_seed_alone_decides_which_words_are_true(model):
    losses = []
    for seed in (0, 0, 1):
        loss_of = ScheduledSampling(calls=1, last=0.5, seed=seed)
        loss_of.made = 1
        losses.append(loss_of(model, collate(PAIRS * 4)).item())
    assert losses[0] == losses[1] != losses[2]


def test_which_words_are_true_is_drawn_from_its_own_stream(model, monkeypatch):
    batch, read, plain = collate([([5], [6] * 30)] * 2), [], type(model).step

    def step(self, tokens, state):
        read.append(tokens)
        logits, state = plain(self, tokens, state)
        logits = logits.clone()
        logits[:, 12] = 1e6  # its own word is always 12
        return logits, state

    monkeypatch.setattr(type(model), "step", step)
    loss_of = ScheduledSampling(calls=1, last=0.5, seed=3)
    loss_of.made = 1
    loss_of(model, batch)
    draws = torch.rand(batch.tgt_in.shape, generator=torch_generator(3, "scheduled sampling"))
    assert torch.equal(torch.stack(read, dim=1)[:, 1:] == 6, (draws < 0.5)[:, 1:])


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({"calls": 0}, "calls must be at least 1, got 0"),
        ({"calls": 5, "last": 1.5}, r"last must lie in \[0, 1\], got 1.5"),
    ],
)
def test_bad_input_is_refused(choices, message):
    with pytest.raises(ValueError, match=message):
        ScheduledSampling(**choices)
