// The windows of a cascade, falling away stage by stage; a press on the panel goes to a stage or a size.
//
// Parameters: levels [[scale, cols, rows, step], ...], passed (all levels' windows row by row: 0 never
// looked at, 1 too flat, 2 + stages passed), window [w, h], stages, features (a stage), stageMs,
// raw (N x 4), groups (G x 4), counts (G), colors {raw, kept, muted, best; bar and time in the panel}, frames (the scrubber's key).
// The scrubber's frame k: after k stages; one more than the stages: after grouping.
// The panel is in cascade.panel.js.

const CSC_MAP = 220, CSC_BOXES = 600, CSC_DOTS = 9000;

function cscMount(s) {
  const o = s.own, p = s.params;
  o.passed = unpack(p.passed);
  o.raw = unpack(p.raw);
  o.groups = unpack(p.groups);
  o.counts = unpack(p.counts);
  o.features = unpack(p.features);
  o.ms = unpack(p.stageMs);
  o.from = [0];
  for (const [, cols, rows] of p.levels) o.from.push(o.from.at(-1) + cols * rows);
  o.level = (o.level === undefined ? keptPlace(s, "level", p.levels.length) : o.level < p.levels.length ? o.level : null) ?? -1;
  cscCount(s);
  o.dark = element("canvas");
  o.shown = null;
  o.most = {}; // of the windows that cover a place: another scan has other ones
  cscPanel(s);
  s.change();
}

// left[level][k]: windows of a level still in after k stages.
function cscCount(s) {
  const o = s.own, p = s.params, n = p.stages;
  o.flat = [];
  o.left = p.levels.map((_, i) => {
    const at = new Int32Array(n + 3), left = new Int32Array(n + 1);
    for (let j = o.from[i]; j < o.from[i + 1]; j++) at[o.passed[j]]++;
    for (let k = n, sum = 0; k >= 0; k--) left[k] = sum += at[k + 2];
    left[0] += o.flat[i] = at[1];
    return left;
  });
  o.total = Array.from({ length: n + 1 }, (_, k) => o.left.reduce((sum, one) => sum + one[k], 0));
}

const cscStage = (s) => clamp(s.frame, 0, s.params.stages);
const cscGrouped = (s) => s.frame > s.params.stages;
const cscChosen = (s) => (s.own.level < 0 ? s.params.levels.map((_, i) => i) : [s.own.level]);
const cscLeft = (s, k) => (s.own.level < 0 ? s.own.total[k] : s.own.left[s.own.level][k]);
const cscStays = (v, k) => v > 0 && (k === 0 || v >= k + 2);

function cscBox(s, i, j) {
  const [scale, cols, , step] = s.params.levels[i], [w, h] = s.params.window, at = j - s.own.from[i];
  const x = (at % cols) * step * scale, y = Math.floor(at / cols) * step * scale;
  return [x, y, x + w * scale, y + h * scale];
}

// How many windows still in cover each place: four marks a window, then sums across and down.
function cscCover(s, k) {
  const o = s.own, p = s.params, f = CSC_MAP / Math.max(s.w, s.h), w = Math.ceil(s.w * f), h = Math.ceil(s.h * f), wide = w + 1;
  const cover = new Int32Array(wide * (h + 1));
  for (const i of cscChosen(s)) {
    const [scale, cols, rows, step] = p.levels[i], side = p.window.map((v) => v * scale * f), by = step * scale * f;
    for (let r = 0, j = o.from[i]; r < rows; r++) {
      const top = Math.round(r * by) * wide, bottom = Math.min(h, Math.round(r * by + side[1])) * wide;
      for (let c = 0; c < cols; c++, j++) {
        if (!cscStays(o.passed[j], k)) continue;
        const left = Math.round(c * by), right = Math.min(w, Math.round(c * by + side[0]));
        cover[top + left]++;
        cover[top + right]--;
        cover[bottom + left]--;
        cover[bottom + right]++;
      }
    }
  }
  for (let y = 0; y <= h; y++) for (let x = 1; x < wide; x++) cover[y * wide + x] += cover[y * wide + x - 1];
  for (let i = wide; i < cover.length; i++) cover[i] += cover[i - wide];
  return { cover, w, h, wide };
}

// The photo goes dark where no window is left, on a logarithmic scale of their number.
function cscPaint(s) {
  const o = s.own, k = cscStage(s), key = k + " " + o.level + " " + s.dark;
  if (o.shown === key) return;
  o.shown = key;
  const first = o.most, name = "l" + o.level;
  const { cover, w, h, wide } = cscCover(s, k);
  if (k === 0) first[name] = Math.max(1, cover.reduce((a, b) => Math.max(a, b), 0));
  first[name] ??= Math.max(1, cscCover(s, 0).cover.reduce((a, b) => Math.max(a, b), 0));
  const image = new ImageData(w, h), scale = 1 / Math.log1p(first[name]);
  for (let y = 0, i = 3; y < h; y++) for (let x = 0; x < w; x++, i += 4) image.data[i] = 205 * (1 - Math.min(1, 1.6 * Math.log1p(cover[y * wide + x]) * scale));
  Object.assign(o.dark, { width: w, height: h });
  o.dark.getContext("2d").putImageData(image, 0, 0);
  cscList(s, k);
}

// The boxes (few) or the middles (more) of the windows still in; neither where there are too many.
function cscList(s, k) {
  const o = s.own, n = cscLeft(s, k), found = (o.list = []);
  if (n > CSC_DOTS) return;
  for (const i of cscChosen(s)) {
    if (!o.left[i][k]) continue;
    for (let j = o.from[i]; j < o.from[i + 1]; j++) if (cscStays(o.passed[j], k)) found.push([i, j]);
  }
}

// Of all sizes, the window centred at the pointer that came furthest: [level, index], the larger on ties.
function cscAt(s, [x, y]) {
  const o = s.own, p = s.params;
  let best = null, most = -1;
  for (const i of cscChosen(s)) {
    const [scale, cols, rows, step] = p.levels[i], c = Math.round((x / scale - p.window[0] / 2) / step), r = Math.round((y / scale - p.window[1] / 2) / step);
    for (const dc of [0, -1, 1]) for (const dr of [0, -1, 1]) {
      if (c + dc < 0 || r + dr < 0 || c + dc >= cols || r + dr >= rows) continue;
      const j = o.from[i] + (r + dr) * cols + c + dc, v = o.passed[j];
      if (v > most || (v === most && !dc && !dr)) { most = v; best = [i, j]; }
    }
  }
  return most > 0 ? best : null;
}

function cscSquare(s, g, box, color, width) {
  const [x1, y1, x2, y2] = box;
  for (const [style, wide] of [["rgba(0,0,0,.6)", width + 2], [color, width]]) { g.strokeStyle = style; g.lineWidth = wide * s.px; g.strokeRect(x1, y1, x2 - x1, y2 - y1); }
}

function cscThin(s, g) {
  const o = s.own, color = s.params.colors.raw;
  g.strokeStyle = g.fillStyle = color;
  if (o.list.length <= CSC_BOXES) {
    g.lineWidth = 1.3 * s.px;
    g.globalAlpha = o.list.length > 120 ? 0.55 : 0.9;
    for (const [i, j] of o.list) { const [x1, y1, x2, y2] = cscBox(s, i, j); g.strokeRect(x1, y1, x2 - x1, y2 - y1); }
  } else {
    g.globalAlpha = 0.8;
    for (const [i, j] of o.list) { const [x1, y1, x2, y2] = cscBox(s, i, j); g.fillRect((x1 + x2) / 2 - s.px, (y1 + y2) / 2 - s.px, 2 * s.px, 2 * s.px); }
  }
  g.globalAlpha = 1;
}

function cscGroups(s, g) {
  const o = s.own, c = s.params.colors, px = letters() * s.px;
  g.strokeStyle = c.muted;
  g.lineWidth = s.px;
  for (let i = 0; i < o.raw.length; i += 4) { const [x1, y1, x2, y2] = o.raw.subarray(i, i + 4); g.strokeRect(x1, y1, x2 - x1, y2 - y1); }
  for (let i = 0; i < o.counts.length; i++) {
    const box = [...o.groups.subarray(4 * i, 4 * i + 4)];
    cscSquare(s, g, box, c.kept, 3);
    tag(s, g, o.counts[i] + " raw boxes", box[0], box[1] > 3 * s.px + TAG_PX * px ? box[1] - 2 * s.px : Math.min(s.h, box[3] + 2 * s.px + TAG_PX * px), c.kept);
  }
}

PROGRAMS.cascade = {
  mount: cscMount,

  move(s) {
    const o = s.own;
    o.best = s.pointer ? cscAt(s, s.pointer) : null;
    const now = [s.frame, o.level, s.dark].join(" ");
    if (o.told !== now) { o.told = now; cscTell(s); }
  },

  frame(s, g) {
    const o = s.own;
    if (!o.passed) return;
    cscPaint(s);
    g.imageSmoothingEnabled = true;
    g.globalAlpha = (s.opacity ?? s.params.opacity);
    g.drawImage(o.dark, 0, 0, s.w, s.h);
    g.globalAlpha = 1;
    if (cscGrouped(s)) cscGroups(s, g);
    else cscThin(s, g);
    if (o.best && !s.saving) {
      const box = cscBox(s, ...o.best);
      cscSquare(s, g, box, s.params.colors.best, 2);
    }
  },

  read(s) {
    const o = s.own, p = s.params;
    if (!o.best) return "No window is centred here.";
    const [i, j] = o.best, v = o.passed[j], [w, h] = p.window.map((one) => Math.round(one * p.levels[i][0]));
    const size = "Furthest window centred here: " + w + " × " + h + " px.\n";
    if (v === 1) return size + "Too flat: not looked at any closer.";
    return size + (v - 2 === p.stages ? "It passed all " + p.stages + " stages." : "It passed " + (v - 2) + " of " + p.stages + " stages; stage " + (v - 1) + " rejected it.");
  },
};
