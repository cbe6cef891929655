"""Which device is chosen, what is asked of it, and that nothing asks for float64 where there is none."""

from contextlib import nullcontext

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from s2s_course.data.batch import collate
from s2s_course.decoding import beam, sampling
from s2s_course.decoding.greedy import greedy
from s2s_course.devices import (
    allow_tf32,
    available_devices,
    choose_device,
    has_fast_bfloat16,
    send,
    widest_float,
)
from s2s_course.layers.positions import POSITIONS
from s2s_course.models.registry import MODELS, build_model, is_transformer, model_config
from s2s_course.trace.gradients import gradient_by_lag, gradient_flow

PAIRS = [([5, 6], [7, 8, 9]), ([8, 4, 3, 9, 5], [9, 4])]
TRANSFORMER = {"d_model": 8, "num_heads": 2, "d_ff": 8, "num_layers": 1}
RECURRENT = {"embed_size": 8, "hidden_size": 8}


def small(name, **choices):
    sizes = TRANSFORMER if is_transformer(name) else RECURRENT
    return build_model(
        name, model_config(name, src_vocab_size=12, tgt_vocab_size=12, **sizes, **choices), seed=0
    )


@pytest.fixture
def there(monkeypatch):
    """Says what torch finds."""

    def there(*, cuda=0, mps=False):
        monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda > 0)
        monkeypatch.setattr(torch.cuda, "device_count", lambda: cuda)
        monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)

    return there


def test_auto_is_cuda_then_mps_then_cpu(there):
    for cuda, mps, best in ((2, True, "cuda"), (1, False, "cuda"), (0, True, "mps"), (0, False, "cpu")):
        there(cuda=cuda, mps=mps)
        assert choose_device() == choose_device("auto") == best
    there(cuda=2, mps=True)
    assert available_devices() == ["cuda", "cuda:0", "cuda:1", "mps", "cpu"]
    for device in available_devices():
        assert choose_device(device) == device


@pytest.mark.parametrize("device", ["cuda", "mps", "cuda:2", "cpu:0", "tpu", "", "CPU"])
def test_a_device_that_is_not_there_is_refused_with_those_that_are(there, device):
    if device == "cuda:2":
        there(cuda=2)
        allowed = "cuda, cuda:0, cuda:1, cpu"
    else:
        there()
        allowed = "cpu"
    with pytest.raises(ValueError) as caught:
        choose_device(device)
    assert str(caught.value) == f"device must be auto or what torch can use here, {allowed}, got {device!r}"


def test_tf32_is_for_cuda_alone():
    before = torch.get_float32_matmul_precision()
    try:
        for device, expected in (("cpu", before), ("mps", before), ("cuda:1", "high")):
            allow_tf32(device)
            assert torch.get_float32_matmul_precision() == expected
    finally:
        torch.set_float32_matmul_precision(before)
    assert before == "highest"


@pytest.mark.parametrize("supported", [True, False])
def test_a_gpu_is_asked_for_bfloat16_without_emulation(monkeypatch, supported):
    asked = []
    monkeypatch.setattr(torch.cuda, "device", lambda device: asked.append(device) or nullcontext())
    monkeypatch.setattr(
        torch.cuda, "is_bf16_supported", lambda including_emulation=True: including_emulation or supported
    )
    assert has_fast_bfloat16("cuda:1") is supported
    assert asked == [torch.device("cuda:1")]


def test_a_processor_has_fast_bfloat16_where_torch_finds_its_instructions(monkeypatch):
    for found in (True, False):
        monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda found=found: found, raising=False)
        monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: False, raising=False)
        assert has_fast_bfloat16("cpu") is found
        assert has_fast_bfloat16("mps") is False


def test_only_mps_has_no_float64():
    assert [widest_float(device) for device in ("cpu", "cuda:0", torch.device("mps"))] == [
        torch.float64, torch.float64, torch.float32,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("start", "end", "waits"),
    [("cpu", "cuda", False), ("cpu", "mps", True), ("cuda", "cpu", True), ("cpu", "cpu", True)],
)
def test_only_the_way_to_cuda_is_not_waited_for(start, end, waits):
    class Moving(torch.Tensor):
        device = torch.device(start)

        def to(self, device, *, non_blocking):
            asked.append((device, non_blocking))
            return self

    asked = []
    send(torch.zeros(1).as_subclass(Moving), end)
    assert asked == [(torch.device(end), not waits)]


class NoFloat64(TorchDispatchMode):
    """Refuses float64 on ``device``, as MPS does everywhere."""

    def __init__(self, device):
        super().__init__()
        self.device, self.left = device, False

    def __torch_dispatch__(self, function, types, arguments=(), named=None):
        result = function(*arguments, **(named or {}))
        for each in result if isinstance(result, (tuple, list)) else [result]:
            if isinstance(each, torch.Tensor) and each.device.type == self.device and not self.left:
                assert each.dtype != torch.float64, f"{function} gives float64"
        return result


@pytest.mark.parametrize(
    ("name", "choices"),
    [
        *((name, {}) for name in MODELS),
        *(("transformer", {"positions": way, "tied": way != "concatenated"}) for way in POSITIONS),
        ("luong-general", {"window": "local_p", "input_feeding": True}),
        ("lstm", {"num_layers": 2, "bidirectional": True}),
    ],
    ids=str,
)
def test_every_model_runs_on_meta_and_without_float64(name, choices):
    """There are shapes there and no numbers: whoever reads one fails."""
    with torch.device("meta"):
        model = small(name, **choices)
    batch = collate(PAIRS).to("meta")
    with NoFloat64("meta"):
        logits = model(batch.src, batch.tgt_in, batch.src_mask, batch.src_lengths)
    assert logits.is_meta and logits.shape == (2, 4, 12)


@pytest.mark.parametrize("name", ["gru", "bahdanau", "transformer", "decoder-only"])
def test_searches_do_without_float64(monkeypatch, name):
    model, batch = small(name).eval(), collate(PAIRS)
    ends = {"max_length": 9, "bos_index": 1, "eos_index": 2}
    searches = {
        "greedy": greedy,
        "beam": lambda *given, **ends: beam.beam_search(*given, beam_size=3, **ends),
        "sample": lambda *given, **ends: sampling.sample(*given, top_p=0.8, **ends),
    }
    exact = {each: search(model, batch.src, batch.src_mask, **ends) for each, search in searches.items()}
    for module in (beam, sampling):
        monkeypatch.setattr(module, "widest_float", lambda device: widest_float("mps"))
    with NoFloat64("cpu"):  # tables of positions have been made
        for each, search in searches.items():
            assert search(model, batch.src, batch.src_mask, **ends) == exact[each]


def test_gradients_leave_the_device_before_they_become_float64(monkeypatch):
    inputs = torch.randn(3, 4, 2, requires_grad=True)
    row = torch.randn(4, 2, requires_grad=True)
    there = torch.Tensor.cpu
    for traced in (
        lambda: gradient_by_lag(inputs.sin().sum(dim=(1, 2)), inputs, [0, 2]),
        lambda: gradient_flow(row.sin().sum(dim=1), row),
    ):
        mode = NoFloat64("cpu")

        def leave(tensor, mode=mode):
            mode.left = True
            return there(tensor)

        monkeypatch.setattr(torch.Tensor, "cpu", leave)
        with mode:
            assert traced().dtype == "float64" and mode.left


def test_send_keeps_the_numbers():
    numbers = torch.arange(3)
    assert send(numbers, "cpu") is numbers and send(numbers, "meta").is_meta
