// State of one stage and what arrives from Python.

const clamp = (v, a, b) => Math.max(a, Math.min(b, v));
const BYTES = { f4: Float32Array, i4: Int32Array, u1: Uint8Array };

function unpack(packed) {
  const text = atob(packed.b64), bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  const array = new BYTES[packed.dtype](bytes.buffer);
  array.shape = packed.shape;
  return array;
}

// Arrays that Python sends once (sent_once): kept in the page under their name, the last few of all stages.
const KEPT = (window.__kept ??= new Map()), MOST_KEPT = 8;

function keptArrays(s) {
  const { kept, arrays } = s.params;
  if (arrays) {
    KEPT.delete(kept);
    KEPT.set(kept, Object.fromEntries(Object.entries(arrays).map(([name, one]) => [name, unpack(one)])));
    for (const old of [...KEPT.keys()].slice(0, -MOST_KEPT)) KEPT.delete(old);
  } else if (!KEPT.has(kept)) later(s, "kept", 0, () => s.commit({ has: null }));
  return KEPT.get(kept);
}

const keptName = (s) => (KEPT.has(s.params.kept) ? s.params.kept : null);

function element(name, className = "", text = "") {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

const styled = (node, style) => { Object.assign(node.style, style); return node; };

// A number with its true minus sign; what is rounded to 0 has none.
const fixed = (v, digits = 2) => v.toFixed(digits).replace(/^-(?=[0.]*$)/, "").replace("-", "\u2212");
// Whole numbers with commas between thousands, as Python writes them beside, and a true minus.
const many = (v) => Math.round(v).toLocaleString("en").replace("-", "\u2212");

// The integral image of a grid (h, w): sums above and left of each corner, (h + 1) x (w + 1).
function prefixSums(grid, of = (v) => v) {
  const [h, w] = grid.shape, wide = w + 1, sums = new Float64Array(wide * (h + 1));
  for (let y = 0; y < h; y++) for (let x = 0, sum = 0; x < w; x++) {
    sum += of(grid[y * w + x]);
    sums[(y + 1) * wide + x + 1] = sums[y * wide + x + 1] + sum;
  }
  return sums;
}

function openStage(root) {
  const $ = (q) => root.querySelector(q);
  const dom = {};
  for (const name of ["wrap", "main", "frame", "under", "over", "foot", "read", "said", "panel", "opacity", "erase", "clear", "save"]) dom[name] = $("." + name);
  const s = {
    root, dom, base: $(".base"), panel: dom.panel, d: {}, w: 1, h: 1, px: 1, own: {},
    boxes: [], active: 0, selected: null, pointer: null, hovered: null, dragging: false,
    layers: [], hover: null, params: null, program: null, frame: Infinity, revs: {}, color: {}, dark: false,
    opacity: null, said: "", timers: {}, view: null,
  };
  s.redraw = () => schedule(s);
  s.change = () => { s.moved = true; schedule(s); };
  s.commit = (value) => send(s, "program", value);
  s.keep = (name, numbers, ms) => keep(s, name, numbers, ms);
  s.kept = (name, count) => kept(s, name, count);
  s.say = (text) => say(s, text);
  s.cellAt = (p) => cellAt(s, p);
  s.onFrame = (e) => { if (e.detail.key === s.d.frames) setFrame(s, e.detail.frame); };
  window.addEventListener("explorer:frame", s.onFrame);
  s.sizes = new ResizeObserver(() => { s.resized = true; s.dom.read.style.minHeight = ""; s.roomFor = null; s.underStale = true; s.change(); });
  s.sizes.observe(dom.frame);
  // Words on the picture grow with the page's type (projector mode), though the frame may stay as it is.
  const ruler = styled(element("span"), { position: "absolute", left: "0", top: "0", width: "1rem", height: "0", visibility: "hidden" });
  dom.wrap.append(ruler);
  s.sizes.observe(ruler);
  wire(s);
  keepViews();
  const bench = (window.__stage ??= { samples: [], fetches: [], stages: {} });
  s.note = (kind, ms) => { bench.samples.push({ key: s.d.key, kind, ms }); if (bench.samples.length > 4000) bench.samples.splice(0, 2000); };
  return s;
}

function closeStage(s) {
  s.program?.unmount?.(s);
  window.removeEventListener("explorer:frame", s.onFrame);
  s.sizes.disconnect();
  cancelAnimationFrame(s.raf);
  Object.values(s.timers).forEach(clearTimeout);
  if (window.__stage?.stages[s.d.key] === s) delete window.__stage.stages[s.d.key];
}

function setFrame(s, frame) {
  if (s.frame === frame) return;
  s.frame = frame;
  s.underStale = true;
  s.change();
}

// The theme's colours for elements, which then follow a change of theme; a canvas takes s.color.
const STYLED = { text: "var(--st-text-color)", background: "var(--st-background-color)", second: "var(--st-secondary-background-color)", primary: "var(--st-primary-color)", border: "var(--st-border-color)" };

function readTheme(s) {
  const style = getComputedStyle(s.dom.wrap), get = (n) => style.getPropertyValue("--st-" + n).trim();
  s.color = { text: get("text-color") || "#31333f", background: get("background-color") || "#ffffff", second: get("secondary-background-color") || "#f0f2f6", primary: get("primary-color") || "#0072b2", border: get("border-color") || "#d0d4da" };
  s.font = style.fontFamily || "sans-serif";
  s.dark = luminance(s.color.background) < 0.4;
}

function receive(s, d) {
  const old = s.d;
  s.d = d;
  s.w = d.w;
  s.h = d.h;
  window.__stage.stages[d.key] = s;
  readTheme(s);
  const { frame, opacity, erase, clear } = s.dom;
  frame.style.aspectRatio = d.w + " / " + d.h;
  s.dom.wrap.style.setProperty("--ratio", d.w / d.h);
  s.dom.wrap.style.setProperty("--tall", d.maxHeight / 16 + "rem");
  s.dom.wrap.style.setProperty("--most", d.maxWidth ? d.maxWidth / 16 + "rem" : "100vw");
  frame.style.minWidth = d.minWidth ? d.minWidth + "px" : "";
  s.dom.main.classList.toggle("pushed", Boolean(d.minWidth));
  frame.dataset.mode = d.mode;
  s.dom.main.classList.toggle("plain", isPlain(s));
  s.base.style.imageRendering = d.pixelated ? "pixelated" : "auto";
  if (d.src !== old.src) showBase(s, d);
  else s.base.alt = d.alt;
  if (d.w !== old.w || d.h !== old.h) s.ink = null;
  if (d.layers !== old.layers) s.layers = JSON.parse(d.layers).map(prepare);
  if (d.hover !== old.hover) { s.hover = JSON.parse(d.hover); if (s.hover) s.hover.values = unpack(s.hover.values); }
  if (d.mode !== old.mode) { s.revs = {}; settled(s); }
  s.view ??= d.held.view.v;
  adopt(s, d);
  s.frame = d.frames ? (window.__frames?.[d.frames] ?? s.frame) : Infinity;
  erase.hidden = d.mode !== "brush";
  clear.hidden = d.mode !== "brush" && !(d.mode === "boxes" && d.edit.most > 1 && d.edit.least < d.edit.most);
  clear.textContent = d.mode === "brush" ? "Clear" : "Delete box";
  if (d.program !== old.program) startProgram(s);
  const faded = s.layers.find((one) => one.kind === "heat")?.opacity ?? s.params?.opacity;
  s.faded = faded;
  opacity.hidden = faded === undefined;
  if (!opacity.hidden) opacity.querySelector("input").value = Math.round((s.opacity ??= clamp(kept(s, "opacity", 1)?.[0] ?? faded, 0, 1)) * 100);
  if (!s.said) showHint(s);
  describe(s);
  s.underStale = true;
  s.change();
}

function startProgram(s) {
  s.params = JSON.parse(s.d.program);
  const program = s.params ? PROGRAMS[s.params.name] : null;
  if (program !== s.program) { s.program?.unmount?.(s); s.own = {}; s.panel.replaceChildren(); }
  s.program = program;
  s.panel.hidden = !program;
  program?.mount?.(s);
}

function adopt(s, d) {
  const first = s.revs.boxes === undefined;
  // What is about to be sent is newer than any answer to what was sent before.
  const fresh = (slot) => d.held[slot].rev !== s.revs[slot] && !s.dragging && !("commit" in s.timers);
  if (d.mode === "boxes" && fresh("boxes")) { if (!s.dom.frame.matches(":focus")) s.before = null; s.boxes = (d.held.boxes.v ?? []).map((b) => b.map(Number)); s.active = clamp((first && keptPlace(s, "active", s.boxes.length)) || s.active, 0, Math.max(0, s.boxes.length - 1)); }
  if (d.mode !== "boxes") s.boxes = [];
  const slot = d.mode === "click" ? "click" : d.mode === "drag" ? "point" : null;
  if (slot && fresh(slot)) { const v = d.held[slot].v; s.selected = v ? (Array.isArray(v) ? v : [v.x, v.y]) : null; }
  if (!slot) s.selected = null;
  if (d.mode === "brush" && (fresh("ink") || !s.ink)) readInk(s, d.held.ink.v);
  for (const name of Object.keys(d.held)) s.revs[name] = d.held[name].rev;
}

function showBase(s, d) {
  const next = new Image();
  next.className = "base";
  next.draggable = false;
  next.style.imageRendering = s.base.style.imageRendering;
  next.src = d.src;
  const swap = () => { if (s.d.src === d.src) { next.alt = s.d.alt; s.base.replaceWith(next); s.base = next; window.__stage.shown = performance.now(); s.redraw(); } };
  next.decode().then(swap, swap);
}

function send(s, slot, v) {
  s.setState(slot, { v, rev: s.d.held[slot].rev });
}

// What a reader chose in the panel, a few numbers a name, for the address (view.py); null forgets it.
// It is sent once the choosing rests, and never for what is only pointed at.
function keep(s, name, numbers, ms = 250) {
  if (String(s.view[name] ?? "") === String(numbers ?? "")) return;
  const { [name]: _, ...rest } = s.view;
  s.view = numbers ? { ...rest, [name]: numbers } : rest;
  later(s, "view", ms, () => send(s, "view", s.view));
}

// So many numbers of an address that anybody may have written: whether they fit is asked by who takes them.
function kept(s, name, count) {
  const numbers = s.view[name];
  return numbers?.length === count ? [...numbers] : null;
}

// The same for one place in a list of n, or null.
const keptPlace = (s, name, n) => { const at = kept(s, name, 1)?.[0]; return Number.isInteger(at) && at >= 0 && at < n ? at : null; };

function later(s, name, ms, f) {
  clearTimeout(s.timers[name]);
  s.timers[name] = setTimeout(() => { delete s.timers[name]; f(); }, ms);
}

// Nothing waits to be sent any more.
function settled(s) {
  clearTimeout(s.timers.commit);
  delete s.timers.commit;
}
