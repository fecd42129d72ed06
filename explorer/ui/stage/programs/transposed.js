// A transposed convolution: along a line as a matrix, or in the plane in three views that
// are computed each on its own and light up together.
//
// Parameters of both: kind ("line" or "plane"), numbers {name: [..]} a reader edits, how
// (the settings, sent back as they came), panes {name: [x, y, width, height]} in image
// pixels, colors {input, kernel, output: [on light, on dark], taps, count}.
// "line": numbers {kernel, signal}, how [stride, padding], rows, cols (of X).
// "plane": numbers {input, kernel}, how [n, k, stride, padding, output padding], out [h, w],
// presets {label: {input, kernel}}. Follows a scrubber: so many inputs are laid.
// Commits {how, <the numbers>, <each way's output>} after an edit, and once when what was
// committed is of other numbers, so that Python can check the arithmetic of this file.
// Keys: arrows move the chosen cell, Enter edits the first number; then Tab the next one.

const txText = (v) => (Number.isInteger(v) ? String(v) : String(Math.round(v * 1000) / 1000)).replace("-", "\u2212");
const txFactor = (v) => (v < 0 ? "(" + txText(v) + ")" : txText(v));
const txKind = (s) => (s.params.kind === "line" ? TX_LINE : TX_PLANE);
const txColor = (s, name) => s.params.colors[name][s.dark ? 1 : 0];

function txMount(s) {
  const o = s.own, p = s.params;
  if (o.kind !== p.kind || String(o.how) !== String(p.how)) { txClose(s); o.sel = o.mine = null; o.kind = p.kind; o.how = p.how; }
  // What this browser sent holds until Python has it: an answer to an earlier edit comes late.
  if (o.mine === JSON.stringify(p.numbers)) o.mine = null;
  if (!o.editing && !o.mine) o.n = Object.fromEntries(Object.entries(p.numbers).map(([name, list]) => [name, [...list]]));
  txKind(s).panel(s);
  later(s, "proof", 900, () => { if (!o.editing && !o.mine && !txKnown(s)) s.commit(txCommit(s)); });
  s.change();
}

function txChanged(s, ms) {
  s.own.mine = JSON.stringify(s.own.n);
  s.change();
  later(s, "edit", ms, () => s.commit(txCommit(s)));
}

const txCommit = (s) => ({ how: s.params.how, ...s.own.n, ...txKind(s).results(s) });

// Whether what was last committed is of the numbers and settings on show.
function txKnown(s) {
  const held = s.d.held.program.v;
  return Boolean(held) && String(held.how) === String(s.params.how) && Object.entries(s.own.n).every(([name, list]) => String(held[name]) === String(list));
}

function txHit(pane, rows, cols, p) {
  if (!pane || !p) return null;
  const row = Math.floor(((p[1] - pane[1]) / pane[3]) * rows), col = Math.floor(((p[0] - pane[0]) / pane[2]) * cols);
  return row >= 0 && col >= 0 && row < rows && col < cols ? [row, col] : null;
}

const txRect = (pane, rows, cols, row, col, high = 1, wide = 1) => [pane[0] + (col * pane[2]) / cols, pane[1] + (row * pane[3]) / rows, (wide * pane[2]) / cols, (high * pane[3]) / rows];

// The number under the pointer that a reader may change: [name, place, rectangle].
function txNumber(s) {
  const [px, py] = s.pointer ?? [-1, -1];
  return txKind(s).editable(s).find(([, , [x, y, w, h]]) => px >= x && py >= y && px < x + w && py < y + h);
}

// ---- editing: a field over the number itself --------------------------------------------

function txEdit(s, name, at, rect) {
  txClose(s);
  const o = s.own, field = element("input"), [x, y, w, h] = rect, share = (v, whole) => (100 * v) / whole + "%";
  const place = { position: "absolute", inset: "auto", left: share(x, s.w), top: share(y, s.h), width: share(w, s.w), height: share(h, s.h) };
  const type = { padding: 0, textAlign: "center", font: "600 " + (0.42 * Math.min(h, 40)) / s.px + "px " + s.font, boxSizing: "border-box" };
  const look = { color: "var(--st-text-color)", background: "var(--st-background-color)", border: "2px solid var(--st-primary-color)", borderRadius: "3px", outline: "none" };
  Object.assign(field.style, place, type, look);
  Object.assign(field, { type: "text", inputMode: "decimal", value: String(o.n[name][at]), ariaLabel: name + ", number " + (at + 1) });
  o.editing = { field, name, at };
  field.oninput = () => {
    const text = field.value.trim().replace(",", ".").replace("\u2212", "-"), v = Number(text), good = text !== "" && Number.isFinite(v);
    field.style.borderColor = good ? "var(--st-primary-color)" : "#D55E00";
    if (!good) return;
    o.n[name][at] = clamp(Math.round(v * 100) / 100, -99, 99);
    txChanged(s, 500);
  };
  field.onkeydown = (e) => {
    e.stopPropagation();
    if (!["Enter", "Escape", "Tab"].includes(e.key)) return;
    e.preventDefault();
    const list = txKind(s).editable(s), now = list.findIndex(([other, i]) => other === name && i === at);
    const next = e.key === "Tab" ? list[now + (e.shiftKey ? -1 : 1)] : null;
    txClose(s);
    if (next) txEdit(s, ...next);
    else s.dom.frame.focus({ preventScroll: true });
  };
  field.onblur = () => { if (o.editing?.field === field) txClose(s); };
  s.dom.frame.append(field);
  field.focus({ preventScroll: true });
  field.select();
}

function txClose(s) {
  const was = s.own.editing;
  s.own.editing = null;
  was?.field.remove();
  s.change();
}

PROGRAMS.transposed = {
  keys: "arrows move, Enter edits a number",
  mount: txMount,

  move(s) {
    if (s.pointer) s.own.sel = txKind(s).pick(s, s.pointer) ?? s.own.sel;
    s.dom.over.style.cursor = txNumber(s) ? "text" : "crosshair";
    s.pointer = null;
    txKind(s).move(s);
  },

  frame(s, g) {
    g.fillStyle = s.color.background;
    g.fillRect(0, 0, s.w, s.h);
    txKind(s).frame(s, g);
    if (s.dom.read.classList.contains("hint")) s.dom.read.textContent = "Point at any cell; click a number to change it. Keys: arrows, Enter.";
  },

  down(s) {
    const hit = txNumber(s);
    if (hit) setTimeout(() => txEdit(s, ...hit), 0);
    else txClose(s);
    return Boolean(hit);
  },

  key(s, e) {
    if (e.key === "Enter") { txEdit(s, ...txKind(s).editable(s)[0]); return true; }
    const step = ARROWS[e.key];
    if (!step) return false;
    txKind(s).step(s, step);
    s.change();
    later(s, "told", 250, () => { s.dom.said.textContent = txKind(s).said(s); });
    return true;
  },

  unmount: txClose,
};
