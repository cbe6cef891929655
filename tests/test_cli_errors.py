"""Whatever a user types and the machine refuses: one line on standard error, exit code 2, no traceback.

Bad values are tried for every option that there is, so that a new option is tried too. What is no matter of a
single value is listed by hand.
"""

import importlib
import io
import json
import math
import os
import re
import resource
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
import typer
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from s2s_course import cli, devices
from s2s_course.claims.carry import Outcome
from s2s_course.cli import app, memory
from s2s_course.cli.app import COMMANDS, GROUPS
from s2s_course.cli.errors import UsageError, line_of
from s2s_course.cli.output import print_json
from s2s_course.data.pairs import ParallelCorpus, SentencePair
from s2s_course.data.source import CorpusError
from s2s_course.grading.assignment import Assignment
from s2s_course.grading.exercise_template import exercise_file
from s2s_course.models.registry import MODELS, build_model, model_config
from s2s_course.models.translator import Translator
from s2s_course.training.checkpoint import CheckpointError, save_checkpoint

ROOT = Path(__file__).parent.parent
PAIRS = [SentencePair("a cat .", "un chat .")] * 4
CORPUS = ParallelCorpus("grammar", "en", "fr", {"train": PAIRS, "validation": PAIRS, "test": PAIRS})
LONE = "caf\udce9"  # as Python reads the bytes of "café" in Latin-1

BAD = {
    "int": ["", "abc", "1.5", "1e3", "nan", "inf", "²", LONE, str(2**63), str(-(2**63) - 1), "9" * 5_000],
    "float": ["", "abc", "nan", "NaN", "inf", "-inf", "1e999", "1,5", LONE],
    "str": [LONE, "\udfff"],
}


@pytest.fixture(autouse=True)
def small_corpus(monkeypatch):
    for name in ("train", "translate"):
        module = importlib.import_module(f"s2s_course.cli.{name}")
        monkeypatch.setattr(module, "load_corpus", lambda *names: CORPUS)


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    """A model without attention that has learned nothing."""
    return made(tmp_path_factory, "gru", embed_size=8, hidden_size=8)


@pytest.fixture(scope="module")
def attending(tmp_path_factory):
    """A Transformer of its usual sizes, which writes one word for ever."""
    return made(tmp_path_factory, "transformer")


def made(tmp_path_factory, name, **choices):
    codecs = CORPUS.codecs()
    translator = Translator.build(name, *codecs, seed=0, **choices)
    with torch.no_grad():
        translator.model.to_logits.bias[5] = 999.0
    return save_checkpoint(translator, tmp_path_factory.mktemp(name), notes={"data": "grammar"})


def invoke(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def refused(*arguments):
    """The line that is said of ``arguments``, which are refused."""
    result = invoke(*arguments)
    assert isinstance(result.exception, SystemExit), repr(result.exception)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert re.fullmatch(r"s2s: [^\n]+\n", result.stderr), result.stderr
    assert result.stderr.rstrip("\n").isprintable()
    return result.stderr


def click_command(typed):
    """The command as typer sees it."""
    command = typer.main.get_command(app)
    context = command.make_context("s2s", typed.split(), resilient_parsing=False)
    for word in typed.split():
        _, command, _ = command.resolve_command(context, [word])
    return command


def kind_of(parameter):
    """int, float, str, bool or Path, whatever typer calls it."""
    annotation = parameter.type_descriptor.annotation
    return getattr(annotation, "__name__", str(annotation))


def options():
    for typed in COMMANDS:
        for parameter in click_command(typed).params:
            if parameter.param_type_name == "option" and kind_of(parameter) in BAD:
                yield typed, parameter.opts[0], kind_of(parameter)


# What each command needs, so that a bad option is all that is wrong.
NEEDED = {
    "train": ["--steps", "1", "--out", "{tmp}/out"],
    "translate": ["{checkpoint}", "a cat ."],
    "evaluate": ["{checkpoint}"],
    "grade": ["{tmp}/in", "--assignment", "{tmp}/hw", "--out", "{tmp}/out"],
    "assign": ["05", "--out", "{tmp}/out"],
    "exercises new": ["{tmp}/new.py", "--id", "5.90"],
    "exercises try": ["{tmp}/mean.py"],
}


def needed(typed, tmp_path, checkpoint):
    return [each.format(tmp=tmp_path, checkpoint=checkpoint) for each in NEEDED.get(typed, [])]


@pytest.mark.parametrize(("typed", "option", "kind"), list(options()), ids=" ".join)
def test_a_value_that_no_option_can_have_is_refused_by_its_name(typed, option, kind, tmp_path, checkpoint):
    for value in BAD[kind]:
        line = refused(*typed.split(), *needed(typed, tmp_path, checkpoint), f"{option}={value}")
        assert option in line, f"{value!r}: {line}"
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("typed", [*COMMANDS, *GROUPS, ""])
def test_what_is_no_option_and_no_command_is_refused(typed):
    assert "--no-such" in refused(*typed.split(), "--no-such")
    if typed not in COMMANDS:
        assert "no-such" in refused(*typed.split(), "no-such")
        assert refused(*typed.split(), LONE).isascii()


@pytest.mark.parametrize("typed", NEEDED)
def test_what_is_needed_and_missing_is_refused(typed):
    assert "Missing" in refused(*typed.split())


TRAINING = [
    ("--steps", "0", "steps"),
    ("--steps", "-1", "steps"),
    ("--minutes", "0", "minutes"),
    ("--minutes", "-0.5", "minutes"),
    ("--seed", "-1", "seed"),
    ("--max-tokens", "0", "max_tokens"),
    ("--max-tokens", "-7", "max_tokens"),
    ("--validate-every", "0", "every"),
    ("--validate-every", "-1", "every"),
    ("--patience", "0", "patience"),
    ("--patience", "-1", "patience"),
    ("--subwords", "0", "num_tokens"),
    ("--subwords", "-1", "num_tokens"),
    ("--subwords", "1000000000000", "--subwords"),
    ("--embed-size", "0", "embed_size"),
    ("--embed-size", "-1", "embed_size"),
    ("--hidden-size", "0", "hidden_size"),
    ("--hidden-size", "-1", "hidden_size"),
    ("--hidden-size", str(2**62), "memory"),
    ("--hidden-size", "10000000", "memory"),
    ("--embed-size", str(2**62), "memory"),
    ("--num-layers", "0", "num_layers"),
    ("--num-layers", "1000000000000", "memory"),
    ("--dropout", "-0.1", "dropout"),
    ("--dropout", "1", "dropout"),
    ("--learning-rate", "0", "learning_rate"),
    ("--learning-rate", "-1", "learning_rate"),
    ("--label-smoothing", "-0.1", "label_smoothing"),
    ("--label-smoothing", "1", "label_smoothing"),
    ("--warm-up", "-1", "warm_up"),
    ("--model", "", "model"),
    ("--device", "", "--device"),
    ("--context", "", "context"),
]


def test_every_number_of_training_is_tried():
    """A new option needs lines in ``TRAINING``."""
    tried = {option for option, _, _ in TRAINING}
    numbers = {option for typed, option, kind in options() if typed == "train" and kind != "str"}
    assert numbers - tried <= {"--d-model", "--num-heads", "--d-ff"}  # of a Transformer: below


@pytest.mark.parametrize(("option", "value", "named"), TRAINING)
def test_a_value_that_training_cannot_take_is_refused_and_leaves_nothing(option, value, named, tmp_path):
    given = {"--steps": "1", "--out": tmp_path / "out", option: value}
    assert named in refused("train", *(part for pair in given.items() for part in pair))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("option", ["--d-model", "--num-heads", "--d-ff", "--num-layers"])
@pytest.mark.parametrize("value", ["0", "-1", str(2**62)])
def test_a_size_that_no_transformer_has_is_refused(option, value, tmp_path):
    given = ["--model", "transformer", "--steps", "1", "--out", tmp_path / "out"]
    line = refused("train", *given, option, value)
    assert option[2:].replace("-", "_") in line or "memory" in line
    assert not (tmp_path / "out").exists()


USE = [
    ("--beam", "0", "beam_size"),
    ("--beam", "-1", "beam_size"),
    ("--beam", "1000000000", "--beam"),
    ("--max-length", "0", "max_length"),
    ("--max-length", "-1", "max_length"),
    ("--max-length", "1000000000", "--max-length"),
    ("--device", "tpu", "--device"),
]


@pytest.mark.parametrize("typed", ["translate", "evaluate"])
@pytest.mark.parametrize(("option", "value", "named"), USE)
def test_a_value_that_no_search_can_take_is_refused(typed, option, value, named, tmp_path, checkpoint):
    assert named in refused(typed, *needed(typed, tmp_path, checkpoint), option, value)


def test_the_largest_numbers_that_fit_are_taken(tmp_path):
    """Of what only counts or ends something; sizes of a model are another matter."""
    most = str(2**63 - 1)
    for option in ("--seed", "--max-tokens", "--validate-every", "--patience", "--warm-up"):
        given = ["--steps", 1, "--embed-size", 4, "--hidden-size", 4, "--out", tmp_path / option]
        assert invoke("train", *given, option, most).exit_code == 0, option
    given[-1] = tmp_path / "minutes"
    assert invoke("train", *given, "--minutes", "1e300").exit_code == 0


def test_an_interrupt_is_silent(monkeypatch, checkpoint):
    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(importlib.import_module("s2s_course.cli.translate"), "translate_to_indices", stop)
    result = invoke("translate", checkpoint, "a")
    assert (result.exit_code, result.output) == (130, "")


def test_a_text_that_is_not_utf8_is_refused(checkpoint):
    assert refused("translate", checkpoint, "fine", LONE) == "s2s: TEXTS must be UTF-8, got 'caf\\udce9'\n"
    assert "TEXTS" in refused("translate", checkpoint, LONE, "--json")


def test_a_path_that_cannot_be_is_named(tmp_path, checkpoint, attending):
    (tmp_path / "file").write_text("")
    (tmp_path / "gone").symlink_to(tmp_path / "nowhere")
    long = "x" * 300
    for out in (tmp_path / "file", tmp_path / "gone", "/proc/x", tmp_path / long, tmp_path / "file" / "x"):
        assert str(out) in refused("train", "--steps", 1, "--out", out)
    for folder in ("", tmp_path, tmp_path / "file", tmp_path / long, tmp_path / "gone", f"/x{LONE}"):
        for arguments in (["translate", folder, "a"], ["evaluate", folder]):
            refused(*arguments)
    for page in (tmp_path, tmp_path / long, tmp_path / "no" / "page.html", tmp_path / "file" / "x.html"):
        refused("translate", attending, "a cat .", "--max-length", 1, "--show-attention", page)
    for source in (tmp_path, tmp_path / long, "-x", "HEAD:x"):
        refused("claims", "carry", "clipping", f"--from={source}")
    refused("claims", "run", "")


def test_a_name_that_cannot_be_encoded_is_still_a_folder(tmp_path):
    result = invoke("train", "--steps", 1, "--embed-size", 4, "--hidden-size", 4, "--out", tmp_path / LONE)
    assert result.exit_code == 0, result.stderr
    assert (tmp_path / LONE / "checkpoint.json").is_file()


NO_MEMORY = [
    MemoryError(),
    torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB.\nSee documentation."),
    RuntimeError("[enforce fail at alloc_cpu.cpp:127] err == 0. DefaultCPUAllocator: can't allocate memory"),
    RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"),
    RuntimeError("std::bad_alloc"),
    RuntimeError("Storage size calculation overflowed with sizes=[4611686018427387904, 8]"),
]


@pytest.mark.parametrize("error", NO_MEMORY, ids=lambda error: str(error)[:20])
@pytest.mark.parametrize(
    ("typed", "function", "less"),
    [
        ("train", "train.fit", "--max-tokens"),
        ("translate", "translate.translate_to_indices", "--beam"),
        ("evaluate", "translate.evaluate_translator", "--beam"),
    ],
)
def test_no_memory_is_one_line_that_says_what_to_lower(
    typed, function, less, error, monkeypatch, tmp_path, checkpoint
):
    def fail(*_, **__):
        raise error

    module, name = function.split(".")
    monkeypatch.setattr(importlib.import_module(f"s2s_course.cli.{module}"), name, fail)
    line = refused_after(typed, *needed(typed, tmp_path, checkpoint))
    assert "not enough memory" in line and less in line


def refused_after(*arguments):
    """As ``refused``, of a command that may have printed something before."""
    result = invoke(*arguments)
    assert isinstance(result.exception, SystemExit), repr(result.exception)
    assert result.exit_code == 2 and len(result.stderr.splitlines()) == 1, result.stderr
    return result.stderr


@pytest.mark.parametrize(
    "error",
    [
        ImportError("libtorch_cpu.so: failed to map segment from shared object", name="torch._C"),
        ModuleNotFoundError("No module named 'safetensors'", name="safetensors"),
        RuntimeError("can't start new thread"),
        RuntimeError("Could not determine home directory."),
        OverflowError("int too big to convert"),
        UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_the_machine_lacks_is_one_line(error, monkeypatch, checkpoint):
    def fail(*_, **__):
        raise error

    monkeypatch.setattr(importlib.import_module("s2s_course.cli.translate"), "translate_to_indices", fail)
    assert refused("translate", checkpoint, "a") == f"s2s: {error}\n"


@pytest.mark.parametrize("name", MODELS)
def test_the_memory_of_a_model_is_that_of_all_its_layers(name, monkeypatch):
    sizes = {"src_vocab_size": 11, "tgt_vocab_size": 13, "num_layers": 3}
    config = model_config(name, **sizes)
    count = sum(parameter.numel() for parameter in build_model(name, config, seed=0).parameters())
    monkeypatch.setattr(memory, "_memory_of", lambda device: 16 * count)
    memory.check_memory(name, config, "cpu")
    monkeypatch.setattr(memory, "_memory_of", lambda device: 16 * count - 1)
    with pytest.raises(UsageError, match=f"a model of {count:,} parameters takes .* lower the sizes"):
        memory.check_memory(name, config, "cpu")


def test_a_container_may_have_less_memory_than_its_machine(monkeypatch, tmp_path):
    limit = tmp_path / "memory.max"
    monkeypatch.setattr(memory, "_LIMIT_OF_CONTAINER", limit)
    machine = memory._memory_of("cpu")
    assert 2**30 < machine < 2**50
    for text, there in (("max\n", machine), ("1048576\n", 2**20), (f"{2**60}\n", machine)):
        limit.write_text(text)
        assert memory._memory_of("cpu") == there


def test_where_memory_cannot_be_asked_for_nothing_is_refused(monkeypatch):
    monkeypatch.delattr(os, "sysconf")
    assert memory._memory_of("cpu") > 2**60


def test_a_fault_of_ours_keeps_its_traceback(monkeypatch, checkpoint):
    def fail(*_, **__):
        raise RuntimeError("shapes cannot be multiplied")

    monkeypatch.setattr(importlib.import_module("s2s_course.cli.translate"), "translate_to_indices", fail)
    assert isinstance(invoke("translate", checkpoint, "a").exception, RuntimeError)


@given(st.text(st.characters(exclude_categories=())))
def test_whatever_an_error_says_is_one_line_that_a_terminal_can_show(text):
    for kind in (ValueError, UsageError, CorpusError, CheckpointError, FloatingPointError):
        line = line_of(kind(text))
        assert line.isprintable() and line.split() == [word for word in line.split(" ") if word]
    for error in (OSError(28, "No space left on device", text), typer.BadParameter(text)):
        assert line_of(error).isprintable() and "\n" not in line_of(error)


@given(st.recursive(st.none() | st.floats() | st.text(st.characters(exclude_categories=())),
                    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))  # fmt: skip
def test_whatever_is_printed_as_json_is_json_in_utf8(document):
    stream = io.TextIOWrapper(io.BytesIO(), encoding="latin-1")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdout", stream)
        print_json(document)
    text = stream.buffer.getvalue().decode("utf-8")
    printed = json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    if isinstance(document, float):
        assert printed == (document if math.isfinite(document) else None)


@pytest.mark.parametrize(
    ("command", "given", "spins"),
    [
        ("train", {}, str(cli.SPINS)),
        ("train", {"GOMP_SPINCOUNT": "7"}, "7"),
        ("train", {"OMP_WAIT_POLICY": "active"}, None),
        ("claims", {}, None),
    ],
)
def test_how_threads_wait_is_said_before_torch_is_loaded(command, given, spins, monkeypatch):
    said = dict(given)
    monkeypatch.setattr(os, "environ", said)
    monkeypatch.setattr(sys, "argv", ["s2s", command])
    monkeypatch.setattr(cli, "app", lambda: None)
    cli.main()
    assert said.get("GOMP_SPINCOUNT") == spins


def test_a_perplexity_beyond_all_numbers_is_null_in_json_and_inf_in_the_table(tmp_path):
    translator = Translator.build("gru", *CORPUS.codecs(), seed=0, embed_size=8, hidden_size=8)
    with torch.no_grad():
        translator.model.to_logits.bias[0] = 2000.0
    save_checkpoint(translator, tmp_path)
    result = invoke("evaluate", tmp_path, "--max-length", 2, "--json")
    assert json.loads(result.stdout)["perplexity"] is None and result.exit_code == 0
    assert re.search(r"^perplexity +inf$", invoke("evaluate", tmp_path, "--max-length", 2).stdout, re.M)


@pytest.mark.parametrize("as_json", [[], ["--json"]])
def test_a_translation_is_not_lost_when_its_page_is_too_large(attending, tmp_path, as_json):
    page = tmp_path / "page.html"
    result = invoke(
        "translate", attending, "a cat " * 30, "--max-length", 60, "--show-attention", page, *as_json
    )
    assert result.exit_code == 2
    assert "chat chat" in result.stdout or "un un" in result.stdout
    assert re.fullmatch(r"s2s: --show-attention: .*page.html .*: .*155,000 bytes.*\n", result.stderr)
    assert list(tmp_path.iterdir()) == []


def test_the_memory_of_a_gpu_is_that_of_its_number(monkeypatch):
    known = {"cuda": 3, "cuda:1": 5}
    properties = {name: SimpleNamespace(total_memory=size) for name, size in known.items()}
    monkeypatch.setattr(torch.cuda, "get_device_properties", properties.get)
    assert [memory._memory_of(device) for device in known] == [3, 5]
    assert memory._memory_of("mps") == memory._memory_of("cpu") > 2**20


def test_a_device_that_was_found_is_named(monkeypatch, capsys):
    arguments = importlib.import_module("s2s_course.cli.arguments")
    ready = []
    monkeypatch.setattr(arguments, "allow_tf32", ready.append)
    for best, asked, told in (
        ("cuda", "auto", "s2s: on cuda\n"),
        ("mps", "auto", "s2s: on mps\n"),
        ("cuda", "cpu", ""),
        ("cpu", "auto", ""),
    ):
        monkeypatch.setattr(
            devices, "available_devices", lambda best=best: list(dict.fromkeys([best, "cpu"]))
        )
        assert arguments.device_of_option(asked) == (best if asked == "auto" else asked)
        assert capsys.readouterr() == ("", told)
    assert ready == ["cuda", "mps", "cpu", "cpu"]


def test_bfloat16_without_hardware_is_warned_of(monkeypatch, tmp_path):
    train = importlib.import_module("s2s_course.cli.train")
    options = ["--embed-size", 4, "--hidden-size", 4, "--steps", 1, "--out", tmp_path, "--fresh"]
    for fast, switch, warned in (
        (False, "--bf16", True),
        (True, "--bf16", False),
        (False, "--no-bf16", False),
    ):
        monkeypatch.setattr(train, "has_fast_bfloat16", lambda device, fast=fast: fast)
        result = invoke("train", *options, switch)
        assert result.exit_code == 0
        assert bool(re.fullmatch(r"s2s: .*bfloat16.*--no-bf16.*\n", result.stderr)) == warned
        assert warned or result.stderr == ""


def in_a_process(script, *, code=0):
    """What ``script``, of bash, writes to standard error; ``s2s`` stands for the command."""
    s2s = f's2s() {{ "{sys.executable}" -m s2s_course "$@"; }}\n'
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": ""}  # empty: buffered
    done = subprocess.run(["bash", "-c", s2s + script], env=environment, capture_output=True, text=True)
    assert done.returncode == code, done.stderr
    return done.stderr


def test_neither_help_nor_the_version_needs_torch():
    script = (
        "import sys\nfrom s2s_course.cli import app\n"
        "for typed in (['--help'], ['--version'], ['claims', '--help'], ['no-such'], []):\n"
        "    try:\n        app(typed)\n    except SystemExit:\n        pass\n"
        "heavy = {'torch', 'numpy', 'requests', 'tokenizers'} & sys.modules.keys()\n"
        "sys.exit(', '.join(heavy) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "s2s 0." in done.stdout


@pytest.mark.parametrize("typed", COMMANDS)
def test_what_stands_in_the_table_is_what_the_command_says_of_itself(typed):
    place, sentence = COMMANDS[typed]
    module, name = place.split(":")
    function = getattr(importlib.import_module(module), name)
    assert sentence == " ".join(function.__doc__.split("\n\n")[0].split())
    group = typed.split()[:-1]
    assert sentence[:40] in " ".join(invoke(*group, "--help").stdout.replace("│", "").split())


def test_every_function_that_is_a_command_stands_in_the_table():
    """A command has options or arguments of typer in its signature."""
    in_table = {place for place, _ in COMMANDS.values()}
    for path in (ROOT / "s2s_course" / "cli").glob("[a-z]*.py"):
        if path.stem != "app":
            module = importlib.import_module(f"s2s_course.cli.{path.stem}")
            for name, function in vars(module).items():
                if getattr(function, "__module__", "") == module.__name__ and "typer.models" in str(
                    getattr(function, "__annotations__", "")
                ):
                    assert f"{module.__name__}:{name}" in in_table


WITH_JSON = [
    f"{typed} --json"
    for typed in COMMANDS
    if any("--json" in parameter.opts for parameter in click_command(typed).params)
]


class ClosedPipe:
    """Standard output whose reader has gone, unbuffered."""

    def __enter__(self):
        reader, writer = os.pipe()
        os.close(reader)
        self.stream = io.TextIOWrapper(os.fdopen(writer, "wb", buffering=0), write_through=True)
        return self.stream

    def __exit__(self, *_):
        self.stream.close()


@pytest.mark.parametrize("typed", [*COMMANDS, *WITH_JSON, "--help", "--version"])
def test_a_reader_that_has_gone_is_no_error(typed, tmp_path, checkpoint, monkeypatch, capsys):
    claims = importlib.import_module("s2s_course.cli.claims")
    monkeypatch.setattr(claims, "carry", lambda *_: [Outcome("clipping", "carried")])
    monkeypatch.setattr(claims.ledger, "run_claim", lambda claim, scale: claims.ledger.stored(claim.id))
    command, *flags = typed.split(" --")
    arguments = [*command.split(), *needed(command, tmp_path, checkpoint), *(f"--{flag}" for flag in flags)]
    if command == "exercises try":
        text = exercise_file("5.90", title="A mean", function="mean", file="mean.py")
        (tmp_path / "mean.py").write_text(text)
    if command == "grade":  # a notebook that cannot be read, so that nothing runs
        Assignment("hw", "A title", None, ("hw.ipynb",), {"5.1": 2.0}, 0, tmp_path / "hw").write()
        (tmp_path / "in").mkdir()
        (tmp_path / "in" / "a.ipynb").write_text("")
    if command == "train":
        arguments += ["--embed-size", "4", "--hidden-size", "4"]
    if command == "claims run":
        arguments += ["clipping", "--scale", "smoke"]
    with ClosedPipe() as stream, pytest.raises(SystemExit) as ended:
        monkeypatch.setattr(sys, "stdout", stream)
        app(arguments)
    assert ended.value.code == 141
    assert capsys.readouterr().err == ""


def test_a_reader_that_has_gone_is_no_error_in_real_processes():
    """Written at once, or at the end; and then to standard error as well."""
    assert in_a_process("PYTHONUNBUFFERED=1 s2s --version | true; exit ${PIPESTATUS[0]}", code=141) == ""
    assert in_a_process("{ sleep 1; s2s --version; } | true; exit ${PIPESTATUS[0]}", code=141) == ""
    assert in_a_process("{ sleep 1; s2s --no-such; } 2>&1 | true; exit ${PIPESTATUS[0]}", code=2) == ""


def test_standard_output_that_takes_nothing_is_one_line():
    if not Path("/dev/full").exists():  # macOS
        return
    for typed in ("--help", "--version"):
        assert in_a_process(f"s2s {typed} >/dev/full", code=2) == "s2s: No space left on device\n"
    assert in_a_process("s2s --version >&-") == ""


def test_a_variable_that_a_library_cannot_read_is_one_line():
    assert in_a_process("TERMINAL_WIDTH=wide s2s --help", code=2).startswith("s2s: invalid literal for int()")


def test_a_file_that_may_not_be_so_large_is_named_and_the_old_one_stays(tmp_path, checkpoint):
    """As on a full disk: a limit of the system ends the write in the middle."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    arguments = ["--embed-size", 4, "--hidden-size", 4, "--steps", 1, "--out", tmp_path]
    assert invoke("train", *arguments).exit_code == 0
    run = tmp_path / "run"

    def kept() -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in [*run.glob("*-*"), *tmp_path.glob("*.json")]}

    before = kept()
    resource.setrlimit(resource.RLIMIT_FSIZE, (300, limits[1]))
    try:
        line = refused_after("train", *arguments, "--fresh")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert re.fullmatch(rf"s2s: {run}/state-\d+\.safetensors: File too large\n", line)
    assert kept() == before
