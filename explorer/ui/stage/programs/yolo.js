// YOLO's tensor opened: a cell's numbers as boxes; and the cell and box that a true box belongs to.
//
// Parameters of both views: version (1, 2, 3), each (boxes a cell), side (of the square, px), unit (the
// picture's pixels in one of the square), classes, anchors (n x 2 px, null in version 1), colors, tag.
// view "tensor" (mode "click"): cells (S), layer ("cell", "classes", "confidence", "boxes"), classColors, and
// sent once: map (channels x S x S). Commits {tag, has, cell, boxes, confidence, classes} of the chosen cell.
// view "truth" or "anchors" (mode "boxes"): maps (their sides), labels (of the stage's boxes), label (a new
// box's), ignore (an overlap, 0: none). "truth" also weights (of the terms), termColors, and sent once: numbers (P x 5,
// all maps), class0 (P) ... what each box pays for the classes named in costed. Commits {tag, has, boxes,
// labels, rows, owners, numbers, ignored, terms}.
// The arithmetic is in yolo.math.js, the panel of the tensor in yolo.panel.js, the truth in yolo.truth.js.

function yoloMount(s) {
  const o = s.own, p = s.params;
  if (o.view !== p.view) { s.panel.replaceChildren(); o.view = p.view; o.built = false; o.from = null; }
  if (p.view !== "tensor") return yoloTruthMount(s);
  const kept = keptArrays(s);
  if (o.from && o.from !== p.kept) s.keep("slot", null);
  if (!kept || o.from !== p.kept) o.read = kept && yoloRead(p, kept.map);
  o.from = p.kept;
  if (!kept) return;
  o.map = kept.map;
  o.cell = o.told = null;
  o.layer = yoloLayer(s);
  if (!o.built) yoloBuild(s);
  s.change();
  later(s, "proof", 500, () => { if (s.d.held.program.v?.tag !== p.tag && s.selected) s.commit(yoloCommit(s)); });
}

// ---- what lies over the whole picture, drawn once -------------------------------------

function yoloBestOf(s, cell) {
  const { read } = s.own, { each } = s.params;
  let k = cell * each;
  for (let i = k + 1; i < (cell + 1) * each; i++) if (read.sure[i] > read.sure[k]) k = i;
  return k;
}

// The most confident box of each cell first of all says what the cell says.
function yoloLayer(s) {
  const p = s.params, o = s.own, S = p.cells;
  if (p.layer === "cell") return null;
  if (p.layer === "boxes") return yoloAll(s);
  if (p.layer === "confidence") {
    const levels = Uint8Array.from({ length: S * S }, (_, cell) => Math.round(255 * o.read.sure[yoloBestOf(s, cell)]));
    levels.shape = [S, S];
    return heatBitmap(levels, "sequential");
  }
  const made = element("canvas"), g = made.getContext("2d");
  made.width = made.height = S;
  for (let cell = 0; cell < S * S; cell++) {
    g.fillStyle = p.classColors[o.read.best[yoloBestOf(s, cell)]];
    g.fillRect(cell % S, Math.floor(cell / S), 1, 1);
  }
  return made;
}

function yoloAll(s) {
  const { read } = s.own, u = s.params.unit, made = element("canvas"), g = made.getContext("2d");
  made.width = s.w;
  made.height = s.h;
  const order = Array.from(read.sure.keys()).sort((a, b) => read.sure[a] - read.sure[b]);
  for (const k of order) {
    const [x1, y1, x2, y2] = read.boxes.subarray(4 * k, 4 * k + 4).map((v) => v * u);
    g.globalAlpha = Math.max(0.02, read.sure[k] ** 2);
    g.lineWidth = 1 + 5 * read.sure[k];
    g.strokeStyle = s.params.classColors[read.best[k]];
    g.strokeRect(x1, y1, x2 - x1, y2 - y1);
  }
  return made;
}

// ---- the stage ------------------------------------------------------------------------

function yoloMove(s) {
  const o = s.own, p = s.params;
  if (p.view !== "tensor") return yoloTruthMove(s);
  if (!o.read) return;
  const place = s.pointer ?? s.selected, [col, row] = place ? s.cellAt(place) : [0, 0], cell = row * p.cells + col;
  const now = [cell, p.tag, s.dark, p.layer].join(" ");
  // The box chosen in a cell holds for that cell alone.
  const [of, slot] = s.kept("slot", 2) ?? [];
  o.slot = of === cell && Number.isInteger(slot) && slot >= 0 && slot < p.each ? slot : null;
  o.cell = cell;
  o.k = o.slot === null ? yoloBestOf(s, cell) : cell * p.each + o.slot;
  const whole = now + " " + o.k + " " + s.panel.clientWidth;
  if (o.told !== whole) { o.told = whole; yoloTell(s); }
}

function yoloGrid(s, g, S, alpha = 0.5) {
  const { side, unit } = s.params, step = (side / S) * unit, far = side * unit;
  for (const [style, wide] of [["rgba(0,0,0,.35)", 2], ["rgba(255,255,255," + alpha + ")", 1]]) {
    g.strokeStyle = style;
    g.lineWidth = wide * s.px * (S > 20 ? 0.6 : 1);
    g.beginPath();
    for (let i = 0; i <= S; i++) { g.moveTo(i * step, 0); g.lineTo(i * step, far); g.moveTo(0, i * step); g.lineTo(far, i * step); }
    g.stroke();
  }
}

function yoloStroke(s, g, box, color, width, dash = []) {
  const [x1, y1, x2, y2] = box.map((v) => v * s.params.unit);
  g.setLineDash(dash.map((v) => v * s.px));
  for (const [style, wide] of [["rgba(0,0,0,.6)", width + 1.5], [color, width]]) { g.strokeStyle = style; g.lineWidth = wide * s.px; g.strokeRect(x1, y1, x2 - x1, y2 - y1); }
  g.setLineDash([]);
}

function yoloFrame(s, g) {
  const o = s.own, p = s.params;
  if (p.view !== "tensor") return yoloTruthFrame(s, g);
  if (!o.read) return;
  const S = p.cells, step = (p.side / S) * p.unit, col = o.cell % S, row = Math.floor(o.cell / S);
  if (o.layer) {
    g.save();
    g.imageSmoothingEnabled = false;
    g.globalAlpha = p.layer === "boxes" ? 1 : (s.opacity ?? p.opacity);
    g.drawImage(o.layer, 0, 0, s.w, s.h);
    g.restore();
  }
  yoloGrid(s, g, S);
  if (p.layer === "classes") yoloNames(s, g, step);
  g.fillStyle = "rgba(255,255,255,.28)";
  g.fillRect(col * step, row * step, step, step);
  const order = Array.from({ length: p.each }, (_, slot) => o.cell * p.each + slot).sort((a, b) => o.read.sure[a] - o.read.sure[b]);
  for (const k of order) if (k !== o.k) yoloStroke(s, g, o.read.items[k].box, p.colors.other, 1 + 5 * o.read.sure[k]);
  const one = o.read.items[o.k];
  yoloStroke(s, g, one.box, p.colors.box, 1.5 + 5 * one.sure);
  yoloDot(s, g, one.cx, one.cy, p.colors.box);
}

function yoloDot(s, g, x, y, color) {
  g.beginPath();
  g.arc(x * s.params.unit, y * s.params.unit, 4.5 * s.px, 0, 7);
  g.fillStyle = color;
  g.fill();
  g.strokeStyle = "#000";
  g.lineWidth = 1.2 * s.px;
  g.stroke();
}

// Names in the cells where there is room for them.
function yoloNames(s, g, step) {
  const p = s.params, o = s.own, S = p.cells;
  if (step / s.px < 38 * letters()) return;
  g.font = "600 " + 10 * s.px * letters() + "px " + s.font;
  g.textAlign = "center";
  g.textBaseline = "middle";
  g.lineWidth = 2.5 * s.px;
  g.lineJoin = "round";
  for (let cell = 0; cell < S * S; cell++) {
    const name = p.classes[o.read.best[yoloBestOf(s, cell)]], x = (cell % S + 0.5) * step, y = (Math.floor(cell / S) + 0.5) * step;
    g.strokeStyle = "rgba(0,0,0,.75)";
    g.strokeText(name, x, y, step * 0.94);
    g.fillStyle = "#fff";
    g.fillText(name, x, y, step * 0.94);
  }
  g.textAlign = "left";
}

function yoloSaid(s) {
  const o = s.own, p = s.params, one = o.read.items[o.k], c = o.read.best[o.k];
  return "Cell (" + (o.cell % p.cells) + ", " + Math.floor(o.cell / p.cells) + "), box " + ((o.k % p.each) + 1) + ": " + fixed(one.sure) + " × " + p.classes[c] + " " + fixed(one.probs[c]) + " = " + fixed(one.sure * one.probs[c]);
}

function yoloCommit(s) {
  const o = s.own, p = s.params;
  if (p.view !== "tensor") return yoloTruthCommit(s);
  if (!o.read) return { has: null };
  if (!s.selected) return null;
  // The place as it is sent: rounding can carry one on a border into the next cell.
  const [col, row] = s.cellAt(placeValue(s.selected)), cell = row * p.cells + col, items = Array.from({ length: p.each }, (_, slot) => o.read.items[cell * p.each + slot]);
  return { tag: p.tag, has: keptName(s), cell: [col, row], boxes: items.map((one) => one.box), confidence: items.map((one) => one.sure), classes: items.map((one) => one.probs) };
}

PROGRAMS.yolo = {
  keys: (s) => (s.params.view === "tensor" ? "arrows go from cell to cell, 1 to " + s.params.each + " choose its box" : null),
  mount: yoloMount,
  move: yoloMove,
  frame: yoloFrame,
  commit: yoloCommit,

  read(s) {
    return s.params.view === "tensor" && s.own.read ? yoloSaid(s) : undefined;
  },

  hint(s) {
    const p = s.params;
    return p.view === "tensor" ? "Point at a cell to read it, click to keep it (or arrow keys); 1 to " + p.each + " choose its box." : "Drag the box or a handle; N, or a drag on free ground, makes a new one.";
  },

  key(s, e) {
    const slot = Number(e.key) - 1, p = s.params;
    if (p.view !== "tensor" || !(slot >= 0 && slot < p.each)) return false;
    yoloPick(s, slot);
    s.say(yoloSaid(s));
    return true;
  },
};
