// A proposal network's answer for every anchor: a heat map a shape or level, and each anchor moved by its deltas.
//
// Parameters: grids [{name, stride, rows, cols, kind, kinds, logits, deltas}] (one anchor a cell: of shape `kind`,
// or packed `kinds` cell by cell), shapes, names, scale (pixels of the network's input for one of the picture), place
// [x, y] in the picture, mine (whether a reader chose it), map (name of the grid laid over the picture, "" for all), best [[grid, cell], ...] to be
// drawn, clamp, colors {anchor, proposal}, opacity, tag.
// Stage: mode "hover". Commits {tag, map, place (if a reader chose it), cells, probs, moved}: one of the last three a grid. Panel: objectness.panel.js.

const objProb = (logit) => 1 / (1 + Math.exp(-logit));

function objMount(s) {
  const o = s.own, p = s.params;
  if (o.tag !== p.tag) {
    o.grids = p.grids.map((one) => ({ ...one, logits: unpack(one.logits), deltas: unpack(one.deltas), kinds: one.kinds ? unpack(one.kinds) : null }));
    for (const grid of o.grids) grid.heat = objHeat(grid.rows, grid.cols, (i) => objProb(grid.logits[i]));
    const named = o.grids.findIndex((one) => one.name === p.map);
    Object.assign(o, { tag: p.tag, chosen: named < 0 ? null : named, row: null, place: p.place, mine: p.mine, all: null });
    objBuild(s);
  }
  s.change();
  later(s, "proof", 500, () => { if (s.d.held.program.v?.tag !== p.tag) s.commit(objCommit(s)); });
}

function objHeat(rows, cols, value) {
  const levels = new Uint8Array(rows * cols);
  for (let i = 0; i < levels.length; i++) levels[i] = Math.round(255 * value(i));
  levels.shape = [rows, cols];
  return heatBitmap(levels, "sequential");
}

// The cell of a grid whose anchors stand nearest to a place of the picture.
function objCellAt(s, grid, [x, y]) {
  const k = s.params.scale / grid.stride;
  return clamp(Math.round(y * k), 0, grid.rows - 1) * grid.cols + clamp(Math.round(x * k), 0, grid.cols - 1);
}

// The largest probability of all grids, on the finest of them.
function objAll(s) {
  const o = s.own, finest = o.grids.reduce((a, b) => (b.stride < a.stride ? b : a)), step = finest.stride / s.params.scale;
  if (o.all) return o.all;
  const heat = objHeat(finest.rows, finest.cols, (i) => {
    const place = [(i % finest.cols) * step, Math.floor(i / finest.cols) * step];
    return Math.max(...o.grids.map((grid) => objProb(grid.logits[objCellAt(s, grid, place)])));
  });
  return (o.all = { heat, rows: finest.rows, cols: finest.cols, stride: finest.stride });
}

// One anchor before and after its deltas, in the network's pixels.
function objAnchor(s, g, cell) {
  const p = s.params, grid = s.own.grids[g], kind = grid.kinds ? grid.kinds[cell] : grid.kind;
  const row = Math.floor(cell / grid.cols), col = cell % grid.cols;
  const before = p.shapes[kind].map((v, i) => v + (i % 2 ? row : col) * grid.stride), t = [...grid.deltas.subarray(4 * cell, 4 * cell + 4)];
  const [w, h] = [before[2] - before[0], before[3] - before[1]];
  const [x, y] = [before[0] + 0.5 * w + t[0] * w, before[1] + 0.5 * h + t[1] * h];
  const [wide, high] = [Math.exp(Math.min(t[2], p.clamp)) * w, Math.exp(Math.min(t[3], p.clamp)) * h];
  const after = [x - 0.5 * wide, y - 0.5 * high, x + 0.5 * wide, y + 0.5 * high];
  return { g, cell, row, col, kind, name: p.names[kind], stride: grid.stride, prob: objProb(grid.logits[cell]), t, before, after };
}

function objMove(s) {
  const o = s.own;
  if (!o.table) return;
  o.now = s.pointer ?? o.place;
  o.seen = o.grids.map((grid, g) => objAnchor(s, g, objCellAt(s, grid, o.now)));
  const best = o.seen.reduce((a, b) => (b.prob > a.prob ? b : a));
  o.main = o.row !== null ? o.seen[o.row] : o.chosen !== null ? o.seen[o.chosen] : best;
  objPanel(s);
}

function objFrame(s, g) {
  const o = s.own, p = s.params, k = p.scale;
  if (!o.main) return;
  const shown = o.chosen === null ? objAll(s) : o.grids[o.chosen], step = shown.stride / k;
  g.globalAlpha = s.opacity ?? p.opacity;
  g.imageSmoothingEnabled = false;
  objLay(s, g, shown, step);
  g.imageSmoothingEnabled = true;
  g.globalAlpha = 1;
  for (const [grid, cell] of p.best) objPair(s, g, objAnchor(s, grid, cell), 1.4, 0.85);
  for (const one of o.seen) if (one !== o.main) objPair(s, g, one, 1, 0.5, true);
  objPair(s, g, o.main, 3.5, 1);
  ring(g, [(o.main.col * o.main.stride) / k, (o.main.row * o.main.stride) / k], 5 * s.px, s.px);
  const [x, , , y] = o.main.after.map((v) => v / k);
  tag(s, g, "p " + fixed(o.main.prob, 3) + "  " + o.main.name, x, Math.min(y + (TAG_PX * letters() + 1) * s.px, s.h), p.colors.proposal);
}

// A cell's colour lies where its anchors are the nearest: the last ones' to the picture's far ends.
function objLay(s, g, { heat, rows, cols }, step) {
  const ends = (count, far) => [[0, count, -step / 2, (count - 0.5) * step], [count - 1, 1, (count - 0.5) * step, far]].filter(([, , from, to]) => to > from);
  for (const [col, wide, x1, x2] of ends(cols, s.w)) for (const [row, high, y1, y2] of ends(rows, s.h)) g.drawImage(heat, col, row, wide, high, x1, y1, x2 - x1, y2 - y1);
}

function objPair(s, g, one, width, alpha, before = false) {
  const k = s.params.scale, c = s.params.colors, [a, b] = [one.before, one.after].map((box) => box.map((v) => v / k));
  g.globalAlpha = alpha;
  g.setLineDash([6 * s.px, 4 * s.px]);
  if (width > 2) outline(g, a, c.anchor, s.px, width - 1);
  else { Object.assign(g, { strokeStyle: c.anchor, lineWidth: width * s.px }); g.strokeRect(a[0], a[1], a[2] - a[0], a[3] - a[1]); }
  g.setLineDash([]);
  if (!before) outline(g, b, c.proposal, s.px, width);
  g.globalAlpha = 1;
  if (width <= 2 || before) return;
  const mid = (q) => [(q[0] + q[2]) / 2, (q[1] + q[3]) / 2];
  for (const [style, wide] of [["rgba(0,0,0,.7)", 5], ["#ffffff", 2]]) { Object.assign(g, { strokeStyle: style, lineWidth: wide * s.px }); arrow(g, ...mid(a), ...mid(b), s.px); }
}

function objCommit(s) {
  const o = s.own;
  o.place = o.place.map((v) => Math.round(v * 100) / 100);
  const seen = o.grids.map((grid, g) => objAnchor(s, g, objCellAt(s, grid, o.place)));
  return { tag: s.params.tag, map: o.grids[o.chosen]?.name ?? "", place: o.mine ? o.place : null, cells: seen.map((one) => one.cell), probs: seen.map((one) => one.prob), moved: seen.map((one) => one.after) };
}

function objPin(s, place) {
  Object.assign(s.own, { place, mine: true });
  objTell(s);
}

function objTell(s) {
  s.change();
  later(s, "pin", 200, () => s.commit(objCommit(s)));
}

PROGRAMS.objectness = {
  keys: "arrows go from cell to cell",
  mount: objMount,
  move: objMove,
  frame: objFrame,
  down(s) { objPin(s, [...s.pointer]); return true; },
  drag(s) { objPin(s, [...s.pointer]); },
  up(s) { objPin(s, [...s.pointer]); },
  key(s, e) {
    const step = ARROWS[e.key], o = s.own;
    if (!step) return false;
    const grid = o.chosen === null ? objAll(s) : o.grids[o.chosen], by = grid.stride / s.params.scale, from = objCellAt(s, grid, o.place);
    s.pointer = null;
    objPin(s, [clamp(((from % grid.cols) + step[0]) * by, 0, s.w), clamp((Math.floor(from / grid.cols) + step[1]) * by, 0, s.h)]);
    s.say("x " + Math.round(o.place[0]) + ", y " + Math.round(o.place[1]));
    return true;
  },
  hint: () => "Point: the anchors there, before (dashed) and after. Click keeps the place; arrow keys move it.",
  read(s) {
    const one = s.own.main;
    return one && one.name + " at row " + one.row + ", column " + one.col + " of stride " + one.stride + ": p = " + fixed(one.prob, 3);
  },
};
