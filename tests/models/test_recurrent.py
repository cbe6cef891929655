import pytest
import torch
from torch import nn

from s2s_course.data.batch import collate
from s2s_course.models.recurrent import RecurrentConfig, RecurrentEncoderDecoder
from s2s_course.models.registry import build_model, config_to_json, model_config

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


@pytest.mark.parametrize("cell", TORCH)
@pytest.mark.parametrize("num_layers", [1, 2])
@pytest.mark.parametrize("context", ["first_step", "every_step"])
def test_equals_the_recurrence_written_out_by_hand(context, num_layers, cell):
    """The model as equations over one row; torch's cells are the independent part."""
    torch.manual_seed(0)
    config = RecurrentConfig(**SIZES, cell=cell, context=context, num_layers=num_layers)
    model = RecurrentEncoderDecoder(config).double()
    batch = collate([([4, 9, 5], [6, 8, 10])])
    zero = torch.zeros(1, 7, dtype=torch.float64)
    states = [(zero, zero) if cell == "lstm" else zero] * num_layers
    for token in batch.src[0]:
        states = climb(cells(model.encoder), model.src_embedding(token)[None], states)
    c, expected = hidden(states[-1]), []
    for token in batch.tgt_in[0]:
        x = model.tgt_embedding(token)[None]
        x = torch.cat([x, c], dim=1) if context == "every_step" else x
        states = climb(cells(model.decoder), x, states)
        expected.append(model.to_logits(hidden(states[-1]))[0])
    logits = model(batch.src, batch.tgt_in, batch.src_mask)[0]
    assert torch.allclose(logits, torch.stack(expected), atol=1e-10, rtol=0)


def one_row(model, src_tokens, bidirectional):
    """Encoder states (S, M) and the decoder's first state (1, D) of one source, from torch's GRU cells."""
    H = model.config.hidden_size
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


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("kind", ["bahdanau", "luong", "luong input feeding"])
def test_attention_equals_the_papers_equations(kind, bidirectional):
    """Bahdanau et al. 2015, appendix A.1.2, and Luong et al. 2015, section 3, step by step."""
    torch.manual_seed(0)
    kind, feeding = kind.split()[0], "feeding" in kind
    choices = {"score": "additive" if kind == "bahdanau" else "general", "input_feeding": feeding}
    config = RecurrentConfig(**SIZES, attention=kind, bidirectional=bidirectional, **choices)
    model = RecurrentEncoderDecoder(config).double()
    batch = collate([([4, 9, 5], [6, 8, 10, 4])])
    memory, z = one_row(model, batch.src[0], bidirectional)
    [cell] = cells(model.decoder)
    score = model.attention.score
    output, expected = torch.zeros(1, 7, dtype=torch.float64), []
    for token in batch.tgt_in[0]:
        y = model.tgt_embedding(token)[None]
        if kind == "bahdanau":  # the state before the step asks; the context goes into the step
            e = torch.stack([score.v(torch.tanh(score.W(z[0]) + score.U(h))) for h in memory])
            c = (e.softmax(dim=0) * memory).sum(dim=0, keepdim=True)
            z = cell(torch.cat([y, c], dim=1), z)
            output = torch.tanh(model.combine(torch.cat([c, z, y], dim=1)))
        else:  # the state after the step asks
            z = cell(torch.cat([y, output], dim=1) if feeding else y, z)
            e = torch.stack([(z[0] @ score.W(h))[None] for h in memory])
            c = (e.softmax(dim=0) * memory).sum(dim=0, keepdim=True)
            output = torch.tanh(model.combine(torch.cat([c, z], dim=1)))
        expected.append(model.to_logits(output)[0])
    logits = model(batch.src, batch.tgt_in, batch.src_mask)[0]
    assert torch.allclose(logits, torch.stack(expected), atol=1e-10, rtol=0)


@pytest.mark.parametrize("cell", TORCH)
def test_each_layer_starts_from_both_directions_of_its_own_layer(cell):
    torch.manual_seed(0)
    config = RecurrentConfig(**SIZES, cell=cell, num_layers=2, bidirectional=True)
    model = RecurrentEncoderDecoder(config).double()
    batch = collate([([4, 9, 5], [6])])
    state = model.init_state(batch.src, batch.src_mask)
    _, last = model.encoder.rnn(model.src_embedding(batch.src))  # torch: both directions of a layer, then on
    for part, ends in zip(state.layers, last if cell == "lstm" else (last,), strict=True):
        for layer in range(2):
            both = torch.cat([ends[2 * layer], ends[2 * layer + 1]], dim=1)
            expected = torch.tanh(model.bridge(both))
            assert torch.allclose(part[:, layer], expected, atol=1e-10, rtol=0)


@pytest.mark.parametrize("cell", TORCH)
def test_bahdanaus_query_is_the_hidden_state_of_the_last_layer_before_the_step(cell):
    torch.manual_seed(0)
    model = RecurrentEncoderDecoder(RecurrentConfig(**SIZES, cell=cell, num_layers=2, attention="bahdanau"))
    queries, hidden_states = [], []
    model.attention.register_forward_pre_hook(lambda _, inputs: queries.append(inputs[0]))
    model.decoder.register_forward_hook(lambda _, inputs, outputs: hidden_states.append(outputs[0]))
    batch = collate([([4, 9, 5], [6, 8, 10])])
    model(batch.src, batch.tgt_in, batch.src_mask)
    assert len(queries) == 4
    for query, before in zip(queries[1:], hidden_states[:-1], strict=True):
        assert torch.equal(query, before)


def test_dropout_falls_on_embeddings_between_layers_and_before_the_logits():
    config = RecurrentConfig(**SIZES, num_layers=2, dropout=0.5)
    model = RecurrentEncoderDecoder(config)
    assert model.encoder.rnn.dropout == model.decoder.rnn.dropout == 0.5
    seen = {"encoder": [], "decoder": [], "to_logits": []}
    for name, shares in seen.items():
        getattr(model, name).register_forward_pre_hook(
            lambda _, inputs, shares=shares: shares.append((inputs[0] == 0).double().mean().item())
        )
    batch = collate([([4, 9, 5], [6, 8, 10])] * 50)
    for mode, expected in ((True, 0.5), (False, 0.0)):
        model.train(mode)
        model(batch.src, batch.tgt_in, batch.src_mask)
        model.step(batch.tgt_in[:, 0], model.init_state(batch.src, batch.src_mask))
        for shares in seen.values():
            assert shares == pytest.approx([expected] * 2, abs=0.15)
            shares.clear()


def test_a_window_is_as_wide_as_configured():
    choices = {"attention": "luong", "score": "general", "window": "local_m"}
    for window_size in (1, 2):
        config = RecurrentConfig(**SIZES, **choices, window_size=window_size)
        model, batch = RecurrentEncoderDecoder(config), collate([([4, 9, 5, 6, 7, 8], [6])])
        _, state = model.step(batch.tgt_in[:, 0], model.init_state(batch.src, batch.src_mask))
        assert (state.weights > 0).sum() == 1 + window_size  # the window's left half lies before the source


def test_keys_are_projected_once_for_a_sentence(monkeypatch):
    calls = []
    model = RecurrentEncoderDecoder(RecurrentConfig(**SIZES, attention="bahdanau"))
    model.attention.score.U.register_forward_hook(lambda *_: calls.append(1))
    batch = collate([([4, 9, 5], [6, 8, 10, 4])])
    model(batch.src, batch.tgt_in, batch.src_mask)
    assert len(calls) == 1


def test_without_input_feeding_the_decoder_is_called_once():
    for choices, expected in (({}, 1), ({"input_feeding": True}, 5)):
        calls = []
        model = RecurrentEncoderDecoder(RecurrentConfig(**SIZES, attention="luong", score="dot", **choices))
        model.decoder.register_forward_hook(lambda *_, calls=calls: calls.append(1))
        batch = collate([([4, 9, 5], [6, 8, 10, 4])])
        model(batch.src, batch.tgt_in, batch.src_mask)
        assert len(calls) == expected


def test_tied_weights_are_one_matrix():
    model = build_model("luong-dot", model_config("luong-dot", **SIZES, tied=True), seed=0)
    assert model.to_logits.weight is model.tgt_embedding.weight


def test_the_context_of_every_step_reaches_every_step():
    """With the hidden state cut off, only ``every_step`` still knows the source."""
    for context, depends in (("first_step", False), ("every_step", True)):
        torch.manual_seed(0)
        model = RecurrentEncoderDecoder(RecurrentConfig(**SIZES, context=context)).eval()
        logits = []
        for source in ([4, 5, 6], [9, 9]):
            batch = collate([(source, [6])])
            state = model.init_state(batch.src, batch.src_mask)
            object.__setattr__(state, "layers", tuple(torch.zeros_like(part) for part in state.layers))
            logits.append(model.step(torch.tensor([1]), state)[0])
        assert torch.allclose(*logits) != depends


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({"cell": "ltsm"}, "cell must be one of rnn, lstm, gru, got 'ltsm'"),
        ({"context": "never"}, "context must be one of first_step, every_step, got 'never'"),
        ({"hidden_size": 0}, "hidden_size must be at least 1, got 0"),
        ({"num_layers": 0}, "num_layers must be at least 1, got 0"),
        ({"dropout": 1.0}, r"dropout must lie in \[0, 1\), got 1.0"),
        ({"attention": "self"}, "attention must be one of none, bahdanau, luong, got 'self'"),
        ({"score": "cosine"}, "score must be one of additive, concat, dot, .*, got 'cosine'"),
        ({"window": "local"}, "window must be one of global, local_m, local_p, got 'local'"),
        ({"window_size": 0}, "window_size must be at least 1, got 0"),
        ({"window": "local_p"}, "window must be 'global' without attention, got 'local_p'"),
        (
            {"attention": "luong", "context": "every_step"},
            "context must be 'first_step' with attention, .*got 'every_step' and attention 'luong'",
        ),
        (
            {"attention": "bahdanau", "input_feeding": True},
            "input_feeding must be False unless attention is 'luong', got attention 'bahdanau'",
        ),
        ({"tied": True}, "embed_size and hidden_size must be equal if tied is True .*, got 5 and 7"),
    ],
)
def test_bad_configurations_are_refused(choices, message):
    with pytest.raises(ValueError, match=message):
        model_config("gru", **{**SIZES, **choices})


def test_an_unknown_model_is_refused():
    with pytest.raises(ValueError, match=r"model must be one of .*gru.*, got 'lstm2'"):
        model_config("lstm2", **SIZES)


def test_a_choice_that_the_model_does_not_have_is_refused():
    with pytest.raises(
        ValueError, match=r"choices of model 'gru' must be among .*context.*, got 'num_heads'"
    ):
        model_config("gru", **SIZES, num_heads=4)


def test_a_configuration_survives_json():
    config = model_config("gru", **SIZES, context="every_step")
    assert model_config("gru", **config_to_json(config)) == config
    assert build_model("gru", config, seed=0).config == config
