// The arithmetic of explorer.core.roi and roi_align for one channel, as the page drags.

const roiHalf = (v) => Math.sign(v) * Math.floor(Math.abs(v) + 0.5);

function roiPool(map, H, W, e, n) {
  const c = e.map(roiHalf), edges = (first, last, most) => {
    const step = Math.max(last - first + 1, 1) / n;
    return Array.from({ length: n }, (_, i) => [clamp(first + Math.floor(i * step), 0, most), clamp(first + Math.ceil((i + 1) * step), 0, most)]);
  };
  const cols = edges(c[0], c[2], W), rows = edges(c[1], c[3], H), values = [], argmax = [];
  for (const [top, bottom] of rows) for (const [left, right] of cols) {
    let best = -1;
    for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) if (best < 0 || map[y * W + x] > map[best]) best = y * W + x;
    values.push(best < 0 ? 0 : map[best]);
    argmax.push(best);
  }
  const edge = [c[0], c[1], Math.max(c[2], c[0]) + 1, Math.max(c[3], c[1]) + 1];
  return { cells: c, edge, rows, cols, values, argmax };
}

// One axis of samples: for each bin its points, each with two cells and their shares.
function roiAxis(points, size) {
  return points.map((bin) => bin.map((at) => {
    const inside = at >= -1 && at <= size ? 1 : 0, v = clamp(at, 0, size - 1), low = Math.floor(v), f = v - low;
    return { at, low, high: Math.min(low + 1, size - 1), wl: (1 - f) * inside, wh: f * inside };
  }));
}

function roiSampled(map, W, xs, ys) {
  const values = [];
  for (const by of ys) for (const bx of xs) {
    let sum = 0;
    for (const y of by) for (const x of bx) sum += y.wl * (x.wl * map[y.low * W + x.low] + x.wh * map[y.low * W + x.high]) + y.wh * (x.wl * map[y.high * W + x.low] + x.wh * map[y.high * W + x.high]);
    values.push(sum / Math.max(1, by.length * bx.length));
  }
  return { xs, ys, values };
}

function roiAlign(map, H, W, e, n, ratio, aligned) {
  const shift = aligned ? 0.5 : 0, axis = (a, b, most) => {
    const size = aligned ? b - a : Math.max(b - a, 1), step = size / n, count = ratio > 0 ? ratio : Math.max(0, Math.ceil(step));
    return roiAxis(Array.from({ length: n }, (_, i) => Array.from({ length: count }, (_, k) => a - shift + step * (i + (k + 0.5) / count))), most);
  };
  return roiSampled(map, W, axis(e[0], e[2], W), axis(e[1], e[3], H));
}

function roiResize(map, H, W, pool, n) {
  const axis = (a, b, most) => {
    const lo = clamp(a, 0, most), hi = clamp(b, 0, most);
    return { some: hi > lo, points: Array.from({ length: n }, (_, i) => [clamp(lo + ((i + 0.5) / n) * (hi - lo) - 0.5, lo, Math.max(hi - 1, 0))]) };
  };
  const x = axis(pool.edge[0], pool.edge[2], W), y = axis(pool.edge[1], pool.edge[3], H), some = x.some && y.some;
  return roiSampled(map, W, roiAxis(some ? x.points : x.points.map(() => []), W), roiAxis(some ? y.points : y.points.map(() => []), H));
}

// How much each cell of the map gets when every output (or one bin alone) asks for 1.
function roiGradient(o, name, n, bin) {
  const sent = new Float64Array(o.H * o.W), r = o.r[name];
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) {
    if (bin && (bin[0] !== i || bin[1] !== j)) continue;
    if (name === "pool") { if (r.argmax[i * n + j] >= 0) sent[r.argmax[i * n + j]] += 1; continue; }
    const share = 1 / Math.max(1, r.ys[i].length * r.xs[j].length);
    for (const y of r.ys[i]) for (const x of r.xs[j]) for (const [row, wy] of [[y.low, y.wl], [y.high, y.wh]]) for (const [col, wx] of [[x.low, x.wl], [x.high, x.wh]]) sent[row * o.W + col] += share * wy * wx;
  }
  return sent;
}
