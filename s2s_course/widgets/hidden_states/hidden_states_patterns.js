// What units follow, for HiddenStates: which of them tell marked steps from others, and which are alike.
// hidden_states.py puts this text in front of hidden_states.js.

const courseOf = ({ shape: [steps, units], values }, unit) =>
  Array.from({ length: steps }, (_, step) => values[step * units + unit]);

// How often a value at a marked step is higher than one at another step, equal ones counted half: 0.5 says nothing.
function areaUnderCurve(course, marked) {
  const [inside, outside] = [true, false].map((wanted) => course.filter((_, step) => marked[step] === wanted));
  const wins = inside.flatMap((value) => outside.map((other) => (value > other ? 1 : value === other ? 0.5 : 0)));
  return wins.reduce((total, win) => total + win, 0) / wins.length;
}

// The mean at marked steps less the mean at others.
function gapOf(course, marked) {
  const means = [true, false].map((wanted) => {
    const values = course.filter((_, step) => marked[step] === wanted);
    return values.reduce((total, value) => total + value, 0) / values.length;
  });
  return means[0] - means[1];
}

// The units, best first, with their area under the curve; `byChance` is how far the best unit gets when the same marks
// are shifted along the sentence, on average. Null where all steps are marked, or none.
function followersOf(states, marked) {
  if (!marked.includes(true) || !marked.includes(false)) return null;
  const [steps, units] = states.shape;
  const courses = Array.from({ length: units }, (_, unit) => courseOf(states, unit));
  const sureness = (area) => Math.max(area, 1 - area);
  const ranked = courses.map((course, unit) =>
    ({ unit, area: areaUnderCurve(course, marked), gap: Math.abs(gapOf(course, marked)) }))
    .sort((a, b) => sureness(b.area) - sureness(a.area) || b.gap - a.gap);
  const best = Array.from({ length: steps - 1 }, (_, i) => {
    const shifted = marked.map((_, step) => marked[(step + i + 1) % steps]);
    return Math.max(...courses.map((course) => sureness(areaUnderCurve(course, shifted))));
  });
  return { ranked, byChance: best.reduce((total, value) => total + value, 0) / best.length };
}

const GROUPS = 6;

function correlation(one, other) {
  const [a, b] = [one, other].map((values) => {
    const mean = values.reduce((total, value) => total + value, 0) / values.length;
    return values.map((value) => value - mean);
  });
  const dot = (x, y) => x.reduce((total, value, i) => total + value * y[i], 0);
  return dot(a, b) / (Math.sqrt(dot(a, a) * dot(b, b)) || 1);
}

// Units in groups of those whose courses are alike: each group has a unit at its heart, the hearts are as little alike
// as can be, and every unit joins the heart that it correlates with most. Large groups first, near units in front.
function groupsOf(states) {
  const [, units] = states.shape;
  const courses = Array.from({ length: units }, (_, unit) => courseOf(states, unit));
  const ranges = courses.map((course) => Math.max(...course) - Math.min(...course));
  const hearts = [ranges.indexOf(Math.max(...ranges))];
  const alike = [courses.map((course) => correlation(course, courses[hearts[0]]))];
  while (hearts.length < Math.min(GROUPS, units)) {
    const nearest = courses.map((_, unit) => Math.max(...alike.map((of) => of[unit])));
    hearts.push(nearest.indexOf(Math.min(...nearest)));
    alike.push(courses.map((course) => correlation(course, courses[hearts.at(-1)])));
  }
  const groups = hearts.map(() => []);
  courses.forEach((_, unit) => {
    const own = alike.map((of) => of[unit]);
    groups[own.indexOf(Math.max(...own))].push(unit);
  });
  groups.forEach((group, i) => group.sort((a, b) => alike[i][b] - alike[i][a]));
  return groups.filter((group) => group.length).sort((a, b) => b.length - a.length);
}

// How the rows of a map are ordered: { order, cuts } with the rows before which a group begins.
function arrangementOf(states, kind, followers) {
  const natural = Array.from({ length: states.shape[1] }, (_, unit) => unit);
  if (kind === "marked" && followers) {
    return { order: [...followers.ranked].sort((a, b) => b.area - a.area).map(({ unit }) => unit), cuts: [] };
  }
  if (kind !== "alike") return { order: natural, cuts: [] };
  const groups = groupsOf(states);
  const before = (i) => groups.slice(0, i).reduce((total, group) => total + group.length, 0);
  const cuts = groups.slice(1).map((_, i) => before(i + 1));
  return { order: groups.flat(), cuts };
}

const ORDERS = { model: "as in the model", alike: "alike ones together", marked: "by the marks" };
const SHOWN = 6; // units that are named

// What the reader has marked among the tokens of a panel, in words. It is named where others have tokens of their own.
function saidMarks({ name, tokens }, marked, named) {
  const steps = tokens.flatMap((token, step) => (marked[step] ? [`“${token}” at step ${step + 1}`] : []));
  const where = named ? `${name}, your marks` : "Your marks";
  if (!steps.length) return `${where}: no token marked.`;
  const alone = steps.length === tokens.length ? " There is no other token to tell them from." : "";
  return `${where}: ${steps.length} of ${tokens.length} tokens marked, ${listed(steps)}.${alone}`;
}

// The units of a panel that follow the marks best, and how much of that is chance, in words; false without marks.
function saidFollowers({ name }, followers) {
  if (!followers) return false;
  const often = (size) => (size === 1 ? "always" : size > 0.5 ? "more often" : "as often");
  const said = (area) => `${often(Math.max(area, 1 - area))} ${area < 0.5 ? "lower" : "higher"}`;
  const named = followers.ranked.slice(0, SHOWN).map(({ unit, area }) =>
    `${unit} (AUC ${formatNumber(area, 2)}, ${said(area)} at a marked token)`);
  return `${name}, the units that follow your marks best are ${listed(named)}. With the same marks shifted along the `
    + `tokens, the best unit reaches ${formatNumber(followers.byChance, 2)} on average: so much is chance.`;
}

// The order of the rows of a panel, in words.
function saidOrder({ name }, { order, cuts }, kind, followers) {
  const ends = order.length > 1 ? `, from unit ${order[0]} at the top to unit ${order.at(-1)}` : "";
  const groups = `${cuts.length + 1} ${cuts.length ? "groups" : "group"}`;
  const how = kind === "alike" ? `alike units together, in ${groups}`
    : kind === "marked" && followers ? "by your marks, those that are higher at marked tokens first" : ORDERS.model;
  return `${name}, the rows of the map: ${how}${ends}.`;
}

// The controls: the order of the rows, a button for each token of the `readers` that marks it, and what was found for
// the marks in each of the panels.
function createPatterns(model, readers, panels, { choose, signal, change }) {
  const marks = () => model.get("marks") ?? [];
  const put = (trait, value) => {
    model.set(trait, value);
    model.save_changes();
    change();
  };
  const toggle = (time) => put("marks", marks().includes(time)
    ? marks().filter((each) => each !== time) : [...marks(), time].sort((a, b) => a - b));
  const select = element("select", { "aria-label": "order of the units" },
    ...Object.entries(ORDERS).map(([value, text]) => element("option", { value }, text)));
  select.addEventListener("change", () => put("arrangement", select.value), { signal });
  const clear = element("button", { type: "button" }, "clear marks");
  clear.addEventListener("click", () => put("marks", []), { signal });

  const times = new Map(readers.flatMap(({ tokens, first }) => tokens.map((token, step) => [first + step, token])));
  const buttons = [...times].map(([time, token]) => {
    const label = `mark step ${time + 1}, ${token}`;
    const button = element("button", { type: "button", "aria-label": label }, token.trim() || "␣");
    button.addEventListener("click", () => toggle(time), { signal });
    return { time, button };
  });
  const found = element("div", { class: "found", "aria-live": "polite" });
  const root = element("div", { class: "patterns" },
    element("div", { class: "controls" },
      element("label", { class: "control" }, element("span", {}, "order of units"), select), clear),
    element("div", { class: "marks", role: "group", "aria-label": "mark tokens" },
      element("span", {}, "mark"), ...buttons.map(({ button }) => button)),
    found);

  function say(panel, followers) {
    const named = followers.ranked.slice(0, SHOWN).map(({ unit, area }) => {
      const button = element("button", { type: "button" }, `${unit} `, element("b", {}, formatNumber(area, 2)));
      button.addEventListener("click", () => choose({ unit }), { signal });
      return button;
    });
    return [element("p", {}, `${panel.name}: the units that follow your marks best, with their AUC`),
      element("div", {}, ...named),
      element("p", { class: "chance" }, `With the same marks shifted along the tokens, the best unit reaches `
        + `${formatNumber(followers.byChance, 2)} on average: so much is chance.`)];
  }

  let followers = [];
  const markedIn = ({ first, tokens }) => tokens.map((_, step) => marks().includes(first + step));
  function paint() {
    const now = marks();
    select.value = model.get("arrangement") ?? "model";
    for (const { time, button } of buttons) button.setAttribute("aria-pressed", now.includes(time));
    clear.disabled = !now.length;
    followers = panels.map((panel) => followersOf(panel.states, markedIn(panel)));
    const lines = panels.flatMap((panel, i) => (followers[i] ? say(panel, followers[i]) : []));
    const explained = lines.length
      ? "AUC is how often a unit is higher at a marked step than at another: 1 always, 0 never, 0.5 as often as not."
      : "Mark tokens, here or with the key m, such as all within quotation marks or behind a “not”: the units that "
        + "tell them from the others are found.";
    found.replaceChildren(element("p", {}, explained), ...lines);
  }
  const arrange = () => panels.map(({ states }, i) => arrangementOf(states, select.value, followers[i]));
  // What is marked, which units follow it and how the rows are ordered, in sentences.
  const lines = () => [
    ...readers.map((reader) => saidMarks(reader, markedIn(reader), readers.length > 1)),
    ...panels.map((panel, i) => saidFollowers(panel, followers[i])),
    ...arrange().map((next, i) => saidOrder(panels[i], next, select.value, followers[i])),
  ];
  return { root, marks, toggle, paint, arrange, lines };
}
