"""A model in the page that the fixture ``engine`` gives, as ``window.model``."""

import base64
import json

from playwright.sync_api import Page
from safetensors.torch import save

from s2s_course.models.contract import EncoderDecoder
from s2s_course.models.registry import config_to_json

LOAD = """async (given) => {
  const { name, config, weights } = JSON.parse(given);
  await import("/own_model.js"); // with the positions, scores and windows that no stored model has
  const { buildModel } = await import("/models.js");
  const { readSafetensors } = await import("/safetensors.js");
  window.tensors = readSafetensors(Uint8Array.from(atob(weights), (c) => c.charCodeAt(0)));
  window.rebuild = () => buildModel({ name, config }, window.tensors);
  window.model = rebuild();
}"""


def load(engine: Page, name: str, model: EncoderDecoder) -> None:
    """Give the page a model; a matrix that serves twice is sent once."""
    state = {key: value.contiguous().clone() for key, value in model.named_parameters()}
    load_weights(engine, name, config_to_json(model.config), save(state))


def load_weights(engine: Page, name: str, config: dict, weights: bytes) -> None:
    given = {"name": name, "config": config, "weights": base64.b64encode(weights).decode()}
    engine.evaluate(LOAD, json.dumps(given))
