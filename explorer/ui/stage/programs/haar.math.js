// The arithmetic of haar.js, as OpenCV's cascade has it: whole numbers, then float32, votes in float64.

// Integral images of the grey levels, upright and tilted, and of their squares.
function haarSums(grey, tilted) {
  return { wide: grey.shape[1] + 1, planes: [prefixSums(grey), tilted ? haarTilted(grey) : null], squares: prefixSums(grey, (v) => v * v) };
}

// Entry (y, x): the triangle that opens upwards from there (Lienhart and Maydt).
function haarTilted(grey) {
  const [h, w] = grey.shape, wide = w + 1, sums = new Int32Array(wide * (h + 1));
  const at = (y, x) => (y < 0 ? 0 : x < 0 ? at(y - 1, 0) : x > w ? at(y - 1, w) : sums[y * wide + x]), pixel = (y, x) => (y < 0 || x < 0 ? 0 : grey[y * w + x]);
  for (let y = 1; y <= h; y++) for (let x = 0; x <= w; x++) sums[y * wide + x] = at(y - 1, x - 1) + at(y - 1, x + 1) - at(y - 2, x) + pixel(y - 1, x - 1) + pixel(y - 2, x - 1);
  return sums;
}

// The corners A, B, C, D of a box as [row, column]; its sum is A - B - C + D.
const haarCorners = ([x, y, w, h], tilted) => (tilted ? [[y, x], [y + h, x - h], [y + w, x + w], [y + w + h, x + w - h]] : [[y, x], [y, x + w], [y + h, x], [y + h, x + w]]);

function haarRect(o, rect, tilted, [col, row]) {
  const four = haarCorners(rect, tilted).map(([y, x]) => o.planes[tilted ? 1 : 0][(row + y) * o.wide + col + x]), [a, b, c, d] = four;
  return { four, sum: a - b - c + d };
}

// 1 / (inner pixels x spread) of a window, 0 for a flat one; without the outermost pixels.
function haarContrast(o, [w, h], [col, row]) {
  const area = (w - 2) * (h - 2), inner = (sums) => {
    const at = (y, x) => sums[(row + y) * o.wide + col + x];
    return at(1, 1) - at(1, w - 1) - at(h - 1, 1) + at(h - 1, w - 1);
  };
  const spread = area * inner(o.squares) - inner(o.planes[0]) ** 2, contrast = Math.fround(1 / Math.sqrt(Math.max(spread, 1e-9)));
  return { area, spread: Math.sqrt(Math.max(0, spread)) / area, contrast: area * contrast >= 0.1 ? 0 : contrast };
}

// The rectangles [x, y, w, h, weight] of one of the cascade's features.
function haarOwn(c, k) {
  const rects = [];
  for (let r = 0; r < 3; r++) if (c.weights[3 * k + r]) rects.push([...c.rects.subarray(4 * (3 * k + r), 4 * (3 * k + r) + 4), c.weights[3 * k + r]]);
  return rects;
}

// The rectangles of a reader's feature: the whole box taken away once, its light cells added.
function haarKind(kind, [x, y, w, h]) {
  const wide = w / kind.across, high = h / kind.down, weight = (kind.across * kind.down) / kind.light.length;
  return [[x, y, w, h, -1], ...kind.light.map(([c, r]) => [x + c * wide, y + r * high, wide, high, weight])];
}

// A feature's corners as [distance from the window's own, weight, ...] in an integral image, those shared joined.
function haarFlat(wide, rects, tilted) {
  const total = new Map();
  for (const rect of rects) haarCorners(rect, tilted).forEach(([y, x], i) => total.set(y * wide + x, (total.get(y * wide + x) ?? 0) + rect[4] * [1, -1, -1, 1][i]));
  return [...total].filter(([, weight]) => weight).flat();
}

function haarValue(o, flat, tilted, [col, row]) {
  const sums = o.planes[tilted ? 1 : 0], at = row * o.wide + col;
  let value = 0;
  for (let i = 0; i < flat.length; i += 2) value += flat[i + 1] * sums[at + flat[i]];
  return value;
}

function haarVote(o, c, k, at, contrast) {
  const value = haarValue(o, c.flat[k], c.tilted[k], at), normal = Math.fround(Math.fround(value) * contrast), below = normal < c.thresholds[k];
  return { value, normal, below, vote: below ? c.left[k] : c.right[k] };
}

// All stages' votes at a window; passed: stages before the first that rejects it, -1 where flat.
function haarRun(o, c, window, at) {
  const light = haarContrast(o, window, at), sums = [];
  let passed = -1;
  for (let stage = 0; stage + 1 < c.starts.length; stage++) {
    let sum = 0;
    for (let k = c.starts[stage]; k < c.starts[stage + 1]; k++) sum += haarVote(o, c, k, at, light.contrast).vote;
    sums.push(sum);
    if (passed < 0 && sum < c.limits[stage]) passed = stage;
  }
  return { ...light, sums, passed: !light.contrast ? -1 : passed < 0 ? sums.length : passed };
}
