// The anchors of the cell under the pointer, and which anchors learn the truths a reader draws.
//
// Parameters: maps [{stride, rows, cols, shapes, names}], level (the map whose cells are shown), scale (pixels of
// the network's input for one of the picture), high, low, lowQuality, cell [row, col], chosen (whether a reader chose it), shown (those drawn: "positive+ignored"),
// colors {positive, negative, ignore, anchor}, tag,
// plan (another one starts from `cell` again). Stage: mode "boxes", the truths. Commits {tag, shown, cell: [level, row, col] if chosen, boxes, states, tops}:
// see anchors.math.js for the states. The panel is in anchors.panel.js.

const ANCHORS_MOST_DRAWN = 2000;
const ANCHORS_TAG = 0.85;  // size of a name, of a label's
const ANCHORS_DRAWN = ["positive", "ignored"];  // negatives are too many

function anchorsMount(s) {
  const o = s.own, p = s.params;
  o.layout = anchorsLayout(p.maps);
  if (o.tag !== p.tag) { o.kept = new Map(); o.key = null; }
  if (o.plan !== p.plan) o.chosen = p.chosen;
  if (o.plan !== p.plan || !o.chosen) o.pin = [p.level, ...p.cell];
  Object.assign(o, { tag: p.tag, plan: p.plan, show: o.show ?? Object.fromEntries(ANCHORS_DRAWN.map((state) => [state, p.shown.split("+").includes(state)])) });
  if (!o.list) anchorsBuild(s);
  s.change();
  later(s, "proof", 500, () => { if (s.d.held.program.v?.tag !== p.tag && !s.dragging) s.commit(anchorsCommit(s)); });
}

const anchorsMap = (s) => s.params.maps[s.params.level];

// The cell whose anchors stand nearest to a place of the picture: they stand on its upper left corner.
function anchorsCellAt(s, [x, y]) {
  const { stride, rows, cols } = anchorsMap(s), k = s.params.scale / stride;
  return [clamp(Math.round(y * k), 0, rows - 1), clamp(Math.round(x * k), 0, cols - 1)];
}

// Each truth's overlaps are kept: while one is dragged the others need not be computed again.
function anchorsFind(s) {
  const o = s.own, p = s.params, key = JSON.stringify([p.tag, s.boxes]);
  if (key === o.key) return;
  const kept = new Map();
  const ious = s.boxes.map((box) => {
    const name = String(box);
    kept.set(name, o.kept.get(name) ?? anchorsIous(p.maps, o.layout, box.map((v) => v * p.scale)));
    return kept.get(name);
  });
  Object.assign(o, { key, kept, ious, found: anchorsMatch(o.layout.count, ious, p.high, p.low, p.lowQuality) });
  o.drawn = { positive: anchorsDrawn(s, (i) => o.found.gt[i] >= 0 && !o.found.forced[i]), forced: anchorsDrawn(s, (i) => o.found.forced[i]), ignored: null };
  o.cells = null;
}

// The boxes of some anchors in the picture's pixels; of very many, evenly some.
function anchorsDrawn(s, wanted) {
  const o = s.own, p = s.params, rows = [];
  for (let i = 0; i < o.layout.count; i++) if (wanted(i)) rows.push(i);
  const step = Math.ceil(rows.length / ANCHORS_MOST_DRAWN) || 1;
  return rows.filter((_, k) => k % step === 0).map((i) => {
    const { map, row, col, k } = anchorsAt(s, i);
    return anchorsBox(map, row, col, k).map((v) => v / p.scale);
  });
}

// An anchor's map, cell and shape from its number.
function anchorsAt(s, i) {
  const { first } = s.own.layout, level = first.findLastIndex((from) => from <= i), map = s.params.maps[level], A = map.shapes.length;
  const cell = Math.floor((i - first[level]) / A);
  return { map, row: Math.floor(cell / map.cols), col: cell % map.cols, k: (i - first[level]) % A };
}

// Of each cell of the map shown: what the best of its anchors is to learn, and its largest overlap.
function anchorsCellStates(s) {
  const o = s.own, map = anchorsMap(s), A = map.shapes.length, from = o.layout.first[s.params.level], count = map.rows * map.cols;
  if (o.cells?.level === s.params.level) return o.cells;
  const states = new Array(count).fill("negative"), best = new Float64Array(count);
  for (let i = 0; i < count * A; i++) {
    const cell = Math.floor(i / A), gt = o.found.gt[from + i];
    if (gt >= 0) states[cell] = "positive";
    else if (gt === ANCHORS_IGNORED && states[cell] === "negative") states[cell] = "ignored";
    best[cell] = Math.max(best[cell], o.found.best[from + i]);
  }
  return (o.cells = { level: s.params.level, states, best });
}

function anchorsMove(s) {
  const o = s.own, tops = () => o.found.tops;
  if (!o.list) return;
  anchorsFind(s);
  o.cell = s.dragging || !s.pointer ? o.pin.slice(1) : anchorsCellAt(s, s.pointer);
  s.d.edit.labels = s.boxes.map((_, g) => (g + 1) + " \u00b7 IoU " + fixed(tops()[g]));
  anchorsPanel(s);
}

const anchorsState = (found, i) => (found.gt[i] >= 0 ? "positive" : found.gt[i] === ANCHORS_IGNORED ? "ignored" : "negative");

// The chosen cell's anchors: box in the network's pixels, what it is to learn, its best overlap.
function anchorsOfCell(s) {
  const o = s.own, p = s.params, map = anchorsMap(s), [row, col] = o.cell;
  const from = o.layout.first[p.level] + (row * map.cols + col) * map.shapes.length;
  return map.shapes.map((_, k) => ({
    box: anchorsBox(map, row, col, k), name: map.names[k], iou: o.found.best[from + k], gt: o.found.gt[from + k],
    forced: o.found.forced[from + k], state: anchorsState(o.found, from + k),
  }));
}

const anchorsColor = (s, state) => ({ positive: s.params.colors.positive, ignored: s.params.colors.ignore, negative: s.boxes.length ? s.params.colors.negative : s.params.colors.anchor })[state];

function anchorsPath(g, boxes) {
  g.beginPath();
  for (const [x1, y1, x2, y2] of boxes) g.rect(x1, y1, x2 - x1, y2 - y1);
  g.stroke();
}

function anchorsFrame(s, g) {
  const o = s.own, p = s.params, c = p.colors;
  if (!o.found) return;
  anchorsDots(s, g);
  if (o.show.ignored) {
    Object.assign(g, { strokeStyle: c.ignore, lineWidth: s.px, globalAlpha: 0.5 });
    g.setLineDash([3 * s.px, 3 * s.px]);
    anchorsPath(g, (o.drawn.ignored ??= anchorsDrawn(s, (i) => o.found.gt[i] === ANCHORS_IGNORED)));
  }
  if (o.show.positive) for (const [boxes, dash] of [[o.drawn.positive, []], [o.drawn.forced, [7 * s.px, 4 * s.px]]]) {
    Object.assign(g, { strokeStyle: c.positive, lineWidth: 1.6 * s.px, globalAlpha: 0.9 });
    g.setLineDash(dash);
    anchorsPath(g, boxes);
  }
  g.setLineDash([]);
  g.globalAlpha = 1;
  if (!s.dragging) anchorsCellBoxes(s, g);
}

// A dot for every cell, where its anchors stand, in the colour of the best of them.
function anchorsDots(s, g) {
  const p = s.params, map = anchorsMap(s), step = map.stride / p.scale, dots = { negative: [], ignored: [], positive: [] };
  anchorsCellStates(s).states.forEach((state, i) => dots[state].push([(i % map.cols) * step, Math.floor(i / map.cols) * step]));
  for (const [state, radius, color] of [["negative", 1, "rgba(255,255,255,.65)"], ["ignored", 2, p.colors.ignore], ["positive", 3, p.colors.positive]]) {
    for (const [style, r] of [["rgba(0,0,0,.45)", radius + 0.8], [color, radius]]) {
      g.fillStyle = style;
      g.beginPath();
      for (const [x, y] of dots[state]) g.rect(x - r * s.px, y - r * s.px, 2 * r * s.px, 2 * r * s.px);
      g.fill();
    }
  }
}

function anchorsCellBoxes(s, g) {
  const o = s.own, k = s.params.scale, [row, col] = o.cell, { stride } = anchorsMap(s);
  const list = anchorsOfCell(s).map((one) => ({ ...one, box: one.box.map((v) => v / k), color: anchorsColor(s, one.state) }));
  for (const one of list) outline(g, one.box, one.color, s.px, 2);
  if (list[o.row]) tag(s, g, list[o.row].name, list[o.row].box[0], list[o.row].box[1], list[o.row].color, ANCHORS_TAG * s.px);
  else anchorsTags(s, g, list);
  if (list[o.row]) outline(g, list[o.row].box, list[o.row].color, s.px, 4.5);
  ring(g, [(col * stride) / k, (row * stride) / k], 5 * s.px, s.px);
}

// Names stand at their boxes' upper left corners, where these are in the picture, only in boxes with room for them and
// where nothing lies on them; the largest first. The others, and all on a phone, are named when their rows are pointed at.
function anchorsTags(s, g, list) {
  if (s.w < 420 * s.px) return;
  const area = ({ box: [x1, y1, x2, y2] }) => (x2 - x1) * (y2 - y1);
  for (const one of [...list].sort((a, b) => area(b) - area(a))) {
    const [x1, y1, x2, y2] = one.box, px = ANCHORS_TAG * s.px, [, , wide, high] = tagFirst(s, g, one.name, x1, y1, px);
    if (x1 < -60 * s.px || y1 < -10 * s.px || x2 - x1 < 1.5 * wide || y2 - y1 < 4 * high) continue;
    const place = tagFree(s, g, one.name, x1, y1, px);
    if (!place || s.boxes.some((box) => anchorsCuts(box, place))) continue;
    g.tags.push(place);
    tagDraw(s, g, one.name, place, one.color, px);
  }
}

// Whether an edge of a truth, drawn later, goes through a name.
function anchorsCuts([x1, y1, x2, y2], [left, top, wide, high]) {
  const apart = left > x2 || left + wide < x1 || top > y2 || top + high < y1;
  return !apart && !(left > x1 && left + wide < x2 && top > y1 && top + high < y2);
}

function anchorsPin(s, cell) {
  const o = s.own;
  Object.assign(o, { pin: [s.params.level, ...cell], chosen: true });
  anchorsTell(s);
}

function anchorsTell(s) {
  s.change();
  later(s, "pin", 250, () => s.commit(anchorsCommit(s)));
}

// A press without a drag keeps the cell; a drag draws or moves a truth.
function anchorsCommit(s) {
  const o = s.own;
  if (o.press && s.pointer && Math.hypot(s.pointer[0] - o.press[0], s.pointer[1] - o.press[1]) < 4 * s.px) Object.assign(o, { pin: [s.params.level, ...anchorsCellAt(s, s.pointer)], chosen: true });
  o.press = null;
  s.boxes = rounded(s.boxes);
  anchorsFind(s);
  return { tag: s.params.tag, shown: ANCHORS_DRAWN.filter((state) => o.show[state]).join("+") || "none", cell: o.chosen ? o.pin : null, boxes: s.boxes, states: anchorsPacked(o.found), tops: o.found.tops };
}

PROGRAMS.anchors = {
  mount: anchorsMount,
  move: anchorsMove,
  frame: anchorsFrame,
  commit: anchorsCommit,
  // With no truth left to draw, a press on free ground is taken here: the stage would drop it.
  down(s) {
    s.own.press = [...s.pointer];
    return s.boxes.length >= s.d.edit.most && !hitBox(s, s.pointer, false);
  },
  up(s) { s.commit(anchorsCommit(s)); },
  hint: () => "Point: a cell\u2019s anchors. Click: keep that cell. Drag: draw or move a true box.",
  read(s) {
    if (s.dragging || !s.own.cell) return undefined;
    const [row, col] = s.own.cell, { stride } = anchorsMap(s);
    return "row " + row + ", column " + col + ": its anchors stand at x " + col + " \u00d7 " + stride + " = " + many(col * stride) + ", y " + row + " \u00d7 " + stride + " = " + many(row * stride);
  },
};
