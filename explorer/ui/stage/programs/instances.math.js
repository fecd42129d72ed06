// A mask's way into the picture, as explorer.core.mask_paste goes it.

const INS_SIDE = 28, INS_CELLS = INS_SIDE * INS_SIDE;
const insSigmoid = (x) => { const small = Math.exp(-Math.abs(x)); return (x >= 0 ? 1 : small) / (1 + small); };

function insPadded(probs) {
  const n = INS_SIDE + 2, made = new Float64Array(n * n);
  for (let i = 0; i < INS_SIDE; i++) for (let j = 0; j < INS_SIDE; j++) made[(i + 1) * n + j + 1] = probs[i * INS_SIDE + j];
  return made;
}

// The box grown by a mask cell on each side, its corners cut to whole pixels; the last belong to it.
function insCorners([x1, y1, x2, y2]) {
  const grown = (INS_SIDE + 2) / INS_SIDE, w = ((x2 - x1) / 2) * grown, h = ((y2 - y1) / 2) * grown, x = (x1 + x2) / 2, y = (y1 + y2) / 2;
  return [x - w, y - h, x + w, y + h].map(Math.trunc);
}

// For each output pixel its two cells and the share of the second.
function insAxis(count) {
  const n = INS_SIDE + 2, low = new Int32Array(count), share = new Float64Array(count);
  for (let k = 0; k < count; k++) {
    const at = clamp(((k + 0.5) * n) / count - 0.5, 0, n - 1), first = Math.min(Math.floor(at), n - 2);
    low[k] = first;
    share[k] = at - first;
  }
  return { low, share };
}

function insResized(padded, [x1, y1, x2, y2]) {
  const n = INS_SIDE + 2, w = Math.max(1, x2 - x1 + 1), h = Math.max(1, y2 - y1 + 1), xs = insAxis(w), ys = insAxis(h), made = new Float32Array(w * h);
  for (let y = 0; y < h; y++) {
    const top = ys.low[y] * n, f = ys.share[y];
    for (let x = 0; x < w; x++) {
      const a = top + xs.low[x], g = xs.share[x], up = padded[a] + g * (padded[a + 1] - padded[a]), down = padded[a + n] + g * (padded[a + n + 1] - padded[a + n]);
      made[y * w + x] = up + f * (down - up);
    }
  }
  made.shape = [h, w];
  return made;
}

// One mask on its way: 28 x 28, padded, resized; `at` its corners.
function insPaste(probs, box) {
  const at = insCorners(box), padded = insPadded(probs);
  return { probs, padded, at, resized: insResized(padded, at) };
}

function insProbAt(one, x, y) {
  const [h, w] = one.resized.shape, i = Math.floor(y) - one.at[1], j = Math.floor(x) - one.at[0];
  return i >= 0 && j >= 0 && i < h && j < w ? one.resized[i * w + j] : 0;
}

// The mask's cell under a place of the picture, null outside the 28 x 28.
function insCellAt(one, x, y) {
  const [h, w] = one.resized.shape, n = INS_SIDE + 2, j = Math.floor(((x - one.at[0]) * n) / w) - 1, i = Math.floor(((y - one.at[1]) * n) / h) - 1;
  return i >= 0 && j >= 0 && i < INS_SIDE && j < INS_SIDE ? [i, j] : null;
}

// Lengths of runs outside and inside in turn, row after row over the whole picture.
function insRuns(one, threshold, W, H) {
  const [h, w] = one.resized.shape, [x0, y0] = one.at, runs = [];
  let inside = false, length = 0;
  const add = (now, count) => { if (count <= 0) return; if (now === inside) length += count; else { runs.push(length); inside = now; length = count; } };
  for (let y = 0; y < H; y++) {
    const i = y - y0;
    if (i < 0 || i >= h) { add(false, W); continue; }
    const from = Math.max(0, x0), to = Math.min(W, x0 + w);
    if (to <= from) { add(false, W); continue; }
    add(false, from);
    for (let x = from; x < to; x++) add(one.resized[i * w + x - x0] >= threshold, 1);
    add(false, W - to);
  }
  runs.push(length);
  return runs;
}

const insCount = (runs) => runs.reduce((sum, v, k) => sum + (k % 2 ? v : 0), 0);

// The cut mask in its colour, its border full and its inside thin; of two masks, what each has alone.
function insCut(one, threshold, color, made = element("canvas")) {
  const [h, w] = one.resized.shape, v = one.resized, g = made.getContext("2d");
  Object.assign(made, { width: w, height: h });
  const image = g.createImageData(w, h), words = new Uint32Array(image.data.buffer), rgb = insWord(color);
  const inside = (y, x) => y >= 0 && x >= 0 && y < h && x < w && v[y * w + x] >= threshold;
  for (let y = 0; y < h; y++) for (let x = 0; x < w; x++) {
    if (v[y * w + x] < threshold) continue;
    const edge = !(inside(y, x - 1) && inside(y, x + 1) && inside(y - 1, x) && inside(y + 1, x));
    words[y * w + x] = rgb | ((edge ? 255 : 150) << 24);
  }
  g.putImageData(image, 0, 0);
  return made;
}

function insWord(color) {
  const n = parseInt(color.slice(1), 16);
  return ((n & 255) << 16) | (n & 0xff00) | (n >> 16);
}

// Two masks of one box: pixels of both, of the first alone, of the second alone.
function insApart(one, other, threshold, [both, first, second], made = element("canvas")) {
  const [h, w] = one.resized.shape, a = one.resized, b = other.resized, g = made.getContext("2d"), counts = [0, 0, 0];
  Object.assign(made, { width: w, height: h });
  const image = g.createImageData(w, h), words = new Uint32Array(image.data.buffer);
  const inks = [(120 << 24) | insWord(both), (255 << 24) | insWord(first), (255 << 24) | insWord(second)];
  for (let i = 0; i < words.length; i++) {
    const p = a[i] >= threshold, q = b[i] >= threshold;
    if (!p && !q) continue;
    const kind = p && q ? 0 : p ? 1 : 2;
    counts[kind]++;
    words[i] = inks[kind];
  }
  g.putImageData(image, 0, 0);
  made.counts = counts;
  return made;
}

// Mean binary cross-entropy of logits and a painted target.
function insLoss(logits, target) {
  let sum = 0;
  for (let k = 0; k < INS_CELLS; k++) sum += Math.max(logits[k], 0) - logits[k] * target[k] + Math.log1p(Math.exp(-Math.abs(logits[k])));
  return sum / INS_CELLS;
}
