// A grouping, painted at any step: regions in their mean colours, the pair just joined, a tree.
//
// Parameters: size [w, h] of the label map, ends and names (the map in runs: names[i] up to pixel
// ends[i]), merges (M x 2), sizes and boxes (one a region, boxes in image pixels), means (R x 3),
// pairs (P x 2), parts (P x measures), scores (P), chosen (M, rows of pairs), measures (their
// names), weights, opacity, colors {first, second, box, region}. Regions 0..R-1 are the start's,
// R + i is what merge i makes. The frame of the scrubber is the number of merges done.
// A press keeps a place: its region stays chosen while the frames go by. The panel is in
// merges.panel.js.

function mgeLabels({ size: [w, h], ends, names }) {
  const labels = new Int32Array(w * h), last = unpack(ends), name = unpack(names);
  for (let i = 0, from = 0; i < last.length; from = last[i++]) labels.fill(name[i], from, last[i]);
  return labels;
}

function mgeMount(s) {
  const o = s.own, p = s.params;
  for (const name of ["merges", "sizes", "boxes", "means", "pairs", "parts", "scores", "chosen"]) o[name] = unpack(p[name]);
  o.labels = mgeLabels(p);
  o.start = o.means.length / 3;
  o.count = o.sizes.length;
  o.steps = o.count - o.start;
  mgeFamily(o);
  o.fill = element("canvas");
  o.lines = element("canvas");
  for (const one of [o.fill, o.lines]) Object.assign(one, { width: p.size[0], height: p.size[1] });
  o.painted = null;
  mgePanel(s);
  s.change();
}

// Who became part of whom, every region's mean colour, and which pairs each was compared in.
function mgeFamily(o) {
  const { start, count, merges, sizes } = o;
  o.parent = new Int32Array(count).fill(-1);
  o.tone = new Float32Array(3 * count);
  o.tone.set(o.means);
  for (let i = 0; i < count - start; i++) {
    const [a, b] = [merges[2 * i], merges[2 * i + 1]], made = start + i;
    o.parent[a] = o.parent[b] = made;
    for (let c = 0; c < 3; c++) o.tone[3 * made + c] = (o.tone[3 * a + c] * sizes[a] + o.tone[3 * b + c] * sizes[b]) / sizes[made];
  }
  o.rows = Array.from({ length: count }, () => []);
  for (let row = 0; row < o.scores.length; row++) for (const end of [0, 1]) o.rows[o.pairs[2 * row + end]].push(row);
}

const mgeStep = (s) => clamp(s.frame, 0, s.own.steps);
const mgeMade = (o, region) => (region < o.start ? 0 : region - o.start + 1); // merges done when it is there
const mgeGone = (o, region) => (o.parent[region] < 0 ? Infinity : mgeMade(o, o.parent[region]));
const mgeAlive = (o, region, step) => mgeMade(o, region) <= step && step < mgeGone(o, region);

function mgeNow(o, region, step) {
  while (mgeGone(o, region) <= step) region = o.parent[region];
  return region;
}

function mgeRoots(o, step) {
  const now = new Int32Array(o.count);
  for (let r = o.count - 1; r >= 0; r--) now[r] = mgeGone(o, r) <= step ? now[o.parent[r]] : r;
  return now;
}

const mgeRgb = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
const mgeWord = ([r, g, b], alpha = 255) => ((alpha << 24) | (Math.round(b) << 16) | (Math.round(g) << 8) | Math.round(r)) >>> 0;

// The words of each region of the start: its present region's mean, or the colour of a part just joined
// while no region is chosen.
function mgeWords(s, now, step) {
  const o = s.own, c = s.params.colors, words = new Uint32Array(o.start), part = new Map();
  if (step > 0 && !o.chose) ["first", "second"].forEach((name, k) => part.set(o.merges[2 * (step - 1) + k], mgeRgb(c[name])));
  const before = step > 0 ? mgeRoots(o, step - 1) : now;
  for (let r = 0; r < o.start; r++) {
    const tone = [...o.tone.subarray(3 * now[r], 3 * now[r] + 3)], tint = part.get(before[r]);
    words[r] = mgeWord(tint ? tone.map((v, i) => 0.25 * v + 0.75 * tint[i]) : tone);
  }
  return words;
}

function mgePaint(s, step) {
  const o = s.own, [w, h] = s.params.size, now = (o.now = mgeRoots(o, step)), words = mgeWords(s, now, step);
  const gf = o.fill.getContext("2d"), gl = o.lines.getContext("2d");
  const fill = gf.createImageData(w, h), line = gl.createImageData(w, h);
  const out = new Uint32Array(fill.data.buffer), edge = new Uint32Array(line.data.buffer), white = mgeWord([255, 255, 255], 210);
  for (let y = 0, i = 0; y < h; y++) for (let x = 0; x < w; x++, i++) {
    const here = now[o.labels[i]];
    out[i] = words[o.labels[i]];
    if ((x + 1 < w && now[o.labels[i + 1]] !== here) || (y + 1 < h && now[o.labels[i + w]] !== here)) edge[i] = white;
  }
  gf.putImageData(fill, 0, 0);
  gl.putImageData(line, 0, 0);
  o.painted = step;
  o.ringed = null;
}

// The border of one region, in a picture of its own.
function mgeRing(s, region) {
  const o = s.own, [w, h] = s.params.size, key = region + " " + o.painted;
  if (o.ringed === key) return;
  o.ringed = key;
  o.ring ??= element("canvas");
  Object.assign(o.ring, { width: w, height: h });
  const g = o.ring.getContext("2d"), image = g.createImageData(w, h), out = new Uint32Array(image.data.buffer);
  const word = mgeWord(mgeRgb(s.params.colors.region)), inside = (i) => o.now[o.labels[i]] === region;
  for (let y = 0, i = 0; y < h; y++) for (let x = 0; x < w; x++, i++) {
    if (inside(i) && (x === 0 || y === 0 || x === w - 1 || y === h - 1 || !inside(i - 1) || !inside(i + 1) || !inside(i - w) || !inside(i + w))) out[i] = word;
  }
  g.putImageData(image, 0, 0);
}

function mgeLeaf(s, [x, y]) {
  const [w, h] = s.params.size;
  return s.own.labels[clamp(Math.floor((y / s.h) * h), 0, h - 1) * w + clamp(Math.floor((x / s.w) * w), 0, w - 1)];
}

// The neighbours of a region at this step, the most similar first: [region, row of pairs].
function mgeNeighbours(o, region, step) {
  const found = [];
  for (const row of o.rows[region]) {
    const other = o.pairs[2 * row] === region ? o.pairs[2 * row + 1] : o.pairs[2 * row];
    if (mgeAlive(o, other, step)) found.push([other, row]);
  }
  return found.sort((a, b) => o.scores[b[1]] - o.scores[a[1]]);
}

const mgeBox = (o, region) => [...o.boxes.subarray(4 * region, 4 * region + 4)];

function mgeDash(s, g, box, color, dash) {
  const [x1, y1, x2, y2] = box;
  for (const [style, width] of [["rgba(0,0,0,.7)", 4], [color, 2]]) {
    g.strokeStyle = style;
    g.lineWidth = width * s.px;
    g.setLineDash(dash.map((v) => v * s.px));
    g.strokeRect(x1, y1, x2 - x1, y2 - y1);
  }
  g.setLineDash([]);
}

// A word above a box, below it where there is no room above.
function mgeTag(s, g, [x1, y1, , y2], text, color) {
  const room = (TAG_PX * letters() + 2) * s.px;
  tag(s, g, text, x1, y1 > room ? y1 - 2 * s.px : Math.min(y2 + room, s.h), color);
}

const MGE_HINT = "Point at a region: its box, its neighbours. A press keeps the place while you scrub.";

PROGRAMS.merges = {
  keys: "arrows move, Enter keeps the place, Escape lets it go",
  mount: mgeMount,

  move(s) {
    const o = s.own, step = mgeStep(s), from = s.pointer ?? o.kept;
    if (o.painted !== step || o.chose !== Boolean(from)) { o.chose = Boolean(from); mgePaint(s, step); }
    o.leaf = from ? mgeLeaf(s, from) : null;
    o.region = from ? o.now[o.leaf] : null;
    o.near = from ? mgeNeighbours(o, o.region, step) : [];
    mgeTell(s, step);
  },

  frame(s, g) {
    const o = s.own, c = s.params.colors, step = mgeStep(s);
    if (o.painted === null) return;
    g.imageSmoothingEnabled = false;
    g.globalAlpha = s.opacity ?? s.params.opacity;
    g.drawImage(o.fill, 0, 0, s.w, s.h);
    g.globalAlpha = 1;
    g.drawImage(o.lines, 0, 0, s.w, s.h);
    if (step > 0 && o.region === null) {
      const box = mgeBox(o, o.start + step - 1);
      mgeDash(s, g, box, c.box, [7, 4]);
      mgeTag(s, g, box, "merge " + step, c.box);
    }
    if (s.dom.read.classList.contains("hint")) s.dom.read.textContent = MGE_HINT;
    if (o.region === null) return;
    mgeRing(s, o.region);
    g.drawImage(o.ring, 0, 0, s.w, s.h);
    if (o.near.length) mgeDash(s, g, mgeBox(o, o.near[0][0]), c.second, [3, 3]);
    const box = mgeBox(o, o.region);
    mgeDash(s, g, box, c.region, []);
    mgeTag(s, g, box, Math.round(box[2] - box[0]) + " × " + Math.round(box[3] - box[1]), c.region);
  },

  read(s) {
    return s.own.kept ? "This place is kept: scrub, it grows.\nPress again to let go." : "Press to keep this place\nwhile you scrub.";
  },

  down(s) {
    s.own.kept = s.own.kept ? null : [...s.pointer];
    s.change();
    return true;
  },

  key(s, e) {
    if (e.key !== "Enter" && e.key !== "Escape") return false;
    s.own.kept = e.key === "Enter" && !s.own.kept ? [...(s.pointer ?? [s.w / 2, s.h / 2])] : null;
    s.change();
    return true;
  },
};
