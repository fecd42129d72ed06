// One repaint at most each frame of the screen; the layers only when they changed.

function schedule(s) {
  if (!s.raf) s.raf = requestAnimationFrame(() => { s.raf = 0; paint(s); });
}

function fitCanvases(s) {
  const { frame, under, over } = s.dom, dpr = window.devicePixelRatio || 1;
  const w = Math.max(1, Math.round(frame.clientWidth * dpr)), h = Math.max(1, Math.round(frame.clientHeight * dpr));
  for (const canvas of [under, over]) if (canvas.width !== w || canvas.height !== h) { canvas.width = w; canvas.height = h; s.underStale = true; }
  s.px = s.w / (frame.clientWidth || s.w);
  s.resized = false;
  makeRoom(s);
}

// Room for all values of a cell before any is read, so that the pointer moves nothing else.
function makeRoom(s) {
  const h = s.hover, read = s.dom.read;
  if (!h || s.roomFor === h) return;
  s.roomFor = h;
  hoverWords(s); // finds the ends
  const kept = [read.textContent, read.className], [rows, cols] = h.values.shape, longest = h.ends.map((v) => fixed(v * h.scale, h.digits)).sort((a, b) => b.length - a.length)[0];
  read.classList.remove("hint");
  read.style.minHeight = "";
  read.textContent = "x " + s.w + "  y " + s.h + "  row " + rows + ", column " + cols + "   " + h.names.map((name) => (name ? name + " " : "") + longest + h.unit).join("  ");
  read.style.minHeight = read.getBoundingClientRect().height + "px";
  [read.textContent, read.className] = kept;
}

function cleared(s, canvas) {
  const g = canvas.getContext("2d");
  g.setTransform(1, 0, 0, 1, 0, 0);
  g.clearRect(0, 0, canvas.width, canvas.height);
  g.tags = []; // places of the labels written since
  g.setTransform(canvas.width / s.w, 0, 0, canvas.height / s.h, 0, 0);
  return g;
}

function paint(s) {
  const began = performance.now(), kind = s.underStale ? "layers" : s.dragging ? "drag" : "hover";
  if (s.resized || s.underStale) fitCanvases(s);
  if (s.underStale) { drawLayers(s, cleared(s, s.dom.under), s.px); s.underStale = false; }
  if (s.moved) { s.program?.move?.(s); s.moved = false; readOut(s); later(s, "describe", 300, () => describe(s)); }
  const over = cleared(s, s.dom.over);
  over.tags.push(...(s.dom.under.getContext("2d").tags ?? []));
  drawOver(s, over, s.px);
  s.note(kind, performance.now() - began);
}

function drawOver(s, g, px) {
  const d = s.d;
  g.globalAlpha = d.brush.opacity;
  if (d.mode === "brush" && s.ink) g.drawImage(s.ink, 0, 0, s.w, s.h);
  g.globalAlpha = 1;
  const names = boxTags(s, g, px); // a program's own labels keep clear of these
  g.save();
  s.program?.frame?.(s, g);
  g.restore();
  if (!s.saving && s.pointer && d.mode === "brush") ring(g, s.pointer, d.brush.px / 2, px);
  if (!s.saving && s.hovered) outline(g, s.hovered, "#ffffff", px);
  if (s.selected && d.mode === "click") outline(g, cellBox(s, s.selected, d.cell, [0, 0]), s.d.edit.colors[1] ?? "#E69F00", px, 2.5);
  if (s.selected && d.mode === "drag") { ring(g, s.selected, 7 * px, px); ring(g, s.selected, px, px); }
  drawBoxes(s, g, px, names);
}

function cellBox(s, p, cell, origin) {
  const [c, r] = cellAt(s, p, cell, origin);
  return [origin[0] + c * cell[0], origin[1] + r * cell[1], origin[0] + (c + 1) * cell[0], origin[1] + (r + 1) * cell[1]];
}

// A cell smaller than a few screen pixels is shown by a frame around it.
function outline(g, [x1, y1, x2, y2], color, px, width = 1.5) {
  const pad = Math.max(0, (7 * px - (x2 - x1)) / 2);
  for (const [style, wide] of [["rgba(0,0,0,.7)", width + 2], [color, width]]) { g.strokeStyle = style; g.lineWidth = wide * px; g.strokeRect(x1 - pad, y1 - pad, x2 - x1 + 2 * pad, y2 - y1 + 2 * pad); }
}

function ring(g, [x, y], radius, px) {
  for (const [style, wide] of [["rgba(0,0,0,.7)", 3.5], ["#fff", 1.5]]) { g.strokeStyle = style; g.lineWidth = wide * px; g.beginPath(); g.arc(x, y, radius, 0, 7); g.stroke(); }
}

function readOut(s) {
  const p = s.pointer, h = s.hover;
  s.hovered = null;
  if (!p) { if (s.said) { s.said = ""; showHint(s); } return; }
  const own = s.program?.read?.(s);
  if (own !== undefined) return write(s, own);
  if (s.grab && s.d.mode === "boxes" && s.boxes[s.active]) return write(s, boxName(s, s.active) + "  " + s.boxes[s.active].map((v) => fixed(v, 1)).join("  "));
  let text = "x " + Math.floor(Math.min(p[0], s.w - 1)) + "  y " + Math.floor(Math.min(p[1], s.h - 1));
  if (s.d.cells || h) {
    const cell = h?.cell ?? s.d.cell, origin = h?.origin ?? [0, 0], [c, r] = cellAt(s, p, cell, origin);
    const [rows, cols, k] = h?.values.shape ?? [Infinity, Infinity, 0], inside = c >= 0 && r >= 0 && c < cols && r < rows;
    if (inside && (cell[0] > 1 || cell[1] > 1)) text += "  row " + r + ", column " + c;
    if (inside) s.hovered = cellBox(s, p, cell, origin);
    if (h && inside) {
      const from = (r * cols + c) * k, values = h.names.map((name, i) => (name ? name + " " : "") + fixed(h.values[from + i] * h.scale, h.digits) + h.unit);
      text += "   " + values.join("  ");
    }
  }
  write(s, text);
}

function write(s, text) {
  if (text === s.said) return;
  s.said = text;
  s.dom.read.textContent = text;
  s.dom.read.classList.remove("hint");
  keepTall(s.dom.read, text);
  if (s.announce) { s.announce = false; later(s, "say", 150, () => { s.dom.said.textContent = text; }); }
}

// A read-out too long for its lines takes more, and keeps them: what stands below moves only once.
function keepTall(read, text) {
  if (text.length > 60 && read.getBoundingClientRect().height > (parseFloat(read.style.minHeight) || 0)) read.style.minHeight = read.getBoundingClientRect().height + "px";
}

function say(s, text) {
  s.announce = true;
  write(s, text);
}

// A picture that is only looked at has its place to tell, and no values.
const isPlain = (s) => s.d.mode === "hover" && s.d.hover === "null" && s.d.program === "null";

function showHint(s) {
  s.dom.read.textContent = s.program?.hint?.(s) ?? (isPlain(s) ? "" : SHORT_HINTS[s.d.mode]);
  s.dom.read.title = hintOf(s);
  s.dom.read.classList.add("hint");
}

// The picture with all that lies over it, at least at the picture's own resolution.
function savePng(s) {
  const k = Math.max(1, Math.ceil(1280 / s.w)), canvas = element("canvas");
  canvas.width = s.w * k;
  canvas.height = s.h * k;
  const g = cleared(s, canvas), shown = s.pointer;
  s.saving = true;
  s.pointer = null;
  g.imageSmoothingEnabled = !s.d.pixelated;
  g.drawImage(s.base, 0, 0, s.w, s.h);
  g.imageSmoothingEnabled = true;
  drawLayers(s, g, s.px);
  drawOver(s, g, s.px);
  s.saving = false;
  s.pointer = shown;
  canvas.toBlob((blob) => {
    const link = element("a");
    link.href = URL.createObjectURL(blob);
    link.download = s.d.key + ".png";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  });
}
