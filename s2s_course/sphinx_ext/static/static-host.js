// Runs the book's widgets on a published page, with no kernel and no network.
//
// myst-nb leaves two kinds of JSON in the page: the state of all widgets, and a view for each place where one is shown.
// For each view this script makes the model that a Jupyter host would make and calls the widget's own module with it.
// It knows our widgets (anywidget), boxes, and links. Another ipywidget becomes text, or a note that it needs a kernel.
// The state is read, and the code of a widget loaded, when a view comes near the window; data-code of this script
// says where the code lies, and with data-eager all is shown at once.
(() => {
  if (window.s2sStaticHost) return; // Jupyter Book can list a script twice
  window.s2sStaticHost = true;
  const { src, dataset } = document.currentScript; // beside it lie the models that compute in the page (shared/live.js)
  const NEAR = "100% 0px"; // a window's height above and below it
  window.s2sLive = { folder: src && new URL("live/", src).href };

  const STATE = 'script[type="application/vnd.jupyter.widget-state+json"]';
  const VIEW = 'script[type="application/vnd.jupyter.widget-view+json"]';
  const idOf = (reference) => reference.replace("IPY_MODEL_", "");
  const element = (tag, properties = {}) => Object.assign(document.createElement(tag), properties);

  // What a widget's module sees of its Python half: https://anywidget.dev/en/afm
  class Model {
    constructor(entry) {
      this.kind = entry.model_name;
      this.isOurs = entry.model_module === "anywidget";
      this.state = { ...entry.state };
      this.listeners = new Map(); // "change:step" -> Set of functions
    }

    get(name) {
      return this.state[name];
    }

    // set("step", 3) or set({ step: 3, unit: 1 }). All values are in place before the first listener hears of one.
    set(name, value) {
      const values = typeof name === "object" ? name : { [name]: value };
      const changed = Object.keys(values).filter((key) => !Object.is(this.state[key], values[key]));
      for (const key of changed) this.state[key] = values[key];
      for (const key of changed) this.announce(`change:${key}`, this, this.state[key]);
      if (changed.length) this.announce("change", this);
    }

    save_changes() {} // there is no kernel to tell

    send() {}

    on(names, listener) {
      for (const name of names.split(" ")) {
        if (!this.listeners.has(name)) this.listeners.set(name, new Set());
        this.listeners.get(name).add(listener);
      }
    }

    off(names, listener) {
      for (const name of names?.split(" ") ?? this.listeners.keys()) {
        if (listener) this.listeners.get(name)?.delete(listener);
        else this.listeners.delete(name);
      }
    }

    announce(name, ...details) {
      for (const listener of [...(this.listeners.get(name) ?? [])]) listener(...details);
    }
  }

  // The script of the page (widgets/NAME.js) that has a widget's code, run once.
  const places = JSON.parse(dataset.code ?? "{}");
  const scripts = new Map();
  function run(name) {
    if (window.s2sWidgets?.[name] || !places[name]) return null;
    if (!scripts.has(name)) scripts.set(name, new Promise((loaded, failed) => {
      const script = element("script", { src: new URL(places[name], src).href, onload: loaded });
      script.onerror = () => failed(new Error("its code could not be loaded"));
      document.head.append(script);
    }));
    return scripts.get(name);
  }

  // The code of a widget. A stored chapter names it, and a script has it.
  async function codeOf(model) {
    const [, name, version] = /^\/\/ s2s_course widget: (\w+) (\d+)\n/.exec(model.get("_esm")) ?? [];
    if (!name) return { module: model.get("_esm"), style: model.get("_css") };
    await Promise.all(["shared", name].map(run));
    const { shared, [name]: own } = window.s2sWidgets ?? {};
    if (own?.version === Number(version)) return { module: shared.module + own.module, style: shared.style + own.style };
    throw new Error(`it (${name} ${version}) was made by another version of the course: run make execute`);
  }

  // A module is imported once for each distinct text, and its style sheet added with it.
  const modules = new Map();
  function load({ module, style }) {
    if (!modules.has(module)) {
      document.head.append(element("style", { textContent: style }));
      const url = URL.createObjectURL(new Blob([module], { type: "text/javascript" }));
      modules.set(module, import(url).finally(() => URL.revokeObjectURL(url)));
    }
    return modules.get(module);
  }

  const readModels = () => Array.from(document.querySelectorAll(STATE))
    .flatMap((script) => Object.entries(JSON.parse(script.textContent).state))
    .map(([id, entry]) => [id, new Model(entry)]);

  // All that is stored in the page; gives the function that shows a widget in an element.
  function open() {
    const models = new Map(readModels());
    const find = (reference) => {
      const model = models.get(idOf(reference));
      if (!model) throw new Error(`its state (${idOf(reference)}) is not stored in this page`);
      return model;
    };
    const initialized = new Map(); // a module's initialize runs once for each model

    async function show(model, el) {
      if (model.isOurs) {
        const widget = (await load(await codeOf(model))).default;
        const { signal } = new AbortController(); // the view lives as long as the page
        if (!initialized.has(model)) initialized.set(model, widget.initialize?.({ model, signal }));
        await initialized.get(model);
        await widget.render({ model, el, signal });
      } else if (/^(H|V|Grid)?BoxModel$/.test(model.kind)) {
        el.classList.add("s2s-box", model.kind === "HBoxModel" ? "s2s-row" : "s2s-column");
        for (const child of model.get("children")) await show(find(child), el.appendChild(element("div")));
      } else el.append(...withoutKernel(model));
    }

    function link(model) {
      const [[source, from], [target, to]] = [model.get("source"), model.get("target")];
      const [a, b] = [find(source), find(target)];
      a.on(`change:${from}`, () => b.set(to, a.get(from)));
      if (model.kind === "LinkModel") b.on(`change:${to}`, () => a.set(from, b.get(to)));
      b.set(to, a.get(from)); // the source rules when a link is made
    }

    for (const model of models.values()) if (/^(Directional)?LinkModel$/.test(model.kind)) link(model);
    return (view, el) => show(find(view), el);
  }

  function start() {
    let shown; // what open gives, when the first view is near
    const views = new Map();
    const near = new IntersectionObserver((entries) => entries.filter((entry) => entry.isIntersecting)
      .forEach(({ target }) => show(target)), { rootMargin: NEAR });

    function show(el) {
      near.unobserve(el);
      (async () => (shown ??= open())(views.get(el), el))().catch((error) => {
        console.error(error);
        el.parentElement.querySelector(":scope > .s2s-figure")?.classList.add("s2s-shown");
        el.append(element("p", { className: "s2s-note", textContent: `This widget could not start: ${error.message}.` }));
      });
    }

    for (const script of document.querySelectorAll(VIEW)) {
      const el = element("div", { className: "s2s-view" });
      script.after(el);
      views.set(el, JSON.parse(script.textContent).model_id);
      if ("eager" in dataset) show(el);
      else near.observe(el);
    }
  }

  // What can be said of a stock ipywidget: its stored output, its text, or that it needs a kernel.
  function withoutKernel(model) {
    if (model.kind === "OutputModel") return (model.get("outputs") ?? []).map(storedOutput);
    if (/^(HTML|HTMLMath|Label)Model$/.test(model.kind)) { // also the text beside a progress bar of tqdm
      const { body } = new DOMParser().parseFromString(model.get("value"), "text/html");
      return [element("span", { textContent: body.textContent.trim() })];
    }
    if (/ProgressModel$/.test(model.kind)) {
      const [value, max] = [model.get("value"), model.get("max")];
      return [element("progress", { value, max, ariaLabel: model.get("description") || "progress" })];
    }
    const name = model.get("description") || model.kind.replace(/Model$/, "");
    return [element("p", { className: "s2s-note", textContent: `${name}: this control needs a running kernel. Open the notebook in JupyterLab or Colab to use it.` })];
  }

  function storedOutput(output) {
    const text = [output.text ?? output.data?.["text/plain"] ?? output.evalue ?? ""].flat().join("");
    const png = output.data?.["image/png"];
    return png ? element("img", { src: `data:image/png;base64,${png}`, alt: text }) : element("pre", { textContent: text });
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
