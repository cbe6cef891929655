import copy
import errno as errors
import functools
import json
import math
import os
import signal
import time

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from s2s_course.models.translator import Translator
from s2s_course.text.codec import TextCodec
from s2s_course.text.tokenize import BPETokenizer, CharacterTokenizer, WordTokenizer
from s2s_course.training import checkpoint
from s2s_course.training.checkpoint import CheckpointError, load_checkpoint, save_checkpoint


def translator(seed=0):
    src, tgt = (TextCodec.build(WordTokenizer(code), ["a b c d"]) for code in ("en", "fr"))
    return Translator.build(
        "gru", src, tgt, seed=seed, embed_size=3, hidden_size=5, dropout=0.25, context="every_step"
    )


def test_round_trip(tmp_path):
    saved = translator()
    save_checkpoint(saved, tmp_path / "deep" / "folder", notes={"step": 3})
    loaded, notes = load_checkpoint(tmp_path / "deep" / "folder")
    assert notes == {"step": 3}
    assert loaded.name == "gru" and loaded.model.config == saved.model.config
    assert not loaded.model.training
    assert loaded.src_codec.to_json() == saved.src_codec.to_json()
    for name, value in saved.model.state_dict().items():
        assert torch.equal(loaded.model.state_dict()[name], value)


def test_a_new_checkpoint_replaces_the_old_one_and_leaves_no_rest(tmp_path):
    save_checkpoint(translator(0), tmp_path)
    save_checkpoint(translator(1), tmp_path)
    assert len(list(tmp_path.iterdir())) == 2
    loaded, _ = load_checkpoint(tmp_path)
    weight = next(iter(translator(1).model.state_dict().values()))
    assert torch.equal(next(iter(loaded.model.state_dict().values())), weight)


@pytest.mark.parametrize("failing", ["weights", "checkpoint.json"])
def test_a_write_that_fails_leaves_the_old_checkpoint_whole(tmp_path, monkeypatch, failing):
    save_checkpoint(translator(0), tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    replace = type(tmp_path).replace

    def full_disk(self, target):
        if failing in target.name:
            raise OSError("no space left")
        return replace(self, target)

    monkeypatch.setattr(type(tmp_path), "replace", full_disk)
    with pytest.raises(OSError, match="no space left"):
        save_checkpoint(translator(1), tmp_path)
    after = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert {name: after[name] for name in before} == before
    assert not any("writing" in name for name in after)
    load_checkpoint(tmp_path)


def damage(folder, how):
    manifest_path = folder / "checkpoint.json"
    manifest = json.loads(manifest_path.read_text())
    weights = folder / manifest["weights"]
    match how:
        case "no manifest":
            manifest_path.unlink()
        case "no weights":
            weights.unlink()
        case "truncated weights":
            weights.write_bytes(weights.read_bytes()[:-7])
        case "not json":
            manifest_path.write_text("{")
        case "other format":
            manifest_path.write_text(json.dumps({**manifest, "format": 99}))
        case "other model":
            manifest_path.write_text(json.dumps({**manifest, "model": "oracle"}))
        case "other size":
            config = {**manifest["config"], "hidden_size": 6}
            manifest_path.write_text(json.dumps({**manifest, "config": config}))
        case "a list":
            manifest_path.write_text("[]")


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ("no manifest", "checkpoint.json is missing"),
        ("no weights", "is incomplete: .* is missing"),
        ("truncated weights", "is damaged"),
        ("not json", "cannot be read"),
        ("other format", "has format 99, this course reads 1"),
        ("other model", "model must be one of .*, got 'oracle'"),
        ("other size", "cannot be read"),
        ("a list", "cannot be read"),
    ],
)
def test_damage_is_named_in_one_line(tmp_path, how, message):
    save_checkpoint(translator(), tmp_path)
    damage(tmp_path, how)
    with pytest.raises(CheckpointError, match=message) as caught:
        load_checkpoint(tmp_path)
    assert "\n" not in str(caught.value)


def manifest_of(folder):
    return json.loads((folder / "checkpoint.json").read_text())


def places(value, path=()):
    """Where something stands in a JSON document, outermost first; of a list only the first entry."""
    yield path
    if isinstance(value, dict):
        for name, each in value.items():
            yield from places(each, (*path, name))
    elif isinstance(value, list) and value:
        yield from places(value[0], (*path, 0))


def put(document, path, value):
    """``document`` with ``value`` at ``path``; without what stands there where ``value`` is ``GONE``."""
    if not path:
        return value
    document, (*before, last) = copy.deepcopy(document), path
    inside = functools.reduce(lambda part, name: part[name], before, document)
    if value is GONE:
        del inside[last]
    else:
        inside[last] = value
    return document


GONE = object()
MODEL = ("tokenizer", "tokenizer", "model")  # of a codec of subwords
WRONG = [None, True, 3, -1, 2.5, math.inf, 10**30, "", "x", "../x", "\ud800", [], [[]], {}, {"a": 1}]


@pytest.fixture(scope="module", params=["word", "bpe", "character"])
def saved(request, tmp_path_factory):
    """A folder with a checkpoint, whose notes may be anything."""
    folder, texts = tmp_path_factory.mktemp("saved"), ["a b c d"] * 3
    tokenizer = {
        "word": lambda: WordTokenizer("en"),
        "bpe": lambda: BPETokenizer.train(texts, language="en", num_tokens=9),
        "character": lambda: CharacterTokenizer("en"),
    }[request.param]()
    codec = TextCodec.build(tokenizer, texts)
    sizes = {"embed_size": 3, "hidden_size": 5}
    return save_checkpoint(Translator.build("gru", codec, codec, seed=0, **sizes), folder)


def load_or_one_sentence(folder):
    """Whether the checkpoint can be loaded; if not, one sentence says why."""
    try:
        load_checkpoint(folder)
    except CheckpointError as error:
        assert str(error).isprintable() and str(folder) in str(error)
        assert len(str(error)) < len(str(folder)) * 2 + 250
        return False
    return True


def test_whatever_stands_in_the_manifest_is_refused_in_one_sentence(saved):
    """Every field, and every part of it, is left out and replaced by values of every type."""
    good = manifest_of(saved)
    whole_fields = {path for path in places(good) if len(path) == 1}
    for path in places(good):
        for value in [GONE, *WRONG]:
            if path == () and value is GONE:
                continue
            (saved / "checkpoint.json").write_text(json.dumps(put(good, path, value)))
            loaded = load_or_one_sentence(saved)
            if path in whole_fields and not isinstance(value, dict):
                assert not loaded, f"{path} was {value!r}"
    (saved / "checkpoint.json").write_text(json.dumps(good))
    assert load_or_one_sentence(saved)


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(data=st.data())
def test_any_json_in_any_place_is_refused_or_loaded(saved, data):
    good = manifest_of(saved)
    path, value = data.draw(st.sampled_from(list(places(good)))), data.draw(ANY_JSON)
    try:
        (saved / "checkpoint.json").write_text(json.dumps(put(good, path, value)))
        load_or_one_sentence(saved)
    finally:
        (saved / "checkpoint.json").write_text(json.dumps(good))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": "1"}, "has format '1', this course reads 1"),
        ({"format": True}, "has format True, this course reads 1"),
        ({"config": []}, r"config must be an object, got \[\]"),
        ({"weights": "../weights"}, "weights must be the name of a file beside it, got '../weights'"),
        ({"weights": "folder"}, "folder cannot be read: Is a directory"),
        ({"weights": "x" * 300}, "weights must be the name of a file beside it, got 'x"),
        ({"sha256": 3}, "sha256 must be a string, got 3"),
        ({"src": "bpe"}, "src must be an object, got 'bpe'"),
        ({"notes": None}, "notes must be an object, got None"),
    ],
)
def test_a_field_of_the_wrong_kind_is_named(tmp_path, change, message):
    save_checkpoint(translator(), tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "checkpoint.json").write_text(json.dumps(manifest_of(tmp_path) | change))
    with pytest.raises(CheckpointError, match=message):
        load_checkpoint(tmp_path)


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe", b"[" * 100_000, b'{"format": 1e999}', b'{"format": 1, "format": NaN}', b"null"],
)
def test_what_is_no_manifest_at_all_is_refused(tmp_path, content):
    (tmp_path / "checkpoint.json").write_bytes(content)
    assert not load_or_one_sentence(tmp_path)


def test_what_is_no_folder_or_holds_no_file_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    (tmp_path / "folder" / "checkpoint.json").mkdir(parents=True)
    for folder in (tmp_path, tmp_path / "no", tmp_path / "file", tmp_path / "folder", tmp_path / ("x" * 300)):
        assert not load_or_one_sentence(folder)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes in folders are POSIX's")
@pytest.mark.parametrize("kind", ["checkpoint.json", "weights"])
def test_a_pipe_in_the_place_of_a_file_is_refused_and_not_waited_for(tmp_path, kind):
    save_checkpoint(translator(), tmp_path)
    path = tmp_path / (kind if kind == "checkpoint.json" else manifest_of(tmp_path)[kind])
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(CheckpointError, match=f"{path.name} cannot be read: it is no plain file"):
        load_checkpoint(tmp_path)


def test_a_tokenizer_of_another_version_is_refused(tmp_path):
    """Its kind of model is unknown here; or it is known, and fails at the first word."""
    texts = ["the dog sees a cat."] * 5
    codec = TextCodec.build(BPETokenizer.train(texts, language="en", num_tokens=40), texts)
    save_checkpoint(Translator.build("gru", codec, codec, seed=0, embed_size=4, hidden_size=4), tmp_path)
    good = manifest_of(tmp_path)
    for model in ({"type": "BPE2"}, {"type": "WordLevel", "vocab": {}, "unk_token": "?"}, [], None):
        changed = put(good, ("src", "tokenizer", "tokenizer", "model"), model)
        (tmp_path / "checkpoint.json").write_text(json.dumps(changed))
        with pytest.raises(CheckpointError, match=r"cannot be read: src(\.tokenizer\S*)? "):
            load_checkpoint(tmp_path)


@pytest.mark.parametrize("name", ["hidden_size", "num_layers", "embed_size"])
@pytest.mark.parametrize("size", [10**5, 2**63, 10**30])
def test_a_model_far_beyond_its_weights_is_refused_before_it_is_made(tmp_path, name, size):
    save_checkpoint(translator(), tmp_path)
    changed = put(manifest_of(tmp_path), ("config", name), size)
    (tmp_path / "checkpoint.json").write_text(json.dumps(changed))
    with pytest.raises(CheckpointError, match=f"config.{name} must be at most 10000, .* got {size}"):
        load_checkpoint(tmp_path)


def test_weights_of_another_shape_are_named(tmp_path):
    save_checkpoint(translator(), tmp_path)
    changed = put(manifest_of(tmp_path), ("config", "embed_size"), 4)
    (tmp_path / "checkpoint.json").write_text(json.dumps(changed))
    expected = r"weights src_embedding.weight must have the shape \(8, 4\) that config says, got \(8, 3\)"
    with pytest.raises(CheckpointError, match=expected):
        load_checkpoint(tmp_path)


def test_a_reader_finds_the_new_checkpoint_when_the_old_one_goes_under_its_eyes(tmp_path, monkeypatch):
    """Three times in a row a writer replaces what the manifest that was just read names."""
    save_checkpoint(translator(0), tmp_path)
    loads, left = json.loads, [1, 2, 3]

    def loads_and_is_overtaken(text):
        document = loads(text)
        if left:
            seed = left.pop(0)
            monkeypatch.setattr(json, "loads", loads)  # the writer reads manifests too
            save_checkpoint(translator(seed), tmp_path, notes={"seed": seed})
            monkeypatch.setattr(json, "loads", loads_and_is_overtaken)
        return document

    monkeypatch.setattr(json, "loads", loads_and_is_overtaken)
    loaded, notes = load_checkpoint(tmp_path)
    assert notes == {"seed": 3} and not left
    for name, value in translator(3).model.state_dict().items():
        assert torch.equal(loaded.model.state_dict()[name], value)


@pytest.mark.parametrize("same", [True, False])
@pytest.mark.parametrize("last", ["first", "second"])
def test_of_two_writers_one_leaves_its_own(tmp_path, monkeypatch, last, same):
    """The second writes all, before or after the first has replaced the manifest; also the same weights."""
    save_checkpoint(translator(9), tmp_path)
    real, others = checkpoint.write_atomically, [translator(0 if same else 1)]

    def write(path, content):
        if last == "second":
            real(path, content)
        if others:
            save_checkpoint(others.pop(), tmp_path, notes={"writer": "second"})
        if last == "first":
            real(path, content)

    monkeypatch.setattr(checkpoint, "write_atomically", write)
    save_checkpoint(translator(0), tmp_path, notes={"writer": "first"})
    loaded, notes = load_checkpoint(tmp_path)
    assert notes == {"writer": last}
    expected = translator(0 if last == "first" or same else 1).model.state_dict()
    assert all(torch.equal(loaded.model.state_dict()[name], value) for name, value in expected.items())
    assert len(list(tmp_path.iterdir())) == 2


def forked(work):
    """A process of its own that does ``work``; its number."""
    process = os.fork()
    if process == 0:
        try:
            work()
        finally:
            os._exit(0)
    return process


def test_what_killed_writers_left_is_removed_by_the_next(tmp_path):
    """Killed at any moment, they leave a whole checkpoint."""
    save_checkpoint(translator(0), tmp_path)

    def write_for_ever():
        while True:
            save_checkpoint(translator(1), tmp_path)

    for attempt in range(20):
        process = forked(write_for_ever)
        time.sleep(0.003 * attempt)
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        load_checkpoint(tmp_path)
    (tmp_path / ".weights-1.safetensors.77.writing").write_bytes(b"half")
    (tmp_path / "weights-2.safetensors").write_bytes(b"whole, but no manifest names it")
    save_checkpoint(translator(2), tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "checkpoint.json", manifest_of(tmp_path)["weights"]
    ]  # fmt: skip


def test_writers_and_a_reader_at_once_in_processes_of_their_own(tmp_path):
    save_checkpoint(translator(0), tmp_path)

    def write():
        for _ in range(30):
            save_checkpoint(translator(os.getpid() % 1000), tmp_path)

    processes = [forked(write) for _ in range(2)]
    while processes:
        load_checkpoint(tmp_path)
        ended, status = os.waitpid(processes[-1], os.WNOHANG)
        if ended:
            assert status == 0
            processes.pop()
    save_checkpoint(translator(3), tmp_path)
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("errno", ["ENOSPC", "EFBIG", "EACCES", "EROFS"])
def test_an_error_of_the_system_names_the_file_and_leaves_the_old_checkpoint(tmp_path, monkeypatch, errno):
    save_checkpoint(translator(0), tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def fail(descriptor):
        raise OSError(getattr(errors, errno), os.strerror(getattr(errors, errno)))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match=rf"{tmp_path}/weights-\w+\.safetensors"):
        save_checkpoint(translator(1), tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize(
    ("place", "value", "message"),
    [
        (("src", "tokens"), ["a", "\ud800"], r"src.tokens must be texts, got '\\ud800'"),
        (("tgt", "tokens"), ["a", 3], "tgt.tokens must be texts, got 3"),
        (("src", "tokenizer", "language"), 3, "src.tokenizer.language must be a string, got 3"),
        (
            ("src", *MODEL, "continuing_subword_prefix"),
            "xy",
            "continuing_subword_prefix must be null, got 'xy'",
        ),
        (("src", *MODEL, "merges"), [["a", "zzz"]], "merges must join pieces of the vocabulary"),
        (("src", *MODEL, "merges"), ["a b"], "merges must be pairs of pieces, got 'a b'"),
    ],
)
def test_what_a_tokenizer_cannot_be_is_named_and_nothing_else_is_said(tmp_path, capfd, place, value, message):
    """`tokenizers` would write pages to standard error."""
    codec = TextCodec.build(BPETokenizer.train(["ab ab b"] * 5, language="en", num_tokens=9), ["ab b"])
    save_checkpoint(Translator.build("gru", codec, codec, seed=0, embed_size=4, hidden_size=4), tmp_path)
    (tmp_path / "checkpoint.json").write_text(json.dumps(put(manifest_of(tmp_path), place, value)))
    with pytest.raises(CheckpointError, match=message):
        load_checkpoint(tmp_path)
    assert capfd.readouterr().err == ""
