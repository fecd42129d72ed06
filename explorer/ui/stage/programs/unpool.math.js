// The arithmetic of explorer.core.unpooling and upsampling for one channel.

function unpoolPool(x, H, W, k, stride) {
  const h = Math.floor((H - k) / stride) + 1, w = Math.floor((W - k) / stride) + 1, values = new Float64Array(h * w), argmax = new Int32Array(h * w);
  for (let i = 0; i < h; i++) for (let j = 0; j < w; j++) {
    let best = -1;
    for (let r = i * stride; r < i * stride + k; r++) for (let c = j * stride; c < j * stride + k; c++) if (best < 0 || x[r * W + c] > x[best]) best = r * W + c;
    values[i * w + j] = x[best];
    argmax[i * w + j] = best;
  }
  return { h, w, values, argmax };
}

// One axis of bilinear enlarging: for each cell its two windows and their shares; a window's
// number stands in its middle.
function unpoolMix(size, small, k, stride) {
  return Array.from({ length: size }, (_, i) => {
    const at = clamp((2 * i - k + 1) / (2 * stride), 0, small - 1), low = Math.floor(at), high = Math.min(low + 1, small - 1);
    return low === high ? [[low, 1]] : [[low, 1 - (at - low)], [high, at - low]];
  });
}

// One axis of a stamp: for each cell the numbers whose kernel reaches it, and which weight.
function unpoolReach(size, small, stride, edge, kernel) {
  const made = Array.from({ length: size }, () => []);
  for (let i = 0; i < small; i++) for (let d = 0; d < kernel; d++) { const at = i * stride + d - edge; if (at >= 0 && at < size) made[at].push([i, d]); }
  return made;
}

// Where the number of one cell comes from, by way: [pooled index, share] each.
function unpoolSources(o, way, r, c) {
  const { W, k, stride, pool } = o, { h, w } = pool, found = [];
  if (way === "nearest") {
    const of = (at, small) => clamp(Math.ceil((2 * at - k + 1 - stride) / (2 * stride)), 0, small - 1); // midway: the earlier
    return [[of(r, h) * w + of(c, w), 1]];
  }
  if (way === "nails") return r % stride === 0 && c % stride === 0 && r / stride < h && c / stride < w ? [[(r / stride) * w + c / stride, 1]] : [];
  if (way === "unpool") {
    for (let i = Math.max(0, Math.ceil((r - k + 1) / stride)); i < h && i * stride <= r; i++) for (let j = Math.max(0, Math.ceil((c - k + 1) / stride)); j < w && j * stride <= c; j++) if (pool.argmax[i * w + j] === r * W + c) found.push([i * w + j, 1]);
    return found;
  }
  if (way === "bilinear") {
    for (const [i, a] of o.down[r]) for (const [j, b] of o.across[c]) found.push([i * w + j, a * b]);
    return found;
  }
  for (const [i, a] of o.reachY[r]) for (const [j, b] of o.reachX[c]) found.push([i * w + j, o.stamp[a * o.kt + b]]);
  return found;
}

function unpoolAll(o) {
  const { H, W, k, stride } = o, pool = (o.pool = unpoolPool(o.x, H, W, k, stride)), edge = (o.kt - k) / 2, made = {};
  o.down = unpoolMix(H, pool.h, k, stride);
  o.across = unpoolMix(W, pool.w, k, stride);
  o.reachY = unpoolReach(H, pool.h, stride, edge, o.kt);
  o.reachX = unpoolReach(W, pool.w, stride, edge, o.kt);
  for (const way of ["nearest", "nails", "unpool", "bilinear", "transposed"]) {
    const out = (made[way] = new Float64Array(H * W));
    for (let r = 0; r < H; r++) for (let c = 0; c < W; c++) {
      if (way === "unpool") continue;
      let sum = 0;
      for (const [at, share] of unpoolSources(o, way, r, c)) sum += share * pool.values[at];
      out[r * W + c] = sum;
    }
  }
  pool.argmax.forEach((at, i) => { made.unpool[at] = pool.values[i]; });
  if (o.dense) made.dense = unpoolDense(made.unpool, o.dense, H, W);
  return made;
}

// The 3 x 3 convolution that fills in what max-unpooling leaves 0.
function unpoolDense(x, weights, H, W) {
  const out = new Float64Array(H * W);
  for (let r = 0; r < H; r++) for (let c = 0; c < W; c++) {
    let sum = 0;
    for (let i = -1; i < 2; i++) for (let j = -1; j < 2; j++) if (r + i >= 0 && r + i < H && c + j >= 0 && c + j < W) sum += weights[(i + 1) * 3 + j + 1] * x[(r + i) * W + c + j];
    out[r * W + c] = sum;
  }
  return out;
}

// Mean squared error over the map's variance; null where the map is the same everywhere.
function unpoolLost(x, made) {
  const n = x.length, mean = x.reduce((sum, v) => sum + v, 0) / n;
  let spread = 0, error = 0;
  for (let i = 0; i < n; i++) { spread += (x[i] - mean) ** 2; error += (x[i] - made[i]) ** 2; }
  return spread > 1e-12 * n ? error / spread : null;
}
