// The models that compute in the page: loaded when a reader first asks, once for all widgets of the page.
//
// The published page has the address of a folder of scripts (static-host.js); in a notebook the kernel sends the same
// (shared/live.py). What is loaded: the engine, what all models share, and the weights of each model that is asked for.

const liveCache = (globalThis.s2sLive ??= {});
liveCache.assets ??= {};
liveCache.promises ??= {};
const KERNEL_ANSWERS_WITHIN = 20_000; // milliseconds

// Remember what `load` promises; forget a failure, so that it can be tried again.
function once(name, load) {
  return (liveCache.promises[name] ??= load().catch((error) => {
    delete liveCache.promises[name];
    throw error;
  }));
}

const liveAsset = (model, name) => once(`asset ${name}`, async () => {
  if (!liveCache.assets[name]) await (liveCache.folder ? fromPage(name) : fromKernel(model, name));
  return liveCache.assets[name];
});

function fromPage(name) {
  if (name.startsWith("own ")) throw new Error("this model is in the notebook only; open it there and run its cell");
  return new Promise((resolve, reject) => {
    const script = element("script", { src: new URL(`${name}.js`, liveCache.folder) });
    script.onload = resolve;
    script.onerror = () => reject(new Error(`the file ${name}.js could not be loaded`));
    document.head.append(script);
  });
}

function fromKernel(model, name) {
  return new Promise((resolve, reject) => {
    const unanswered = new Error("no kernel answered; run the cell of this widget");
    const timer = setTimeout(() => finish(() => reject(unanswered)), KERNEL_ANSWERS_WITHIN);
    const listen = ({ asset, content, refused }) => {
      if (asset !== name) return;
      liveCache.assets[name] = content;
      finish(() => (refused ? reject(new Error(refused)) : resolve()));
    };
    function finish(end) {
      clearTimeout(timer);
      model.off("msg:custom", listen);
      end();
    }
    model.on("msg:custom", listen);
    model.send({ asset: name });
  });
}

// What the value of a script is.
async function valueOf({ code }) {
  const address = URL.createObjectURL(new Blob([`export default ${code}`], { type: "text/javascript" }));
  return (await import(address).finally(() => URL.revokeObjectURL(address))).default;
}

// What the engine exports: s2s_course/live/engine.js.
const liveEngine = (model) => once("engine", async () => valueOf(await liveAsset(model, "engine")));

// What a part of the engine exports, such as s2s_course/live/trace.js. It shares the engine's modules.
const livePart = (model, name) => once(`part ${name}`, async () => {
  const [{ modules }, part] = await Promise.all([liveEngine(model), liveAsset(model, name)]);
  return (await valueOf(part))(modules);
});

// The model `name`, ready to translate: a stored one, or one that only this widget's kernel has ("own …").
const liveTranslator = (model, name) => once(`translator ${name}`, async () => {
  const [engine, course, own] = await Promise.all([liveEngine(model), liveAsset(model, "course"), liveAsset(model, name)]);
  const { registry, config, codecs } = { codecs: course.codecs, ...course.models[name], ...own };
  if (own.registry) await livePart(model, "own_model"); // for parts that no stored model has
  const tensors = engine.readSafetensors(bytesOf(own.weights));
  const rebuild = () => engine.buildModel({ name: registry, config }, tensors); // for whoever changes its parts
  const [srcCodec, tgtCodec] = ["src", "tgt"].map((side) => engine.createCodec(codecs[side]));
  return { name, srcCodec, tgtCodec, model: rebuild(), rebuild };
});

// The reader's own model, from the files of a run folder: from now on it has this name in all widgets of the page.
const OWN_MODEL = "your own model";
async function openOwnModel(model, files) {
  const { openOwnModel: open } = await livePart(model, "own_model");
  const translator = await open(files);
  liveCache.promises[`translator ${OWN_MODEL}`] = Promise.resolve(translator);
  liveCache.own = translator;
  dispatchEvent(new Event("s2s-own-model"));
  return translator;
}

// Call `take(translator)` when the reader has opened a model, and now if that has been done.
function onOwnModel(take, signal) {
  addEventListener("s2s-own-model", () => take(liveCache.own), { signal });
  if (liveCache.own) take(liveCache.own);
}
