// A feature pyramid: laterals, sums, smoothed maps; the addition at the pointer; a box and its level.
//
// The stage has one box (mode "boxes"), in pixels of the photo; maps lie on the network's square.
// Parameters: scale (pixels of the square for one of the photo), side (of the square), channel, kinds
// {lateral, sum, map: {level: H x W of the channel}}, energy (the same of all channels, or null), ends
// {lateral, sum, map: {level: [lo, hi]}} and energyEnds, usual (level of a 224 px box), lowest, highest,
// bins, samples (of RoIAlign), levelColors, opacity, view ("sum4": the map on
// the photo, "" for that of the box), tag. Commits {tag, view, box, level, values}, so that
// Python can check this arithmetic; keeps cell [level, x, y], where one was clicked. Panel: pyramid.panel.js.

const PYR_KINDS = [["lateral", "Lateral"], ["double", "+ doubled"], ["sum", "= Sum"], ["map", "Smoothed"]];
const pyrLevels = (s) => [6, 5, 4, 3].filter((k) => s.own.kinds.map[k]);

function pyrMaps(from) {
  return Object.fromEntries(Object.entries(from).map(([kind, levels]) => [kind, Object.fromEntries(Object.entries(levels).map(([k, v]) => [k, unpack(v)]))]));
}

function pyrDoubled(map) {
  const [h, w] = map.shape, made = new Float32Array(4 * h * w);
  for (let y = 0; y < 2 * h; y++) for (let x = 0; x < 2 * w; x++) made[y * 2 * w + x] = map[(y >> 1) * w + (x >> 1)];
  made.shape = [2 * h, 2 * w];
  return made;
}

function pyrMount(s) {
  const o = s.own, p = s.params;
  o.kinds = pyrMaps(p.kinds);
  o.energy = p.energy ? pyrMaps(p.energy) : null;
  for (const maps of [o.kinds, o.energy]) if (maps) maps.double = Object.fromEntries([4, 3].map((k) => [k, pyrDoubled(maps.sum[k + 1])]));
  o.bitmaps = {};
  if (!o.tiles) { pyrBuild(s); o.view = p.view ? [p.view.slice(0, -1), Number(p.view.at(-1))] : null; }
  o.at ??= null;
  o.told = null;
  s.change();
  later(s, "proof", 500, () => { if (s.d.held.program.v?.tag !== p.tag && s.boxes.length && !s.dragging) s.commit(pyrCommit(s)); });
}

function pyrMap(s, kind, level, shown = true) {
  const o = s.own;
  return ((shown && o.energy) || o.kinds)[kind]?.[level];
}

// One picture of a map, made once: signed maps about 0, others from their least to their largest.
function pyrBitmap(s, kind, level) {
  const o = s.own, p = s.params, name = kind + level;
  if (o.bitmaps[name]) return o.bitmaps[name];
  const map = pyrMap(s, kind, level), own = kind === "double" ? "sum" : kind, [lo, hi] = (p.energy ? p.energyEnds : p.ends)[own][kind === "double" ? level + 1 : level];
  const levels = Uint8Array.from(map, (v) => clamp(Math.round((255 * (v - lo)) / (hi - lo)), 0, 255));
  levels.shape = map.shape;
  return (o.bitmaps[name] = heatBitmap(levels, lo < 0 ? "diverging" : "sequential"));
}

// k = floor(usual + log2(sqrt(w h) / 224)), held between the two ends.
function pyrLevel(p, box) {
  const side = Math.sqrt(Math.max(0, (box[2] - box[0]) * (box[3] - box[1]))) * p.scale, exact = p.usual + Math.log2(side / 224);
  return { side, exact, level: clamp(Math.floor(exact + 1e-6), p.lowest, p.highest) };
}

function pyrRead(s) {
  const o = s.own, p = s.params, box = s.boxes[0], found = pyrLevel(p, box), map = o.kinds.map[found.level], [H, W] = map.shape;
  const cells = box.map((v) => (v * p.scale) / 2 ** found.level);
  return { ...found, cells, values: roiAlign(map, H, W, cells, p.bins, p.samples, true).values };
}

const pyrView = (s) => s.own.view ?? ["map", s.own.roi?.level ?? s.params.highest];

function pyrMove(s) {
  const o = s.own, p = s.params;
  if (!o.tiles || !s.boxes[0]) return;
  o.roi = pyrRead(s);
  const level = pyrView(s)[1], stride = 2 ** level;
  if (s.pointer && !s.dragging) o.at = pyrPointed(s);
  else if (!s.pointer && !o.tiled) o.at = null;
  const b = s.boxes[0];
  o.place = o.at ?? pyrKept(s) ?? pyrCell(s, level, ((b[0] + b[2]) * p.scale) / 2 / stride, ((b[1] + b[3]) * p.scale) / 2 / stride);
  pyrPanel(s);
}

// The cell under the pointer, of the map on the photo.
function pyrPointed(s) {
  const level = pyrView(s)[1], [x, y] = s.pointer.map((v) => (v * s.params.scale) / 2 ** level);
  return pyrCell(s, level, x, y);
}

// The cell that a reader clicked, if the maps have it.
function pyrKept(s) {
  const [level, x, y] = s.kept("cell", 3) ?? [], [h, w] = s.own.kinds.map[level]?.shape ?? [0, 0];
  return [x, y].every(Number.isInteger) && x >= 0 && y >= 0 && x < w && y < h ? { level, x, y } : null;
}

function pyrCell(s, level, x, y) {
  const [h, w] = s.own.kinds.map[level].shape;
  return { level, x: clamp(Math.floor(x), 0, w - 1), y: clamp(Math.floor(y), 0, h - 1) };
}

// The addition at a cell, of the channel.
function pyrSum({ own: o, params: p }, { level, x, y }) {
  const at = (kind, k, cx, cy) => { const map = o.kinds[kind][k]; return map[cy * map.shape[1] + cx]; };
  if (level > p.highest) return null;
  const lateral = at("lateral", level, x, y), sum = at("sum", level, x, y);
  return level === p.highest ? { lateral, sum } : { lateral, above: at("sum", level + 1, x >> 1, y >> 1), sum };
}

function pyrFrame(s, g) {
  const o = s.own, p = s.params, [kind, level] = pyrView(s);
  if (!o.roi) return;
  const far = p.side / p.scale, cell = 2 ** level / p.scale;
  g.globalAlpha = s.opacity ?? p.opacity;
  g.imageSmoothingEnabled = false;
  g.drawImage(pyrBitmap(s, kind, level), 0, 0, far, far);
  g.globalAlpha = 1;
  const { x, y, level: at } = o.place;
  const wide = 2 ** at / p.scale;
  outline(g, [x * wide, y * wide, (x + 1) * wide, (y + 1) * wide], "#ffffff", s.px, 2);
  // The box's bins, as RoIAlign lays them.
  const b = s.boxes[0], n = p.bins;
  g.strokeStyle = "rgba(255,255,255,.7)";
  g.lineWidth = s.px;
  g.beginPath();
  for (let i = 1; i < n; i++) { const u = b[0] + ((b[2] - b[0]) * i) / n, v = b[1] + ((b[3] - b[1]) * i) / n; g.moveTo(u, b[1]); g.lineTo(u, b[3]); g.moveTo(b[0], v); g.lineTo(b[2], v); }
  g.stroke();
  if (o.bin) { const [i, j] = o.bin, w = (b[2] - b[0]) / n, h = (b[3] - b[1]) / n; outline(g, [b[0] + j * w, b[1] + i * h, b[0] + (j + 1) * w, b[1] + (i + 1) * h], p.levelColors[o.roi.level], s.px, 3); }
  tag(s, g, PYR_KINDS.find(([one]) => one === kind)[1].replace(/[+=] /, "") + ", level " + level, 4 * s.px, s.h - 4 * s.px, p.levelColors[level]);
}

function pyrCommit(s) {
  const o = s.own;
  if (!s.boxes.length) return null;
  s.boxes = rounded(s.boxes);
  if (o.press && s.pointer && Math.hypot(s.pointer[0] - o.press[0], s.pointer[1] - o.press[1]) < 4 * s.px) {
    const { level, x, y } = pyrPointed(s);
    s.keep("cell", [level, x, y]);
  }
  o.press = null;
  pyrMove(s);
  return { tag: s.params.tag, view: (s.own.view ?? []).join(""), box: s.boxes[0], level: s.own.roi.level, values: [...s.own.roi.values] };
}

PROGRAMS.pyramid = {
  mount: pyrMount,
  move: pyrMove,
  frame: pyrFrame,
  commit: pyrCommit,
  down(s) { s.own.press = [...s.pointer]; return false; },
  hint: () => "Drag the box; point at a cell, a click keeps it; click a small map to lay it on the photo.",
  read(s) {
    const o = s.own;
    return o.place ? pyrSumWords(s, o.place) : undefined;
  },
};
