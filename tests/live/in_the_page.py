"""Models of Python in the page: their weights and choices, and what the page's engine makes of them."""

import base64
from typing import Any

import numpy as np
from playwright.sync_api import Page
from safetensors.torch import save

from s2s_course.models.registry import config_to_json
from s2s_course.models.translator import Translator

# `call` is an expression in which `traces` are the exports of trace.js and `mine` is the translator.
_CALL = """async ([{ registry, config, codecs, weights }, call]) => {
  const load = (name) => import(`./${name}.js`);
  const names = ["trace", "codec", "models", "safetensors", "own_model"]; // with all positions
  const [traces, codec, models, files] = await Promise.all(names.map(load));
  const bytes = Uint8Array.from(atob(weights), (character) => character.charCodeAt(0));
  const tensors = files.readSafetensors(bytes);
  const mine = {
    name: registry, srcCodec: codec.createCodec(codecs.src), tgtCodec: codec.createCodec(codecs.tgt),
    model: models.buildModel({ name: registry, config }, tensors),
  };
  const plain = (value) => {
    if (ArrayBuffer.isView(value)) return Array.from(value);
    if (Array.isArray(value)) return value.map(plain);
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, plain(each)]));
  };
  return plain(await new Function("traces", "mine", `return ${call}`)(traces, mine));
}"""


def in_the_page(engine: Page, translator: Translator, call: str) -> Any:
    """What ``call`` gives with ``translator`` as the page's ``mine``, with numpy arrays."""
    state = {
        name: value.float().contiguous().clone() for name, value in translator.model.state_dict().items()
    }
    mine = {
        "registry": translator.name,
        "config": config_to_json(translator.model.config),
        "codecs": {"src": translator.src_codec.to_json(), "tgt": translator.tgt_codec.to_json()},
        "weights": base64.b64encode(save(state)).decode("ascii"),
    }
    return _with_arrays(engine.evaluate(_CALL, [mine, call]))


def _with_arrays(value: Any) -> Any:
    if isinstance(value, dict) and value.keys() == {"shape", "values"}:
        return np.array(value["values"], dtype=np.float64).reshape(value["shape"])
    if isinstance(value, dict):
        return {name: _with_arrays(each) for name, each in value.items()}
    return [_with_arrays(each) for each in value] if isinstance(value, list) else value
