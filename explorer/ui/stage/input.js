// Pointer and keyboard: every action has both.

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
// What a pointer does in each mode, and what the keys do.
const HINTS = {
  hover: ["Point at the picture to read values", "arrows move, with Shift further"],
  click: ["Click the picture to choose", "arrows move, with Shift further, Enter chooses"],
  boxes: ["Drag a box or its handles", "arrows move, with Alt further, Shift+arrows resize, Esc"],
  brush: ["Draw on the picture", "arrows move, Shift+arrows draw, Space dots, Delete clears"],
  drag: ["Drag the mark", "arrows move, with Shift further, Enter commits"],
};

// The same in the room under a picture; the long form is said to screen readers.
const SHORT_HINTS = {
  hover: "Point to read values (or arrow keys).",
  click: "Click to choose (or arrow keys).",
  boxes: "Drag the box or a handle. Keys: arrows move, Shift+arrows resize.",
  brush: "Draw. Keys: arrows move, Shift+arrows draw.",
  drag: "Drag the mark (or arrow keys).",
};

// What the boxes of this page allow beside moving; a page with a fixed number has no new, no delete.
function keysOf(s) {
  const own = s.program?.keys, words = typeof own === "function" ? own(s) : own;
  if (words) return "Keys: " + words + ".";
  const { least, most } = s.d.edit, more = (most > 1 ? "Tab next box, " : "") + (most > 1 && least < most ? "N new, " : "") + (least < most ? "Delete, " : "");
  return "Keys: " + (s.d.mode === "boxes" ? HINTS.boxes[1].replace("Esc", more + "Esc") : HINTS[s.d.mode][1]) + ".";
}

const hintOf = (s) => (s.program?.hint?.(s) || HINTS[s.d.mode][0]).replace(/[.\s]+$/, "") + ". " + keysOf(s);

function toImage(s, e) {
  const r = s.dom.frame.getBoundingClientRect();
  return [clamp(((e.clientX - r.left) / r.width) * s.w, 0, s.w), clamp(((e.clientY - r.top) / r.height) * s.h, 0, s.h)];
}

function cellAt(s, p, cell = s.d.cell, origin = [0, 0]) {
  return [Math.floor((Math.min(p[0], s.w - 1e-3) - origin[0]) / cell[0]), Math.floor((Math.min(p[1], s.h - 1e-3) - origin[1]) / cell[1])];
}

const placeValue = (p) => p && p.map((v) => Math.round(v * 100) / 100);

// Move a place by whole cells and put it into the middle of the new one.
function stepped(s, p, step, cell) {
  const from = p ?? [s.w / 2, s.h / 2], [cw, ch] = cell;
  const mid = (v, d, c, most) => clamp((Math.floor(Math.min(v, most - 1e-3) / c) + d + 0.5) * c, Math.min(c / 2, most / 2), most - Math.min(c / 2, most / 2));
  return [mid(from[0], step[0], cw, s.w), mid(from[1], step[1], ch, s.h)];
}

const PICK = (slot) => ({
  down(s, p) { s.selected = p; return {}; },
  drag(s, p) { s.selected = p; },
  up(s, p) { s.selected = p; commitValue(s, slot, placeValue(p)); },
  key(s, e, step) {
    if (step) {
      const by = e.shiftKey || e.altKey ? 10 : 1, fine = slot === "point" ? [Math.max(1, s.w / 200), Math.max(1, s.w / 200)] : s.d.cell;
      s.selected = s.pointer = stepped(s, s.selected, [step[0] * by, step[1] * by], fine);
      later(s, "commit", 200, () => commitValue(s, slot, placeValue(s.selected)));
    } else if (e.key === "Enter" && s.selected) commitValue(s, slot, placeValue(s.selected));
    else return false;
    s.announce = true;
    return true;
  },
});

const MODES = {
  hover: {
    key(s, e, step) {
      if (!step) return false;
      const by = e.shiftKey ? 10 : 1;
      s.pointer = stepped(s, s.pointer, [step[0] * by, step[1] * by], s.hover?.cell ?? s.d.cell);
      s.announce = true;
      return true;
    },
  },
  click: PICK("click"),
  drag: PICK("point"),
  boxes: BOXES,
  brush: BRUSH,
};

function commitValue(s, slot, value) {
  settled(s);
  send(s, slot, value);
  const more = s.program?.commit?.(s);
  if (more !== undefined && more !== null) send(s, "program", more);
}

function wire(s) {
  const { over, frame, save, erase, clear, opacity } = s.dom;
  over.onpointerdown = (e) => pressed(s, e);
  // A picture that is only read does not take the focus from the scrubber's arrow keys.
  over.onmousedown = (e) => { if (s.d.mode === "hover") e.preventDefault(); };
  // A finger that has taken hold of nothing scrolls the page.
  over.addEventListener("touchstart", (e) => { if (s.grab) e.preventDefault(); }, { passive: false });
  over.onpointermove = (e) => movedTo(s, e);
  over.onpointerup = (e) => released(s, e);
  over.onpointercancel = () => cancel(s);
  over.onpointerleave = () => { if (!s.grab) { s.pointer = null; s.change(); } };
  frame.onkeydown = (e) => keyed(s, e);
  frame.onblur = () => { describe(s); if (s.dom.read.classList.contains("hint")) showHint(s); s.redraw(); };
  frame.onfocus = () => focused(s);
  save.onclick = () => savePng(s);
  erase.onclick = () => { s.erasing = !s.erasing; erase.setAttribute("aria-pressed", s.erasing); };
  clear.onclick = () => (s.d.mode === "brush" ? clearInk(s) : canDelete(s) && deleteBox(s));
  opacity.querySelector("input").oninput = (e) => { s.opacity = e.target.value / 100; s.underStale = true; s.redraw(); };
  opacity.querySelector("input").onchange = () => s.keep("opacity", s.opacity === s.faded ? null : [s.opacity]);
}

// With the keyboard: say in sight what the keys do, and keep what Escape gives back.
function focused(s) {
  if (!s.grab) s.before = asIs(s);
  if (s.dom.frame.matches(":focus-visible") && s.dom.read.classList.contains("hint")) s.dom.read.textContent = keysOf(s);
  s.redraw();
}

const asIs = (s) => ({ boxes: s.boxes.map((b) => [...b]), selected: s.selected, active: s.active });

// Escape without a pointer: the boxes as they were when the picture got the focus.
function givenBack(s) {
  if (s.d.mode !== "boxes" || !s.before || String(s.before.boxes) === String(s.boxes)) return false;
  Object.assign(s, { boxes: s.before.boxes, active: s.before.active });
  s.before = asIs(s);
  sendBoxes(s);
  s.say("As before");
  return true;
}

function pressed(s, e) {
  if (e.button) return;
  if (s.d.mode !== "hover") s.dom.frame.focus({ preventScroll: true });
  const p = (s.pointer = toImage(s, e));
  s.before = asIs(s);
  if (s.program?.down?.(s, e)) s.grab = { program: true };
  else s.grab = MODES[s.d.mode].down?.(s, p, e) ?? null;
  s.dragging = Boolean(s.grab);
  if (s.grab) { try { s.dom.over.setPointerCapture(e.pointerId); } catch { /* a made-up event has no pointer */ } }
  if (s.grab) e.preventDefault();
  s.change();
}

function movedTo(s, e) {
  const p = (s.pointer = toImage(s, e));
  if (s.grab?.program) s.program.drag?.(s);
  else if (s.grab) { MODES[s.d.mode].drag?.(s, p, s.grab, e); askLive(s); }
  else if (s.d.mode === "boxes") {
    const hit = hitBox(s, p, false);
    s.dom.over.style.cursor = !hit ? "crosshair" : hit.part === "move" ? "move" : CURSORS[hit.part];
  }
  s.change();
}

function released(s, e) {
  if (!s.grab && e.pointerType === "touch" && s.program?.tap) { s.pointer = toImage(s, e); s.program.tap(s); }
  if (!s.grab) return;
  const grab = s.grab, p = (s.pointer = toImage(s, e));
  s.grab = null;
  s.dragging = false;
  if (grab.program) s.program.up?.(s);
  else MODES[s.d.mode].up?.(s, p, grab);
  keepActive(s);
  if (e.pointerType === "touch") s.pointer = null;
  s.change();
}

// Which of several boxes is chosen; the first one is, unless the address says otherwise.
function keepActive(s) {
  if (s.d.mode === "boxes" && s.d.edit.most > 1) s.keep("active", s.active ? [s.active] : null);
}

function cancel(s) {
  if (!s.grab) return;
  if (s.d.mode === "brush") readInk(s, s.d.held.ink.v);
  Object.assign(s, s.before, { grab: null, dragging: false });
  s.change();
}

const handled = (s, e) => s.program?.key?.(s, e) || MODES[s.d.mode].key(s, e, ARROWS[e.key]) || (e.key === "Escape" && givenBack(s));

// Space does what Enter does where it has no work of its own, and never scrolls the page away.
function spaced(s, e) {
  e.preventDefault();
  return handled(s, { key: "Enter", shiftKey: e.shiftKey, altKey: e.altKey, ctrlKey: e.ctrlKey, preventDefault() {}, stopPropagation() {} });
}

function keyed(s, e) {
  if (e.key === "Escape" && s.grab) cancel(s);
  else if (e.metaKey) return;
  else if (!handled(s, e) && !(e.key === " " && spaced(s, e))) return;
  if (s.d.mode !== "hover") askLive(s);
  keepActive(s);
  e.preventDefault();
  e.stopPropagation();
  s.change();
}

// Values while dragging: one request in flight, the latest position wins, a busy server is left alone.
async function askLive(s) {
  if (!s.d.live) return;
  if (s.flying) { s.again = true; return; }
  s.flying = true;
  const query = new URLSearchParams();
  if (s.d.mode === "boxes") query.set("boxes", rounded(s.boxes).flat().join(","));
  else if (s.d.mode === "brush") query.set("ink", writeInk(s));
  else if (s.selected) { query.set("x", s.selected[0].toFixed(2)); query.set("y", s.selected[1].toFixed(2)); }
  const began = performance.now();
  try {
    const answer = await fetch(s.d.live + (s.d.live.includes("?") ? "&" : "?") + query);
    if (answer.ok) { await showLive(s, answer); window.__stage.fetches.push(performance.now() - began); }
  } catch { /* the server is away: what is committed still goes through Streamlit */ }
  s.flying = false;
  if (s.again) { s.again = false; askLive(s); }
}

async function showLive(s, answer) {
  const kind = answer.headers.get("content-type") ?? "";
  if (kind.includes("json")) { const value = await answer.json(); if (s.program?.live) s.program.live(s, value); else s.say(typeof value === "string" ? value : JSON.stringify(value)); return s.redraw(); }
  if (!kind.startsWith("image/")) return;
  const bitmap = await createImageBitmap(await answer.blob());
  if (!s.out) { s.out = element("canvas", "out"); s.panel.hidden = false; s.panel.append(s.out); }
  Object.assign(s.out, { width: bitmap.width, height: bitmap.height });
  s.out.getContext("2d").drawImage(bitmap, 0, 0);
}
