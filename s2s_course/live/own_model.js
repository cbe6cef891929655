// The reader's own model: a folder of `s2s train`, dropped on the page. Nothing of it leaves the page.
//
// The manifest, checkpoint.json, names the file of weights, the model, its choices and its codecs:
// training/manifest.py. Whatever is not as it should be is refused with one sentence.
import "./more_tokenizers.js";
import "./more_positions.js";
import "./more_scores.js";
import { createCodec } from "./codec.js";
import { buildModel, MODELS } from "./models.js";
import { readSafetensors } from "./safetensors.js";

const MANIFEST = "checkpoint.json";
const FORMAT = 1;
const LARGEST = 20_000_000; // bytes of weights
const LARGEST_MANIFEST = 10_000_000;

// From files (of a drop or an input) to a translator { name, model, srcCodec, tgtCodec }.
export async function openOwnModel(files) {
  const named = (name) => [...files].find((file) => file.name === name);
  const file = named(MANIFEST);
  if (!file) throw new Error(`a folder of s2s train has a file ${MANIFEST}, and it must be among the files`);
  const manifest = readManifest(await textOf(file));
  const weights = named(manifest.weights);
  if (!weights) throw new Error(`${MANIFEST} names the file ${shortened(manifest.weights)}, which is not among the files`);
  if (weights.size > LARGEST) {
    throw new Error(`weights may have at most ${LARGEST / 1e6} MB in a page, got ${(weights.size / 1e6).toFixed(1)} MB`);
  }
  const bytes = new Uint8Array(await weights.arrayBuffer());
  await checkHash(bytes, manifest.sha256);
  return build(manifest, readSafetensors(bytes));
}

async function textOf(file) {
  if (file.size > LARGEST_MANIFEST) throw new Error(`${MANIFEST} is too large to be the manifest of a model`);
  return file.text();
}

function readManifest(text) {
  let manifest;
  try {
    manifest = JSON.parse(text);
  } catch {
    throw new Error(`${MANIFEST} is damaged: it is not JSON`);
  }
  const kinds = { model: "string", weights: "string", sha256: "string", config: "object", src: "object", tgt: "object" };
  if (manifest?.format !== FORMAT) throw new Error(`${MANIFEST} is not a manifest of this course's format ${FORMAT}`);
  for (const [name, kind] of Object.entries(kinds)) {
    if (typeof manifest[name] !== kind || manifest[name] === null) throw new Error(`${MANIFEST} is damaged: ${name} is missing`);
  }
  if (!Object.hasOwn(MODELS, manifest.model)) throw new Error(`the page has no model “${shortened(manifest.model)}”`);
  return manifest;
}

// Browsers give no hashes to pages that are not secure; there the file's own format must do.
async function checkHash(bytes, expected) {
  if (!globalThis.crypto?.subtle) return;
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const text = Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
  if (text !== expected) throw new Error("the file of weights is damaged: its SHA-256 is not the one in the manifest");
}

function build({ model: registry, config, src, tgt }, tensors) {
  let codecs;
  try {
    codecs = [src, tgt].map(createCodec);
  } catch {
    throw new Error(`${MANIFEST} is damaged: its codecs cannot be read`);
  }
  const [srcCodec, tgtCodec] = codecs;
  const rebuild = () => buildModel({ name: registry, config }, tensors);
  const translator = { name: registry, srcCodec, tgtCodec, model: rebuild(), rebuild };
  try { // sizes that do not fit show at the first word
    const [logits] = translator.model.step([1], translator.model.initState([[...srcCodec.encode("a"), 2]], null));
    if (logits.shape[1] !== tgtCodec.vocab.tokens.length || !logits.values.every(Number.isFinite)) throw new Error();
  } catch {
    throw new Error("the weights do not fit the model that the manifest describes");
  }
  return translator;
}

const shortened = (text) => (text.length > 60 ? `${text.slice(0, 59)}…` : text);
