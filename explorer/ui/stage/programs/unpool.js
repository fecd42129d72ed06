// Max pooling of one map and every way back to its size; where each number comes from.
//
// Parameters: map (H,W floats), kernel, stride, stamp (k,k weights of the transposed
// convolution), dense (3,3 weights of the convolution after max-unpooling) or null, panes
// {input, pooled, unpool, nearest, nails, bilinear, transposed[, dense]} as [x, y, width,
// height] in image pixels, titles by pane, numbers (cells show their numbers, which a reader
// edits), photo ([x, y, width, height] that show the stage's picture) or null, errors (show what is wrong instead), signed (palette of both signs), limits [lo, hi],
// windows (a colour for each window), start [pane, row, col], colors {mark, source}.
// Committed when a number is edited: {input: [...]}.
// Arithmetic in unpool.math.js, words in unpool.panel.js. Keys: arrows move the cell pointed at, Page Up and Page Down change the map.

const UNPOOL_WAYS = ["nails", "nearest", "bilinear", "transposed", "unpool", "dense"];
const UNPOOL_MAPS = ["input", "pooled", ...UNPOOL_WAYS]; // as a link counts them: where they stand changes with the screen

function unpoolMount(s) {
  const o = s.own, p = s.params;
  o.x = Float64Array.from(unpack(p.map));
  [o.H, o.W] = p.map.shape;
  [o.k, o.stride, o.kt] = [p.kernel, p.stride, p.stamp.shape[0]];
  o.stamp = unpack(p.stamp);
  o.dense = p.dense ? unpack(p.dense) : null;
  o.ways = UNPOOL_WAYS.filter((way) => way in p.panes);
  if (!o.head) unpoolPanel(s);
  unpoolCompute(s);
  if (!unpoolPin(s)) s.keep("cell", null); // its map is not shown here, or is smaller
  if (!o.at || !unpoolFits(s, o.at) || !o.pointed) o.at = unpoolRest(s);
  s.change();
}

const unpoolFits = (s, { pane, r, c }) => {
  const [n, m] = pane in s.params.panes ? unpoolShape(s.own, pane) : [0, 0];
  return [r, c].every((v) => Number.isInteger(v) && v >= 0) && r < n && c < m;
};

// The cell that was clicked, which the link carries, or null.
function unpoolPin(s) {
  const [map, r, c] = s.kept("cell", 3) ?? [], pin = { pane: UNPOOL_MAPS[map], r, c };
  return unpoolFits(s, pin) ? pin : null;
}

// What is shown of when no cell is pointed at.
function unpoolRest(s) {
  const [pane, r, c] = s.params.start;
  return unpoolPin(s) ?? { pane, r, c };
}

const unpoolKeep = (s, { pane, r, c }) => s.keep("cell", [UNPOOL_MAPS.indexOf(pane), r, c]);

function unpoolCompute(s) {
  const o = s.own, p = s.params;
  o.made = unpoolAll(o);
  o.lost = Object.fromEntries(o.ways.map((way) => [way, unpoolLost(o.x, o.made[way])]));
  o.bitmaps = {};
  if (p.numbers) return;
  const [lo, hi] = p.limits, name = p.signed ? "diverging" : "sequential", end = Math.max(Math.abs(lo), Math.abs(hi)) || 1;
  const levels = (values, from, to) => Object.assign(Uint8Array.from(values, (v) => clamp(Math.round((255 * (v - from)) / (to - from || 1)), 0, 255)), {});
  const bitmap = (values, shape, wrong) => heatBitmap(Object.assign(wrong ? levels(values, -end, end) : levels(values, p.signed ? -end : lo, p.signed ? end : hi), { shape }), wrong ? "diverging" : name);
  o.bitmaps.input = bitmap(o.x, [o.H, o.W]);
  o.bitmaps.pooled = bitmap(o.pool.values, [o.pool.h, o.pool.w]);
  for (const way of o.ways) o.bitmaps[way] = bitmap(p.errors ? o.made[way].map((v, i) => v - o.x[i]) : o.made[way], [o.H, o.W], p.errors);
}

// The map before or after, at the cell that lies on the same place.
function unpoolTurn(s, by) {
  const o = s.own, panes = Object.keys(s.params.panes), pane = panes[(panes.indexOf(o.at.pane) + by + panes.length) % panes.length];
  const [n, m] = unpoolShape(o, o.at.pane), [rows, cols] = unpoolShape(o, pane);
  o.at = { pane, r: Math.floor((o.at.r * rows) / n), c: Math.floor((o.at.c * cols) / m) };
}

const unpoolShape = (o, pane) => (pane === "pooled" ? [o.pool.h, o.pool.w] : [o.H, o.W]);
const unpoolValues = (o, pane) => (pane === "input" ? o.x : pane === "pooled" ? o.pool.values : o.made[pane]);

// A cell of a pane in image pixels: [x, y, width, height].
function unpoolCell(s, pane, r, c, rows = 1, cols = 1) {
  const [x, y, w, h] = s.params.panes[pane], [n, m] = unpoolShape(s.own, pane);
  return [x + (c * w) / m, y + (r * h) / n, (cols * w) / m, (rows * h) / n];
}

function unpoolHit(s, p) {
  for (const pane of p ? Object.keys(s.params.panes) : []) {
    const [x, y, w, h] = s.params.panes[pane], [n, m] = unpoolShape(s.own, pane), c = Math.floor(((p[0] - x) / w) * m), r = Math.floor(((p[1] - y) / h) * n);
    if (r >= 0 && c >= 0 && r < n && c < m) return { pane, r, c };
  }
  return null;
}

// ---- the picture --------------------------------------------------------------------

function unpoolFrame(s, g) {
  const o = s.own, p = s.params;
  g.save();
  g.beginPath();
  g.rect(0, 0, s.w, s.h);
  if (p.photo) g.rect(...p.photo);
  g.clip("evenodd");
  g.fillStyle = s.color.background;
  g.fillRect(0, 0, s.w, s.h);
  g.restore();
  if (p.photo) unpoolTitle(s, g, "photo", p.photo);
  for (const pane of Object.keys(p.panes)) {
    const [x, y, w, h] = p.panes[pane];
    unpoolTitle(s, g, pane);
    if (p.numbers) unpoolCells(s, g, pane);
    else {
      g.imageSmoothingEnabled = false;
      g.drawImage(o.bitmaps[pane], x, y, w, h);
      g.strokeStyle = s.color.border;
      g.lineWidth = s.px;
      g.strokeRect(x, y, w, h);
    }
  }
  unpoolArrows(s, g);
  if (p.numbers) for (const pane of Object.keys(p.panes)) unpoolNumbers(s, g, pane);
  unpoolMarks(s, g);
  if (s.dom.read.classList.contains("hint")) s.dom.read.textContent = "Point at any cell: where does its number come from? With the keyboard, arrows move." + (p.numbers ? " Click a number of the input to change it." : "");
}

function unpoolTitle(s, g, pane, [x, y, w] = s.params.panes[pane]) {
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize), room = s.params.room;
  let size = Math.min(0.82 * rem * s.px, 0.75 * room);
  g.fillStyle = s.color.text;
  g.textAlign = "left";
  g.textBaseline = "bottom";
  g.font = "600 " + size + "px " + s.font;
  const wide = g.measureText(s.params.titles[pane]).width, most = Math.min(Math.max(w, s.params.wide), s.w - x);
  if (wide > most) g.font = "600 " + (size *= most / wide) + "px " + s.font;
  g.fillText(s.params.titles[pane], x, y - 3 * s.px);
}

const unpoolText = (v) => (Number.isInteger(v) ? String(v) : fixed(v, Math.abs(v) < 10 ? 2 : 1).replace(/\.?0+$/, "")).replace("-", "\u2212");

function unpoolCells(s, g, pane) {
  const [n, m] = unpoolShape(s.own, pane), owner = unpoolOwners(s, pane);
  g.lineWidth = s.px;
  g.strokeStyle = s.color.border;
  for (let i = 0; i < n * m; i++) {
    const cell = unpoolCell(s, pane, Math.floor(i / m), i % m);
    if (owner[i] >= 0) { g.globalAlpha = 0.3; g.fillStyle = unpoolColor(s, owner[i]); g.fillRect(...cell); g.globalAlpha = 1; }
    g.strokeRect(...cell);
  }
}

// Over the arrows, with a halo, so that every number can be read.
function unpoolNumbers(s, g, pane) {
  const o = s.own, [n, m] = unpoolShape(o, pane), values = unpoolValues(o, pane), owner = unpoolOwners(s, pane), wrong = s.params.errors && !["input", "pooled"].includes(pane);
  g.save();
  g.textAlign = "center";
  g.textBaseline = "middle";
  g.lineJoin = "round";
  g.strokeStyle = s.color.background;
  g.fillStyle = s.color.text;
  for (let i = 0; i < n * m; i++) {
    const [x, y, w, h] = unpoolCell(s, pane, Math.floor(i / m), i % m), value = wrong ? values[i] - o.x[i] : values[i], text = unpoolText(Math.round(10 * value) / 10);
    g.font = (owner[i] >= 0 && value ? "600 " : "") + (text.length > 4 ? 0.33 : 0.42) * h + "px " + s.font;
    g.lineWidth = 0.2 * h;
    g.globalAlpha = 1; // the halo: no arrow shines through a number
    if (["input", "pooled", "unpool"].includes(pane)) g.strokeText(text, x + w / 2, y + h / 2);
    g.globalAlpha = value === 0 ? 0.45 : 1;
    g.fillText(text, x + w / 2, y + h / 2);
  }
  g.restore();
  if (o.edit === undefined || pane !== "input") return;
  const [x, y, w, h] = unpoolCell(s, pane, Math.floor(o.edit / m), o.edit % m);
  g.strokeStyle = s.color.primary;
  g.lineWidth = 3.5 * s.px;
  g.strokeRect(x, y, w, h);
}

const unpoolColor = (s, window) => s.params.windows[window % s.params.windows.length];

// Which window a cell's colour belongs to, -1 for none: maxima, pooled numbers, where they land.
function unpoolOwners(s, pane) {
  const o = s.own, [n, m] = unpoolShape(o, pane), owner = new Int16Array(n * m).fill(-1), { argmax, w } = o.pool;
  if (pane === "pooled") return owner.map((_, i) => i);
  if (pane === "input" || pane === "unpool") argmax.forEach((at, i) => { if (owner[at] < 0) owner[at] = i; });
  if (pane === "nails") argmax.forEach((_, i) => { owner[Math.floor(i / w) * o.stride * m + (i % w) * o.stride] = i; });
  if (pane === "nearest") for (let i = 0; i < owner.length; i++) owner[i] = unpoolSources(o, "nearest", Math.floor(i / m), i % m)[0][0];
  return owner;
}

// From each maximum to its pooled number, and from there to the very place it had; on maps,
// whose cells are too many, only those of a cell that pooling or max-unpooling is pointed at.
function unpoolArrows(s, g) {
  const o = s.own, { numbers, colors } = s.params, { argmax, w } = o.pool, chosen = new Set(numbers || !["nails", "nearest", "bilinear", "transposed"].includes(o.at.pane) ? unpoolWindows(s) : []), middle = ([x, y, wide, high]) => [x + wide / 2, y + high / 2];
  argmax.forEach((at, i) => {
    const strong = chosen.has(i), color = numbers ? unpoolColor(s, i) : colors.mark;
    if (!numbers && !strong) return;
    const from = middle(unpoolCell(s, "input", Math.floor(at / o.W), at % o.W)), via = unpoolCell(s, "pooled", Math.floor(i / w), i % w), to = unpoolCell(s, "unpool", Math.floor(at / o.W), at % o.W);
    g.globalAlpha = strong ? 1 : chosen.size ? 0.18 : 0.6;
    for (const [style, wide] of strong ? [["rgba(0,0,0,.5)", 3.6], [color, numbers ? 2.5 : 1.8]] : [[color, 1.6]]) {
      g.strokeStyle = style;
      g.lineWidth = wide * s.px;
      arrow(g, from[0] + 0.24 * via[2], from[1], via[0], via[1] + via[3] / 2, s.px);
      arrow(g, via[0] + via[2], via[1] + via[3] / 2, to[0] + 0.2 * to[2], to[1] + to[3] / 2, s.px);
    }
  });
  g.globalAlpha = 1;
}

// The windows that the cell pointed at has to do with.
function unpoolWindows(s) {
  const o = s.own, { pane, r, c } = o.at;
  if (!o.pointed && s.params.numbers && !unpoolPin(s)) return [];
  if (pane === "pooled") return [r * o.pool.w + c];
  if (pane === "input") return unpoolSources(o, "unpool", r, c).map(([i]) => i);
  return unpoolSources(o, pane === "dense" ? "unpool" : pane, r, c).map(([i]) => i);
}

function unpoolMarks(s, g) {
  const o = s.own, p = s.params, { pane, r, c } = o.at, { w, argmax } = o.pool, px = s.px;
  const box = ([x, y, wide, high], color, line) => outline(g, [x, y, x + wide, y + high], color, px, line);
  const windows = pane === "pooled" ? [r * w + c] : pane === "input" ? unpoolCovering(o, r, c) : unpoolSources(o, pane === "dense" ? "unpool" : pane, r, c).map(([i]) => i);
  for (const i of windows.slice(0, 16)) {
    const [y, x] = [Math.floor(i / w), i % w];
    box(unpoolCell(s, "input", y * o.stride, x * o.stride, o.k, o.k), p.colors.source, 1.5);
    if (pane !== "pooled") box(unpoolCell(s, "pooled", y, x), p.colors.source, 2);
    if (pane === "pooled") for (const way of ["input", "unpool"]) box(unpoolCell(s, way, Math.floor(argmax[i] / o.W), argmax[i] % o.W), p.colors.mark, 2);
  }
  if (p.photo) {
    const [at, of] = [pane === "pooled" ? argmax[r * w + c] : r * o.W + c, p.photo], [wide, high] = [of[2] / o.W, of[3] / o.H];
    box([of[0] + (at % o.W) * wide, of[1] + Math.floor(at / o.W) * high, wide, high], p.colors.mark, 2);
  }
  if (pane === "pooled") box(unpoolCell(s, "pooled", r, c), p.colors.mark, 3);
  else for (const one of Object.keys(p.panes)) if (one !== "pooled") box(unpoolCell(s, one, r, c), p.colors.mark, one === pane ? 3 : 1.5);
}

// The windows that cover a cell of the input.
function unpoolCovering(o, r, c) {
  const found = [], { h, w } = o.pool;
  for (let i = 0; i < h; i++) for (let j = 0; j < w; j++) if (i * o.stride <= r && r < i * o.stride + o.k && j * o.stride <= c && c < j * o.stride + o.k) found.push(i * w + j);
  return found;
}

PROGRAMS.unpool = {
  keys: (s) => "arrows move, Page Up and Page Down change the map" + (s.params.numbers ? ", Enter edits a number" : ""),
  mount: unpoolMount,

  move(s) {
    const o = s.own, hit = unpoolHit(s, s.pointer);
    o.pointed = Boolean(hit) || (o.pointed && !s.pointer && document.activeElement === s.dom.frame);
    if (hit) o.at = hit;
    else if (!o.pointed) o.at = unpoolRest(s); // a file and a link show the same
    s.dom.over.style.cursor = s.params.numbers && hit?.pane === "input" ? "text" : "crosshair";
    s.pointer = null;
    unpoolSay(s);
  },

  frame: unpoolFrame,

  down(s) {
    const found = unpoolHit(s, s.pointer), hit = s.params.numbers ? found : null;
    if (found) unpoolKeep(s, found);
    if (hit?.pane === "input") unpoolEdit(s, hit.r * s.own.W + hit.c);
    else if (s.own.edit !== undefined) unpoolDone(s);
    return hit?.pane === "input";
  },

  key(s, e) {
    const step = ARROWS[e.key], o = s.own, [n, m] = unpoolShape(o, o.at.pane);
    if (e.key === "Enter" && s.params.numbers && o.at.pane === "input") { unpoolEdit(s, o.at.r * o.W + o.at.c); return true; }
    if (e.key === "PageUp" || e.key === "PageDown") unpoolTurn(s, e.key === "PageUp" ? -1 : 1);
    else if (!step) return false;
    else o.at = { pane: o.at.pane, r: clamp(o.at.r + step[1], 0, n - 1), c: clamp(o.at.c + step[0], 0, m - 1) };
    o.pointed = true;
    unpoolKeep(s, o.at);
    later(s, "told", 250, () => { s.dom.said.textContent = o.head.textContent + ". " + o.story.textContent; });
    return true;
  },
};
