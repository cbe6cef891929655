import json

import pytest
import torch

from s2s_course.models.translator import Translator
from s2s_course.text.codec import TextCodec
from s2s_course.text.tokenize import WordTokenizer
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
