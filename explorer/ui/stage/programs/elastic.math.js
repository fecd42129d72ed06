// The arithmetic of explorer.core.elastic, elastic_mask and topology, as the page drags.
// A field is {y, x}: how far down and right of itself each pixel is read.

// Simard's noise after the Gaussian, which goes round at the border. A narrow Gaussian is
// added up tap by tap; of a wide one only the lowest frequencies are left, so those are summed.
const ELASTIC_WIDE = 8, ELASTIC_BAND = 0.84; // px; beyond BAND / sigma a Gaussian passes 1e-6

function elasticSmooth(levels, H, W, sigma, kept) {
  const planes = sigma < ELASTIC_WIDE ? elasticBlur(levels, H, W, sigma) : elasticWaves((kept.waves ??= elasticSpectrum(levels, H, W)), H, W, sigma);
  let squares = 0;
  for (const plane of planes) for (const v of plane) squares += v * v;
  return { y: planes[0], x: planes[1], rms: Math.max(Math.sqrt(squares / (2 * H * W)), 1e-12) };
}

function elasticTaps(sigma) {
  const taps = Float64Array.from({ length: Math.floor(5 * sigma + 0.5) + 1 }, (_, k) => Math.exp(-0.5 * (k / sigma) ** 2));
  const total = taps.reduce((sum, v, k) => sum + (k ? 2 : 1) * v, 0);
  return taps.map((v) => v / total);
}

function elasticBlur(levels, H, W, sigma) {
  const taps = elasticTaps(sigma), radius = taps.length - 1, n = H * W, out = [];
  const line = new Float64Array(Math.max(H, W) + 2 * radius), half = new Float64Array(n);
  const blur = (read, write, size) => {
    for (let i = -radius; i < size + radius; i++) line[i + radius] = read(((i % size) + size) % size);
    for (let i = 0; i < size; i++) {
      const at = i + radius;
      let sum = taps[0] * line[at];
      for (let k = 1; k <= radius; k++) sum += taps[k] * (line[at - k] + line[at + k]);
      write(i, sum);
    }
  };
  for (let axis = 0; axis < 2; axis++) {
    const from = axis * n, made = new Float64Array(n);
    for (let r = 0; r < H; r++) blur((c) => (levels[from + r * W + c] - 127) / 127, (c, v) => { half[r * W + c] = v; }, W);
    for (let c = 0; c < W; c++) blur((r) => half[r * W + c], (r, v) => { made[r * W + c] = v; }, H);
    out.push(made);
  }
  return out;
}

const elasticBins = (size, sigma) => Math.min(Math.floor((ELASTIC_BAND / sigma) * size), Math.floor((size - 1) / 2));
const elasticTurns = (size) => [Math.cos, Math.sin].map((f) => Float64Array.from({ length: size }, (_, k) => f((2 * Math.PI * k) / size)));
const elasticTurn = (k, size) => ((k % size) + size) % size;

// The low frequencies of the noise, down as real and right as imaginary part; once a seed.
function elasticSpectrum(levels, H, W) {
  const ky = elasticBins(H, ELASTIC_WIDE), kx = elasticBins(W, ELASTIC_WIDE), wide = 2 * kx + 1, n = H * W;
  const [cw, sw] = elasticTurns(W), [ch, sh] = elasticTurns(H), rows = [new Float64Array(H * wide), new Float64Array(H * wide)], re = new Float64Array((2 * ky + 1) * wide), im = new Float64Array(re.length);
  for (let r = 0; r < H; r++) for (let k = -kx; k <= kx; k++) {
    let a = 0, b = 0;
    for (let c = 0, t = 0, step = elasticTurn(k, W); c < W; c++, t = (t + step) % W) {
      const y = levels[r * W + c] - 127, x = levels[n + r * W + c] - 127;
      a += y * cw[t] + x * sw[t];
      b += x * cw[t] - y * sw[t];
    }
    [rows[0][r * wide + k + kx], rows[1][r * wide + k + kx]] = [a / (127 * n), b / (127 * n)];
  }
  for (let k = -ky; k <= ky; k++) for (let r = 0, t = 0, step = elasticTurn(k, H); r < H; r++, t = (t + step) % H) for (let j = 0; j < wide; j++) {
    const a = rows[0][r * wide + j], b = rows[1][r * wide + j], at = (k + ky) * wide + j;
    re[at] += a * ch[t] + b * sh[t];
    im[at] += b * ch[t] - a * sh[t];
  }
  return { ky, kx, re, im };
}

// What the Gaussian leaves of the frequencies 0..bins of a circle of so many pixels.
function elasticTransfer(size, sigma, bins) {
  const taps = elasticTaps(sigma), turns = elasticTurns(size)[0];
  return Float64Array.from({ length: bins + 1 }, (_, k) => taps.reduce((sum, v, d) => sum + (d ? 2 : 1) * v * turns[(k * d) % size], 0));
}

function elasticWaves(waves, H, W, sigma) {
  const ky = Math.min(waves.ky, elasticBins(H, sigma)), kx = Math.min(waves.kx, elasticBins(W, sigma)), wide = 2 * waves.kx + 1;
  const [cw, sw] = elasticTurns(W), [ch, sh] = elasticTurns(H), ty = elasticTransfer(H, sigma, ky), tx = elasticTransfer(W, sigma, kx);
  const y = new Float64Array(H * W), x = new Float64Array(H * W), re = new Float64Array(W), im = new Float64Array(W);
  for (let k = -ky; k <= ky; k++) {
    re.fill(0);
    im.fill(0);
    for (let j = -kx; j <= kx; j++) {
      const at = (k + waves.ky) * wide + j + waves.kx, gain = ty[Math.abs(k)] * tx[Math.abs(j)], a = gain * waves.re[at], b = gain * waves.im[at];
      for (let c = 0, t = 0, step = elasticTurn(j, W); c < W; c++, t = (t + step) % W) { re[c] += a * cw[t] - b * sw[t]; im[c] += a * sw[t] + b * cw[t]; }
    }
    for (let r = 0; r < H; r++) {
      const t = elasticTurn(k * r, H), p = ch[t], q = sh[t], from = r * W;
      for (let c = 0; c < W; c++) { y[from + c] += re[c] * p - im[c] * q; x[from + c] += re[c] * q + im[c] * p; }
    }
  }
  return [y, x];
}

// U-Net's coarse vectors, bicubic in between: Keys' kernel, a = -0.75, border nodes repeated.
function elasticWeights(size, nodes) {
  const keys = (d) => (d <= 1 ? ((1.25 * d - 2.25) * d * d + 1) : d < 2 ? -0.75 * (((d - 5) * d + 8) * d - 4) : 0);
  return Array.from({ length: size }, (_, i) => {
    const at = size > 1 ? (i * (nodes - 1)) / (size - 1) : 0, low = Math.min(Math.floor(at), nodes - 2), row = new Float64Array(nodes);
    for (let step = -1; step < 3; step++) row[clamp(low + step, 0, nodes - 1)] += keys(Math.abs(at - low - step));
    return row;
  });
}

function elasticCoarse(vectors, nodes, H, W) {
  const down = elasticWeights(H, nodes), across = elasticWeights(W, nodes);
  const planes = [0, 1].map((axis) => {
    const made = new Float64Array(H * W);
    for (let r = 0; r < H; r++) {
      const row = new Float64Array(nodes);
      for (let j = 0; j < nodes; j++) for (let i = 0; i < nodes; i++) row[j] += down[r][i] * vectors[(axis * nodes + i) * nodes + j];
      for (let c = 0; c < W; c++) { let sum = 0; for (let j = 0; j < nodes; j++) sum += row[j] * across[c][j]; made[r * W + c] = sum; }
    }
    return made;
  });
  return { y: planes[0], x: planes[1], rms: 1 };
}

// Where each pixel reads, in float32 as the core has it.
function elasticPlaces(smooth, gain, H, W, made) {
  const n = H * W, at = made?.y.length === n ? made : { y: new Float32Array(n), x: new Float32Array(n) };
  for (let r = 0, i = 0; r < H; r++) for (let c = 0; c < W; c++, i++) {
    at.y[i] = r + Math.fround(smooth.y[i] * gain);
    at.x[i] = c + Math.fround(smooth.x[i] * gain);
  }
  return at;
}

// An index brought back into the picture: mirrored, the border pixels not repeated.
function elasticMirror(v, size) {
  if (v >= 0 && v < size) return v;
  if (size === 1) return 0;
  const period = 2 * (size - 1), turned = ((v % period) + period) % period;
  return Math.min(turned, period - turned);
}

// The photo, bilinear; both as 32-bit RGBA bytes.
function elasticPhoto(from, at, H, W, to) {
  for (let i = 0, n = H * W; i < n; i++) {
    const y0 = Math.floor(at.y[i]), x0 = Math.floor(at.x[i]), fy = at.y[i] - y0, fx = at.x[i] - x0;
    const top = elasticMirror(y0, H) * W, low = elasticMirror(y0 + 1, H) * W, l = elasticMirror(x0, W), r = elasticMirror(x0 + 1, W);
    const a = 4 * (top + l), b = 4 * (top + r), c = 4 * (low + l), d = 4 * (low + r), wa = (1 - fy) * (1 - fx), wb = (1 - fy) * fx, wc = fy * (1 - fx), wd = fy * fx;
    for (let k = 0; k < 3; k++) to[4 * i + k] = wa * from[a + k] + wb * from[b + k] + wc * from[c + k] + wd * from[d + k];
    to[4 * i + 3] = 255;
  }
}

function elasticNearest(mask, at, H, W, to) {
  for (let i = 0, n = H * W; i < n; i++) to[i] = mask[elasticMirror(Math.floor(at.y[i] + 0.5), H) * W + elasticMirror(Math.floor(at.x[i] + 0.5), W)];
}

// Label numbers mixed as brightness: rounded labels, what is between labels (1) and what was invented (2).
function elasticMixed(mask, at, H, W, to, kind) {
  let between = 0, invented = 0;
  for (let i = 0, n = H * W; i < n; i++) {
    const [value, corners] = elasticMixedAt(mask, at, H, W, i);
    if (!corners) { to[i] = value; kind[i] = 0; continue; }
    const label = (to[i] = Math.floor(value + 0.5)), met = corners.some((one) => Math.abs(value - one) < 1e-3), seen = corners.includes(label);
    kind[i] = met ? 0 : seen ? 1 : 2;
    between += !met;
    invented += !seen;
  }
  return { between, invented };
}

function elasticMixedAt(mask, at, H, W, i) {
  const y0 = Math.floor(at.y[i]), x0 = Math.floor(at.x[i]), fy = at.y[i] - y0, fx = at.x[i] - x0;
  const top = elasticMirror(y0, H) * W, low = elasticMirror(y0 + 1, H) * W, l = elasticMirror(x0, W), r = elasticMirror(x0 + 1, W);
  const [a, b, c, d] = [mask[top + l], mask[top + r], mask[low + l], mask[low + r]];
  if (a === b && a === c && a === d) return [a, null];
  return [(1 - fy) * ((1 - fx) * a + fx * b) + fy * ((1 - fx) * c + fx * d), [a, b, c, d]];
}

// Cells of the pixel grid that are read turned over: the Jacobian's sign, forward differences.
function elasticFolded(at, H, W) {
  let count = 0;
  for (let r = 0; r + 1 < H; r++) for (let c = 0; c + 1 < W; c++) count += elasticFoldedAt(at, W, r * W + c);
  return count;
}

const elasticFoldedAt = (at, W, i) => ((at.y[i + W] - at.y[i]) * (at.x[i + 1] - at.x[i]) - (at.x[i + W] - at.x[i]) * (at.y[i + 1] - at.y[i]) <= 0 ? 1 : 0);

// Pixels, parts (joined by corners too) and holes (joined by sides alone) of one label.
function elasticTopology(mask, label, H, W) {
  let area = 0, r0 = H, r1 = -1, c0 = W, c1 = -1;
  for (let r = 0, i = 0; r < H; r++) for (let c = 0; c < W; c++, i++) if (mask[i] === label) { area++; if (r < r0) r0 = r; r1 = r; if (c < c0) c0 = c; if (c > c1) c1 = c; }
  if (!area) return { area: 0, parts: 0, holes: 0 };
  const h = r1 - r0 + 3, w = c1 - c0 + 3, seen = new Uint8Array(h * w), stack = new Int32Array(h * w);
  for (let r = r0; r <= r1; r++) for (let c = c0; c <= c1; c++) seen[(r - r0 + 1) * w + c - c0 + 1] = mask[r * W + c] === label ? 1 : 0;
  const flood = (start, value, corners) => {
    let top = 0;
    stack[top++] = start;
    seen[start] = 2;
    while (top) {
      const i = stack[--top], y = Math.floor(i / w), x = i - y * w;
      for (let dy = -1; dy < 2; dy++) for (let dx = -1; dx < 2; dx++) {
        if ((!corners && dy && dx) || y + dy < 0 || y + dy >= h || x + dx < 0 || x + dx >= w) continue;
        const j = i + dy * w + dx;
        if (seen[j] === value) { seen[j] = 2; stack[top++] = j; }
      }
    }
  };
  let parts = 0, rest = 0;
  for (let i = 0; i < seen.length; i++) {
    if (seen[i] === 1) { parts++; flood(i, 1, true); }
    else if (seen[i] === 0) { rest++; flood(i, 0, false); }
  }
  return { area, parts, holes: rest - 1 };
}
